/// The four kinds of strings.
extension TOMLScanner {
    mutating func string(isKey: Bool) throws(Failure) -> String {
        let quote = bytes[index]
        let start = index
        let isLong = !isKey && index + 2 < bytes.count && bytes[index + 1] == quote && bytes[index + 2] == quote
        index += isLong ? 3 : 1
        if isLong {
            if isLineEnd(index) { index += bytes[index] == 0x0D ? 2 : 1 }
        }
        let content = index
        skipPlainCharacters()
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0x5C && quote == 0x22 || byte == 0x0D {
                return try decodedString(quote, from: content, open: start, isLong: isLong)
            }
            if byte == quote, let end = closingQuotes(quote, isLong: isLong) {
                let string = String(decoding: bytes[content..<end], as: UTF8.self)
                return string
            }
            try checkCharacter(byte, isLong: isLong)
            index += 1
        }
        throw failure("the string has no end", at: start)
    }

    /// Moves to the next quote, backslash or control character: what lies before them stands for itself.
    private mutating func skipPlainCharacters() {
        let start = index
        index = bytes.withUnsafeBufferPointer { bytes in
            var index = start
            while index < bytes.count, bytes[index] >= 0x20, bytes[index] != 0x22, bytes[index] != 0x27,
                bytes[index] != 0x5C, bytes[index] != 0x7F
            {
                index += 1
            }
            return index
        }
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

    /// Refuses control characters, and line ends in a string of one line.
    private func checkCharacter(_ byte: UInt8, isLong: Bool) throws(Failure) {
        guard Self.isControl(byte), !(isLong && byte == 0x0A) else { return }
        throw failure(isLineEnd(index) ? "the string has no end on its line" : "a control character in a string")
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
            if byte == 0x0D, isLong, isLineEnd(index) {
                index += 1
                continue
            }
            try checkCharacter(byte, isLong: isLong)
            index += 1
            if byte != 0x5C || quote != 0x22 {
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
            case 0x22, 0x5C: decoded.append(escape)
            case 0x75: try appendScalar(digits: 4, to: &decoded)
            case 0x55: try appendScalar(digits: 8, to: &decoded)
            case 0x20, 0x09, 0x0A, 0x0D:
                guard isLong else { throw failure("an unknown escape", at: index - 2) }
                index -= 1
                skipBlanks()
                guard isLineEnd(index) else { throw failure("the end of the line was expected") }
                while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 || isLineEnd(index) {
                    index += 1
                }
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
