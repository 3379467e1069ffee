import EnvironmentInventory
import SourceDocuments

/// The records at the end of a zip archive: they say how many central headers there are and where these start.
struct ZipEnd: Sendable {
    let entries: Int
    let directoryOffset: Int
    let directorySize: Int
    /// The bytes of the comment at the very end.
    let commentSize: Int
    /// Whether there is a zip64 end record.
    let isZip64: Bool

    static let size = 22
    static let locatorSize = 20
    static let zip64Size = 56

    /// Reads the end records out of the archive's last bytes.
    ///
    /// - Parameters:
    ///   - tail: the bytes from the end of the central directory to the end of the archive, no more and no less.
    ///   - start: the offset of the tail's first byte in the archive.
    init(_ tail: ArraySlice<UInt8>, start: Int) throws(ZipFault) {
        var rest = tail
        var zip64: ZipFields?
        if rest.count >= 4, ZipFields(rest).uint32(0) == ZipSignature.zip64End {
            let fields = ZipFields(rest)
            guard rest.count >= Self.zip64Size, fields.uint64(4) <= UInt64(rest.count - 12), fields.uint64(4) >= 44
            else {
                throw .damaged(start, "the zip64 end record is damaged")
            }
            let length = 12 + Int(fields.uint64(4))
            // Python reads the 56 bytes in front of the locator, wherever that leads: they can be a record of another directory.
            guard length == Self.zip64Size else {
                throw .damaged(start, "the zip64 end record has extensible data: programs read another record in them")
            }
            zip64 = fields
            rest = rest.dropFirst(length)
            let locator = ZipFields(rest)
            guard rest.count >= Self.locatorSize, locator.uint32(0) == ZipSignature.zip64Locator,
                locator.uint32(4) == 0, locator.uint32(16) <= 1, locator.uint64(8) == UInt64(start)
            else { throw .damaged(start + length, "the zip64 locator does not lead to the zip64 end record") }
            rest = rest.dropFirst(Self.locatorSize)
        }
        let at = start + (rest.startIndex - tail.startIndex)
        let fields = ZipFields(rest)
        guard rest.count >= Self.size else { throw ZipFault(offset: at, reason: .truncated) }
        guard fields.uint32(0) == ZipSignature.end else {
            throw .damaged(at, "there are bytes between the directory and the end record")
        }
        let comment = rest.dropFirst(Self.size)
        commentSize = comment.count
        isZip64 = zip64 != nil
        guard fields.uint16(20) == comment.count else { throw .damaged(at, "there are bytes after the end record") }
        guard !Self.holdsSignature(comment) else {
            throw .damaged(at + Self.size, "the comment holds a record of a second archive")
        }
        guard fields.uint16(4) == 0, fields.uint16(6) == 0, fields.uint16(8) == fields.uint16(10) else {
            throw .damaged(at, "it is one of several disks")
        }
        let narrow = (UInt64(fields.uint16(10)), UInt64(fields.uint32(12)), UInt64(fields.uint32(16)))
        guard let zip64 else {
            guard narrow.0 != 0xFFFF, narrow.1 != 0xFFFF_FFFF, narrow.2 != 0xFFFF_FFFF else {
                throw .damaged(at, "the end record needs a zip64 end record, and there is none")
            }
            entries = Int(narrow.0)
            directorySize = Int(narrow.1)
            directoryOffset = Int(narrow.2)
            return
        }
        guard zip64.uint32(16) == 0, zip64.uint32(20) == 0, zip64.uint64(24) == zip64.uint64(32) else {
            throw .damaged(start, "it is one of several disks")
        }
        let wide = (zip64.uint64(32), zip64.uint64(40), zip64.uint64(48))
        guard narrow.0 == 0xFFFF || narrow.0 == wide.0, narrow.1 == 0xFFFF_FFFF || narrow.1 == wide.1,
            narrow.2 == 0xFFFF_FFFF || narrow.2 == wide.2
        else { throw .damaged(start, "the end record and the zip64 end record disagree") }
        entries = try ZipMember.integer(wide.0, start)
        directorySize = try ZipMember.integer(wide.1, start)
        directoryOffset = try ZipMember.integer(wide.2, start)
    }

    private static func holdsSignature(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.count >= 4 else { return false }
        let known: [[UInt8]] = [[1, 2], [3, 4], [5, 6], [6, 6], [6, 7]]
        for index in bytes.indices.dropLast(3)
        where bytes[index] == UInt8(ascii: "P") && bytes[index + 1] == UInt8(ascii: "K")
            && known.contains([bytes[index + 2], bytes[index + 3]])
        {
            return true
        }
        return false
    }
}

