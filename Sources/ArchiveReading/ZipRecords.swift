/// The signatures of zip's records (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, APPNOTE 6.3.10).
enum ZipSignature {
    static let localHeader: UInt32 = 0x0403_4B50
    static let centralHeader: UInt32 = 0x0201_4B50
    static let end: UInt32 = 0x0605_4B50
    static let zip64End: UInt32 = 0x0606_4B50
    static let zip64Locator: UInt32 = 0x0706_4B50
    static let descriptor: UInt32 = 0x0807_4B50
}

/// What is wrong with a zip archive's structure, before it is known which archive it is.
struct ZipFault: Error {
    let offset: Int?
    let reason: ArchiveReadingError.Reason

    static func damaged(_ offset: Int?, _ what: String) -> ZipFault { ZipFault(offset: offset, reason: .damaged(what)) }
}

/// Little-endian numbers out of a record; the caller has checked the record's length.
struct ZipFields {
    private let bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    private func number(_ offset: Int, _ count: Int) -> UInt64 {
        let start = bytes.startIndex + offset
        guard offset >= 0, offset + count <= bytes.count else { return 0 }
        var value: UInt64 = 0
        for index in (0..<count).reversed() { value = value << 8 | UInt64(bytes[start + index]) }
        return value
    }

    func uint16(_ offset: Int) -> Int { Int(number(offset, 2)) }
    func uint32(_ offset: Int) -> UInt32 { UInt32(truncatingIfNeeded: number(offset, 4)) }
    func uint64(_ offset: Int) -> UInt64 { number(offset, 8) }
    func slice(_ offset: Int, _ count: Int) -> ArraySlice<UInt8> {
        let start = bytes.startIndex + offset
        guard offset >= 0, count >= 0, offset + count <= bytes.count else { return [] }
        return bytes[start..<start + count]
    }
}

/// What a local header and a central header say in common.
struct ZipMember: Sendable {
    var name: [UInt8]
    var flags: Int
    var method: Int
    var checksum: UInt32
    /// The sizes in bytes; nil in a local header that leaves them to the data descriptor.
    var compressedSize: Int?
    var size: Int?
    /// Whether the sizes came out of a zip64 field, which makes the descriptor's sizes eight bytes long.
    var isZip64: Bool
    /// Where the local header starts.
    var offset: Int
    /// The central header's permission bits and file type as Unix has them; 0 where it says none.
    var mode = 0
    var modified = 0
    /// The bytes of the local header with name and extra fields; 0 in a central header.
    var headerSize = 0

    var hasDescriptor: Bool { flags & 8 != 0 }

    static let localHeaderSize = 30
    static let centralHeaderSize = 46

    /// Reads a local header: its fixed part, then name and extra fields.
    static func local(_ bytes: ArraySlice<UInt8>, offset: Int) throws(ZipFault) -> ZipMember {
        let fields = ZipFields(bytes)
        let nameSize = fields.uint16(26)
        let extraSize = fields.uint16(28)
        guard bytes.count == localHeaderSize + nameSize + extraSize else {
            throw ZipFault(offset: offset, reason: .truncated)
        }
        var member = ZipMember(
            name: Array(fields.slice(localHeaderSize, nameSize)), flags: fields.uint16(6), method: fields.uint16(8),
            checksum: fields.uint32(14), compressedSize: Int(fields.uint32(18)), size: Int(fields.uint32(22)),
            isZip64: false, offset: offset)
        member.modified = dosTime(date: fields.uint16(12), time: fields.uint16(10))
        member.headerSize = bytes.count
        let extra = try ZipExtra(
            fields.slice(localHeaderSize + nameSize, extraSize), name: member.name, offset: offset)
        if let zip64 = extra.zip64 {
            // Both sizes are always in a local zip64 field; the field of a header whose sizes are not saturated is idle.
            let wide = ZipFields(zip64)
            if member.size == 0xFFFF_FFFF || member.compressedSize == 0xFFFF_FFFF {
                guard zip64.count == 16, member.size == 0xFFFF_FFFF, member.compressedSize == 0xFFFF_FFFF else {
                    throw .damaged(offset, "the zip64 field of a local header has the wrong length")
                }
                member.size = try integer(wide.uint64(0), offset)
                member.compressedSize = try integer(wide.uint64(8), offset)
            }
            member.isZip64 = true
        } else if member.size == 0xFFFF_FFFF || member.compressedSize == 0xFFFF_FFFF {
            throw .damaged(offset, "a local header has zip64 sizes but no zip64 field")
        }
        try member.checkFlags()
        if member.hasDescriptor, member.checksum == 0, member.compressedSize == 0 {
            if member.size == 0 { member.size = nil }
            // Info-ZIP knows the size of a file when it writes to a pipe, and not yet what it is compressed to.
            if member.size == nil || member.method == 8 { member.compressedSize = nil }
        }
        return member
    }

