import Glibc

/// Writes files whole or not at all: into a temporary neighbour, synced, then renamed.
public enum AtomicFile {
    /// Writes a file; an existing one is replaced only when `replacing` is true.
    ///
    /// - Throws: ``CommandError`` with the system's reason; nothing is left behind then.
    public static func write(_ text: String, to path: String, replacing: Bool) throws(CommandError) {
        try write(Array(text.utf8), to: path, replacing: replacing)
    }

    /// Writes a file; an existing one is replaced only when `replacing` is true.
    ///
    /// - Throws: ``CommandError`` with the system's reason; nothing is left behind then.
    public static func write(_ bytes: [UInt8], to path: String, replacing: Bool) throws(CommandError) {
        var template = Array((path + ".XXXXXX").utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw CommandError("\(path): cannot be written: \(systemMessage(errno))") }
        let temporary = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        var failure = writeAll(bytes, to: descriptor)
        // mkstemp makes the file private; a result is as readable as the umask lets files be.
        let mask = umask(0)
        umask(mask)
        if failure == 0, fchmod(descriptor, 0o666 & ~mask) != 0 { failure = errno }
        if failure == 0, fsync(descriptor) != 0 { failure = errno }
        if close(descriptor) != 0, failure == 0 { failure = errno }
        if failure == 0 {
            // link refuses to replace, which a check before a rename could not promise.
            if replacing {
                if rename(temporary, path) != 0 { failure = errno }
            } else {
                if link(temporary, path) != 0 { failure = errno }
                unlink(temporary)
            }
        }
        guard failure == 0 else {
            unlink(temporary)
            if failure == EEXIST {
                throw CommandError("\(path): is there already; --force replaces it")
            }
            throw CommandError("\(path): cannot be written: \(systemMessage(failure))")
        }
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
        bytes.withUnsafeBytes { buffer in
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
}
