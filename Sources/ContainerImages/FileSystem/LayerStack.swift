import ArchiveReading

/// Puts layers on top of each other, lowest first
/// (https://github.com/opencontainers/image-spec/blob/main/layer.md#applying-changesets).
///
/// A whiteout `.wh.NAME` hides NAME of the lower layers, `.wh..wh..opq` hides all that the lower layers have in its folder,
/// wherever it stands in the tar; neither touches what its own layer holds. Parents are reached through the symbolic links
/// that are there when the entry is read, inside of the root. Of two entries with one path the last one counts.
///
/// Runtimes that keep each layer in a directory of its own (overlayfs: Docker, containerd, podman) and those that write all
/// layers into one (umoci, Docker's and podman's vfs) disagree about an entry behind a link of a lower layer, a whiteout of what
/// its own layer has, a directory of a lower layer that a file and then a directory take the place of, and an opaque root;
/// vfs alone follows no link to an opaque directory. These are refused.
struct LayerStack {
    private(set) var tree = FileTree()
    private var layer: Int32 = -1
    private var image: String
    /// The folder of the entry before, by its path: most entries lie beside the one before.
    private var known: (path: ArraySlice<UInt8>, node: Int32)?
    /// What this layer has hidden already: nodes, names, and the folders all of whose nodes were.
    private var hidden: Set<Int32> = []
    private var hiddenNames: [Int32: Set<ArraySlice<UInt8>>] = [:]
    private var opened: Set<Int32> = []
    /// The names of directories of lower layers that this layer has put something else in the place of.
    private var coveredNames: [Int32: Set<ArraySlice<UInt8>>] = [:]
    /// Whether lower layers hold anything.
    private var hasLower = false

    private static let whiteout = Array(".wh.".utf8)
    private static let opaque = Array(".wh..wh..opq".utf8)
    /// The number of no layer: no link is followed.
    private static let noLayer: Int32 = -2
    /// AUFS left its own files in layers, at the root; they are not whiteouts of anything. Docker and podman extract nothing of
    /// what lies below such a name, and find hard links to it by the last part of their target alone
    /// (https://github.com/moby/moby/blob/v20.10.27/pkg/archive/diff.go); containerd and umoci take it for files like others.
    private static let aufs = Array(".wh..wh.".utf8)

    /// Whether `.wh.` names mean anything: in a folder on disk they are names like others.
    private let honorsWhiteouts: Bool

    init(image: String, honorsWhiteouts: Bool = true) {
        self.image = image
        self.honorsWhiteouts = honorsWhiteouts
    }

    /// Puts more on top of a file system; the numbers of its layers stay, and what comes has the next ones.
    init(image: String, continuing tree: FileTree) {
        self.init(image: image, honorsWhiteouts: false)
        self.tree = tree
        layer = tree.nodes.map(\.layer).max() ?? -1
    }

    /// The same file system for another image, whose lower layers are the same.
    func named(_ image: String) -> LayerStack {
        var stack = self
        stack.image = image
        return stack
    }

    /// Puts one more layer on top, and lets go of what it is made of on the way.
    mutating func apply(_ contents: consuming LayerContents, name: String) throws(ImageReadingError) {
        layer += 1
        hidden = []
        hiddenNames = [:]
        opened = []
        coveredNames = [:]
        hasLower = !tree.names.isEmpty(0)
        known = nil
        tree.reserve(contents.count)
        let base = tree.addContents(contents.takeFiles())
        for index in 0..<contents.count {
            contents.names.release(before: contents.packed[index].start)
            contents.packed.release(before: index)
            try apply(contents[index], base, name)
        }
    }

    mutating func finish() -> FileTree {
        tree.dropHiddenContents()
        return tree
    }

