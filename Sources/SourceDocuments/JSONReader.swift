/// Reads JSON and keeps the position of every value.
///
/// Grammar: RFC 8259, strictly (no comments, no trailing commas, no leading zeros, control characters escaped). Beyond it: a
/// UTF-8 byte order mark is skipped; a duplicate key in one object, a lone surrogate, and values deeper than a limit
/// are refused, and a document of more values than a limit. An integer beyond 64 bits becomes a float.
package enum JSONReader {
    /// The largest depth that a caller may ask for: the stack of a thread holds as many calls.
    package static let maximumConfigurableDepth = 1024
    /// How many values a document has at most, unless a caller says otherwise: no lock has as many. Small numbers take
    /// seventy times their text in memory.
    package static let defaultMaximumValues = 16_000_000
    fileprivate static let tooManyValues = " values; documents of more are not read"

    /// Reads a whole text.
    ///
    /// - Parameters:
    ///   - maximumDepth: the maximum nesting depth, up to ``maximumConfigurableDepth``; nil for the default of 128.
    ///   - acceptsPythonNumbers: whether `NaN`, `Infinity` and `-Infinity` are numbers. They are no JSON, but Python's json
    ///     writes and reads them (https://docs.python.org/3/library/json.html#infinite-and-nan-number-values).
    ///   - maximumValues: how many values the document may have. An object that is not empty counts as having eight members
    ///     at least: it takes the room of as many.
    package static func read(
        _ text: SourceText, maximumDepth: Int? = nil, acceptsPythonNumbers: Bool = false,
        maximumValues: Int = defaultMaximumValues
    ) throws(DocumentError) -> DocumentNode {
        var scanner = JSONScanner(
            text, at: try UnicodeChecking.start(of: text),
            maximumDepth: min(maximumDepth ?? UnicodeChecking.maximumDepth, maximumConfigurableDepth),
            acceptsPythonNumbers: acceptsPythonNumbers, maximumValues: maximumValues)
        return try scanner.document()
    }

    /// Whether a document was refused because it has more values than were allowed: it may be JSON all the same.
    package static func hasTooManyValues(_ error: DocumentError) -> Bool { error.reason.hasSuffix(tooManyValues) }
}

private struct JSONScanner {
    private let text: SourceText
    private let bytes: [UInt8]
    private var index: Int
    private var places: PlaceCursor
    private let maximumDepth: Int
    private let acceptsPythonNumbers: Bool
    private let maximumValues: Int
    /// How many values may follow.
    private var remainingValues: Int

    /// The members for which a table makes room with its first one.
    private static let roomOfTable = 8

    init(_ text: SourceText, at index: Int, maximumDepth: Int, acceptsPythonNumbers: Bool, maximumValues: Int) {
        self.maximumDepth = maximumDepth
        self.acceptsPythonNumbers = acceptsPythonNumbers
        self.maximumValues = maximumValues
        remainingValues = maximumValues
        self.text = text
        self.bytes = text.bytes
        self.index = index
        places = PlaceCursor(text)
    }

    mutating func document() throws(DocumentError) -> DocumentNode {
        skipSpace()
        if index == bytes.count { throw error("is empty; a JSON value was expected") }
        let value = try value(depth: 0)
        skipSpace()
        if index < bytes.count { throw error("text follows the end of the JSON value") }
        return value
    }

    private func error(_ reason: String, at offset: Int? = nil) -> DocumentError {
        DocumentError(file: text.name, place: text.place(at: offset ?? index), reason: reason)
    }

