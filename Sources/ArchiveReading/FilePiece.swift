/// A stretch of a file that is written anew: bytes of the old one, or other ones. A file is a list of pieces whose old bytes
/// are in ascending order, so that it can be written in one pass.
package enum FilePiece: Sendable, Hashable {
    /// Bytes of the old file by their offsets; of a compressed one, of what it decompresses to.
    case old(Range<Int>)
    /// New bytes.
    case new([UInt8])
}

extension [FilePiece] {
    /// Hands the bytes of all pieces to a closure, part by part.
    ///
    /// - Throws: when the source ends before the last piece, or cannot be read.
    package func write(
        from source: any ByteSource, _ sink: (UnsafeRawBufferPointer) throws(ArchiveReadingError) -> Void
    ) throws(ArchiveReadingError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
        defer { buffer.deallocate() }
        var offset = 0
        for piece in self {
            switch piece {
            case .new(let bytes):
                var failure: ArchiveReadingError?
                bytes.withUnsafeBytes { bytes in
                    do throws(ArchiveReadingError) { try sink(bytes) } catch { failure = error }
                }
                if let failure { throw failure }
            case .old(let range):
                guard range.lowerBound >= offset else {
                    throw ArchiveReadingError(
                        archive: source.name, offset: range.lowerBound, reason: .damaged("its parts overlap"))
                }
                while offset < range.upperBound {
                    let isWanted = offset >= range.lowerBound
                    let end = isWanted ? range.upperBound : range.lowerBound
                    if !isWanted {
                        let skipped = try source.skip(end - offset)
                        offset += skipped
                        if skipped > 0 { continue }
                    }
                    let count = try source.read(
                        into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<Swift.min(buffer.count, end - offset)]))
                    guard count > 0 else {
                        throw ArchiveReadingError(archive: source.name, offset: offset, reason: .truncated)
                    }
                    if isWanted { try sink(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
                    offset += count
                }
            }
        }
    }
}