    private mutating func apply(_ entry: LayerEntry, _ base: Int32, _ name: String) throws(ImageReadingError) {
        var path = entry.path[...]
        while path.last == UInt8(ascii: "/") { path.removeLast() }
        let slash = path.lastIndex(of: UInt8(ascii: "/"))
        let last = path[(slash.map { $0 + 1 } ?? path.startIndex)...]
        let folderPath = path[..<(slash ?? path.startIndex)]
        if honorsWhiteouts, let attribute = entry.attributes.keys.sorted().first(where: Self.belongsToOverlay) {
            throw failure(
                entry, name,
                "has the attribute \(attribute), which means something on overlayfs only: runtimes disagree about it"
            )
        }
        if honorsWhiteouts, case .other = entry.kind, Self.isWhiteoutDevice(entry.rawTarget ?? []) {
            throw failure(
                entry, name, "is the character device 0:0, which hides a name on overlayfs and is a device elsewhere")
        }
        if last.isEmpty {
            guard case .directory = entry.kind else { throw failure(entry, name, "is the root and not a directory") }
            tree.update(0) { node in
                node.mode = entry.mode
                node.uid = entry.uid
                node.gid = entry.gid
            }
            tree.setAttributes(entry.attributes, of: 0)
            return
        }
        if honorsWhiteouts, last.starts(with: Self.whiteout) {
            if isNameless(last) { throw failure(entry, name, "is a whiteout without a name") }
            known = nil
            try applyWhiteout(last, in: folderPath, entry, name)
            return
        }
        let parent = try folder(folderPath, entry, name)
        if !hiddenNames.isEmpty, hiddenNames[parent]?.contains(last) ?? false { throw doubled(entry, name) }
        let existing = tree.names.child(last, of: parent)
        try noteCover(existing, of: last, in: parent, entry, name)
        var kind: FileNode.Kind
        switch entry.kind {
        case .file: kind = .file(content: entry.content < 0 ? -1 : base + entry.content)
        case .directory: kind = .directory
        case .symbolicLink(let target):
            kind = .symbolicLink(target: tree.addTarget(entry.rawTarget ?? Array(target.utf8)))
        case .other: kind = .other(what: tree.addTarget(entry.rawTarget ?? []))
        case .hardLink(let target):
            try applyHardLink(entry, to: entry.rawTarget ?? Array(target.utf8), at: last, in: parent, path: name)
            return
        }
        if let existing {
            if case .directory = kind, tree.isDirectory(existing) {
                let layer = layer
                tree.update(existing) { node in
                    node.mode = entry.mode
                    node.uid = entry.uid
                    node.gid = entry.gid
                    node.modified = entry.modified
                    node.layer = layer
                }
                tree.setAttributes(entry.attributes, of: existing)
                return
            }
            known = nil
            noteReplacement(of: existing)
        }
        let node = tree.append(
            FileNode(
                kind: kind, mode: entry.mode, uid: entry.uid, gid: entry.gid, modified: entry.modified, layer: layer),
            last, to: parent)
        tree.setAttributes(entry.attributes, of: node)
        if let existing { tree.noteContent(of: node, asOf: existing) }
    }

    /// Notes that a directory of lower layers is replaced, and refuses a directory in the place of what replaced it: on
    /// overlayfs it shows what the first one holds.
    private mutating func noteCover(
        _ existing: Int32?, of last: ArraySlice<UInt8>, in parent: Int32, _ entry: LayerEntry, _ name: String
    ) throws(ImageReadingError) {
        guard honorsWhiteouts, hasLower, let existing else { return }
        let isDirectory = tree.isDirectory(existing)
        if entry.kind != .directory, isDirectory {
            coveredNames[parent, default: []].insert(last)
        } else if entry.kind == .directory, !isDirectory, coveredNames[parent]?.contains(last) ?? false {
            throw failure(
                entry, name,
                "is a directory again that its own layer replaced: on overlayfs it holds what lower layers have in it")
        }
    }

    private mutating func applyHardLink(
        _ entry: LayerEntry, to target: [UInt8], at last: ArraySlice<UInt8>, in parent: Int32, path name: String
    ) throws(ImageReadingError) {
        guard let found = tree.find(target, followingLast: false) else {
            throw failure(entry, name, "is a hard link to \(Self.shown(target)), which is not there")
        }
        var node = tree.nodes[Int(found)]
        if case .directory = node.kind {
            throw failure(entry, name, "is a hard link to the directory \(Self.shown(target))")
        }
        // umoci leaves the file as it is; containerd, Docker and podman give it the owner, the mode, the attributes and the time of
        // the link's header (https://github.com/containerd/containerd/blob/main/pkg/archive/tar.go, createTarFile).
        guard tree.isLink(found) || node.mode == entry.mode, node.uid == entry.uid, node.gid == entry.gid else {
            throw failure(
                entry, name,
                "is a hard link with another owner or mode than \(Self.shown(target)): runtimes disagree about it")
        }
        let attributes = tree.attributes[found] ?? [:]
        if let problem = Self.disagreement(of: entry.attributes, with: attributes) {
            throw failure(entry, name, "is a hard link to \(Self.shown(target)) \(problem): runtimes disagree about it")
        }
        if case .file(let content) = node.kind, entry.modified != node.modified {
            tree.note(time: entry.modified, ofContent: content)
        }
        let replacesEntry = tree.names.child(last, of: parent) != nil
        known = nil
        node.layer = layer
        let link = tree.append(node, last, to: parent)
        // Runtimes remove what has the name, and then look for the target.
        if replacesEntry, tree.find(target, followingLast: false) != found {
            throw failure(
                entry, name,
                "is a hard link to \(Self.shown(target)), which it takes the place of: no runtime extracts it")
        }
        tree.setAttributes(attributes, of: link)
    }

