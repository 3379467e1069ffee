/// Reads a JSON document (RFC 8259) of a store or package database.
func readJSON(_ bytes: [UInt8], name: String) throws(DocumentError) -> DocumentNode {
    var reader = JSONBytes(text: SourceText(name: name, bytes: bytes))
    let node = try reader.value(depth: 0)
    reader.skipSpace()
    if reader.offset < bytes.count { throw reader.error("there is something behind the document") }
    return node
}

private struct JSONBytes {
    let text: SourceText
    var offset = 0
    var bytes: [UInt8] { text.bytes }

    func error(_ reason: String) -> DocumentError {
        DocumentError(file: text.name, place: text.place(at: offset), reason: reason)
    }
    mutating func skipSpace() {
        while offset < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[offset]) { offset += 1 }
    }
    mutating func value(depth: Int) throws(DocumentError) -> DocumentNode {
        guard depth < 200 else { throw error("it is nested too deeply") }
        skipSpace()
        let place = text.place(at: offset)
        guard offset < bytes.count else { throw error("the document ends too early") }
        switch bytes[offset] {
        case 0x7B:
            offset += 1
            var table = DocumentTable()
            skipSpace()
            if offset < bytes.count, bytes[offset] == 0x7D {
                offset += 1
                return DocumentNode(.table(table), at: place)
            }
            while true {
                skipSpace()
                let keyPlace = text.place(at: offset)
                let key = try string()
                skipSpace()
                guard offset < bytes.count, bytes[offset] == 0x3A else { throw error("expected ':'") }
                offset += 1
                let value = try value(depth: depth + 1)
                guard table.insert(.init(key: key, keyPlace: keyPlace, value: value)) else {
                    throw error("the key '\(key)' is there twice")
                }
                skipSpace()
                guard offset < bytes.count else { throw error("the document ends too early") }
                offset += 1
                if bytes[offset - 1] == 0x2C { continue }
                if bytes[offset - 1] == 0x7D { return DocumentNode(.table(table), at: place) }
                throw error("expected ',' or '}'")
            }
        case 0x5B:
            offset += 1
            var elements: [DocumentNode] = []
            skipSpace()
            if offset < bytes.count, bytes[offset] == 0x5D {
                offset += 1
                return DocumentNode(.array(elements), at: place)
            }
            while true {
                elements.append(try value(depth: depth + 1))
                skipSpace()
                guard offset < bytes.count else { throw error("the document ends too early") }
                offset += 1
                if bytes[offset - 1] == 0x2C { continue }
                if bytes[offset - 1] == 0x5D { return DocumentNode(.array(elements), at: place) }
                throw error("expected ',' or ']'")
            }
        case 0x22: return DocumentNode(.string(try string()), at: place)
        default:
            let start = offset
            while offset < bytes.count, ![0x2C, 0x5D, 0x7D, 0x20, 0x0A, 0x0D, 0x09].contains(bytes[offset]) {
                offset += 1
            }
            let word = String(decoding: bytes[start..<offset], as: UTF8.self)
            switch word {
            case "true": return DocumentNode(.boolean(true), at: place)
            case "false": return DocumentNode(.boolean(false), at: place)
            case "null": return DocumentNode(.null, at: place)
            default:
                if let integer = Int64(word) { return DocumentNode(.integer(integer), at: place) }
                if let float = Double(word), word.utf8.first.map({ $0 == 0x2D || (0x30...0x39).contains($0) }) == true {
                    return DocumentNode(.float(float), at: place)
                }
                throw error("unexpected '\(word.prefix(20))'")
            }
        }
    }
    mutating func string() throws(DocumentError) -> String {
        guard offset < bytes.count, bytes[offset] == 0x22 else { throw error("expected a string") }
        offset += 1
        var output: [UInt8] = []
        while offset < bytes.count {
            let byte = bytes[offset]
            offset += 1
            if byte == 0x22 {
                guard let string = String(validating: output, as: UTF8.self) else {
                    throw error("a string is not UTF-8")
                }
                return string
            }
            guard byte >= 0x20 else { throw error("a control character in a string") }
            guard byte == 0x5C else {
                output.append(byte)
                continue
            }
            guard offset < bytes.count else { break }
            let escape = bytes[offset]
            offset += 1
            switch escape {
            case 0x22, 0x5C, 0x2F: output.append(escape)
            case 0x62: output.append(8)
            case 0x66: output.append(12)
            case 0x6E: output.append(10)
            case 0x72: output.append(13)
            case 0x74: output.append(9)
            case 0x75:
                var unit = try hex()
                if (0xD800..<0xDC00).contains(unit), offset + 1 < bytes.count, bytes[offset] == 0x5C,
                    bytes[offset + 1] == 0x75
                {
                    offset += 2
                    let low = try hex()
                    guard (0xDC00..<0xE000).contains(low) else { throw error("a lone surrogate") }
                    unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
                }
                guard let scalar = Unicode.Scalar(unit) else { throw error("a lone surrogate") }
                output.append(contentsOf: String(scalar).utf8)
            default: throw error("an unknown escape")
            }
        }
        throw error("a string has no end")
    }
    mutating func hex() throws(DocumentError) -> UInt32 {
        guard offset + 4 <= bytes.count,
            bytes[offset..<offset + 4].allSatisfy({
                ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x66) || (0x30...0x39).contains($0)
            }),
            let value = UInt32(String(decoding: bytes[offset..<offset + 4], as: UTF8.self), radix: 16)
        else { throw error("an escape has no four hexadecimal digits") }
        offset += 4
        return value
    }
}
