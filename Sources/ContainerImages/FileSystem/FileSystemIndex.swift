/// The file system of an image or of a folder: paths with sizes, modes and digests, and the bytes of metadata files.
public struct FileSystemIndex: Sendable {
    /// What stands at a path.
    public enum Kind: Sendable, Hashable {
        case file
        case directory
        case symbolicLink(target: String)
        case other
    }

    /// One entry of the file system.
    public struct Entry: Sendable {
        /// The path without a leading slash, its links resolved where it was looked up through links.
        public let path: String
        /// What it is.
        public let kind: Kind
        /// The size of a file in bytes; 0 for anything else.
        public let size: Int
        /// The sha256 of a file's bytes; nil for anything else.
        public let sha256: SHA256Value?
        /// The permission bits.
        public let mode: Int
        /// The owner's number.
        public let uid: Int
        /// The group's number.
        public let gid: Int
        /// The modification time in seconds since 1970.
        public let modified: Int
        /// The number of the layer that put it there, 0 being the lowest; nil for a folder that no layer lists.
        public let layer: Int?
        /// The first bytes of a script (`#!`, 256 of them) or of bytecode (16); else empty.
        public let head: [UInt8]
        let content: Int32
        let node: Int32
    }

    private let tree: FileTree

    init(_ tree: FileTree) { self.tree = tree }

    /// The entry at a path, through all symbolic links, none of which leads out of the root; nil when there is none.
    public func lookup(_ path: String) -> Entry? { lookup(path, followingLast: true) }

    /// The entry at a path; whether a link as its last component is followed is the caller's choice.
    public func lookup(_ path: String, followingLast: Bool) -> Entry? {
        guard case .found(let node) = tree.walk(FileTree.components(path.utf8), followingLast: followingLast) else {
            return nil
        }
        return entry(node, tree.path(node))
    }

    /// The bytes of a metadata file, through links; nil when there is none or when its bytes were not kept.
    public func contents(of path: String) -> [UInt8]? { lookup(path).flatMap { contents(of: $0) } }

    /// The bytes of a metadata file; nil when they were not kept.
    public func contents(of entry: Entry) -> [UInt8]? {
        entry.content >= 0 && entry.content < tree.contents.count ? tree.contents[Int(entry.content)].data : nil
    }

    /// The digest of a file's bytes by md5, sha1 or sha256; nil where it was not computed.
    func checksum(of entry: Entry, _ algorithm: HashAlgorithm) -> Digest? {
        if algorithm == .sha256 { return entry.sha256?.digest }
        guard entry.content >= 0, entry.content < tree.contents.count else { return nil }
        let checksums = tree.contents[Int(entry.content)].checksums
        guard checksums.count == HashAlgorithm.md5.byteCount + HashAlgorithm.sha1.byteCount else { return nil }
        switch algorithm {
        case .md5: return Digest(.md5, bytes: checksums.prefix(HashAlgorithm.md5.byteCount))
        case .sha1: return Digest(.sha1, bytes: checksums.dropFirst(HashAlgorithm.md5.byteCount))
        default: return nil
        }
    }

    /// The hash that an interpreter would compute of a Python source, by the magic number of its bytecode; nil when the file
    /// is no source or the interpreter is not one that would read it.
    public func sourceHash(of entry: Entry, magic: UInt16) -> UInt64? {
        guard entry.content >= 0, entry.content < tree.contents.count else { return nil }
        return tree.contents[Int(entry.content)].sourceHashes.first { $0.magic == magic }?.value
    }

    /// How many nodes there are; ``Entry/node`` is below it.
    var nodeCount: Int { tree.nodes.count }

    /// The node at a path, its parents reached through links; nil when there is none.
    func node(at path: String) -> Int32? {
        guard case .found(let node) = tree.walk(FileTree.components(path.utf8), followingLast: false) else {
            return nil
        }
        return node
    }

    /// The names in a folder, in byte order; nil when there is no folder.
    public func names(in folder: String) -> [String]? {
        guard case .found(let node) = tree.walk(FileTree.components(folder.utf8), followingLast: true),
            case .directory = tree.nodes[Int(node)].kind
        else { return nil }
        return tree.nodes[Int(node)].children.keys.sorted { $0.lexicographicallyPrecedes($1) }
            .map { String(decoding: $0, as: UTF8.self) }
    }

    /// Hands every entry below a folder, which defaults to the root, to a closure, in byte order of the paths' components.
    ///
    /// Links are entries and not followed below the folder.
    public func forEachEntry(below folder: String = "", _ body: (Entry) -> Void) {
        guard case .found(let root) = tree.walk(FileTree.components(folder.utf8), followingLast: true) else { return }
        let rootPath = tree.path(root)
        var pending: [(node: Int32, path: [UInt8])] = [(root, rootPath)]
        while let (node, path) = pending.popLast() {
            if node != root { body(entry(node, path)) }
            let children = tree.nodes[Int(node)].children
            if children.isEmpty { continue }
            for name in children.keys.sorted(by: { $1.lexicographicallyPrecedes($0) }) {
                if let child = children[name] { pending.append((child, path.isEmpty ? name : path + [0x2F] + name)) }
            }
        }
    }

    /// All files, in byte order of the paths' components.
    public var files: [Entry] {
        var files: [Entry] = []
        forEachEntry { if $0.kind == .file { files.append($0) } }
        return files
    }

    /// The files of an installed Python or conda package, one by one; nil when they are not known.
    ///
    /// - Parameter layers: the layers' diff_ids by number; empty outside of images.
    public func contents(of package: Package, layers: [String]) -> DistributionContents? {
        let system = InstalledSystem(files: self, configuration: ImageConfiguration(), layers: layers)
        return package.ecosystem == .conda
            ? CondaPackages.contents(of: package, system) : PythonDistributions.contents(of: package, system)
    }

    private func entry(_ index: Int32, _ path: [UInt8]) -> Entry {
        let node = tree.nodes[Int(index)]
        var content: Int32 = -1
        let kind: Kind
        switch node.kind {
        case .file(let file):
            kind = .file
            content = file
        case .directory: kind = .directory
        case .symbolicLink(let target): kind = .symbolicLink(target: target)
        case .other: kind = .other
        }
        let kept = content >= 0 && content < tree.contents.count ? tree.contents[Int(content)] : nil
        return Entry(
            path: String(decoding: path, as: UTF8.self), kind: kind, size: kept?.size ?? 0, sha256: kept?.sha256,
            mode: Int(node.mode), uid: Int(node.uid), gid: Int(node.gid), modified: node.modified,
            layer: node.layer < 0 ? nil : Int(node.layer), head: kept?.head ?? [], content: content,
            node: index)
    }
}
