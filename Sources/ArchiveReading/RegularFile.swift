import ContentHashing
import EnvironmentInventory
internal import Glibc
internal import Synchronization

/// A regular file that is open for reading, and that tells when it changes meanwhile.
///
/// Directories, FIFOs, sockets and devices are refused before anything is read: opening never blocks.
package final class RegularFile: Sendable {
    /// The path as it was given.
    package let path: String
    /// The size in bytes when the file was opened.
    package let size: Int
    /// The permission bits.
    package let mode: Int
    let descriptor: Int32
    private let stamp: FileStamp

    /// Opens a file; a symbolic link is followed.
    package convenience init(path: String) throws(ArchiveReadingError) {
        // O_NONBLOCK keeps the open of a FIFO without a writer from waiting for ever.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw ArchiveReadingError(archive: path, reason: .unreadable(errnoText())) }
        try self.init(descriptor: descriptor, path: path)
    }

    /// Takes over an open descriptor.
    init(descriptor: Int32, path: String) throws(ArchiveReadingError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let text = errnoText()
            close(descriptor)
            throw ArchiveReadingError(archive: path, reason: .unreadable(text))
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw ArchiveReadingError(archive: path, reason: .notRegularFile(Self.kindName(status.st_mode)))
        }
        self.descriptor = descriptor
        self.path = path
        size = Int(status.st_size)
        mode = Int(status.st_mode & 0o7777)
        stamp = FileStamp(status)
        FileAccess.report(.opened, path)
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
    }

    deinit { close(descriptor) }

    /// Reads the bytes at an offset; fewer than asked for only at the end of the file.
    ///
    /// Safe to call from several threads at once.
    package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(ArchiveReadingError) -> Int {
        guard offset >= 0 else { throw ArchiveReadingError(archive: path, offset: offset, reason: .truncated) }
        var done = 0
        while done < buffer.count, let base = buffer.baseAddress {
            let count = pread(descriptor, base + done, buffer.count - done, off_t(offset + done))
            if count < 0 {
                if errno == EINTR { continue }
                throw ArchiveReadingError(archive: path, offset: offset + done, reason: .unreadable(errnoText()))
            }
            if count == 0 { break }
            done += count
        }
        FileAccess.report(.read(done), path)
        return done
    }

    /// Reads exactly so many bytes at an offset; a file that ends before is truncated.
    package func bytes(at offset: Int, count: Int) throws(ArchiveReadingError) -> [UInt8] {
        guard offset >= 0, count >= 0, offset <= size, count <= size - offset else {
            throw ArchiveReadingError(archive: path, offset: size, reason: .truncated)
        }
        var failure: ArchiveReadingError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
            do throws(ArchiveReadingError) {
                done = try read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
            } catch { failure = error }
        }
        if let failure { throw failure }
        guard bytes.count == count else { throw ArchiveReadingError(archive: path, reason: .changedWhileRead) }
        return bytes
    }

    /// The sha256 of the whole file.
    package func sha256() throws(ArchiveReadingError) -> Digest {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
        defer { buffer.deallocate() }
        var failure: ArchiveReadingError?
        let result = Result<Digest?, HashingError> { () throws(HashingError) in
            var hash = try ContentHash(.sha256)
            var offset = 0
            while offset < size {
                var count = 0
                do throws(ArchiveReadingError) { count = try read(into: buffer, at: offset) } catch { failure = error }
                if count == 0 { break }
                try hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                offset += count
            }
            return offset == size ? try hash.finish() : nil
        }
        if let failure { throw failure }
        switch result {
        case .success(let digest?): return digest
        case .success(nil): throw ArchiveReadingError(archive: path, reason: .changedWhileRead)
        case .failure(let error): throw ArchiveReadingError(archive: path, reason: .unreadable(error.description))
        }
    }

    /// Throws when the file is not what it was when it was opened: another size, modification time or inode.
    package func verifyUnchanged() throws(ArchiveReadingError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw ArchiveReadingError(archive: path, reason: .unreadable(errnoText()))
        }
        if FileStamp(status) != stamp { throw ArchiveReadingError(archive: path, reason: .changedWhileRead) }
    }

    static func kindName(_ mode: mode_t) -> String {
        switch mode & S_IFMT {
        case S_IFDIR: "a directory"
        case S_IFIFO: "a FIFO"
        case S_IFSOCK: "a socket"
        case S_IFCHR: "a character device"
        case S_IFBLK: "a block device"
        case S_IFLNK: "a symbolic link"
        default: "a special file"
        }
    }
}

/// What tells that a file was written to.
struct FileStamp: Sendable, Hashable {
    let device: UInt
    let inode: UInt
    let size: Int
    let seconds: Int
    let nanoseconds: Int

    init(_ status: stat) {
        device = UInt(status.st_dev)
        inode = UInt(status.st_ino)
        size = Int(status.st_size)
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
    }
}

/// The text of the last operating-system error of this thread.
func errnoText() -> String {
    let number = errno
    var buffer = [CChar](repeating: 0, count: 256)
    guard strerror_r(number, &buffer, buffer.count) == 0 else { return "error \(number)" }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

extension RegularFile {
    /// Reads the whole file, which may have at most `limit` bytes.
    package func contents(limit: Int) throws(ArchiveReadingError) -> [UInt8] {
        guard size <= limit else {
            throw ArchiveReadingError(
                archive: path, reason: .limit("it has \(size) bytes, more than \(limit) are not read"))
        }
        let bytes = try bytes(at: 0, count: size)
        try verifyUnchanged()
        return bytes
    }
}

/// Reads a whole regular file that has at most `limit` bytes.
package func readFile(path: String, limit: Int) throws(ArchiveReadingError) -> [UInt8] {
    try RegularFile(path: path).contents(limit: limit)
}

/// What is done with regular files, for tests that count it: that an archive is opened and read once is a promise.
package enum FileAccess: Sendable {
    case opened
    case read(Int)

    private static let observer = Mutex<(@Sendable (FileAccess, String) -> Void)?>(nil)

    /// Sets who is told of each access and the path, from several threads at once; nil for nobody.
    package static func observe(_ body: (@Sendable (FileAccess, String) -> Void)?) { observer.withLock { $0 = body } }

    fileprivate static func report(_ access: FileAccess, _ path: String) {
        observer.withLock { $0 }?(access, path)
    }
}
