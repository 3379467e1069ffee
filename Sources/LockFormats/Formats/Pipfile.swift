import SourceDocuments

/// Reads what a Pipfile declares: `[packages]`, `[dev-packages]` and categories of one's own.
///
/// Format: https://pipenv.pypa.io/en/latest/pipfile.html. `[packages]` is the main group, `[dev-packages]` the group `develop`, as
/// Pipfile.lock calls it. Left out: `[scripts]` and `[pipenv]`, which install nothing.
enum Pipfile: LockFormat {
    static let name = "Pipfile"
    static let advice = "Run pipenv lock and install with pipenv install --deploy"
    static let isDeclaration = true
    static let coverage: Set<LockCoverage> = [.python, .groups]

    /// The tables that are not categories of packages.
    private static let settings: Set<String> = ["source", "requires", "scripts", "pipfile", "pipenv"]
    /// The members of a package that together make its marker.
    private static let markerNames = [
        "os_name", "sys_platform", "platform_machine", "platform_python_implementation", "platform_release",
        "platform_system", "platform_version", "python_version", "python_full_version", "implementation_name",
        "implementation_version",
    ]

    static func matches(fileName: String, text: SourceText) -> Bool { fileName == "Pipfile" }

    static func read(
        _ text: SourceText, context: LockReadingContext
    ) throws(LockReadingError) -> LockDocument {
        let root = try LockText.toml(text)
        var document = LockDocument(format: self, text: text)
        for source in try root.list("source") {
            document.indexes.append(
                LockIndex(
                    kind: document.indexes.isEmpty ? .primary : .extra, url: try source.requiredString("url"),
                    file: text.name, range: source.range))
        }
        if let requires = try root.fields("requires") {
            if let full = try requires.text("python_full_version") { document.pythonRequirement = "==" + full }
            if let short = try requires.text("python_version"), short != "*" {
                document.pythonRequirement = short.first?.isNumber == true ? "==\(short).*" : short
            }
        }
        for category in root.table.members where !settings.contains(category.key) {
            let packages = try DocumentFields(category.value, file: text.name, what: "\"\(category.key)\"")
            for member in packages.table.members {
                var requirement = try requirement(member, file: text.name)
                switch category.key {
                case "packages": break
                case "dev-packages": requirement.groups = ["develop"]
                default: requirement.groups = [category.key]
                }
                document.add(requirement)
            }
        }
        document.selection = ProjectSelection(file: text.name, requirements: document.requirements)
        return document
    }

    private static func requirement(
        _ member: DocumentTable.Member, file: String
    ) throws(LockReadingError) -> LockedPackage {
        var requirement = LockedPackage(
            .declared, name: PythonRules.normalizedName(member.key), text: member.key, file: file,
            range: SourceRange(start: member.keyPlace, end: member.value.range.end))
        var specifier = member.value.string
        if specifier == nil {
            let fields = try DocumentFields(member.value, file: file, what: "the package \(member.key)")
            specifier = try fields.string("version")
            requirement.extras = try fields.strings("extras").map(PythonRules.normalizedName)
            var markers = try fields.string("markers").map { ["(\($0))"] } ?? []
            for name in markerNames {
                if let condition = try fields.string(name) { markers.append("\(name) \(condition)") }
            }
            requirement.marker = markers.isEmpty ? nil : markers.joined(separator: " and ")
            requirement.origin = try PipfileEntry.origin(fields) ?? (specifier == nil ? PipfileEntry.unknown : .index)
        }
        requirement.specifier = specifier == "*" ? "" : specifier ?? ""
        requirement.text += requirement.specifier
        requirement.version = PythonRules.pinnedVersion(requirement.specifier)
        return requirement
    }
}

/// The sources of a package in a Pipfile and in its lock
/// (https://pipenv.pypa.io/en/latest/specifiers.html).
enum PipfileEntry {
    /// The origin of an entry that names neither a version nor a place.
    static let unknown = LockedPackage.Origin.unknown("names neither a version nor a place")

    /// Reads the origin of an entry; nil where it names no place.
    static func origin(_ fields: DocumentFields) throws(LockReadingError) -> LockedPackage.Origin? {
        let subdirectory = try fields.string("subdirectory")
        for system in VersionControl.systems {
            guard let url = try fields.string(system) else { continue }
            return .repository(
                .init(system: system, url: url, revision: try fields.string("ref"), subdirectory: subdirectory))
        }
        if let path = try fields.string("path") {
            return .path(path, isEditable: try fields.boolean("editable") ?? false, subdirectory: subdirectory)
        }
        for key in ["file", "url"] {
            guard let location = try fields.string(key) else { continue }
            return .archive(url: location, subdirectory: subdirectory)
        }
        return nil
    }
}