    /// Reads a central header: its fixed part, then name, extra fields and comment.
    static func central(_ bytes: ArraySlice<UInt8>, offset: Int) throws(ZipFault) -> ZipMember {
        let fields = ZipFields(bytes)
        let nameSize = fields.uint16(28)
        let extraSize = fields.uint16(30)
        guard bytes.count == centralHeaderSize + nameSize + extraSize + fields.uint16(32) else {
            throw ZipFault(offset: offset, reason: .truncated)
        }
        guard fields.uint16(34) == 0 else { throw .damaged(offset, "it is one of several disks") }
        var member = ZipMember(
            name: Array(fields.slice(centralHeaderSize, nameSize)), flags: fields.uint16(8), method: fields.uint16(10),
            checksum: fields.uint32(16), compressedSize: Int(fields.uint32(20)), size: Int(fields.uint32(24)),
            isZip64: false, offset: Int(fields.uint32(42)))
        member.modified = dosTime(date: fields.uint16(14), time: fields.uint16(12))
        let attributes = fields.uint32(38)
        // The upper byte of "version made by": 3 is Unix, 19 is macOS.
        if [3, 19].contains(fields.uint16(4) >> 8) { member.mode = Int(attributes >> 16) }
        let extra = try ZipExtra(
            fields.slice(centralHeaderSize + nameSize, extraSize), name: member.name, offset: offset)
        try member.widen(extra.zip64, offset: offset)
        try member.checkFlags()
        try check(attributes: attributes, name: member.name, offset: offset)
        return member
    }

    /// Refuses the external attributes of what is neither a file nor a directory, or not what its name says.
    ///
    /// The type counts whatever system the entry says it is from: unzip believes several of them, libarchive and Go fewer, Python
    /// none.
    static func check(attributes: UInt32, name: [UInt8], offset: Int) throws(ZipFault) {
        try check(type: Int(attributes >> 16), name: name, offset: offset)
        guard name.last == UInt8(ascii: "/") || attributes & 0x10 == 0 else {
            throw .damaged(offset, "the entry \(quoted(name)) is a directory without a slash")
        }
        guard attributes & 0x08 == 0 else {
            throw .damaged(offset, "the entry \(quoted(name)) is the label of a volume, which unzip leaves out")
        }
    }

    /// Refuses a mode of Unix whose type is not that of the name.
    static func check(type mode: Int, name: [UInt8], offset: Int) throws(ZipFault) {
        let type = mode & 0o170000
        guard type == 0 || type == (name.last == UInt8(ascii: "/") ? 0o040000 : 0o100000) else {
            throw .damaged(
                offset,
                type == 0o120000
                    ? "the entry \(quoted(name)) is a symbolic link, which a reader of the stream cannot see"
                    : "the entry \(quoted(name)) is not a regular file or directory")
        }
    }

    /// Takes the saturated fields of a central header from its zip64 field, which holds just those, in this order.
    private mutating func widen(_ zip64: ArraySlice<UInt8>?, offset at: Int) throws(ZipFault) {
        let needed = [size, compressedSize, offset].filter { $0 == 0xFFFF_FFFF }.count
        guard let zip64 else {
            guard needed == 0 else { throw .damaged(at, "a central header has zip64 sizes but no zip64 field") }
            return
        }
        guard zip64.count == needed * 8 || (needed == 0 && [8, 16, 24, 28].contains(zip64.count)) else {
            throw .damaged(at, "the zip64 field of a central header has the wrong length")
        }
        isZip64 = true
        let fields = ZipFields(zip64)
        var position = 0
        if size == 0xFFFF_FFFF {
            size = try Self.integer(fields.uint64(position), at)
            position += 8
        }
        if compressedSize == 0xFFFF_FFFF {
            compressedSize = try Self.integer(fields.uint64(position), at)
            position += 8
        }
        if offset == 0xFFFF_FFFF { offset = try Self.integer(fields.uint64(position), at) }
    }

