import EnvironmentInventory
import SourceDocuments

/// Bake files, `docker-bake.hcl` and `docker-bake.json` (https://docs.docker.com/build/bake/reference/): the builds of their
/// targets, and what these inherit. Left out: functions and matrices; what they give is not known, and said where it matters.
enum BakeFile: Manifest {
    static let kind = "bake"

    static func matches(path: String) -> Bool {
        let name = ManifestPath.name(of: path)
        return name.hasPrefix("docker-bake") && (name.hasSuffix(".hcl") || name.hasSuffix(".json"))
    }

    static func read(_ reader: inout ManifestReader) throws(DocumentError) {
        let root =
            ManifestPath.name(of: reader.text.name).hasSuffix(".json")
            ? try JSONReader.read(reader.text) : try HCLReader.read(reader.text)
        var variables: [String: String] = [:]
        for variable in root[keys: "variable"]?.members ?? [] {
            if let value = variable.value[keys: "default"]?.text { variables[variable.key] = value }
        }
        let targets = root[keys: "target"]?.members ?? []
        var named: [String: DocumentNode] = [:]
        for target in targets { named[target.key] = target.value }
        let inherited = Set(targets.flatMap { parents(of: $0.value) })
        for target in targets {
            let chain = Self.chain(from: target.key, in: named)
            guard let chain else {
                reader.addUnread(
                    target.key, requestedBy: "inherits", "its targets inherit from too many others",
                    at: target.value.range)
                continue
            }
            if let parent = chain.missing {
                reader.addUnread(parent, requestedBy: "inherits", "there is no such target", at: target.value.range)
            }
            read(
                Target(chain: chain.nodes, variables: variables), target, &reader,
                isBase: inherited.contains(target.key))
        }
    }

    private static func read(
        _ target: Target, _ member: DocumentTable.Member, _ reader: inout ManifestReader, isBase: Bool
    ) {
        let context = target.node("context") == nil ? "." : target.text("context")
        let (arguments, contexts) = (target.table("args"), target.table("contexts"))
        if let inline = target.node("dockerfile-inline") {
            return reader.addInlineDockerfile(
                inline, context: context ?? ".", arguments: arguments, contexts: contexts, variables: target.variables,
                isBraced: true)
        }
        let dockerfile = target.node("dockerfile")
        // A target that only others inherit from names neither.
        if isBase, dockerfile == nil, target.node("context") == nil { return }
        let path = target.text("dockerfile").map { ManifestReader.joined(context ?? ".", $0) }
        reader.addBuild(
            context: context, dockerfile: path, isKnown: dockerfile == nil || path != nil, base: .start,
            arguments: arguments,
            contexts: contexts, at: member.keyPlace)
    }

    private static func parents(of node: DocumentNode) -> [String] {
        node[keys: "inherits"]?.items.compactMap(\.text) ?? []
    }

    private static let maximumTargets = 256

    /// A target and those that it inherits from, the strongest first: itself, then its parents from the last to the first,
    /// each before its own parents (https://docs.docker.com/build/bake/inheritance/); nil when they are too many.
    private static func chain(
        from name: String, in targets: [String: DocumentNode]
    ) -> (nodes: [DocumentNode], missing: String?)? {
        var nodes: [DocumentNode] = []
        var missing: String?
        var seen: Set<String> = []
        var waiting = [name]
        while let next = waiting.popLast() {
            guard seen.insert(next).inserted else { continue }
            guard let node = targets[next] else {
                missing = missing ?? next
                continue
            }
            nodes.append(node)
            guard nodes.count <= maximumTargets else { return nil }
            waiting += parents(of: node)
        }
        return (nodes, missing)
    }

    /// A target with what it inherits.
    private struct Target {
        let chain: [DocumentNode]
        let variables: [String: String]

        /// The value of an attribute, from the nearest target that has it.
        func node(_ key: String) -> DocumentNode? {
            for node in chain { if let value = node[keys: key] { return value } }
            return nil
        }

        /// The text of an attribute; nil when it is not known.
        func text(_ key: String) -> String? { known(node(key)) }

        /// The known members of an attribute, each from the nearest target that has it.
        func table(_ key: String) -> [String: String] {
            var values: [String: String] = [:]
            var seen: Set<String> = []
            for member in chain.flatMap({ $0[keys: key]?.members ?? [] }) where seen.insert(member.key).inserted {
                if let value = known(member.value) { values[member.key] = value }
            }
            return values
        }

        private func known(_ node: DocumentNode?) -> String? {
            guard let text = node?.text else { return nil }
            let (expanded, isKnown) = Interpolation.expand(text, variables)
            return isKnown ? expanded : nil
        }
    }
}
