/// Base64 (RFC 4648), which RECORD files, basic authentication, keys and signed envelopes use.
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Returns bytes in the standard alphabet, padded, on one line.
    package static func encode(_ bytes: [UInt8]) -> String {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count / 3 * 4 + 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var word: UInt32 = 0
            for position in 0..<3 { word = word << 8 | UInt32(position < group.count ? group[start + position] : 0) }
            for position in 0..<4 {
                let digit = alphabet[Int(word >> UInt32(18 - 6 * position) & 63)]
                output.append(position <= group.count ? digit : UInt8(ascii: "="))
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static let urlDigits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// Appends bytes in the alphabet for URLs and file names (section 5), without padding.
    package static func appendURL(_ bytes: ArraySlice<UInt8>, to output: inout [UInt8]) {
        let digits = urlDigits
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let count = min(3, bytes.endIndex - index)
            var word: UInt32 = 0
            for step in 0..<3 { word = word << 8 | (step < count ? UInt32(bytes[index + step]) : 0) }
            for step in 0...count { output.append(digits[Int(word >> (18 - 6 * UInt32(step)) & 63)]) }
            index += count
        }
    }

    /// Returns the bytes of a text; line ends are skipped, and the padding may be left out.
    ///
    /// - Parameter allowsURLAlphabet: whether the alphabet for URLs and file names (section 5) is also read.
    /// - Returns: nil for a character outside of the alphabet, for a number of characters that no bytes have, and for padding
    ///   that is incomplete or not at the end.
    package static func decode(_ text: String, allowsURLAlphabet: Bool = false) -> [UInt8]? {
        var text = text
        return text.withUTF8 { decode($0, allowsURLAlphabet: allowsURLAlphabet) }
    }

    /// Returns the bytes of a text that is given as ASCII.
    package static func decode(_ text: ArraySlice<UInt8>, allowsURLAlphabet: Bool = false) -> [UInt8]? {
        text.withUnsafeBufferPointer { decode($0, allowsURLAlphabet: allowsURLAlphabet) }
    }

    private static func decode(_ text: UnsafeBufferPointer<UInt8>, allowsURLAlphabet: Bool) -> [UInt8]? {
        let values = values
        var digitCount = 0
        var paddingCount = 0
        var isValid = true
        let output = [UInt8](unsafeUninitializedCapacity: text.count / 4 * 3 + 3) { output, count in
            var word: UInt32 = 0
            for byte in text {
                let value = values[Int(byte)]
                if value >= urlAlphabet {
                    if value == lineEnd { continue }
                    if value == padding {
                        paddingCount += 1
                        continue
                    }
                    isValid = isValid && value != other && allowsURLAlphabet
                }
                isValid = isValid && paddingCount == 0
                guard isValid else { break }
                word = word << 6 | UInt32(value & 63)
                digitCount += 1
                switch digitCount & 3 {
                case 0:
                    output[count] = UInt8(truncatingIfNeeded: word)
                    count += 1
                case 1: break
                case 2:
                    output[count] = UInt8(truncatingIfNeeded: word >> 4)
                    count += 1
                default:
                    output[count] = UInt8(truncatingIfNeeded: word >> 2)
                    count += 1
                }
            }
        }
        // A single digit of a group does not make a byte.
        guard isValid, digitCount & 3 != 1 else { return nil }
        return paddingCount == 0 || paddingCount < 3 && (digitCount + paddingCount) & 3 == 0 ? output : nil
    }

    // The kinds of characters in `values`, from `urlAlphabet` on not of the standard alphabet.
    private static let urlAlphabet: UInt8 = 64
    private static let lineEnd: UInt8 = 128
    private static let padding: UInt8 = 129
    private static let other: UInt8 = 255

    /// The value of each byte as a digit, or its kind; the digits of the URL alphabet have the bit of `urlAlphabet` set.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: other, count: 256)
        for (value, digit) in alphabet.enumerated() { values[Int(digit)] = UInt8(value) }
        values[Int(UInt8(ascii: "-"))] = urlAlphabet | 62
        values[Int(UInt8(ascii: "_"))] = urlAlphabet | 63
        values[Int(UInt8(ascii: "\n"))] = lineEnd
        values[Int(UInt8(ascii: "\r"))] = lineEnd
        values[Int(UInt8(ascii: "="))] = padding
        return values
    }()
}
