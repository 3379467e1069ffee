import ParallelWork
import SourceDocuments
internal import CArchive
internal import Glibc

/// Reads a tar archive: ustar, PAX, GNU long names, sparse files; plain or compressed.
///
/// libarchive reads the format (https://www.gnu.org/software/tar/manual/html_node/Standard.html, POSIX pax); this class
/// adds the limits, refuses paths that climb out, and takes no error for the end. Extended attributes and access control
/// lists are read over.
package final class TarReader: ArchiveEntryReader {
    /// The archive, for error texts.
    package let name: String
    /// How the archive is compressed.
    package let compression: Compression
    /// Where the blocks of zeros behind the last entry start, once ``next()`` gave nil.
    package private(set) var endOffset = 0
    private let input: LibarchiveInput
    private let limits: ReadingLimits
    private let requiresEndMarker: Bool
    private let locale: UTF8Locale
    private var entries = 0
    private var totalBytes = 0
    private var holeBytes = 0
    private var isAtEnd = false

    /// The current entry's size, how far it was read, and what is left of libarchive's current block.
    private var size = 0
    private var position = 0
    private var block = UnsafeRawBufferPointer(start: nil, count: 0)
    private var blockOffset = 0
    private var dataIsAtEnd = true

    /// Starts reading a tar archive, taking off one compression when there is one.
    ///
    /// - Parameter requiresEndMarker: whether an archive that ends without its block of zeros counts as truncated. Only where
    ///   a digest of the whole stream is checked may this be false.
    package convenience init(
        _ source: any ByteSource, limits: ReadingLimits = ReadingLimits(), requiresEndMarker: Bool = true
    ) throws(ArchiveReadingError) {
        let decompressor = try Decompressor(source, limits: limits)
        try self.init(
            uncompressed: decompressor, compression: decompressor.compression, limits: limits,
            requiresEndMarker: requiresEndMarker)
    }

    /// Starts reading a tar archive whose compression, if it had one, is taken off already.
    package init(
        uncompressed source: any ByteSource, compression: Compression = .none, limits: ReadingLimits = ReadingLimits(),
        requiresEndMarker: Bool = true
    ) throws(ArchiveReadingError) {
        name = source.name
        self.limits = limits
        self.requiresEndMarker = requiresEndMarker
        self.compression = compression
        locale = UTF8Locale()
        input = try LibarchiveInput(source)
        try input.check(archive_read_support_format_tar(input.handle))
        try locale.during { () throws(ArchiveReadingError) in try input.open() }
    }

    /// Goes to the next entry.
    package func next() throws(ArchiveReadingError) -> ArchiveEntry? {
        if isAtEnd { return nil }
        try limits.checkCancellation(name)
        block = UnsafeRawBufferPointer(start: nil, count: 0)
        dataIsAtEnd = true
        return try locale.during { () throws(ArchiveReadingError) in try readHeader() }
    }

    private func readHeader() throws(ArchiveReadingError) -> ArchiveEntry? {
        var found: OpaquePointer?
        var status = archive_read_next_header(input.handle, &found)
        // A PAX name that is not UTF-8, as GNU tar and Go write it, comes through as it is; no other warning is let pass.
        if status == ARCHIVE_WARN, let text = archive_error_string(input.handle),
            String(cString: text).contains("can't be converted from")
        {
            status = ARCHIVE_OK
        }
        let offset = Int(archive_read_header_position(input.handle))
        if status != ARCHIVE_OK, status != ARCHIVE_EOF, input.error == nil, entries == 0, offset == 0 {
            throw ArchiveReadingError(archive: name, reason: .damaged("it is not a tar archive"))
        }
        guard try input.check(status) else {
            if requiresEndMarker, input.isAtEnd, input.bytesRead <= offset {
                throw ArchiveReadingError(archive: name, offset: offset, reason: .truncated)
            }
            try input.drainSource()
            isAtEnd = true
            endOffset = offset
            return nil
        }
        guard let found else { throw failure(offset, .damaged("libarchive gives no entry")) }
        entries += 1
        guard entries <= limits.entries else {
            throw failure(offset, .limit("it has more than \(limits.entries) entries"))
        }
        let entry = try entry(found, offset)
        let (total, overflow) = totalBytes.addingReportingOverflow(entry.size)
        guard !overflow, total <= limits.totalBytes, entry.size <= limits.fileBytes else {
            throw failure(offset, .limit("its files are larger than the limits"))
        }
        totalBytes = total
        size = entry.size
        position = 0
        blockOffset = 0
        dataIsAtEnd = entry.size == 0
        return entry
    }

    private func entry(_ found: OpaquePointer, _ offset: Int) throws(ArchiveReadingError) -> ArchiveEntry {
        guard let written = archive_entry_pathname(found) else {
            throw failure(offset, .damaged("an entry has no name"))
        }
        let (path, raw) = try normalized(written, offset)
        let size = Int(archive_entry_size(found))
        guard size >= 0 else { throw failure(offset, .damaged("an entry has a negative size")) }
        var kind = ArchiveEntry.Kind.other
        if let target = archive_entry_hardlink(found) {
            kind = .hardLink(target: try normalized(target, offset).path)
        } else {
            // The numbers of POSIX (S_IFREG, S_IFDIR, S_IFLNK), which libarchive uses on every system.
            switch UInt32(archive_entry_filetype(found)) {
            case 0o100000: kind = .file
            case 0o040000: kind = .directory
            case 0o120000:
                guard let target = archive_entry_symlink(found) else {
                    throw failure(offset, .damaged("a symbolic link has no target"))
                }
                kind = .symbolicLink(target: String(cString: target))
            default: break
            }
        }
        return ArchiveEntry(
            path: path, rawPath: raw, isAbsolute: written.pointee == UInt8(ascii: "/"), kind: kind, size: size,
            mode: Int(archive_entry_perm(found)),
            uid: Int(archive_entry_uid(found)), gid: Int(archive_entry_gid(found)),
            modified: Int(archive_entry_mtime(found)), offset: offset)
    }

    private func normalized(
        _ written: UnsafePointer<CChar>, _ offset: Int
    ) throws(ArchiveReadingError) -> (path: String, raw: [UInt8]?) {
        let length = strlen(written)
        guard length <= limits.pathBytes else {
            throw failure(offset, .limit("a path has more than \(limits.pathBytes) bytes"))
        }
        let bytes = UnsafeRawBufferPointer(start: written, count: length)
        guard let path = ArchivePath.normalized(bytes) else {
            throw failure(offset, .unsafePath(String(decoding: bytes, as: UTF8.self)))
        }
        var depth = 1
        for byte in path where byte == UInt8(ascii: "/") { depth += 1 }
        guard depth <= limits.depth else {
            throw failure(offset, .limit("a path is more than \(limits.depth) folders deep"))
        }
        let text = String(decoding: path, as: UTF8.self)
        return (text, text.utf8.elementsEqual(path) ? nil : path)
    }

    /// Reads the next bytes of the current entry's data; holes of sparse files are zeros.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int {
        try findBlock()
        guard !block.isEmpty, blockOffset == position else { return try readHole(into: buffer) }
        let piece = takeBlock(atMost: buffer.count)
        buffer.copyMemory(from: piece)
        return piece.count
    }

    /// The next bytes of the current entry's data where libarchive has them.
    package func nextPiece(
        _ buffer: UnsafeMutableRawBufferPointer
    ) throws(ArchiveReadingError) -> UnsafeRawBufferPointer {
        try findBlock()
        guard !block.isEmpty, blockOffset == position else {
            return UnsafeRawBufferPointer(rebasing: buffer[..<(try readHole(into: buffer))])
        }
        return takeBlock(atMost: block.count)
    }

    private func takeBlock(atMost wanted: Int) -> UnsafeRawBufferPointer {
        let count = min(wanted, block.count)
        let piece = UnsafeRawBufferPointer(rebasing: block[..<count])
        block = UnsafeRawBufferPointer(rebasing: block[count...])
        blockOffset += count
        position += count
        return piece
    }

    private func findBlock() throws(ArchiveReadingError) {
        while block.isEmpty, !dataIsAtEnd { try readBlock() }
    }

    private func readBlock() throws(ArchiveReadingError) {
        var start: UnsafeRawPointer?
        var count = 0
        var offset: Int64 = 0
        guard try input.check(archive_read_data_block(input.handle, &start, &count, &offset)) else {
            dataIsAtEnd = true
            return
        }
        guard Int(offset) >= position, Int(offset) <= size, count <= size - Int(offset) else {
            throw failure(input.bytesRead, .damaged("the pieces of a sparse file overlap"))
        }
        block = UnsafeRawBufferPointer(start: start, count: count)
        blockOffset = Int(offset)
    }

    /// Fills with zeros up to the next block, or to the end; 0 is the end.
    private func readHole(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int {
        let count = min(buffer.count, (block.isEmpty ? size : blockOffset) - position)
        holeBytes += count
        guard holeBytes <= limits.holeBytes else {
            throw failure(
                input.bytesRead, .limit("its sparse files have more than \(limits.holeBytes) bytes of holes"))
        }
        for index in 0..<count { buffer[index] = 0 }
        position += count
        return count
    }

    private func failure(_ offset: Int, _ reason: ArchiveReadingError.Reason) -> ArchiveReadingError {
        ArchiveReadingError(archive: name, offset: offset, reason: reason)
    }
}

/// A thread's locale while libarchive converts names: PAX names are UTF-8, and libarchive writes `?` for what the
/// process' own locale cannot hold.
private final class UTF8Locale {
    private let locale = newlocale(1 << LC_CTYPE, "C.UTF-8", nil)

    deinit { if let locale { freelocale(locale) } }

    func during<Result>(_ body: () throws(ArchiveReadingError) -> Result) throws(ArchiveReadingError) -> Result {
        guard let locale else { return try body() }
        let before = uselocale(locale)
        defer { _ = uselocale(before) }
        return try body()
    }
}
