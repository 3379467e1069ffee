import ContentHashing
import EnvironmentInventory

/// Bytes that are read once, from front to end.
package protocol ByteSource: AnyObject {
    /// What is read, for error texts.
    var name: String { get }
    /// Reads the next bytes into a buffer that is not empty and gives their count; 0 is the end, whole and verified.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int
    /// The next bytes where they lie, or read into a buffer; none is the end. They hold until the source is asked again.
    func nextPiece(_ buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> UnsafeRawBufferPointer
    /// Goes over at most so many bytes where that costs less than reading them, and gives their count; 0 says nothing
    /// about the end.
    func skip(_ count: Int) throws(ArchiveReadingError) -> Int
}

extension ByteSource {
    /// The bytes are read into the buffer.
    package func nextPiece(
        _ buffer: UnsafeMutableRawBufferPointer
    ) throws(ArchiveReadingError) -> UnsafeRawBufferPointer {
        let count = try read(into: buffer)
        return UnsafeRawBufferPointer(rebasing: buffer[..<count])
    }

    /// Nothing is skipped: the bytes are read.
    package func skip(_ count: Int) throws(ArchiveReadingError) -> Int { 0 }

    /// Reads all bytes that are left; more than `limit` are an error.
    ///
    /// - Parameter expected: how many they may be, so that the array is not made again as it grows.
    package func readAll(limit: Int, expected: Int = 0) throws(ArchiveReadingError) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(min(max(expected, 0), limit))
        try forEachPiece { (piece) throws(ArchiveReadingError) in
            guard piece.count <= limit - output.count else {
                throw ArchiveReadingError(
                    archive: name, reason: .limit("it has more than \(limit) bytes"))
            }
            output.append(contentsOf: piece)
        }
        return output
    }

    /// Hands all bytes that are left to a closure, piece by piece.
    package func forEachPiece(
        _ body: (UnsafeRawBufferPointer) throws(ArchiveReadingError) -> Void
    ) throws(ArchiveReadingError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
        defer { buffer.deallocate() }
        while true {
            let count = try read(into: buffer)
            if count == 0 { return }
            try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    /// Reads to the end and keeps nothing, so that what stands at the end is verified.
    package func drain() throws(ArchiveReadingError) {
        try forEachPiece { (_) throws(ArchiveReadingError) in }
    }
}

/// The bytes of a file or of a stretch of it.
package final class FileByteSource: ByteSource {
    /// What is read.
    package let name: String
    let file: RegularFile
    let start: Int
    private var offset: Int
    let end: Int

    /// Reads a whole file.
    package convenience init(_ file: RegularFile) {
        self.init(file, offset: 0, count: file.size, name: file.path)
    }

    /// Reads `count` bytes from an offset; a file that ends before is truncated.
    package init(_ file: RegularFile, offset: Int, count: Int, name: String) {
        self.file = file
        self.name = name
        start = max(offset, 0)
        self.offset = start
        let (end, overflow) = start.addingReportingOverflow(max(count, 0))
        self.end = overflow ? Int.max : end
    }

    /// Reads the next bytes.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int {
        let wanted = min(buffer.count, end - offset)
        guard wanted > 0 else {
            try file.verifyUnchanged()
            return 0
        }
        let count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]), at: offset)
        guard count > 0 else {
            try file.verifyUnchanged()
            throw ArchiveReadingError(archive: name, offset: offset, reason: .truncated)
        }
        offset += count
        return count
    }

    /// Goes forward, never behind the end.
    package func skip(_ count: Int) throws(ArchiveReadingError) -> Int {
        let skipped = min(max(count, 0), max(min(end, file.size) - offset, 0))
        offset += skipped
        return skipped
    }
}

/// Bytes in memory.
package final class MemoryByteSource: ByteSource {
    /// What is read.
    package let name: String
    private let bytes: [UInt8]
    private var offset: Int

    /// Reads bytes at hand, from an offset on.
    package init(_ bytes: [UInt8], from offset: Int = 0, name: String) {
        self.bytes = bytes
        self.offset = min(max(offset, 0), bytes.count)
        self.name = name
    }

    /// Reads the next bytes.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int {
        let count = min(buffer.count, bytes.count - offset)
        guard count > 0 else { return 0 }
        bytes.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + count])) }
        offset += count
        return count
    }
}

/// The data of the entry at which a reader stands: how an archive inside of an archive is read.
package final class EntryByteSource: ByteSource {
    /// What is read: the outer archive and the entry's path, joined by `!`.
    package let name: String
    private let reader: any ArchiveEntryReader

    /// Reads the data of the entry that ``ArchiveEntryReader/next()`` gave last.
    package init(_ reader: any ArchiveEntryReader, name: String) {
        self.reader = reader
        self.name = name
    }

    /// Reads the next bytes.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int {
        try reader.read(into: buffer)
    }
}

