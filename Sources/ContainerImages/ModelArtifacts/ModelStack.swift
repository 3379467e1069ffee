import ArchiveReading
import EnvironmentInventory
import SourceDocuments

/// Judges the layers of an image with a model as those of an image.
///
/// The files of the model are given while the layers come from the top to the bottom, each read once. When the lowest
/// was read, all are stacked: what ``LayerStack`` refuses is refused, and so is a model of which the layers make
/// something else than was given. A hard link stands for a file of its own layer, which upper layers may have replaced
/// (https://github.com/opencontainers/image-spec/blob/main/layer.md#hardlinks).
struct ModelStack {
    /// What a path below `models/` is; files have the numbers of their entries.
    private enum Node: Hashable {
        case file(Int32)
        case link([UInt8])
        case other
    }

    /// The layers from the top to the bottom.
    private var layers: [LayerContents] = []
    private var names: [String] = []
    private var given: [ByteText: Node] = [:]
    private var directories: Set<ByteText> = []
    private var files: Int32 = 0
    private var attributeBytes = 0

    /// Begins a layer, below those before it.
    mutating func open(_ layer: String) {
        layers.append(LayerContents())
        names.append(layer)
    }

    /// Adds an entry of the current layer and returns its number.
    mutating func add(
        _ entry: ArchiveEntry, in name: String, limits: ReadingLimits
    ) throws(ArchiveReadingError) -> Int32 {
        let path = entry.rawPath ?? Array(entry.path.utf8)
        try LayerReader.refuseTooLong(entry, path, name)
        for (key, value) in entry.attributes { attributeBytes += key.utf8.count + value.count }
        guard attributeBytes <= limits.totalMetadataBytes else {
            throw ArchiveReadingError(
                archive: name, offset: entry.offset,
                reason: .limit("its extended attributes are larger than the limits"))
        }
        files += 1
        layers[layers.count - 1].append(
            LayerEntry(
                path: path, kind: entry.kind, mode: UInt16(truncatingIfNeeded: entry.mode),
                uid: UInt32(truncatingIfNeeded: entry.uid), gid: UInt32(truncatingIfNeeded: entry.gid),
                modified: entry.modified, content: entry.kind == .file ? files : -1, rawTarget: entry.rawTarget,
                attributes: entry.attributes))
        return files
    }

    /// Notes what was given of the model: an entry with its path below `models/`, and its number.
    mutating func give(_ entry: ArchiveEntry, number: Int32) {
        let path = ByteText(entry.path)
        switch entry.kind {
        case .file: given[path] = .file(number)
        case .directory: directories.insert(path)
        case .symbolicLink(let target): given[path] = .link(entry.rawTarget ?? Array(target.utf8))
        case .hardLink(let target): given[path] = given[ByteText(target)] ?? .other
        case .other: given[path] = .other
        }
    }

    /// Stacks the layers and holds the model against what was given of it.
    ///
    /// - Returns: the empty directories that no entry was given for.
    mutating func finish(_ name: String) throws(ArchiveReadingError) -> [String] {
        var stack = LayerStack(image: name)
        for index in layers.indices.reversed() {
            let contents = layers[index]
            layers[index] = LayerContents()
            do throws(ImageReadingError) { try stack.apply(contents, name: names[index]) } catch {
                guard case .inconsistent(let what) = error.reason else {
                    throw Self.refusal(error.description, name)
                }
                throw Self.refusal("\(what) (in the layer \(names[index]))", name)
            }
        }
        let tree = stack.tree
        let root = Array(ModelArtifact.directory.utf8)
        var pending: [Int32] = []
        if let top = tree.names.child(root[...], of: 0) { pending.append(top) }
        let top = pending.first
        var empty: [String] = []
        var found = (files: 0, directories: 0)
        while let node = pending.popLast() {
            let path = ByteText(
                String(decoding: tree.path(node).dropFirst(node == top ? root.count : root.count + 1), as: UTF8.self))
            if tree.isDirectory(node) {
                tree.names.forEachChild(of: node) { pending.append($0) }
                if directories.contains(path) {
                    found.directories += 1
                } else if node != top, tree.names.isEmpty(node) {
                    empty.append(path.text)
                }
                continue
            }
            found.files += 1
            guard let known = given[path], known == Self.node(node, of: tree) else {
                throw Self.refusal("the layers make something else of '/\(ModelArtifact.directory)/\(path.text)'", name)
            }
        }
        guard found.files == given.count, found.directories == directories.count else {
            throw Self.refusal("the layers make another directory /\(ModelArtifact.directory) than their entries", name)
        }
        return empty
    }

    private static func node(_ node: Int32, of tree: FileTree) -> Node {
        switch tree.nodes[Int(node)].kind {
        case .file(let content): .file(content)
        case .symbolicLink(let target): .link(tree.targets[Int(target)])
        case .directory, .other: .other
        }
    }

    private static func refusal(_ what: String, _ name: String) -> ArchiveReadingError {
        ArchiveReadingError(archive: name, reason: .damaged(what))
    }
}
