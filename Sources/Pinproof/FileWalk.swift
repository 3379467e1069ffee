import ArchiveReading
import Glibc

/// Finds the files of a folder, in byte order of their paths, as `.gitignore` files allow.
struct FileWalk {
    /// A regular file that was found.
    struct File: Hashable {
        /// The path as a finding names it: the folder as it was given, then the way down.
        let path: String
        /// The path below the walked folder.
        let relativePath: String
        /// The bytes of a path that is not UTF-8, of which ``path`` shows the others as `\xNN`; nil for every other path.
        var rawPath: [UInt8]?

        fileprivate var bytes: [UInt8] { rawPath ?? Array(path.utf8) }
    }

    /// What a walk found.
    struct Result {
        /// The files, each once: a link is followed when the file that it leads to was not found by itself.
        var files: [File] = []
        /// Folders that cannot be listed, links that lead out of the walked folder or nowhere, and what has the name of a
        /// wanted file and is a device, a FIFO or a socket.
        var failures: [(path: String, reason: String)] = []
    }

    /// Patterns that take paths away, which are relative to one directory.
    struct Exclusion {
        let rules: GitIgnore
        /// What stands before the path below the walked folder: the way from the patterns' directory to that folder.
        var prepended = ""
        /// How many bytes of the path below the walked folder lead to the patterns' directory.
        var dropped = 0
    }

    private static let deepestFolder = 128

    /// The patterns of the configuration above the walked folder.
    let exclusion: Exclusion
    /// Whether a file is wanted, by its path below the folder; most are done with here.
    let isWanted: (_ path: String) -> Bool
    /// Gives the patterns of a directory's own configuration, which take the place of those above; nil when it has none.
    let ownExclusion: (_ directory: String) -> GitIgnore?

    init(exclude: GitIgnore) {
        self.init(exclusion: Exclusion(rules: exclude), isWanted: { _ in true }, ownExclusion: { _ in nil })
    }

    init(
        exclusion: Exclusion, isWanted: @escaping (String) -> Bool, ownExclusion: @escaping (String) -> GitIgnore?
    ) {
        self.exclusion = exclusion
        self.isWanted = isWanted
        self.ownExclusion = ownExclusion
    }

    /// The regular files below a folder; `.git` is not entered.
    ///
    /// - Throws: ``InputError`` for a folder that cannot be listed.
    func files(below folder: String) throws(InputError) -> [File] {
        let result = walk(folder)
        if let failure = result.failures.first { throw InputError("\(failure.path): \(failure.reason)") }
        return result.files
    }

    /// The regular files below a folder, links to such files among them, and what could not be read; `.git` is not entered.
    func walk(_ folder: String) -> Result {
        var state = State()
        walk(Directory(path: folder, relative: "", depth: 0), [], exclusion, into: &state)
        var result = Result(failures: state.failures)
        result.files = state.files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        follow(state, from: folder, &result)
        return result
    }

    private struct Directory {
        let path: String
        let relative: String
        let depth: Int
        var rawPath: [UInt8]?
    }

    private struct State {
        var files: [File] = []
        var links: [File] = []
        /// The folders that were listed.
        var folders: [[UInt8]] = []
        var failures: [(path: String, reason: String)] = []
    }

    private struct Entry {
        let name: String
        let rawName: [UInt8]?
        let type: UInt8
    }

