import DockerfileSyntax
import SourceDocuments

/// A word, a string or a symbol of Groovy code.
struct GroovyToken {
    enum Kind {
        case word(String)
        case string([GroovyPart])
        case symbol(UInt8)
    }

    let kind: Kind
    let range: Range<Int>
    /// Whether nothing but comments and blanks stand before it on its line.
    let isFirstOnLine: Bool
    /// The index of the bracket that closes this one, or opens it.
    var partner: Int?

    var word: String? { if case .word(let word) = kind { word } else { nil } }

    func isSymbol(_ scalar: Unicode.Scalar) -> Bool {
        if case .symbol(let byte) = kind { byte == UInt8(ascii: scalar) } else { false }
    }
}

/// A piece of a string: text as the program has it, or code whose value stands there, `${x}`.
enum GroovyPart {
    case text(MappedText)
    case code(GroovyCode)
}

/// A sequence of tokens: a file, or the code inside of a string.
struct GroovyCode {
    var tokens: [GroovyToken]
    /// The bytes of the file, `${` and `}` included.
    var range: Range<Int>
}

/// Cuts Groovy code into tokens, without comments (https://groovy-lang.org/syntax.html).
///
/// One pass over the bytes with a stack of its own: strings hold code, and code holds strings.
struct GroovyTokenizer {
    /// A stretch that is not read, and why.
    struct Problem {
        let range: Range<Int>
        let reason: String
    }

    private enum Quote {
        case single(UInt8), triple(UInt8), slash, dollarSlash
    }

    private struct OpenCode {
        var code: GroovyCode
        /// The indices of the brackets that are open, and how many there are of each kind.
        var open: [Int] = []
        var counts = [0, 0, 0]
    }

    private struct OpenString {
        let quote: Quote
        let start: Int
        let isFirstOnLine: Bool
        var parts: [GroovyPart] = []
        var text = MappedText()
    }

    static let maximumDepth = 16

    private let text: SourceText
    private let bytes: [UInt8]
    private var index = 0
    private var isFirstOnLine = true
    private var codes: [OpenCode]
    private var strings: [OpenString] = []
    private var problems: [Problem] = []

    /// Returns the tokens of a file, and what of it could not be read.
    static func read(_ text: SourceText) -> (code: GroovyCode, problems: [Problem]) {
        var tokenizer = GroovyTokenizer(text)
        tokenizer.run()
        return (tokenizer.codes[0].code, tokenizer.problems)
    }

    private init(_ text: SourceText) {
        self.text = text
        bytes = text.bytes
        codes = [OpenCode(code: GroovyCode(tokens: [], range: 0..<text.bytes.count))]
    }

    private func starts(_ word: StaticString, _ at: Int) -> Bool {
        word.withUTF8Buffer { word in
            at + word.count <= bytes.count && word.indices.allSatisfy { bytes[at + $0] == word[$0] }
        }
    }

    static func isWord(_ byte: UInt8) -> Bool { byte.isASCIIAlphanumeric || byte == UInt8(ascii: "_") || byte >= 0x80 }

    private mutating func report(_ range: Range<Int>, _ reason: String) {
        if problems.count < 8 { problems.append(Problem(range: range, reason: reason)) }
    }

    private mutating func run() {
        if starts("#!", 0) { skipLine() }
        while index < bytes.count {
            if codes.count > strings.count { readCode() } else { readString() }
        }
        // What was never closed has taken the rest of the file.
        if let first = strings.first {
            report(first.start..<bytes.count, "a string is not closed")
            while let last = strings.popLast() {
                if codes.count > strings.count + 1 {
                    var part = codes.removeLast().code
                    part.range = part.range.lowerBound..<bytes.count
                    append(.string(finished(last) + [.code(part)]), last.start..<bytes.count, last.isFirstOnLine)
                } else {
                    append(.string(finished(last)), last.start..<bytes.count, last.isFirstOnLine)
                }
            }
        }
    }

    private mutating func append(_ kind: GroovyToken.Kind, _ range: Range<Int>, _ isFirst: Bool) {
        codes[codes.count - 1].code.tokens.append(GroovyToken(kind: kind, range: range, isFirstOnLine: isFirst))
    }

    // MARK: Code

