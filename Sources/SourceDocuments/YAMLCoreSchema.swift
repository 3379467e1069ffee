/// The types of plain scalars (https://yaml.org/spec/1.2.2/#103-core-schema).
enum YAMLCoreSchema {
    /// The value of a plain scalar in the core schema; nil when it is a string.
    static func value(_ text: String) -> DocumentNode.Value? {
        guard let first = text.utf8.first else { return .null }
        switch first {
        case UInt8(ascii: "~"), UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "t"), UInt8(ascii: "T"),
            UInt8(ascii: "f"), UInt8(ascii: "F"):
            switch text {
            case "~", "null", "Null", "NULL": return .null
            case "true", "True", "TRUE": return .boolean(true)
            case "false", "False", "FALSE": return .boolean(false)
            default: return nil
            }
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            return number(text, first)
        default: return nil
        }
    }

    /// A scalar that begins with a digit, a sign or a point. Hashes do too, so that the first look is at the bytes.
    private static func number(_ text: String, _ first: UInt8) -> DocumentNode.Value? {
        if !first.isASCIIDigit {
            switch text {
            case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .float(.infinity)
            case "-.inf", "-.Inf", "-.INF": return .float(-.infinity)
            case ".nan", ".NaN", ".NAN": return .float(.nan)
            default: break
            }
        }
        var hasDigit = false
        for (index, byte) in text.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): hasDigit = true
            case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "E"), UInt8(ascii: "e"): continue
            case UInt8(ascii: "x") where index == 1 && first == UInt8(ascii: "0"):
                return integer(text.utf8.dropFirst(2), radix: 16)
            case UInt8(ascii: "o") where index == 1 && first == UInt8(ascii: "0"):
                return integer(text.utf8.dropFirst(2), radix: 8)
            default: return nil
            }
        }
        guard hasDigit else { return nil }
        if let integer = Int64(text) { return .integer(integer) }
        return Double(text).map { .float($0) }
    }

    /// Reads the digits after `0x` or `0o`.
    private static func integer(_ digits: Substring.UTF8View, radix: Int) -> DocumentNode.Value? {
        guard digits.allSatisfy({ $0.hexDigitValue != nil }) else { return nil }
        return Int64(Substring(digits), radix: radix).map { .integer($0) }
    }
}
