import EnvironmentInventory
import SourceDocuments

/// Which package depends on which, as CycloneDX writes it (https://cyclonedx.org/docs/1.6/json/#dependencies).
struct DependencyGraph {
    private struct Key: Hashable {
        let ecosystem: Ecosystem
        let name: String
    }

    private struct Node {
        let reference: String
        let ecosystem: Ecosystem
        /// The names that it depends on; nil where nothing says it.
        let needs: [String]?
        /// Whether a lock gave it: then a package without dependencies is a leaf, if the lock has dependencies at all.
        let isLocked: Bool
    }

    private let root: String
    private var nodes: [Node] = []
    private var leaves: [String] = []
    private var references: [Key: [String]] = [:]
    private var locksWithDependencies: Set<Ecosystem> = []

    init(root: String) { self.root = root }

    /// Adds a package under the reference of its component.
    mutating func add(_ package: Package, _ reference: String) {
        references[Key(ecosystem: package.ecosystem, name: package.name), default: []].append(reference)
        let isInstalled = package.recordCheck != nil
        let needs =
            isInstalled && package.ecosystem == .pypi
            ? package.requirements.compactMap(Self.name) : package.dependencies
        if package.dependencies != nil { locksWithDependencies.insert(package.ecosystem) }
        nodes.append(
            Node(reference: reference, ecosystem: package.ecosystem, needs: needs, isLocked: !isInstalled))
    }

    /// Adds a component that depends on nothing.
    mutating func addLeaf(_ reference: String) { leaves.append(reference) }

    private func needs(_ node: Node) -> [String]? {
        node.needs ?? (node.isLocked && locksWithDependencies.contains(node.ecosystem) ? [] : nil)
    }

    /// The references of packages of which nothing says what they depend on.
    var unknown: [String] { nodes.filter { needs($0) == nil }.map(\.reference) }

    /// One entry a component; the subject depends on what no other component depends on.
    var json: JSONValue {
        var needed: Set<String> = []
        var entries: [JSONValue] = []
        for node in nodes {
            guard let names = needs(node) else { continue }
            var found: [String] = []
            for name in names {
                for reference in references[Key(ecosystem: node.ecosystem, name: name)] ?? []
                where reference != node.reference && !found.contains(reference) {
                    found.append(reference)
                }
            }
            needed.formUnion(found)
            entries.append(entry(node.reference, found.sorted()))
        }
        let top = (nodes.map(\.reference) + leaves).filter { !needed.contains($0) }
        return .array([entry(root, top)] + leaves.map { entry($0, []) } + entries)
    }

    private func entry(_ reference: String, _ needs: [String]) -> JSONValue {
        .members(["ref": .string(reference), "dependsOn": .strings(needs)])
    }

    /// The normalised name of a requirement (PEP 508); nil for one that only an extra asks for.
    static func name(_ requirement: String) -> String? {
        let parts = requirement.split(separator: ";", maxSplits: 1)
        if parts.count == 2, parts[1].contains("extra") { return nil }
        guard let text = parts.first else { return nil }
        let name = text.drop { $0 == " " }.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
        guard !name.isEmpty else { return nil }
        // PEP 503: runs of `-`, `_` and `.` are one `-`.
        var normal = ""
        for character in name.lowercased() {
            let isMark = character == "-" || character == "_" || character == "."
            if isMark, normal.last == "-" { continue }
            normal.append(isMark ? "-" : character)
        }
        return normal
    }
}
