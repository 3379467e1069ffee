import ArchiveReading
import SourceDocuments
import Synchronization

/// The files that were opened to find out what they are, so that reading them does not open them again.
final class OpenedFiles: Sendable {
    private let files = Mutex<[String: RegularFile]>([:])

    /// Opens a file and keeps it for the next one who reads it.
    func open(_ path: String) throws(InputError) -> RegularFile {
        let file = try InputError.wrapping { () throws(ArchiveReadingError) in try RegularFile(path: path) }
        files.withLock { $0[path] = file }
        return file
    }

    /// Reads a file that is text, as ``readText(_:)`` does, and lets go of it.
    func text(_ path: String) throws(InputError) -> SourceText {
        guard let file = files.withLock({ $0.removeValue(forKey: path) }) else { return try readText(path) }
        return SourceText(
            name: path,
            bytes: try InputError.wrapping { () throws(ArchiveReadingError) in
                try file.contents(limit: Check.maximumTextSize)
            })
    }
}
