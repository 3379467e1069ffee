/// Lists, inline tables and words.
extension TOMLScanner {
    mutating func value(depth: Int) throws(Failure) -> DocumentNode {
        guard depth < UnicodeChecking.maximumDepth else {
            throw failure("values are nested more than \(UnicodeChecking.maximumDepth) levels deep")
        }
        guard index < bytes.count else { throw failure("a value was expected") }
        let start = index
        switch bytes[index] {
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            let string = try string(isKey: false)
            return DocumentNode(.string(string), range: places.range(start..<index))
        case UInt8(ascii: "["):
            let place = places.place(at: start)
            if keepsFlatTables, depth + 4 < UnicodeChecking.maximumDepth,
                let tables = FlatTables.found(in: text, at: start)
            {
                index = tables.range.upperBound
                return DocumentNode(
                    .deferred(.tables(tables)), range: SourceRange(start: place, end: places.place(at: index)))
            }
            index += 1
            var elements: [DocumentNode] = []
            while true {
                try skipSpaceAndComments()
                guard index < bytes.count else { throw failure("the list is not closed", at: start) }
                if bytes[index] == UInt8(ascii: "]") { break }
                elements.append(try value(depth: depth + 1))
                try skipSpaceAndComments()
                guard index < bytes.count else { throw failure("the list is not closed", at: start) }
                if bytes[index] == UInt8(ascii: ",") {
                    index += 1
                } else if bytes[index] != UInt8(ascii: "]") {
                    throw failure("] was expected")
                }
            }
            index += 1
            return DocumentNode(.array(elements), range: SourceRange(start: place, end: places.place(at: index)))
        case UInt8(ascii: "{"):
            return try inlineTable(depth: depth)
        default: return try word()
        }
    }

    /// `{ key = value, ... }`. While the keys are plain, as they are in locks, the table need not stay open for further keys.
    private mutating func inlineTable(depth: Int) throws(Failure) -> DocumentNode {
        let start = index
        let place = places.place(at: start)
        var members = DocumentTable()
        var table: Table?
        index += 1
        skipBlanks()
        // TOML 1.0 allows neither a line feed nor a comma before the end.
        var isFirst = true
        while !isFirst || index >= bytes.count || bytes[index] != UInt8(ascii: "}") {
            isFirst = false
            guard index < bytes.count else { throw failure("the table is not closed", at: start) }
            if table == nil, let key = plainKey() {
                skipBlanks()
                let keyPlace = places.place(at: key.offset)
                if members[key.name] != nil {
                    throw failure("duplicate key \"\(key.name)\"", at: key.offset)
                }
                let value = try value(depth: depth + 2)
                _ = members.insert(.init(key: key.name, keyPlace: keyPlace, value: value))
            } else {
                let open = table ?? Table(at: place, members)
                table = open
                try assignment(into: open, depth: depth + 1)
            }
            skipBlanks()
            guard index < bytes.count else { throw failure("the table is not closed", at: start) }
            if bytes[index] == UInt8(ascii: "}") { break }
            guard bytes[index] == UInt8(ascii: ",") else { throw failure("} was expected") }
            index += 1
        }
        index += 1
        let end = places.place(at: index)
        if let table {
            table.end = end
            return Self.node(table)
        }
        return DocumentNode(.table(members), range: SourceRange(start: place, end: end))
    }

    /// A boolean, a number, a date or a time.
    mutating func word() throws(Failure) -> DocumentNode {
        let start = index
        func endsWord(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "#"),
                UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"):
                true
            default: false
            }
        }
        while index < bytes.count, !endsWord(bytes[index]) { index += 1 }
        // A date and its time may be separated by one space.
        if index - start == 10, bytes[start + 4] == UInt8(ascii: "-"), bytes[start + 7] == UInt8(ascii: "-"),
            index + 2 < bytes.count,
            bytes[index] == UInt8(ascii: " "), bytes[index + 1].isASCIIDigit, bytes[index + 2].isASCIIDigit
        {
            index += 1
            while index < bytes.count, !endsWord(bytes[index]) { index += 1 }
        }
        let raw = String(decoding: bytes[start..<index], as: UTF8.self)
        guard let value = TOMLWord(bytes[start..<index]).value(raw) else {
            throw failure("a value was expected", at: start)
        }
        return DocumentNode(value, range: places.range(start..<index), raw: raw)
    }
}

