import EnvironmentInventory
import SourceDocuments

/// The files of one locked package, in the order of the lock. They are parsed on demand, because a target uses about one in
/// fifty.
struct LockedFiles: Sendable {
    private enum Content: Sendable {
        case read([Artifact])
        case listed(FlatTables)
    }

    private let content: Content
    /// A source archive that the lock names apart from the list; it comes after the others.
    private let archive: Artifact?

    /// Creates a list of files that were read already.
    init(_ artifacts: [Artifact]) {
        content = .read(artifacts)
        archive = nil
    }

    /// Creates a list with a source archive at its end.
    init(_ files: LockedFiles, archive: Artifact?) {
        content = files.content
        self.archive = archive
    }

    /// The files that a list has as text; nil if one of them needs the full reader: it names no URL, its
    /// members are of other types, its hash is not a sha256.
    init?(_ tables: FlatTables) {
        var isPlain = true
        var urlRow = -1
        tables.forEachMember { member in
            switch Key(member.key) {
            case .url:
                isPlain = member.isString && !member.value.isEmpty
                urlRow = member.row
            case .filename: isPlain = member.isString
            case .hash: isPlain = member.isString && Self.isSHA256(member.value)
            case .size: isPlain = !member.isString
            case .path: isPlain = false
            case nil: break
            }
            // Each table before this one had a URL too.
            if urlRow < member.row - 1 { isPlain = false }
            return isPlain
        }
        guard isPlain, urlRow == tables.count - 1 else { return nil }
        content = .listed(tables)
        archive = nil
    }

    /// The members that describe a file.
    private enum Key {
        case url, filename, path, hash, size

        init?(_ bytes: FlatTables.Bytes) {
            switch (bytes.count, bytes.first) {
            case (3, UInt8(ascii: "u")) where bytes.elementsEqual("url".utf8): self = .url
            case (8, UInt8(ascii: "f")) where bytes.elementsEqual("filename".utf8): self = .filename
            case (4, UInt8(ascii: "p")) where bytes.elementsEqual("path".utf8): self = .path
            case (4, UInt8(ascii: "h")) where bytes.elementsEqual("hash".utf8): self = .hash
            case (4, UInt8(ascii: "s")) where bytes.elementsEqual("size".utf8): self = .size
            default: return nil
            }
        }
    }

    private static func isSHA256(_ bytes: FlatTables.Bytes) -> Bool {
        bytes.count == 71 && bytes.starts(with: "sha256:".utf8)
            && bytes[7...].allSatisfy { $0.isLowercaseHexDigit }
    }

    /// Whether there are none.
    var isEmpty: Bool {
        if archive != nil { return false }
        return switch content {
        case .read(let artifacts): artifacts.isEmpty
        case .listed: false
        }
    }

    /// Whether each file has a hash without known collisions: of one that has none, installers take whatever is there.
    ///
    /// A file that stands in the list several times has the hashes of all of them, and so have files without names: what
    /// is given then are the hashes of a release.
    var areHashed: Bool {
        if isEmpty { return false }
        guard case .listed(let tables) = content else {
            return hashesByFile.allSatisfy { $0.contains(where: Self.isStrong) }
        }
        if let archive, !archive.hashes.contains(where: Self.isStrong) { return false }
        var hashed = 0
        var lastRow = -1
        tables.forEachMember { member in
            // These are sha256: the others are read otherwise.
            guard member.row != lastRow, case .hash = Key(member.key) else { return true }
            lastRow = member.row
            hashed += 1
            return true
        }
        return hashed == tables.count
    }

    /// Whether a file has a hash of any kind.
    var haveDigests: Bool {
        guard case .listed(let tables) = content else { return artifacts.contains { !$0.hashes.isEmpty } }
        var found = archive?.hashes.isEmpty == false
        tables.forEachMember { member in
            if case .hash = Key(member.key) { found = true }
            return !found
        }
        return found
    }

