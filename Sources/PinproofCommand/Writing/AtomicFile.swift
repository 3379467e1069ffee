import Glibc
import Pinproof

/// A file that cannot be written.
struct OutputError: CommandFailure {
    /// Which file, and why.
    let description: String

    init(_ description: String) { self.description = description }

    var usage: String? { nil }
}

/// Writes files whole or not at all: into a temporary neighbour, synced, then renamed.
enum AtomicFile {
    /// Writes a file; an existing one is replaced only when `replacing` is true.
    ///
    /// - Throws: ``OutputError`` with the system's reason; nothing is left behind then.
    static func write(_ text: String, to path: String, replacing: Bool) throws(OutputError) {
        try write(Array(text.utf8), to: path, replacing: replacing)
    }

    /// Writes a file; an existing one is replaced only when `replacing` is true.
    ///
    /// - Throws: ``OutputError`` with the system's reason; nothing is left behind then.
    static func write(_ bytes: [UInt8], to path: String, replacing: Bool) throws(OutputError) {
        try write([(path, bytes)], replacing: replacing)
    }

    /// Writes a file of pieces; an existing one is replaced only when `replacing` is true.
    ///
    /// - Throws: ``OutputError`` with the system's reason; nothing is left behind then.
    static func write(_ pieces: @escaping ResultPieces, to path: String, replacing: Bool) throws(OutputError) {
        try write([(path, { writeAll(pieces, to: $0) })], replacing: replacing)
    }

    /// Writes files that belong together: all are on the disk before the first of them gets its name, in their order. What is
    /// there and is not a file, a pipe or `/dev/null`, is written into and never replaced.
    ///
    /// - Throws: ``OutputError`` with the system's reason; what was new is taken away again then.
    static func write(_ files: [(path: String, bytes: [UInt8])], replacing: Bool) throws(OutputError) {
        try write(files.map { file in (file.path, { writeAll(file.bytes, to: $0) }) }, replacing: replacing)
    }

    /// Writes what goes into an open file and returns the system's error, 0 for none.
    fileprivate typealias Writing = (_ descriptor: Int32) -> Int32

    private static func write(_ files: [(path: String, write: Writing)], replacing: Bool) throws(OutputError) {
        var staged: [StagedFile] = []
        defer { for file in staged { file.discard() } }
        for file in files {
            if isStream(file.path) {
                try writeStream(file.write, to: file.path)
            } else {
                staged.append(try StagedFile(file.write, for: file.path))
            }
        }
        var made: [String] = []
        for file in staged {
            let isNew = !exists(file.path)
            do throws(OutputError) { try file.publish(replacing: replacing) } catch {
                for path in made { unlink(path) }
                throw error
            }
            if isNew { made.append(file.path) }
        }
    }
}

/// A file that is written and has no name yet: where the file system can, the kernel itself forgets it with the process.
private struct StagedFile {
    let path: String
    private let descriptor: Int32
    private let temporary: String?
    /// `O_TMPFILE`, whose macro Swift does not see (open(2)): `__O_TMPFILE | O_DIRECTORY`.
    private static let unnamed = 0o20000000 | O_DIRECTORY

    init(_ write: AtomicFile.Writing, for path: String) throws(OutputError) {
        self.path = path
        let parent = folder(of: path)
        // Only /proc can give such a file a name later.
        var descriptor =
            exists("/proc/self/fd")
            ? open(parent.isEmpty ? "." : parent, Self.unnamed | O_WRONLY | O_CLOEXEC, 0o600) : -1
        var temporary: String?
        if descriptor < 0 {
            var template = Array((path + ".XXXXXX").utf8CString)
            descriptor = mkstemp(&template)
            guard descriptor >= 0 else { throw Self.failure(path, errno) }
            temporary = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        self.descriptor = descriptor
        self.temporary = temporary
        var failure = write(descriptor)
        // A temporary file is private; a result is as readable as the one it replaces, or as the umask lets files be.
        let mask = umask(0)
        umask(mask)
        var replaced = stat()
        let isReplacing = stat(path, &replaced) == 0 && replaced.st_mode & S_IFMT == S_IFREG
        if failure == 0, fchmod(descriptor, isReplacing ? replaced.st_mode & 0o777 : 0o666 & ~mask) != 0 {
            failure = errno
        }
        if failure == 0, fsync(descriptor) != 0 { failure = errno }
        guard failure == 0 else {
            discard()
            throw Self.failure(path, failure)
        }
    }

    /// Gives the file its name.
    func publish(replacing: Bool) throws(OutputError) {
        // link refuses to replace, which a check before a rename could not promise.
        if !replacing || !exists(path) {
            if try link(to: path) { return }
            guard replacing else { throw OutputError("\(path): already exists; use --force to replace it") }
        }
        if let temporary {
            guard rename(temporary, path) == 0 else { throw Self.failure(path, errno) }
            return
        }
        let neighbour = "\(path).\(getpid()).new"
        unlink(neighbour)
        guard try link(to: neighbour) else { throw Self.failure(path, EEXIST) }
        guard rename(neighbour, path) == 0 else {
            let reason = errno
            unlink(neighbour)
            throw Self.failure(path, reason)
        }
    }

    /// Whether the name was free.
    private func link(to name: String) throws(OutputError) -> Bool {
        let result =
            temporary.map { Glibc.link($0, name) }
            ?? linkat(AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, name, AT_SYMLINK_FOLLOW)
        if result == 0 { return true }
        if errno == EEXIST { return false }
        throw Self.failure(path, errno)
    }

    /// Closes the file, and takes away what has no name of its own.
    func discard() {
        close(descriptor)
        if let temporary { unlink(temporary) }
    }

    private static func failure(_ path: String, _ reason: Int32) -> OutputError {
        OutputError("\(path): cannot be written: \(systemMessage(reason))")
    }
}

extension AtomicFile {
    /// Whether something that takes bytes but has no content of its own is there: a device, a pipe, a socket.
    private static func isStream(_ path: String) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0 else { return false }
        return status.st_mode & S_IFMT != S_IFREG && status.st_mode & S_IFMT != S_IFDIR
    }

    private static func writeStream(_ write: Writing, to path: String) throws(OutputError) {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw OutputError("\(path): cannot be written: \(systemMessage(errno))") }
        defer { close(descriptor) }
        let reason = write(descriptor)
        guard reason == 0 else { throw OutputError("\(path): cannot be written: \(systemMessage(reason))") }
    }

    static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
        bytes.withUnsafeBytes { writeAll($0, to: descriptor) }
    }

    /// Writes all pieces, up to the first error of the system, which it returns; 0 for none.
    static func writeAll(_ pieces: ResultPieces, to descriptor: Int32) -> Int32 {
        var failure: Int32 = 0
        pieces { if failure == 0 { failure = writeAll($0, to: descriptor) } }
        return failure
    }

    /// Writes all bytes and returns the system's error, 0 for none.
    static func writeAll(_ buffer: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
        var offset = 0
        while offset < buffer.count {
            let written = Glibc.write(descriptor, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
            if written < 0 {
                if errno == EINTR { continue }
                return errno
            }
            offset += written
        }
        return 0
    }
}

/// Creates a directory and those above it.
func makeFolder(_ path: String) throws(OutputError) {
    if path.isEmpty || isFolder(path) { return }
    try makeFolder(folder(of: path))
    guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw OutputError("\(path): \(systemMessage(errno))") }
    guard isFolder(path) else { throw OutputError("\(path): it is not a directory") }
}
