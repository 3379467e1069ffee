internal import CArchive

/// The data of one member whose place and sizes the directory gave.
///
/// libarchive gets a zip stream of one member: a local header with the directory's sizes and checksum, and the member's
/// bytes. It inflates them and refuses when they are not exactly these bytes (compressed and uncompressed size, CRC-32).
final class ZipMemberData {
    private let input: LibarchiveInput
    private var block = UnsafeRawBufferPointer(start: nil, count: 0)
    private var isAtEnd = false
    private let name: String
    /// The bytes that the member states and that have not come yet.
    private var left: Int

    init(_ member: ZipMember, compressed: any ByteSource) throws(ArchiveReadingError) {
        name = compressed.name
        left = member.size ?? 0
        input = try LibarchiveInput(JoinedByteSource(head: Self.header(member), tail: compressed))
        try input.check(input.library.read_support_format_zip_streamable(input.handle))
        try input.open()
        var entry: OpaquePointer?
        guard try input.check(input.library.read_next_header(input.handle, &entry)) else {
            throw ArchiveReadingError(archive: compressed.name, reason: .truncated)
        }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int {
        while block.isEmpty {
            if isAtEnd { return 0 }
            guard let next = try input.nextBlock() else {
                isAtEnd = true
                return 0
            }
            // libarchive would inflate all of it before it looks at the size.
            guard next.count <= left else {
                throw ArchiveReadingError(
                    archive: name, reason: .damaged("it inflates to more bytes than the archive states"))
            }
            left -= next.count
            block = next
        }
        return block.moveFirst(into: buffer)
    }

    private static func header(_ member: ZipMember) -> [UInt8] {
        var bytes: [UInt8] = []
        func append(_ value: UInt64, _ count: Int) {
            for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
        }
        append(UInt64(ZipSignature.localHeader), 4)
        append(45, 2)
        append(0, 2)
        append(UInt64(member.method), 2)
        append(0, 4)
        append(UInt64(member.checksum), 4)
        append(0xFFFF_FFFF, 4)
        append(0xFFFF_FFFF, 4)
        append(1, 2)
        append(20, 2)
        bytes.append(UInt8(ascii: "x"))
        append(1, 2)
        append(16, 2)
        append(UInt64(member.size ?? 0), 8)
        append(UInt64(member.compressedSize ?? 0), 8)
        return bytes
    }
}

/// Bytes at hand, and then another source.
final class JoinedByteSource: ByteSource {
    private var head: ArraySlice<UInt8>
    private let tail: any ByteSource

    init(head: [UInt8], tail: any ByteSource) {
        self.head = head[...]
        self.tail = tail
    }

    var name: String { tail.name }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int {
        guard !head.isEmpty else { return try tail.read(into: buffer) }
        let piece = head.prefix(buffer.count)
        buffer.copyBytes(from: piece)
        head = head.dropFirst(piece.count)
        return piece.count
    }
}

/// Hands on a source and remembers its last bytes, so that a header that libarchive has read can be read again.
final class RememberingByteSource: ByteSource {
    private let source: any ByteSource
    private var kept: [UInt8] = []
    /// The bytes that passed.
    private(set) var count = 0
    /// A header has at most 30 + 2 * 65535 bytes, and libarchive reads at most two of its buffers ahead.
    private static let memory = 512 << 10

    init(_ source: any ByteSource) { self.source = source }

    var name: String { source.name }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int {
        let read = try source.read(into: buffer)
        if kept.count + read > 2 * Self.memory { kept.removeFirst(kept.count - Self.memory) }
        kept.append(contentsOf: buffer[..<read])
        count += read
        return read
    }

    /// Bytes at an offset; fewer than asked for where the source has not given more; empty when they are forgotten.
    func bytes(at offset: Int, count wanted: Int) -> ArraySlice<UInt8> {
        let start = offset - (count - kept.count)
        guard start >= 0, start <= kept.count, wanted >= 0 else { return [] }
        return kept[start..<min(kept.count, start + min(wanted, kept.count))]
    }
}
