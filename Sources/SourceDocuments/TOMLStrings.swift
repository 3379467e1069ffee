/// The four kinds of strings.
extension TOMLScanner {
    mutating func string(isKey: Bool) throws(Failure) -> String {
        let quote = bytes[index]
        let start = index
        let isLong = !isKey && index + 2 < bytes.count && bytes[index + 1] == quote && bytes[index + 2] == quote
        index += isLong ? 3 : 1
        if isLong {
            if isLineEnd(index) { index += bytes[index] == UInt8(ascii: "\r") ? 2 : 1 }
        }
        let content = index
        skipPlainCharacters()
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\\") && quote == UInt8(ascii: "\"") || byte == UInt8(ascii: "\r") {
                return try decodedString(quote, from: content, open: start, isLong: isLong)
            }
            if byte == quote, let end = closingQuotes(quote, isLong: isLong) {
                let string = String(decoding: bytes[content..<end], as: UTF8.self)
                return string
            }
            try checkCharacter(byte, isLong: isLong)
            index += 1
        }
        throw failure("the string is not closed", at: start)
    }

    /// Moves to the next quote, backslash or control character: the bytes before it need no decoding.
    private mutating func skipPlainCharacters() {
        let start = index
        index = bytes.withUnsafeBufferPointer { bytes in
            var index = start
            while index < bytes.count, bytes[index] >= UInt8(ascii: " "), bytes[index] != UInt8(ascii: "\""),
                bytes[index] != UInt8(ascii: "'"),
                bytes[index] != UInt8(ascii: "\\"), bytes[index] != 0x7F
            {
                index += 1
            }
            return index
        }
    }

    /// At a quote: the offset at which the string's content ends, with the index moved past the quotes; nil when the
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

    /// Refuses control characters, and line ends in a string of one line.
    private func checkCharacter(_ byte: UInt8, isLong: Bool) throws(Failure) {
        guard Self.isControl(byte), !(isLong && byte == UInt8(ascii: "\n")) else { return }
        throw failure(isLineEnd(index) ? "the string is not closed on its line" : "a control character in a string")
    }

    /// A string with escapes, or with CR LF, which becomes LF.
    private mutating func decodedString(
        _ quote: UInt8, from start: Int, open: Int, isLong: Bool
    ) throws(Failure) -> String {
        var decoded = Array(bytes[start..<index])
        while index < bytes.count {
            let byte = bytes[index]
            if byte == quote {
                let before = index
                if let end = closingQuotes(quote, isLong: isLong) {
                    decoded += bytes[before..<end]
                    return String(decoding: decoded, as: UTF8.self)
                }
            }
            if byte == UInt8(ascii: "\r"), isLong, isLineEnd(index) {
                index += 1
                continue
            }
            try checkCharacter(byte, isLong: isLong)
            index += 1
            if byte != UInt8(ascii: "\\") || quote != UInt8(ascii: "\"") {
                decoded.append(byte)
                continue
            }
            guard index < bytes.count else { break }
            let escape = bytes[index]
            index += 1
            switch escape {
            case 0x62: decoded.append(0x08)
            case UInt8(ascii: "t"): decoded.append(UInt8(ascii: "\t"))
            case UInt8(ascii: "n"): decoded.append(UInt8(ascii: "\n"))
            case 0x66: decoded.append(0x0C)
            case UInt8(ascii: "r"): decoded.append(UInt8(ascii: "\r"))
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): decoded.append(escape)
            case 0x75: try appendScalar(digits: 4, to: &decoded)
            case 0x55: try appendScalar(digits: 8, to: &decoded)
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                guard isLong else { throw failure("an unknown escape", at: index - 2) }
                index -= 1
                skipBlanks()
                guard isLineEnd(index) else { throw failure("the end of the line was expected") }
                while index < bytes.count, bytes[index].isASCIIBlank || isLineEnd(index) {
                    index += 1
                }
            default: throw failure("an unknown escape", at: index - 2)
            }
        }
        throw failure("the string is not closed", at: open)
    }

    private mutating func appendScalar(digits: Int, to decoded: inout [UInt8]) throws(Failure) {
        var value: UInt32 = 0
        let start = index - 2
        for _ in 0..<digits {
            guard index < bytes.count, let digit = bytes[index].hexDigitValue else {
                throw failure("\(digits) hexadecimal digits were expected")
            }
            value = value << 4 | UInt32(digit)
            index += 1
        }
        guard let scalar = Unicode.Scalar(value), value != 0 else {
            throw failure("the escape is not a character that a TOML text may contain", at: start)
        }
        UnicodeChecking.append(scalar, to: &decoded)
    }
}
