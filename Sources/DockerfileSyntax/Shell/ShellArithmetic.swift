/// Arithmetic of the shell: `$(( ))`, `(( ))`, `let`. Its values are not computed; only the assigned names are found
/// (https://pubs.opengroup.org/onlinepubs/9699919799/utilities/V3_chap02.html#tag_18_06_04).
enum ShellArithmetic {
    /// Returns the variables that the arithmetic in a word may assign.
    static func assigned(in word: ShellSyntaxWord, of text: MappedText) -> [String] {
        word.parts.flatMap { part -> [String] in
            guard case .arithmetic(_, let range) = part else { return [] }
            return assigned(in: text.string(range))
        }
    }

    /// Returns the variables of an expression that assigns: all of its names, of which one is assigned.
    static func assigned(in expression: String) -> [String] {
        let bytes = Array(expression.utf8)
        let assigns = bytes.indices.contains { index in
            let next = index + 1 < bytes.count ? bytes[index + 1] : 0
            let previous = index > 0 ? bytes[index - 1] : 0
            switch bytes[index] {
            case UInt8(ascii: "+"), UInt8(ascii: "-"): return next == bytes[index]
            case UInt8(ascii: "="):
                if next == UInt8(ascii: "=") || previous == UInt8(ascii: "=") || previous == UInt8(ascii: "!") {
                    return false
                }
                // `<=` compares, `<<=` assigns.
                let isComparison = previous == UInt8(ascii: "<") || previous == UInt8(ascii: ">")
                return !isComparison || (index > 1 && bytes[index - 2] == previous)
            default: return false
            }
        }
        guard assigns else { return [] }
        return bytes.split { !ShellParser.isName($0) }.filter { $0.first.map(ShellParser.isNameStart) == true }
            .map { String(decoding: $0, as: UTF8.self) }
    }
}
