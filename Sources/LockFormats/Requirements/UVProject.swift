import SourceDocuments

/// What a project tells uv of how to resolve, or what a uv.lock says that it was resolved with, in the same words
/// (https://docs.astral.sh/uv/reference/settings/). What is as uv does it by default is left out. A member of another type
/// than uv's says nothing.
package struct UVSettings: Sendable {
    /// The values of a setting, by its name.
    package private(set) var values: [String: Set<String>] = [:]
    /// The dates up to which files are taken, by the package, with an empty name for all, or how long before today they
    /// are; an empty date is one that the file does not say.
    package private(set) var dates: [String: String] = [:]

    private static let defaults: Set<String> = ["highest", "if-necessary-or-explicit", "requires-python"]

    init() {}

    /// Reads `[tool.uv]`.
    init(project uv: DocumentTable, name: String?) {
        add("exclude-dependencies", names(uv["exclude-dependencies"]))
        add("build-constraint-dependencies", requirements(uv["build-constraint-dependencies"]))
        add("dependency-metadata", Self.metadata(uv["dependency-metadata"]))
        add("conflicts", Self.conflicts(uv["conflicts"], package: name))
        for setting in ["resolution", "prerelease", "fork-strategy"] { add(setting, Self.word(uv[setting])) }
        addDates(uv)
    }

    /// Reads the tables of a uv.lock.
    init(lock root: DocumentTable) {
        let manifest = root["manifest"]?.table
        add("exclude-dependencies", names(manifest?["excludes"]))
        add("build-constraint-dependencies", requirements(manifest?["build-constraints"]))
        add("dependency-metadata", Self.metadata(manifest?["dependency-metadata"]))
        add("conflicts", Self.conflicts(root["conflicts"], package: nil))
        guard let options = root["options"]?.table else { return }
        add("resolution", Self.word(options["resolution-mode"]))
        add("prerelease", Self.word(options["prerelease-mode"]))
        add("fork-strategy", Self.word(options["fork-strategy"]))
        addDates(options)
        if let span = options["exclude-newer-span"] { dates[""] = span.string ?? "" }
    }

    /// The settings that uv takes from a uv.toml where there is one; the others stand in the project's file alone.
    private static let inSettingsFile = ["dependency-metadata", "fork-strategy", "prerelease", "resolution"]

    /// Takes the settings of a uv.toml in the place of those of the project's file.
    mutating func replace(by file: UVSettings) {
        for setting in Self.inSettingsFile { values[setting] = file.values[setting] }
        dates = file.dates
    }

    /// Adds the conflicts of another project of the workspace.
    package mutating func addConflicts(of other: UVSettings) { add("conflicts", other.values["conflicts"] ?? []) }

    private mutating func add(_ setting: String, _ found: Set<String>) {
        if !found.isEmpty { values[setting, default: []].formUnion(found) }
    }

    private mutating func addDates(_ table: DocumentTable) {
        if let node = table["exclude-newer"], !node.isNull { dates[""] = node.string ?? "" }
        for member in table["exclude-newer-package"]?.table?.members ?? [] {
            dates[PythonRules.normalizedName(member.key)] =
                member.value.string ?? member.value.table?["span"]?.string ?? ""
        }
    }

    private static func word(_ node: DocumentNode?) -> Set<String> {
        guard let word = node?.string, !defaults.contains(word) else { return [] }
        return [word]
    }

    private func names(_ node: DocumentNode?) -> Set<String> {
        Set((node?.array ?? []).compactMap { $0.string.flatMap(PythonRules.leadingName) })
    }

    /// Requirements as text or, in a lock, as tables.
    private func requirements(_ node: DocumentNode?) -> Set<String> {
        var found: Set<String> = []
        for node in node?.array ?? [] {
            if let text = node.string, case .success(let parsed) = PythonRules.requirement(text) {
                found.insert("\(parsed.name) \(Self.specifier(parsed.specifier))")
            } else if let table = node.table, let name = table["name"]?.string {
                found.insert("\(PythonRules.normalizedName(name)) \(Self.specifier(table["specifier"]?.string ?? ""))")
            }
        }
        return found
    }

    private static func specifier(_ text: String) -> String {
        text.split(separator: ",").map { $0.filter { $0 != " " } }.sorted().joined(separator: ",")
    }

    private static func metadata(_ node: DocumentNode?) -> Set<String> {
        var found: Set<String> = []
        for table in (node?.array ?? []).compactMap(\.table) {
            var parts = [PythonRules.normalizedName(table["name"]?.string ?? "")]
            parts += ["version", "requires-python"].map { table[$0]?.string ?? "" }
            for key in ["requires-dist", "provides-extra", "provides-extras"] {
                let texts = (table[key]?.array ?? []).compactMap(\.string)
                parts += texts.map { $0.filter { !" ()".contains($0) }.replacing("\"", with: "'") }.sorted()
            }
            found.insert(parts.joined(separator: " "))
        }
        return found
    }

    /// One text for each set of extras and groups that exclude each other.
    private static func conflicts(_ node: DocumentNode?, package: String?) -> Set<String> {
        var found: Set<String> = []
        for set in (node?.array ?? []).compactMap(\.array) {
            let items = set.compactMap(\.table).map { item in
                let name = item["package"]?.string.map(PythonRules.normalizedName) ?? package ?? ""
                let part = ["extra", "group"].compactMap { key in
                    item[key]?.string.map { "\(key) \(PythonRules.normalizedName($0))" }
                }
                return ([name] + part).joined(separator: " ")
            }
            found.insert(Set(items).sorted().joined(separator: ", "))
        }
        return found
    }
}

