import EnvironmentInventory
import SourceDocuments

/// Reads Pipfile.lock, `pipfile-spec` 6: the categories `default`, `develop` and any others.
///
/// Format: https://pipenv.pypa.io/en/latest/pipfile.html and
/// https://github.com/pypa/pipenv/blob/main/pipenv/utils/locking.py. It names no files, so a package keeps all its hashes.
/// The category `default` is always in; the others are groups, `develop` also by the name `dev`.
enum PipfileLock: LockFormat {
    static let name = "Pipfile.lock"

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
        for source in try meta.list("sources") {
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
                requirement.group = category.key == "default" ? nil : category.key
                document.requirements.append(requirement)
                // `-e .` is the project itself.
                if case .path(".", _) = requirement.origin, let name = requirement.name {
                    document.projects.insert(name)
                }
            }
        }
        document.selection = CategorySelection(
            file: text.name, categories: categories,
            requirements: document.requirements.filter { !document.projects.contains($0.name ?? "") })
        return document
    }

    private static func entry(_ member: DocumentTable.Member, file: String) throws(LockReadingError) -> LockRequirement
    {
        let fields = try DocumentFields(member.value, file: file, what: "a package")
        let name = PythonRules.normalizedName(member.key)
        let specifier = try fields.string("version") ?? ""
        var requirement = LockRequirement(
            ecosystem: .pypi, kind: .locked, name: name, text: member.key + specifier,
            version: PythonRules.pinnedVersion(specifier), strength: .floating, file: file,
            range: SourceRange(start: member.keyPlace, end: fields.range.end))
        requirement.specifier = specifier
        requirement.extras = try fields.strings("extras").map(PythonRules.normalizedName)
        requirement.marker = try fields.string("markers")
        for written in try fields.array("hashes") {
            guard let text = written.string, let digest = Digest(text) else {
                throw fields.error("a hash is malformed", at: written.place)
            }
            requirement.hashes.append(digest)
        }
        if requirement.version != nil { requirement.strength = requirement.hashes.isEmpty ? .exact : .hashed }
        if let git = try fields.string("git") {
            let revision = try fields.string("ref")
            requirement.origin = .git(url: git, revision: revision)
            requirement.strength = GitRevision.strength(revision)
        } else if let path = try fields.string("path") {
            requirement.origin = .path(path, editable: try fields.boolean("editable") ?? false)
            requirement.strength = .floating
        } else {
            let file = try fields.string("file")
            let url = try fields.string("url")
            if let location = file ?? url {
                requirement.origin = .url(location)
                if requirement.version == nil, let fileName = LockText.fileName(ofURL: location) {
                    requirement.version = PythonRules.archive(fileName)?.version
                }
                if !requirement.hashes.isEmpty { requirement.strength = .hashed }
            }
        }
        return requirement
    }
}

/// Chooses by category and marker; the packages name no files.
struct CategorySelection: PackageChoice {
    let file: String
    /// The categories that the lock has, also those without packages.
    let categories: Set<String>
    let requirements: [LockRequirement]

    var packages: [Package] {
        var seen: Set<String> = []
        // The same package stands in each category that needs it.
        return requirements.compactMap(\.package).filter { seen.insert("\($0.name) \($0.version ?? "")").inserted }
    }

    func packages(for target: ResolvedTarget) throws(LockReadingError) -> [Package] {
        for group in target.target.groups.sorted() where !categories.contains(Self.category(group)) {
            throw LockReadingError(file: file, place: nil, reason: "has no category \"\(group)\"")
        }
        let wanted = Set(target.target.groups.map(Self.category))
        var chosen: [Package] = []
        var seen: Set<String> = []
        for requirement in requirements {
            if let group = requirement.group, !target.target.allGroups, !wanted.contains(group) { continue }
            if let marker = requirement.marker,
                try !target.holds(marker, extras: [], file: file, place: requirement.range.start)
            {
                continue
            }
            if let package = requirement.package, seen.insert(package.name).inserted { chosen.append(package) }
        }
        return chosen
    }

    private static func category(_ group: String) -> String { group == "dev" ? "develop" : group }
}
