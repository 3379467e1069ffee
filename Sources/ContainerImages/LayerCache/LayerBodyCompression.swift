import ArchiveReading
import EnvironmentInventory

/// The zstd frame of an entry's body.
enum LayerBodyCompression {
    /// Measured with 41 layers and a Debian base among them: 9 takes 0.4 % fewer bytes, and 12 MiB more memory.
    private static let level = 6

    /// Compresses a body, which a closure writes piece by piece, and returns its parts.
    static func compress(
        _ write: ((UnsafeRawBufferPointer) throws(ArchiveReadingError) -> Void) throws -> Void
    ) throws -> [[UInt8]] {
        let sink = Sink()
        let compressor = try Compressor(.zstd, level: level, name: "layer evidence") { bytes in sink.append(bytes) }
        try write { bytes throws(ArchiveReadingError) in try compressor.write(bytes) }
        try compressor.finish()
        return sink.parts
    }

    /// Decompresses a body of at most `limit` bytes, which lies at the end of an entry.
    static func decompress(_ entry: [UInt8], from start: Int, limit: Int) throws(PackedError) -> [UInt8] {
        let source = MemoryByteSource(entry, from: start, name: "layer evidence")
        guard let decompressor = try? Decompressor(source), decompressor.compression == .zstd,
            let plain = try? decompressor.readAll(limit: limit, expected: 4 * (entry.count - start))
        else { throw PackedError() }
        return plain
    }

    /// Takes bytes in parts: one array of all of them would be there twice when it grows.
    private final class Sink {
        private static let partBytes = 256 << 10
        var parts: [[UInt8]] = []

        func append(_ bytes: some Collection<UInt8>) {
            if parts.last.map({ $0.count + bytes.count > Self.partBytes }) ?? true { parts.append([]) }
            parts[parts.count - 1].append(contentsOf: bytes)
        }
    }
}
