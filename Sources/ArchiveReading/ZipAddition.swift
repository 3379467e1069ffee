import EnvironmentInventory
import ParallelWork
import SourceDocuments

/// Adds one stored file to a zip archive, or replaces it: every other member's bytes stay, those behind a file that is taken
/// out move up (APPNOTE 6.3.10, https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT).
///
/// The archive has been read whole by ``ZipReader``, which has refused everything that is not plain.
package enum ZipAddition {
    /// The pieces of the new archive.
    ///
    /// - Parameters:
    ///   - path: the name of the file inside.
    ///   - data: its bytes, less than 4 GiB.
    package static func pieces(
        adding path: String, data: [UInt8], to file: RegularFile, limits: ReadingLimits = ReadingLimits()
    ) throws(ArchiveReadingError) -> [FilePiece] {
        let reader = try ZipFileReader(
            .file(file), name: file.path, limits: limits, collisions: .refuseLookalikes)
        let name = Array(path.utf8)
        guard name.count <= 0xFFFF, UInt64(data.count) < 0xFFFF_FFFF else {
            throw ArchiveReadingError(archive: file.path, reason: .limit("'\(path)' is too long or too large"))
        }
        let members = reader.members
        let end = reader.end
        let directory = try file.bytes(at: end.directoryOffset, count: end.directorySize)
        var pieces: [FilePiece] = []
        var dataEnd = end.directoryOffset
        var removed: Gap?
        if let index = members.firstIndex(where: { $0.name == name }) {
            let start = members[index].offset
            let next = index + 1 < members.count ? members[index + 1].offset : end.directoryOffset
            removed = Gap(start: start, count: next - start, isLast: next == end.directoryOffset)
            pieces = [.old(0..<start), .old(next..<end.directoryOffset)]
            dataEnd -= next - start
        } else {
            pieces = [.old(0..<end.directoryOffset)]
        }
        let local = localHeader(name, data)
        var central = try keptHeaders(directory, without: name, removed: removed, name: file.path)
        central += centralHeader(name, data, offset: dataEnd)
        let directoryOffset = dataEnd + local.count + data.count
        let entries = members.count + (removed == nil ? 1 : 0)
        let comment = try file.bytes(at: file.size - end.commentSize, count: end.commentSize)
        let tail = endRecords(
            entries: entries, offset: directoryOffset, size: central.count, comment: comment,
            isWide: end.isZip64)
        return pieces + [.new(local), .new(data), .new(central), .new(tail)]
    }

    /// The bytes of a member that is taken out.
    private struct Gap {
        let start: Int
        let count: Int
        let isLast: Bool
    }

    /// The central headers that stay, as they are but for the offsets of members that move up.
    private static func keptHeaders(
        _ directory: [UInt8], without name: [UInt8], removed: Gap?, name archive: String
    ) throws(ArchiveReadingError) -> [UInt8] {
        guard let removed else { return directory }
        var output: [UInt8] = []
        var rest = directory[...]
        while !rest.isEmpty {
            let fields = ZipFields(rest)
            let count = ZipMember.centralHeaderSize + fields.uint16(28) + fields.uint16(30) + fields.uint16(32)
            var header = Array(rest.prefix(count))
            rest = rest.dropFirst(count)
            if fields.slice(ZipMember.centralHeaderSize, fields.uint16(28)).elementsEqual(name) { continue }
            let offset = fields.uint32(42)
            guard offset != 0xFFFF_FFFF || removed.isLast else {
                throw ArchiveReadingError(
                    archive: archive,
                    reason: .damaged("members after the old capture are above 4 GiB: the capture cannot be replaced"))
            }
            if offset != 0xFFFF_FFFF, Int(offset) > removed.start {
                let moved = UInt32(Int(offset) - removed.count)
                for index in 0..<4 { header[42 + index] = UInt8(truncatingIfNeeded: moved >> UInt32(8 * index)) }
            }
            output += header
        }
        return output
    }

    private static func localHeader(_ name: [UInt8], _ data: [UInt8]) -> [UInt8] {
        var record = ZipRecord()
        record.append(ZipSignature.localHeader, 4)
        record.append(20, 2)
        common(&record, name, data)
        record.append(0, 2)
        record.bytes += name
        return record.bytes
    }

    private static func centralHeader(_ name: [UInt8], _ data: [UInt8], offset: Int) -> [UInt8] {
        let isWide = offset >= 0xFFFF_FFFF
        var record = ZipRecord()
        record.append(ZipSignature.centralHeader, 4)
        record.append(isWide ? 45 : 20, 2)
        record.append(isWide ? 45 : 20, 2)
        common(&record, name, data)
        record.append(isWide ? 12 : 0, 2)
        // No comment, the first disk, no attributes.
        record.append(0, 2)
        record.append(0, 2)
        record.append(0, 2)
        record.append(0, 4)
        record.append(isWide ? 0xFFFF_FFFF : offset, 4)
        record.bytes += name
        if isWide {
            record.append(1, 2)
            record.append(8, 2)
            record.append(offset, 8)
        }
        return record.bytes
    }

    /// Flags to name length, which both headers have in common: UTF-8, stored, 1 January 1980.
    private static func common(_ record: inout ZipRecord, _ name: [UInt8], _ data: [UInt8]) {
        record.append(0x800, 2)
        record.append(0, 2)
        record.append(0, 2)
        record.append(UInt8(ascii: "!"), 2)
        record.append(checksum(data), 4)
        record.append(data.count, 4)
        record.append(data.count, 4)
        record.append(name.count, 2)
    }

    private static func endRecords(entries: Int, offset: Int, size: Int, comment: [UInt8], isWide: Bool) -> [UInt8] {
        var record = ZipRecord()
        if isWide || entries >= 0xFFFF || offset >= 0xFFFF_FFFF || size >= 0xFFFF_FFFF {
            record.append(ZipSignature.zip64End, 4)
            record.append(44, 8)
            record.append(45, 2)
            record.append(45, 2)
            record.append(0, 4)
            record.append(0, 4)
            record.append(entries, 8)
            record.append(entries, 8)
            record.append(size, 8)
            record.append(offset, 8)
            record.append(ZipSignature.zip64Locator, 4)
            record.append(0, 4)
            record.append(offset + size, 8)
            record.append(1, 4)
        }
        record.append(ZipSignature.end, 4)
        record.append(0, 2)
        record.append(0, 2)
        record.append(min(entries, 0xFFFF), 2)
        record.append(min(entries, 0xFFFF), 2)
        record.append(min(size, 0xFFFF_FFFF), 4)
        record.append(min(offset, 0xFFFF_FFFF), 4)
        record.append(comment.count, 2)
        record.bytes += comment
        return record.bytes
    }

    /// CRC-32 as zip has it: the polynomial 0xEDB88320, bits inverted before and after.
    static func checksum(_ data: [UInt8]) -> UInt32 {
        var checksum: UInt32 = 0xFFFF_FFFF
        for byte in data {
            checksum ^= UInt32(byte)
            for _ in 0..<8 { checksum = checksum & 1 == 1 ? checksum >> 1 ^ 0xEDB8_8320 : checksum >> 1 }
        }
        return ~checksum
    }
}

/// A record of little-endian numbers.
struct ZipRecord {
    var bytes: [UInt8] = []

    mutating func append(_ value: some BinaryInteger, _ count: Int) {
        let value = UInt64(clamping: value)
        for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
    }
}
