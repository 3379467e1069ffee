import ArchiveReading

/// The nodes of a file system and how a path is walked through them.
struct FileTree: Sendable {
    /// The root is node 0.
    private(set) var nodes: [FileNode]
    private(set) var names = NodeNames()
    private(set) var contents = FileContents()
    /// The targets of symbolic links.
    private(set) var targets: [[UInt8]] = []
    /// The extended attributes of the few nodes that have some.
    private(set) var attributes: [Int32: [String: [UInt8]]] = [:]
    /// The layers that the bytes of some files come from, where a later one wrote the same again.
    private(set) var origins: [Int32: Int32] = [:]
    /// The times of hard links to files, by the files' contents, where they are others than the files' own: some runtimes give
    /// them to the file.
    private(set) var linkTimes: [Int32: Set<Int>] = [:]
    /// The modules and libraries of lower layers that upper ones took away.
    private(set) var removals: [FileSystemIndex.Removal] = []

    /// How many symbolic links a path may go through; Linux' limit.
    static let linkLimit = 40
    /// How many components a path may have with those of its links.
    private static let stepLimit = 10_000

    init() {
        nodes = [FileNode(kind: .directory, mode: 0o755, uid: 0, gid: 0, modified: 0, layer: -1)]
    }

    enum Walk {
        case found(Int32)
        /// Nothing of that name; the folder that would hold it, and the components behind it.
        case missing(parent: Int32, name: ArraySlice<UInt8>, rest: PathComponents)
        /// Links lead in a circle, or a file stands where a folder is needed: its node.
        case blocked(String, by: Int32? = nil)
        /// The way leads through a symbolic link that another layer put there.
        case lowerLink(Int32)
    }

    /// Walks a path through symbolic links; none leads out of the root, `..` of the root is the root.
    func walk(_ path: some Collection<UInt8>, followingLast: Bool) -> Walk {
        walk(PathComponents(path), from: 0, followingLast: followingLast)
    }

    /// Walks components from a folder on.
    ///
    /// - Parameters:
    ///   - layer: the layer whose links alone are followed; nil for all.
    ///   - passing: called with each component in order: the folder that it is looked up in, its name, and the link that is followed,
    ///     if it is one.
    func walk(
        _ components: PathComponents, from start: Int32, followingLast: Bool, linksOf layer: Int32? = nil,
        passing: ((_ folder: Int32, _ name: ArraySlice<UInt8>, _ link: Int32?) -> Void)? = nil
    ) -> Walk {
        var pending = components
        var node = start
        var links = 0
        var steps = 0
        while let name = pending.next() {
            // Forty links with targets of a megabyte are as good as a circle.
            steps += 1
            guard steps <= Self.stepLimit else { return .blocked("symbolic links make the path too long") }
            if name.first == UInt8(ascii: "."), name.count == 1 { continue }
            guard case .directory = nodes[Int(node)].kind else {
                return .blocked("a file is where a directory is needed", by: node)
            }
            if name.first == UInt8(ascii: "."), name.count == 2, name.last == UInt8(ascii: ".") {
                node = names.parent(of: node)
                continue
            }
            guard let child = names.child(name, of: node) else {
                passing?(node, name, nil)
                return .missing(parent: node, name: name, rest: pending)
            }
            guard case .symbolicLink(let target) = nodes[Int(child)].kind, followingLast || !pending.isEmpty else {
                passing?(node, name, nil)
                node = child
                continue
            }
            if let layer, nodes[Int(child)].layer != layer { return .lowerLink(child) }
            links += 1
            guard links <= Self.linkLimit else { return .blocked("symbolic links form a cycle") }
            passing?(node, name, child)
            let path = targets[Int(target)]
            if path.first == UInt8(ascii: "/") { node = 0 }
            pending.prepend(path)
        }
        return .found(node)
    }

    /// Whether a path leads through a folder that the kernel fills when a container starts: what the image has there is hidden,
    /// and `/proc/self/root` is the root (https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md).
    func leadsToKernel(_ path: some Collection<UInt8>) -> Bool {
        var leads = false
        _ = walk(PathComponents(path), from: 0, followingLast: true) { folder, name, _ in
            if folder == 0, Self.kernelFolders.contains(where: { name.elementsEqual($0.utf8) }) { leads = true }
        }
        return leads
    }

    private static let kernelFolders = ["proc", "sys", "dev"]

    /// The node at a path; nil when there is none.
    func find(_ path: some Collection<UInt8>, followingLast: Bool) -> Int32? {
        guard case .found(let node) = walk(path, followingLast: followingLast) else { return nil }
        return node
    }

    func isLink(_ node: Int32) -> Bool {
        if case .symbolicLink = nodes[Int(node)].kind { return true }
        return false
    }

    func isFile(_ node: Int32) -> Bool {
        if case .file = nodes[Int(node)].kind { true } else { false }
    }

