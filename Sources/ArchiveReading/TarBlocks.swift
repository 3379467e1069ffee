/// The bytes of an archive as blocks of headers and stretches of data, from a source that is read once.
final class TarBlocks {
    private let source: any ByteSource
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 128 << 10, alignment: 64)
    private let header = UnsafeMutableRawBufferPointer.allocate(byteCount: TarHeader.size, alignment: 16)
    /// What is left of the source's last piece.
    private var piece = UnsafeRawBufferPointer(start: nil, count: 0)
    private var isAtEnd = false
    /// The bytes that were taken from the source.
    private(set) var offset = 0

    init(_ source: any ByteSource) { self.source = source }

    deinit {
        buffer.deallocate()
        header.deallocate()
    }

    /// The next block of a header, which holds until the next call; nil at the end of the source.
    func block() throws(ArchiveReadingError) -> UnsafeRawBufferPointer? {
        if piece.count >= TarHeader.size { return take(TarHeader.size) }
        var count = 0
        while count < TarHeader.size {
            try fill()
            if piece.isEmpty { break }
            let part = take(min(TarHeader.size - count, piece.count))
            UnsafeMutableRawBufferPointer(rebasing: header[count...]).copyMemory(from: part)
            count += part.count
        }
        if count == 0 { return nil }
        guard count == TarHeader.size else {
            throw ArchiveReadingError(archive: source.name, offset: offset, reason: .truncated)
        }
        return UnsafeRawBufferPointer(header)
    }

    /// At most so many of the next bytes, where they lie; they hold until the next call.
    func data(atMost count: Int) throws(ArchiveReadingError) -> UnsafeRawBufferPointer {
        try fill()
        guard !piece.isEmpty else {
            throw ArchiveReadingError(archive: source.name, offset: offset, reason: .truncated)
        }
        return take(min(count, piece.count))
    }

    /// Exactly so many bytes.
    func bytes(_ count: Int) throws(ArchiveReadingError) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(count)
        while output.count < count { output.append(contentsOf: try data(atMost: count - output.count)) }
        return output
    }

    /// Goes over data, without reading it where the source can.
    ///
    /// - Parameter mayBeShort: whether the source may end before.
    func skip(_ count: Int, mayBeShort: Bool = false) throws(ArchiveReadingError) {
        var left = count
        while left > 0 {
            if piece.isEmpty, !isAtEnd {
                let skipped = try source.skip(left)
                offset += skipped
                left -= skipped
                if left == 0 { return }
            }
            try fill()
            if piece.isEmpty {
                if mayBeShort { return }
                throw ArchiveReadingError(archive: source.name, offset: offset, reason: .truncated)
            }
            left -= take(min(left, piece.count)).count
        }
    }

    /// Reads the source to its end, so that what is verified there is verified.
    func drain() throws(ArchiveReadingError) {
        piece = UnsafeRawBufferPointer(start: nil, count: 0)
        if isAtEnd { return }
        while try source.skip(Int.max) > 0 {}
        try source.drain()
        isAtEnd = true
    }

    private func take(_ count: Int) -> UnsafeRawBufferPointer {
        defer {
            piece = UnsafeRawBufferPointer(rebasing: piece[count...])
            offset += count
        }
        return UnsafeRawBufferPointer(rebasing: piece[..<count])
    }

    private func fill() throws(ArchiveReadingError) {
        guard piece.isEmpty, !isAtEnd else { return }
        piece = try source.nextPiece(buffer)
        if piece.isEmpty { isAtEnd = true }
    }
}
