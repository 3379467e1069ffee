/// The links of a model, and where they lead.
///
/// A link is resolved as the operating system does, through every other link, and must stay in the model. One that leads
/// nowhere is allowed: it has no bytes, but its target is part of the tree digest.
struct ModelLinks {
    /// Why a link is refused.
    enum Problem: Error, Equatable {
        /// The link at this path leads out of the model, or in a circle.
        case leadsOut(String)
        /// The entry at this path lies below a link or a file.
        case liesBelow(String)
    }

    /// Targets by the links' paths, as written.
    private var targets: [String: String] = [:]

    mutating func add(_ path: String, target: String) { targets[path] = target }

    /// The links' paths in byte order.
    var paths: [String] { targets.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }

    /// The target of a link as written.
    subscript(path: String) -> String? { targets[path] }

    /// The most links that one path goes through, as Linux has it.
    private static let maximumHops = 40

    /// Returns the path that a link leads to.
    func resolve(_ link: String) throws(Problem) -> String {
        var resolved: [Substring] = []
        var pending = link.split(separator: "/").reversed() as [Substring]
        var hops = 0
        while let component = pending.popLast() {
            if component == "." { continue }
            if component == ".." {
                guard resolved.popLast() != nil else { throw .leadsOut(link) }
                continue
            }
            resolved.append(component)
            guard let target = targets[resolved.joined(separator: "/")] else { continue }
            hops += 1
            guard hops <= Self.maximumHops, !target.hasPrefix("/") else { throw .leadsOut(link) }
            resolved.removeLast()
            pending += target.split(separator: "/").reversed()
        }
        return resolved.joined(separator: "/")
    }

    /// Checks that no entry lies below a link or a file: programs disagree on what is written then.
    func checkParents(of paths: some Sequence<String>, files: Set<String>) throws(Problem) {
        var checked: Set<String> = []
        for path in paths {
            var parent = path[...]
            while let slash = parent.lastIndex(of: "/") {
                parent = parent[..<slash]
                let name = String(parent)
                guard checked.insert(name).inserted else { break }
                if targets[name] != nil || files.contains(name) { throw .liesBelow(path) }
            }
        }
    }
}