    func isDirectory(_ node: Int32) -> Bool {
        if case .directory = nodes[Int(node)].kind { true } else { false }
    }

    func path(_ index: Int32) -> [UInt8] {
        var nodes: [Int32] = []
        var count = 0
        var node = index
        while node != 0 {
            nodes.append(node)
            count += names.name(of: node).count + 1
            node = names.parent(of: node)
        }
        var path: [UInt8] = []
        path.reserveCapacity(count)
        while let node = nodes.popLast() {
            if !path.isEmpty { path.append(UInt8(ascii: "/")) }
            path.append(contentsOf: names.name(of: node))
        }
        return path
    }

    /// Notes where the bytes of a file, or the target of a link, come from that a layer writes again as they were, as `chown -R` and copies between the
    /// stages of a build do.
    mutating func noteContent(of node: Int32, asOf lower: Int32) {
        switch (nodes[Int(node)].kind, nodes[Int(lower)].kind) {
        case (.file(let new), .file(let old)):
            guard contents.indices.contains(Int(new)), contents.indices.contains(Int(old)),
                contents.sha256(Int(new)) == contents.sha256(Int(old))
            else { return }
        case (.symbolicLink(let new), .symbolicLink(let old)):
            guard targets[Int(new)] == targets[Int(old)] else { return }
        default: return
        }
        origins[node] = origins[lower] ?? nodes[Int(lower)].layer
    }

    /// Notes the time of a hard link to a file.
    mutating func note(time: Int, ofContent content: Int32) { linkTimes[content, default: []].insert(time) }

    /// Keeps the target of a link and gives its number.
    mutating func addTarget(_ target: [UInt8]) -> Int32 {
        targets.append(target)
        return Int32(clamping: targets.count - 1)
    }

    /// Makes room for so many more nodes.
    mutating func reserve(_ entries: Int) {
        // With some directories that no entry lists, for which everything would double.
        let count = entries + entries / 16 + 64
        nodes.reserveCapacity(nodes.count + count)
        names.reserve(count)
    }

    mutating func addContents(_ new: consuming FileContents) -> Int32 {
        let base = Int32(clamping: contents.count)
        if contents.isEmpty { contents = new } else { contents.append(contentsOf: new) }
        return base
    }

    mutating func append(_ node: FileNode, _ name: ArraySlice<UInt8>, to parent: Int32) -> Int32 {
        nodes.append(node)
        return names.append(name, to: parent)
    }

    /// Gives a node its extended attributes, in the place of those that it had.
    mutating func setAttributes(_ new: [String: [UInt8]], of node: Int32) {
        if !new.isEmpty { attributes[node] = new } else if !attributes.isEmpty { attributes[node] = nil }
    }

    mutating func update(_ index: Int32, _ change: (inout FileNode) -> Void) { change(&nodes[Int(index)]) }

    mutating func remove(_ node: Int32) { names.remove(node) }

    /// Notes that a layer takes away what stands at a node, where a program could load it.
    mutating func noteRemoval(of node: Int32, by layer: Int32) {
        guard nodes[Int(node)].layer < layer, !isDirectory(node) else { return }
        let name = names.name(of: node)
        guard PathBytes.ends(name, ".py") || PathBytes.ends(name, ".so") || PathBytes.contains(name, ".so.") else {
            return
        }
        removals.append(
            .init(path: PathText.text(path(node)), layer: Int(nodes[Int(node)].layer), remover: Int(layer)))
    }

    /// Frees the contents that no node names any more: what upper layers hide.
    mutating func dropHiddenContents() {
        var isNamed = [Bool](repeating: false, count: contents.count)
        var pending: [Int32] = [0]
        var named = 0
        while let index = pending.popLast() {
            names.forEachChild(of: index) { pending.append($0) }
            if case .file(let content) = nodes[Int(index)].kind, isNamed.indices.contains(Int(content)),
                !isNamed[Int(content)]
            {
                isNamed[Int(content)] = true
                named += 1
            }
        }
        if named == contents.count { return }
        var renamed = [Int32](repeating: -1, count: contents.count)
        var kept: Int32 = 0
        for index in renamed.indices where isNamed[index] {
            renamed[index] = kept
            kept += 1
        }
        contents.keep { isNamed[$0] }
        if !linkTimes.isEmpty {
            let times = linkTimes.compactMap { content, times in
                renamed.indices.contains(Int(content)) && renamed[Int(content)] >= 0
                    ? (renamed[Int(content)], times) : nil
            }
            linkTimes = Dictionary(times, uniquingKeysWith: { $0.union($1) })
        }
        for index in nodes.indices {
            if case .file(let content) = nodes[index].kind, renamed.indices.contains(Int(content)) {
                nodes[index].kind = .file(content: renamed[Int(content)])
            }
        }
    }
}
