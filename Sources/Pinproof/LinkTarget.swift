import Glibc

/// What a path leads to once its links are followed; paths are bytes, absolute and without links.
enum LinkTarget {
    case file([UInt8])
    case folder([UInt8])
    /// A device, a FIFO or a socket.
    case special
    /// Nothing is there, or the links go round.
    case missing
    /// It cannot be looked at; the system's error.
    case unreadable(Int32)

    /// Whether files may lie below it.
    var mayBeFolder: Bool {
        switch self {
        case .folder, .unreadable: true
        case .file, .special, .missing: false
        }
    }

    /// What a path leads to.
    static func at(_ path: [UInt8]) -> LinkTarget {
        var status = stat()
        guard stat(text(path), &status) == 0 else { return failure(errno) }
        let type = status.st_mode & S_IFMT
        guard type == S_IFREG || type == S_IFDIR else { return .special }
        guard let target = resolved(path) else { return failure(errno) }
        return type == S_IFDIR ? .folder(target) : .file(target)
    }

    /// The path without links; nil, with `errno`, where it leads nowhere.
    static func resolved(_ path: [UInt8]) -> [UInt8]? {
        guard let pointer = realpath(text(path), nil) else { return nil }
        defer { free(pointer) }
        return UnsafeBufferPointer(start: pointer, count: strlen(pointer)).map { UInt8(bitPattern: $0) }
    }

    /// What the paths of everything below a folder begin with, and with a slash behind it the folder itself.
    static func prefix(_ folder: [UInt8]) -> [UInt8] { folder.last == slash ? folder : folder + [slash] }

    /// The repository that holds a directory, else the directory itself.
    static func repository(of directory: [UInt8]) -> [UInt8] {
        var candidate = directory
        var status = stat()
        while candidate.count > 1 {
            if stat(text(candidate + Array("/.git".utf8)), &status) == 0 { return candidate }
            guard let end = candidate.lastIndex(of: slash), end > 0 else { break }
            candidate.removeSubrange(end...)
        }
        return directory
    }

    /// Whether a folder is git's own, or lies in it.
    static func isOfGit(_ folder: [UInt8]) -> Bool {
        folder.split(separator: slash).contains { $0.elementsEqual(".git".utf8) }
    }

    private static let slash = UInt8(ascii: "/")

    private static func text(_ path: [UInt8]) -> [CChar] { path.map { CChar(bitPattern: $0) } + [0] }

    private static func failure(_ code: Int32) -> LinkTarget {
        [ENOENT, ENOTDIR, ELOOP].contains(code) ? .missing : .unreadable(code)
    }
}
