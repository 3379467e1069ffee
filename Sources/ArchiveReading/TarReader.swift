import EnvironmentInventory
import SourceDocuments

/// Reads a tar archive: v7, ustar, pax, GNU long names, sparse files; plain or compressed.
///
/// Each entry is what Go's archive/tar makes of it, on which container runtimes stand; what GNU tar, Python or libarchive
/// would take for something else is refused (``TarHeader``, ``TarEntryHeaders``). This class adds the limits, refuses paths
/// that leave the archive, and takes no error for the end. Access control lists are skipped.
package final class TarReader: ArchiveEntryReader {
    /// The archive, for error texts.
    package let name: String
    /// How the archive is compressed.
    package let compression: Compression
    /// Where the blocks of zeros after the last entry start, once ``next()`` returned nil.
    package private(set) var endOffset = 0
    private let blocks: TarBlocks
    private let limits: ReadingLimits
    private let requiresEndMarker: Bool
    private var entries = 0
    private var totalBytes = 0
    private var holeBytes = 0
    private var isAtEnd = false

    /// The size of the current entry, how far it was read, and what of its stored data is left.
    private var size = 0
    private var position = 0
    private var storedLeft = 0
    private var padding = 0
    /// The stretches of a sparse file that are not read yet, the last one first; nil for a plain file.
    private var stretches: [(offset: Int, count: Int)]?

    /// Starts reading a tar archive, removing one compression if there is one.
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

    /// Starts reading a tar archive that is not compressed, or no longer.
    package init(
        uncompressed source: any ByteSource, compression: Compression = .none, limits: ReadingLimits = ReadingLimits(),
        requiresEndMarker: Bool = true
    ) throws(ArchiveReadingError) {
        name = source.name
        self.limits = limits
        self.requiresEndMarker = requiresEndMarker
        self.compression = compression
        blocks = TarBlocks(source)
    }

    /// Goes to the next entry.
    package func next() throws(ArchiveReadingError) -> ArchiveEntry? {
        if isAtEnd { return nil }
        try limits.checkCancellation(name)
        try skipData()
        let start = blocks.offset
        var headers = TarEntryHeaders()
        while true {
            let offset = blocks.offset
            guard let block = try blocks.block() else { return try end(start, headers, hasMarker: false) }
            let header: TarHeader?
            do throws(TarFault) { header = try TarHeader(block) } catch {
                // The first header also says whether the bytes are a tar archive at all.
                let isNoArchive = offset == 0 && !error.isAmbiguous
                throw failure(offset, isNoArchive ? .damaged("it is not a tar archive") : error.reason)
            }
            guard let header else {
                if let second = try blocks.block(), second.contains(where: { $0 != 0 }) {
                    throw failure(offset, .damaged("a block of zeros is followed by something else"))
                }
                return try end(start, headers, hasMarker: true)
            }
            switch header.type {
            case UInt8(ascii: "x"), UInt8(ascii: "L"), UInt8(ascii: "K"):
                let bytes = try extended(header, offset)
                try checking(offset) { () throws(TarFault) in
                    if header.type == UInt8(ascii: "x") {
                        try headers.add(records: bytes)
                    } else {
                        try headers.add(name: bytes, isLink: header.type == UInt8(ascii: "K"))
                    }
                }
            case UInt8(ascii: "g"):
                let bytes = try extended(header, offset)
                try checking(offset) { () throws(TarFault) in
                    guard !headers.isPending else { throw .ambiguous("a global header between an entry's headers") }
                    guard header.hasGlobalName else {
                        throw .ambiguous("a global header with a name of its own, which runtimes take for an entry's")
                    }
                    if let key = try PAXRecords(bytes).decidingKey {
                        throw .ambiguous("a global header with '\(key)'")
                    }
                }
            default: return try entry(header, headers, start: start, offset: offset)
            }
        }
    }

    /// The data of an extended header.
    private func extended(_ header: TarHeader, _ offset: Int) throws(ArchiveReadingError) -> [UInt8] {
        guard header.fileSize <= PAXRecords.maximumBytes else {
            throw failure(offset, .limit("an extended header has more than \(PAXRecords.maximumBytes) bytes"))
        }
        let bytes = try blocks.bytes(header.fileSize)
        try blocks.skip(Self.padding(header.fileSize))
        return bytes
    }

    private func end(
        _ start: Int, _ headers: TarEntryHeaders, hasMarker: Bool
    ) throws(ArchiveReadingError) -> ArchiveEntry? {
        if headers.isPending { throw failure(start, .damaged("an extended header without an entry")) }
        if !hasMarker, requiresEndMarker {
            throw failure(start, start == 0 ? .damaged("it is not a tar archive") : .truncated)
        }
        try blocks.drain()
        isAtEnd = true
        endOffset = start
        return nil
    }

    private func entry(
        _ header: TarHeader, _ headers: TarEntryHeaders, start: Int, offset: Int
    ) throws(ArchiveReadingError) -> ArchiveEntry {
        let written = try checking(offset) { () throws(TarFault) in try headers.entry(header) }
        entries += 1
        guard entries <= limits.entries else {
            throw failure(offset, .limit("it has more than \(limits.entries) entries"))
        }
        let (path, raw) = try normalized(written.name, offset)
        var kind = ArchiveEntry.Kind.other
        var rawTarget: [UInt8]?
        switch written.type {
        case UInt8(ascii: "0"), 0, UInt8(ascii: "S"): kind = .file
        case UInt8(ascii: "1"):
            let (target, raw) = try normalized(written.linkName, offset)
            kind = .hardLink(target: target)
            rawTarget = raw
        case UInt8(ascii: "2"):
            let target = String(decoding: written.linkName, as: UTF8.self)
            kind = .symbolicLink(target: target)
            if !target.utf8.elementsEqual(written.linkName) { rawTarget = written.linkName }
        case UInt8(ascii: "5"): kind = .directory
        case UInt8(ascii: "6"): rawTarget = ArchiveEntry.fifo
        default:
            rawTarget = ArchiveEntry.device(
                isBlock: written.type == UInt8(ascii: "4"), major: header.device.major, minor: header.device.minor)
        }
        try startData(written, offset)
        let records = headers.records
        let numbers = try checking(offset) { () throws(TarFault) in
            // Go refuses an archive for these times as well (parsePAXTime in
            // https://github.com/golang/go/blob/go1.24.0/src/archive/tar/strconv.go).
            for key in ["atime", "ctime"] { _ = try records?.seconds(key) }
            return (
                uid: try records?.number("uid") ?? header.uid, gid: try records?.number("gid") ?? header.gid,
                modified: try records?.seconds("mtime") ?? header.modified
            )
        }
        // The system has 32 bits for an owner, and -1 leaves the owner that a file has.
        guard max(numbers.uid, numbers.gid) < UInt32.max else {
            throw failure(offset, TarFault.ambiguous("an owner above \(UInt32.max - 1)").reason)
        }
        return ArchiveEntry(
            path: path, rawPath: raw, rawTarget: rawTarget, isAbsolute: written.name.first == UInt8(ascii: "/"),
            kind: kind, size: size,
            mode: header.mode & 0o7777, uid: numbers.uid, gid: numbers.gid, modified: numbers.modified, offset: start,
            attributes: records?.attributes ?? [:])
    }

    /// Finds out where an entry's data lie, and holds its size against the limits.
    private func startData(_ written: TarEntryHeaders.Entry, _ offset: Int) throws(ArchiveReadingError) {
        position = 0
        stretches = nil
        storedLeft = written.size
        size = written.size
        if let sparse = written.sparse {
            padding = Self.padding(written.size)
            var found: [(offset: Int, count: Int)]
            switch sparse.map {
            case .known(let known): found = known
            case .continued(let first): found = try continuedMap(first, offset)
            case .inData: found = try mapInData(offset)
            }
            let map = try checking(offset) { () throws(TarFault) in
                try TarSparseMap(found, size: sparse.size, stored: storedLeft)
            }
            size = map.size
            stretches = map.stretches.reversed()
        }
        let (total, overflow) = totalBytes.addingReportingOverflow(size)
        guard !overflow, total <= limits.totalBytes, size <= limits.fileBytes else {
            throw failure(offset, .limit("its files are larger than the limits"))
        }
        totalBytes = total
        padding = Self.padding(written.size)
    }

    /// The rest of an old GNU sparse map, 21 pieces a block.
    private func continuedMap(
        _ first: [(offset: Int, count: Int)], _ offset: Int
    ) throws(ArchiveReadingError) -> [(offset: Int, count: Int)] {
        var found = first
        while found.count <= TarSparseMap.maximumStretches {
            guard let block = try blocks.block() else { throw failure(offset, .truncated) }
            found += try checking(offset) { () throws(TarFault) in
                try TarHeader.sparseBlocks(block, at: 0, count: 21)
            }
            if block[504] == 0 { break }
        }
        return found
    }

    /// The sparse map of GNU's format 1.0: decimal numbers, a line each, filled up to a block.
    private func mapInData(_ offset: Int) throws(ArchiveReadingError) -> [(offset: Int, count: Int)] {
        var lines: [Int] = []
        var line: [UInt8] = []
        var wanted: Int?
        while true {
            guard storedLeft >= TarHeader.size, let block = try blocks.block() else {
                throw failure(offset, .truncated)
            }
            storedLeft -= TarHeader.size
            for byte in block {
                if let wanted, lines.count > 2 * wanted { break }
                guard byte == UInt8(ascii: "\n") else {
                    line.append(byte)
                    guard line.count <= 20 else { throw failure(offset, .damaged("a sparse map of no numbers")) }
                    continue
                }
                guard let number = PAXRecords.decimal(line[...]) else {
                    throw failure(offset, .damaged("a sparse map of no numbers"))
                }
                line = []
                lines.append(number)
                guard wanted == nil else { continue }
                guard number <= TarSparseMap.maximumStretches else {
                    throw failure(offset, .damaged("a sparse file of too many pieces"))
                }
                wanted = number
            }
            if let wanted, lines.count > 2 * wanted { break }
        }
        return TarSparseMap.pairs(Array(lines.dropFirst()))
    }

    private func normalized(
        _ bytes: [UInt8], _ offset: Int
    ) throws(ArchiveReadingError) -> (path: String, raw: [UInt8]?) {
        guard bytes.count <= limits.pathBytes else {
            throw failure(offset, .limit("a path has more than \(limits.pathBytes) bytes"))
        }
        guard let path = ArchivePath.normalized(bytes) else {
            throw failure(offset, .unsafePath(ArchiveReadingError.text(bytes)))
        }
        var depth = 1
        for byte in path where byte == UInt8(ascii: "/") { depth += 1 }
        guard depth <= limits.depth else {
            throw failure(offset, .limit("a path is more than \(limits.depth) directories deep"))
        }
        let text = String(decoding: path, as: UTF8.self)
        return (text, text.utf8.elementsEqual(path) ? nil : path)
    }

    /// Skips what is left of the current entry's data.
    private func skipData() throws(ArchiveReadingError) {
        try blocks.skip(storedLeft)
        // The last member's padding may be missing, as Go's archive/tar has it; the end of the archive is then found missing
        // too.
        try blocks.skip(padding, mayBeShort: true)
        (storedLeft, padding) = (0, 0)
    }

    /// Reads the next bytes of the current entry's data; holes of sparse files are zeros.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int {
        let stored = try storedBytes()
        guard stored > 0 else { return try readHole(into: buffer) }
        let piece = try take(min(stored, buffer.count))
        buffer.copyMemory(from: piece)
        return piece.count
    }

    /// The next bytes of the current entry's data where they lie.
    package func nextPiece(
        _ buffer: UnsafeMutableRawBufferPointer
    ) throws(ArchiveReadingError) -> UnsafeRawBufferPointer {
        let stored = try storedBytes()
        guard stored > 0 else { return UnsafeRawBufferPointer(rebasing: buffer[..<(try readHole(into: buffer))]) }
        return try take(stored)
    }

    /// How many bytes are stored from the position on; 0 in a hole and at the end.
    private func storedBytes() throws(ArchiveReadingError) -> Int {
        guard stretches != nil else { return storedLeft }
        guard let stretch = stretches?.last, stretch.offset <= position else { return 0 }
        return stretch.offset + stretch.count - position
    }

    private func take(_ count: Int) throws(ArchiveReadingError) -> UnsafeRawBufferPointer {
        let piece = try blocks.data(atMost: count)
        position += piece.count
        storedLeft -= piece.count
        if let stretch = stretches?.last, position >= stretch.offset + stretch.count { stretches?.removeLast() }
        return piece
    }

    /// Fills with zeros up to the next stretch, or to the end; 0 is the end.
    private func readHole(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int {
        guard let stretches else { return 0 }
        let count = min(buffer.count, (stretches.last?.offset ?? size) - position)
        holeBytes += count
        guard holeBytes <= limits.holeBytes else {
            throw failure(blocks.offset, .limit("its sparse files have more than \(limits.holeBytes) bytes of holes"))
        }
        UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]).initializeMemory(as: UInt8.self, repeating: 0)
        position += count
        return count
    }

    private static func padding(_ count: Int) -> Int { (TarHeader.size - count % TarHeader.size) % TarHeader.size }

    private func checking<Result>(
        _ offset: Int, _ body: () throws(TarFault) -> Result
    ) throws(ArchiveReadingError) -> Result {
        do throws(TarFault) { return try body() } catch { throw failure(offset, error.reason) }
    }

    private func failure(_ offset: Int, _ reason: ArchiveReadingError.Reason) -> ArchiveReadingError {
        ArchiveReadingError(archive: name, offset: offset, reason: reason)
    }
}
