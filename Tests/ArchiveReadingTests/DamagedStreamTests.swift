import Testing

@testable import ArchiveReading

/// What is said of compressed data that begins as it should and then is something else, or ends.
@Suite struct DamagedStreamTests {
    private static let heads: [(compression: Compression, head: [UInt8])] = [
        (.gzip, [0x1F, 0x8B, 0x08, 0, 0, 0, 0, 0, 0, 0x03]),
        (.zstd, [0x28, 0xB5, 0x2F, 0xFD]),
        (.xz, [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]),
        (.bzip2, Array("BZh9".utf8) + [0x31, 0x41, 0x59, 0x26, 0x53, 0x59]),
    ]

    private func error(_ bytes: [UInt8]) -> ArchiveReadingError? {
        let error = #expect(throws: ArchiveReadingError.self) {
            try Decompressor(MemoryByteSource(bytes, name: "m.pkl")).readAll(limit: 1 << 20)
        }
        return error
    }

    @Test("what cannot be decompressed from its beginning on is damaged, not of an unknown format", arguments: heads)
    func garbage(compression: Compression, head: [UInt8]) throws {
        let bytes = head + [UInt8](repeating: 0xFF, count: 3000)
        #expect(Compression.detect(bytes) == compression)
        let text = try #require(error(bytes)).description
        #expect(text.hasPrefix("m.pkl: damaged: ") && !text.contains("nrecognized"), "\(text)")
        if compression != .gzip { #expect(text.contains("the \(compression.rawValue) data cannot be"), "\(text)") }
    }

    @Test("what ends too early is truncated", arguments: [Compression.gzip, .zstd, .xz, .bzip2])
    func truncation(compression: Compression) throws {
        var output: [UInt8] = []
        let compressor = try Compressor(compression, name: "out") { (part) throws(ArchiveReadingError) in
            output.append(contentsOf: part)
        }
        var state: UInt64 = 1
        let bytes = (0..<50_000).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
        try [FilePiece.new(bytes)].write(from: MemoryByteSource([], name: "")) { (part) throws(ArchiveReadingError) in
            try compressor.write(part)
        }
        try compressor.finish()
        for count in [20, output.count / 2] {
            #expect(error(Array(output.prefix(count)))?.reason == .truncated)
        }
        #expect(try Decompressor(MemoryByteSource(output, name: "m.pkl")).readAll(limit: 1 << 20) == bytes)
    }
}