    private mutating func skipLine() {
        index = bytes[index...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
    }

    private mutating func readCode() {
        let byte = bytes[index]
        let start = index
        if byte == UInt8(ascii: "\n") {
            isFirstOnLine = true
            index += 1
        } else if byte.isASCIIBlank || byte == UInt8(ascii: "\r") {
            index += 1
        } else if starts("//", index) {
            skipLine()
        } else if starts("/*", index) {
            index += 2
            while index < bytes.count, !starts("*/", index) { index += 1 }
            if index == bytes.count { report(start..<index, "a comment is not closed") }
            index = min(index + 2, bytes.count)
        } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
            let isTriple = starts("'''", index) || starts("\"\"\"", index)
            open(isTriple ? .triple(byte) : .single(byte), isTriple ? 3 : 1)
        } else if starts("$/", index) {
            open(.dollarSlash, 2)
        } else if byte == UInt8(ascii: "/"), startsSlashy {
            open(.slash, 1)
        } else if Self.isWord(byte) {
            index = bytes[index...].firstIndex { !Self.isWord($0) } ?? bytes.count
            append(.word(text.string(start..<index)), start..<index, isFirstOnLine)
            isFirstOnLine = false
        } else if byte == UInt8(ascii: "}"), codes.count > 1, codes[codes.count - 1].counts[2] == 0 {
            index += 1
            closeCode()
        } else {
            if starts("\\u", index) { report(start..<(start + 2), "code that is written in escapes is not read") }
            append(.symbol(byte), start..<(start + 1), isFirstOnLine)
            isFirstOnLine = false
            index += 1
            noteBracket(byte)
        }
    }

    private mutating func noteBracket(_ byte: UInt8) {
        let last = codes.count - 1
        let token = codes[last].code.tokens.count - 1
        if let kind = "([{".utf8.firstOffset(of: byte) {
            codes[last].open.append(token)
            codes[last].counts[kind] += 1
        } else if let kind = ")]}".utf8.firstOffset(of: byte), codes[last].counts[kind] > 0 {
            // Brackets that nothing closes end with the one around them.
            while let open = codes[last].open.popLast() {
                guard case .symbol(let opening) = codes[last].code.tokens[open].kind,
                    let other = "([{".utf8.firstOffset(of: opening)
                else { continue }
                codes[last].counts[other] -= 1
                codes[last].code.tokens[open].partner = token
                if other == kind {
                    codes[last].code.tokens[token].partner = open
                    break
                }
            }
        }
    }

    /// Whether a slash begins a string rather than divides: behind an operator or a word that takes an argument.
    private var startsSlashy: Bool {
        guard let last = codes[codes.count - 1].code.tokens.last else { return true }
        switch last.kind {
        case .string: return false
        case .symbol(let byte): return !")]}".utf8.contains(byte)
        case .word(let word):
            let takesArgument = [
                "return", "in", "case", "sh", "bat", "powershell", "pwsh", "echo", "assert", "image", "load",
            ].contains(word)
            guard takesArgument, index + 1 < bytes.count else { return false }
            return !bytes[index + 1].isASCIIBlank && bytes[index + 1] != UInt8(ascii: "=")
        }
    }

    // MARK: Strings

    private mutating func open(_ quote: Quote, _ length: Int) {
        guard strings.count < Self.maximumDepth else {
            report(index..<bytes.count, "its strings are nested too deep")
            index = bytes.count
            return
        }
        strings.append(OpenString(quote: quote, start: index, isFirstOnLine: isFirstOnLine))
        isFirstOnLine = false
        index += length
    }

    private func finished(_ string: OpenString) -> [GroovyPart] {
        string.text.bytes.isEmpty ? string.parts : string.parts + [.text(string.text)]
    }

    /// Ends the innermost string.
    private mutating func closeString() {
        guard let string = strings.popLast() else { return }
        append(.string(finished(string)), string.start..<index, string.isFirstOnLine)
        isFirstOnLine = false
    }

    /// Ends the code in the innermost string.
    private mutating func closeCode() {
        var code = codes.removeLast().code
        code.range = code.range.lowerBound..<index
        append(code)
    }

    private mutating func append(_ code: GroovyCode) {
        let last = strings.count - 1
        if !strings[last].text.bytes.isEmpty { strings[last].parts.append(.text(strings[last].text)) }
        strings[last].parts.append(.code(code))
        strings[last].text = MappedText()
    }

