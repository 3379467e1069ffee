import ArchiveReading
internal import Glibc

/// A temporary file in the directory of the file that it atomically replaces.
///
/// A program that is ended on the way leaves the old file and a hidden neighbour, `.pinproof-XXXXXX-NAME`.
final class NewFile {
    /// The neighbour's path; its name ends with that of the old file, so that readers take it for the same kind.
    let temporary: String
    private let path: String
    private let descriptor: Int32
    private var isOpen = true

    /// - Parameter path: the file to write, its links resolved.
    init(replacing path: String) throws(ModelWritingError) {
        self.path = path
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let name = parts.last ?? ""
        let folder = parts.dropLast().joined(separator: "/")
        let prefix = path.contains("/") ? folder + "/" : ""
        // The longest name that file systems take.
        let kept = String(decoding: name.utf8.suffix(230), as: UTF8.self)
        var template = Array("\(prefix).pinproof-XXXXXX-\(kept)".utf8CString)
        descriptor = mkstemps(&template, Int32(kept.utf8.count + 1))
        guard descriptor >= 0 else { throw ModelWritingError(path, .system(Self.systemText())) }
        temporary = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { discard() }

    func write(_ bytes: UnsafeRawBufferPointer) throws(ArchiveReadingError) {
        var offset = 0
        while offset < bytes.count {
            let count = Glibc.write(descriptor, bytes.baseAddress?.advanced(by: offset), bytes.count - offset)
            if count < 0 {
                if errno == EINTR { continue }
                throw ArchiveReadingError(archive: temporary, reason: .unreadable(Self.systemText()))
            }
            offset += count
        }
    }

    func write(_ bytes: [UInt8]) throws(ArchiveReadingError) {
        var failure: ArchiveReadingError?
        bytes.withUnsafeBytes { bytes in
            do throws(ArchiveReadingError) { try write(bytes) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// Brings everything to the disk; the file can be read under its temporary name then.
    func synchronize() throws(ModelWritingError) {
        var old = stat()
        if stat(path, &old) == 0 {
            // The owner can only be kept by one who may give files away.
            _ = fchown(descriptor, old.st_uid, old.st_gid)
            guard fchmod(descriptor, old.st_mode & 0o7777) == 0 else { throw failure() }
        } else {
            let mask = umask(0)
            umask(mask)
            guard fchmod(descriptor, 0o666 & ~mask) == 0 else { throw failure() }
        }
        guard fsync(descriptor) == 0 else { throw failure() }
    }

    /// Puts the file into its place.
    func commit() throws(ModelWritingError) {
        guard rename(temporary, path) == 0 else { throw failure() }
        close(descriptor)
        isOpen = false
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        let handle = open(
            folder.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if handle >= 0 {
            _ = fsync(handle)
            close(handle)
        }
    }

    private func discard() {
        guard isOpen else { return }
        isOpen = false
        close(descriptor)
        unlink(temporary)
    }

    private func failure() -> ModelWritingError { ModelWritingError(path, .system(Self.systemText())) }

    private static func systemText() -> String {
        let number = errno
        var buffer = [CChar](repeating: 0, count: 256)
        guard strerror_r(number, &buffer, buffer.count) == 0 else { return "error \(number)" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// The path with its links resolved, so that a link to a model stays one; the path itself when there is nothing.
func resolvedPath(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(validatingCString: resolved) ?? path
}
