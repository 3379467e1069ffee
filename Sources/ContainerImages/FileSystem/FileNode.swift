import ArchiveReading
import BinaryLoading
import EnvironmentInventory
import PythonPackaging

/// What is kept of a file's content; ``FileContents`` has many.
struct LayerFileContent: Sendable {
    let sha256: SHA256Value
    let size: Int
    /// What not every file has.
    private(set) var facts: FileFacts
    /// All bytes of a metadata file as they are kept, else nil.
    let text: KeptText?
    /// What was read of a library or program; nil for other files, and where no one asked for it.
    let binary: BinaryFile?

    init(
        size: Int, sha256: SHA256Value, head: [UInt8], data: [UInt8]?, checksums: [UInt8] = [],
        sourceHashes: [SourceHash] = [], binary: BinaryFile? = nil, imports: [UInt8] = []
    ) {
        self.init(
            size: size, sha256: sha256,
            facts: FileFacts(head: head, checksums: checksums, sourceHashes: sourceHashes, imports: imports),
            text: data.map { KeptText($0) }, binary: binary)
    }

    init(size: Int, sha256: SHA256Value, facts: FileFacts, text: KeptText?, binary: BinaryFile?) {
        self.size = size
        self.sha256 = sha256
        self.facts = facts
        self.text = text
        self.binary = binary
    }

    /// All bytes of a metadata file, else nil.
    var data: [UInt8]? { text?.bytes }
    /// The first bytes of a script or of bytecode, else empty.
    var head: [UInt8] { facts.head }
    /// The md5 followed by the sha1, or the md5 alone where it is the one that dpkg recorded; empty where nobody asked.
    var checksums: [UInt8] { facts.checksums }
    /// The md5, 16 bytes; nil where nobody asked.
    var md5: [UInt8]? { facts.md5 }

    /// Keeps the md5 alone.
    mutating func dropSHA1() { facts = facts.withoutSHA1 }

    /// The hashes of a Python source that hash-based bytecode is compared with, one for each interpreter that may read it.
    var sourceHashes: [SourceHash] { facts.sourceHashes }
    /// The import statements of a Python source, as ``ImportScan`` writes them; empty where no one asked for them.
    var imports: [UInt8] { facts.imports }
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
    var contents = FileContents()

    /// The number of entries.
    var count: Int { packed.count }

    /// Returns what is kept of the files, and leaves nothing of it behind.
    mutating func takeFiles() -> FileContents {
        defer { contents = FileContents() }
        return contents
    }

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
