import ArchiveReading
import EnvironmentInventory
import PythonPackaging

/// What is kept of a file's content.
struct FileContent: Sendable {
    let size: Int
    let sha256: SHA256Value
    /// The first bytes of a script or of bytecode, else empty.
    let head: [UInt8]
    /// All bytes of a metadata file, else nil.
    let data: [UInt8]?
    /// The md5 and behind it the sha1, where they were asked for; else empty.
    var checksums: [UInt8] = []
    /// The hashes of a Python source that hash-based bytecode is held against, one an interpreter that may read it.
    var sourceHashes: [SourceHash] = []
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
    /// The bytes of a link's target where they are not UTF-8; else nil.
    var rawTarget: [UInt8]?
}

/// What one layer holds.
struct LayerContents: Sendable {
    var entries: [LayerEntry] = []
    var contents: [FileContent] = []
}

/// One node of the file system: the nodes are kept in one array and name each other by index.
struct FileNode: Sendable {
    enum Kind: Sendable {
        case file(content: Int32)
        case directory
        /// The target is a number of ``FileTree/targets``: a node without a text in it is copied for nothing.
        case symbolicLink(target: Int32)
        case other
    }
    var kind: Kind
    var mode: UInt16
    var uid: UInt32
    var gid: UInt32
    var modified: Int
    /// The layer that put the node there; -1 for a folder that no layer lists.
    var layer: Int32
}
