/// A distribution name in its normal form: lower case, runs of `-`, `_` and `.` as one `-`
/// (https://packaging.python.org/en/latest/specifications/name-normalization/).
package enum NormalizedName {
    /// The normal form of a name.
    package static func of(_ name: some StringProtocol) -> String {
        var whole = String(name)
        if whole.withUTF8({ isNormal($0) }) { return whole }
        var output: [UInt8] = []
        var inSeparator = false
        // Names are ASCII; what is not is lowered as Unicode has it, so that two tools agree on a bad name.
        let text = name.utf8.allSatisfy { $0 < 0x80 } ? String(name) : name.lowercased()
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                if !inSeparator { output.append(UInt8(ascii: "-")) }
                inSeparator = true
            case UInt8(ascii: "A")...UInt8(ascii: "Z"):
                output.append(byte | 0x20)
                inSeparator = false
            default:
                output.append(byte)
                inSeparator = false
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// Whether a name is in its normal form already, as nearly all in a lock are.
    private static func isNormal(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var before: UInt8 = 0
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"): break
            case UInt8(ascii: "-") where before != UInt8(ascii: "-"): break
            default: return false
            }
            before = byte
        }
        return true
    }

    /// Whether a text is a name: ASCII letters, digits, `-`, `_`, `.`, beginning and ending with a letter or digit.
    package static func isValid(_ name: some StringProtocol) -> Bool {
        func isAlphanumeric(_ byte: UInt8) -> Bool {
            byte.isASCIIDigit || byte.isASCIILetter
        }
        let bytes = Array(name.utf8)
        guard let first = bytes.first, let last = bytes.last, isAlphanumeric(first), isAlphanumeric(last) else {
            return false
        }
        return bytes.allSatisfy {
            isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_")
        }
    }
}
