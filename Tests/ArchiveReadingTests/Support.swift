import EnvironmentInventory
import TestSupport
import Glibc

@testable import ArchiveReading

typealias TemporaryFolder = TemporaryDirectory

// For the files of this room that do not import TestSupport.
@discardableResult
func shell(_ command: String) -> Int32 { TestSupport.shell(command) }
func hasProgram(_ name: String) -> Bool { TestSupport.hasProgram(name) }

extension TemporaryDirectory {
    func read(_ name: String) throws -> [UInt8] { try readFile(path: "\(path)/\(name)", limit: 1 << 30) }
}

/// All entries with their data, as lines: kind, path, size or target, digest.
func listing(_ reader: any ArchiveEntryReader) throws -> [String] {
    var lines: [String] = []
    while let entry = try reader.next() {
        switch entry.kind {
        case .file:
            let hashing = try HashingByteSource(EntryByteSource(reader, name: reader.name))
            try hashing.drain()
            let digest = try hashing.finish()?.hex.prefix(8) ?? ""
            lines.append("file \(entry.path) \(hashing.count) \(digest)")
        case .directory: lines.append("directory \(entry.path)")
        case .symbolicLink(let target): lines.append("link \(entry.path) -> \(target)")
        case .hardLink(let target): lines.append("hard \(entry.path) = \(target)")
        case .other: lines.append("other \(entry.path)")
        }
    }
    return lines
}

func tarReader(_ bytes: [UInt8], limits: ReadingLimits = ReadingLimits()) throws(ArchiveReadingError) -> TarReader {
    try TarReader(MemoryByteSource(bytes, name: "test.tar"), limits: limits)
}