    /// In what the attributes of a hard link's header make another file of its target; nil where they leave it as it is.
    ///
    /// An attribute that the header has not is not removed, but for capabilities: the kernel takes them away when runtimes set
    /// the owner (https://github.com/torvalds/linux/blob/master/fs/open.c, chown_common), and the header's are set after that.
    private static func disagreement(of link: [String: [UInt8]], with target: [String: [UInt8]]) -> String? {
        for (name, value) in link.sorted(by: { $0.key < $1.key }) where target[name] != value {
            return "with another \(name) than that has"
        }
        let capability = "security.capability"
        return target[capability] != nil && link[capability] == nil ? "without its \(capability)" : nil
    }

    /// The folder at a path, made where it is not there yet.
    private mutating func folder(
        _ path: ArraySlice<UInt8>, _ entry: LayerEntry, _ name: String
    ) throws(ImageReadingError) -> Int32 {
        if let known, known.path == path { return known.node }
        var components = PathComponents(path)
        var start: Int32 = 0
        // Each turn makes one folder; a link to a place that is not there is followed to where it points.
        while true {
            switch tree.walk(components, from: start, followingLast: true, linksOf: honorsWhiteouts ? layer : nil) {
            case .lowerLink(let link): throw throughLink(link, entry, name)
            case .found(let node):
                guard tree.isDirectory(node) else {
                    throw failure(entry, name, "is in something that is not a directory")
                }
                known = (path, node)
                return node
            case .blocked(let why, _): throw failure(entry, name, "cannot be placed: \(why)")
            case .missing(let parent, let first, let rest):
                if parent == 0, honorsWhiteouts, first.starts(with: Self.aufs) {
                    throw failure(
                        entry, name,
                        "is below '\(Self.shown(Array(first)))', a name of AUFS: Docker and podman extract nothing of it, others do"
                    )
                }
                if hiddenNames[parent]?.contains(first) ?? false { throw doubled(entry, name) }
                start = tree.append(
                    FileNode(kind: .directory, mode: 0o755, uid: 0, gid: 0, modified: 0, layer: layer), first,
                    to: parent)
                components = rest
            }
        }
    }

    /// Whether a whiteout hides nothing that a folder can hold: an empty name, `.` or `..`.
    private func isNameless(_ last: ArraySlice<UInt8>) -> Bool {
        let hidden = last.dropFirst(Self.whiteout.count)
        return hidden.isEmpty || hidden == [UInt8(ascii: ".")] || hidden == [UInt8(ascii: "."), UInt8(ascii: ".")]
    }

    private mutating func applyWhiteout(
        _ last: ArraySlice<UInt8>, in folder: ArraySlice<UInt8>, _ entry: LayerEntry, _ name: String
    ) throws(ImageReadingError) {
        let parent: Int32
        let isOpaque = last.elementsEqual(Self.opaque)
        switch tree.walk(
            PathComponents(folder), from: 0, followingLast: true, linksOf: isOpaque ? Self.noLayer : layer)
        {
        case .missing: return
        case .lowerLink(let link): throw throughLink(link, entry, name)
        case .blocked(let why, let node):
            if let node, tree.nodes[Int(node)].layer == layer { return }
            throw failure(entry, name, "cannot be placed: \(why)")
        case .found(let node):
            guard tree.isDirectory(node) else {
                // umoci repack writes the whiteouts of a directory behind the file that took its place: there is nothing left
                // to hide.
                if tree.nodes[Int(node)].layer == layer { return }
                throw failure(entry, name, "is in something that is not a directory")
            }
            parent = node
        }
        if isOpaque {
            if parent == 0, hasLower {
                throw failure(
                    entry, name, "hides all lower layers at the root: on overlayfs it hides nothing, elsewhere all")
            }
            guard opened.insert(parent).inserted else { return }
            for child in tree.names.children(of: parent) { removeLower(child) }
        } else if !last.starts(with: Self.aufs) {
            let target = last.dropFirst(Self.whiteout.count)
            hiddenNames[parent, default: []].insert(target)
            guard let child = tree.names.child(target, of: parent) else { return }
            removeLower(child)
            if tree.names.child(target, of: parent) != nil {
                throw failure(
                    entry, name, "is a whiteout of what its own layer holds: runtimes disagree about what is left")
            }
        }
    }

