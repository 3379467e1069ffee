import ArchiveReading

/// Reads the headers of a tar archive strictly while its bytes pass by, so that a model is refused whose entries Python's
/// `tarfile`, GNU tar and Go's `archive/tar` read differently.
///
/// ``TarReader`` reads the archive; every entry that it returns must be the next one here. Sources: POSIX pax
/// (https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html), GNU tar
/// (https://www.gnu.org/software/tar/manual/html_node/Standard.html), `tarfile.py` of CPython, `archive/tar` of Go.
final class TarReferee: ByteSource {
    /// One entry as all readers see it.
    struct Entry: Equatable {
        let path: String
        let type: UInt8
        let size: Int
        let target: String
    }

    let name: String
    private let source: any ByteSource
    private var block: [UInt8] = []
    /// How many bytes of data and padding come before the next header.
    private var skipping = 0
    /// The data of a PAX header or a GNU long name while it is collected, and how much of it is padding.
    private var collecting: (type: UInt8, size: Int, left: Int)?
    private var collected: [UInt8] = []
    private var longName: [UInt8]?
    private var longTarget: [UInt8]?
    private var attributes: [String: [UInt8]]?
    private var isAtEnd = false
    private var offset = 0
    private var entries: [Entry] = []
    private var first = 0

    private static let maximumRecord = 1 << 20

