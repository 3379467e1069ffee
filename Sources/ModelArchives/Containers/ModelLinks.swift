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
        /// The link at this path leads elsewhere once its target is shortened as a text.
        case dependsOnReader(String)
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

    /// Returns the path that a link leads to; nil where it leads nowhere because a name on its way is no directory.
    func resolve(_ link: String, isDirectory: (String) -> Bool) throws(Problem) -> String? {
        try follow(link.pathNames, of: link, isDirectory)
    }

    private func follow(
        _ names: [Substring], of link: String, _ isDirectory: (String) -> Bool
    ) throws(Problem) -> String? {
        var resolved: [Substring] = []
        var pending = names.reversed() as [Substring]
        var hops = 0
        var leadsNowhere = false
        while let component = pending.popLast() {
            if component == "." { continue }
            if component == ".." {
                guard resolved.popLast() != nil else { throw .leadsOut(link) }
                continue
            }
            resolved.append(component)
            let path = resolved.joined(separator: "/")
            guard let target = self[path] else {
                // Whatever follows needs a directory, a dot too. What leads out is refused all the same.
                if !pending.isEmpty, !isDirectory(path) { leadsNowhere = true }
                continue
            }
            hops += 1
            guard hops <= Self.maximumHops, !PosixPath.isAbsolute(target) else { throw .leadsOut(link) }
            resolved.removeLast()
            if target.utf8.last == UInt8(ascii: "/") { pending.append(".") }
            pending += target.pathNames.reversed()
        }
        return leadsNowhere ? nil : resolved.joined(separator: "/")
    }

    /// Checks that a link leads to the same place when its target is shortened as a text, `b/../c` to `c` and `c/` to `c`.
    ///
    /// The `data` filter of Python 3.12.11, 3.13.4, 3.14 and later does that before it makes the link; GNU tar, Go and earlier
    /// ones write the target as it is. Both are one where each name before a `..` is a directory, and no file has a slash or a dot
    /// after it.
    func checkText(
        of link: String, isDirectory: (String) -> Bool, isFile: (String) -> Bool
    ) throws(Problem) {
        guard let target = self[link] else { return }
        var place = Array(link.pathNames.dropLast())
        var names = 0
        for name in target.pathNames where name != "." {
            if name != ".." {
                place.append(name)
                names += 1
                continue
            }
            if names > 0 {
                guard isDirectory(place.joined(separator: "/")) else { throw .dependsOnReader(link) }
                names -= 1
            }
            guard place.popLast() != nil else { throw .leadsOut(link) }
        }
        guard target.utf8.last == UInt8(ascii: "/") || target.pathNames.last == "." else { return }
        if let end = try follow(place, of: link, isDirectory), isFile(end) { throw .dependsOnReader(link) }
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
