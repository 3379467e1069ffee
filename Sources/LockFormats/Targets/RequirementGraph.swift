import EnvironmentInventory
import PythonPackaging
import SourceDocuments

/// One package of a graph of requirements.
struct GraphNode: Sendable {
    var package: LockedPackage
    /// What the package's own extras bring in.
    var extras: [String: [LockDependency]] = [:]
    /// The Python versions that the package is for, as Poetry writes them; nil where the lock does not say.
    var python: String?
    /// For pdm, which writes a package with extras as an entry of its own: these extras.
    var ownExtras: Set<String> = []
}

/// Locked packages that are chosen by a walk from what the project declares: Poetry before 2.1, pdm without
/// `inherit_metadata`.
struct RequirementGraph: PackageChoice {
    let file: String
    var nodes: [GraphNode] = []
    var roots: [LockDependency] = []
    /// Why the roots are not known, when a file of the project would be needed.
    var missingRoots: String?
    var extras: Set<String> = []
    var groups: Set<String> = []
    /// Whether of several versions that all who need the package agree on the newest is taken, as Poetry does
    /// (https://github.com/python-poetry/poetry-plugin-export/blob/main/src/poetry_plugin_export/walker.py); else it is not
    /// guessed.
    var takesNewest = false
    /// The project itself, which may name itself in its extras.
    var project: String?

    init(file: String) { self.file = file }

    var packages: [LockedPackage] { nodes.map(\.package).unique }

    private struct Visit: Hashable {
        let index: Int
        let extra: String?
    }

    func packages(for target: ResolvedTarget) throws(LockReadingError) -> [LockedPackage] {
        if let missingRoots { throw LockReadingError(file: file, place: nil, reason: missingRoots) }
        try checkNames(target)
        var indices: [String: [Int]] = [:]
        for (index, node) in nodes.enumerated() { indices[node.package.name ?? "", default: []].append(index) }
        while true {
            let walk = try walk(target, indices)
            guard takesNewest, let name = walk.ambiguous(nodes) else { return try chosen(walk.reached, target) }
            // What only a version needs that is not taken falls away with it, so that the walk begins anew.
            let common = walk.candidates[name].map { sets in sets.dropFirst().reduce(sets[0]) { $0.intersection($1) } }
            guard let newest = newest(common ?? [], target) else { return try chosen(walk.reached, target) }
            indices[name] = (indices[name] ?? []).filter { nodes[$0].package.version == nodes[newest].package.version }
        }
    }

    /// What is reached from the project for a target.
    private struct Walk {
        var reached: Set<Int> = []
        /// For each name, what each arrow to it allows.
        var candidates: [String: [Set<Int>]] = [:]

        /// The first package of which several versions are reached.
        func ambiguous(_ nodes: [GraphNode]) -> String? {
            var seen: [String: String] = [:]
            for index in reached.sorted() {
                let package = nodes[index].package
                guard let name = package.name else { continue }
                if let other = seen.updateValue(package.version ?? "", forKey: name), other != package.version {
                    return name
                }
            }
            return nil
        }
    }

    private func walk(
        _ target: ResolvedTarget, _ indices: [String: [Int]]
    ) throws(LockReadingError) -> Walk {
        var walk = Walk()
        var visited: Set<Visit> = []
        var queue: [Visit] = []
        func visit(_ visit: Visit) { if visited.insert(visit).inserted { queue.append(visit) } }
        // A marker names the extras of whoever has the dependency: of the project, or the one through which a package came in.
        func follow(_ dependency: LockDependency, extras: Set<String>) throws(LockReadingError) {
            if let marker = dependency.marker,
                try !target.holds(marker, extras: extras, file: file, place: dependency.range.start)
            {
                return
            }
            if let python = dependency.python, !target.satisfiesPoetry(python) { return }
            let wanted = Set(dependency.extras)
            let candidates = (indices[dependency.name] ?? []).filter { index in
                let node = nodes[index]
                if !node.ownExtras.isEmpty, !node.ownExtras.isSubset(of: wanted) { return false }
                return fits(node.package, dependency.constraint)
            }
            guard !candidates.isEmpty else {
                throw LockReadingError(
                    file: file, place: dependency.range.start,
                    reason: "the lock does not hold \(dependency.name)\(dependency.constraint.map { " " + $0 } ?? "")")
            }
            walk.candidates[dependency.name, default: []].append(Set(candidates))
            for candidate in candidates {
                visit(Visit(index: candidate, extra: nil))
                for extra in dependency.extras { visit(Visit(index: candidate, extra: extra)) }
            }
        }
        let projectExtras = target.projectExtras(extras)
        for root in roots where isIn(root, target) { try follow(root, extras: projectExtras) }
        var next = 0
        while next < queue.count {
            let visit = queue[next]
            next += 1
            let node = nodes[visit.index]
            let active: Set<String> = visit.extra.map { [$0] } ?? []
            for dependency in visit.extra.map({ node.extras[$0] ?? [] }) ?? node.package.dependencies {
                try follow(dependency, extras: active)
            }
        }
        walk.reached = Set(visited.map(\.index))
        return walk
    }

