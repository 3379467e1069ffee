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
    }

    private static let deepestFolder = 128

    /// Patterns from the configuration, read as `.gitignore` reads them, for the whole walk.
    let exclude: GitIgnore

    /// The regular files below a folder. Symbolic links are not followed, `.git` is not entered.
    ///
    /// - Throws: ``InputError`` for a folder that cannot be listed.
    func files(below folder: String) throws(InputError) -> [File] {
        var found: [File] = []
        try walk(folder, relative: "", depth: 0, ignores: [], into: &found)
        return found.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    private func walk(
        _ folder: String, relative: String, depth: Int, ignores: [(prefix: Int, rules: GitIgnore)],
        into found: inout [File]
    ) throws(InputError) {
        guard depth <= Self.deepestFolder else {
            throw InputError("\(folder): folders are nested more than \(Self.deepestFolder) deep")
        }
        guard let directory = opendir(folder) else { throw InputError("\(folder): \(systemMessage(errno))") }
        var entries: [(name: String, type: UInt8)] = []
        errno = 0
        while let entry = readdir(directory) {
            let type = entry.pointee.d_type
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(validatingCString: $0) }
            }
            // A name that is not UTF-8 cannot be one of those that are looked for.
            if let name, name != ".", name != ".." { entries.append((name, type)) }
            errno = 0
        }
        let failure = errno
        closedir(directory)
        if failure != 0 { throw InputError("\(folder): \(systemMessage(failure))") }

        var ignores = ignores
        if entries.contains(where: { $0.name == ".gitignore" }),
            let bytes = try? readFile(path: join(folder, ".gitignore"), limit: 1 << 20)
        {
            ignores.append((relative.isEmpty ? 0 : relative.utf8.count + 1, GitIgnore(bytes)))
        }
        for entry in entries where entry.name != ".git" {
            let path = join(folder, entry.name)
            let below = relative.isEmpty ? entry.name : relative + "/" + entry.name
            guard let kind = Self.kind(path, entry.type) else { continue }
            if isIgnored(below, isFolder: kind == .folder, ignores) { continue }
            if kind == .folder {
                try walk(path, relative: below, depth: depth + 1, ignores: ignores, into: &found)
            } else {
                found.append(File(path: path, relativePath: below))
            }
        }
    }

    private func isIgnored(_ path: String, isFolder: Bool, _ ignores: [(prefix: Int, rules: GitIgnore)]) -> Bool {
        if exclude.isIgnored(path, isFolder: isFolder) == true { return true }
        // The deepest file that speaks of a path has the last word.
        for (prefix, rules) in ignores.reversed() {
            let below = String(decoding: path.utf8.dropFirst(prefix), as: UTF8.self)
            if let ignored = rules.isIgnored(below, isFolder: isFolder) { return ignored }
        }
        return false
    }

    private enum Kind { case file, folder }

    private static func kind(_ path: String, _ type: UInt8) -> Kind? {
        switch Int(type) {
        case Int(DT_REG): return .file
        case Int(DT_DIR): return .folder
        case Int(DT_UNKNOWN):
            var status = stat()
            guard lstat(path, &status) == 0 else { return nil }
            switch status.st_mode & S_IFMT {
            case S_IFREG: return .file
            case S_IFDIR: return .folder
            default: return nil
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
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.utf8.startIndex ? "/" : String(path[..<slash])
}

/// The last component of a path.
package func fileName(_ path: String) -> String {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[path.utf8.index(after: $0)...]) } ?? path
}

/// What the system says of an `errno`.
package func systemMessage(_ code: Int32) -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard strerror_r(code, &buffer, buffer.count) == 0 else { return "system error \(code)" }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
