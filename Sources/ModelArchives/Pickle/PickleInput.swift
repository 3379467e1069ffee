import ArchiveReading

/// The bytes of a file that holds pickles: read piece by piece, with the offset and, where it is known, the size.
package final class PickleInput {
    /// The file, for error texts.
    package let name: String
    /// The offset of the next byte.
    package var offset: Int { base + start }
    private let source: any ByteSource
    private let size: Int?
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 64)
    private var start = 0
    private var end = 0
    private var base = 0
    private var sourceIsAtEnd = false

    /// Reads a source from its first byte; its size in bytes, where it is known, lets a lying length fail at once.
    package init(_ source: any ByteSource, size: Int? = nil) {
        self.source = source
        self.size = size
        name = source.name
    }

    deinit { buffer.deallocate() }

    /// Returns whether no byte is left.
    package func isAtEnd() throws(ArchiveReadingError) -> Bool {
        if start < end { return false }
        return try !fill()
    }

    private func fill() throws(ArchiveReadingError) -> Bool {
        if sourceIsAtEnd { return false }
        base += end
        start = 0
        end = try source.read(into: buffer)
        if end == 0 { sourceIsAtEnd = true }
        return end > 0
    }

    /// The next byte.
    package func byte() throws(ArchiveReadingError) -> UInt8 {
        if start == end, try !fill() { throw truncated() }
        let byte = buffer[start]
        start += 1
        return byte
    }

    /// The next byte without going over it; nil at the end.
    package func peek() throws(ArchiveReadingError) -> UInt8? {
        if start == end, try !fill() { return nil }
        return buffer[start]
    }

    /// How many bytes are left, where the size is known.
    var left: Int? { size.map { $0 - offset } }

    /// The next bytes without going over them, at most as many as the buffer holds; fewer only at the end.
    func lookahead(_ count: Int) throws(ArchiveReadingError) -> [UInt8] {
        if end - start < count, !sourceIsAtEnd {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[start..<end]))
            (base, start, end) = (base + start, 0, end - start)
            while end < min(count, buffer.count), !sourceIsAtEnd {
                let piece = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[end...]))
                if piece == 0 { sourceIsAtEnd = true }
                end += piece
            }
        }
        return Array(buffer[start..<min(end, start + count)])
    }

    /// Looks at the next bytes without going over them, at most as many as the buffer holds; fewer only at the end.
    func withNext<Result>(
        _ count: Int, _ look: (UnsafeRawBufferPointer) -> Result
    ) throws(ArchiveReadingError) -> Result {
        if end - start < count { _ = try lookahead(count) }
        return look(UnsafeRawBufferPointer(rebasing: buffer[start..<min(end, start + count)]))
    }

    /// A little-endian number of up to eight bytes; one that does not fit into `Int` is damage.
    package func number(_ count: Int) throws(ArchiveReadingError) -> Int {
        var value: UInt64 = 0
        for index in 0..<count { value |= UInt64(try byte()) << UInt64(8 * index) }
        guard let number = Int(exactly: value) else { throw damaged("a length is impossible") }
        return number
    }

    /// A few bytes; the caller bounds the count.
    package func bytes(_ count: Int) throws(ArchiveReadingError) -> [UInt8] {
        try check(count)
        var output: [UInt8] = []
        output.reserveCapacity(min(count, 4096))
        try forEachPiece(count) { output.append(contentsOf: $0) }
        return output
    }

    /// Skips bytes.
    package func skip(_ count: Int) throws(ArchiveReadingError) {
        try check(count)
        try forEachPiece(count) { _ in }
    }

    /// A long value, of which only the first and the last bytes are kept; its first bytes may have been read.
    func blob(
        _ count: Int, head: Int, tail: Int, start: [UInt8] = []
    ) throws(ArchiveReadingError) -> PickleBlob {
        try check(count - start.count)
        if count <= head {
            return PickleBlob(count: count, head: start + (try bytes(count - start.count)), tail: [])
        }
        let first = start + (try bytes(max(head - start.count, 0)))
        let last = min(tail, count - first.count)
        try skip(count - first.count - last)
        return PickleBlob(count: count, head: first, tail: try bytes(last))
    }

    /// Reads a string: its first bytes, and whether all of it is UTF-8; `each` sees all of it.
    func text(
        _ count: Int, head: Int, each: (UnsafeRawBufferPointer) -> Void
    ) throws(ArchiveReadingError) -> (bytes: [UInt8], check: UTF8Check) {
        try check(count)
        var output: [UInt8] = []
        var check = UTF8Check()
        try forEachPiece(count) { piece in
            check.update(piece)
            each(UnsafeRawBufferPointer(rebasing: piece))
            if output.count < head { output.append(contentsOf: piece.prefix(head - output.count)) }
        }
        return (output, check)
    }

    /// The bytes up to the next line feed, which is gone over.
    package func line(limit: Int) throws(ArchiveReadingError) -> [UInt8] {
        var output: [UInt8] = []
        while true {
            let byte = try byte()
            if byte == UInt8(ascii: "\n") { return output }
            guard output.count < limit else { throw damaged("a line has more than \(limit) bytes") }
            output.append(byte)
        }
    }

    /// Throws when fewer bytes are left, as far as the size is known.
    func check(_ count: Int) throws(ArchiveReadingError) {
        guard count >= 0 else { throw damaged("a length is negative") }
        if let size, count > size - offset { throw truncated(size) }
    }

    private func forEachPiece(_ count: Int, _ body: (Slice<UnsafeMutableRawBufferPointer>) -> Void)
        throws(ArchiveReadingError)
    {
        var left = count
        while left > 0 {
            if start == end, try !fill() { throw truncated() }
            let piece = min(left, end - start)
            body(buffer[start..<start + piece])
            start += piece
            left -= piece
        }
    }

    func truncated(_ at: Int? = nil) -> ArchiveReadingError {
        ArchiveReadingError(archive: name, offset: at ?? offset, reason: .truncated)
    }

    func damaged(_ what: String, at: Int? = nil) -> ArchiveReadingError {
        ArchiveReadingError(archive: name, offset: at ?? offset, reason: .damaged(what))
    }

    func limit(_ what: String) -> ArchiveReadingError {
        ArchiveReadingError(archive: name, offset: offset, reason: .limit(what))
    }
}

/// A bytes value: its length, its first bytes, and, where there are more, its last.
package struct PickleBlob: Sendable, Hashable {
    /// The length in bytes.
    package let count: Int
    /// The first bytes: all of them when ``tail`` is empty.
    package let head: [UInt8]
    /// The last bytes of a long value.
    package let tail: [UInt8]

    var isWhole: Bool { head.count == count }
}
