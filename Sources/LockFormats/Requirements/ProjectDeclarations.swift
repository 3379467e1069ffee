import EnvironmentInventory
import SourceDocuments

/// The requirements that a pyproject.toml declares.
struct ProjectDeclarations {
    private let file: String
    /// The project's normalised name.
    private(set) var name: String?
    private(set) var requiresPython: String?
    /// The version, where the file states it.
    private(set) var version: String?
    /// The names of the dependency groups, normalised.
    private(set) var groupNames: Set<String> = []
    /// Every requirement; ``LockedPackage/groups`` is the extra or group that brings it in.
    private(set) var requirements: [LockedPackage] = []
    private(set) var indexes: [LockIndex] = []
    /// What the file declares and the reader does not know.
    private(set) var gaps: [Gap] = []
    /// The indexes that provide only the packages that name them.
    private(set) var explicitIndexes: [String] = []

    /// The fields that a project declares `dynamic`: its build backend states them.
    private(set) var dynamic: Set<String> = []
    /// The limits that the project sets on its dependencies, by the name of the setting.
    private(set) var limits: [String: [LockedPackage]] = [:]
    /// The environments that uv locks for, by the name of the setting.
    private(set) var environments: [String: [String]] = [:]

    /// The settings of the project for uv; empty if uv's table is not read.
    private(set) var uv = UVProject()

    /// The settings of uv that limit dependencies (https://docs.astral.sh/uv/reference/settings/).
    static let limitSettings = ["constraint-dependencies", "override-dependencies"]

    /// Reads the declarations of a pyproject.toml.
    ///
    /// - Parameter tables: the tables below `[tool]` that are read; a tool ignores the tables of other tools.
    init(_ text: SourceText, tables: Set<String> = ["uv", "poetry", "pdm"]) throws(LockReadingError) {
        file = text.name
        let root = try LockText.toml(text)
        if tables.contains("uv") { uv = UVProject(root.table) }
        if let project = try root.fields("project") {
            name = try project.string("name").map(PythonRules.normalizedName)
            requiresPython = try project.string("requires-python")
            version = try project.string("version")
            dynamic = Set(try project.strings("dynamic"))
            for node in try project.array("dependencies") { try add(node, group: nil) }
            if let extras = try project.fields("optional-dependencies") {
                for member in extras.table.members {
                    uv.extraNames.insert(PythonRules.normalizedName(member.key))
                    for node in try extras.array(member.key) {
                        uv.extraRequirements.insert(requirements.count)
                        try add(node, group: member.key)
                    }
                }
            }
        }
        if let groups = try root.fields("dependency-groups") { try readGroups(groups) }
        guard let tool = try root.fields("tool") else { return }
        if tables.contains("uv"), let uv = try tool.fields("uv") { try readUV(uv) }
        if tables.contains("poetry"), let poetry = try tool.fields("poetry") { try readPoetry(poetry) }
        if tables.contains("pdm"), let groups = try tool.fields("pdm")?.fields("dev-dependencies") {
            for member in groups.table.members {
                for node in try groups.array(member.key) { try add(node, group: member.key) }
            }
        }
    }

    /// What all parts of a file together may declare; a requirement counts once for each group that includes it.
    static let maximumRequirements = 100_000
    /// The first of the requirements that each entry of a group became, by the entry's place: the others share its reading.
    private var readOfGroups: [SourcePosition: Int] = [:]
    /// How many entries of groups were looked at, those of a group once for each group that includes it.
    private var groupEntryCount = 0
    /// How many requirements were read of their text.
    private(set) var readCount = 0

    private mutating func append(_ entry: LockedPackage, at place: SourcePosition) throws(LockReadingError) {
        guard requirements.count < Self.maximumRequirements else {
            throw LockReadingError(
                file: file, place: place,
                reason: "the file declares more than \(Self.maximumRequirements) requirements, "
                    + "counting those of a group once for each group that includes it")
        }
        requirements.append(entry)
    }

    private mutating func add(_ node: DocumentNode, group: String?) throws(LockReadingError) {
        var entry = try entry(node)
        entry.groups = group.map { [PythonRules.normalizedName($0)] } ?? []
        try append(entry, at: node.place)
    }

    private mutating func entry(_ node: DocumentNode) throws(LockReadingError) -> LockedPackage {
        guard let text = node.string else {
            throw LockReadingError(
                file: file, place: node.place, reason: "a requirement must be a string, not \(node.typeName)")
        }
        readCount += 1
        // pdm writes editable requirements as pip does.
        return text.hasPrefix("-e ")
            ? RequirementsEntry.editable(
                String(text.dropFirst(3)).trimmingSpaces(), file: file, range: node.range, kind: .declared)
            : RequirementsEntry.read(text, file: file, range: node.range, kind: .declared)
    }

    // MARK: Groups