    /// A hash with known collisions that is all that a file has, or that is one of a release's, each of which installers accept.
    var weakHash: (algorithm: HashAlgorithm, file: String?)? {
        if case .listed = content {
            // The files of the list have sha256.
            guard let archive, let weak = archive.hashes.first, archive.hashes.allSatisfy({ !Self.isStrong($0) }) else {
                return nil
            }
            return (weak.algorithm, archive.name)
        }
        let artifacts = artifacts
        for artifact in artifacts where artifact.name == nil {
            if let weak = artifact.hashes.first(where: { !Self.isStrong($0) }) { return (weak.algorithm, nil) }
        }
        guard artifacts.contains(where: { $0.hashes.contains { !Self.isStrong($0) } }) else { return nil }
        let strong = Set(artifacts.filter { $0.hashes.contains(where: Self.isStrong) }.compactMap(\.name))
        for artifact in artifacts {
            guard let name = artifact.name, let weak = artifact.hashes.first(where: { !Self.isStrong($0) }),
                !strong.contains(name)
            else { continue }
            return (weak.algorithm, name)
        }
        return nil
    }

    private static func isStrong(_ digest: Digest) -> Bool { !digest.algorithm.isWeak }

    /// The hashes of each file.
    private var hashesByFile: [[Digest]] {
        var all: [[Digest]] = []
        var places: [String?: Int] = [:]
        for artifact in artifacts {
            if let place = places[artifact.name] {
                all[place] += artifact.hashes
            } else {
                places[artifact.name] = all.count
                all.append(artifact.hashes)
            }
        }
        return all
    }

    /// Whether there are files and each has a name.
    var areNamed: Bool { !isEmpty && names.allSatisfy { $0 != nil } }

    /// Every file.
    var artifacts: [Artifact] { listed + (archive.map { [$0] } ?? []) }

    private var listed: [Artifact] {
        switch content {
        case .read(let artifacts): return artifacts
        case .listed(let tables):
            var rows = [Row](repeating: Row(), count: tables.count)
            tables.forEachMember { member in
                rows[member.row].take(member)
                return true
            }
            return rows.map(\.artifact)
        }
    }

    /// The names of the files.
    var names: [String?] { listedNames + (archive.map { [$0.name] } ?? []) }

    private var listedNames: [String?] {
        switch content {
        case .read(let artifacts): return artifacts.map(\.name)
        case .listed(let tables):
            var names = [String?](repeating: nil, count: tables.count)
            tables.forEachMember { member in
                switch Key(member.key) {
                case .filename: names[member.row] = String(decoding: member.value, as: UTF8.self)
                case .url where names[member.row] == nil: names[member.row] = LockText.fileName(ofURL: member.value)
                default: break
                }
                return true
            }
            return names
        }
    }

    /// The file with an index of ``names``.
    func artifact(at index: Int) -> Artifact {
        switch content {
        case .read(let artifacts):
            if let archive, index == artifacts.count { return archive }
            return artifacts[index]
        case .listed(let tables):
            if let archive, index == tables.count { return archive }
            var row = Row()
            tables.forEachMember { member in
                if member.row == index { row.take(member) }
                return member.row <= index
            }
            return row.artifact
        }
    }

    /// The values of one table.
    private struct Row {
        var url: String?
        var filename: String?
        var hash: Digest?
        var size: Int?

        mutating func take(_ member: FlatTables.Member) {
            switch Key(member.key) {
            case .url: url = String(decoding: member.value, as: UTF8.self)
            case .filename: filename = String(decoding: member.value, as: UTF8.self)
            case .hash: hash = Digest(String(decoding: member.value, as: UTF8.self))
            case .size: size = Int(String(decoding: member.value, as: UTF8.self))
            case .path, nil: break
            }
        }

        var artifact: Artifact {
            Artifact(
                name: filename ?? url.flatMap { LockText.fileName(ofURL: $0) }, url: url,
                hashes: hash.map { [$0] } ?? [], size: size)
        }
    }
}
