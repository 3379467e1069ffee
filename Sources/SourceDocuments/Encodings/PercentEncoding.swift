/// Percent-encoding of URIs (RFC 3986, section 2).
package enum PercentEncoding {
    /// Returns a text with every byte percent-encoded but the unreserved characters: ASCII letters, digits, `-`, `.`, `_` and
    /// `~`.
    ///
    /// - Parameter kept: ASCII characters that are also left as they are.
    package static func encode(_ text: String, keeping kept: String = "") -> String {
        func isKept(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
            default: byte.isASCIIAlphanumeric || kept.utf8.contains(byte)
            }
        }
        var text = text
        if text.withUTF8({ $0.allSatisfy(isKept) }) { return text }
        var output: [UInt8] = []
        for byte in text.utf8 {
            if isKept(byte) {
                output.append(byte)
            } else {
                output.append(UInt8(ascii: "%"))
                output.append(upperCaseDigit(byte >> 4))
                output.append(upperCaseDigit(byte & 15))
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// Section 2.1 asks for upper-case digits.
    private static func upperCaseDigit(_ value: UInt8) -> UInt8 {
        let digit = Hexadecimal.digit(value)
        return digit.isASCIILowercase ? digit & ~0x20 : digit
    }

    /// Returns a text with its percent-encoded bytes decoded, `%2B` as `+`.
    ///
    /// A `%` without two hexadecimal digits after it stays; bytes that are not UTF-8 become U+FFFD.
    package static func decode(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
        let bytes = Array(text.utf8)
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), bytes.count - index > 2, let high = bytes[index + 1].hexDigitValue,
                let low = bytes[index + 2].hexDigitValue
            {
                output.append(high << 4 | low)
                index += 3
            } else {
                output.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}
