/// Reading UTF-8 the way Go does, because BuildKit's parser sees the file through Go's eyes.
enum Rune {
    /// The scalar at an index and its length; a byte that starts no valid sequence is U+FFFD of length 1.
    static func decode(_ bytes: [UInt8], _ index: Int, _ end: Int) -> (value: UInt32, width: Int) {
        let first = bytes[index]
        if first < 0x80 { return (UInt32(first), 1) }
        let width: Int
        var value: UInt32
        switch first {
        case 0xC2...0xDF: (width, value) = (2, UInt32(first & 0x1F))
        case 0xE0...0xEF: (width, value) = (3, UInt32(first & 0x0F))
        case 0xF0...0xF4: (width, value) = (4, UInt32(first & 0x07))
        default: return (0xFFFD, 1)
        }
        guard end - index >= width else { return (0xFFFD, 1) }
        for distance in 1..<width {
            let byte = bytes[index + distance]
            guard byte & 0xC0 == 0x80 else { return (0xFFFD, 1) }
            value = value << 6 | UInt32(byte & 0x3F)
        }
        let smallest: UInt32 = width == 2 ? 0x80 : width == 3 ? 0x800 : 0x10000
        guard value >= smallest, value <= 0x10FFFF, !(0xD800...0xDFFF).contains(value) else { return (0xFFFD, 1) }
        return (value, width)
    }

    /// Go's `unicode.IsSpace`.
    static func isSpace(_ value: UInt32) -> Bool {
        switch value {
        case 0x09...0x0D, 0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }

    /// The bytes that BuildKit splits words at: tab, vertical tab, form feed, carriage return, space.
    static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0B || byte == 0x0C || byte == 0x0D
    }

    static func isLetter(_ value: UInt32) -> Bool {
        if value < 0x80 { return (0x41...0x5A).contains(value) || (0x61...0x7A).contains(value) }
        guard let scalar = Unicode.Scalar(value) else { return false }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return true
        default: return false
        }
    }

    static func isDigit(_ value: UInt32) -> Bool {
        if value < 0x80 { return (0x30...0x39).contains(value) }
        guard let scalar = Unicode.Scalar(value) else { return false }
        return scalar.properties.generalCategory == .decimalNumber
    }

    /// The range without leading and trailing Unicode spaces (Go's `strings.TrimSpace`).
    static func trimmed(_ bytes: [UInt8], _ range: Range<Int>) -> Range<Int> {
        let start = trimmedStart(bytes, range)
        var end = range.upperBound
        while end > start {
            if bytes[end - 1] < 0x80 {
                guard isSpace(UInt32(bytes[end - 1])) else { break }
                end -= 1
                continue
            }
            // A scalar of two to four bytes that ends here.
            var first = end - 1
            while first > start, end - first < 4, bytes[first] & 0xC0 == 0x80 { first -= 1 }
            let (value, width) = decode(bytes, first, end)
            guard first + width == end, isSpace(value) else { break }
            end = first
        }
        return start..<end
    }

    /// The start of a range without leading Unicode spaces.
    static func trimmedStart(_ bytes: [UInt8], _ range: Range<Int>) -> Int {
        var start = range.lowerBound
        while start < range.upperBound {
            let (value, width) = decode(bytes, start, range.upperBound)
            guard isSpace(value) else { break }
            start += width
        }
        return start
    }

    /// A string in ASCII lower case.
    static func lowercased(_ bytes: ArraySlice<UInt8>) -> String {
        String(unsafeUninitializedCapacity: bytes.count) { buffer in
            var count = 0
            for byte in bytes {
                buffer[count] = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
                count += 1
            }
            return count
        }
    }
}
