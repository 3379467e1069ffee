import EnvironmentInventory
import SourceDocuments

/// Reads Pipfile.lock, `pipfile-spec` 6: the categories `default`, `develop` and any others.
///
/// Format: https://pipenv.pypa.io/en/latest/pipfile.html and
/// https://github.com/pypa/pipenv/blob/main/pipenv/utils/locking.py. It names no files, so a package keeps all its hashes.
/// The category `default` is always in; the others are groups, `develop` also by the name `dev`.
enum PipfileLock: LockFormat {
    static let name = "Pipfile.lock"
    static let advice = "Run pipenv lock, which writes the hashes of every release that an index gives"
    static let projectFile: String? = "Pipfile"
    static let holdsEveryGroup = true
    static let coverage: Set<LockCoverage> = [.python, .groups]
    static let evidenceRank: Int? = 4

    static func matches(fileName: String, text: SourceText) -> Bool {
        if fileName == "Pipfile.lock" { return true }
        let head = text.string(0..<4096)
        return fileName.hasSuffix(".lock") && head.contains("\"pipfile-spec\"")
    }

    static func read(
        _ text: SourceText, context: LockReadingContext
    ) throws(LockReadingError) -> LockDocument {
        let root = try LockText.json(text)
        guard let meta = try root.fields("_meta") else { throw root.error("\"_meta\" is missing") }
        guard let version = try meta.integer("pipfile-spec") else { throw meta.error("\"pipfile-spec\" is missing") }
        guard version == 6 else {
            throw meta.error(
                "has pipfile-spec \(version); 6 can be read", at: meta.table["pipfile-spec"]?.place)
        }
        var document = LockDocument(format: self, text: text)
        let hash = try meta.fields("hash")
        document.contentHash = try hash?.string("sha256").map { "sha256:" + $0 }
        document.contentHashRange = hash?.table["sha256"]?.range
        if let requires = try meta.fields("requires") {
            if let full = try requires.text("python_full_version") { document.pythonRequirement = "==" + full }
            if let short = try requires.text("python_version"), short != "*" {
                document.pythonRequirement = short.first?.isNumber == true ? "==\(short).*" : short
            }
        }
        var sources: [String: String] = [:]
        for source in try meta.list("sources") {
            if let name = try source.string("name") { sources[name] = try source.string("url") }
            document.indexes.append(
                LockIndex(
                    kind: document.indexes.isEmpty ? .primary : .extra, url: try source.requiredString("url"),
                    file: text.name, range: source.range))
        }
        var categories: Set<String> = []
        for category in root.table.members where category.key != "_meta" {
            categories.insert(category.key)
            let packages = try DocumentFields(category.value, file: text.name, what: "a category")
            for member in packages.table.members {
                var requirement = try entry(member, file: text.name)
                requirement.groups = category.key == "default" ? [] : [category.key]
                if let index = member.value.table?["index"]?.string { requirement.index = sources[index] ?? index }
                document.add(requirement)
                // `-e .` is the project itself.
                if case .path(".", _, _) = requirement.origin, let name = requirement.name {
                    document.projects.insert(name)
                }
            }
        }
        document.selection = CategorySelection(
            file: text.name, categories: categories,
            requirements: document.requirements.filter { !document.projects.contains($0.name ?? "") })
        return document
    }

    private static func entry(_ member: DocumentTable.Member, file: String) throws(LockReadingError) -> LockedPackage {
        let fields = try DocumentFields(member.value, file: file, what: "a package")
        let specifier = try fields.string("version") ?? ""
        var package = LockedPackage(
            .locked, name: PythonRules.normalizedName(member.key), version: PythonRules.pinnedVersion(specifier),
            text: member.key + specifier, file: file,
            range: SourceRange(start: member.keyPlace, end: fields.range.end))
        package.specifier = specifier
        package.extras = try fields.strings("extras").map(PythonRules.normalizedName)
        package.marker = try fields.string("markers")
        var hashes: [Digest] = []
        for written in try fields.array("hashes") {
            guard let text = written.string, let digest = Digest(text) else {
                throw fields.error("a hash is malformed", at: written.place)
            }
            hashes.append(digest)
        }
        package.origin =
            try PipfileEntry.origin(fields) ?? (fields.table["version"] == nil ? PipfileEntry.unknown : .index)
        if case .archive(let url, _) = package.origin, package.version == nil {
            package.version = LockText.fileName(ofURL: url).flatMap(PythonRules.archive)?.version
        }
        package.setHashes(hashes)
        package.noteWeakHash()
        return package
    }
}

/// Chooses by category and marker; the packages name no files.
struct CategorySelection: PackageChoice {
    let file: String
    /// The categories that the lock has, also those without packages.
    let categories: Set<String>
    let requirements: [LockedPackage]

    /// The same package is in each category that needs it.
    var packages: [LockedPackage] { requirements.unique }

    func packages(for target: ResolvedTarget) throws(LockReadingError) -> [LockedPackage] {
        for group in target.target.groups.sorted() where !categories.contains(Self.category(group)) {
            throw LockReadingError(file: file, place: nil, reason: "has no category \"\(group)\"")
        }
        let wanted = Set(target.target.groups.map(Self.category))
        var chosen: [LockedPackage] = []
        var seen: Set<String> = []
        for requirement in requirements {
            if !target.target.allGroups, !requirement.groups.isEmpty, wanted.isDisjoint(with: requirement.groups) {
                continue
            }
            if let marker = requirement.marker,
                try !target.holds(marker, extras: [], file: file, place: requirement.range.start)
            {
                continue
            }
            if let name = requirement.name, !seen.insert(name).inserted { continue }
            chosen.append(requirement)
        }
        return chosen
    }

    private static func category(_ group: String) -> String { group == "dev" ? "develop" : group }
}
