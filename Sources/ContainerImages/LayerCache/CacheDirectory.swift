import EnvironmentInventory
import SourceDocuments
internal import Glibc

/// The files of a layer cache.
struct CacheDirectory: Sendable {
    /// The path as it was given.
    let root: String
    /// Why nothing is read from the directory, or written into it; nil where everything is in order.
    let problem: String?
    private let isReadable: Bool
    let isWritable: Bool
    private let needsOwner: Bool

    /// The most bytes of an entry.
    private static let maximumEntry = 512 << 20

    /// Looks at a directory, and makes it where it is not there.
    init(path: String, isTrustedByKey: Bool, isSigned: Bool) {
        root = path
        needsOwner = !isTrustedByKey
        Self.make(path)
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            problem = "--cache \(path): it is not a directory, and cannot be made: every layer is read"
            isReadable = false
            isWritable = false
            return
        }
        let isOwned = Self.isOwned(status)
        isReadable = isTrustedByKey || isOwned
        // Who may not believe what lies there would write for nobody, unless a key signs it.
        isWritable = isSigned || isReadable
        problem =
            isReadable
            ? nil
            : "--cache \(path): it belongs to another user, or others may write into it: its entries are not used "
                + "without --cache-trust, and every layer is read"
    }

    private static func isOwned(_ status: stat) -> Bool {
        status.st_uid == geteuid() && status.st_mode & 0o022 == 0
    }

    /// Makes a directory that only its user can enter, and those above it.
    private static func make(_ path: String) {
        if path.isEmpty || access(path, F_OK) == 0 { return }
        if let slash = path.lastIndex(ofByte: UInt8(ascii: "/")) { make(String(path[..<slash])) }
        _ = mkdir(path, 0o700)
    }

    /// How the files of entries end.
    static let entry = ".lse"

    /// The path of a file.
    func path(_ key: String, _ ending: String) -> String { "\(root)/\(key.prefix(2))/\(key)\(ending)" }

    /// Returns the bytes of a file; nil where there is none, or where others could have written it.
    func read(_ key: String, _ ending: String, note: (String) -> Void) -> [UInt8]? {
        guard isReadable else { return nil }
        let path = path(key, ending)
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno != ENOENT { note("\(path): it cannot be opened; the layer was read again") }
            return nil
        }
        defer { close(descriptor) }
        var status = stat()
        var folder = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            lstat("\(root)/\(key.prefix(2))", &folder) == 0, folder.st_mode & S_IFMT == S_IFDIR,
            status.st_size <= Self.maximumEntry
        else {
            note("\(path): it is not a file of a cache; the layer was read again")
            return nil
        }
        if needsOwner, !Self.isOwned(status) || !Self.isOwned(folder) {
            note("\(path): it belongs to another user, or others may write it; the layer was read again")
            return nil
        }
        let size = Int(status.st_size)
        var bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size, let base = buffer.baseAddress {
                let read = pread(descriptor, base + count, size - count, off_t(count))
                if read < 0, errno == EINTR { continue }
                if read <= 0 { break }
                count += read
            }
        }
        if bytes.count < size { bytes = [] }
        return bytes
    }

    /// Writes a file, of parts behind each other, beside its place and renames it.
    func write(_ parts: [[UInt8]], _ key: String, _ ending: String) throws(CacheWritingError) {
        let folder = "\(root)/\(key.prefix(2))"
        if mkdir(folder, 0o700) != 0, errno != EEXIST { throw CacheWritingError(folder) }
        var template = Array("\(folder)/.\(key).XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw CacheWritingError(folder) }
        let temporary = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let isWritten = parts.allSatisfy { Self.write($0, to: descriptor) }
        // Signed entries are for other users too.
        if isWritten, fchmod(descriptor, 0o644) == 0, rename(temporary, path(key, ending)) == 0 {
            close(descriptor)
            return
        }
        let error = CacheWritingError(path(key, ending))
        close(descriptor)
        unlink(temporary)
        throw error
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        bytes.withUnsafeBytes { buffer in
            var offset = 0
            while offset < buffer.count, let base = buffer.baseAddress {
                let written = Glibc.write(descriptor, base + offset, buffer.count - offset)
                if written < 0, errno == EINTR { continue }
                if written <= 0 { return false }
                offset += written
            }
            return true
        }
    }
}

/// An entry that could not be written, with the system's reason.
struct CacheWritingError: Error, CustomStringConvertible {
    let description: String

    init(_ path: String) { description = "\(path): \(String(cString: strerror(errno)))" }
}
