/// Holds a zip archive's directory against its local headers: they must say the same, and the members must fill the
/// archive from its first byte to the directory, without a gap and without an overlap.
enum ZipLayout {
    /// Reads all central headers; they must fill the directory.
    static func directory(_ bytes: ArraySlice<UInt8>, start: Int, entries: Int) throws(ZipFault) -> [ZipMember] {
        var members: [ZipMember] = []
        // A header has at least 46 bytes: a count that lies reserves nothing.
        members.reserveCapacity(min(entries, bytes.count / ZipMember.centralHeaderSize))
        var rest = bytes
        while !rest.isEmpty {
            let offset = start + (rest.startIndex - bytes.startIndex)
            let fields = ZipFields(rest)
            guard rest.count >= ZipMember.centralHeaderSize, fields.uint32(0) == ZipSignature.centralHeader else {
                throw .damaged(offset, "there are bytes between the directory's entries and its end")
            }
            let count =
                ZipMember.centralHeaderSize + fields.uint16(28) + fields.uint16(30) + fields.uint16(32)
            guard count <= rest.count else { throw ZipFault(offset: offset, reason: .truncated) }
            members.append(try ZipMember.central(rest.prefix(count), offset: offset))
            rest = rest.dropFirst(count)
        }
        guard members.count == entries else {
            throw .damaged(start, "the directory has \(members.count) entries, the end record says \(entries)")
        }
        return members
    }

    /// Checks all members and gives them completed by their local headers, in the order of their data.
    ///
    /// - Parameters:
    ///   - local: the local header at an offset.
    ///   - descriptor: the bytes in front of an offset: a data descriptor of so many bytes.
    static func verify<Failure: Error>(
        _ central: [ZipMember], directoryOffset: Int,
        local: (Int) throws(Failure) -> ZipMember,
        descriptor: (_ end: Int, _ count: Int) throws(Failure) -> ArraySlice<UInt8>,
        fault: (ZipFault) -> Failure
    ) throws(Failure) -> [ZipMember] {
        let sorted = central.sorted { $0.offset < $1.offset }
        var members: [ZipMember] = []
        members.reserveCapacity(sorted.count)
        var position = 0
        for (index, entry) in sorted.enumerated() {
            guard entry.offset == position else {
                throw fault(
                    .damaged(
                        min(position, entry.offset),
                        entry.offset < position
                            ? "the entry \(entry.quotedName) overlaps another one"
                            : "there are \(entry.offset - position) bytes that no entry owns"))
            }
            let end = index + 1 < sorted.count ? sorted[index + 1].offset : directoryOffset
            let header = try local(entry.offset)
            let member: ZipMember
            do throws(ZipFault) { member = try header.agreeing(with: entry) } catch { throw fault(error) }
            guard let compressed = member.compressedSize, let size = member.size else { continue }
            if member.method == 0, compressed != size {
                throw fault(.damaged(entry.offset, "the stored entry \(entry.quotedName) has two sizes"))
            }
            // libarchive does not look at the checksum of no bytes, Python and unzip do.
            if size == 0, member.checksum != 0, member.name.last != UInt8(ascii: "/") {
                throw fault(
                    .damaged(entry.offset, "the empty entry \(entry.quotedName) has the checksum of other bytes"))
            }
            let dataEnd = member.offset + member.headerSize + compressed
            if member.hasDescriptor {
                let count = end - dataEnd
                guard [12, 16, 20, 24].contains(count) else {
                    throw fault(layoutFault(entry, dataEnd, end))
                }
                let bytes = try descriptor(end, count)
                guard agrees(bytes, with: member) else {
                    throw fault(
                        .damaged(dataEnd, "the data descriptor of \(entry.quotedName) and the directory disagree"))
                }
                position = end
            } else {
                position = dataEnd
            }
            members.append(member)
        }
        guard position == directoryOffset else {
            throw fault(
                position < directoryOffset
                    ? .damaged(position, "there are \(directoryOffset - position) bytes that no entry owns")
                    : .damaged(directoryOffset, "the last entry overlaps the directory"))
        }
        return members
    }

    private static func layoutFault(_ entry: ZipMember, _ dataEnd: Int, _ end: Int) -> ZipFault {
        end < dataEnd
            ? .damaged(end, "the entry \(entry.quotedName) overlaps what follows it")
            : .damaged(dataEnd, "the entry \(entry.quotedName) is not followed by its data descriptor")
    }

    /// A descriptor has a signature or not, and sizes of four or eight bytes: 12, 16, 20 or 24 bytes in all.
    private static func agrees(_ bytes: ArraySlice<UInt8>, with member: ZipMember) -> Bool {
        var fields = ZipFields(bytes)
        if bytes.count == 16 || bytes.count == 24 {
            guard fields.uint32(0) == ZipSignature.descriptor else { return false }
            fields = ZipFields(bytes.dropFirst(4))
        }
        guard fields.uint32(0) == member.checksum else { return false }
        let isWide = bytes.count >= 20
        let compressed = isWide ? fields.uint64(4) : UInt64(fields.uint32(4))
        let size = isWide ? fields.uint64(12) : UInt64(fields.uint32(8))
        return Int(exactly: compressed) == member.compressedSize && Int(exactly: size) == member.size
    }
}