/// Hashes and counts what passes from another source.
package final class HashingByteSource: ByteSource {
    private let source: any ByteSource
    private var hash: ContentHash?
    /// The bytes that passed.
    package private(set) var count = 0

    /// Makes a source that hashes, or only counts, what it hands on.
    package init(_ source: any ByteSource, computesDigest: Bool = true) throws(ArchiveReadingError) {
        self.source = source
        guard computesDigest else { return }
        do throws(HashingError) { hash = try ContentHash(.sha256) } catch {
            throw ArchiveReadingError(archive: source.name, reason: .unreadable(error.description))
        }
    }

    /// What is read.
    package var name: String { source.name }

    /// Reads the next bytes.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int {
        let read = try source.read(into: buffer)
        do throws(HashingError) {
            try hash?.update(UnsafeRawBufferPointer(rebasing: buffer[..<read]))
        } catch { throw ArchiveReadingError(archive: name, reason: .unreadable(error.description)) }
        count += read
        return read
    }

    /// The sha256 of the bytes that passed; nil when it was asked for already, or never computed.
    package func finish() throws(ArchiveReadingError) -> SHA256Value? {
        guard var hash = hash.take() else { return nil }
        do throws(HashingError) { return try hash.takeSHA256() } catch {
            throw ArchiveReadingError(archive: name, reason: .unreadable(error.description))
        }
    }
}

/// Hands on another source's bytes and holds them against a digest and a size; a difference is an error in place of the
/// end, so that nobody who reads to the end can miss it.
package final class VerifyingByteSource: ByteSource {
    private let source: any ByteSource
    private var expectedDigest: Digest?
    private let expectedSize: Int?
    private var hash: ContentHash?
    private let pair: PairedSHA256?
    private var count = 0
    /// The digest that was found; nil before the end.
    package private(set) var found: Digest?

    /// Makes a source that verifies what it hands on; what is nil is not looked at. Without a digest to expect, one is
    /// computed only when `computesDigest` says so.
    ///
    /// - Parameter pair: what computes a sha256 together with those of the files in the bytes, for whoever reads on the same
    ///   thread.
    package init(
        _ source: any ByteSource, digest: Digest?, size: Int?, computesDigest: Bool = true, pair: PairedSHA256? = nil
    ) throws(ArchiveReadingError) {
        self.source = source
        expectedDigest = digest
        expectedSize = size
        self.pair = pair
        if pair != nil || digest == nil && !computesDigest { return }
        do throws(HashingError) { hash = try ContentHash(digest?.algorithm ?? .sha256) } catch {
            throw ArchiveReadingError(archive: source.name, reason: .unreadable(error.description))
        }
    }

    /// Verifies the size alone from now on, for another source holds the same bytes against the digest.
    package func leaveDigest() {
        expectedDigest = nil
        hash = nil
    }

    /// What is read.
    package var name: String { source.name }

    /// Reads the next bytes.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int {
        pair?.catchUp()
        let read = try source.read(into: buffer)
        try verify(UnsafeRawBufferPointer(rebasing: buffer[..<read]))
        // Whose the buffer is, and how long it holds, is not known here.
        pair?.catchUp()
        return read
    }

    /// The next bytes where they lie.
    package func nextPiece(
        _ buffer: UnsafeMutableRawBufferPointer
    ) throws(ArchiveReadingError) -> UnsafeRawBufferPointer {
        pair?.catchUp()
        let piece = try source.nextPiece(buffer)
        try verify(piece)
        return piece
    }

    /// Looks at the next bytes, none at the end.
    private func verify(_ piece: UnsafeRawBufferPointer) throws(ArchiveReadingError) {
        let read = piece.count
        do throws(HashingError) {
            if let pair {
                if read > 0 { pair.handOn(piece) } else if found == nil { found = try pair.finishStream() }
            } else if read == 0 {
                if let digest = try hash.take()?.finish() { found = digest }
            } else {
                try hash?.update(piece)
            }
        } catch { throw ArchiveReadingError(archive: name, reason: .unreadable(error.description)) }
        count += read
        if let expectedSize, read == 0 ? count != expectedSize : count > expectedSize {
            throw ArchiveReadingError(
                archive: name, offset: min(count, expectedSize),
                reason: .sizeMismatch(expected: expectedSize, found: count))
        }
        if read == 0, let expectedDigest, found != expectedDigest {
            guard let found else { throw ArchiveReadingError(archive: name, reason: .damaged("it was read twice")) }
            throw ArchiveReadingError(archive: name, reason: .digestMismatch(expected: expectedDigest, found: found))
        }
    }
}
