/// Reads the lines and keys of a TOML text; TOMLTables.swift keeps the rules of tables, TOMLValues.swift and
/// TOMLStrings.swift read values.
struct TOMLScanner {
    /// Why the scanner stopped.
    struct Failure: Error {
        let error: DocumentError
    }

    let text: SourceText
    let bytes: [UInt8]
    var index: Int
    var places: PlaceCursor
    /// Tables that dotted keys made below the current header: the next header closes them.
    var dotted: [Table] = []
    /// Whether lists of flat tables stay text.
    var keepsFlatTables = true

    init(_ text: SourceText, at index: Int, places: PlaceCursor? = nil) {
        self.text = text
        self.bytes = text.bytes
        self.index = index
        self.places = places ?? PlaceCursor(text, near: index)
    }

    /// Reads all statements from the current position on, those that begin before `end`.
    mutating func statements(until end: Int = .max) throws(Failure) -> Table {
        let root = Table(at: places.place(at: index))
        var current = root
        while true {
            try skipSpaceAndComments()
            guard index < min(end, bytes.count) else { break }
            if bytes[index] == UInt8(ascii: "[") {
                current = try header(root)
            } else {
                try assignment(into: current, depth: 0)
                try endOfLine()
            }
            current.end = places.place(at: index)
        }
        root.end = places.place(at: index)
        return root
    }

    func failure(_ reason: String, at offset: Int? = nil) -> Failure {
        Failure(
            error: DocumentError(file: text.name, place: text.place(at: offset ?? index), reason: reason))
    }

    // MARK: Lines

    mutating func skipBlanks() {
        while index < bytes.count, bytes[index].isASCIIBlank { index += 1 }
    }

    /// Skips blanks, line ends and comments. A line ends with LF or CR LF.
    mutating func skipSpaceAndComments() throws(Failure) {
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"): index += 1
            case UInt8(ascii: "\r") where isLineEnd(index): index += 2
            case UInt8(ascii: "#"): try skipComment()
            default: return
            }
        }
    }

    private mutating func skipComment() throws(Failure) {
        while index < bytes.count, !isLineEnd(index) {
            if Self.isControl(bytes[index]) { throw failure("a control character in a comment") }
            index += 1
        }
    }

    /// Returns whether a line feed, with or without a carriage return before it, is at an offset.
    func isLineEnd(_ offset: Int) -> Bool {
        guard offset < bytes.count else { return false }
        if bytes[offset] == UInt8(ascii: "\n") { return true }
        return bytes[offset] == UInt8(ascii: "\r") && offset + 1 < bytes.count
            && bytes[offset + 1] == UInt8(ascii: "\n")
    }

    /// Whether a byte is a control character that is allowed neither in comments nor in strings.
    static func isControl(_ byte: UInt8) -> Bool {
        byte < UInt8(ascii: " ") && byte != UInt8(ascii: "\t") || byte == 0x7F
    }

    mutating func endOfLine() throws(Failure) {
        skipBlanks()
        guard index < bytes.count, bytes[index] != UInt8(ascii: "#"), !isLineEnd(index) else { return }
        throw failure("the end of the line was expected")
    }

    // MARK: Keys

    struct Key {
        let name: String
        let offset: Int
    }

    /// Reads a key without quotes and dots, and the `=` after it; returns nil and reads nothing for any other key.
    mutating func plainKey() -> Key? {
        var end = index
        while end < bytes.count, bytes[end].isASCIIBlank { end += 1 }
        let start = end
        while end < bytes.count, Self.isBareKey(bytes[end]) { end += 1 }
        let keyEnd = end
        while end < bytes.count, bytes[end].isASCIIBlank { end += 1 }
        guard start < keyEnd, end < bytes.count, bytes[end] == UInt8(ascii: "=") else { return nil }
        index = end + 1
        return Key(name: String(decoding: bytes[start..<keyEnd], as: UTF8.self), offset: start)
    }

    mutating func dottedKey() throws(Failure) -> [Key] {
        var keys: [Key] = []
        while true {
            skipBlanks()
            guard index < bytes.count else { throw failure("a key was expected") }
            let start = index
            switch bytes[index] {
            case UInt8(ascii: "\""), UInt8(ascii: "'"): keys.append(Key(name: try string(isKey: true), offset: start))
            default:
                while index < bytes.count, Self.isBareKey(bytes[index]) { index += 1 }
                if index == start { throw failure("a key was expected") }
                keys.append(Key(name: String(decoding: bytes[start..<index], as: UTF8.self), offset: start))
            }
            if keys.count > UnicodeChecking.maximumDepth {
                throw failure("tables are nested more than \(UnicodeChecking.maximumDepth) levels deep")
            }
            skipBlanks()
            guard index < bytes.count, bytes[index] == UInt8(ascii: ".") else { return keys }
            index += 1
        }
    }

    private static func isBareKey(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
