/// Reads pixi.lock, versions 4 to 7: environments, platforms, packages of conda and PyPI.
///
/// Format: https://pixi.sh/latest/workspace/lockfile/ and https://github.com/conda/rattler/tree/main/crates/rattler_lock.
/// Read: `conda:` and `pypi:` packages (in version 4 `kind:`), `conda_source:` and `pypi_source:` of version 7, the platforms of
/// version 7 that stand for a subdirectory with virtual packages. Left out: dependencies (each platform lists all that it
/// needs), licences, sizes of the index.
enum PixiLock: LockFormat {
    static let name = "pixi.lock"

    static func matches(fileName: String, text: SourceText) -> Bool {
        if fileName == "pixi.lock" { return true }
        let head = text.string(0..<4096)
        return fileName.hasSuffix(".lock") && head.hasPrefix("version: ") && head.contains("\nenvironments:")
    }

    static func read(
        _ text: SourceText, context: LockReadingContext
    ) throws(LockReadingError) -> LockDocument {
        let root = try LockText.yaml(text)
        guard let version = try root.integer("version") else { throw root.error("\"version\" is missing") }
        guard (4...7).contains(version) else {
            throw root.error(
                "has version \(version) of pixi.lock; versions 4 to 7 can be read", at: root.table["version"]?.place)
        }
        var reader = PixiLockReader(file: text.name)
        try reader.read(root)
        var document = LockDocument(format: self, text: text)
        let entries = reader.entries
        document.deferRequirements { entries.map { $0.requirement(file: text.name) } }
        document.indexes = reader.indexes
        var selection = CondaSelection(file: text.name, entries: reader.entries)
        selection.environments = reader.environments
        document.selection = selection
        releaseElsewhere(root)
        return document
    }
}

private struct PixiLockReader {
    let file: String
    var entries: [CondaEntry] = []
    var environments: [(name: String, platforms: [(name: String, subdirectory: String, entries: [Int])])] = []
    var indexes: [LockIndex] = []
    private var indices: [String: [Int]] = [:]
    private var subdirectories: [String: String] = [:]

    init(file: String) { self.file = file }

    private static let keys = ["conda", "pypi", "conda_source", "pypi_source"]

    mutating func read(_ root: DocumentFields) throws(LockReadingError) {
        for platform in try root.list("platforms") {
            let name = try platform.requiredString("name")
            subdirectories[name] = try platform.string("subdir") ?? name
        }
        let start = self
        let pieces = mapInParallel(pieces(of: try root.list("packages"), minimum: 256)) { piece in
            Result { () throws(LockReadingError) in
                var read: [(key: String, entry: CondaEntry)] = []
                read.reserveCapacity(piece.count)
                for fields in piece { read.append(try start.entry(fields)) }
                return read
            }
        }
        for piece in pieces {
            for (key, entry) in try piece.get() {
                indices[key, default: []].append(entries.count)
                entries.append(entry)
            }
        }
        guard let table = try root.fields("environments") else { throw root.error("\"environments\" is missing") }
        for member in table.table.members {
            let fields = try DocumentFields(member.value, file: file, what: "an environment")
            try readEnvironment(member.key, fields)
        }
    }

    private mutating func readEnvironment(_ name: String, _ fields: DocumentFields) throws(LockReadingError) {
        for channel in try fields.list("channels") {
            addIndex(.channel, try channel.requiredString("url"), channel.range)
        }
        for (number, node) in try fields.array("indexes").enumerated() {
            guard let url = node.string else { throw fields.error("an index must be a string", at: node.place) }
            addIndex(number == 0 ? .primary : .extra, url, node.range)
        }
        var platforms: [(name: String, subdirectory: String, entries: [Int])] = []
        if let packages = try fields.fields("packages") {
            for platform in packages.table.members {
                let list = try packages.list(platform.key)
                var chosen: [Int] = []
                chosen.reserveCapacity(list.count)
                for reference in list {
                    let key = try self.key(reference).key
                    let subdirectory = subdirectories[platform.key] ?? platform.key
                    guard let index = find(key, subdirectory: subdirectory) else {
                        throw reference.error("names a package that the lock does not hold")
                    }
                    chosen.append(index)
                }
                platforms.append((platform.key, subdirectories[platform.key] ?? platform.key, chosen))
            }
        }
        environments.append((name, platforms))
    }

    private mutating func addIndex(_ kind: LockIndex.Kind, _ url: String, _ range: SourceRange) {
        if indexes.contains(where: { $0.kind == kind && $0.url == url }) { return }
        indexes.append(LockIndex(kind: kind, url: url, file: file, range: range))
    }

    /// A source package can stand once for each platform that it is built for.
    private func find(_ key: String, subdirectory: String) -> Int? {
        guard let found = indices[key] else { return nil }
        if found.count == 1 { return found[0] }
        return found.first { entries[$0].build == subdirectory } ?? found.first
    }

    private func key(_ fields: DocumentFields) throws(LockReadingError) -> (kind: String, value: String, key: String) {
        for kind in Self.keys {
            if let value = try fields.string(kind) { return (kind, value, kind + " " + value) }
        }
        // Version 4 writes `kind: conda` and `url:` or `path:`.
        if let kind = try fields.string("kind") {
            if let url = try fields.string("url") { return (kind, url, kind + " " + url) }
            let path = try fields.requiredString("path")
            return (kind, path, kind + " " + path)
        }
        throw fields.error("is no package of conda or PyPI")
    }

    private func entry(_ fields: DocumentFields) throws(LockReadingError) -> (key: String, entry: CondaEntry) {
        let (kind, value, key) = try key(fields)
        var name = try fields.string("name")
        var version = try fields.text("version")
        var build = try fields.text("build")
        var url = value
        if kind.hasSuffix("_source") {
            // `name[hash] @ location`
            let parts = value.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2, parts[0].hasSuffix(" ") {
                name = name ?? String(parts[0].prefix { $0 != "[" && $0 != " " })
                url = String(parts[1]).trimmingSpaces()
            }
        } else if kind == "conda", let fileName = LockText.fileName(ofURL: value),
            let named = CondaNames.parts(ofFileName: fileName)
        {
            name = name ?? named.name
            version = version ?? named.version
            build = build ?? named.build
        } else if kind == "pypi" {
            // Version 7 writes `direct+https://...` for what does not come from an index.
            if url.hasPrefix("direct+") { url = String(url.dropFirst(7)) }
            if let fileName = LockText.fileName(ofURL: url), let named = PythonRules.archive(fileName) {
                name = name ?? named.name
                version = version ?? named.version
            }
        }
        guard let name else { throw fields.error("the package has no name") }
        let isPython = kind.hasPrefix("pypi")
        let subdirectory = kind == "conda" && !value.containsText("://") ? try fields.string("subdir") : nil
        let entry = CondaEntry(
            ecosystem: isPython ? .pypi : .conda, name: isPython ? PythonRules.normalizedName(name) : name.lowercased(),
            version: version, url: url, hashes: try CondaNames.digests(fields), range: fields.range,
            build: subdirectory ?? build, size: try fields.integer("size").flatMap { Int(exactly: $0) })
        return (key, entry)
    }
}
