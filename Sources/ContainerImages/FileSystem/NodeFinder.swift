import ArchiveReading

/// Finds the nodes of paths of which most are in the directory of the path before, as in a list of a package's files.
struct NodeFinder {
    private let files: FileSystemIndex
    private var directory: ArraySlice<UInt8> = []
    private var directoryNode: Int32? = 0

    init(_ files: FileSystemIndex) { self.files = files }

    /// Returns the node at a path, its parents reached through links; nil where there is none.
    mutating func node(at path: ArraySlice<UInt8>) -> Int32? {
        guard let slash = path.lastIndex(of: UInt8(ascii: "/")) else { return files.node(at: path) }
        let name = path[(slash + 1)...]
        // "", "." and ".." are not names.
        if name.allSatisfy({ $0 == UInt8(ascii: ".") }) { return files.node(at: path) }
        let parent = path[..<slash]
        if directory != parent {
            directory = parent
            directoryNode = files.tree.find(parent, followingLast: true)
        }
        guard let directoryNode, files.isDirectory(directoryNode) else { return nil }
        return files.tree.names.child(name, of: directoryNode)
    }

    /// What is kept of the file at a path, through links, and the number of its layer; nil for anything else.
    mutating func file(at path: String) -> (content: LayerFileContent, layer: Int?)? {
        guard let node = node(at: PathText.bytes(path)[...]) else { return nil }
        return files.tree.isLink(node) ? files.file(at: path) : files.file(at: node)
    }
}
