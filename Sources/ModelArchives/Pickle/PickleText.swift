import ArchiveReading

/// Decodes the strings of a pickle as CPython's `_pickle` does (https://github.com/python/cpython/blob/main/Modules/_pickle.c).
///
/// A name that is made of a string has to be the name that Python looks up: `S'o\x73'` is `os`.
enum PickleText {
    /// Decodes the argument of STRING: quoted, with the escapes of a bytes literal (`codecs.escape_decode`).
    ///
    /// Returns the bytes, or nil for what Python refuses: a quote that is missing, `\x` without two digits, a
    /// backslash at the end.
    static func unquoted(_ line: [UInt8]) -> [UInt8]? {
        guard line.count >= 2, let quote = line.first, quote == line.last,
            quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"")
        else { return nil }
        let text = line[1..<line.count - 1]
        guard text.contains(UInt8(ascii: "\\")) else { return Array(text) }
        var output: [UInt8] = []
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            index += 1
            guard byte == UInt8(ascii: "\\") else {
                output.append(byte)
                continue
            }
            guard index < text.endIndex else { return nil }
            let escape = text[index]
            index += 1
            switch escape {
            case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): output.append(escape)
            case UInt8(ascii: "b"): output.append(0x08)
            case UInt8(ascii: "f"): output.append(0x0C)
            case UInt8(ascii: "t"): output.append(0x09)
            case UInt8(ascii: "n"): output.append(0x0A)
            case UInt8(ascii: "r"): output.append(0x0D)
            case UInt8(ascii: "v"): output.append(0x0B)
            case UInt8(ascii: "a"): output.append(0x07)
            case UInt8(ascii: "0")...UInt8(ascii: "7"):
                var value = Int(escape - UInt8(ascii: "0"))
                for _ in 0..<2 {
                    guard index < text.endIndex, (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(text[index]) else {
                        break
                    }
                    value = value * 8 + Int(text[index] - UInt8(ascii: "0"))
                    index += 1
                }
                output.append(UInt8(truncatingIfNeeded: value))
            case UInt8(ascii: "x"):
                guard let value = hexadecimal(text, at: &index, count: 2) else { return nil }
                output.append(UInt8(truncatingIfNeeded: value))
            default: output += [UInt8(ascii: "\\"), escape]
            }
        }
        return output
    }

    /// Decodes the argument of UNICODE (`raw-unicode-escape`) into UTF-8: bytes are Latin-1, `\uXXXX` and `\UXXXXXXXX` are
    /// characters, all other backslashes are themselves. Surrogates stay alone, as later protocols write them too.
    ///
    /// Returns nil for what Python refuses.
    static func rawUnicode(_ line: [UInt8]) -> [UInt8]? {
        if line.allSatisfy({ $0 < 0x80 && $0 != UInt8(ascii: "\\") }) { return line }
        var output: [UInt8] = []
        var index = line.startIndex
        func append(_ value: UInt32) -> Bool {
            if let scalar = Unicode.Scalar(value) {
                output += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
                return true
            }
            guard (0xD800...0xDFFF).contains(value) else { return false }
            output += [0xED, UInt8(0x80 | value >> 6 & 0x3F), UInt8(0x80 | value & 0x3F)]
            return true
        }
        while index < line.endIndex {
            let byte = line[index]
            index += 1
            guard byte == UInt8(ascii: "\\"), index < line.endIndex else {
                guard append(UInt32(byte)) else { return nil }
                continue
            }
            let escape = line[index]
            index += 1
            let count = escape == UInt8(ascii: "u") ? 4 : escape == UInt8(ascii: "U") ? 8 : 0
            if count == 0 {
                guard append(0x5C), append(UInt32(escape)) else { return nil }
            } else {
                guard let value = hexadecimal(line[...], at: &index, count: count), append(value) else { return nil }
            }
        }
        return output
    }

    private static func hexadecimal(_ text: ArraySlice<UInt8>, at index: inout Int, count: Int) -> UInt32? {
        guard index + count <= text.endIndex else { return nil }
        var value: UInt32 = 0
        for byte in text[index..<index + count] {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: return nil
            }
            value = value << 4 | UInt32(digit)
        }
        index += count
        return value
    }

    /// Returns whether a float is written as `PyOS_string_to_double` reads it, and is finite or says that it is not.
    static func isFloat(_ line: [UInt8]) -> Bool {
        var text = line[...]
        if let sign = text.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { text = text.dropFirst() }
        let word = text.count > 8 ? "" : String(decoding: text, as: UTF8.self).lowercased()
        if ["inf", "infinity", "nan"].contains(word) { return true }
        func digits() -> Int {
            let count = text.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
            text = text.dropFirst(count)
            return count
        }
        var count = digits()
        if text.first == UInt8(ascii: ".") {
            text = text.dropFirst()
            count += digits()
        }
        guard count > 0 else { return false }
        if let exponent = text.first, exponent == UInt8(ascii: "e") || exponent == UInt8(ascii: "E") {
            text = text.dropFirst()
            if let sign = text.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { text = text.dropFirst() }
            guard digits() > 0 else { return false }
        }
        return text.isEmpty && (Double(String(decoding: line, as: UTF8.self))?.isFinite ?? false)
    }

    /// Returns whether an integer is written as Python's picklers write it: a sign, and digits without a leading zero or
    /// separator, no more than CPython converts (https://docs.python.org/3/library/stdtypes.html#int-max-str-digits).
    static func isInteger(_ digits: ArraySlice<UInt8>) -> Bool {
        var digits = digits
        if digits.first == UInt8(ascii: "-") { digits = digits.dropFirst() }
        guard let first = digits.first, digits.count <= 4300,
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return false }
        return first != UInt8(ascii: "0") || digits.count == 1
    }
}

/// Checks UTF-8 piece by piece, as Python decodes it with `surrogatepass`.
struct UTF8Check {
    private var left = 0
    private var lowest: UInt8 = 0x80
    private var highest: UInt8 = 0xBF
    /// Whether everything so far is UTF-8.
    private(set) var isValid = true

    /// Whether everything so far is ASCII.
    private(set) var isASCII = true
    /// Whether no character is above U+00FF.
    private(set) var isLatin1 = true

    /// Whether everything is UTF-8 and no character is cut off.
    var isComplete: Bool { isValid && left == 0 }

    mutating func update(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            if left == 0 {
                if byte < 0x80 { continue }
                isASCII = false
                if byte > 0xC3 { isLatin1 = false }
                switch byte {
                case 0xC2...0xDF: left = 1
                case 0xE0...0xEF:
                    left = 2
                    if byte == 0xE0 { lowest = 0xA0 }
                case 0xF0...0xF4:
                    left = 3
                    if byte == 0xF0 { lowest = 0x90 }
                    if byte == 0xF4 { highest = 0x8F }
                default: isValid = false
                }
            } else if byte >= lowest, byte <= highest {
                left -= 1
                (lowest, highest) = (0x80, 0xBF)
            } else {
                isValid = false
                left = 0
                (lowest, highest) = (0x80, 0xBF)
            }
        }
    }
}
