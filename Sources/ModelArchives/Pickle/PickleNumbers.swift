import SourceDocuments

/// Numbers that Python's classes read of strings.
enum PickleNumbers {
    /// `-1.5E+3`, `NaN12`, `Infinity`.
    static func isDecimal(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        guard rest.allSatisfy({ $0 < 0x7F && $0 > 0x20 }) else { return false }
        dropSign(&rest)
        if rest.count < 24 {
            let word = String(decoding: rest, as: UTF8.self).lowercased()
            if word == "inf" || word == "infinity" { return true }
            for name in ["nan", "snan"] where word.hasPrefix(name) {
                return rest.dropFirst(name.utf8.count).allSatisfy(\.isASCIIDigit) && rest.count < 16
            }
        }
        let whole = rest.prefix(while: \.isASCIIDigit).count
        rest = rest.dropFirst(whole)
        var digits = whole
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            let part = rest.prefix(while: \.isASCIIDigit).count
            rest = rest.dropFirst(part)
            digits += part
        }
        guard digits > 0 else { return false }
        guard let letter = rest.first else { return true }
        guard letter == UInt8(ascii: "e") || letter == UInt8(ascii: "E") else { return false }
        rest = rest.dropFirst()
        dropSign(&rest)
        // Larger exponents are more than a number of it may have.
        return (1...9).contains(rest.count) && rest.allSatisfy(\.isASCIIDigit)
    }

    private static func dropSign(_ bytes: inout ArraySlice<UInt8>) {
        if let sign = bytes.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { bytes = bytes.dropFirst() }
    }

    /// `-3/4`, `3`.
    static func isFraction(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        let parts = rest.split(separator: UInt8(ascii: "/"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count <= 2 else { return false }
        for part in parts where part.isEmpty || part.count > 4300 || !part.allSatisfy(\.isASCIIDigit) { return false }
        return parts.count == 1 || parts[1].contains { $0 != UInt8(ascii: "0") }
    }
}