/// The names of a zip archive as they are read: refused when two of them meet in one place.
struct ZipNames {
    private let limits: ReadingLimits
    private let collisions: ZipReader.Collisions
    private var files: Set<String> = []
    private var folders: Set<String> = []

    init(limits: ReadingLimits, collisions: ZipReader.Collisions) {
        self.limits = limits
        self.collisions = collisions
    }

    /// The number of names.
    private(set) var count = 0

    /// Checks a name and gives its path.
    mutating func insert(_ member: ZipMember) throws(ZipFault) -> String {
        count += 1
        guard count <= limits.entries else {
            throw ZipFault(offset: member.offset, reason: .limit("it has more than \(limits.entries) entries"))
        }
        let path = try checked(member)
        let isFolder = member.name.last == UInt8(ascii: "/")
        let key = folded(path)
        if isFolder {
            guard !files.contains(key) else { throw clash(member, "is a file and a directory") }
            // A folder that earlier files brought along may have its own entry, once.
            guard files.insert(key + "/").inserted else { throw clash(member, "is there twice") }
            folders.insert(key)
        } else {
            guard !folders.contains(key) else { throw clash(member, "is a file and a directory") }
            guard files.insert(key).inserted else {
                throw clash(member, "is there twice, or differs from another only in case or Unicode form")
            }
        }
        var parent = key[...]
        while let slash = parent.lastIndex(of: "/") {
            parent = parent[..<slash]
            let folder = String(parent)
            guard !files.contains(folder) else { throw clash(member, "lies in a file") }
            if !folders.insert(folder).inserted { break }
        }
        return path
    }

    private func folded(_ path: String) -> String {
        // A String compares by canonical equivalence, so NFC and NFD are one key already.
        collisions == .refuseLookalikes ? path.uppercased().lowercased() : path
    }

    private func checked(_ member: ZipMember) throws(ZipFault) -> String {
        let name = member.name
        guard !name.isEmpty, !name.contains(0) else {
            throw .damaged(member.offset, "an entry has no name or one with a NUL")
        }
        guard name.count <= limits.pathBytes else {
            throw ZipFault(offset: member.offset, reason: .limit("a path has more than \(limits.pathBytes) bytes"))
        }
        let text = String(decoding: name, as: UTF8.self)
        guard text.utf8.elementsEqual(name), member.flags & 0x800 != 0 || name.allSatisfy({ $0 < 0x80 }) else {
            throw .damaged(
                member.offset, "the name \(member.quotedName) is not marked as UTF-8: readers decode it differently")
        }
        guard name.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw .damaged(
                member.offset, "the name \(member.quotedName) has a control character, which some programs leave out")
        }
        let isDrive = name.count >= 2 && name[1] == 0x3A && (0x41...0x5A).contains(name[0] & 0xDF)
        guard !name.contains(UInt8(ascii: "\\")) else {
            throw .damaged(
                member.offset, "the name \(member.quotedName) has a backslash, which is a separator on Windows")
        }
        guard name.first != UInt8(ascii: "/"), !isDrive,
            let path = ArchivePath.normalized(name), !path.isEmpty
        else { throw ZipFault(offset: member.offset, reason: .unsafePath(text)) }
        let last = name.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).last ?? []
        guard last != [UInt8(ascii: ".")] else {
            throw .damaged(
                member.offset, "the name \(member.quotedName) ends with a dot, of which unzip makes a directory")
        }
        if let mark = last.lastIndex(of: UInt8(ascii: ";")), last[mark...].dropFirst().allSatisfy(\.isASCIIDigit) {
            throw .damaged(
                member.offset, "the name \(member.quotedName) ends with a version of VMS, which unzip takes off")
        }
        guard path.split(separator: UInt8(ascii: "/")).count <= limits.depth else {
            throw ZipFault(
                offset: member.offset, reason: .limit("a path is more than \(limits.depth) directories deep"))
        }
        if name.last == UInt8(ascii: "/"), member.size ?? 0 != 0 || member.compressedSize ?? 0 > 2 {
            throw .damaged(member.offset, "the directory \(member.quotedName) has data")
        }
        return String(decoding: path, as: UTF8.self)
    }

    private func clash(_ member: ZipMember, _ what: String) -> ZipFault {
        .damaged(member.offset, "the entry \(member.quotedName) \(what)")
    }
}
