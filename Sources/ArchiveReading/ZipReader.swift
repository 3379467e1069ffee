import EnvironmentInventory

/// Reads a zip archive strictly: what a reader of the stream sees and what a reader of the directory sees must be the same
/// files, or the archive is refused with the reason (APPNOTE 6.3.10,
/// https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT).
///
/// Refused are: local headers and directory that disagree, bytes that no entry owns (in front, between, behind), overlaps,
/// names that are there twice or that meet on a file system which ignores case or Unicode form, paths that leave (`..`,
/// absolute, backslash, drive letter), symbolic links and special files, encryption, several disks, any method but stored
/// and deflate, zip64 records that contradict. Data descriptors are read and must agree. The size and the CRC-32 of every
/// member are checked at the end of its data.
///
/// A file or bytes at hand are checked whole before the first entry is given. An archive inside of another one comes as a
/// stream: its directory stands at the end, so that entries are to be believed only when ``next()`` has given nil.
package final class ZipReader: ArchiveEntryReader {
    /// Which names may not stand beside each other.
    package enum Collisions: Sendable, Hashable {
        /// Names that differ only in case or Unicode form are refused.
        case refuseLookalikes
        /// Only equal names are refused: for wheels, which have been installed where case counts.
        case refuseEqual
    }

    /// The archive, for error texts.
    package let name: String
    /// All entries in the order of their data; empty for a stream.
    package let entries: [ArchiveEntry]
    private let backing: any ArchiveEntryReader

    /// Reads the directory and all local headers of a file.
    package init(
        _ file: RegularFile, limits: ReadingLimits = ReadingLimits(), collisions: Collisions = .refuseLookalikes
    ) throws(ArchiveReadingError) {
        let reader = try ZipFileReader(.file(file), name: file.path, limits: limits, collisions: collisions)
        (name, entries, backing) = (file.path, reader.entries, reader)
    }

    /// Reads the directory and all local headers of an archive in memory.
    package init(
        bytes: [UInt8], name: String, limits: ReadingLimits = ReadingLimits(),
        collisions: Collisions = .refuseLookalikes
    ) throws(ArchiveReadingError) {
        let reader = try ZipFileReader(.bytes(bytes), name: name, limits: limits, collisions: collisions)
        (self.name, entries, backing) = (name, reader.entries, reader)
    }

    /// Reads an archive front to back; its directory is checked when the last entry was read.
    package init(
        stream source: any ByteSource, limits: ReadingLimits = ReadingLimits(),
        collisions: Collisions = .refuseLookalikes
    ) throws(ArchiveReadingError) {
        name = source.name
        entries = []
        backing = try ZipStreamReader(source, limits: limits, collisions: collisions)
    }

    /// Whether the first bytes are those of a zip archive, or of an empty one.
    package static func detect(_ head: some Collection<UInt8>) -> Bool {
        let head = Array(head.prefix(4))
        return head == [UInt8(ascii: "P"), UInt8(ascii: "K"), 3, 4]
            || head == [UInt8(ascii: "P"), UInt8(ascii: "K"), 5, 6]
    }

    /// Goes to the next entry. The size of an entry of a stream is 0 where only its data descriptor tells it.
    package func next() throws(ArchiveReadingError) -> ArchiveEntry? { try backing.next() }

    /// Reads the next bytes of the current entry's data.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int {
        try backing.read(into: buffer)
    }

    /// Goes to the entry with a path; ``next()`` then gives the one behind it. False when there is none, or in a stream.
    package func open(_ path: String) throws(ArchiveReadingError) -> Bool {
        guard let reader = backing as? ZipFileReader else { return false }
        return try reader.open(path)
    }
}

/// Bytes that can be read at any offset.
enum ZipInput {
    case file(RegularFile)
    case bytes([UInt8])

    var size: Int {
        switch self {
        case .file(let file): file.size
        case .bytes(let bytes): bytes.count
        }
    }

