import SourceDocuments

/// The JSON form of RUN, CMD, COPY and others: an array of strings (RFC 8259), as Go's `encoding/json` reads it.
///
/// What is not JSON is nil, and the caller falls back to the shell form; JSON with anything but strings is refused.
struct JSONForm {
    private let line: MappedText
    private let bytes: [UInt8]
    private let end: Int
    private var index: Int
    private static let maximumDepth = 10_000

    static func read(_ line: MappedText, _ range: Range<Int>) throws(InstructionSyntaxError) -> [DockerfileWord]? {
        let start = Rune.trimmedStart(line.bytes, range)
        guard start < range.upperBound, line.bytes[start] == UInt8(ascii: "[") else { return nil }
        var reader = JSONForm(line: line, bytes: line.bytes, end: range.upperBound, index: start + 1)
        var words: [DockerfileWord] = []
        var onlyStrings = true
        reader.skipSpaces()
        if reader.peek == UInt8(ascii: "]") {
            reader.index += 1
        } else {
            while true {
                reader.skipSpaces()
                if reader.peek == UInt8(ascii: "\"") {
                    guard let word = reader.string() else { return nil }
                    words.append(word)
                } else {
                    guard reader.skipOther() else { return nil }
                    onlyStrings = false
                }
                reader.skipSpaces()
                let separator = reader.peek
                reader.index += 1
                if separator == UInt8(ascii: "]") { break }
                guard separator == UInt8(ascii: ",") else { return nil }
            }
        }
        reader.skipSpaces()
        guard reader.index == reader.end else { return nil }
        guard onlyStrings else {
            throw InstructionSyntaxError(
                reason: "when using JSON array syntax, arrays must be comprised of strings only")
        }
        return words
    }

    private var peek: UInt8? { index < end ? bytes[index] : nil }

    private mutating func skipSpaces() {
        while let byte = peek, byte.isASCIIBlank || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
            index += 1
        }
    }

    private mutating func string() -> DockerfileWord? {
        let start = index
        index += 1
        var text = MappedText()
        var keptFrom = index
        func keep(_ reader: JSONForm, _ text: inout MappedText) {
            if keptFrom < reader.index { text.append(reader.line, keptFrom..<reader.index) }
        }
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                keep(self, &text)
                index += 1
                return DockerfileWord(text, range: line.fileRange(start..<index))
            case 0x00..<0x20:
                return nil
            case UInt8(ascii: "\\"):
                keep(self, &text)
                let escapeStart = index
                guard let decoded = escapeSequence() else { return nil }
                text.append(decoded[...], standingFor: line.fileRange(escapeStart..<index))
                keptFrom = index
            default:
                index += 1
            }
        }
        return nil
    }

    /// The UTF-8 of an escape sequence; the index is moved behind it.
    private mutating func escapeSequence() -> [UInt8]? {
        guard index + 1 < end else { return nil }
        let character = bytes[index + 1]
        index += 2
        switch character {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [character]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [UInt8(ascii: "\n")]
        case UInt8(ascii: "r"): return [UInt8(ascii: "\r")]
        case UInt8(ascii: "t"): return [UInt8(ascii: "\t")]
        case UInt8(ascii: "u"):
            guard let unit = hexadecimal(at: index) else { return nil }
            index += 4
            if (0xD800..<0xDC00).contains(unit), index + 1 < end, bytes[index] == UInt8(ascii: "\\"),
                bytes[index + 1] == UInt8(ascii: "u"), let low = hexadecimal(at: index + 2),
                (0xDC00..<0xE000).contains(low),
                let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
            {
                index += 6
                return Array(String(scalar).utf8)
            }
            return Array(String(Unicode.Scalar(unit) ?? "\u{FFFD}").utf8)
        default: return nil
        }
    }

    private func hexadecimal(at start: Int) -> UInt32? {
        guard start + 4 <= end else { return nil }
        var value: UInt32 = 0
        for byte in bytes[start..<(start + 4)] {
            guard let digit = byte.hexDigitValue else { return nil }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    /// Skips a value that is not a string; false when it is not JSON. Nested values are counted, not recursed into.
    private mutating func skipOther() -> Bool {
        var open: [UInt8] = []
        repeat {
            skipSpaces()
            guard let byte = peek else { return false }
            switch byte {
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                guard open.count < Self.maximumDepth else { return false }
                index += 1
                skipSpaces()
                if peek == byte + 2 {
                    index += 1
                } else {
                    open.append(byte)
                    if byte == UInt8(ascii: "{"), !skipKey() { return false }
                    continue
                }
            case UInt8(ascii: "\""):
                guard string() != nil else { return false }
            case UInt8(ascii: "t"): guard skip("true") else { return false }
            case UInt8(ascii: "f"): guard skip("false") else { return false }
            case UInt8(ascii: "n"): guard skip("null") else { return false }
            default: guard skipNumber() else { return false }
            }
            // Behind a value: what closes or goes on.
            while let innermost = open.last {
                skipSpaces()
                if peek == innermost + 2 {
                    index += 1
                    open.removeLast()
                    continue
                }
                guard peek == UInt8(ascii: ",") else { return false }
                index += 1
                if innermost == UInt8(ascii: "{"), !skipKey() { return false }
                break
            }
        } while !open.isEmpty
        return true
    }

    private mutating func skipKey() -> Bool {
        skipSpaces()
        guard peek == UInt8(ascii: "\""), string() != nil else { return false }
        skipSpaces()
        guard peek == UInt8(ascii: ":") else { return false }
        index += 1
        return true
    }

    private mutating func skip(_ literal: StaticString) -> Bool {
        let wanted = UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount)
        guard end - index >= wanted.count, bytes[index..<(index + wanted.count)].elementsEqual(wanted) else {
            return false
        }
        index += wanted.count
        return true
    }

    private mutating func digits() -> Bool {
        let start = index
        while let byte = peek, byte.isASCIIDigit { index += 1 }
        return index > start
    }

    private mutating func skipNumber() -> Bool {
        let start = index
        if peek == UInt8(ascii: "-") { index += 1 }
        if peek == UInt8(ascii: "0") { index += 1 } else if !digits() { return false }
        if peek == UInt8(ascii: ".") {
            index += 1
            guard digits() else { return false }
        }
        if let byte = peek, byte | 0x20 == UInt8(ascii: "e") {
            index += 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { index += 1 }
            guard digits() else { return false }
        }
        // A number that no Double holds is an error of the decoder, and so the shell form.
        guard let value = Double(String(decoding: bytes[start..<index], as: UTF8.self)) else { return false }
        return value.isFinite
    }
}