    init(_ source: any ByteSource) {
        self.source = source
        name = source.name
        block.reserveCapacity(512)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int {
        let count = try source.read(into: buffer)
        try inspect(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        return count
    }

    /// Checks that the next entry is the one that another reader returned.
    func confirm(_ entry: ArchiveEntry) throws(ArchiveReadingError) {
        guard first < entries.count else { throw refuse("the entry '\(entry.path)' is hidden", entry.offset) }
        let own = entries[first]
        first += 1
        if first == entries.count {
            entries.removeAll(keepingCapacity: true)
            first = 0
        }
        let isSame: Bool
        switch entry.kind {
        case .file: isSame = own.type == UInt8(ascii: "0") && own.size == entry.size
        case .directory: isSame = own.type == UInt8(ascii: "5")
        case .symbolicLink(let target): isSame = own.type == UInt8(ascii: "2") && own.target == target
        case .hardLink(let target):
            isSame = own.type == UInt8(ascii: "1") && Self.normalized(own.target) == target
        case .other: return
        }
        guard isSame, Self.normalized(own.path) == entry.path else {
            throw refuse("programs read the entry '\(entry.path)' differently", entry.offset)
        }
    }

    /// Checks, once the archive was read to its end, that no entry is left.
    func finish() throws(ArchiveReadingError) {
        if first < entries.count { throw refuse("the entry '\(entries[first].path)' is hidden", offset) }
        guard longName == nil, longTarget == nil, attributes == nil, collecting == nil else {
            throw refuse("a header describes no entry", offset)
        }
    }

    private static func normalized(_ path: String) -> String? {
        ArchivePath.normalized(Array(path.utf8)).map { String(decoding: $0, as: UTF8.self) }
    }

    private func refuse(_ what: String, _ offset: Int) -> ArchiveReadingError {
        ArchiveReadingError(archive: name, offset: offset, reason: .damaged(what))
    }

    // MARK: Blocks

    private func inspect(_ bytes: UnsafeRawBufferPointer) throws(ArchiveReadingError) {
        var bytes = bytes[...]
        while !bytes.isEmpty {
            if isAtEnd {
                guard bytes.allSatisfy({ $0 == 0 }) else {
                    throw refuse("there are bytes after the end of the archive", offset)
                }
                offset += bytes.count
                return
            }
            if skipping > 0 {
                let count = min(skipping, bytes.count)
                skipping -= count
                offset += count
                bytes = bytes.dropFirst(count)
                continue
            }
            if let piece = collecting {
                let count = min(piece.left, bytes.count)
                collected += bytes.prefix(count)
                offset += count
                bytes = bytes.dropFirst(count)
                collecting = (piece.type, piece.size, piece.left - count)
                if piece.left == count { try finishRecord(piece.type, piece.size) }
                continue
            }
            let count = min(512 - block.count, bytes.count)
            block += bytes.prefix(count)
            offset += count
            bytes = bytes.dropFirst(count)
            if block.count == 512 {
                try readHeader(offset - 512)
                block.removeAll(keepingCapacity: true)
            }
        }
    }

    private func finishRecord(_ type: UInt8, _ size: Int) throws(ArchiveReadingError) {
        let data = collected[..<size]
        collected = []
        collecting = nil
        switch type {
        case UInt8(ascii: "x"):
            guard attributes == nil else { throw refuse("an entry has two PAX headers", offset) }
            attributes = try records(data)
        case UInt8(ascii: "g"):
            let global = try records(data)
            guard global.keys.allSatisfy({ $0 == "comment" }) else {
                throw refuse("a global PAX header changes what other entries are", offset)
            }
        default:
            let isTarget = type == UInt8(ascii: "K")
            guard let end = data.firstIndex(of: 0), end == data.index(before: data.endIndex), end > data.startIndex,
                isTarget ? longTarget == nil : longName == nil
            else { throw refuse("a long name is empty, doubled or not terminated", offset) }
            if isTarget { longTarget = Array(data[..<end]) } else { longName = Array(data[..<end]) }
        }
    }

    /// The records of a PAX header, `LENGTH KEY=VALUE` and a line feed each.
    private func records(_ data: ArraySlice<UInt8>) throws(ArchiveReadingError) -> [String: [UInt8]] {
        var data = data
        var found: [String: [UInt8]] = [:]
        while !data.isEmpty {
            guard let space = data.firstIndex(of: UInt8(ascii: " ")), space - data.startIndex <= 7,
                let length = Int(String(decoding: data[..<space], as: UTF8.self)), length > space - data.startIndex + 2,
                length <= data.count, data[data.startIndex..<space].allSatisfy({ $0.isASCIIDigit }),
                data[data.startIndex] != UInt8(ascii: "0"), data[data.startIndex + length - 1] == UInt8(ascii: "\n"),
                let equals = data[space..<data.startIndex + length].firstIndex(of: UInt8(ascii: "=")),
                equals > space + 1
            else { throw refuse("a PAX header is damaged", offset) }
            let key = String(decoding: data[space + 1..<equals], as: UTF8.self)
            let value = Array(data[equals + 1..<data.startIndex + length - 1])
            guard found.updateValue(value, forKey: key) == nil else {
                throw refuse("a PAX header has the key \(key) twice", offset)
            }
            guard !key.hasPrefix("GNU."), !Self.refusedKeys.contains(key) else {
                throw refuse("programs read the PAX key \(key) differently", offset)
            }
            if ["path", "linkpath", "size"].contains(key), value.isEmpty || value.contains(0) {
                throw refuse("the PAX key \(key) has no proper value", offset)
            }
            data = data.dropFirst(length)
        }
        return found
    }

    private static let refusedKeys: Set<String> = [
        "hdrcharset", "charset", "SCHILY.realsize", "SCHILY.filetype", "SCHILY.offset",
    ]

    // MARK: Headers

    private func readHeader(_ start: Int) throws(ArchiveReadingError) {
        if block.allSatisfy({ $0 == 0 }) {
            isAtEnd = true
            return
        }
        guard let checksum = octal(148..<156), checksum == checksumOfBlock() else {
            throw refuse("a header has a wrong checksum", start)
        }
        guard let written = octal(124..<136) ?? base256(124..<136) else {
            throw refuse("the size of an entry is not a number that all programs read", start)
        }
        let type = block[156]
        let isPOSIX = block[257..<265].elementsEqual("ustar\u{0}00".utf8)
        let isGNU = block[257..<265].elementsEqual("ustar  \u{0}".utf8)
        guard isPOSIX || isGNU || Self.isOld(block) else {
            throw refuse("a header is of no format that all programs read", start)
        }
        guard isPOSIX || block[345..<500].allSatisfy({ $0 == 0 }) else {
            throw refuse("a GNU header has a prefix", start)
        }
        // Python reads these fields of every header, and silently ends the archive where they are no numbers.
        guard isNumber(329..<337), isNumber(337..<345) else {
            throw refuse("the device numbers of a header are not numbers that all programs read", start)
        }
        switch type {
        case UInt8(ascii: "x"), UInt8(ascii: "g"), UInt8(ascii: "L"), UInt8(ascii: "K"):
            guard written <= Self.maximumRecord else { throw refuse("a header is too large", start) }
            guard written > 0 else { throw refuse("a header is empty", start) }
            collecting = (type, written, (written + 511) & ~511)
        case 0, UInt8(ascii: "0"), UInt8(ascii: "1"), UInt8(ascii: "2"), UInt8(ascii: "5"):
            try readEntry(type == 0 ? UInt8(ascii: "0") : type, written, isPOSIX: isPOSIX, isOld: type == 0, start)
        default: throw refuse("it is not a file, a directory or a link (type \(Unicode.Scalar(type)))", start)
        }
    }

    private func readEntry(
        _ type: UInt8, _ written: Int, isPOSIX: Bool, isOld: Bool, _ start: Int
    ) throws(ArchiveReadingError) {
        defer { (longName, longTarget, attributes) = (nil, nil, nil) }
        let field = try text(0..<100, start)
        var path = field
        if isPOSIX {
            let prefix = try text(345..<500, start)
            if !prefix.isEmpty { path = prefix + [UInt8(ascii: "/")] + path }
        }
        var target = try text(157..<257, start)
        if let longName { path = longName }
        if let longTarget { target = longTarget }
        var size = written
        if let attributes {
            if let value = attributes["path"] {
                guard longName == nil else { throw refuse("an entry has a PAX path and a long name", start) }
                path = value
            }
            if let value = attributes["linkpath"] {
                guard longTarget == nil else { throw refuse("an entry has a PAX linkpath and a long name", start) }
                target = value
            }
            if let value = attributes["size"] {
                guard type == UInt8(ascii: "0"), value.allSatisfy({ $0.isASCIIDigit }),
                    let number = Int(String(decoding: value, as: UTF8.self))
                else { throw refuse("a PAX size belongs to no file", start) }
                size = number
            }
        }
        guard let pathText = String(validating: path, as: UTF8.self) else {
            throw refuse("the name '\(PathText.text(path))' is not UTF-8", start)
        }
        guard let targetText = String(validating: target, as: UTF8.self) else {
            throw refuse("the link target '\(PathText.text(target))' is not UTF-8", start)
        }
        // Python looks at the field, whatever name a prefix or another header gives the entry; the others look at that name.
        let slash = UInt8(ascii: "/")
        guard !isOld || (field.last == slash) == (path.last == slash) else {
            throw refuse("programs take the entry '\(pathText)' of type NUL for a file, or for a directory", start)
        }
        var kind = type
        if type == UInt8(ascii: "0"), path.last == UInt8(ascii: "/") {
            guard isOld, size == 0 else { throw refuse("the name of the file '\(pathText)' ends in a slash", start) }
            kind = UInt8(ascii: "5")
        }
        let isLink = type == UInt8(ascii: "1") || type == UInt8(ascii: "2")
        guard !path.isEmpty, isLink == !target.isEmpty || !isLink && type == UInt8(ascii: "0") else {
            throw refuse("the entry '\(pathText)' has no name, or a link no target", start)
        }
        guard type == UInt8(ascii: "0") || size == 0 else {
            throw refuse("the entry '\(pathText)' is not a file and has a size", start)
        }
        // What is no directory and is called like one, `x/.`, is a file to one program and a directory or nothing to another.
        guard kind == UInt8(ascii: "5") || !Self.isCalledDirectory(path) else {
            throw refuse("the name '\(pathText)' of a file or link ends in a slash or a dot", start)
        }
        // The name is looked up as it is, or after the slash that begins it is taken off.
        guard type != UInt8(ascii: "1") || target.first != slash && !Self.isCalledDirectory(target) else {
            throw refuse(
                "the target '\(targetText)' of the hard link '\(pathText)' is absolute or a directory's", start)
        }
        guard size <= Int.max - 1024 else { throw refuse("the size of '\(pathText)' is impossible", start) }
        skipping = (size + 511) & ~511
        entries.append(Entry(path: pathText, type: kind, size: size, target: isLink ? targetText : ""))
    }

    /// Whether a path ends with a slash, or with `.` or `..` after one.
    private static func isCalledDirectory(_ path: [UInt8]) -> Bool {
        let last = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).last ?? []
        return last.isEmpty || last.count <= 2 && last.allSatisfy { $0 == UInt8(ascii: ".") }
    }

    // MARK: Fields

    /// A name up to its first NUL; nothing may follow that.
    private func text(_ range: Range<Int>, _ start: Int) throws(ArchiveReadingError) -> [UInt8] {
        let field = block[range]
        let end = field.firstIndex(of: 0) ?? range.upperBound
        guard field[end...].allSatisfy({ $0 == 0 }) else { throw refuse("a name goes on after its end", start) }
        return Array(field[..<end])
    }

    /// A number in octal digits, with spaces before and spaces or NULs after it; zero if the field is empty.
    private func octal(_ range: Range<Int>) -> Int? {
        let field = block[range]
        if field.allSatisfy({ $0 == 0 }) { return 0 }
        let digits = field.drop { $0 == UInt8(ascii: " ") }
        let number = digits.prefix { (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) }
        guard !number.isEmpty, digits[number.endIndex...].allSatisfy({ $0 == 0 || $0 == UInt8(ascii: " ") }) else {
            return nil
        }
        return number.reduce(0) { $0 << 3 | Int($1 - UInt8(ascii: "0")) }
    }

    /// A positive number in base 256, as GNU tar writes one of more than eight gigabytes.
    private func base256(_ range: Range<Int>) -> Int? {
        let field = block[range]
        guard field.first == 0x80 else { return nil }
        var value = 0
        for byte in field.dropFirst() {
            guard value <= Int.max >> 9 else { return nil }
            value = value << 8 | Int(byte)
        }
        return value
    }

    private func isNumber(_ range: Range<Int>) -> Bool {
        block[range].allSatisfy { $0 == 0 || $0 == UInt8(ascii: " ") } || octal(range) != nil || base256(range) != nil
    }

    private func checksumOfBlock() -> Int { Self.checksums(block).unsigned }

    /// The sums of a header's bytes, its checksum counting as blanks; old writers added signed bytes.
    private static func checksums(_ block: [UInt8]) -> (unsigned: Int, signed: Int) {
        var (unsigned, signed) = (8 * 0x20, 8 * 0x20)
        for (index, byte) in block.prefix(512).enumerated() where !(148..<156).contains(index) {
            unsigned += Int(byte)
            signed += Int(Int8(bitPattern: byte))
        }
        return (unsigned, signed)
    }

    /// Returns whether a header is of the format before POSIX: nothing follows the link's name but, as GNU tar writes
    /// them, the numbers of a device.
    private static func isOld(_ block: [UInt8]) -> Bool {
        block[257..<329].allSatisfy { $0 == 0 } && block[345..<512].allSatisfy { $0 == 0 }
    }

    /// Refuses bytes that GNU tar takes for a tar archive, by their checksum, and other programs for what their first bytes say.
    static func refuseTwoFormats(_ head: [UInt8], name: String) throws(ArchiveReadingError) {
        guard
            ZipReader.detect(head) || Compression.detect(head) != .none || JoblibCompression.detect(head) != nil,
            isTar(head)
        else { return }
        throw ArchiveReadingError(
            archive: name, offset: 0, reason: .damaged("programs take it for a tar archive, or for another format"))
    }

    /// Returns whether the first bytes of a file are a tar header: by the magic, or by the checksum, which is all that GNU
    /// tar and Python look at.
    static func isTar(_ head: [UInt8]) -> Bool {
        if head.count >= 262, head[257..<262].elementsEqual("ustar".utf8) { return true }
        guard head.count >= 512, head[0] != 0 else { return false }
        let field = head[148..<156].drop { $0 == UInt8(ascii: " ") }
        let digits = field.prefix { (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) }
        guard !digits.isEmpty else { return false }
        let written = digits.reduce(0) { $0 << 3 | Int($1 - UInt8(ascii: "0")) }
        let sums = checksums(head)
        return written == sums.unsigned || written == sums.signed
    }
}
