import ArchiveReading
import EnvironmentInventory

/// The zstd frame of an entry's body.
enum LayerBodyCompression {
    /// Measured with a Debian base of 11,000 entries: 3 takes 7 % more bytes, 19 takes 8 % fewer and twenty times as long.
    private static let level = 9

    /// Compresses a body, which a closure writes piece by piece.
    static func compress(
        _ write: ((UnsafeRawBufferPointer) throws(ArchiveReadingError) -> Void) throws -> Void
    ) throws -> [UInt8] {
        let sink = Sink()
        let compressor = try Compressor(.zstd, level: level, name: "layer evidence") { bytes in
            sink.bytes.append(contentsOf: bytes)
        }
        try write { bytes throws(ArchiveReadingError) in try compressor.write(bytes) }
        try compressor.finish()
        return sink.bytes
    }

    /// Decompresses a body of at most `limit` bytes, which lies at the end of an entry.
    static func decompress(_ entry: [UInt8], from start: Int, limit: Int) throws(PackedError) -> [UInt8] {
        let source = MemoryByteSource(entry, from: start, name: "layer evidence")
        guard let decompressor = try? Decompressor(source), decompressor.compression == .zstd,
            let plain = try? decompressor.readAll(limit: limit, expected: 4 * (entry.count - start))
        else { throw PackedError() }
        return plain
    }

    private final class Sink {
        var bytes: [UInt8] = []
    }
}