    /// The newest version of those that are for the target's Python; nil where there is none.
    private func newest(_ candidates: Set<Int>, _ target: ResolvedTarget) -> Int? {
        let fitting = candidates.filter { nodes[$0].python.map { target.satisfiesPoetry($0) } ?? true }
        return fitting.sorted().max { left, right in
            let versions = [left, right].map { PythonVersion(nodes[$0].package.version ?? "") }
            guard let one = versions[0], let other = versions[1] else { return versions[0] == nil }
            return one < other
        }
    }

    private func chosen(_ reached: Set<Int>, _ target: ResolvedTarget) throws(LockReadingError) -> [LockedPackage] {
        var names = UniqueNames()
        var installed: [LockedPackage] = []
        for index in reached.sorted() where try names.admit(nodes[index].package) {
            installed.append(nodes[index].package)
        }
        return try target.artifactChoice.choose(forEach: installed) { $0 }
    }

    private func isIn(_ root: LockDependency, _ target: ResolvedTarget) -> Bool {
        if let group = root.group, !target.includes(group: group) { return false }
        if root.neededByExtras.isEmpty { return true }
        return root.neededByExtras.contains { target.includes(extra: $0) || target.includes(group: $0) }
    }

    private func checkNames(_ target: ResolvedTarget) throws(LockReadingError) {
        let known = Set((extras.union(groups)).map(PythonRules.normalizedName))
        for name in target.target.extras.union(target.target.groups).sorted()
        where !known.contains(PythonRules.normalizedName(name)) {
            throw LockReadingError(file: file, place: nil, reason: "the project has no extra or group \"\(name)\"")
        }
    }

    private func fits(_ package: LockedPackage, _ constraint: String?) -> Bool {
        guard let constraint, let version = package.version.flatMap({ PythonVersion($0) }) else { return true }
        guard let parsed = PoetryConstraint(constraint) else { return true }
        return parsed.contains(version)
    }
}

/// Locked packages that each say in which groups and under which marker they are installed: Poetry from 2.1, pdm with
/// `inherit_metadata`.
struct GroupSelection: PackageChoice {
    struct Entry: Sendable {
        var package: LockedPackage
        /// The groups; nil where the lock does not say them, and its tool refuses to install.
        var groups: Set<String>?
        /// The marker of every group that has one of its own.
        var groupMarkers: [String: String] = [:]
    }

    let file: String
    let mainGroup: String
    var entries: [Entry] = []
    var extras: Set<String> = []

    init(file: String, mainGroup: String) {
        self.file = file
        self.mainGroup = mainGroup
    }

    var packages: [LockedPackage] { entries.map(\.package).unique }

    func packages(for target: ResolvedTarget) throws(LockReadingError) -> [LockedPackage] {
        if let entry = entries.first(where: { $0.groups == nil }) {
            throw LockReadingError(
                file: file, place: entry.package.range.start,
                reason: "does not say in which groups \(entry.package.name ?? "the package") is")
        }
        let groups = entries.reduce(into: Set<String>()) { $0.formUnion($1.groups ?? []) }
        let wanted = Set(target.target.groups.union(target.target.extras).map(PythonRules.normalizedName))
        let known = Set(groups.union(extras).map(PythonRules.normalizedName))
        for name in wanted.sorted() where !known.contains(name) {
            throw LockReadingError(file: file, place: nil, reason: "the project has no extra or group \"\(name)\"")
        }
        var names = UniqueNames()
        var installed: [LockedPackage] = []
        for entry in entries where try isIn(entry, wanted: wanted, target) {
            if try names.admit(entry.package) { installed.append(entry.package) }
        }
        return try target.artifactChoice.choose(forEach: installed) { $0 }
    }

    func gaps(of packages: [LockedPackage], for target: ResolvedTarget) -> [Gap] {
        MissingDependencies.gaps(
            of: packages, held: Set(entries.compactMap(\.package.name)), for: target, file: file)
    }

    private func isIn(
        _ entry: Entry, wanted: Set<String>, _ target: ResolvedTarget
    ) throws(LockReadingError) -> Bool {
        for group in (entry.groups ?? []).sorted() {
            guard
                group == mainGroup || target.target.allGroups || wanted.contains(PythonRules.normalizedName(group))
                    || (target.target.allExtras && extras.contains(group))
            else { continue }
            guard let marker = entry.groupMarkers[group] ?? entry.package.marker else { return true }
            if try target.holds(
                marker, extras: target.projectExtras(extras), file: file, place: entry.package.range.start)
            {
                return true
            }
        }
        return false
    }
}
