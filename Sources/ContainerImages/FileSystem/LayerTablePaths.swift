import ArchiveReading

/// The paths of a table of contents, whose readers keep no order: of entries of one path they take the last one, whatever lies
/// between, they follow no link on the way to one, and they look for a hard link's target when they have read all of them
/// (https://github.com/containerd/stargz-snapshotter/blob/main/estargz/estargz.go, initFields).
///
/// Writers list each path once, directories at the most more often: what depends on the order is refused.
struct LayerTablePaths {
    private static let slash = UInt8(ascii: "/")

    private var names = NodeNames()
    /// Whether each node is a directory; the first one is the root.
    private var areDirectories = [true]
    /// The targets of hard links that no entry before them has: they are in layers below.
    private var targets: Set<[UInt8]> = []

    /// Adds the next entry.
    ///
    /// - Returns: what of it depends on the order; nil when nothing does.
    mutating func add(_ path: [UInt8], _ entry: ArchiveEntry) -> String? {
        if case .hardLink(let text) = entry.kind {
            let target = entry.rawTarget ?? Array(text.utf8)
            switch isDirectory(target) {
            case true?: return "has '\(PathText.text(path))' as a hard link to a directory"
            case false?: break
            case nil: targets.insert(target)
            }
        }
        if path.isEmpty, entry.kind != .directory { return Self.twoKinds(path[...]) }
        var node: Int32 = 0
        var start = 0
        while start < path.count {
            let end = path[start...].firstIndex(of: Self.slash) ?? path.count
            let isLast = end == path.count
            let isDirectory = !isLast || entry.kind == .directory
            if let known = names.child(path[start..<end], of: node) {
                let wasDirectory = areDirectories[Int(known)]
                guard isDirectory || wasDirectory else {
                    return "has '\(PathText.text(path))' twice, and its readers keep no order"
                }
                guard isDirectory, wasDirectory else { return Self.twoKinds(path[..<end]) }
                node = known
            } else {
                if !targets.isEmpty, targets.contains(Array(path[..<end])) {
                    return
                        "has '\(PathText.text(path[..<end]))' behind a hard link to it, and its readers keep no order"
                }
                node = names.append(path[start..<end], to: node)
                areDirectories.append(isDirectory)
            }
            start = end + 1
        }
        return nil
    }

    private static func twoKinds(_ path: ArraySlice<UInt8>) -> String {
        "has '\(PathText.text(path))' as a directory and as something else, and its readers keep no order"
    }

    /// Whether a path is that of a directory; nil where it is not there.
    private func isDirectory(_ path: [UInt8]) -> Bool? {
        var node: Int32 = 0
        for name in path.split(separator: Self.slash) {
            guard let known = names.child(name, of: node) else { return nil }
            node = known
        }
        return areDirectories[Int(node)]
    }
}
