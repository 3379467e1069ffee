import ArchiveReading

/// Which files of an archive are kept for a declaration that may refer to them.
enum KeptDocuments {
    /// A document of more bytes is not kept.
    static let maximumSize = 32 << 20

    /// Whether the name of a file is that of a document.
    static func contains(_ path: String) -> Bool {
        let base = baseName(path)
        return names.contains(base)
            || extensions.contains(FileHead(path: path, bytes: [], size: nil).fileExtension)
    }

    private static let names: Set<String> = ["CODEOWNERS"]
    private static let extensions: Set<String> = ["json", "yaml", "yml", "toml", "pbtxt", "rules", "md", "txt"]
}

/// Hands on another source's bytes and keeps a copy of them, up to a limit.
final class RecordingByteSource: ByteSource {
    private let source: any ByteSource
    private let limit: Int
    /// The bytes that passed; nil once there were more than the limit.
    private(set) var bytes: [UInt8]? = []

    init(_ source: any ByteSource, limit: Int) {
        self.source = source
        self.limit = limit
    }

    var name: String { source.name }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int {
        let read = try source.read(into: buffer)
        guard let known = bytes else { return read }
        if read > limit - known.count {
            bytes = nil
        } else {
            bytes?.append(contentsOf: buffer[..<read])
        }
        return read
    }
}
