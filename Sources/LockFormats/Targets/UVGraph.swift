import EnvironmentInventory
import ParallelWork
import SourceDocuments

/// Where uv takes a package from.
struct UVSource: Sendable {
    enum Kind: Sendable, Hashable {
        case registry(String)
        case git(String)
        case url(String)
        case path(String)
        case directory(String)
        case editable(String)
        case virtual(String)
        /// A kind that the reader does not know, by its key.
        case unknown(String)
    }

    let kind: Kind
    var subdirectory: String?
    let range: SourceRange

    /// The keys of a source's table.
    static let kinds: [(String, @Sendable (String) -> Kind)] = [
        ("registry", { .registry($0) }), ("git", { .git($0) }), ("url", { .url($0) }), ("path", { .path($0) }),
        ("directory", { .directory($0) }), ("editable", { .editable($0) }), ("virtual", { .virtual($0) }),
    ]

    /// The directory that holds the package; empty for a package from elsewhere.
    var path: String {
        switch kind {
        case .directory(let path), .editable(let path), .virtual(let path): path
        case .registry, .git, .url, .path, .unknown: ""
        }
    }

    /// The origin of a package from here.
    var origin: LockedPackage.Origin {
        switch kind {
        case .registry: .index
        case .url(let url): .archive(url: url, subdirectory: subdirectory)
        case .git(let url): .repository(LockedPackage.Repository(source: url))
        case .path(let path): .path(path, isEditable: false, subdirectory: subdirectory)
        case .directory(let path), .virtual(let path): .path(path, isEditable: false, subdirectory: subdirectory)
        case .editable(let path): .path(path, isEditable: true, subdirectory: subdirectory)
        case .unknown(let key): .unknown("Pinproof does not know the source \(key.isEmpty ? "without a kind" : key)")
        }
    }
}

/// One package of a uv.lock.
struct UVPackage: Sendable {
    var locked: LockedPackage
    let source: UVSource
    var forkMarkers: [String] = []
    var extras: [String: [LockDependency]] = [:]
    var groups: [String: [LockDependency]] = [:]
    var providedExtras: Set<String> = []
    var providedGroups: Set<String> = []
    /// The groups that are installed where none is asked for; nil where the lock does not say it.
    var defaultGroups: Set<String>?
    /// The Python versions that a group is for, where they are not those of the project.
    var groupPythons: [String: String] = [:]

    init(_ locked: LockedPackage, source: UVSource) {
        self.locked = locked
        self.source = source
    }

    var name: String { locked.name ?? "" }
    var version: String? { locked.version }
    var range: SourceRange { locked.range }
    var dependencies: [LockDependency] { locked.dependencies }
}

/// A package of the graph, shared by all who look at it: a package is large, and a graph is walked several times.
final class UVNode: Sendable {
    let package: UVPackage
    /// Whether it is the project itself or a member of its workspace.
    let isProject: Bool

    init(_ package: UVPackage, isProject: Bool) {
        self.package = package
        self.isProject = isProject
    }
}

/// The packages of a uv.lock and how they need each other; narrowed by walking from the project.
struct UVGraph: PackageChoice {
    let file: String
    var requiresPython: String?
    var members: Set<String> = []
    var rootDependencies: [LockDependency] = []
    var rootGroups: [String: [LockDependency]] = [:]
    var projectNames: Set<String> = []
    var coverage = UVCoverage()
    private(set) var nodes: [UVNode] = []
    private var indices: [String: [Int]] = [:]
    /// The packages of one version, for names that the lock holds in many.
    private var versions: [Release: [Int]] = [:]

    private struct Release: Hashable {
        let name: String
        let version: String?
    }

    /// With so many packages of one name, their versions are looked up.
    private static let manyVersions = 8

    init(file: String) { self.file = file }

    mutating func add(_ package: UVPackage) {
        indices[package.name, default: []].append(nodes.count)
        nodes.append(UVNode(package, isProject: isProject(package)))
    }

