import EnvironmentInventory

internal import CArchive

/// A zip archive that is read front to back: libarchive reads the stream, and when it is at the directory, the directory
/// is held against what was read.
final class ZipStreamReader: ArchiveEntryReader {
    let name: String
    private let source: RememberingByteSource
    private let input: LibarchiveInput
    private let limits: ReadingLimits
    private var names: ZipNames
    private var headers: [Int: ZipMember] = [:]
    /// The bytes in front of an offset where a member or the directory starts: the data descriptors.
    private var descriptors: [Int: ArraySlice<UInt8>] = [:]
    /// The sizes that were read, by the offset of the member.
    private var sizes: [Int: Int] = [:]
    private var current: Int?
    private var block = UnsafeRawBufferPointer(start: nil, count: 0)
    private var dataIsAtEnd = true
    private var produced = 0
    private var isAtEnd = false

    init(
        _ source: any ByteSource, limits: ReadingLimits, collisions: ZipReader.Collisions
    ) throws(ArchiveReadingError) {
        name = source.name
        self.limits = limits
        self.source = RememberingByteSource(source)
        names = ZipNames(limits: limits, collisions: collisions)
        input = try LibarchiveInput(self.source)
        try input.check(input.library.read_support_format_zip_streamable(input.handle))
        try input.open()
    }

    func next() throws(ArchiveReadingError) -> ArchiveEntry? {
        if isAtEnd { return nil }
        // libarchive would skip what is left without checking it.
        try drainCurrent()
        var found: OpaquePointer?
        let status = input.library.read_next_header(input.handle, &found)
        let offset = Int(input.library.read_header_position(input.handle))
        if current != nil {
            descriptors[offset] = Array(source.bytes(at: max(offset - 24, 0), count: min(offset, 24)))[...]
        }
        // A warning is about a name that this process' locale cannot hold: names are read here, not by libarchive.
        guard try input.check(status == ARCHIVE_WARN ? ARCHIVE_OK : status) else {
            try readDirectory(at: offset)
            isAtEnd = true
            return nil
        }
        do throws(ZipFault) {
            let fixed = source.bytes(at: offset, count: ZipMember.localHeaderSize)
            let fields = ZipFields(fixed)
            guard fixed.count == ZipMember.localHeaderSize, fields.uint32(0) == ZipSignature.localHeader else {
                throw .damaged(offset, "there are bytes that no entry owns")
            }
            let count = fixed.count + fields.uint16(26) + fields.uint16(28)
            let member = try ZipMember.local(source.bytes(at: offset, count: count), offset: offset)
            let entry = try member.entry(path: names.insert(member))
            headers[offset] = member
            sizes[offset] = 0
            current = offset
            dataIsAtEnd = false
            return entry
        } catch { throw failure(error) }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int {
        while block.isEmpty {
            if dataIsAtEnd { return 0 }
            guard let next = try input.nextBlock() else {
                dataIsAtEnd = true
                return 0
            }
            block = next
            try account(next.count)
        }
        return block.moveFirst(into: buffer)
    }

    private func account(_ count: Int) throws(ArchiveReadingError) {
        guard let current else { return }
        let size = (sizes[current] ?? 0) + count
        sizes[current] = size
        produced += count
        if let stated = headers[current]?.size, size > stated {
            throw failure(.damaged(current, "it inflates to more bytes than the archive states"))
        }
        guard size <= limits.fileBytes, produced <= limits.totalBytes else {
            throw failure(ZipFault(offset: current, reason: .limit("its files are larger than the limits")))
        }
        if produced > limits.ratioFreeBytes, produced / limits.compressionRatio > max(source.count, 1) {
            throw failure(
                ZipFault(
                    offset: current,
                    reason: .limit("it decompresses to more than \(limits.compressionRatio) times its size")))
        }
    }

    private func drainCurrent() throws(ArchiveReadingError) {
        guard current != nil else { return }
        while !dataIsAtEnd {
            block = UnsafeRawBufferPointer(start: nil, count: 0)
            if let next = try input.nextBlock() {
                try account(next.count)
            } else {
                dataIsAtEnd = true
            }
        }
        block = UnsafeRawBufferPointer(start: nil, count: 0)
    }

    /// Reads the directory and the end records, to the last byte of the source, and holds them against the stream.
    private func readDirectory(at start: Int) throws(ArchiveReadingError) {
        var bytes = Array(source.bytes(at: start, count: Int.max))
        guard start + bytes.count == source.count else {
            throw failure(.damaged(start, "there are bytes that no entry owns"))
        }
        bytes += try source.readAll(limit: limits.totalMetadataBytes)
        do throws(ZipFault) {
            var end = 0
            while bytes.count - end >= ZipMember.centralHeaderSize {
                let fields = ZipFields(bytes[end...])
                guard fields.uint32(0) == ZipSignature.centralHeader else { break }
                end += ZipMember.centralHeaderSize + fields.uint16(28) + fields.uint16(30) + fields.uint16(32)
                guard end <= bytes.count else { throw ZipFault(offset: start + bytes.count, reason: .truncated) }
            }
            let record = try ZipEnd(bytes[end...], start: start + end)
            // The last entry's comment can end like this: what has the whole file at hand takes it for the archive's own.
            let locator = ZipFields(bytes[..<end].suffix(ZipEnd.locatorSize))
            guard record.isZip64 || locator.uint32(0) != ZipSignature.zip64Locator else {
                throw .damaged(start + end, "the directory ends with a zip64 locator")
            }
            guard record.directoryOffset == start, record.directorySize == end else {
                throw .damaged(start + end, "the directory does not lie where the end record says")
            }
            let central = try ZipLayout.directory(bytes[..<end], start: start, entries: record.entries)
            let members = try ZipLayout.verify(
                central, directoryOffset: start,
                local: { (offset) throws(ZipFault) in
                    guard let header = headers[offset] else {
                        throw .damaged(offset, "the directory leads to an entry that the stream does not have")
                    }
                    return header
                },
                descriptor: { (end, count) throws(ZipFault) in
                    guard let kept = descriptors[end], kept.count >= count else {
                        throw .damaged(end, "a data descriptor does not lie where the directory says")
                    }
                    return kept.suffix(count)
                }, fault: { $0 })
            guard members.count == headers.count else {
                throw .damaged(start, "the stream has entries that the directory does not have")
            }
            for member in members where member.name.last != UInt8(ascii: "/") && sizes[member.offset] != member.size {
                throw .damaged(member.offset, "the size of \(member.quotedName) is not what the directory says")
            }
        } catch { throw failure(error) }
    }

    private func failure(_ fault: ZipFault) -> ArchiveReadingError {
        ArchiveReadingError(archive: name, offset: fault.offset, reason: fault.reason)
    }
}
