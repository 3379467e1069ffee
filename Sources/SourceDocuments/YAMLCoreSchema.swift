/// The types of plain scalars (https://yaml.org/spec/1.2.2/#103-core-schema).
enum YAMLCoreSchema {
    /// The value of a plain scalar in the core schema; nil when it is a string.
    static func value(_ text: String) -> DocumentNode.Value? {
        guard let first = text.utf8.first else { return .null }
        switch first {
        case 0x7E, 0x6E, 0x4E, 0x74, 0x54, 0x66, 0x46:
            switch text {
            case "~", "null", "Null", "NULL": return .null
            case "true", "True", "TRUE": return .boolean(true)
            case "false", "False", "FALSE": return .boolean(false)
            default: return nil
            }
        case 0x30...0x39, 0x2B, 0x2D, 0x2E: return number(text)
        default: return nil
        }
    }

    private static func number(_ text: String) -> DocumentNode.Value? {
        switch text {
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .float(.infinity)
        case "-.inf", "-.Inf", "-.INF": return .float(-.infinity)
        case ".nan", ".NaN", ".NAN": return .float(.nan)
        default: break
        }
        for (prefix, radix) in [("0x", 16), ("0o", 8)] where text.hasPrefix(prefix) {
            guard text.utf8.dropFirst(2).allSatisfy({ UnicodeChecking.hexadecimalValue($0) != nil }) else { return nil }
            return Int64(text.dropFirst(2), radix: radix).map { .integer($0) }
        }
        var hasDigit = false
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39: hasDigit = true
            case 0x2B, 0x2D, 0x2E, 0x45, 0x65: continue
            default: return nil
            }
        }
        guard hasDigit else { return nil }
        if let integer = Int64(text) { return .integer(integer) }
        return Double(text).map { .float($0) }
    }
}
