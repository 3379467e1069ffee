import SourceDocuments

/// Protocol buffers as text (https://protobuf.dev/reference/protobuf/textformat-spec/): Triton's `config.pbtxt`, TFDV's
/// `schema.pbtxt`. Read are messages, lists and scalars; a field may occur many times.
package struct ProtobufText {
    /// One field.
    package struct Field: Sendable {
        /// The name.
        package let name: String
        /// The fields of a message; empty for a scalar.
        package var message: [Field] = []
        /// A scalar as it is written, a string without its quotes; nil for a message.
        package var scalar: String?
        /// The line, the first being 1.
        package let line: Int
    }

    private let bytes: [UInt8]
    private let file: String
    private var index = 0
    private var line = 1
    private var count = 0
    private static let maximumDepth = 64
    private static let maximumFields = 2_000_000

    /// Returns the fields of a text.
    package static func read(_ text: SourceText) throws(DocumentError) -> [Field] {
        var reader = ProtobufText(bytes: text.bytes, file: text.name)
        return try reader.message(end: nil, depth: 0)
    }

    private init(bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
    }

    private func error(_ reason: String) -> DocumentError {
        DocumentError(file: file, place: SourcePosition(line: line, column: 1), reason: reason)
    }

    private mutating func skipSpace() {
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "#") {
                while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
            } else if byte == UInt8(ascii: "\n") {
                line += 1
                index += 1
            } else if byte <= UInt8(ascii: " ") || byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";") {
                index += 1
            } else {
                return
            }
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    private mutating func message(end: UInt8?, depth: Int) throws(DocumentError) -> [Field] {
        guard depth < Self.maximumDepth else { throw error("messages are nested too deep") }
        var fields: [Field] = []
        while true {
            skipSpace()
            if let end, take(end) { return fields }
            guard index < bytes.count else {
                guard end == nil else { throw error("a message is not closed") }
                return fields
            }
            let name = word()
            guard !name.isEmpty else { throw error("a field was expected") }
            let isScalar = take(UInt8(ascii: ":"))
            if take(UInt8(ascii: "[")) {
                while !take(UInt8(ascii: "]")) { fields.append(try value(name, isScalar: isScalar, depth: depth)) }
            } else {
                fields.append(try value(name, isScalar: isScalar, depth: depth))
            }
        }
    }

    private mutating func value(_ name: String, isScalar: Bool, depth: Int) throws(DocumentError) -> Field {
        count += 1
        guard count <= Self.maximumFields else { throw error("there are too many fields") }
        skipSpace()
        let start = line
        if take(UInt8(ascii: "{")) {
            return Field(name: name, message: try message(end: UInt8(ascii: "}"), depth: depth + 1), line: start)
        }
        if take(UInt8(ascii: "<")) {
            return Field(name: name, message: try message(end: UInt8(ascii: ">"), depth: depth + 1), line: start)
        }
        guard isScalar, index < bytes.count else { throw error("the field \(name) has no value") }
        if bytes[index] == UInt8(ascii: "\"") || bytes[index] == UInt8(ascii: "'") {
            return Field(name: name, scalar: try string(), line: start)
        }
        let text = word()
        guard !text.isEmpty else { throw error("the field \(name) has no value") }
        return Field(name: name, scalar: text, line: start)
    }

    private mutating func word() -> String {
        let start = index
        while index < bytes.count {
            let byte = bytes[index]
            let isWord =
                byte.isASCIIDigit || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                || [UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+")].contains(byte)
            guard isWord else { break }
            index += 1
        }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    /// Reads strings that stand one after the other as one.
    private mutating func string() throws(DocumentError) -> String {
        var output: [UInt8] = []
        repeat {
            let quote = bytes[index]
            index += 1
            while true {
                guard index < bytes.count, bytes[index] != UInt8(ascii: "\n") else {
                    throw error("a string is not closed")
                }
                let byte = bytes[index]
                index += 1
                if byte == quote { break }
                if byte == UInt8(ascii: "\\") { try escape(into: &output) } else { output.append(byte) }
            }
            skipSpace()
        } while index < bytes.count && (bytes[index] == UInt8(ascii: "\"") || bytes[index] == UInt8(ascii: "'"))
        return String(decoding: output, as: UTF8.self)
    }

    private mutating func escape(into output: inout [UInt8]) throws(DocumentError) {
        guard index < bytes.count else { throw error("a string is not closed") }
        let byte = bytes[index]
        index += 1
        switch byte {
        case UInt8(ascii: "a"): output.append(0x07)
        case UInt8(ascii: "b"): output.append(0x08)
        case UInt8(ascii: "t"): output.append(UInt8(ascii: "\t"))
        case UInt8(ascii: "n"): output.append(UInt8(ascii: "\n"))
        case UInt8(ascii: "v"): output.append(0x0B)
        case UInt8(ascii: "f"): output.append(0x0C)
        case UInt8(ascii: "r"): output.append(UInt8(ascii: "\r"))
        case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "?"): output.append(byte)
        case UInt8(ascii: "x"): output.append(UInt8(truncatingIfNeeded: try hexadecimal(1...2)))
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            let count = byte == UInt8(ascii: "u") ? 4 : 8
            guard let scalar = Unicode.Scalar(try hexadecimal(count...count)) else {
                throw error("an escape is not a character")
            }
            output += Array(String(Character(scalar)).utf8)
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            // Octal: how the printer writes what is not ASCII.
            var value = Int(byte - UInt8(ascii: "0"))
            var digits = 1
            while digits < 3, index < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(bytes[index]) {
                value = value * 8 + Int(bytes[index] - UInt8(ascii: "0"))
                index += 1
                digits += 1
            }
            output.append(UInt8(truncatingIfNeeded: value))
        default: throw error("the escape \\\(Character(UnicodeScalar(byte))) is not known")
        }
    }

    /// Reads so many hexadecimal digits.
    private mutating func hexadecimal(_ count: ClosedRange<Int>) throws(DocumentError) -> UInt32 {
        var value: UInt32 = 0
        var digits = 0
        while digits < count.upperBound, index < bytes.count,
            let digit = Character(UnicodeScalar(bytes[index])).hexDigitValue, bytes[index] < 0x80
        {
            value = value << 4 | UInt32(digit)
            index += 1
            digits += 1
        }
        guard count.contains(digits) else { throw error("an escape has \(digits) hexadecimal digits") }
        return value
    }
}

extension [ProtobufText.Field] {
    /// The fields with a name.
    func all(_ name: String) -> [ProtobufText.Field] { filter { $0.name == name } }

    /// The first field with a name.
    func first(_ name: String) -> ProtobufText.Field? { first { $0.name == name } }

    /// The scalar of the first field with a name.
    func scalar(_ name: String) -> String? { first(name)?.scalar }
}
