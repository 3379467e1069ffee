import EnvironmentInventory

internal import CArchive

/// The compressions that joblib offers and ``Decompressor`` does not read.
package enum JoblibCompression: String, Sendable, Hashable, CaseIterable {
    case zlib
    case lz4
    /// LZMA alone, the format before xz.
    case lzma

    /// The compression that the first bytes announce; nil when they announce none of these.
    ///
    /// zlib: RFC 1950. lz4: https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md. LZMA alone has no magic: it is known by
    /// the properties that every encoder writes, a power of two as dictionary size, and an unknown uncompressed size.
    package static func detect(_ head: some Collection<UInt8>) -> JoblibCompression? {
        let head = Array(head.prefix(13))
        if head.starts(with: [0x04, 0x22, 0x4D, 0x18]) { return .lz4 }
        if head.count >= 2, head[0] == 0x78, [0x01, 0x5E, 0x9C, 0xDA].contains(head[1]) { return .zlib }
        if head.count == 13, head.starts(with: [0x5D, 0, 0]), head[5...].allSatisfy({ $0 == 0xFF }) { return .lzma }
        return nil
    }
}

/// Decompresses a file of a ``JoblibCompression`` to the last byte, and checks its checksum if it has one.
package final class JoblibDecompressor: ByteSource {
    /// The name of the file, for errors.
    package let name: String
    private let compression: JoblibCompression
    private let feed: ZlibFeed?
    private let input: LibarchiveInput
    private let limits: ReadingLimits
    private var block = UnsafeRawBufferPointer(start: nil, count: 0)
    private var produced = 0
    private var checksum = (low: UInt32(1), high: UInt32(0))
    private var isAtEnd = false

    /// Starts decompressing a source of a known compression.
    package init(
        _ source: any ByteSource, _ compression: JoblibCompression, limits: ReadingLimits = ReadingLimits()
    ) throws(ArchiveReadingError) {
        name = source.name
        self.compression = compression
        self.limits = limits
        feed = compression == .zlib ? ZlibFeed(source) : nil
        input = try LibarchiveInput(feed ?? source)
        try input.check(input.library.read_support_format_raw(input.handle))
        let filter =
            switch compression {
            case .zlib: ARCHIVE_FILTER_GZIP
            case .lz4: ARCHIVE_FILTER_LZ4
            case .lzma: ARCHIVE_FILTER_LZMA
            }
        try input.check(input.library.read_append_filter(input.handle, filter))
        try input.open()
        var entry: OpaquePointer?
        isAtEnd = try !input.check(input.library.read_next_header(input.handle, &entry))
        if isAtEnd { try finish() }
    }

    /// Reads the next decompressed bytes.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int {
        while block.isEmpty {
            if isAtEnd { return 0 }
            guard let next = try input.nextBlock() else {
                isAtEnd = true
                try finish()
                return 0
            }
            block = next
            produced += next.count
            if feed != nil { add(block) }
            if produced > limits.ratioFreeBytes, produced / limits.compressionRatio > max(input.bytesRead, 1) {
                throw ArchiveReadingError(
                    archive: name, offset: input.bytesRead,
                    reason: .limit("it decompresses to more than \(limits.compressionRatio) times its size"))
            }
        }
        return block.moveFirst(into: buffer)
    }

    /// Adler-32 (RFC 1950); 5552 is the most bytes whose sums stay below 2^32.
    private func add(_ bytes: UnsafeRawBufferPointer) {
        var position = 0
        while position < bytes.count {
            let end = min(bytes.count, position + 5552)
            while position < end {
                checksum.low &+= UInt32(bytes[position])
                checksum.high &+= checksum.low
                position += 1
            }
            checksum.low %= 65521
            checksum.high %= 65521
        }
    }

    private func finish() throws(ArchiveReadingError) {
        let consumed = Int(input.library.filter_bytes(input.handle, -1))
        try input.drainSource()
        guard let feed else { return }
        // libarchive took gzip's header and its trailer of eight bytes besides the deflated data.
        let end = 2 + consumed - ZlibFeed.header.count - 8 + 4
        guard feed.count >= end else {
            throw ArchiveReadingError(archive: name, offset: feed.count, reason: .truncated)
        }
        guard feed.count == end else {
            throw ArchiveReadingError(
                archive: name, offset: end, reason: .damaged("there are bytes after the compressed data"))
        }
        let recorded = feed.last.reduce(0) { $0 << 8 | UInt32($1) }
        guard recorded == checksum.high << 16 | checksum.low else {
            throw ArchiveReadingError(archive: name, offset: end - 4, reason: .damaged("the Adler-32 does not agree"))
        }
    }
}

/// Presents a zlib stream as gzip: it replaces the header, and appends zeros in place of gzip's longer trailer.
private final class ZlibFeed: ByteSource {
    static let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]
    private let source: any ByteSource
    private var headerLeft = header[...]
    private var skipped = 0
    private var trailerLeft = 16
    /// How many bytes the source returned.
    private(set) var count = 0
    /// The last four of them.
    private(set) var last: [UInt8] = []

    init(_ source: any ByteSource) { self.source = source }

    var name: String { source.name }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int {
        if !headerLeft.isEmpty {
            let piece = headerLeft.prefix(buffer.count)
            buffer.copyBytes(from: piece)
            headerLeft = headerLeft.dropFirst(piece.count)
            return piece.count
        }
        while skipped < 2 {
            let read = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(1, buffer.count)]))
            if read == 0 { break }
            skipped += 1
            count += 1
        }
        let read = try source.read(into: buffer)
        if read > 0 {
            count += read
            last = Array((last + buffer[max(0, read - 4)..<read]).suffix(4))
            return read
        }
        let zeros = min(trailerLeft, buffer.count)
        for index in 0..<zeros { buffer[index] = 0 }
        trailerLeft -= zeros
        return zeros
    }
}