/// What `[tool.uv]` of a project says beside its requirements, as uv repeats it in its lock.
package struct UVProject: Sendable {
    /// Where a dependency comes from (https://docs.astral.sh/uv/concepts/projects/dependencies/#dependency-sources).
    package struct Source: Sendable {
        /// The place.
        package var origin: LockedPackage.Origin = .index
        /// The URL of the index that is named.
        package var index: String?
        /// The name of that index.
        package var indexName: String?
        /// The marker under which it counts; nil for always.
        package var marker: String?
        /// The extra whose requirements alone it is for.
        package var extra: String?
        /// The dependency group whose requirements alone it is for.
        package var group: String?
    }

    /// How uv resolves.
    package private(set) var settings = UVSettings()
    /// The sources of each dependency.
    package private(set) var sources: [String: [Source]] = [:]
    /// The URLs of the indexes that have names.
    package private(set) var indexURLs: [String: String] = [:]
    /// The URLs and paths of all indexes and lists of files.
    package private(set) var indexes: Set<String> = []
    /// Those of ``indexes`` that packages come from without naming them.
    package private(set) var sharedIndexes: Set<String> = []
    /// Whether one of the indexes stands in for PyPI.
    package private(set) var replacesDefaultIndex = false
    /// Whether uv builds the project as a package; nil where the file has neither a build system nor says it, and only what
    /// another project needs is built.
    package private(set) var isPackage: Bool?
    /// The Python versions that dependency groups are for.
    package private(set) var groupPythons: [String: String] = [:]
    /// The groups that uv installs unasked.
    package private(set) var defaultGroups: Set<String> = ["dev"]
    /// The patterns of the workspace's members, and of those that are left out; nil where the project is no workspace.
    package private(set) var workspace: (members: [String], excluded: [String])?
    /// Whether the file says that uv does not manage the project.
    package private(set) var isUnmanaged = false
    /// The first setting that changes how uv gets at packages, and can keep a build elsewhere from it.
    package private(set) var installingSetting: String?
    /// The names of the extras.
    package internal(set) var extraNames: Set<String> = []
    /// Which of the requirements an extra brings in, by their place among all.
    package internal(set) var extraRequirements: Set<Int> = []
    /// The groups through which a requirement came into its group, by the requirement's place among all.
    package internal(set) var groupPaths: [Int: [String]] = [:]

    init() {}

    init(_ root: DocumentTable) {
        if root["build-system"]?.table != nil { isPackage = true }
        let name = root["project"]?.table?["name"]?.string.map(PythonRules.normalizedName)
        guard let uv = root["tool"]?.table?["uv"]?.table else { return }
        settings = UVSettings(project: uv, name: name)
        isPackage = uv["package"]?.boolean ?? isPackage
        isUnmanaged = uv["managed"]?.boolean == false
        installingSetting = [
            "offline", "no-binary", "no-binary-package", "no-index", "required-version", "cache-dir",
            "keyring-provider",
        ].first { uv[$0] != nil }
        if let table = uv["workspace"]?.table {
            func patterns(_ key: String) -> [String] { (table[key]?.array ?? []).compactMap(\.string) }
            workspace = (patterns("members"), patterns("exclude"))
        }
        if let groups = uv["default-groups"] {
            let words = groups.string.map { [$0] } ?? (groups.array ?? []).compactMap(\.string)
            defaultGroups = Set(words.map(PythonRules.normalizedName))
        }
        for member in uv["dependency-groups"]?.table?.members ?? [] {
            groupPythons[PythonRules.normalizedName(member.key)] = member.value.table?["requires-python"]?.string
        }
        readIndexes(uv)
        for member in uv["sources"]?.table?.members ?? [] {
            let list = member.value.array ?? [member.value]
            sources[PythonRules.normalizedName(member.key)] = list.compactMap(\.table).map(source)
        }
    }

    /// Returns the project with the settings of the uv.toml beside it
    /// (https://docs.astral.sh/uv/concepts/configuration-files/).
    ///
    /// - Throws: when the file is not TOML.
    package func with(settingsFile text: SourceText) throws(LockReadingError) -> UVProject {
        let table: DocumentTable
        do { table = try TOMLReader.read(text).table ?? DocumentTable() } catch {
            throw LockReadingError(error)
        }
        var result = self
        result.settings.replace(by: UVSettings(project: table, name: nil))
        result.replacesDefaultIndex = false
        // uv takes none of the project's own but for the dependencies that name them.
        let named = sources.values.joined().compactMap(\.indexName)
        result.indexes = Set(named.compactMap { indexURLs[$0] })
        result.sharedIndexes = []
        result.readIndexes(table)
        return result
    }

    private mutating func readIndexes(_ uv: DocumentTable) {
        for table in (uv["index"]?.array ?? []).compactMap(\.table) {
            guard let url = table["url"]?.string else { continue }
            indexes.insert(url)
            if table["explicit"]?.boolean != true { sharedIndexes.insert(url) }
            if let name = table["name"]?.string { indexURLs[name] = url }
            if table["default"]?.boolean == true { replacesDefaultIndex = true }
        }
        if let url = uv["index-url"]?.string {
            indexes.insert(url)
            sharedIndexes.insert(url)
            replacesDefaultIndex = true
        }
        for key in ["extra-index-url", "find-links"] {
            let urls = (uv[key]?.array ?? []).compactMap(\.string)
            indexes.formUnion(urls)
            sharedIndexes.formUnion(urls)
        }
    }

    private func source(_ table: DocumentTable) -> Source {
        var source = Source()
        source.marker = table["marker"]?.string
        source.extra = table["extra"]?.string.map(PythonRules.normalizedName)
        source.group = table["group"]?.string.map(PythonRules.normalizedName)
        let subdirectory = table["subdirectory"]?.string
        if let git = table["git"]?.string {
            let (commit, tag, branch) = (table["rev"]?.string, table["tag"]?.string, table["branch"]?.string)
            var repository = LockedPackage.Repository(
                url: git, revision: commit ?? tag ?? branch, isBranch: branch != nil, subdirectory: subdirectory)
            repository.isTag = commit == nil && tag != nil
            source.origin = .repository(repository)
        } else if let url = table["url"]?.string {
            source.origin = .archive(url: url, subdirectory: subdirectory)
        } else if let path = table["path"]?.string {
            source.origin = .path(path, isEditable: table["editable"]?.boolean ?? false, subdirectory: subdirectory)
        } else if table["workspace"]?.boolean == true {
            source.origin = .path(".", isEditable: table["editable"]?.boolean ?? true, subdirectory: nil)
        } else if let name = table["index"]?.string {
            source.indexName = name
            source.index = indexURLs[name]
        }
        return source
    }
}