    private func checkFlags() throws(ZipFault) {
        // 1: encrypted, 1 << 5: patch data, 1 << 6: strong encryption, 1 << 13: masked headers.
        guard flags & 0x2061 == 0 else {
            throw .damaged(offset, "the entry \(quotedName) is encrypted or a patch, which is not read")
        }
        guard method == 0 || method == 8 else {
            throw .damaged(
                offset, "the entry \(quotedName) is compressed with method \(method); only stored and deflate are read")
        }
    }

    /// Holds the local header against the central one; gives the local one completed by it.
    func agreeing(with central: ZipMember) throws(ZipFault) -> ZipMember {
        func disagree(_ what: String) -> ZipFault {
            .damaged(offset, "the directory and the local header of \(central.quotedName) disagree on \(what)")
        }
        guard name == central.name else { throw disagree("the name") }
        guard flags == central.flags else { throw disagree("the flags") }
        guard method == central.method else { throw disagree("the method") }
        guard size == nil || size == central.size,
            compressedSize == nil || compressedSize == central.compressedSize
        else { throw disagree("the sizes") }
        // A header with a descriptor may give the sizes and leave the checksum out.
        guard checksum == central.checksum || (hasDescriptor && checksum == 0) else { throw disagree("the checksum") }
        var member = central
        member.headerSize = headerSize
        member.isZip64 = isZip64
        return member
    }

    var quotedName: String { Self.quoted(name) }

    private static func quoted(_ name: [UInt8]) -> String {
        ArchiveReadingError.quoted(ArchiveReadingError.text(name))
    }

    static func integer(_ value: UInt64, _ offset: Int) throws(ZipFault) -> Int {
        // Half of the range is enough for every file, and sums of two such numbers do not overflow.
        guard value <= UInt64(Int.max / 4) else { throw .damaged(offset, "a size or offset is impossible") }
        return Int(value)
    }

    /// Seconds since 1970 of an MS-DOS date and time, taken for UTC; 0 for an impossible date.
    private static func dosTime(date: Int, time: Int) -> Int {
        let day = date & 31
        let month = (date >> 5) & 15
        guard (1...31).contains(day), (1...12).contains(month) else { return 0 }
        // Days from civil: the year starts in March, so that the leap day is the last.
        let year = 1980 + (date >> 9) - (month <= 2 ? 1 : 0)
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        let days = year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
        return days * 86_400 + (time >> 11) * 3600 + ((time >> 5) & 63) * 60 + (time & 31) * 2
    }
}

/// The extra fields of a header: a list of kind, length, data.
struct ZipExtra {
    private(set) var zip64: ArraySlice<UInt8>?

    init(_ bytes: ArraySlice<UInt8>, name: [UInt8], offset: Int) throws(ZipFault) {
        var rest = bytes
        while !rest.isEmpty {
            let fields = ZipFields(rest)
            guard rest.count >= 4, fields.uint16(2) <= rest.count - 4 else {
                throw .damaged(offset, "the extra fields of a header are damaged")
            }
            let data = fields.slice(4, fields.uint16(2))
            switch fields.uint16(0) {
            case 0x0001:
                guard zip64 == nil else { throw .damaged(offset, "a header has two zip64 fields") }
                zip64 = data
            case 0x7075 where data.count < 5 || Array(data.dropFirst(5)) != name:
                // Info-ZIP's Unicode path: some readers take it for the name, others do not.
                throw .damaged(offset, "an entry has two different names")
            case 0x756E:
                // ASi, which unzip believes: a checksum, then the mode.
                try ZipMember.check(type: ZipFields(data).uint16(4), name: name, offset: offset)
            case 0x6C78:
                if let attributes = Self.attributes(data) {
                    try ZipMember.check(attributes: attributes, name: name, offset: offset)
                }
            case 0x000D where data.count > 12:
                // PKWARE's for Unix: behind two times and two owners stands the target of a link, or a device.
                throw .damaged(offset, "an entry is a link or a device to some programs, and a file to others")
            default: break
            }
            rest = rest.dropFirst(4 + data.count)
        }
    }

    /// The external attributes in libarchive's field `xl`: bits that say what is there, then the versions, the internal and the
    /// external attributes; nil where they are not there.
    private static func attributes(_ data: ArraySlice<UInt8>) -> UInt32? {
        guard let present = data.first, present & 4 != 0 else { return nil }
        let bits = data.prefix { $0 & 0x80 != 0 }.count + 1
        return ZipFields(data).uint32(bits + (present & 1 != 0 ? 2 : 0) + (present & 2 != 0 ? 2 : 0))
    }
}