/// A value without quotes: a boolean, a number, a date or a time.
private struct TOMLWord {
    private let bytes: ArraySlice<UInt8>
    private var index: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        index = bytes.startIndex
    }

    /// Returns the value; nil when the word is not a value, or is an integer beyond 64 bits.
    func value(_ raw: String) -> DocumentNode.Value? {
        switch raw {
        case "true": return .boolean(true)
        case "false": return .boolean(false)
        case "inf", "+inf": return .float(.infinity)
        case "-inf": return .float(-.infinity)
        case "nan", "+nan", "-nan": return .float(.nan)
        default: break
        }
        var copy = self
        if copy.isMoment() { return .date(raw) }
        copy = self
        return copy.number(raw)
    }

    private var peek: UInt8? { index < bytes.endIndex ? bytes[index] : nil }
    private var isAtEnd: Bool { index >= bytes.endIndex }

    private mutating func take(_ accepted: UInt8...) -> Bool {
        guard let byte = peek, accepted.contains(byte) else { return false }
        index += 1
        return true
    }

    /// Digits with single underscores between them.
    private mutating func digits(radix: UInt8) -> Bool {
        func isDigit(_ byte: UInt8) -> Bool { byte.hexDigitValue.map { $0 < radix } ?? false }
        guard let first = peek, isDigit(first) else { return false }
        index += 1
        while let byte = peek {
            if byte == UInt8(ascii: "_") {
                guard index + 1 < bytes.endIndex, isDigit(bytes[index + 1]) else { return false }
            } else if !isDigit(byte) {
                break
            }
            index += 1
        }
        return true
    }

    private mutating func number(_ raw: String) -> DocumentNode.Value? {
        let written =
            bytes.contains(UInt8(ascii: "_"))
            ? String(decoding: bytes.filter { $0 != UInt8(ascii: "_") }, as: UTF8.self) : raw
        if bytes.count > 2, bytes[index] == UInt8(ascii: "0") {
            let radix: Int? =
                switch bytes[index + 1] {
                case UInt8(ascii: "x"): 16
                case UInt8(ascii: "o"): 8
                case UInt8(ascii: "b"): 2
                default: nil
                }
            if let radix {
                index += 2
                guard digits(radix: UInt8(radix)), isAtEnd else { return nil }
                return Int64(written.dropFirst(2), radix: radix).map { .integer($0) }
            }
        }
        _ = take(UInt8(ascii: "+"), UInt8(ascii: "-"))
        let isZero = peek == UInt8(ascii: "0")
        let start = index
        guard digits(radix: 10), !isZero || index == start + 1 else { return nil }
        if isAtEnd { return Int64(written).map { .integer($0) } }
        if take(UInt8(ascii: ".")), !digits(radix: 10) { return nil }
        if take(UInt8(ascii: "E"), UInt8(ascii: "e")) {
            _ = take(UInt8(ascii: "+"), UInt8(ascii: "-"))
            guard digits(radix: 10) else { return nil }
        }
        return isAtEnd ? Double(written).map { .float($0) } : nil
    }

    /// Reads exactly this many digits; nil when their value is outside of the range.
    private mutating func field(_ count: Int, _ range: ClosedRange<Int>) -> Int? {
        var value = 0
        for _ in 0..<count {
            guard let byte = peek, byte.isASCIIDigit else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
            index += 1
        }
        return range.contains(value) ? value : nil
    }

    private mutating func isTime() -> Bool {
        guard field(2, 0...23) != nil, take(UInt8(ascii: ":")), field(2, 0...59) != nil, take(UInt8(ascii: ":")),
            field(2, 0...59) != nil
        else {
            return false
        }
        guard take(UInt8(ascii: ".")) else { return true }
        guard field(1, 0...9) != nil else { return false }
        while let byte = peek, byte.isASCIIDigit { index += 1 }
        return true
    }

    /// A date, a time, or both with or without an offset (RFC 3339); a leap second is refused.
    private mutating func isMoment() -> Bool {
        guard bytes.count >= 8 else { return false }
        if bytes[index + 2] == UInt8(ascii: ":") { return isTime() && isAtEnd }
        guard let year = field(4, 1...9999), take(UInt8(ascii: "-")), let month = field(2, 1...12),
            take(UInt8(ascii: "-"))
        else { return false }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let days =
            switch month {
            case 2: isLeap ? 29 : 28
            case 4, 6, 9, 11: 30
            default: 31
            }
        guard field(2, 1...days) != nil else { return false }
        if isAtEnd { return true }
        guard take(UInt8(ascii: "T"), UInt8(ascii: "t"), UInt8(ascii: " ")), isTime() else { return false }
        if isAtEnd { return true }
        if take(UInt8(ascii: "Z"), UInt8(ascii: "z")) { return isAtEnd }
        return take(UInt8(ascii: "+"), UInt8(ascii: "-")) && field(2, 0...23) != nil && take(UInt8(ascii: ":"))
            && field(2, 0...59) != nil && isAtEnd
    }
}
