/// All headers of one entry: its own block, and the extended ones before it.
///
/// Each construct is read as Go's archive/tar reads it. Combinations that no writer makes, and that libarchive, GNU tar,
/// Python and Go take for different entries, are refused.
struct TarEntryHeaders {
    private(set) var records: PAXRecords?
    private(set) var longName: [UInt8]?
    private(set) var longLink: [UInt8]?

    /// Whether an extended header waits for its entry.
    var isPending: Bool { records != nil || longName != nil || longLink != nil }

    /// Adds a pax header.
    mutating func add(records bytes: [UInt8]) throws(TarFault) {
        guard records == nil else { throw .ambiguous("two pax headers for one entry") }
        records = try PAXRecords(bytes)
    }

    /// Adds the data of GNU's `L` or `K`.
    mutating func add(name bytes: [UInt8], isLink: Bool) throws(TarFault) {
        let name = Array(bytes.prefix { $0 != 0 })
        guard !name.isEmpty, bytes[name.count...].allSatisfy({ $0 == 0 }) else {
            throw .ambiguous("an empty GNU long name, or one with a NUL")
        }
        guard (isLink ? longLink : longName) == nil else { throw .ambiguous("two GNU long names for one entry") }
        if isLink { longLink = name } else { longName = name }
    }

    /// What an entry is, of its header and the extended ones.
    struct Entry {
        let name: [UInt8]
        let linkName: [UInt8]
        let type: UInt8
        /// The size as it is written; of a file that of its stored data.
        let size: Int
        let sparse: TarSparseMap.Format?
    }

    /// Puts the headers together.
    func entry(_ header: TarHeader) throws(TarFault) -> Entry {
        if longName != nil || longLink != nil {
            guard records?["path"] == nil, records?["linkpath"] == nil, records?.namesSparse != true else {
                throw .ambiguous("a GNU long name together with a pax name")
            }
        }
        var size = header.fileSize
        let paxSize = try records?.number("size")
        if let paxSize { size = paxSize }
        if let real = try records?.number("SCHILY.realsize"), real != size {
            throw .ambiguous("'SCHILY.realsize', another size of the file")
        }
        let sparse = try TarSparseMap.format(header, records)
        let name = longName ?? records?["path"] ?? header.name
        let linkName = longLink ?? records?["linkpath"] ?? header.linkName
        let shown = sparse?.name ?? name
        guard !shown.isEmpty else { throw .ambiguous("an entry without a name") }
        var type = header.type
        switch header.type {
        case UInt8(ascii: "0"), 0:
            if name.last == UInt8(ascii: "/") {
                // Archives of version 7 have no other way to write a directory.
                guard header.type == 0, size == 0, sparse == nil else {
                    throw .ambiguous("a regular file whose name ends with a slash")
                }
                type = UInt8(ascii: "5")
            }
        case UInt8(ascii: "S"): if name.last == UInt8(ascii: "/") { throw .ambiguous("a sparse directory") }
        case UInt8(ascii: "1"):
            guard paxSize ?? 0 == 0 else { throw .ambiguous("a hard link with a size in its pax header") }
            guard size == 0 || records == nil else { throw .ambiguous("a hard link with a size and a pax header") }
            size = 0
        case UInt8(ascii: "2")...UInt8(ascii: "6"):
            guard size == 0, paxSize ?? 0 == 0 else { throw .ambiguous("a size of what is not a file") }
        case UInt8(ascii: "7"): throw .ambiguous("a contiguous file (type 7)")
        default:
            let text = String(decoding: [header.type], as: UTF8.self)
            throw .damaged("an entry of the type \(ArchiveReadingError.quoted(text)), which is not read")
        }
        if type == UInt8(ascii: "1") || type == UInt8(ascii: "2"), linkName.isEmpty {
            throw .damaged("a link without a target")
        }
        return Entry(name: shown, linkName: linkName, type: type, size: size, sparse: sparse)
    }
}
