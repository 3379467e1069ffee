/// Base64 (RFC 4648), which basic authentication, keys and signed envelopes use.
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The text of bytes in the standard alphabet, padded, in one line.
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

    /// The bytes of a text, with or without padding and line ends; nil when a character is not of the standard alphabet, or,
    /// when that is allowed too, of the one for URLs and file names.
    package static func decode(_ text: String, allowsURLAlphabet: Bool = false) -> [UInt8]? {
        decode(Array(text.utf8), allowsURLAlphabet: allowsURLAlphabet)
    }

    static func decode(_ text: some Sequence<UInt8>, allowsURLAlphabet: Bool = false) -> [UInt8]? {
        var output: [UInt8] = []
        var word: UInt32 = 0
        var bits = 0
        var isPadded = false
        for byte in text where byte != UInt8(ascii: "\n") && byte != UInt8(ascii: "\r") {
            if byte == UInt8(ascii: "=") {
                isPadded = true
                continue
            }
            guard !isPadded, let digit = digit(byte, allowsURLAlphabet) else { return nil }
            word = word << 6 | digit
            bits += 6
            if bits >= 8 {
                bits -= 8
                output.append(UInt8(truncatingIfNeeded: word >> UInt32(bits)))
            }
        }
        // One digit alone holds no byte.
        return bits == 6 ? nil : output
    }

    private static func digit(_ byte: UInt8, _ allowsURLAlphabet: Bool) -> UInt32? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        case UInt8(ascii: "-"): allowsURLAlphabet ? 62 : nil
        case UInt8(ascii: "_"): allowsURLAlphabet ? 63 : nil
        default: nil
        }
    }
}