    /// Makes arrows at one of many versions of a package as fast to follow as others; nothing is added after it.
    mutating func indexVersions() {
        for (name, indices) in indices where indices.count > Self.manyVersions {
            for index in indices {
                versions[Release(name: name, version: nodes[index].package.version), default: []].append(index)
            }
        }
    }

    /// The project itself and the members of its workspace.
    func isProject(_ package: UVPackage) -> Bool {
        switch package.source.kind {
        case .virtual(let path), .editable(let path), .directory(let path):
            path == "." || members.contains(package.name)
        default: false
        }
    }

    var packages: [LockedPackage] {
        nodes.compactMap { node in node.isProject ? nil : node.package.locked }
    }

    /// The packages that an arrow can point at.
    private func targets(of dependency: LockDependency) -> [Int] {
        var candidates = indices[dependency.name] ?? []
        if let version = dependency.version, candidates.count > Self.manyVersions {
            candidates =
                (versions[Release(name: dependency.name, version: version)] ?? [])
                + (versions[Release(name: dependency.name, version: nil)] ?? [])
        }
        return candidates.filter { index in
            let node = nodes[index].package
            if let version = dependency.version, let found = node.version, version != found { return false }
            if let source = dependency.source, source != node.source.kind { return false }
            return true
        }
    }

    private func hasTarget(_ dependency: LockDependency) -> Bool {
        // Most arrows name a package that the lock holds once.
        if dependency.version == nil, dependency.source == nil { return indices[dependency.name] != nil }
        return !targets(of: dependency).isEmpty
    }

    /// Arrows that point at nothing: the lock is incomplete.
    func missingDependencies() -> [LockProblem] {
        var problems: [LockProblem] = []
        func check(_ dependencies: [LockDependency], of name: String) {
            for dependency in dependencies where !hasTarget(dependency) {
                problems.append(
                    LockProblem(
                        kind: .incomplete, file: file, range: dependency.range,
                        message: "\(name) needs \(dependency.name), which the lock does not hold"))
            }
        }
        for node in nodes.lazy.map(\.package) {
            check(node.dependencies, of: node.name)
            for extra in node.extras.sorted(by: { $0.key < $1.key }) { check(extra.value, of: node.name) }
            for group in node.groups.sorted(by: { $0.key < $1.key }) { check(group.value, of: node.name) }
        }
        return problems
    }
}

// MARK: The walk

extension UVGraph {
    /// The members that are asked for: the project at `.`, else every member.
    private var roots: [Int] {
        let projects = nodes.indices.filter { nodes[$0].isProject }
        let main = projects.filter {
            switch nodes[$0].package.source.kind {
            case .virtual(let path), .editable(let path), .directory(let path): path == "."
            default: false
            }
        }
        return main.isEmpty ? projects : main
    }

    func packages(for target: ResolvedTarget) throws(LockReadingError) -> [LockedPackage] {
        try checkNames(target)
        try coverage.check(target, roots: roots.map { nodes[$0].package }, file: file)
        // Conflicts are told apart by which extras and groups are in, and the walk itself can bring in more of them.
        var active = conflictNames(of: target)
        var reached: Set<Int> = []
        for _ in 0..<16 {
            let before = active
            reached = try walk(target, active: &active)
            if active == before { break }
        }
        try coverage.checkConflicts(active, file: file)
        // Members of the workspace are the project's own code, as the project itself is.
        let installed = reached.sorted().filter { !nodes[$0].isProject }
        return try target.artifactChoice.choose(forEach: installed) { nodes[$0].package.locked }
    }

