/// Takes order, places and values out of a TOML text of which toml++ judges the grammar.
///
/// It accepts more than TOML does (it does not look into dates, or at which table may be extended); it never accepts a key
/// twice in one place.
struct TOMLScanner {
    /// Why the scanner stopped.
    struct Failure: Error {
        let error: DocumentError
    }

    /// A table that is still being filled: headers and dotted keys add to it from anywhere in the text.
    final class Table {
        enum Entry {
            case node(DocumentNode)
            case table(Table)
            case tables([Table])
        }
        struct Slot {
            let key: String
            let keyPlace: SourcePlace
            var entry: Entry
        }
        let place: SourcePlace
        var end: SourcePlace
        private(set) var slots: [Slot] = []
        private var indices: [String: Int] = [:]

        init(at place: SourcePlace) {
            self.place = place
            end = place
        }

        func index(of key: String) -> Int? {
            slots.count <= 8 ? slots.firstIndex { $0.key == key } : indices[key]
        }

        func append(_ slot: Slot) {
            if slots.count == 8 { for (index, slot) in slots.enumerated() { indices[slot.key] = index } }
            if slots.count >= 8 { indices[slot.key] = slots.count }
            slots.append(slot)
        }

        func appendTable(_ table: Table, at index: Int) {
            guard case .tables(var tables) = slots[index].entry else { return }
            slots[index].entry = .tables([])
            tables.append(table)
            slots[index].entry = .tables(tables)
        }
    }

    private let text: SourceText
    private let bytes: [UInt8]
    private var index: Int
    private var places: PlaceCursor

    init(_ text: SourceText, at index: Int) {
        self.text = text
        self.bytes = text.bytes
        self.index = index
        places = PlaceCursor(text)
    }

    mutating func document() throws(Failure) -> DocumentNode {
        let root = Table(at: places.place(at: index))
        var current = root
        while true {
            skipSpaceAndComments()
            guard index < bytes.count else { break }
            if bytes[index] == 0x5B {
                current = try header(root)
            } else {
                try assignment(into: current, depth: 0, headed: true)
                try endOfLine()
            }
            current.end = places.place(at: index)
        }
        root.end = places.place(at: bytes.count)
        return Self.node(root)
    }

    /// Every table's depth was limited when it was made, so the recursion is too.
    private static func node(_ table: Table) -> DocumentNode {
        var members = DocumentTable()
        for slot in table.slots {
            let value: DocumentNode
            switch slot.entry {
            case .node(let node): value = node
            case .table(let table): value = node(table)
            case .tables(let tables):
                let nodes = tables.map(node)
                let start = nodes.first?.range.start ?? slot.keyPlace
                value = DocumentNode(
                    .array(nodes), range: SourceRange(start: start, end: nodes.last?.range.end ?? start))
            }
            _ = members.insert(.init(key: slot.key, keyPlace: slot.keyPlace, value: value))
        }
        return DocumentNode(.table(members), range: SourceRange(start: table.place, end: table.end))
    }

    private func failure(_ reason: String, at offset: Int? = nil) -> Failure {
        Failure(
            error: DocumentError(file: text.name, place: text.place(at: offset ?? index), reason: reason))
    }

    // MARK: Lines

    private mutating func skipBlanks() {
        while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
    }

