/// The nodes of a file system and how a path is walked through them.
struct FileTree: Sendable {
    /// The root is node 0.
    private(set) var nodes: [FileNode]
    private(set) var contents: [FileContent] = []

    /// How many symbolic links a path may go through; Linux' limit.
    static let linkLimit = 40

    init() {
        nodes = [
            FileNode(name: [], parent: 0, kind: .directory, mode: 0o755, uid: 0, gid: 0, modified: 0, layer: -1)
        ]
    }

    enum Walk {
        case found(Int32)
        /// Nothing of that name; the folder that would hold it, and the names from there.
        case missing(parent: Int32, rest: ArraySlice<[UInt8]>)
        /// A file stands where a folder is needed, or links lead in a circle.
        case blocked(String)
    }

    /// Walks a path through symbolic links; none leads out of the root, `..` of the root is the root.
    func walk(_ components: [[UInt8]], from start: Int32 = 0, followingLast: Bool) -> Walk {
        var pending = Array(components.reversed())
        var node = start
        var links = 0
        while let name = pending.popLast() {
            if name.isEmpty || name == [0x2E] { continue }
            guard case .directory = nodes[Int(node)].kind else {
                return .blocked("a file stands where a folder is needed")
            }
            if name == [0x2E, 0x2E] {
                node = nodes[Int(node)].parent
                continue
            }
            guard let child = nodes[Int(node)].children[name] else {
                return .missing(parent: node, rest: ([name] + pending.reversed())[...])
            }
            guard case .symbolicLink(let target) = nodes[Int(child)].kind, followingLast || !pending.isEmpty else {
                node = child
                continue
            }
            links += 1
            guard links <= Self.linkLimit else { return .blocked("symbolic links lead in a circle") }
            let parts = target.utf8.split(separator: 0x2F).map { Array($0) }
            if target.utf8.first == 0x2F { node = 0 }
            pending.append(contentsOf: parts.reversed())
            // Links that each name the next one twice would make the path grow without end.
            guard pending.count <= 10_000 else { return .blocked("symbolic links make the path too long") }
        }
        return .found(node)
    }

    static func components(_ path: some Collection<UInt8>) -> [[UInt8]] {
        path.split(separator: 0x2F).map { Array($0) }
    }

    func path(_ index: Int32) -> [UInt8] {
        var names: [[UInt8]] = []
        var node = index
        while node != 0 {
            names.append(nodes[Int(node)].name)
            node = nodes[Int(node)].parent
        }
        return Array(names.reversed().joined(separator: [0x2F]))
    }

    mutating func addContents(_ new: [FileContent]) -> Int32 {
        let base = Int32(clamping: contents.count)
        contents.append(contentsOf: new)
        return base
    }

    mutating func append(_ node: FileNode) -> Int32 {
        let index = Int32(clamping: nodes.count)
        nodes.append(node)
        nodes[Int(node.parent)].children[node.name] = index
        return index
    }

    mutating func update(_ index: Int32, _ change: (inout FileNode) -> Void) { change(&nodes[Int(index)]) }

    mutating func removeChild(_ name: [UInt8], of parent: Int32) { nodes[Int(parent)].children[name] = nil }

    /// Frees the contents that no node names any more: what upper layers hide.
    mutating func dropHiddenContents() {
        var renamed = [Int32](repeating: -1, count: contents.count)
        var kept: [FileContent] = []
        var pending: [Int32] = [0]
        while let index = pending.popLast() {
            pending.append(contentsOf: nodes[Int(index)].children.values)
            guard case .file(let content) = nodes[Int(index)].kind, content >= 0, content < contents.count else {
                continue
            }
            if renamed[Int(content)] < 0 {
                renamed[Int(content)] = Int32(clamping: kept.count)
                kept.append(contents[Int(content)])
            }
            nodes[Int(index)].kind = .file(content: renamed[Int(content)])
        }
        contents = kept
    }
}