    private mutating func readGroups(_ groups: DocumentFields) throws(LockReadingError) {
        var names: [String: String] = [:]
        for member in groups.table.members { names[PythonRules.normalizedName(member.key)] = member.key }
        groupNames.formUnion(names.keys)
        for member in groups.table.members {
            var inclusion = Inclusion(
                group: member.key, groups: [PythonRules.normalizedName(member.key)], names: names)
            try include(member.key, groups, &inclusion)
        }
        readOfGroups = [:]
    }

    /// A group and what it includes.
    private struct Inclusion {
        let group: String
        /// The normalised name of the group alone, one for all of its requirements.
        let groups: [String]
        /// The groups by their normalised names.
        let names: [String: String]
        /// The groups that are being read; each is included by the one before it.
        var open: [String] = []
        /// The groups that were read, which add nothing a second time.
        var done: Set<String> = []
    }

    private static let maximumGroupDepth = 64
    /// What is looked at of all groups together: groups without requirements can include each other too.
    private static let maximumGroupEntries = 250_000

    private mutating func include(
        _ key: String, _ groups: DocumentFields, _ inclusion: inout Inclusion
    ) throws(LockReadingError) {
        let group = inclusion.group
        guard inclusion.open.count < Self.maximumGroupDepth else {
            throw groups.error(
                "groups include each other more than \(Self.maximumGroupDepth) deep",
                at: groups.table.member(key)?.keyPlace)
        }
        guard !inclusion.open.contains(key) else {
            throw groups.error("the group \"\(key)\" includes itself", at: groups.table.member(key)?.keyPlace)
        }
        guard inclusion.done.insert(key).inserted else { return }
        inclusion.open.append(key)
        // One for all: the copies share it.
        let path = inclusion.open.map(PythonRules.normalizedName)
        for node in try groups.array(key) {
            groupEntryCount += 1
            guard groupEntryCount <= Self.maximumGroupEntries else {
                throw groups.error(
                    "the groups have more than \(Self.maximumGroupEntries) entries, counting those of a group once for "
                        + "each group that includes it", at: node.place)
            }
            guard node.string == nil else {
                uv.groupPaths[requirements.count] = path
                var entry: LockedPackage
                if let known = readOfGroups[node.place] {
                    entry = requirements[known]
                } else {
                    entry = try self.entry(node)
                    readOfGroups[node.place] = requirements.count
                }
                entry.groups = inclusion.groups
                try append(entry, at: node.place)
                continue
            }
            let fields = try DocumentFields(node, file: file, what: "an entry of a group")
            guard fields.table["include-group"] != nil else {
                // A later version of the specification may have other tables
                // (https://packaging.python.org/en/latest/specifications/dependency-groups/#dependency-object-specifiers).
                gaps.append(
                    Gap(
                        fields.table.members.first?.key ?? group,
                        reason: "Pinproof does not know this entry of the group \(group)",
                        source: FileLocation(file: file, line: fields.range.start.line)))
                continue
            }
            let included = try fields.requiredString("include-group")
            guard let found = inclusion.names[PythonRules.normalizedName(included)] else {
                throw fields.error("the group \"\(included)\" does not exist")
            }
            try include(found, groups, &inclusion)
        }
        inclusion.open.removeLast()
    }

    // MARK: Tools

    private mutating func readUV(_ uv: DocumentFields) throws(LockReadingError) {
        for node in try uv.array("dev-dependencies") { try add(node, group: "dev") }
        if uv.table["dev-dependencies"] != nil { groupNames.insert("dev") }
        for setting in ["environments", "required-environments"] { environments[setting] = try uv.strings(setting) }
        for setting in Self.limitSettings {
            for text in try uv.strings(setting) {
                limits[setting, default: []].append(
                    RequirementsEntry.read(
                        text, file: file, range: uv.table[setting]?.range ?? uv.range, kind: .constraint))
            }
        }
        for index in try uv.array("index") {
            let fields = try DocumentFields(index, file: file, what: "an index")
            let url = try fields.requiredString("url")
            if try fields.boolean("explicit") == true {
                explicitIndexes.append(url)
                continue
            }
            let isDefault = try fields.boolean("default") ?? false
            indexes.append(
                LockIndex(kind: isDefault ? .primary : .extra, url: url, file: file, range: fields.range))
        }
        guard let sources = try uv.fields("sources") else { return }
        for member in sources.table.members {
            // A list gives one source for each marker; the first one says what kind it is.
            guard let node = member.value.array?.first ?? (member.value.table == nil ? nil : member.value) else {
                continue
            }
            let fields = try DocumentFields(node, file: file, what: "a source")
            let name = PythonRules.normalizedName(member.key)
            for index in requirements.indices where requirements[index].name == name {
                try apply(fields, to: index)
            }
        }
    }