    func bytes(at offset: Int, count: Int, name: String) throws(ArchiveReadingError) -> [UInt8] {
        guard offset >= 0, count >= 0, offset <= size, count <= size - offset else {
            throw ArchiveReadingError(archive: name, offset: size, reason: .truncated)
        }
        return switch self {
        case .file(let file): try file.bytes(at: offset, count: count)
        case .bytes(let bytes): Array(bytes[offset..<offset + count])
        }
    }

    func source(at offset: Int, count: Int, name: String) throws(ArchiveReadingError) -> any ByteSource {
        switch self {
        case .file(let file): FileByteSource(file, offset: offset, count: count, name: name)
        case .bytes: MemoryByteSource(try bytes(at: offset, count: count, name: name), name: name)
        }
    }
}

/// A zip archive whose directory is at hand: everything is checked before the first entry.
final class ZipFileReader: ArchiveEntryReader {
    let name: String
    let entries: [ArchiveEntry]
    private let input: ZipInput
    private let limits: ReadingLimits
    /// The members in the order of their data.
    let members: [ZipMember]
    /// What the end records say.
    let end: ZipEnd
    private var index = -1
    private var data: ZipMemberData?
    private lazy var indices: [String: Int] = {
        Dictionary(entries.enumerated().map { ($0.element.path, $0.offset) }) { first, _ in first }
    }()

    init(
        _ input: ZipInput, name: String, limits: ReadingLimits, collisions: ZipReader.Collisions
    ) throws(ArchiveReadingError) {
        self.input = input
        self.name = name
        self.limits = limits
        let size = input.size
        let fault = { (fault: ZipFault) in
            ArchiveReadingError(archive: name, offset: fault.offset, reason: fault.reason)
        }
        let (end, tailStart) = try Self.end(input, name)
        self.end = end
        do throws(ZipFault) {
            guard end.directoryOffset <= tailStart, end.directorySize == tailStart - end.directoryOffset else {
                throw .damaged(tailStart, "the directory does not lie where the end record says")
            }
            guard end.directorySize <= limits.totalMetadataBytes, end.entries <= limits.entries else {
                throw ZipFault(offset: tailStart, reason: .limit("it has too many entries"))
            }
        } catch { throw fault(error) }
        let bytes = try input.bytes(at: end.directoryOffset, count: end.directorySize, name: name)
        let central: [ZipMember]
        do throws(ZipFault) {
            central = try ZipLayout.directory(bytes[...], start: end.directoryOffset, entries: end.entries)
        } catch { throw fault(error) }
        members = try ZipLayout.verify(
            central, directoryOffset: end.directoryOffset,
            local: { (offset) throws(ArchiveReadingError) in try Self.local(input, named: name, at: offset, fault) },
            descriptor: { (end, count) throws(ArchiveReadingError) in
                try input.bytes(at: end - count, count: count, name: name)[...]
            }, fault: fault)
        var names = ZipNames(limits: limits, collisions: collisions)
        var entries: [ArchiveEntry] = []
        var total = 0
        do throws(ZipFault) {
            for member in members {
                let entry = try member.entry(path: names.insert(member))
                guard entry.size <= limits.fileBytes, entry.size <= limits.totalBytes - total else {
                    throw ZipFault(offset: member.offset, reason: .limit("its files are larger than the limits"))
                }
                total += entry.size
                entries.append(entry)
            }
            guard total <= limits.ratioFreeBytes || total / limits.compressionRatio <= size else {
                throw ZipFault(
                    offset: nil,
                    reason: .limit("it decompresses to more than \(limits.compressionRatio) times its size"))
            }
        } catch { throw fault(error) }
        self.entries = entries
    }

    func next() throws(ArchiveReadingError) -> ArchiveEntry? {
        data = nil
        guard index + 1 < entries.count else {
            if case .file(let file) = input { try file.verifyUnchanged() }
            return nil
        }
        index += 1
        return entries[index]
    }