    private func checkNames(_ target: ResolvedTarget) throws(LockReadingError) {
        let roots = roots.map { nodes[$0].package }
        for extra in target.target.extras.sorted() {
            let name = PythonRules.normalizedName(extra)
            guard roots.contains(where: { $0.extras[name] != nil || $0.providedExtras.contains(name) }) else {
                throw LockReadingError(file: file, place: nil, reason: "the project has no extra \"\(extra)\"")
            }
        }
        for group in target.target.groups.sorted() {
            let name = PythonRules.normalizedName(group)
            guard
                rootGroups[name] != nil
                    || roots.contains(where: { $0.groups[name] != nil || $0.providedGroups.contains(name) })
            else { throw LockReadingError(file: file, place: nil, reason: "the project has no group \"\(group)\"") }
        }
    }

    private func conflictNames(of target: ResolvedTarget) -> Set<String> {
        var names: Set<String> = []
        for node in roots.map({ nodes[$0].package }) {
            let length = node.name.utf8.count
            names.insert("project-\(length)-\(node.name)")
            for extra in node.extras.keys where target.includes(extra: extra) {
                names.insert("extra-\(length)-\(node.name)-\(extra)")
            }
            for group in node.groups.keys where target.includes(group: group) {
                names.insert("group-\(length)-\(node.name)-\(group)")
            }
        }
        return names
    }

    private struct Visit: Hashable {
        let index: Int
        let extra: String?
    }

    private func walk(_ target: ResolvedTarget, active: inout Set<String>) throws(LockReadingError) -> Set<Int> {
        var visited: Set<Visit> = []
        var queue: [Visit] = []
        let extras = active
        var found = active

        func follow(_ dependencies: [LockDependency]) throws(LockReadingError) {
            for dependency in dependencies {
                if let marker = dependency.marker,
                    try !target.holds(marker, extras: extras, file: file, place: dependency.range.start)
                {
                    continue
                }
                let index = try only(targets(of: dependency), dependency: dependency, target: target, extras: extras)
                for extra in dependency.extras {
                    if nodes[index].isProject {
                        found.insert("extra-\(dependency.name.utf8.count)-\(dependency.name)-\(extra)")
                    }
                    visit(Visit(index: index, extra: extra))
                }
                visit(Visit(index: index, extra: nil))
            }
        }
        func visit(_ visit: Visit) { if visited.insert(visit).inserted { queue.append(visit) } }

        try follow(rootDependencies)
        for group in rootGroups.sorted(by: { $0.key < $1.key }) where target.includes(group: group.key) {
            try follow(group.value)
        }
        for root in roots {
            visit(Visit(index: root, extra: nil))
            for extra in nodes[root].package.extras.keys.sorted() where target.includes(extra: extra) {
                visit(Visit(index: root, extra: extra))
            }
            for group in nodes[root].package.groups.sorted(by: { $0.key < $1.key })
            where target.includes(group: group.key) {
                try follow(group.value)
            }
        }
        var next = 0
        while next < queue.count {
            let visit = queue[next]
            next += 1
            let node = nodes[visit.index].package
            try follow(visit.extra.map { node.extras[$0] ?? [] } ?? node.dependencies)
        }
        active = found
        return Set(visited.map(\.index))
    }

    /// The one package that an arrow points at: of forks the one whose markers hold.
    private func only(
        _ candidates: [Int], dependency: LockDependency, target: ResolvedTarget, extras: Set<String>
    ) throws(LockReadingError) -> Int {
        if candidates.count == 1 { return candidates[0] }
        if candidates.isEmpty {
            throw LockReadingError(
                file: file, place: dependency.range.start, reason: "the lock does not hold \(dependency.name)")
        }
        var fitting: [Int] = []
        for candidate in candidates {
            var holds = nodes[candidate].package.forkMarkers.isEmpty
            for marker in nodes[candidate].package.forkMarkers where !holds {
                holds = try target.holds(
                    marker, extras: extras, file: file, place: nodes[candidate].package.range.start)
            }
            if holds { fitting.append(candidate) }
        }
        guard fitting.count == 1 else {
            throw LockReadingError(
                file: file, place: dependency.range.start,
                reason: "\(dependency.name) is ambiguous: the lock holds it \(candidates.count) times")
        }
        return fitting[0]
    }
}
