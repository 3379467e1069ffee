import ArchiveReading
import BinaryLoading
import EnvironmentInventory
import PythonPackaging

/// What is kept of a file's content. An image has hundreds of thousands, most of which are size and digest alone.
struct LayerFileContent: Sendable {
    /// What not every file has: of most there is nothing, and of most others the hash of a Python source alone.
    private enum Extra: Sendable {
        case nothing
        case hash(OneHash)
        case known(KnownHashes)
        case hashes([SourceHash])
        case rest(Rest)
    }

    private final class OneHash: Sendable {
        let hash: SourceHash
        init(_ hash: SourceHash) { self.hash = hash }
    }

    /// A hash for each interpreter that is known, in the order of ``SourceHasher/magics``: sources outside of the libraries of
    /// one interpreter have all of them, and an array with the numbers would take twice as much.
    private struct KnownHashes: @unchecked Sendable {
        /// Nothing is written into it after it was made.
        private let values: ManagedBuffer<Void, UInt64>

        /// Nil for any other hashes.
        init?(_ hashes: [SourceHash]) {
            guard hashes.count == SourceHasher.magics.count,
                zip(hashes, SourceHasher.magics).allSatisfy({ $0.magic == $1 })
            else { return nil }
            values = ManagedBuffer.create(minimumCapacity: hashes.count) { buffer in
                buffer.withUnsafeMutablePointerToElements { values in
                    for (index, hash) in hashes.enumerated() { (values + index).initialize(to: hash.value) }
                }
            }
        }

        var hashes: [SourceHash] {
            values.withUnsafeMutablePointerToElements { values in
                SourceHasher.magics.enumerated().map { SourceHash(magic: $1, value: values[$0]) }
            }
        }
    }

    /// What few files have.
    private final class Rest: Sendable {
        let head: [UInt8]
        let data: [UInt8]?
        let sourceHashes: [SourceHash]
        let binary: BinaryFile?
        let imports: [UInt8]

        init(
            _ head: [UInt8], _ data: [UInt8]?, _ sourceHashes: [SourceHash], binary: BinaryFile?, imports: [UInt8]
        ) {
            self.head = head
            self.data = data
            self.sourceHashes = sourceHashes
            self.binary = binary
            self.imports = imports
        }
    }

    /// The md5 of a file, with its sha1 where that is needed, in place: an array would take as much again for itself.
    private final class Checksums: Sendable {
        private let md5: (UInt64, UInt64)
        private let sha1: (UInt64, UInt64, UInt32)?

        /// Nil for anything but the 16 bytes of an md5 or the 36 bytes of both.
        init?(_ bytes: [UInt8]) {
            guard bytes.count == 16 || bytes.count == 36 else { return nil }
            (md5, sha1) = bytes.withUnsafeBytes { bytes in
                func word(_ offset: Int) -> UInt64 { bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
                let md5 = (word(0), word(8))
                if bytes.count == 16 { return (md5, nil) }
                return (md5, (word(16), word(24), bytes.loadUnaligned(fromByteOffset: 32, as: UInt32.self)))
            }
        }

        var bytes: [UInt8] {
            var bytes: [UInt8] = []
            bytes.reserveCapacity(36)
            for word in [md5.0, md5.1] { withUnsafeBytes(of: word) { bytes += $0 } }
            guard let sha1 else { return bytes }
            for word in [sha1.0, sha1.1] { withUnsafeBytes(of: word) { bytes += $0 } }
            withUnsafeBytes(of: sha1.2) { bytes += $0 }
            return bytes
        }
    }

    let sha256: SHA256Value
    let size: Int
    private let extra: Extra
    private var sums: Checksums?

    init(
        size: Int, sha256: SHA256Value, head: [UInt8], data: [UInt8]?, checksums: [UInt8] = [],
        sourceHashes: [SourceHash] = [], binary: BinaryFile? = nil, imports: [UInt8] = []
    ) {
        self.size = size
        self.sha256 = sha256
        if !head.isEmpty || data != nil || binary != nil || !imports.isEmpty {
            extra = .rest(Rest(head, data, sourceHashes, binary: binary, imports: imports))
        } else if let first = sourceHashes.first {
            extra =
                sourceHashes.count == 1
                ? .hash(OneHash(first)) : KnownHashes(sourceHashes).map { .known($0) } ?? .hashes(sourceHashes)
        } else {
            extra = .nothing
        }
        sums = Checksums(checksums)
    }

    private var rest: Rest? { if case .rest(let rest) = extra { rest } else { nil } }

    /// The first bytes of a script or of bytecode, else empty.
    var head: [UInt8] { rest?.head ?? [] }
    /// All bytes of a metadata file, else nil.
    var data: [UInt8]? { rest?.data }
    /// The md5 followed by the sha1, or the md5 alone where it is the one that dpkg recorded; empty where nobody asked.
    var checksums: [UInt8] { sums?.bytes ?? [] }
    /// The md5, 16 bytes; nil where nobody asked.
    var md5: [UInt8]? { sums.map { Array($0.bytes.prefix(16)) } }