    private func throughLink(_ link: Int32, _ entry: LayerEntry, _ name: String) -> ImageReadingError {
        let shown = Self.shown(tree.path(link))
        return failure(
            entry, name,
            tree.nodes[Int(link)].layer == layer
                ? "makes a directory opaque behind the symbolic link '\(shown)', which not all runtimes follow"
                : "is behind the symbolic link '\(shown)' of a lower layer: on overlayfs it is a directory in the link's place, elsewhere the link is followed"
        )
    }

    private func doubled(_ entry: LayerEntry, _ name: String) -> ImageReadingError {
        failure(entry, name, "is in a layer that has a whiteout of it: runtimes disagree about what is left")
    }

    /// Removes what lower layers put at a node and below it.
    private mutating func removeLower(_ root: Int32) {
        // What was hidden once holds nothing of lower layers any more, however often it is named.
        guard hidden.insert(root).inserted else { return }
        // Children come behind their parents in this list, so that it is walked backwards.
        var order: [Int32] = [root]
        var next = 0
        while next < order.count {
            order.append(contentsOf: tree.names.children(of: order[next]))
            next += 1
        }
        for index in order.reversed() where tree.nodes[Int(index)].layer < layer && tree.names.isEmpty(index) {
            tree.noteRemoval(of: index, by: layer)
            tree.remove(index)
        }
    }

    /// Notes what a directory held that something else takes the place of.
    private mutating func noteReplacement(of root: Int32) {
        guard tree.isDirectory(root) else { return }
        var pending = tree.names.children(of: root)
        while let index = pending.popLast() {
            tree.noteRemoval(of: index, by: layer)
            pending.append(contentsOf: tree.names.children(of: index))
        }
    }

    /// Whether an extended attribute is one of overlayfs itself, or of fuse-overlayfs, with which it hides and moves what
    /// lower layers hold (https://docs.kernel.org/filesystems/overlayfs.html). Docker sets those of a layer, containerd does
    /// not; podman sets those of users. With `override_stat` fuse-overlayfs gives a file another owner and mode, under each
    /// of the three names that it has (https://github.com/containers/fuse-overlayfs/blob/main/utils.h).
    static func belongsToOverlay(_ attribute: String) -> Bool {
        [
            "trusted.overlay.", "user.overlay.", "user.fuseoverlayfs.", "security.fuseoverlayfs.",
            "user.containers.override_stat",
        ].contains { attribute.hasPrefix($0) }
    }

    /// Whether a device is what overlayfs takes for a whiteout; of its numbers `mknod` keeps 12 and 20 bits
    /// (https://docs.kernel.org/filesystems/overlayfs.html#whiteouts-and-opaque-directories).
    private static func isWhiteoutDevice(_ text: [UInt8]) -> Bool {
        let prefix = Array("character device ".utf8)
        guard text.starts(with: prefix) else { return false }
        let numbers = text.dropFirst(prefix.count).split(separator: UInt8(ascii: ":"))
            .compactMap { Int(String(decoding: $0, as: UTF8.self)) }
        return numbers.count == 2 && numbers[0] & 0xFFF == 0 && numbers[1] & 0xF_FFFF == 0
    }

    private static func shown(_ path: [UInt8]) -> String { PathText.text(path) }

    private func failure(_ entry: LayerEntry, _ name: String, _ what: String) -> ImageReadingError {
        ImageReadingError(
            image: image, blob: name,
            reason: .inconsistent("the entry '\(Self.shown(entry.path))' \(what)"))
    }
}