    private mutating func skipSpaceAndComments() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x09, 0x0A, 0x0D: index += 1
            case 0x23: while index < bytes.count, bytes[index] != 0x0A { index += 1 }
            default: return
            }
        }
    }

    private mutating func endOfLine() throws(Failure) {
        skipBlanks()
        guard index < bytes.count else { return }
        switch bytes[index] {
        case 0x0A, 0x0D, 0x23: return
        default: throw failure("the end of the line was expected")
        }
    }

    // MARK: Keys

    private struct Key {
        let name: String
        let offset: Int
    }

    private mutating func dottedKey() throws(Failure) -> [Key] {
        var keys: [Key] = []
        while true {
            skipBlanks()
            guard index < bytes.count else { throw failure("a key was expected") }
            let start = index
            switch bytes[index] {
            case 0x22, 0x27: keys.append(Key(name: try string(), offset: start))
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

    private mutating func header(_ root: Table) throws(Failure) -> Table {
        let start = index
        index += 1
        let isArray = index < bytes.count && bytes[index] == 0x5B
        if isArray { index += 1 }
        let keys = try dottedKey()
        guard index < bytes.count, bytes[index] == 0x5D else { throw failure("] was expected") }
        index += 1
        if isArray {
            guard index < bytes.count, bytes[index] == 0x5D else { throw failure("]] was expected") }
            index += 1
        }
        let place = places.place(at: start)
        let parent = try descend(keys.dropLast(), from: root, place: place)
        guard let key = keys.last else { throw failure("a key was expected") }
        let table = Table(at: place)
        if let slot = parent.index(of: key.name) {
            switch (parent.slots[slot].entry, isArray) {
            case (.tables, true): parent.appendTable(table, at: slot)
            case (.table(let existing), false):
                try endOfLine()
                return existing
            default: throw failure("the key \"\(key.name)\" stands twice in one table", at: key.offset)
            }
        } else {
            parent.append(
                .init(key: key.name, keyPlace: place, entry: isArray ? .tables([table]) : .table(table)))
        }
        try endOfLine()
        return table
    }

    private func descend(_ keys: ArraySlice<Key>, from table: Table, place: SourcePlace) throws(Failure) -> Table {
        var table = table
        for key in keys {
            guard let slot = table.index(of: key.name) else {
                let made = Table(at: place)
                table.append(.init(key: key.name, keyPlace: text.place(at: key.offset), entry: .table(made)))
                table = made
                continue
            }
            switch table.slots[slot].entry {
            case .table(let found): table = found
            case .tables(let tables):
                guard let last = tables.last else { throw failure("an empty list of tables", at: key.offset) }
                table = last
            case .node: throw failure("the key \"\(key.name)\" is no table", at: key.offset)
            }
        }
        return table
    }

    private mutating func assignment(into table: Table, depth: Int, headed: Bool) throws(Failure) {
        let keys = try dottedKey()
        guard index < bytes.count, bytes[index] == 0x3D else { throw failure("= was expected") }
        index += 1
        skipBlanks()
        guard let key = keys.last else { throw failure("a key was expected") }
        let place = places.place(at: keys[0].offset)
        let parent = try descend(keys.dropLast(), from: table, place: place)
        if parent.index(of: key.name) != nil {
            throw failure("the key \"\(key.name)\" stands twice in one table", at: key.offset)
        }
        let keyPlace = places.place(at: key.offset)
        let value = try value(depth: depth + keys.count)
        parent.append(.init(key: key.name, keyPlace: keyPlace, entry: .node(value)))
    }

    // MARK: Values

    private mutating func value(depth: Int) throws(Failure) -> DocumentNode {
        guard depth < UnicodeChecking.maximumDepth else {
            throw failure("values stand too deep inside of each other")
        }
        guard index < bytes.count else { throw failure("a value was expected") }
        let start = index
        switch bytes[index] {
        case 0x22, 0x27:
            let string = try string()
            return DocumentNode(.string(string), range: places.range(start..<index))
        case 0x5B:
            let place = places.place(at: start)
            index += 1
            var elements: [DocumentNode] = []
            while true {
                skipSpaceAndComments()
                guard index < bytes.count else { throw failure("the list has no end", at: start) }
                if bytes[index] == 0x5D { break }
                elements.append(try value(depth: depth + 1))
                skipSpaceAndComments()
                guard index < bytes.count else { throw failure("the list has no end", at: start) }
                if bytes[index] == 0x2C { index += 1 } else if bytes[index] != 0x5D { throw failure("] was expected") }
            }
            index += 1
            return DocumentNode(.array(elements), range: SourceRange(start: place, end: places.place(at: index)))
        case 0x7B:
            let table = Table(at: places.place(at: start))
            index += 1
            while true {
                // TOML 1.0 allows no line feed here, 1.1 does: toml++ has the word.
                skipSpaceAndComments()
                guard index < bytes.count else { throw failure("the table has no end", at: start) }
                if bytes[index] == 0x7D { break }
                try assignment(into: table, depth: depth + 1, headed: false)
                skipSpaceAndComments()
                guard index < bytes.count else { throw failure("the table has no end", at: start) }
                if bytes[index] == 0x2C { index += 1 } else if bytes[index] != 0x7D { throw failure("} was expected") }
            }
            index += 1
            table.end = places.place(at: index)
            return Self.node(table)
        default: return try word()
        }
    }

    /// A boolean, a number, a date or a time.
    private mutating func word() throws(Failure) -> DocumentNode {
        let start = index
        func endsWord(_ byte: UInt8) -> Bool {
            switch byte {
            case 0x20, 0x09, 0x0A, 0x0D, 0x23, 0x2C, 0x5D, 0x7D: true
            default: false
            }
        }
        while index < bytes.count, !endsWord(bytes[index]) { index += 1 }
        // A date and its time may be parted by one space.
        if index - start == 10, bytes[start + 4] == 0x2D, bytes[start + 7] == 0x2D, index + 2 < bytes.count,
            bytes[index] == 0x20, (0x30...0x39).contains(bytes[index + 1]), (0x30...0x39).contains(bytes[index + 2])
        {
            index += 1
            while index < bytes.count, !endsWord(bytes[index]) { index += 1 }
        }
        let raw = String(decoding: bytes[start..<index], as: UTF8.self)
        guard let value = Self.scalar(raw) else { throw failure("a value was expected", at: start) }
        return DocumentNode(value, range: places.range(start..<index), raw: raw)
    }

    private static func scalar(_ raw: String) -> DocumentNode.Value? {
        switch raw {
        case "true": return .boolean(true)
        case "false": return .boolean(false)
        case "inf", "+inf": return .float(.infinity)
        case "-inf": return .float(-.infinity)
        case "nan", "+nan", "-nan": return .float(.nan)
        default: break
        }
        let written = raw.utf8.contains(0x5F) ? raw.filter { $0 != "_" } : raw
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where written.hasPrefix(prefix) {
            return Int64(written.dropFirst(2), radix: radix).map { .integer($0) }
        }
        if let integer = Int64(written) { return .integer(integer) }
        let bytes = Array(written.utf8)
        guard let first = bytes.first, bytes.count > 1 else { return nil }
        let isDigit = (0x30...0x39).contains(first)
        if isDigit, bytes.count >= 8, bytes[2] == 0x3A || bytes[4] == 0x2D { return .date(raw) }
        guard isDigit || first == 0x2B || first == 0x2D else { return nil }
        guard bytes.allSatisfy({ (0x30...0x39).contains($0) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains($0) }) else {
            return nil
        }
        return Double(written).map { .float($0) }
    }

    // MARK: Strings

    private mutating func string() throws(Failure) -> String {
        let quote = bytes[index]
        let start = index
        let isLong = index + 2 < bytes.count && bytes[index + 1] == quote && bytes[index + 2] == quote
        index += isLong ? 3 : 1
        if isLong {
            if index < bytes.count, bytes[index] == 0x0D { index += 1 }
            if index < bytes.count, bytes[index] == 0x0A { index += 1 }
        }
        let content = index
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0x5C, quote == 0x22 { return try escapedString(from: content, open: start, isLong: isLong) }
            if byte == quote, let end = closingQuotes(quote, isLong: isLong) {
                let string = String(decoding: bytes[content..<end], as: UTF8.self)
                return string
            }
            if byte == 0x0A, !isLong { break }
            index += 1
        }
        throw failure("the string has no end", at: start)
    }

    /// At a quote: the offset at which the string's content ends, with the index moved behind the quotes; nil when the
    /// quote belongs to the content.
    private mutating func closingQuotes(_ quote: UInt8, isLong: Bool) -> Int? {
        guard isLong else {
            index += 1
            return index - 1
        }
        var count = 0
        while count < 5, index + count < bytes.count, bytes[index + count] == quote { count += 1 }
        guard count >= 3 else { return nil }
        index += count
        return index - 3
    }

    private mutating func escapedString(from start: Int, open: Int, isLong: Bool) throws(Failure) -> String {
        var decoded = Array(bytes[start..<index])
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0x22 {
                let before = index
                if let end = closingQuotes(0x22, isLong: isLong) {
                    decoded += bytes[before..<end]
                    return String(decoding: decoded, as: UTF8.self)
                }
            }
            index += 1
            if byte == 0x0A, !isLong { break }
            if byte != 0x5C {
                decoded.append(byte)
                continue
            }
            guard index < bytes.count else { break }
            let escape = bytes[index]
            index += 1
            switch escape {
            case 0x62: decoded.append(0x08)
            case 0x74: decoded.append(0x09)
            case 0x6E: decoded.append(0x0A)
            case 0x66: decoded.append(0x0C)
            case 0x72: decoded.append(0x0D)
            case 0x65: decoded.append(0x1B)
            case 0x22, 0x5C: decoded.append(escape)
            case 0x78: try appendScalar(digits: 2, to: &decoded)
            case 0x75: try appendScalar(digits: 4, to: &decoded)
            case 0x55: try appendScalar(digits: 8, to: &decoded)
            case 0x20, 0x09, 0x0A, 0x0D:
                while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
            default: throw failure("an unknown escape", at: index - 2)
            }
        }
        throw failure("the string has no end", at: open)
    }

    private mutating func appendScalar(digits: Int, to decoded: inout [UInt8]) throws(Failure) {
        var value: UInt32 = 0
        let start = index - 2
        for _ in 0..<digits {
            guard index < bytes.count, let digit = UnicodeChecking.hexadecimalValue(bytes[index]) else {
                throw failure("\(digits) hexadecimal digits were expected")
            }
            value = value << 4 | digit
            index += 1
        }
        guard let scalar = Unicode.Scalar(value), value != 0 else {
            throw failure("the escape names no character that a text may hold", at: start)
        }
        UnicodeChecking.append(scalar, to: &decoded)
    }
}
