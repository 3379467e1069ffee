import EnvironmentInventory

internal import CArchive

/// How a stream is compressed, by its first bytes.
package enum Compression: String, Sendable, Hashable, CaseIterable {
    case none
    case gzip
    case zstd
    case xz
    case bzip2

    /// The compression that the first bytes announce; `none` when they announce nothing.
    ///
    /// gzip: RFC 1952. zstd, with its skippable frames: RFC 8878. xz: https://tukaani.org/xz/xz-file-format.txt.
    /// bzip2 has no specification; its magic is `BZh`, a block size, and the magic of a block or of the end.
    package static func detect(_ head: some Collection<UInt8>) -> Compression {
        let head = Array(head.prefix(10))
        if head.starts(with: [0x1F, 0x8B, 0x08]) { return .gzip }
        if head.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) { return .zstd }
        if head.count >= 4, head[0] & 0xF0 == 0x50, head[1...3] == [0x2A, 0x4D, 0x18] { return .zstd }
        if head.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]) { return .xz }
        if head.count >= 10, head.starts(with: [UInt8(ascii: "B"), UInt8(ascii: "Z"), UInt8(ascii: "h")]),
            (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(head[3]),
            head[4...9] == [0x31, 0x41, 0x59, 0x26, 0x53, 0x59] || head[4...9] == [0x17, 0x72, 0x45, 0x38, 0x50, 0x90]
        {
            return .bzip2
        }
        return .none
    }
}

/// Decompresses another source: gzip with several members, zstd with skippable frames, xz, bzip2, or as it is.
///
/// Exactly one layer of compression is taken off. A stream that ends too early is an error, never an end.
package final class Decompressor: ByteSource {
    /// What is read.
    package let name: String
    /// What the first bytes announced.
    package let compression: Compression
    private let source: PeekingByteSource
    private let input: LibarchiveInput?
    private let gzip: GzipByteSource?
    private let limits: ReadingLimits
    private var produced = 0
    private var block = UnsafeRawBufferPointer(start: nil, count: 0)
    private var isAtEnd = false

    /// Looks at the first bytes of a source and decompresses what they announce.
    ///
    /// - Parameter refusesPadding: whether zeros between the streams of an xz file are refused, at which Python stops.
    package convenience init(
        _ source: any ByteSource, limits: ReadingLimits = ReadingLimits(), refusesPadding: Bool = false
    ) throws(ArchiveReadingError) {
        let peeking = try PeekingByteSource(source)
        let compression = Compression.detect(peeking.head)
        try self.init(
            compression == .xz && refusesPadding ? PeekingByteSource(XZPaddingGuard(peeking)) : peeking,
            as: compression, limits: limits)
    }

    private init(
        _ source: PeekingByteSource, as compression: Compression, limits: ReadingLimits
    ) throws(ArchiveReadingError) {
        name = source.name
        self.source = source
        self.compression = compression
        self.limits = limits
        gzip = compression == .gzip ? GzipByteSource(source) : nil
        guard let filter = compression.libarchiveFilter else {
            input = nil
            return
        }
        // libarchive's raw format has no entry for no data, and takes its absence for a stream that ends too early.
        if compression == .zstd, source.isWholeInHead, ZstdOfNothing.matches(source.head) {
            input = nil
            isAtEnd = true
            try source.drain()
            return
        }
        let input = try LibarchiveInput(source)
        try input.check(input.library.read_support_format_raw(input.handle))
        try input.check(input.library.read_append_filter(input.handle, filter))
        let hasData: Bool
        do throws(ArchiveReadingError) {
            try input.open()
            var entry: OpaquePointer?
            // The raw format has one entry; none when there is not one byte of data.
            hasData = try input.check(input.library.read_next_header(input.handle, &entry))
        } catch { throw Self.named(error, compression) }
        self.input = input
        isAtEnd = !hasData
        if isAtEnd { try input.drainSource() }
    }

    /// The error for a stream of which not one byte can be decompressed. libarchive's raw format takes whatever there is,
    /// so that it finds no format where the filter failed, and the filter's own words are lost
    /// (https://github.com/libarchive/libarchive/blob/master/libarchive/archive_read.c, choose_format).
    private static func named(_ error: ArchiveReadingError, _ compression: Compression) -> ArchiveReadingError {
        guard error.reason == .damaged("Unrecognized archive format") else { return error }
        return ArchiveReadingError(
            archive: error.archive, offset: error.offset,
            reason: .damaged("the \(compression.rawValue) data cannot be decompressed from its first block on"))
    }

    /// Reads the next decompressed bytes.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int {
        try limits.checkCancellation(name)
        if let gzip {
            let count = try gzip.read(into: buffer)
            produced += count
            try checkRatio(consumed: gzip.consumed)
            return count
        }
        if isAtEnd, block.isEmpty { return 0 }
        guard let input else { return try source.read(into: buffer) }
        while block.isEmpty {
            if isAtEnd { return 0 }
            guard let next = try input.nextBlock() else {
                isAtEnd = true
                try input.drainSource()
                return 0
            }
            block = next
            produced += next.count
            try checkRatio(consumed: input.bytesRead)
        }
        return block.moveFirst(into: buffer)
    }

    /// Skips where nothing is compressed.
    package func skip(_ count: Int) throws(ArchiveReadingError) -> Int {
        compression == .none ? try source.skip(count) : 0
    }

    private func checkRatio(consumed: Int) throws(ArchiveReadingError) {
        guard produced > limits.ratioFreeBytes else { return }
        let (allowed, overflow) = max(consumed, 1).multipliedReportingOverflow(by: limits.compressionRatio)
        if !overflow, produced > allowed {
            throw ArchiveReadingError(
                archive: name, offset: consumed,
                reason: .limit("it decompresses to more than \(limits.compressionRatio) times its size"))
        }
        if produced > limits.totalBytes {
            throw ArchiveReadingError(
                archive: name, offset: consumed,
                reason: .limit("it decompresses to more than \(limits.totalBytes) bytes"))
        }
    }
}

