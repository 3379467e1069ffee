import ContentHashing
import SourceDocuments

/// The hashes that tools take over what a project declares and write into its lock, to see when it must be locked again.
///
/// Poetry: https://github.com/python-poetry/poetry/blob/main/src/poetry/packages/locker.py; pdm:
/// https://github.com/pdm-project/pdm/blob/main/src/pdm/project/project_file.py; Pipenv:
/// https://github.com/sarugaku/plette/blob/master/src/plette/pipfiles.py. Each tool has changed over the years what goes in, so
/// there are several: a lock is fresh when it has one of them.
package enum ProjectHash {
    /// The hashes that a lock of a format can have and be fresh, written `sha256:hex`; nil when the format has none, or when
    /// one cannot be known from the file alone.
    ///
    /// - Throws: when the project's file is no TOML.
    package static func candidates(
        project text: SourceText, lockFormat: any LockFormat.Type
    ) throws(LockReadingError) -> [String]? {
        let values: [PythonJSON.Value]
        var isCompact = false
        if lockFormat == PoetryLock.self {
            values = try poetry(LockText.toml(text))
        } else if lockFormat == PDMLock.self {
            values = try pdm(LockText.toml(text))
        } else if lockFormat == PipfileLock.self {
            guard let value = try pipenv(LockText.toml(text)) else { return nil }
            values = [value]
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

    private static func poetry(_ root: DocumentFields) throws(LockReadingError) -> [PythonJSON.Value] {
        let poetry = try root.fields("tool")?.fields("poetry")
        let project = try root.fields("project")
        let groups = root.table["dependency-groups"]
        let legacyKeys = ["dependencies", "source", "extras", "dev-dependencies"]

        func poetryContent(_ keys: [String], withNull: Bool) -> PythonJSON.Value {
            var content: [String: PythonJSON.Value] = [:]
            for key in keys {
                if let node = poetry?.table[key] {
                    content[key] = .node(node)
                } else if withNull, legacyKeys.contains(key) {
                    content[key] = .null
                }
            }
            return .table(content)
        }
        var projectContent: [String: PythonJSON.Value] = [:]
        for key in ["requires-python", "dependencies", "optional-dependencies"] {
            if let node = project?.table[key] { projectContent[key] = .node(node) }
        }
        let allKeys = legacyKeys + ["group"]
        var candidates: [PythonJSON.Value] = []
        // Poetry since 2.0, since 2.2 with the groups.
        for groups in [groups?.table?.members.isEmpty == true ? nil : groups, nil] {
            var content: [String: PythonJSON.Value] = [:]
            if !projectContent.isEmpty { content["project"] = .table(projectContent) }
            if let groups { content["dependency-groups"] = .node(groups) }
            if content.isEmpty { continue }
            content["tool"] = .table(["poetry": poetryContent(allKeys, withNull: false)])
            candidates.append(.table(content))
        }
        // Poetry 1.2 and later, also 2 where there is no [project]; before that without groups.
        if poetry != nil {
            candidates.append(poetryContent(allKeys, withNull: true))
            candidates.append(poetryContent(legacyKeys, withNull: true))
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

    /// Without a `[[source]]` Pipenv puts in one of its own, which is not known here.
    private static func pipenv(_ root: DocumentFields) throws(LockReadingError) -> PythonJSON.Value? {
        guard let source = root.table["source"] else { return nil }
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
