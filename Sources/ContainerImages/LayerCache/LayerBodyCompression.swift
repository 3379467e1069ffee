import ArchiveReading
import EnvironmentInventory

/// The zstd frame of an entry's body.
enum LayerBodyCompression {
    /// Measured with a Debian base of 11,000 entries: 3 takes 7 % more bytes, 19 takes 8 % fewer and twenty times as long.
    private static let level = 9

    /// Compresses a body.
    static func compress(_ plain: [UInt8]) throws(ArchiveReadingError) -> [UInt8] {
        let sink = Sink()
        let compressor = try Compressor(.zstd, level: level, name: "layer evidence") { bytes in
            sink.bytes.append(contentsOf: bytes)
        }
        var failure: ArchiveReadingError?
        plain.withUnsafeBytes { bytes in
            do throws(ArchiveReadingError) { try compressor.write(bytes) } catch { failure = error }
        }
        if let failure { throw failure }
        try compressor.finish()
        return sink.bytes
    }

    /// Decompresses a body of at most `limit` bytes.
    static func decompress(_ bytes: [UInt8], limit: Int) throws(PackedError) -> [UInt8] {
        let source = MemoryByteSource(bytes, name: "layer evidence")
        guard let decompressor = try? Decompressor(source), decompressor.compression == .zstd,
            let plain = try? decompressor.readAll(limit: limit, expected: 4 * bytes.count)
        else { throw PackedError() }
        return plain
    }

    private final class Sink {
        var bytes: [UInt8] = []
    }
}
