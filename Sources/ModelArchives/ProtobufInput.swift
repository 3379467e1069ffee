import ArchiveReading

/// The wire format of protocol buffers (https://protobuf.dev/programming-guides/encoding/), read field by field: varints,
/// fixed numbers and length-delimited fields; groups, long deprecated, are refused.
struct ProtobufInput {
    /// The head of one field.
    struct Field {
        let number: Int
        /// 0 varint, 1 eight bytes, 2 length-delimited, 5 four bytes.
        let wire: Int
        /// The value of a varint, or the length of a length-delimited field.
        let value: UInt64
        var length: Int { wire == 2 ? Int(clamping: value) : 0 }
    }

    let input: PickleInput

    /// The next field of a message that ends at an offset; nil at its end. A length-delimited field's data comes next.
    func field(before end: Int?) throws(ArchiveReadingError) -> Field? {
        if let end, input.offset >= end {
            guard input.offset == end else { throw input.damaged("a field reaches over the end of its message") }
            return nil
        }
        if end == nil, try input.isAtEnd() { return nil }
        let key = try varint()
        let wire = Int(key & 7)
        let number = Int(clamping: key >> 3)
        guard number > 0 else { throw input.damaged("a field has the number 0") }
        switch wire {
        case 0: return Field(number: number, wire: wire, value: try varint())
        case 1:
            try input.skip(8)
            return Field(number: number, wire: wire, value: 0)
        case 5:
            try input.skip(4)
            return Field(number: number, wire: wire, value: 0)
        case 2:
            let length = try varint()
            guard let count = Int(exactly: length), count <= Int.max / 2,
                end.map({ count <= $0 - input.offset }) ?? true
            else { throw input.damaged("a field is longer than its message") }
            try input.check(count)
            return Field(number: number, wire: wire, value: length)
        default: throw input.damaged("a field has the wire type \(wire)")
        }
    }

    /// Skips the data of a field.
    func skip(_ field: Field) throws(ArchiveReadingError) { try input.skip(field.length) }

    /// The data of a field as a string, of which no more than 4096 bytes are kept.
    func string(_ field: Field) throws(ArchiveReadingError) -> String {
        let kept = min(field.length, 4096)
        let bytes = try input.bytes(kept)
        try input.skip(field.length - kept)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The key and the value of a StringStringEntryProto whose field was just read; the value only when it has at most
    /// `limit` bytes.
    func entry(_ field: Field, limit: Int) throws(ArchiveReadingError) -> (key: String, value: [UInt8]?) {
        let end = input.offset + field.length
        var key = ""
        var value: [UInt8]?
        while let inner = try self.field(before: end) {
            switch (inner.number, inner.wire) {
            case (1, 2): key = try string(inner)
            case (2, 2) where inner.length <= limit: value = try input.bytes(inner.length)
            default: try skip(inner)
            }
        }
        return (key, value)
    }

    private func varint() throws(ArchiveReadingError) -> UInt64 {
        var value: UInt64 = 0
        for index in 0..<10 {
            let byte = try input.byte()
            guard index < 9 || byte <= 1 else { break }
            value |= UInt64(byte & 0x7F) << UInt64(7 * index)
            if byte & 0x80 == 0 { return value }
        }
        throw input.damaged("a number is too long")
    }
}