    private mutating func skipSpace() {
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): index += 1
            default: return
            }
        }
    }

    private mutating func value(depth: Int) throws(DocumentError) -> DocumentNode {
        guard depth < maximumDepth else {
            throw error("values are nested more than \(maximumDepth) levels deep")
        }
        guard index < bytes.count else { throw error("the text ends where a value was expected") }
        guard remainingValues > 0 else {
            throw DocumentError(
                file: text.name, place: nil, reason: "has more than \(maximumValues)\(JSONReader.tooManyValues)")
        }
        remainingValues -= 1
        let start = index
        switch bytes[index] {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""):
            let string = try string()
            return DocumentNode(.string(string), range: places.range(start..<index))
        case UInt8(ascii: "t"): return try word("true", .boolean(true))
        case UInt8(ascii: "f"): return try word("false", .boolean(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "N") where acceptsPythonNumbers: return try word("NaN", .float(.nan))
        case UInt8(ascii: "I") where acceptsPythonNumbers: return try word("Infinity", .float(.infinity))
        case UInt8(ascii: "-") where acceptsPythonNumbers && bytes[index...].dropFirst().first == UInt8(ascii: "I"):
            return try word("-Infinity", .float(-.infinity))
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw error("a JSON value was expected")
        }
    }

    private mutating func word(_ word: StaticString, _ value: DocumentNode.Value) throws(DocumentError) -> DocumentNode
    {
        let start = index
        let name = word.description
        guard bytes[index...].starts(with: name.utf8) else { throw error("a JSON value was expected") }
        index += name.utf8.count
        return DocumentNode(value, range: places.range(start..<index), raw: name)
    }

    private mutating func digits() throws(DocumentError) {
        let start = index
        while index < bytes.count, bytes[index].isASCIIDigit { index += 1 }
        if index == start { throw error("a digit was expected") }
    }

    private mutating func number() throws(DocumentError) -> DocumentNode {
        let start = index
        var isInteger = true
        if bytes[index] == UInt8(ascii: "-") { index += 1 }
        let firstDigit = index
        try digits()
        if bytes[firstDigit] == UInt8(ascii: "0"), index - firstDigit > 1 {
            throw error("a number must not start with 0", at: firstDigit)
        }
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            isInteger = false
            index += 1
            try digits()
        }
        if index < bytes.count, bytes[index] | 0x20 == 0x65 {
            isInteger = false
            index += 1
            if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") {
                index += 1
            }
            try digits()
        }
        let raw = text.string(start..<index)
        let range = places.range(start..<index)
        if isInteger, let integer = Int64(raw) { return DocumentNode(.integer(integer), range: range, raw: raw) }
        guard let float = Double(raw) else { throw error("the number cannot be read", at: start) }
        return DocumentNode(.float(float), range: range, raw: raw)
    }

    private mutating func array(depth: Int) throws(DocumentError) -> DocumentNode {
        let start = index
        let place = places.place(at: start)
        var elements: [DocumentNode] = []
        index += 1
        skipSpace()
        if index < bytes.count, bytes[index] == UInt8(ascii: "]") {
            index += 1
        } else {
            while true {
                skipSpace()
                elements.append(try value(depth: depth + 1))
                skipSpace()
                guard index < bytes.count else { throw error("the list that starts at \(name(place)) is not closed") }
                if bytes[index] == UInt8(ascii: "]") { break }
                guard bytes[index] == UInt8(ascii: ",") else { throw error("a comma or ] was expected") }
                index += 1
            }
            index += 1
        }
        return DocumentNode(.array(elements), range: SourceRange(start: place, end: places.place(at: index)))
    }

    private func name(_ place: SourcePosition) -> String { "line \(place.line), column \(place.column)" }

    private mutating func object(depth: Int) throws(DocumentError) -> DocumentNode {
        let place = places.place(at: index)
        var table = DocumentTable()
        index += 1
        skipSpace()
        if index < bytes.count, bytes[index] == UInt8(ascii: "}") {
            index += 1
            return DocumentNode(.table(table), range: SourceRange(start: place, end: places.place(at: index)))
        }
        while true {
            skipSpace()
            guard index < bytes.count else { throw error("the object that starts at \(name(place)) is not closed") }
            guard bytes[index] == UInt8(ascii: "\"") else { throw error("a key in quotes was expected") }
            let keyOffset = index
            let keyPlace = places.place(at: index)
            let key = try string()
            skipSpace()
            guard index < bytes.count, bytes[index] == UInt8(ascii: ":") else { throw error("a colon was expected") }
            index += 1
            skipSpace()
            let value = try value(depth: depth + 1)
            guard table.insert(.init(key: key, keyPlace: keyPlace, value: value)) else {
                throw error("duplicate key \"\(key)\"", at: keyOffset)
            }
            skipSpace()
            guard index < bytes.count else { throw error("the object that starts at \(name(place)) is not closed") }
            if bytes[index] == UInt8(ascii: "}") { break }
            guard bytes[index] == UInt8(ascii: ",") else { throw error("a comma or } was expected") }
            index += 1
        }
        index += 1
        remainingValues -= max(0, Self.roomOfTable - table.members.count)
        return DocumentNode(.table(table), range: SourceRange(start: place, end: places.place(at: index)))
    }

    private mutating func string() throws(DocumentError) -> String {
        let open = index
        index += 1
        let start = index
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") {
                let string = String(decoding: bytes[start..<index], as: UTF8.self)
                index += 1
                return string
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(from: start, open: open) }
            if byte < UInt8(ascii: " ") { throw error("a control character in a string") }
            index += 1
        }
        throw error("the string is not closed", at: open)
    }

    private mutating func escapedString(from start: Int, open: Int) throws(DocumentError) -> String {
        var decoded = Array(bytes[start..<index])
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: decoded, as: UTF8.self)
            case 0x5C: UnicodeChecking.append(try escape(), to: &decoded)
            case 0..<UInt8(ascii: " "): throw error("a control character in a string", at: index - 1)
            default: decoded.append(byte)
            }
        }
        throw error("the string is not closed", at: open)
    }

    /// Reads what follows a backslash.
    private mutating func escape() throws(DocumentError) -> Unicode.Scalar {
        guard index < bytes.count else { throw error("the string is not closed") }
        let byte = bytes[index]
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            let start = index - 2
            let unit = try hexadecimalQuad()
            if let scalar = Unicode.Scalar(unit) { return scalar }
            guard unit < 0xDC00, index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"),
                bytes[index + 1] == UInt8(ascii: "u")
            else {
                throw error("an unpaired surrogate", at: start)
            }
            index += 2
            let low = try hexadecimalQuad()
            guard (0xDC00...0xDFFF).contains(low),
                let scalar = Unicode.Scalar(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00))
            else { throw error("an unpaired surrogate", at: start) }
            return scalar
        default: throw error("an unknown escape", at: index - 2)
        }
    }

    private mutating func hexadecimalQuad() throws(DocumentError) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard index < bytes.count, let digit = bytes[index].hexDigitValue else {
                throw error("four hexadecimal digits were expected")
            }
            unit = unit << 4 | UInt32(digit)
            index += 1
        }
        return unit
    }
}
