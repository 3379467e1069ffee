import EnvironmentInventory

internal import Glibc

/// Reads a directory tree as if it were an archive: entries in byte order of their paths.
///
/// Symbolic links are entries and never followed; each folder is opened relative to its parent, so that a renamed folder
/// cannot lead outside. Two names of one inode are two files.
package final class DirectoryReader: ArchiveEntryReader {
    /// The directory as it was given.
    package let name: String

    private struct Item {
        let key: [UInt8]
        /// Whether the item is the walk into a folder rather than an entry.
        let descends: Bool
    }
    private final class Folder {
        let descriptor: Int32
        let path: [UInt8]
        let identity: [UInt]
        var items: ArraySlice<Item>
        init(descriptor: Int32, path: [UInt8], identity: [UInt], items: [Item]) {
            self.descriptor = descriptor
            self.path = path
            self.identity = identity
            self.items = items[...]
        }
        deinit { close(descriptor) }
    }

    private let limits: ReadingLimits
    private var folders: [Folder] = []
    private var current: FileByteSource?
    private var entries = 0
    private var totalBytes = 0

    /// Opens a directory.
    package init(path: String, limits: ReadingLimits = ReadingLimits()) throws(ArchiveReadingError) {
        name = path
        self.limits = limits
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_DIRECTORY)
        guard descriptor >= 0 else { throw ArchiveReadingError(archive: path, reason: .unreadable(errnoText())) }
        folders = [try list(descriptor, path: [])]
    }

    /// Goes to the next entry.
    package func next() throws(ArchiveReadingError) -> ArchiveEntry? {
        current = nil
        try limits.checkCancellation(name)
        while let folder = folders.last {
            guard let item = folder.items.popFirst() else {
                folders.removeLast()
                continue
            }
            let path = folder.path.isEmpty ? item.key : folder.path + [UInt8(ascii: "/")] + item.key
            guard path.count <= limits.pathBytes else {
                throw failure(path, .limit("a path has more than \(limits.pathBytes) bytes"))
            }
            if item.descends {
                try descend(folder, item.key, path)
                continue
            }
            entries += 1
            guard entries <= limits.entries else {
                throw failure(path, .limit("it has more than \(limits.entries) entries"))
            }
            return try entry(folder, item.key, path)
        }
        return nil
    }

    /// Reads the next bytes of the current file.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int {
        guard let current else { return 0 }
        try limits.checkCancellation(name)
        return try current.read(into: buffer)
    }

    private func entry(_ folder: Folder, _ key: [UInt8], _ path: [UInt8]) throws(ArchiveReadingError) -> ArchiveEntry {
        let cName = key.map { CChar(bitPattern: $0) } + [0]
        var status = stat()
        guard fstatat(folder.descriptor, cName, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw failure(path, .unreadable(errnoText()))
        }
        var kind = ArchiveEntry.Kind.other
        var rawTarget: [UInt8]?
        var attributes: [String: [UInt8]] = [:]
        var size = 0
        switch status.st_mode & S_IFMT {
        case S_IFDIR: kind = .directory
        case S_IFLNK:
            var target = [UInt8](repeating: 0, count: Int(PATH_MAX))
            let count = target.withUnsafeMutableBytes { buffer in
                guard let base = buffer.bindMemory(to: CChar.self).baseAddress else { return -1 }
                return readlinkat(folder.descriptor, cName, base, buffer.count)
            }
            guard count >= 0 else { throw failure(path, .unreadable(errnoText())) }
            let text = String(decoding: target.prefix(count), as: UTF8.self)
            kind = .symbolicLink(target: text)
            if !text.utf8.elementsEqual(target.prefix(count)) { rawTarget = Array(target.prefix(count)) }
        case S_IFREG:
            kind = .file
            size = Int(status.st_size)
            guard size <= limits.fileBytes, size <= limits.totalBytes - totalBytes else {
                throw failure(path, .limit("its files are larger than the limits"))
            }
            totalBytes += size
            let descriptor = openat(folder.descriptor, cName, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
            guard descriptor >= 0 else { throw failure(path, .unreadable(errnoText())) }
            let file = try RegularFile(descriptor: descriptor, path: shown(path))
            size = file.size
            attributes = FileAttributes.read(descriptor)
            current = FileByteSource(file)
        case S_IFIFO: rawTarget = ArchiveEntry.fifo
        case S_IFSOCK: rawTarget = ArchiveEntry.socket
        default:
            // The two numbers as the C library packs them, <sys/sysmacros.h>.
            let device = UInt64(status.st_rdev)
            rawTarget = ArchiveEntry.device(
                isBlock: status.st_mode & S_IFMT == S_IFBLK,
                major: Int(device >> 8 & 0xFFF | device >> 32 & 0xFFFF_F000),
                minor: Int(device & 0xFF | device >> 12 & 0xFFFF_FF00))
        }
        let text = String(decoding: path, as: UTF8.self)
        return ArchiveEntry(
            path: text, rawPath: text.utf8.elementsEqual(path) ? nil : path, rawTarget: rawTarget, kind: kind,
            size: size,
            mode: Int(status.st_mode & 0o7777), uid: Int(status.st_uid), gid: Int(status.st_gid),
            modified: status.st_mtim.tv_sec, attributes: attributes)
    }

    private func descend(_ folder: Folder, _ key: [UInt8], _ path: [UInt8]) throws(ArchiveReadingError) {
        guard folders.count < limits.depth else {
            throw failure(path, .limit("it is more than \(limits.depth) directories deep"))
        }
        let cName = key.dropLast().map { CChar(bitPattern: $0) } + [0]
        let descriptor = openat(folder.descriptor, cName, O_RDONLY | O_CLOEXEC | O_DIRECTORY | O_NOFOLLOW)
        guard descriptor >= 0 else { throw failure(path, .unreadable(errnoText())) }
        folders.append(try list(descriptor, path: Array(path.dropLast())))
    }

    private func list(_ descriptor: Int32, path: [UInt8]) throws(ArchiveReadingError) -> Folder {
        var status = stat()
        // The stream owns and closes its descriptor, the folder keeps its own.
        let second = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard fstat(descriptor, &status) == 0, second >= 0, let stream = fdopendir(second) else {
            let text = errnoText()
            close(descriptor)
            if second >= 0 { close(second) }
            throw failure(path, .unreadable(text))
        }
        let identity = [UInt(status.st_dev), UInt(status.st_ino)]
        defer { closedir(stream) }
        if folders.contains(where: { $0.identity == identity }) {
            close(descriptor)
            throw failure(path, .damaged("the directory contains itself"))
        }
        var items: [Item] = []
        errno = 0
        while let found = readdir(stream) {
            let key = withUnsafeBytes(of: &found.pointee.d_name) { bytes in Array(bytes.prefix { $0 != 0 }) }
            if key == [UInt8(ascii: ".")] || key == [UInt8(ascii: "."), UInt8(ascii: ".")] { continue }
            items.append(Item(key: key, descends: false))
            guard items.count <= limits.entries else {
                close(descriptor)
                throw failure(path, .limit("it has more than \(limits.entries) entries"))
            }
            var isDirectory = found.pointee.d_type == UInt8(DT_DIR)
            if found.pointee.d_type == UInt8(DT_UNKNOWN) {
                isDirectory =
                    fstatat(descriptor, key.map { CChar(bitPattern: $0) } + [0], &status, AT_SYMLINK_NOFOLLOW) == 0
                    && status.st_mode & S_IFMT == S_IFDIR
            }
            // `a/b` comes behind `a-b`: what is inside sorts with its slash, the folder itself without.
            if isDirectory { items.append(Item(key: key + [UInt8(ascii: "/")], descends: true)) }
            errno = 0
        }
        guard errno == 0 else {
            let text = errnoText()
            close(descriptor)
            throw failure(path, .unreadable(text))
        }
        items.sort { $0.key.lexicographicallyPrecedes($1.key) }
        return Folder(descriptor: descriptor, path: path, identity: identity, items: items)
    }

    private func shown(_ path: [UInt8]) -> String { name + "/" + ArchiveReadingError.text(path) }

    private func failure(_ path: [UInt8], _ reason: ArchiveReadingError.Reason) -> ArchiveReadingError {
        ArchiveReadingError(archive: path.isEmpty ? name : shown(path), reason: reason)
    }
}
