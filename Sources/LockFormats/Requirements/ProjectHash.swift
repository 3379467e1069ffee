import ContentHashing
import PythonPackaging
import SourceDocuments

/// The hashes that tools take over what a project declares and write into its lock, to see when it must be locked again.
///
/// Poetry: https://github.com/python-poetry/poetry/blob/main/src/poetry/packages/locker.py; pdm:
/// https://github.com/pdm-project/pdm/blob/main/src/pdm/project/project_file.py; Pipenv:
/// https://github.com/sarugaku/plette/blob/master/src/plette/pipfiles.py. Each tool has changed over the years what goes in, so
/// there are several: a lock is fresh when it has one of them. A Pipfile without sources counts with those that Pipenv puts in.
package enum ProjectHash {
    /// The hash that a lock of Poetry 1 has over a project whose `[project]` it did not read, and Poetry 2 no longer takes; nil
    /// where there is none: the project has no such table, or another Poetry wrote the lock.
    ///
    /// - Throws: when the project's file is not TOML.
    package static func withoutProject(
        _ text: SourceText, lockFormat: any LockFormat.Type, writer: PythonVersion?
    ) throws(LockReadingError) -> String? {
        guard lockFormat == PoetryLock.self, let writer, let second = PythonVersion("2"), writer < second else {
            return nil
        }
        let root = try LockText.toml(text)
        guard let project = try root.fields("project")?.table, projectKeys.contains(where: { project[$0] != nil })
        else {
            return nil
        }
        guard let content = try poetry(root, writer: writer, readsProject: false).last,
            let bytes = PythonJSON.bytes(content)
        else { return nil }
        return (try? ContentHash.sha256(of: bytes))?.description
    }

    /// What Poetry takes of `[project]`.
    private static let projectKeys = ["requires-python", "dependencies", "optional-dependencies"]

    /// The hashes that a lock of a format can have and be fresh, written `sha256:hex`; nil when the format has none, or when
    /// one cannot be known from the file alone.
    ///
    /// - Parameter writer: the version of the tool that wrote the lock, where the lock says it.
    /// - Throws: when the project's file is not TOML.
    package static func candidates(
        project text: SourceText, lockFormat: any LockFormat.Type, writer: PythonVersion? = nil
    ) throws(LockReadingError) -> [String]? {
        let values: [PythonJSON.Value]
        var isCompact = false
        if lockFormat == PoetryLock.self {
            values = try poetry(LockText.toml(text), writer: writer)
        } else if lockFormat == PDMLock.self || lockFormat == PyLock.self {
            values = try pdm(LockText.toml(text))
        } else if lockFormat == PipfileLock.self {
            values = try pipenv(LockText.toml(text))
            isCompact = true
        } else {
            return nil
        }
        var hashes: [String] = []
        for value in values {
            guard let bytes = PythonJSON.bytes(value, isCompact: isCompact),
                let digest = try? ContentHash.sha256(of: bytes)
            else { return nil }
            hashes.append(digest.description)
        }
        return hashes
    }

    /// The hash of today's Poetry; the one before version 2.3 left groups out, and it still takes it from locks of such a
    /// version. Poetry 1 did not read `[project]` nor the groups: with `readsProject` false its hash is the last.
    private static func poetry(
        _ root: DocumentFields, writer: PythonVersion?, readsProject: Bool = true
    ) throws(LockReadingError) -> [PythonJSON.Value] {
        let poetry = try root.fields("tool")?.fields("poetry")
        var project: [String: PythonJSON.Value] = [:]
        if let table = try root.fields("project")?.table {
            for key in projectKeys {
                if let node = table[key] { project[key] = .node(node) }
            }
        }
        let written = root.table["dependency-groups"]
        let groups = written?.table?.members.isEmpty == true ? nil : written
        let legacyKeys = ["dependencies", "source", "extras", "dev-dependencies"]

        func content(_ project: [String: PythonJSON.Value], _ groups: DocumentNode?) -> PythonJSON.Value {
            let isLegacy = project.isEmpty && groups == nil
            var own: [String: PythonJSON.Value] = [:]
            for key in legacyKeys + ["group"] {
                if let node = poetry?.table[key] {
                    own[key] = .node(node)
                } else if isLegacy, key != "group" {
                    own[key] = .null
                }
            }
            if isLegacy { return .table(own) }
            var content: [String: PythonJSON.Value] = ["tool": .table(["poetry": .table(own)])]
            if !project.isEmpty { content["project"] = .table(project) }
            if let groups { content["dependency-groups"] = .node(groups) }
            return .table(content)
        }
        var candidates = [content(project, groups)]
        if let writer, let third = PythonVersion("2.3.0"), writer < third {
            if groups != nil { candidates.append(content(project, nil)) }
            if !readsProject { candidates.append(content([:], nil)) }
        }
        return candidates
    }

    private static func pdm(_ root: DocumentFields) throws(LockReadingError) -> [PythonJSON.Value] {
        let settings = try root.fields("tool")?.fields("pdm")
        let project = try root.fields("project")
        let own = try settings?.fields("dev-dependencies")
        let standard = try root.fields("dependency-groups")

        func groups(normalized: Bool) throws(LockReadingError) -> PythonJSON.Value {
            var lists: [String: [PythonJSON.Value]] = [:]
            for fields in [standard, own] {
                for member in fields?.table.members ?? [] {
                    let name = normalized ? PythonRules.normalizedName(member.key) : member.key
                    lists[name, default: []] += try fields?.array(member.key).map { .node($0) } ?? []
                }
            }
            return .table(lists.mapValues { .list($0) })
        }
        let resolution = settings?.table["resolution"]
        var candidates: [PythonJSON.Value] = []
        for normalized in [true, false] {
            for key in ["resolution", "overrides"] {
                let last = key == "resolution" ? resolution : resolution?.table?["overrides"] ?? settings?.table[key]
                candidates.append(
                    .table([
                        "sources": .init(settings?.table["source"], orElse: .list([])),
                        "dependencies": .init(project?.table["dependencies"], orElse: .list([])),
                        "dev-dependencies": try groups(normalized: normalized),
                        "optional-dependencies": .init(project?.table["optional-dependencies"], orElse: .table([:])),
                        "requires-python": .init(project?.table["requires-python"], orElse: .string("")),
                        key: .init(last, orElse: .table([:])),
                    ]))
            }
        }
        return candidates
    }

    /// The sources that Pipenv puts into a Pipfile that has none: today's, and that of versions before 2018
    /// (https://github.com/sarugaku/plette/blob/master/src/plette/pipfiles.py, https://github.com/pypa/pipfile).
    private static func defaultSources() throws(LockReadingError) -> [DocumentNode] {
        var found: [DocumentNode] = []
        for text in ["name = \"pypi\"\nurl = \"\(DefaultIndex.url)\"", "url = \"\(DefaultIndex.oldURL)\""] {
            let file = SourceText(name: "Pipfile", text: "[[source]]\n\(text)\nverify_ssl = true\n")
            if let sources = try LockText.toml(file).table["source"] { found.append(sources) }
        }
        return found
    }

    private static func pipenv(_ root: DocumentFields) throws(LockReadingError) -> [PythonJSON.Value] {
        if let source = root.table["source"] { return [pipenv(root, source: source)] }
        return try defaultSources().map { pipenv(root, source: $0) }
    }

    private static func pipenv(_ root: DocumentFields, source: DocumentNode) -> PythonJSON.Value {
        var content: [String: PythonJSON.Value] = [
            "_meta": .table([
                "sources": .node(source), "requires": .init(root.table["requires"], orElse: .table([:])),
            ]),
            "default": .init(root.table["packages"], orElse: .table([:])),
            "develop": .init(root.table["dev-packages"], orElse: .table([:])),
        ]
        let known: Set<String> = [
            "source", "packages", "dev-packages", "requires", "scripts", "pipfile", "pipenv", "default", "develop",
        ]
        for category in root.table.members where !known.contains(category.key) {
            content[category.key] = .node(category.value)
        }
        return .table(content)
    }
}
