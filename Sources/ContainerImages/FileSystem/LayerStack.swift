/// Puts layers on top of each other, lowest first
/// (https://github.com/opencontainers/image-spec/blob/main/layer.md#applying-changesets).
///
/// A whiteout `.wh.NAME` hides NAME of the lower layers, `.wh..wh..opq` hides all that the lower layers have in its folder,
/// wherever it stands in the tar; neither touches what its own layer holds. Parents are reached through the symbolic links
/// that are there when the entry is read, inside of the root. Of two entries with one path the last one counts.
struct LayerStack {
    private(set) var tree = FileTree()
    private var layer: Int32 = -1
    private let image: String

    private static let whiteout = Array(".wh.".utf8)
    private static let opaque = Array(".wh..wh..opq".utf8)
    /// AUFS left its own files in layers; they are no whiteouts of anything.
    private static let aufs = Array(".wh..wh.".utf8)

    /// Whether `.wh.` names mean anything: in a folder on disk they are names like others.
    private let honorsWhiteouts: Bool

    init(image: String, honorsWhiteouts: Bool = true) {
        self.image = image
        self.honorsWhiteouts = honorsWhiteouts
    }

    /// Puts one more layer on top.
    mutating func apply(_ contents: LayerContents, name: String) throws(ImageReadingError) {
        layer += 1
        let base = tree.addContents(contents.contents)
        for entry in contents.entries { try apply(entry, base, name) }
    }

    mutating func finish() -> FileTree {
        tree.dropHiddenContents()
        return tree
    }

    private mutating func apply(_ entry: LayerEntry, _ base: Int32, _ name: String) throws(ImageReadingError) {
        var components = FileTree.components(entry.path)
        guard let last = components.popLast() else {
            tree.update(0) { $0.mode = entry.mode }
            return
        }
        if honorsWhiteouts, last.starts(with: Self.whiteout) {
            try applyWhiteout(last, in: components, entry, name)
            return
        }
        let parent = try folder(components, entry, name)
        var kind: FileNode.Kind
        switch entry.kind {
        case .file: kind = .file(content: entry.content < 0 ? -1 : base + entry.content)
        case .directory: kind = .directory
        case .symbolicLink(let target): kind = .symbolicLink(target: target)
        case .other: kind = .other
        case .hardLink(let target):
            try applyHardLink(entry, to: target, parent, last, name)
            return
        }
        if let existing = tree.nodes[Int(parent)].children[last] {
            if case .directory = kind, case .directory = tree.nodes[Int(existing)].kind {
                let layer = layer
                tree.update(existing) { node in
                    node.mode = entry.mode
                    node.uid = entry.uid
                    node.gid = entry.gid
                    node.modified = entry.modified
                    node.layer = layer
                }
                return
            }
        }
        _ = tree.append(
            FileNode(
                name: last, parent: parent, kind: kind, mode: entry.mode, uid: entry.uid, gid: entry.gid,
                modified: entry.modified, layer: layer))
    }

    private mutating func applyHardLink(
        _ entry: LayerEntry, to target: String, _ parent: Int32, _ last: [UInt8], _ name: String
    ) throws(ImageReadingError) {
        guard case .found(let found) = tree.walk(FileTree.components(target.utf8), followingLast: false) else {
            throw failure(entry, name, "is a hard link to \(target), which is not there")
        }
        let node = tree.nodes[Int(found)]
        if case .directory = node.kind { throw failure(entry, name, "is a hard link to the folder \(target)") }
        if tree.nodes[Int(parent)].children[last] == found { return }
        _ = tree.append(
            FileNode(
                name: last, parent: parent, kind: node.kind, mode: node.mode, uid: node.uid, gid: node.gid,
                modified: node.modified, layer: layer))
    }

    /// The folder at a path, made where it is not there yet.
    private mutating func folder(
        _ components: [[UInt8]], _ entry: LayerEntry, _ name: String
    ) throws(ImageReadingError) -> Int32 {
        var components = components
        var start: Int32 = 0
        // Each turn makes one folder; a link to a place that is not there is followed to where it points.
        while true {
            switch tree.walk(components, from: start, followingLast: true) {
            case .found(let node):
                guard case .directory = tree.nodes[Int(node)].kind else {
                    throw failure(entry, name, "lies in something that is no folder")
                }
                return node
            case .blocked(let why): throw failure(entry, name, "cannot be placed: \(why)")
            case .missing(let parent, let rest):
                guard let first = rest.first else { throw failure(entry, name, "has an empty name") }
                start = tree.append(
                    FileNode(
                        name: first, parent: parent, kind: .directory, mode: 0o755, uid: 0, gid: 0, modified: 0,
                        layer: layer))
                components = Array(rest.dropFirst())
            }
        }
    }

    private mutating func applyWhiteout(
        _ last: [UInt8], in components: [[UInt8]], _ entry: LayerEntry, _ name: String
    ) throws(ImageReadingError) {
        let hidden = Array(last.dropFirst(Self.whiteout.count))
        if hidden.isEmpty || hidden == [0x2E] || hidden == [0x2E, 0x2E] {
            throw failure(entry, name, "is a whiteout without a name")
        }
        guard case .found(let parent) = tree.walk(components, followingLast: true),
            case .directory = tree.nodes[Int(parent)].kind
        else { return }
        if last == Self.opaque {
            for child in Array(tree.nodes[Int(parent)].children.values) { removeLower(child) }
        } else if !last.starts(with: Self.aufs) {
            if let child = tree.nodes[Int(parent)].children[hidden] { removeLower(child) }
        }
    }

    /// Removes what lower layers put at a node and below it.
    private mutating func removeLower(_ root: Int32) {
        // Children come behind their parents in this list, so that it is walked backwards.
        var order: [Int32] = [root]
        var next = 0
        while next < order.count {
            order.append(contentsOf: tree.nodes[Int(order[next])].children.values)
            next += 1
        }
        for index in order.reversed() {
            let node = tree.nodes[Int(index)]
            if node.layer < layer, node.children.isEmpty { tree.removeChild(node.name, of: node.parent) }
        }
    }

    private func failure(_ entry: LayerEntry, _ name: String, _ what: String) -> ImageReadingError {
        ImageReadingError(
            image: image, blob: name,
            reason: .inconsistent("the entry '\(String(decoding: entry.path, as: UTF8.self))' \(what)"))
    }
}
