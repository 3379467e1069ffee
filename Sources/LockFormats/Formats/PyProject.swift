import EnvironmentInventory
import SourceDocuments

/// Reads what a pyproject.toml declares: `[project]`, `[dependency-groups]`, and the tables of Poetry, uv and pdm.
///
/// Specifications: https://packaging.python.org/en/latest/specifications/pyproject-toml/ and
/// https://packaging.python.org/en/latest/specifications/dependency-groups/ (with `include-group`). A source that `[tool.uv]`
/// gives a dependency counts as its origin. Left out: `[build-system]`, which is not installed into the environment.
enum PyProject: LockFormat {
    static let name = "pyproject.toml"
    static let advice = "Commit a lock of the project (uv lock, poetry lock, pdm lock) and install from it"
    static let isDeclaration = true
    static let coverage: Set<LockCoverage> = [.python, .extras, .groups]

    static func matches(fileName: String, text: SourceText) -> Bool { fileName == "pyproject.toml" }

    static func read(
        _ text: SourceText, context: LockReadingContext
    ) throws(LockReadingError) -> LockDocument {
        try document(text, ProjectDeclarations(text))
    }

    /// Reads a project as the tool of a lock reads it.
    static func read(_ text: SourceText, as lock: any LockFormat.Type) throws(LockReadingError) -> LockDocument {
        document(text, try ProjectDeclarations(text, tables: lock.projectTables))
    }

    private static func document(_ text: SourceText, _ project: ProjectDeclarations) -> LockDocument {
        var document = LockDocument(format: self, text: text)
        document.requirements = project.requirements
        document.indexes = project.indexes
        document.gaps = project.gaps
        document.explicitIndexes = project.explicitIndexes
        document.pythonRequirement = project.requiresPython
        document.dynamicMembers = project.dynamic
        document.uvProject = project.uv
        document.limits = project.limits
        document.environments = project.environments
        document.projectVersion = project.version
        document.groupNames = project.groupNames
        document.projects = project.name.map { [$0] } ?? []
        document.selection = ProjectSelection(file: text.name, requirements: project.requirements)
        return document
    }
}

/// Chooses by extra, group and marker.
struct ProjectSelection: PackageChoice {
    let file: String
    let requirements: [LockedPackage]

    var packages: [LockedPackage] { requirements }

    func packages(for target: ResolvedTarget) throws(LockReadingError) -> [LockedPackage] {
        var chosen: [LockedPackage] = []
        for requirement in requirements {
            if !requirement.groups.isEmpty,
                !requirement.groups.contains(where: { target.includes(extra: $0) || target.includes(group: $0) })
            {
                continue
            }
            if let marker = requirement.marker,
                try !target.holds(marker, extras: [], file: file, place: requirement.range.start)
            {
                continue
            }
            chosen.append(requirement)
        }
        return chosen
    }
}