    private mutating func apply(_ source: DocumentFields, to index: Int) throws(LockReadingError) {
        let subdirectory = try source.string("subdirectory")
        if let repository = try repository(source) {
            requirements[index].origin = .repository(repository)
        } else if let url = try source.string("url") {
            requirements[index].origin = .archive(url: url, subdirectory: subdirectory)
        } else if let path = try source.string("path") {
            requirements[index].origin = .path(
                path, isEditable: try source.boolean("editable") ?? false, subdirectory: subdirectory)
        } else if try source.boolean("workspace") == true {
            requirements[index].origin = .path(".", isEditable: true, subdirectory: nil)
        } else if let name = try source.string("index") {
            requirements[index].index = name
        }
    }

    /// Reads `git` with `rev`, `tag` or `branch`, as uv and Poetry name them.
    private func repository(_ source: DocumentFields) throws(LockReadingError) -> LockedPackage.Repository? {
        guard let git = try source.string("git") else { return nil }
        let commit = try source.string("rev")
        let tag = try source.string("tag")
        let branch = try source.string("branch")
        return LockedPackage.Repository(
            url: git, revision: commit ?? tag ?? branch, isBranch: branch != nil,
            subdirectory: try source.string("subdirectory"))
    }

    private mutating func readPoetry(_ poetry: DocumentFields) throws(LockReadingError) {
        if name == nil { name = try poetry.string("name").map(PythonRules.normalizedName) }
        let known = Set(requirements.filter(\.groups.isEmpty).compactMap(\.name))
        try addPoetry(poetry, "dependencies", group: nil, known: known)
        try addPoetry(poetry, "dev-dependencies", group: "dev", known: [])
        if let groups = try poetry.fields("group") {
            for member in groups.table.members {
                let fields = try DocumentFields(member.value, file: file, what: "a group")
                try addPoetry(fields, "dependencies", group: member.key, known: [])
            }
        }
        for source in try poetry.list("source") {
            guard let url = try source.string("url") else { continue }
            // Before version 1.5 a source said that it is `default` or `secondary`.
            let isSecondary = try source.boolean("secondary") ?? false
            switch try source.string("priority") {
            case "explicit": explicitIndexes.append(url)
            // With a primary source Poetry does not ask the index of PyPI
            // (https://python-poetry.org/docs/repositories/#primary-package-sources).
            case "primary", "default": indexes.append(primary(url, source.range))
            case nil where !isSecondary: indexes.append(primary(url, source.range))
            default: indexes.append(LockIndex(kind: .extra, url: url, file: file, range: source.range))
            }
        }
    }

    /// Returns the index of a primary source: the first one replaces PyPI, further ones are added to it.
    private func primary(_ url: String, _ range: SourceRange) -> LockIndex {
        let kind: LockIndex.Kind = indexes.contains { $0.kind == .primary } ? .extra : .primary
        return LockIndex(kind: kind, url: url, file: file, range: range)
    }

    private mutating func addPoetry(
        _ fields: DocumentFields, _ key: String, group: String?, known: Set<String>
    ) throws(LockReadingError) {
        guard let table = try fields.fields(key) else { return }
        for member in table.table.members {
            if member.key == "python", group == nil {
                if requiresPython == nil { requiresPython = member.value.string }
                continue
            }
            let name = PythonRules.normalizedName(member.key)
            if known.contains(name) { continue }
            for node in member.value.array ?? [member.value] {
                try append(try poetryRequirement(name, node, member, group: group), at: node.place)
            }
        }
    }

    private func poetryRequirement(
        _ name: String, _ node: DocumentNode, _ member: DocumentTable.Member, group: String?
    ) throws(LockReadingError) -> LockedPackage {
        var specifier = node.string ?? ""
        var requirement = LockedPackage(
            .declared, name: name, file: file, range: SourceRange(start: member.keyPlace, end: node.range.end))
        requirement.groups = group.map { [PythonRules.normalizedName($0)] } ?? []
        if node.table != nil {
            let fields = try DocumentFields(node, file: file, what: "the dependency \(name)")
            specifier = try fields.string("version") ?? ""
            requirement.marker = try fields.string("markers")
            requirement.extras = try fields.strings("extras").map(PythonRules.normalizedName)
            let subdirectory = try fields.string("subdirectory")
            if let repository = try repository(fields) {
                requirement.origin = .repository(repository)
            } else if let url = try fields.string("url") {
                requirement.origin = .archive(url: url, subdirectory: subdirectory)
            } else if let path = try fields.string("path") {
                requirement.origin = .path(
                    path, isEditable: try fields.boolean("develop") ?? false, subdirectory: subdirectory)
            }
        }
        requirement.specifier = specifier
        requirement.text = specifier.isEmpty ? member.key : "\(member.key) \(specifier)"
        // Poetry reads a bare version as that version.
        let isBare = specifier.first.map { $0.isASCII && $0.isNumber } ?? false
        if let pinned = PythonRules.pinnedVersion(isBare ? "==" + specifier : specifier) {
            requirement.version = pinned
        }
        return requirement
    }
}
