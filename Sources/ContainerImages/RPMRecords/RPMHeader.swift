/// The header of an installed package as rpm's database keeps it
/// (https://rpm-software-management.github.io/rpm/manual/format_header.html).
///
/// Two counts of four bytes, the index entries of sixteen bytes (tag, type, offset, count), the data; everything big-endian. The
/// database keeps it without the magic and the padding that stand before it in a package file. Signatures are not checked.
struct RPMHeader {
    /// The tags that Pinproof asks for
    /// (https://rpm-software-management.github.io/rpm/manual/tags.html).
    enum Tag: UInt32 {
        case name = 1000
        case version = 1001
        case release = 1002
        case epoch = 1003
        case architecture = 1022
        case fileStates = 1029
        case fileModes = 1030
        case fileDigests = 1035
        case fileLinks = 1036
        case fileFlags = 1037
        case directoryIndexes = 1116
        case baseNames = 1117
        case directoryNames = 1118
        case fileDigestAlgorithm = 5011
    }

    private struct Entry {
        let type: UInt32
        let offset: Int
        let count: Int
    }

    /// What is wrong with a header.
    struct Damage: Error { let reason: String }

    private let bytes: [UInt8]
    private let data: Int
    private var entries: [UInt32: Entry] = [:]

    init(_ bytes: [UInt8]) throws(Damage) {
        self.bytes = bytes
        guard bytes.count >= 8 else { throw Damage(reason: "a header of \(bytes.count) bytes") }
        func word(_ index: Int) -> UInt32 { bytes[index..<index + 4].reduce(0) { $0 << 8 | UInt32($1) } }
        let (count, size) = (Int(word(0)), Int(word(4)))
        data = 8 + count * 16
        guard count > 0, data + size == bytes.count else {
            throw Damage(reason: "a header of \(bytes.count) bytes that announces \(data + size)")
        }
        for index in 0..<count {
            let start = 8 + index * 16
            let tag = word(start)
            // The first entries mark regions; of a tag that stands twice the first one counts.
            guard tag >= 1000, entries[tag] == nil else { continue }
            let offset = Int(word(start + 8))
            guard offset < size else { throw Damage(reason: "the tag \(tag) lies outside of its header") }
            entries[tag] = Entry(type: word(start + 4), offset: data + offset, count: Int(word(start + 12)))
        }
    }

    /// A text, or the first one of a list; nil when there is none.
    func string(_ tag: Tag) throws(Damage) -> String? { try strings(tag, atMost: 1)?.first }

    /// A list of texts; nil when there is none.
    func strings(_ tag: Tag) throws(Damage) -> [String]? { try strings(tag, atMost: .max) }

    private func strings(_ tag: Tag, atMost limit: Int) throws(Damage) -> [String]? {
        guard let entry = entries[tag.rawValue] else { return nil }
        // A text, a list of texts, a text in several languages.
        guard entry.type == 6 || entry.type == 8 || entry.type == 9 else { throw wrongType(tag, entry) }
        var strings: [String] = []
        var start = entry.offset
        for _ in 0..<min(entry.type == 6 ? 1 : entry.count, limit) {
            guard start < bytes.count, let end = bytes[start...].firstIndex(of: 0) else {
                throw Damage(reason: "the texts of tag \(tag.rawValue) do not end")
            }
            strings.append(String(decoding: bytes[start..<end], as: UTF8.self))
            start = end + 1
        }
        return strings
    }

    /// A list of numbers; nil when there is none.
    func numbers(_ tag: Tag) throws(Damage) -> [Int]? {
        guard let entry = entries[tag.rawValue] else { return nil }
        let width: Int
        switch entry.type {
        case 1, 2: width = 1
        case 3: width = 2
        case 4: width = 4
        default: throw wrongType(tag, entry)
        }
        guard entry.count <= (bytes.count - entry.offset) / width else {
            throw Damage(reason: "the numbers of tag \(tag.rawValue) do not end")
        }
        return (0..<entry.count).map { index in
            let start = entry.offset + index * width
            return bytes[start..<start + width].reduce(0) { $0 << 8 | Int($1) }
        }
    }

    private func wrongType(_ tag: Tag, _ entry: Entry) -> Damage {
        Damage(reason: "the tag \(tag.rawValue) is of type \(entry.type)")
    }
}