    /// Keeps the md5 alone.
    mutating func dropSHA1() { sums = md5.flatMap { Checksums($0) } }

    /// The hashes of a Python source that hash-based bytecode is compared with, one for each interpreter that may read it.
    var sourceHashes: [SourceHash] {
        switch extra {
        case .nothing: []
        case .hash(let one): [one.hash]
        case .known(let known): known.hashes
        case .hashes(let hashes): hashes
        case .rest(let rest): rest.sourceHashes
        }
    }
    /// What was read of a library or program; nil for other files, and where no one asked for it.
    var binary: BinaryFile? { rest?.binary }
    /// The import statements of a Python source, as ``ImportScan`` writes them; empty where no one asked for them.
    var imports: [UInt8] { rest?.imports ?? [] }
}

/// One entry of a layer, before the layers become one file system.
struct LayerEntry: Sendable {
    /// The normal path's bytes.
    let path: [UInt8]
    let kind: ArchiveEntry.Kind
    let mode: UInt16
    let uid: UInt32
    let gid: UInt32
    let modified: Int
    /// The content of a file, an index into ``LayerContents/contents``; -1 for anything else.
    let content: Int32
    /// The bytes of a link's target where they are not UTF-8, and the text of what a device, FIFO or socket is; else nil.
    var rawTarget: [UInt8]?
    /// The extended attributes by name.
    var attributes: [String: [UInt8]] = [:]
}

/// What one layer holds. Paths and targets lie behind each other.
struct LayerContents: Sendable {
    struct Packed: Sendable {
        enum Kind: UInt8 { case file, directory, symbolicLink, hardLink, other }
        let start: Int
        let modified: Int
        let pathCount: Int32
        let targetCount: Int32
        let uid: UInt32
        let gid: UInt32
        let content: Int32
        let mode: UInt16
        let kind: Kind
    }

    /// The entries; internal for the layer cache, which writes and makes them.
    var packed = Pieces<Packed>()
    var names = BytePieces()
    /// The extended attributes of the few entries that have some, by their position.
    var attributes: [Int: [String: [UInt8]]] = [:]
    var contents: [LayerFileContent] = []

    /// The number of entries.
    var count: Int { packed.count }

    /// Adds an entry.
    mutating func append(_ entry: LayerEntry) {
        var kind = Packed.Kind.other
        var target: [UInt8] = []
        switch entry.kind {
        case .file: kind = .file
        case .directory: kind = .directory
        case .symbolicLink(let text): (kind, target) = (.symbolicLink, entry.rawTarget ?? Array(text.utf8))
        case .hardLink(let text): (kind, target) = (.hardLink, entry.rawTarget ?? Array(text.utf8))
        case .other: target = entry.rawTarget ?? []
        }
        if !entry.attributes.isEmpty { attributes[packed.count] = entry.attributes }
        packed.append(
            Packed(
                start: names.append(entry.path, target), modified: entry.modified,
                pathCount: Int32(clamping: entry.path.count),
                targetCount: Int32(clamping: target.count), uid: entry.uid, gid: entry.gid, content: entry.content,
                mode: entry.mode, kind: kind))
    }

    /// The path of an entry.
    func path(of entry: Packed) -> ArraySlice<UInt8> { names[entry.start, Int(entry.pathCount)] }

    /// The target of a link, or what a device is; empty for other entries.
    func target(of entry: Packed) -> ArraySlice<UInt8> {
        names[entry.start + Int(entry.pathCount), Int(entry.targetCount)]
    }

    /// The entry at a position.
    subscript(position: Int) -> LayerEntry {
        let entry = packed[position]
        let bytes = target(of: entry)
        let kind: ArchiveEntry.Kind =
            switch entry.kind {
            case .file: .file
            case .directory: .directory
            case .symbolicLink: .symbolicLink(target: String(decoding: bytes, as: UTF8.self))
            case .hardLink: .hardLink(target: String(decoding: bytes, as: UTF8.self))
            case .other: .other
            }
        return LayerEntry(
            path: Array(path(of: entry)), kind: kind, mode: entry.mode, uid: entry.uid, gid: entry.gid,
            modified: entry.modified, content: entry.content, rawTarget: bytes.isEmpty ? nil : Array(bytes),
            attributes: attributes.isEmpty ? [:] : attributes[position] ?? [:])
    }
}

/// One node of the file system: the nodes are kept in one array and name each other by index.
struct FileNode: Sendable {
    enum Kind: Sendable {
        case file(content: Int32)
        case directory
        /// The target is a number of ``FileTree/targets``: a node without a text in it is copied for nothing.
        case symbolicLink(target: Int32)
        /// A device, FIFO or socket; a text among the targets says which.
        case other(what: Int32)
    }
    var kind: Kind
    var mode: UInt16
    var uid: UInt32
    var gid: UInt32
    var modified: Int
    /// The layer that put the node there; -1 for a folder that no layer lists.
    var layer: Int32
}
