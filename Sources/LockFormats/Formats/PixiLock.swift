import EnvironmentInventory
import ParallelWork
import SourceDocuments

/// Reads pixi.lock, versions 4 to 7: environments, platforms, packages of conda and PyPI.
///
/// Format: https://pixi.sh/latest/workspace/lockfile/ and https://github.com/conda/rattler/tree/main/crates/rattler_lock.
/// Read: `conda:` and `pypi:` packages (in version 4 `kind:`), `conda_source:` and `pypi_source:` of version 7, the platforms of
/// version 7 that stand for a subdirectory with virtual packages. Left out: dependencies (each platform lists all that it
/// needs), licences, sizes of the index.
enum PixiLock: LockFormat {
    static let name = "pixi.lock"
    static let ecosystem = Ecosystem.conda
    static let advice = "Run pixi lock, which writes the sha256 of every package of a channel"
    static let coverage: Set<LockCoverage> = [.python, .platform, .environments]
    static let nativeInstaller: NativeInstaller? = .pixi
    static let evidenceRank: Int? = 5

    static func matches(fileName: String, text: SourceText) -> Bool {
        if fileName == "pixi.lock" { return true }
        let head = text.string(0..<4096)
        return fileName.hasSuffix(".lock") && head.hasPrefix("version: ") && head.contains("\nenvironments:")
    }

    static func read(
        _ text: SourceText, context: LockReadingContext
    ) throws(LockReadingError) -> LockDocument {
        let (root, pieces) = try LockText.yaml(text, itemsOf: "packages", PixiPackage.init)
        guard let version = try root.integer("version") else { throw root.error("\"version\" is missing") }
        guard (4...7).contains(version) else {
            throw root.error(
                "has version \(version) of pixi.lock; versions 4 to 7 can be read", at: root.table["version"]?.place)
        }
        var reader = PixiLockReader(file: text.name)
        if let error = pieces.lazy.compactMap(\.error).first { throw error }
        try reader.read(root, pieces.map(\.made))
        var document = LockDocument(format: self, text: text)
        let entries = reader.entries
        document.deferRequirements { entries.map { $0.locked(file: text.name) } }
        document.indexes = reader.indexes
        document.gaps = root.gaps(besides: ["packages", "platforms"])
        var selection = CondaSelection(file: text.name, entries: reader.entries)
        selection.environments = reader.environments
        document.selection = selection
        return document
    }
}

private struct PixiLockReader {
    let file: String
    var entries: [CondaEntry] = []
    var environments: [(name: String, platforms: [(name: String, subdirectory: String, entries: [Int])])] = []
    var indexes: [LockIndex] = []
    /// The first package of a key, and those that follow it.
    private var indices: [PixiPackage.Key: Int] = [:]
    private var others: [PixiPackage.Key: [Int]] = [:]
    private var subdirectories: [String: String] = [:]
    private var seenIndexes: Set<String> = []

    init(file: String) { self.file = file }

    mutating func read(
        _ root: DocumentFields, _ packages: [[PixiPackage]]
    ) throws(LockReadingError) {
        for platform in try root.list("platforms") {
            let name = try platform.requiredName("name")
            subdirectories[name] = try platform.string("subdir") ?? name
        }
        // A list of another type than a list.
        _ = try root.array("packages")
        let count = packages.reduce(0) { $0 + $1.count }
        entries.reserveCapacity(count)
        indices.reserveCapacity(count)
        // By index: a package is large to be copied.
        for piece in packages {
            for number in piece.indices {
                let first = indices.updateValue(entries.count, forKey: piece[number].key)
                if let first {
                    indices[piece[number].key] = first
                    others[piece[number].key, default: []].append(entries.count)
                }
                entries.append(piece[number].entry)
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
                let subdirectory = subdirectories[platform.key] ?? platform.key
                let reader = self
                let found = mapInParallel(pieces(of: try packages.array(platform.key), minimum: 256)) { piece in
                    Result { () throws(LockReadingError) in try reader.find(piece, subdirectory: subdirectory) }
                }
                var chosen: [Int] = []
                for piece in found { chosen += try piece.get() }
                platforms.append((platform.key, subdirectory, chosen))
            }
        }
        environments.append((name, platforms))
    }

