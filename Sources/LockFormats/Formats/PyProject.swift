import EnvironmentInventory
import SourceDocuments

/// Reads what a pyproject.toml declares: `[project]`, `[dependency-groups]`, and the tables of Poetry, uv and pdm.
///
/// Specifications: https://packaging.python.org/en/latest/specifications/pyproject-toml/ and
/// https://packaging.python.org/en/latest/specifications/dependency-groups/ (with `include-group`). A source that `[tool.uv]`
/// gives a dependency counts as its origin. Left out: `[build-system]`, which is not installed into the environment.
enum PyProject: LockFormat {
    static let name = "pyproject.toml"

    static func matches(fileName: String, text: SourceText) -> Bool { fileName == "pyproject.toml" }

    static func read(
        _ text: SourceText, context: LockReadingContext
    ) throws(LockReadingError) -> LockDocument {
        let project = try ProjectDeclarations(text)
        var document = LockDocument(format: self, text: text)
        document.requirements = project.requirements
        document.indexes = project.indexes
        document.explicitIndexes = project.explicitIndexes
        document.pythonRequirement = project.requiresPython
        document.projects = project.name.map { [$0] } ?? []
        document.selection = ProjectSelection(file: text.name, requirements: project.requirements)
        return document
    }
}

/// Chooses by extra, group and marker.
struct ProjectSelection: PackageChoice {
    let file: String
    let requirements: [LockRequirement]

    var packages: [Package] { requirements.compactMap(\.package) }

    func packages(for target: ResolvedTarget) throws(LockReadingError) -> [Package] {
        var chosen: [Package] = []
        for requirement in requirements {
            if let group = requirement.group, !target.includes(extra: group), !target.includes(group: group) {
                continue
            }
            if let marker = requirement.marker,
                try !target.holds(marker, extras: [], file: file, place: requirement.range.start)
            {
                continue
            }
            if let package = requirement.package { chosen.append(package) }
        }
        return chosen
    }
}
