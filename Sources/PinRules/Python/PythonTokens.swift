import SourceDocuments

/// The tokens of Python code, as far as calls and their arguments need them
/// (https://docs.python.org/3/reference/lexical_analysis.html).
///
/// Left out: the value of numbers, and escapes other than those of quotes, line feeds and tabs.
struct PythonToken {
    enum Kind {
        /// A name or keyword; dotted names are one token, `os.environ.get`.
        case name
        /// A string whose value is known.
        case string
        /// An f-string with braces, as it is written.
        case formatted
        /// A string whose value is not known.
        case unknownString
        case symbol
        /// The end of a statement's line, or a semicolon.
        case end
        case other
    }
    let kind: Kind
    /// The name, the symbol, or the string's value.
    let text: String
    /// The byte offsets in the code.
    let range: Range<Int>

    /// The most tokens that are read of one text.
    private static let maximumCount = 200_000

    /// Returns the tokens of a text, and whether there are more than are read.
    static func tokens(of bytes: [UInt8]) -> (tokens: [PythonToken], isCut: Bool) {
        var tokens: [PythonToken] = []
        var index = 0
        var depth = 0
        while index < bytes.count, tokens.count < maximumCount {
            let byte = bytes[index]
            let start = index
            switch byte {
            case UInt8(ascii: "#"):
                while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
            case UInt8(ascii: "\n"), UInt8(ascii: ";"):
                index += 1
                if depth == 0 { tokens.append(PythonToken(kind: .end, text: "", range: start..<index)) }
            case UInt8(ascii: "\\"):
                // A line goes on behind a carriage return too.
                index += min(bytes[index...].starts(with: "\\\r\n".utf8) ? 3 : 2, bytes.count - index)
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): index += 1
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                tokens.append(string(bytes, &index, from: start, prefix: ""))
            case _ where isNameStart(byte):
                while index < bytes.count, isName(bytes[index]) || isDot(bytes, index) { index += 1 }
                let name = String(decoding: bytes[start..<index], as: UTF8.self)
                if index < bytes.count, bytes[index] == UInt8(ascii: "\"") || bytes[index] == UInt8(ascii: "'"),
                    name.utf8.count <= 2, name.lowercased().allSatisfy({ "rbfu".contains($0) })
                {
                    tokens.append(string(bytes, &index, from: start, prefix: name.lowercased()))
                } else {
                    tokens.append(PythonToken(kind: .name, text: name, range: start..<index))
                }
            case _ where byte.isASCIIDigit:
                while index < bytes.count, isName(bytes[index]) || bytes[index] == UInt8(ascii: ".") { index += 1 }
                tokens.append(PythonToken(kind: .other, text: "", range: start..<index))
            default:
                index += 1
                switch byte {
                case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
                case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): depth = max(0, depth - 1)
                default: break
                }
                let text = String(decoding: [byte], as: UTF8.self)
                tokens.append(PythonToken(kind: .symbol, text: text, range: start..<index))
            }
        }
        tokens.append(PythonToken(kind: .end, text: "", range: bytes.count..<bytes.count))
        return (tokens, index < bytes.count)
    }

    private static func string(
        _ bytes: [UInt8], _ index: inout Int, from start: Int, prefix: String
    ) -> PythonToken {
        let quote = bytes[index]
        let isTriple = index + 2 < bytes.count && bytes[index + 1] == quote && bytes[index + 2] == quote
        index += isTriple ? 3 : 1
        var content: [UInt8] = []
        var isKnown = !prefix.contains("b")
        var isFormatted = false
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\\"), index + 1 < bytes.count {
                let next = bytes[index + 1]
                index += 2
                if prefix.contains("r") {
                    content += [byte, next]
                } else if next == quote || next == UInt8(ascii: "\\") {
                    content.append(next)
                } else if let byte = Self.escapes[next] {
                    content.append(byte)
                } else if next != UInt8(ascii: "\n") {
                    isKnown = false
                }
                continue
            }
            if byte == quote {
                let isClosing =
                    !isTriple
                    || index + 2 < bytes.count && bytes[index + 1] == quote && bytes[index + 2] == quote
                if isClosing {
                    index += isTriple ? 3 : 1
                    break
                }
            } else if byte == UInt8(ascii: "\n"), !isTriple {
                break
            }
            if byte == UInt8(ascii: "{"), prefix.contains("f") { isFormatted = true }
            content.append(byte)
            index += 1
        }
        return PythonToken(
            kind: isKnown ? isFormatted ? .formatted : .string : .unknownString,
            text: String(decoding: content, as: UTF8.self),
            range: start..<min(index, bytes.count))
    }

    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "n"): UInt8(ascii: "\n"), UInt8(ascii: "t"): UInt8(ascii: "\t"),
        UInt8(ascii: "'"): UInt8(ascii: "'"), UInt8(ascii: "\""): UInt8(ascii: "\""),
    ]

    private static func isNameStart(_ byte: UInt8) -> Bool {
        byte.isASCIILetter || byte == UInt8(ascii: "_") || byte >= 0x80
    }

    private static func isName(_ byte: UInt8) -> Bool { isNameStart(byte) || byte.isASCIIDigit }

    /// A dot between two names.
    private static func isDot(_ bytes: [UInt8], _ index: Int) -> Bool {
        bytes[index] == UInt8(ascii: ".") && index + 1 < bytes.count && isNameStart(bytes[index + 1])
    }
}