    /// Adds the files that links lead to, those that were not found by themselves; a link is followed within the repository.
    private func follow(_ found: State, from folder: String, _ result: inout Result) {
        guard !found.links.isEmpty else { return }
        guard let root = LinkTarget.resolved(Array(folder.utf8)) else {
            result.failures.append((folder, systemMessage(errno)))
            return
        }
        let repository = LinkTarget.repository(of: root)
        var known = Set(
            result.files.map { file in
                file.rawPath.flatMap(LinkTarget.resolved) ?? LinkTarget.prefix(root) + Array(file.relativePath.utf8)
            })
        // The folders without links; known once a link leads to one.
        var walked: Set<[UInt8]> = []
        var pending = found.links.sorted { $0.path < $1.path }
        var next = 0
        while next < pending.count {
            let link = pending[next]
            next += 1
            let target = LinkTarget.at(link.bytes)
            switch target {
            case .missing: result.failures.append((link.path, "the link is broken"))
            case .unreadable(let code): result.failures.append((link.path, systemMessage(code)))
            case .special:
                result.failures.append((link.path, "the link leads to what is neither a file nor a directory"))
            case .folder(let path), .file(let path):
                guard LinkTarget.prefix(path).starts(with: LinkTarget.prefix(repository)) else {
                    result.failures.append((link.path, "the link leads out of \(PathText.text(repository))"))
                    continue
                }
                if case .file = target {
                    if known.insert(path).inserted { result.files.append(link) }
                    continue
                }
                if walked.isEmpty { walked = Set(found.folders.compactMap(LinkTarget.resolved)) }
                guard walked.insert(path).inserted, !LinkTarget.isOfGit(path) else { continue }
                var state = State()
                let depth = link.relativePath.utf8.count { $0 == UInt8(ascii: "/") } + 1
                walk(
                    Directory(path: link.path, relative: link.relativePath, depth: depth, rawPath: link.rawPath), [],
                    exclusion, into: &state)
                result.failures += state.failures
                result.files += state.files.filter { file in
                    LinkTarget.resolved(file.bytes).map { known.insert($0).inserted } ?? true
                }
                walked.formUnion(state.folders.compactMap(LinkTarget.resolved))
                pending += state.links.sorted { $0.path < $1.path }
            }
        }
        result.files.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    private func walk(
        _ directory: Directory, _ ignores: [(prefix: Int, rules: GitIgnore)], _ exclusion: Exclusion,
        into state: inout State
    ) {
        guard directory.depth <= Self.deepestFolder else {
            state.failures.append((directory.path, "directories are nested more than \(Self.deepestFolder) deep"))
            return
        }
        guard let entries = entries(directory, &state) else { return }
        state.folders.append(directory.rawPath ?? Array(directory.path.utf8))
        var ignores = ignores
        var exclusion = exclusion
        let relative = directory.relative
        if directory.rawPath == nil, entries.contains(where: { $0.name == ".gitignore" }),
            let bytes = try? readFile(path: join(directory.path, ".gitignore"), limit: 1 << 20)
        {
            ignores.append((relative.isEmpty ? 0 : relative.utf8.count + 1, GitIgnore(bytes)))
        }
        if directory.depth > 0, entries.contains(where: { $0.name == CheckConfiguration.fileName }),
            let own = ownExclusion(directory.path)
        {
            exclusion = Exclusion(rules: own, dropped: relative.utf8.count + 1)
        }
        for entry in entries where entry.name != ".git" {
            let below = relative.isEmpty ? entry.name : relative + "/" + entry.name
            let path = join(directory.path, entry.name)
            let isRaw = directory.rawPath != nil || entry.rawName != nil
            let raw =
                isRaw
                ? (directory.rawPath ?? Array(directory.path.utf8)) + [UInt8(ascii: "/")]
                    + (entry.rawName ?? Array(entry.name.utf8)) : nil
            guard let kind = Self.kind(entry.type, at: { raw ?? Array(path.utf8) }) else { continue }
            if kind != .folder, !isWanted(below) {
                // What a directory holds is not told by the name of a link to it.
                guard kind == .link, LinkTarget.at(raw ?? Array(path.utf8)).mayBeFolder else { continue }
            }
            if isIgnored(below, isFolder: kind == .folder, ignores, exclusion) { continue }
            switch kind {
            case .folder:
                let inner = Directory(path: path, relative: below, depth: directory.depth + 1, rawPath: raw)
                walk(inner, ignores, exclusion, into: &state)
            case .file: state.files.append(File(path: path, relativePath: below, rawPath: raw))
            case .link: state.links.append(File(path: path, relativePath: below, rawPath: raw))
            case .special: state.failures.append((path, "it is neither a file nor a directory"))
            }
        }
    }

    /// The entries of a folder; nil for one that cannot be listed, which is recorded.
    private func entries(_ directory: Directory, _ state: inout State) -> [Entry]? {
        let raw = (directory.rawPath ?? Array(directory.path.utf8)).map { CChar(bitPattern: $0) } + [0]
        guard let stream = opendir(raw) else {
            state.failures.append((directory.path, systemMessage(errno)))
            return nil
        }
        defer { closedir(stream) }
        var entries: [Entry] = []
        errno = 0
        while let entry = readdir(stream) {
            let type = entry.pointee.d_type
            let (name, bytes) = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { name -> (String, [UInt8]?) in
                    if let text = String(validatingCString: name) { return (text, nil) }
                    let bytes = UnsafeBufferPointer(start: name, count: strlen(name)).map { UInt8(bitPattern: $0) }
                    return (Self.escaped(bytes), bytes)
                }
            }
            if name != ".", name != ".." { entries.append(Entry(name: name, rawName: bytes, type: type)) }
            errno = 0
        }
        guard errno == 0 else {
            state.failures.append((directory.path, systemMessage(errno)))
            return nil
        }
        return entries
    }