extension Compression {
    fileprivate var libarchiveFilter: Int32? {
        switch self {
        case .none, .gzip: nil
        case .zstd: ARCHIVE_FILTER_ZSTD
        case .xz: ARCHIVE_FILTER_XZ
        case .bzip2: ARCHIVE_FILTER_BZIP2
        }
    }
}

/// A source whose first bytes can be looked at before they are read.
package final class PeekingByteSource: ByteSource {
    private let source: any ByteSource
    /// The first bytes; fewer than asked for when the source has no more.
    package let head: [UInt8]
    /// Whether the source has no more than the first bytes.
    let isWholeInHead: Bool
    private var used = 0

    /// Reads the first bytes of a source.
    package init(_ source: any ByteSource, count: Int = 512) throws(ArchiveReadingError) {
        self.source = source
        var head: [UInt8] = []
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: max(count, 1), alignment: 16)
        defer { buffer.deallocate() }
        while head.count < count {
            let read = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<(count - head.count)]))
            if read == 0 { break }
            head.append(contentsOf: buffer[..<read])
        }
        self.head = head
        isWholeInHead = head.count < count
    }

    /// What is read.
    package var name: String { source.name }

    /// Reads the first bytes again, and then the others.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int {
        guard used < head.count else { return try source.read(into: buffer) }
        let count = min(buffer.count, head.count - used)
        head.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[used..<used + count])) }
        used += count
        return count
    }

    /// Skips in the source, and in the first bytes.
    package func skip(_ count: Int) throws(ArchiveReadingError) -> Int {
        guard used < head.count else { return try source.skip(count) }
        let skipped = min(max(count, 0), head.count - used)
        used += skipped
        return skipped
    }
}