    func open(_ path: String) throws(ArchiveReadingError) -> Bool {
        guard let found = indices[path] else { return false }
        data = nil
        index = found
        return true
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int {
        guard members.indices.contains(index), entries[index].kind == .file else { return 0 }
        let member = members[index]
        if data == nil {
            let source = try input.source(
                at: member.offset + member.headerSize, count: member.compressedSize ?? 0,
                name: "\(name)!\(entries[index].path)")
            data = try ZipMemberData(member, compressed: source)
        }
        return try data?.read(into: buffer) ?? 0
    }

    private static func local(
        _ input: ZipInput, named name: String, at offset: Int, _ fault: (ZipFault) -> ArchiveReadingError
    ) throws(ArchiveReadingError) -> ZipMember {
        let fixed = try input.bytes(at: offset, count: ZipMember.localHeaderSize, name: name)
        let fields = ZipFields(fixed[...])
        guard fields.uint32(0) == ZipSignature.localHeader else {
            throw fault(.damaged(offset, "the directory leads to no local header"))
        }
        let more = fields.uint16(26) + fields.uint16(28)
        let rest = try input.bytes(at: offset + fixed.count, count: more, name: name)
        do throws(ZipFault) { return try ZipMember.local((fixed + rest)[...], offset: offset) } catch {
            throw fault(error)
        }
    }

    /// Finds the end record: the last one whose signature stands in the last 65,557 bytes.
    private static func end(_ input: ZipInput, _ name: String) throws(ArchiveReadingError) -> (ZipEnd, Int) {
        let count = min(input.size, ZipEnd.size + 0xFFFF)
        let start = input.size - count
        let tail = try input.bytes(at: start, count: count, name: name)
        var found = tail.count - ZipEnd.size
        while found >= 0, ZipFields(tail[found...]).uint32(0) != ZipSignature.end { found -= 1 }
        guard found >= 0 else {
            let head = try input.bytes(at: 0, count: min(4, input.size), name: name)
            throw ArchiveReadingError(
                archive: name, offset: ZipReader.detect(head) ? input.size : nil,
                reason: ZipReader.detect(head) ? .truncated : .damaged("it is not a zip archive"))
        }
        var recordStart = start + found
        if recordStart >= ZipEnd.locatorSize {
            let locator = try input.bytes(
                at: recordStart - ZipEnd.locatorSize, count: ZipEnd.locatorSize, name: name)
            let fields = ZipFields(locator[...])
            if fields.uint32(0) == ZipSignature.zip64Locator {
                guard let offset = Int(exactly: fields.uint64(8)), offset <= recordStart,
                    recordStart - offset <= ZipEnd.locatorSize + ZipEnd.zip64Size + 0xFFFF
                else {
                    throw ArchiveReadingError(
                        archive: name, offset: recordStart - ZipEnd.locatorSize,
                        reason: .damaged("the zip64 locator does not lead to the zip64 end record"))
                }
                recordStart = offset
            }
        }
        let record = try input.bytes(at: recordStart, count: input.size - recordStart, name: name)
        do throws(ZipFault) {
            if ZipFields(record[...]).uint32(0) == ZipSignature.zip64End || recordStart == start + found {
                return (try ZipEnd(record[...], start: recordStart), recordStart)
            }
            throw .damaged(recordStart, "the zip64 locator does not lead to the zip64 end record")
        } catch { throw ArchiveReadingError(archive: name, offset: error.offset, reason: error.reason) }
    }
}

extension ZipMember {
    /// The entry of a member under its checked path.
    func entry(path: String) -> ArchiveEntry {
        let isFolder = name.last == UInt8(ascii: "/")
        return ArchiveEntry(
            path: path, kind: isFolder ? .directory : .file, size: isFolder ? 0 : size ?? 0,
            mode: mode & 0o7777 == 0 ? (isFolder ? 0o755 : 0o644) : mode & 0o7777, modified: modified, offset: offset)
    }
}