    private mutating func addIndex(_ kind: LockIndex.Kind, _ url: String, _ range: SourceRange) {
        guard seenIndexes.insert(kind.rawValue + url).inserted else { return }
        indexes.append(LockIndex(kind: kind, url: url, file: file, range: range))
    }

    private func find(
        _ references: ArraySlice<DocumentNode>, subdirectory: String
    ) throws(LockReadingError) -> [Int] {
        var found: [Int] = []
        found.reserveCapacity(references.count)
        for node in references {
            let reference = try DocumentFields(node, file: file, what: "a package")
            guard let index = find(try PixiPackage.key(reference), reference, subdirectory: subdirectory) else {
                throw reference.error("names a package that the lock does not hold")
            }
            found.append(index)
        }
        return found
    }

    /// The package that a reference means. Several packages can be made from one path: for each platform, or several
    /// outputs, which the reference then tells apart by more members.
    private func find(_ key: PixiPackage.Key, _ reference: DocumentFields, subdirectory: String) -> Int? {
        guard let first = indices[key] else { return nil }
        guard !others.isEmpty, let others = others[key] else { return first }
        let name = reference.table["name"]?.text
        let version = reference.table["version"]?.text
        let candidates = ([first] + others).filter { index in
            (name.map { PythonRules.normalizedName($0) == PythonRules.normalizedName(entries[index].name) } ?? true)
                && (version.map { $0 == entries[index].version } ?? true)
        }
        return candidates.first { entries[$0].build == subdirectory } ?? candidates.first
    }
}

/// One package of the list that all environments choose from.
private struct PixiPackage: Sendable {
    /// What environments call a package.
    struct Key: Sendable, Hashable {
        let kind: String
        let value: String

        func hash(into hasher: inout Hasher) { hasher.combine(value) }
    }

    let key: Key
    let entry: CondaEntry

    private static let kinds = ["conda", "pypi", "conda_source", "pypi_source"]

    static func key(_ fields: DocumentFields) throws(LockReadingError) -> Key {
        for kind in kinds {
            if let value = try fields.string(kind) { return Key(kind: kind, value: value) }
        }
        // Version 4 writes `kind: conda` and `url:` or `path:`.
        if let kind = try fields.string("kind") {
            if let url = try fields.string("url") { return Key(kind: kind, value: url) }
            return Key(kind: kind, value: try fields.requiredString("path"))
        }
        // A kind that is not known is a gap where an environment uses it.
        for member in fields.table.members {
            if let value = member.value.string { return Key(kind: member.key, value: value) }
        }
        throw fields.error("the package has no name")
    }

    init(_ fields: DocumentFields) throws(LockReadingError) {
        key = try Self.key(fields)
        let (kind, value) = (key.kind, key.value)
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
        let isKnown = Self.kinds.contains(kind)
        if !isKnown { name = name ?? value }
        guard let name, !name.isEmpty else { throw fields.error("the package has no name") }
        let isPython = kind.hasPrefix("pypi")
        let subdirectory = kind == "conda" && !value.containsText("://") ? try fields.string("subdir") : nil
        entry = CondaEntry(
            ecosystem: isPython ? .pypi : .conda,
            name: isPython ? PythonRules.normalizedName(name) : LockText.lowercased(name),
            version: version, url: url, hashes: try CondaNames.digests(fields), range: fields.range,
            build: subdirectory ?? build, size: try fields.integer("size").flatMap { Int(exactly: $0) },
            unknown: isKnown ? nil : "Pinproof does not know packages of the kind \(kind)")
    }
}
