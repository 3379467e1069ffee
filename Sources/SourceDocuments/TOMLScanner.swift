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

    /// Reads statements from where the scanner stands.
    ///
    /// - Parameter limit: where to stop; a statement that does not end before it is read to its end.
    mutating func statements(until limit: Int) throws(Failure) -> Table {
        let root = Table(at: places.place(at: index))
        var current = root
        while true {
            try skipSpaceAndComments()
            guard index < limit else { break }
            if bytes[index] == 0x5B {
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
        while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
    }

    /// Skips blanks, line ends and comments. A line ends with LF or CR LF.
    mutating func skipSpaceAndComments() throws(Failure) {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x09, 0x0A: index += 1
            case 0x0D where isLineEnd(index): index += 2
            case 0x23: try skipComment()
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

    /// Whether a line feed, with or without a carriage return before it, stands at an offset.
    func isLineEnd(_ offset: Int) -> Bool {
        guard offset < bytes.count else { return false }
        if bytes[offset] == 0x0A { return true }
        return bytes[offset] == 0x0D && offset + 1 < bytes.count && bytes[offset + 1] == 0x0A
    }

    /// Whether a byte is a control character that neither comments nor strings may hold.
    static func isControl(_ byte: UInt8) -> Bool { byte < 0x20 && byte != 0x09 || byte == 0x7F }

    mutating func endOfLine() throws(Failure) {
        skipBlanks()
        guard index < bytes.count, bytes[index] != 0x23, !isLineEnd(index) else { return }
        throw failure("the end of the line was expected")
    }

    // MARK: Keys

    struct Key {
        let name: String
        let offset: Int
    }

    /// A key without quotes and dots, and the `=` behind it; nil, with nothing taken, for any other.
    mutating func plainKey() -> Key? {
        var end = index
        while end < bytes.count, bytes[end] == 0x20 || bytes[end] == 0x09 { end += 1 }
        let start = end
        while end < bytes.count, Self.isBareKey(bytes[end]) { end += 1 }
        let keyEnd = end
        while end < bytes.count, bytes[end] == 0x20 || bytes[end] == 0x09 { end += 1 }
        guard start < keyEnd, end < bytes.count, bytes[end] == 0x3D else { return nil }
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
            case 0x22, 0x27: keys.append(Key(name: try string(isKey: true), offset: start))
            default:
                while index < bytes.count, Self.isBareKey(bytes[index]) { index += 1 }
                if index == start { throw failure("a key was expected") }
                keys.append(Key(name: String(decoding: bytes[start..<index], as: UTF8.self), offset: start))
            }
            if keys.count > UnicodeChecking.maximumDepth {
                throw failure("tables stand too deep inside of each other")
            }
            skipBlanks()
            guard index < bytes.count, bytes[index] == 0x2E else { return keys }
            index += 1
        }
    }

    private static func isBareKey(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D: true
        default: false
        }
    }
}
