import EnvironmentInventory
import SourceDocuments

/// What packages of a lock depend on and the lock does not hold.
///
/// Only a dependency that always counts is missed: one with a marker, or of an extra, may be left out by right where the
/// project's own Python or platforms exclude it. Poetry before 1.5 left out what it called unsafe.
enum MissingDependencies {
    private static let unsafe: Set<String> = ["pip", "setuptools", "wheel", "distribute"]

    /// One package that another one needs.
    typealias Need = (package: String, needed: String, place: SourcePosition)

    /// The problems of packages that name their dependencies.
    static func problems(
        _ nodes: [GraphNode], file: String, context: LockReadingContext
    ) -> [LockProblem] {
        var needs: [Need] = []
        for node in nodes {
            for dependency in node.package.dependencies
            where dependency.marker == nil && dependency.python == nil && dependency.neededByExtras.isEmpty
                && !unsafe.contains(dependency.name)
            {
                needs.append((node.package.name ?? node.package.text, dependency.name, dependency.range.start))
            }
        }
        return problems(needs, held: Set(nodes.compactMap(\.package.name)), file: file, context: context)
    }

    /// What packages that are installed for a target need there by a marker, and the lock does not hold.
    static func gaps(
        of packages: [LockedPackage], held: Set<String>, for target: ResolvedTarget, file: String
    ) -> [Gap] {
        packages.flatMap { package in
            package.dependencies.compactMap { dependency -> Gap? in
                guard dependency.marker != nil || dependency.python != nil, dependency.neededByExtras.isEmpty,
                    !held.contains(dependency.name), !unsafe.contains(dependency.name)
                else { return nil }
                if let python = dependency.python, !target.satisfiesPoetry(python) { return nil }
                let place = dependency.range.start
                // One that cannot be read may hold.
                let holds = try? dependency.marker.map { try target.holds($0, extras: [], file: file, place: place) }
                if holds == false { return nil }
                return Gap(
                    dependency.name,
                    reason: "\(package.name ?? package.text) needs \(dependency.name), which the lock does not hold",
                    source: FileLocation(file: file, line: place.line))
            }
        }
    }

    /// The problems of needs that the packages which a lock holds do not meet.
    static func problems(
        _ needs: [Need], held: Set<String>, file: String, context: LockReadingContext
    ) -> [LockProblem] {
        let missing = needs.filter { !held.contains($0.needed) }
        guard !missing.isEmpty else { return [] }
        // The project itself is in no lock, and a package of it may need it.
        var project: String?
        if case .success(let text) = context.load("pyproject.toml") { project = (try? ProjectDeclarations(text))?.name }
        return missing.filter { $0.needed != project }.map { need in
            LockProblem(
                kind: .incomplete, file: file, range: SourceRange(start: need.place, end: need.place),
                message: "\(need.package) needs \(need.needed), which the lock does not hold")
        }
    }
}
