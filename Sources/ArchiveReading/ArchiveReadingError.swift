import EnvironmentInventory

/// Why an archive, a file or a folder could not be read: what was read, where, and the reason.
package struct ArchiveReadingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong.
    package enum Reason: Sendable, Hashable {
        /// The bytes end before what they announce.
        case truncated
        /// The bytes are not what they should be.
        case damaged(String)
        /// A limit of ``ReadingLimits`` was reached.
        case limit(String)
        /// The path is not a regular file, and what it is: a directory, a FIFO, a device.
        case notRegularFile(String)
        /// The operating system's reason.
        case unreadable(String)
        /// The file was written to while it was read.
        case changedWhileRead
        /// The bytes have another digest than the one that names them.
        case digestMismatch(expected: Digest, found: Digest)
        /// There are more or fewer bytes than announced.
        case sizeMismatch(expected: Int, found: Int)
        /// An entry that points outside of the archive.
        case unsafePath(String)
        /// The job was cancelled.
        case cancelled
    }

    /// The archive or file, as it was given; nested ones are joined by `!`.
    package let archive: String
    /// The byte offset of the trouble; nil when it is the whole file.
    package let offset: Int?
    /// What went wrong.
    package let reason: Reason

    /// Makes an error.
    package init(archive: String, offset: Int? = nil, reason: Reason) {
        self.archive = archive
        self.offset = offset
        self.reason = reason
    }

    /// `archive: reason (at byte offset)`.
    package var description: String {
        let text =
            switch reason {
            case .cancelled: "cancelled"
            case .truncated: "truncated: the data ends too early"
            case .damaged(let what): "damaged: \(what)"
            case .limit(let what): "refused: \(what)"
            case .notRegularFile(let what): "not a regular file but \(what)"
            case .unreadable(let why): "cannot be read: \(why)"
            case .changedWhileRead: "was changed while it was read"
            case .digestMismatch(let expected, let found): "damaged: expected \(expected), found \(found)"
            case .sizeMismatch(let expected, let found): "damaged: expected \(expected) bytes, found \(found)"
            case .unsafePath(let path): "refused: the entry \(Self.quoted(path)) points outside of the archive"
            }
        return "\(archive): \(text)" + (offset.map { " (at byte \($0))" } ?? "")
    }

    /// A path from an archive on one line: quoted, line feeds as `\n`, long ones shortened. What shows it escapes the other
    /// control characters, once.
    static func quoted(_ path: String) -> String {
        var output = "'"
        for scalar in path.unicodeScalars.prefix(200) {
            if scalar == "\n" { output += "\\n" } else { output.unicodeScalars.append(scalar) }
        }
        return output + (path.unicodeScalars.count > 200 ? "...'" : "'")
    }

    /// The text of a path: bytes that are not UTF-8 are shown by their numbers.
    static func text(_ path: [UInt8]) -> String { String(validating: path, as: UTF8.self) ?? PathText.text(path) }
}