    private mutating func append(_ piece: [UInt8], _ length: Int) {
        strings[strings.count - 1].text.append(piece[...], standingFor: index..<min(index + length, bytes.count))
        index = min(index + length, bytes.count)
    }

    private mutating func readString() {
        let quote = strings[strings.count - 1].quote
        let byte = bytes[index]
        switch quote {
        case .single(let mark):
            if byte == UInt8(ascii: "\n") {
                report(strings[strings.count - 1].start..<index, "a string is not closed")
                return closeString()
            }
            if byte == mark {
                index += 1
                return closeString()
            }
        case .triple(let mark):
            if byte == mark, index + 2 < bytes.count, bytes[index + 1] == mark, bytes[index + 2] == mark {
                index += 3
                return closeString()
            }
        case .slash:
            if starts("\\/", index) { return append([UInt8(ascii: "/")], 2) }
            if byte == UInt8(ascii: "/") {
                index += 1
                return closeString()
            }
        case .dollarSlash:
            if starts("$$", index) { return append([UInt8(ascii: "$")], 2) }
            if starts("$/", index) { return append([UInt8(ascii: "/")], 2) }
            if starts("/$", index) {
                index += 2
                return closeString()
            }
        }
        var isTemplate = true
        switch quote {
        case .single(let mark), .triple(let mark):
            isTemplate = mark == UInt8(ascii: "\"")
            if byte == UInt8(ascii: "\\"), index + 1 < bytes.count { return readEscape() }
        case .slash, .dollarSlash: break
        }
        if isTemplate, byte == UInt8(ascii: "$"), index + 1 < bytes.count {
            if bytes[index + 1] == UInt8(ascii: "{") {
                codes.append(OpenCode(code: GroovyCode(tokens: [], range: index..<bytes.count)))
                index += 2
                return
            }
            if let code = path() { return append(code) }
        }
        strings[strings.count - 1].text.append(bytes[index...index], at: index)
        index += 1
    }

    /// `$name`, `$name.property`; nil where the sign stands for itself.
    private mutating func path() -> GroovyCode? {
        guard bytes[index + 1].isASCIILetter || bytes[index + 1] == UInt8(ascii: "_") else { return nil }
        var code = GroovyCode(tokens: [], range: index..<bytes.count)
        index += 1
        while true {
            let end = bytes[index...].firstIndex { !Self.isWord($0) } ?? bytes.count
            code.tokens.append(
                GroovyToken(kind: .word(text.string(index..<end)), range: index..<end, isFirstOnLine: false))
            index = end
            guard index + 1 < bytes.count, bytes[index] == UInt8(ascii: "."), bytes[index + 1].isASCIILetter else {
                break
            }
            code.tokens.append(
                GroovyToken(kind: .symbol(UInt8(ascii: ".")), range: index..<(index + 1), isFirstOnLine: false))
            index += 1
        }
        code.range = code.range.lowerBound..<index
        return code
    }

    private mutating func readEscape() {
        let byte = bytes[index + 1]
        switch byte {
        case UInt8(ascii: "n"): append([UInt8(ascii: "\n")], 2)
        case UInt8(ascii: "t"): append([UInt8(ascii: "\t")], 2)
        case UInt8(ascii: "r"): append([UInt8(ascii: "\r")], 2)
        case UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "s"): append([UInt8(ascii: " ")], 2)
        case UInt8(ascii: "\n"): append([], 2)
        case UInt8(ascii: "\r"): append([], starts("\n", index + 2) ? 3 : 2)
        case UInt8(ascii: "u"):
            let digits = bytes[(index + 2)...].prefix(4)
            let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
            guard digits.count == 4, let scalar = value.flatMap(Unicode.Scalar.init) else { return append([byte], 2) }
            append(Array(String(Character(scalar)).utf8), 6)
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            let digits = bytes[(index + 1)...].prefix(3).prefix { (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) }
            let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
            append([value ?? byte], 1 + digits.count)
        default: append([byte], 2)
        }
    }
}

extension Sequence<UInt8> {
    /// The number of bytes before the first one that is equal.
    fileprivate func firstOffset(of byte: UInt8) -> Int? { enumerated().first { $0.element == byte }?.offset }
}
