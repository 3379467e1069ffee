import ArchiveReading
import Testing

@testable import ModelArchives

/// Reads a pickle, each scalar of the text being a byte.
func readPickle(_ text: String) throws -> ModelFileContent {
    let bytes = text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    let head = FileHead(path: "m.pkl", bytes: Array(bytes.prefix(512)), size: bytes.count)
    return try #require(try PickleFormat.readFile(MemoryByteSource(bytes, name: "m.pkl"), head: head, file: "m.pkl"))
}

/// Whether a pickle is read without an error and without a gap.
func isCompletePickle(_ text: String) -> Bool { (try? readPickle(text).gaps.isEmpty) ?? false }

/// A pickle of protocol 2 that is one call, of what the path names to its last dot.
func pickledCall(_ path: String, _ arguments: String) -> String {
    let parts = path.split(separator: ".")
    return "\u{80}\u{02}c\(parts.dropLast().joined(separator: "."))\n\(parts.last ?? "")\n(\(arguments)tR."
}
