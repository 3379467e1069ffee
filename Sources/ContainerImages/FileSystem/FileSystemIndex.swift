import ArchiveReading
import BinaryLoading
import EnvironmentInventory
import PythonPackaging

/// The file system of an image or of a folder: paths with sizes, modes and digests, and the bytes of metadata files.
package struct FileSystemIndex: Sendable {
    /// What stands at a path.
    package enum Kind: Sendable, Hashable {
        case file
        case directory
        case symbolicLink(target: String)
        /// A device, FIFO or socket: `character device 1:3`.
        case other(what: String)
    }

    /// One entry of the file system.
    package struct Entry: Sendable {
        /// The path without a leading slash, as ``PathText`` writes it, its links resolved where it was looked up through links.
        package let path: String
        /// What it is.
        package let kind: Kind
        /// The size of a file in bytes; 0 for anything else.
        package let size: Int
        /// The sha256 of a file's bytes; nil for anything else.
        package let sha256: SHA256Value?
        /// The permission bits.
        package let mode: Int
        /// The owner's number.
        package let uid: Int
        /// The group's number.
        package let gid: Int
        /// The modification time in seconds since 1970.
        package let modified: Int
        /// The number of the layer that put it there, 0 being the lowest; nil for a folder that no layer lists.
        package let layer: Int?
        /// The first bytes of a script (`#!`, 256 of them), of bytecode (16), of an ELF file or zip archive (4); else
        /// empty. A model has the mark of ``ModelHead`` there.
        package let head: [UInt8]
        /// The extended attributes by name; capabilities are `security.capability`.
        package let attributes: [String: [UInt8]]
        let content: Int32
        package let node: Int32
    }

    /// An entry as a walk over all of them passes it, before anything is made of it.
    package struct Place {
        /// The path's bytes, without a leading slash.
        package let path: [UInt8]
        /// Whether a folder stands there.
        package let isDirectory: Bool
        /// Whether a symbolic link stands there.
        package let isLink: Bool
        /// Whether a file stands there.
        package let isFile: Bool
        /// The number by which ``FileSystemIndex/entry(at:)`` finds it.
        package let node: Int32
    }

    /// A module or library of a lower layer that an upper one took away.
    package struct Removal: Sendable {
        /// The path without a leading slash.
        package let path: String
        /// The number of the layer that put it there.
        package let layer: Int
        /// The number of the layer that took it away.
        package let remover: Int
    }

    /// The modules and libraries that layers took away; what stands there again is among them.
    package var removals: [Removal] { tree.removals }

    let tree: FileTree
    /// The nodes in each folder in byte order of their names, folder after folder, and where each folder's begin.
    private let children: [Int32]
    private let firstChild: [Int32]
    /// The files whose bytes were kept, in the order of a walk.
    private let keptFiles: [Int32]

    init(_ tree: FileTree) {
        self.tree = tree
        var children: [Int32] = []
        children.reserveCapacity(tree.nodes.count)
        firstChild = tree.nodes.indices.map { index in
            let start = children.count
            if tree.names.isEmpty(Int32(index)) { return Int32(clamping: start) }
            tree.names.forEachChild(of: Int32(index)) { children.append($0) }
            children[start...].sort { tree.names.precedes($0, $1) }
            return Int32(clamping: start)
        }
        self.children = children
        var kept: [Int32] = []
        var pending: [Int32] = [0]
        while let node = pending.popLast() {
            if case .file(let content) = tree.nodes[Int(node)].kind, tree.contents.indices.contains(Int(content)),
                tree.contents.hasData(Int(content))
            {
                kept.append(node)
            }
            let next = Int(node) + 1
            let end = next < firstChild.count ? Int(firstChild[next]) : children.count
            pending.append(contentsOf: children[Int(firstChild[Int(node)])..<end].reversed())
        }
        keptFiles = kept
    }

    private func children(of node: Int32) -> ArraySlice<Int32> {
        let next = Int(node) + 1
        let end = next < firstChild.count ? Int(firstChild[next]) : children.count
        return children[Int(firstChild[Int(node)])..<end]
    }

    /// The entry at a path, through all symbolic links, none of which leads out of the root; nil when there is none.
    package func lookup(_ path: String) -> Entry? { lookup(path, followingLast: true) }

    /// The entry at a path; whether a link as its last component is followed is the caller's choice.
    package func lookup(_ path: String, followingLast: Bool) -> Entry? {
        tree.find(PathText.bytes(path), followingLast: followingLast).map { entry($0, tree.path($0)) }
    }

    /// Whether a path leads through `/proc`, `/sys` or `/dev`, which the kernel fills when a container starts.
    package func leadsToKernel(_ path: String) -> Bool { tree.leadsToKernel(PathText.bytes(path)) }

    /// Whether a path ends at a link that leads to nothing.
    package func isDangling(_ path: String) -> Bool {
        guard case .symbolicLink? = lookup(path, followingLast: false)?.kind else { return false }
        return lookup(path) == nil
    }

    /// The links that a path goes through, those of its folders among them, in the order in which they are followed.
    package func links(on path: String) -> [Entry] {
        var passed: [Int32] = []
        _ = tree.walk(PathComponents(PathText.bytes(path)), from: 0, followingLast: true) { _, _, link in
            if let link { passed.append(link) }
        }
        return passed.map { entry($0, tree.path($0)) }
    }

    /// The bytes of a metadata file, through links; nil when there is none or when its bytes were not kept.
    package func contents(of path: String) -> [UInt8]? { lookup(path).flatMap { contents(of: $0) } }

    /// The lines of a metadata file, empty ones left out; none when its bytes were not kept.
    func lines(of path: String) -> [ArraySlice<UInt8>] {
        (contents(of: path) ?? []).split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
    }

    /// The bytes of a metadata file; nil when they were not kept.
    package func contents(of entry: Entry) -> [UInt8]? {
        entry.content >= 0 && entry.content < tree.contents.count ? tree.contents.data(Int(entry.content)) : nil
    }

    /// The digest of a file's bytes by md5, sha1 or sha256; nil where it was not computed.
    func checksum(of entry: Entry, _ algorithm: HashAlgorithm) -> Digest? { checksum(entry.node, algorithm) }

    /// The digest of the file at a node by md5, sha1 or sha256; nil where it was not computed.
    func checksum(_ node: Int32, _ algorithm: HashAlgorithm) -> Digest? {
        guard let content = content(at: node) else { return nil }
        let checksums = content.checksums
        // Nil for other counts of bytes than the algorithm has.
        switch algorithm {
        case .sha256: return content.sha256.digest
        case .md5: return Digest(.md5, bytes: checksums.prefix(HashAlgorithm.md5.byteCount))
        case .sha1: return Digest(.sha1, bytes: checksums.dropFirst(HashAlgorithm.md5.byteCount))
        default: return nil
        }
    }

    /// What is kept of the file at a node; nil for anything else.
    private func content(at node: Int32) -> LayerFileContent? {
        guard case .file(let number) = tree.nodes[Int(node)].kind, tree.contents.indices.contains(Int(number)) else {
            return nil
        }
        return tree.contents[Int(number)]
    }

    /// What is kept of the file at a path, through links, and the number of its layer; nil for anything else. An entry costs more.
    func file(at path: String) -> (content: LayerFileContent, layer: Int?)? {
        tree.find(PathText.bytes(path), followingLast: true).flatMap { file(at: $0) }
    }

    /// What is kept of the file at a node, and the number of its layer; nil for anything else.
    func file(at node: Int32) -> (content: LayerFileContent, layer: Int?)? {
        guard let content = content(at: node) else { return nil }
        let layer = tree.nodes[Int(node)].layer
        return (content, layer < 0 ? nil : Int(layer))
    }

    /// The md5 of the file at a node, 16 bytes; nil where it was not computed.
    func md5(_ node: Int32) -> [UInt8]? { content(at: node)?.md5 }

    /// Whether the sha1 of the file at a node was dropped, as the file has the md5 that dpkg recorded in its layer.
    func isDpkgRecorded(_ node: Int32) -> Bool {
        content(at: node)?.checksums.count == HashAlgorithm.md5.byteCount
    }

    /// The hash that an interpreter would compute of a Python source, by the magic number of its bytecode; nil when the file
    /// is not a source or the interpreter is not one that would read it.
    package func sourceHash(of entry: Entry, magic: UInt16) -> UInt64? {
        guard entry.content >= 0, entry.content < tree.contents.count else { return nil }
        return tree.contents[Int(entry.content)].sourceHashes.first { $0.magic == magic }?.value
    }

    /// What was read of a library or program; nil for other files, and where no one asked for it.
    package func binary(of entry: Entry) -> BinaryFile? {
        guard entry.content >= 0, entry.content < tree.contents.count else { return nil }
        return tree.contents[Int(entry.content)].binary
    }

    /// The import statements of a Python source that may lead into its own package; empty where no one asked for them.
    package func imports(of entry: Entry) -> [ImportStatement] {
        guard entry.content >= 0, entry.content < tree.contents.count else { return [] }
        return ImportStatement.read(tree.contents[Int(entry.content)].imports)
    }

    /// How many nodes there are; ``Entry/node`` is below it.
    package var nodeCount: Int { tree.nodes.count }

    /// The node at a path, its parents reached through links; nil when there is none. To make an entry costs more than to
    /// find it.
    ///
    /// - Parameter folder: the node of the folder from which the path goes.
    func node(at path: some Collection<UInt8>, from folder: Int32 = 0) -> Int32? {
        guard case .found(let node) = tree.walk(PathComponents(path), from: folder, followingLast: false) else {
            return nil
        }
        return node
    }

    /// Whether a link stands at a node.
    func isLink(_ node: Int32) -> Bool { tree.isLink(node) }

    /// The sha256 of the file that a node is or leads to; nil for anything else.
    func linkedSHA256(_ node: Int32) -> SHA256Value? {
        if !tree.isLink(node) { return sha256(node) }
        return tree.find(tree.path(node), followingLast: true).flatMap { sha256($0) }
    }

    /// Whether a folder stands at a node.
    func isDirectory(_ node: Int32) -> Bool { tree.isDirectory(node) }

    /// The sha256 of the file at a node; nil for anything else.
    func sha256(_ node: Int32) -> SHA256Value? {
        guard case .file(let number) = tree.nodes[Int(node)].kind, tree.contents.indices.contains(Int(number)) else {
            return nil
        }
        return tree.contents.sha256(Int(number))
    }

    /// The layer that the bytes of a file come from, which a later one may have written again as they were.
    func layer(_ node: Int32) -> Int { Int(tree.origins[node] ?? tree.nodes[Int(node)].layer) }

    /// The number of the layer that the bytes of a file come from; nil for a directory that no layer lists.
    package func contentLayer(of entry: Entry) -> Int? { tree.origins[entry.node].map { Int($0) } ?? entry.layer }

    /// The names in a folder, in byte order; nil when it is not a directory.
    package func names(in folder: String) -> [String]? {
        guard let node = tree.find(PathText.bytes(folder), followingLast: true), tree.isDirectory(node) else {
            return nil
        }
        return children(of: node).map { PathText.text(tree.names.name(of: $0)) }
    }

    /// Hands the entries below a folder, which defaults to the root, to a closure, in byte order of the paths' components.
    ///
    /// Links are entries and not followed below the folder.
    ///
    /// - Parameter isWanted: says whether the entry of a place is wanted; an entry costs more than the look.
    package func forEachEntry(
        below folder: String = "", where isWanted: (Place) -> Bool = { _ in true }, _ body: (Entry) -> Void
    ) {
        guard let root = tree.find(PathText.bytes(folder), followingLast: true) else { return }
        var path = tree.path(root)
        var pending = children(of: root).reversed().map { (node: $0, parentCount: path.count) }
        while let (node, parentCount) = pending.popLast() {
            path.removeLast(path.count - parentCount)
            if !path.isEmpty { path.append(UInt8(ascii: "/")) }
            path.append(contentsOf: tree.names.name(of: node))
            let place = Place(
                path: path, isDirectory: tree.isDirectory(node), isLink: tree.isLink(node), isFile: tree.isFile(node),
                node: node)
            if isWanted(place) { body(entry(node, path)) }
            for child in children(of: node).reversed() { pending.append((child, path.count)) }
        }
    }

    /// Where the nodes in a folder lie among those of all folders, for ``child(at:)``.
    func childRange(of node: Int32) -> Range<Int> { children(of: node).indices }

    /// A node in a folder; in byte order of the names.
    func child(at position: Int) -> Int32 { children[position] }

    /// The entry of a node.
    package func entry(at node: Int32) -> Entry { entry(node, tree.path(node)) }

    /// The path of a node, as ``Entry/path`` gives it.
    package func path(of node: Int32) -> String { PathText.text(tree.path(node)) }

    /// The files that match one of some patterns and whose bytes were kept, as they are for every pattern that a database
    /// wants; in byte order of the paths' components.
    func keptEntries(matching patterns: [PathPattern]) -> [Entry] {
        let wanted = PathPatternSet(patterns)
        return keptFiles.compactMap { node in
            let path = tree.path(node)
            return wanted.matches(path) ? entry(node, path) : nil
        }
    }

    /// Hands the bytes of each path with its node and its extended attributes to a closure, in byte order of the paths'
    /// components, names that are not UTF-8 too.
    func forEachNode(_ body: (_ path: [UInt8], FileNode, _ attributes: [String: [UInt8]]) -> Void) {
        forEachEntry(where: { place in
            body(place.path, tree.nodes[Int(place.node)], tree.attributes[place.node] ?? [:])
            return false
        }) { _ in }
    }

    /// The target of a symbolic link, as bytes.
    func target(_ number: Int32) -> [UInt8] { tree.targets[Int(number)] }

    /// What is kept of a file's content.
    func content(_ number: Int32) -> LayerFileContent? { number >= 0 ? tree.contents[Int(number)] : nil }

    /// All files, in byte order of the paths' components.
    package var files: [Entry] {
        var files: [Entry] = []
        forEachEntry { if $0.kind == .file { files.append($0) } }
        return files
    }

    /// The files of an installed Python or conda package, one by one; nil when they are not known.
    ///
    /// - Parameter layers: the layers' diff_ids by number; empty outside of images.
    package func contents(of package: Package, layers: [String]) -> DistributionContents? {
        let system = InstalledSystem(files: self, configuration: ImageConfiguration(), layers: layers)
        return package.ecosystem == .conda
            ? CondaPackages.contents(of: package, system) : PythonDistributions.contents(of: package, system)
    }

    func entry(_ index: Int32, _ path: [UInt8]) -> Entry {
        let node = tree.nodes[Int(index)]
        var content: Int32 = -1
        let kind: Kind
        switch node.kind {
        case .file(let file):
            kind = .file
            content = file
        case .directory: kind = .directory
        case .symbolicLink(let target):
            kind = .symbolicLink(target: PathText.text(tree.targets[Int(target)]))
        case .other(let what): kind = .other(what: PathText.text(tree.targets[Int(what)]))
        }
        let kept = content >= 0 && content < tree.contents.count ? tree.contents[Int(content)] : nil
        return Entry(
            path: PathText.text(path), kind: kind, size: kept?.size ?? 0, sha256: kept?.sha256,
            mode: Int(node.mode), uid: Int(node.uid), gid: Int(node.gid), modified: node.modified,
            layer: node.layer < 0 ? nil : Int(node.layer), head: kept?.head ?? [],
            attributes: tree.attributes.isEmpty ? [:] : tree.attributes[index] ?? [:], content: content,
            node: index)
    }
}