    /// A name that is not UTF-8 as text, each byte that is not an ASCII as `\xNN`.
    private static func escaped(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for byte in bytes {
            if byte < 0x80 {
                text.append(byte)
            } else {
                text += "\\x".utf8
                text += String(byte, radix: 16).utf8
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private func isIgnored(
        _ path: String, isFolder: Bool, _ ignores: [(prefix: Int, rules: GitIgnore)], _ exclusion: Exclusion
    ) -> Bool {
        let excluded =
            exclusion.dropped > 0
            ? String(decoding: path.utf8.dropFirst(exclusion.dropped), as: UTF8.self)
            : exclusion.prepended.isEmpty ? path : exclusion.prepended + path
        if exclusion.rules.isIgnored(excluded, isFolder: isFolder) == true { return true }
        // The deepest file that speaks of a path has the last word.
        for (prefix, rules) in ignores.reversed() {
            let below = String(decoding: path.utf8.dropFirst(prefix), as: UTF8.self)
            if let ignored = rules.isIgnored(below, isFolder: isFolder) { return ignored }
        }
        return false
    }

    private enum Kind { case file, folder, link, special }

    private static func kind(_ type: UInt8, at path: () -> [UInt8]) -> Kind? {
        switch Int(type) {
        case Int(DT_REG): return .file
        case Int(DT_DIR): return .folder
        case Int(DT_LNK): return .link
        case Int(DT_BLK), Int(DT_CHR), Int(DT_FIFO), Int(DT_SOCK): return .special
        case Int(DT_UNKNOWN):
            var status = stat()
            guard lstat(path().map { CChar(bitPattern: $0) } + [0], &status) == 0 else { return nil }
            switch status.st_mode & S_IFMT {
            case S_IFREG: return .file
            case S_IFDIR: return .folder
            case S_IFLNK: return .link
            default: return .special
            }
        default: return nil
        }
    }
}

/// A name inside of a folder; `.` leaves no trace, so that findings read `Dockerfile` and not `./Dockerfile`.
package func join(_ folder: String, _ name: String) -> String {
    if folder == "." || folder.isEmpty { return name }
    return folder.hasSuffix("/") ? folder + name : folder + "/" + name
}

/// The folder of a path: `a` for `a/b`, `.` for `b`, `/` for `/b`.
package func folder(of path: String) -> String {
    guard let slash = path.lastIndex(ofByte: UInt8(ascii: "/")) else { return "." }
    return slash == path.utf8.startIndex ? "/" : String(path[..<slash])
}

/// The last component of a path.
package func fileName(_ path: String) -> String {
    path.lastIndex(ofByte: UInt8(ascii: "/")).map { String(path[path.utf8.index(after: $0)...]) } ?? path
}

/// What the system says of an `errno`.
package func systemMessage(_ code: Int32) -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard strerror_r(code, &buffer, buffer.count) == 0 else { return "system error \(code)" }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
