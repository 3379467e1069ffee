import SourceDocuments

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
    private var targets: [ByteText: String] = [:]

    mutating func add(_ path: String, target: String) { targets[ByteText(path)] = target }

    /// The links' paths in byte order.
    var paths: [String] { targets.keys.map(\.text).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }

    /// The target of a link as written.
    subscript(path: String) -> String? { targets[ByteText(path)] }

    /// The most links that one path goes through, as Linux has it.
    private static let maximumHops = 40

    /// Returns the path that a link leads to.
    func resolve(_ link: String) throws(Problem) -> String {
        var resolved: [Substring] = []
        var pending = link.pathNames.reversed() as [Substring]
        var hops = 0
        while let component = pending.popLast() {
            if component == "." { continue }
            if component == ".." {
                guard resolved.popLast() != nil else { throw .leadsOut(link) }
                continue
            }
            resolved.append(component)
            guard let target = self[resolved.joined(separator: "/")] else { continue }
            hops += 1
            guard hops <= Self.maximumHops, !PosixPath.isAbsolute(target) else { throw .leadsOut(link) }
            resolved.removeLast()
            pending += target.pathNames.reversed()
        }
        return resolved.joined(separator: "/")
    }

    /// Checks that no entry lies below a link or a file: programs disagree on what is written then.
    func checkParents(of paths: some Sequence<String>, isFile: (String) -> Bool) throws(Problem) {
        var parents = ParentDirectories()
        for path in paths {
            for name in parents.add(path) where self[name] != nil || isFile(name) { throw .liesBelow(path) }
        }
    }
}

/// The directories that paths lie in, each known once, however many paths lie there.
struct ParentDirectories {
    private var known: Set<ByteText> = []
    private var last = ""

    /// Adds those of a path; returns the ones that were not known.
    @discardableResult
    mutating func add(_ path: String) -> [String] {
        var found: [String] = []
        var parent = path.utf8[...]
        while let slash = parent.lastIndex(of: UInt8(ascii: "/")) {
            parent = parent[..<slash]
            // Most paths lie beside the one before.
            if found.isEmpty, !last.isEmpty, parent.elementsEqual(last.utf8) { return [] }
            let name = String(decoding: parent, as: UTF8.self)
            guard known.insert(ByteText(name)).inserted else { break }
            if found.isEmpty { last = name }
            found.append(name)
        }
        return found
    }

    /// Whether a path lies in a directory, at any depth.
    func contains(_ directory: String) -> Bool { known.contains(ByteText(directory)) }
}
