internal import CArchive

/// libarchive, loaded when the first stream needs it.
enum Libarchive {
    /// The functions of the library; nil where it is not installed.
    private static let loaded: pinproof_archive? = {
        var library = pinproof_archive()
        return pinproof_archive_load(&library) != 0 ? library : nil
    }()

    /// Returns the functions of the library.
    ///
    /// - Parameter name: the archive that needs it, for the error.
    static func functions(for name: String) throws(ArchiveReadingError) -> pinproof_archive {
        guard let loaded else {
            throw ArchiveReadingError(
                archive: name, reason: .unreadable("libarchive.so.13 cannot be loaded (Debian: libarchive13)"))
        }
        return loaded
    }
}

/// One libarchive reader with the byte source that feeds it.
///
/// libarchive calls back for bytes; an error of the source is kept here and thrown when the call returns, so that it is
/// never taken for the end. What libarchive says in return codes below OK is always an error: it goes on behind a damaged
/// header with `ARCHIVE_RETRY`, which would hide entries.
final class LibarchiveInput {
    let library: pinproof_archive
    let handle: OpaquePointer
    let source: any ByteSource
    /// The bytes that the source gave.
    private(set) var bytesRead = 0
    /// Whether the source said that it is at its end.
    private(set) var isAtEnd = false
    private(set) var error: ArchiveReadingError?
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 128 << 10, alignment: 64)

    init(_ source: any ByteSource) throws(ArchiveReadingError) {
        let library: pinproof_archive
        do throws(ArchiveReadingError) {
            library = try Libarchive.functions(for: source.name)
        } catch {
            buffer.deallocate()
            throw error
        }
        guard let handle = library.read_new() else {
            buffer.deallocate()
            throw ArchiveReadingError(archive: source.name, reason: .unreadable("out of memory"))
        }
        self.library = library
        self.handle = handle
        self.source = source
    }

    deinit {
        _ = library.read_free(handle)
        buffer.deallocate()
    }

    /// Starts reading; formats and filters have been chosen before.
    func open() throws(ArchiveReadingError) {
        // Unretained: the handle does not outlive this object, which owns it.
        let client = Unmanaged.passUnretained(self).toOpaque()
        let status = library.read_open2(
            handle, client, nil,
            { _, client, piece in
                guard let client else { return -1 }
                return Unmanaged<LibarchiveInput>.fromOpaque(client).takeUnretainedValue().read(piece)
            },
            { _, client, count in
                guard let client else { return 0 }
                return Unmanaged<LibarchiveInput>.fromOpaque(client).takeUnretainedValue().skip(count)
            }, nil)
        try check(status)
    }

    /// Throws for every return code that is not OK; gives false for the end.
    @discardableResult
    func check(_ status: Int32) throws(ArchiveReadingError) -> Bool {
        if let error { throw error }
        if status == ARCHIVE_OK { return true }
        if status == ARCHIVE_EOF { return false }
        throw failure()
    }

    /// Returns the next block of the current entry's data; nil at its end.
    func nextBlock() throws(ArchiveReadingError) -> UnsafeRawBufferPointer? {
        var start: UnsafeRawPointer?
        var count = 0
        var offset: Int64 = 0
        guard try check(library.read_data_block(handle, &start, &count, &offset)) else { return nil }
        return UnsafeRawBufferPointer(start: start, count: count)
    }

    /// The error for what libarchive says. It has one number for all damage of a file, and its words are not to be told apart:
    /// a stream is truncated where libarchive wanted more bytes than there are.
    private func failure() -> ArchiveReadingError {
        let text = library.error_string(handle).map { String(cString: $0) } ?? "libarchive gives no reason"
        return ArchiveReadingError(
            archive: source.name, offset: bytesRead, reason: isAtEnd ? .truncated : .damaged(text))
    }

    /// Reads the source to its end.
    func drainSource() throws(ArchiveReadingError) {
        if isAtEnd { return }
        var skipped = try source.skip(Int.max)
        while skipped > 0 { skipped = try source.skip(Int.max) }
        try source.drain()
        isAtEnd = true
    }

    private func read(_ piece: UnsafeMutablePointer<UnsafeRawPointer?>?) -> Int {
        guard error == nil, let piece, !isAtEnd else { return error == nil ? 0 : -1 }
        do throws(ArchiveReadingError) {
            let found = try source.nextPiece(buffer)
            bytesRead += found.count
            if found.isEmpty { isAtEnd = true }
            piece.pointee = found.baseAddress
            return found.count
        } catch {
            self.error = error
            return -1
        }
    }

    private func skip(_ count: Int64) -> Int64 {
        guard error == nil, count > 0 else { return 0 }
        do throws(ArchiveReadingError) {
            let skipped = try source.skip(Int(count))
            bytesRead += skipped
            return Int64(skipped)
        } catch {
            self.error = error
            return -1
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Copies as many of the first bytes as fit into a buffer, removes them, and returns their count.
    mutating func moveFirst(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = Swift.min(buffer.count, self.count)
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: self[..<count]))
        self = UnsafeRawBufferPointer(rebasing: self[count...])
        return count
    }
}
