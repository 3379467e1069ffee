/// `${..}` with its index, modifier and operands.
extension ShellParser {
    mutating func bracedParameter(_ isQuoted: Bool) throws(ShellSyntaxError) -> ShellWordPart {
        try enter()
        defer { depth -= 1 }
        let start = index
        index += 2
        var isLength = false
        var isIndirect = false
        if peek == UInt8(ascii: "#"), let next = peek(1), next != UInt8(ascii: "}"),
            Self.isName(next) || next == UInt8(ascii: "@") || next == UInt8(ascii: "*")
        {
            isLength = true
            index += 1
        } else if peek == UInt8(ascii: "!"), let next = peek(1), Self.isName(next) {
            isIndirect = true
            index += 1
        }
        let nameStart = index
        while let byte = peek, Self.isName(byte) { index += 1 }
        if index == nameStart, let byte = peek, "@*#?-$!".utf8.contains(byte) { index += 1 }
        guard index > nameStart else { throw error("bad substitution") }
        let name = text.string(nameStart..<index)
        var subscripted: String?
        if peek == UInt8(ascii: "[") {
            let from = index + 1
            var ignored: [ShellWordPart] = []
            index += 1
            while let byte = peek, byte != UInt8(ascii: "]") {
                var isPart = false
                if !Self.isMeta(byte) { isPart = try wordPart(into: &ignored) }
                if !isPart { index += 1 }
                if ignored.last.map({ part in if case .text(_, false) = part { true } else { false } }) == true,
                    bytes[from..<index].contains(UInt8(ascii: "]"))
                {
                    // A plain run of characters has swallowed the bracket.
                    index = bytes[from..<index].firstIndex(of: UInt8(ascii: "]")) ?? index
                    break
                }
            }
            guard peek == UInt8(ascii: "]") else { throw error("expected ']'") }
            subscripted = text.string(from..<index)
            index += 1
        }
        var modifier = ""
        var operand: [ShellWordPart] = []
        var replacement: [ShellWordPart] = []
        if peek != UInt8(ascii: "}") {
            let symbols: [StaticString] = [
                ":-", ":=", ":+", ":?", "-", "=", "+", "?", "##", "#", "%%", "%", "//", "/#", "/%", "/", "^^", "^",
                ",,", ",", "@", ":",
            ]
            guard let symbol = symbols.first(where: { has($0) }) else { throw error("bad substitution") }
            modifier = symbol.description
            index += symbol.utf8CodeUnitCount
            let replaces = modifier.hasPrefix("/")
            // Quotes around `${x%pattern}` do not quote the pattern.
            let isPattern = replaces || modifier.hasPrefix("#") || modifier.hasPrefix("%")
            operand = try operandParts(isQuoted && !isPattern, stopsAtSlash: replaces)
            if replaces, peek == UInt8(ascii: "/") {
                index += 1
                replacement = try operandParts(isQuoted, stopsAtSlash: false)
            }
        }
        guard peek == UInt8(ascii: "}") else { throw error("expected '}'") }
        index += 1
        if isLength || isIndirect { modifier = "unknown" }
        return .parameter(
            ShellParameter(
                name: name, index: subscripted, modifier: modifier, operand: operand, replacement: replacement,
                range: start..<index), isQuoted: isQuoted)
    }

    private mutating func operandParts(
        _ isQuoted: Bool, stopsAtSlash: Bool
    ) throws(ShellSyntaxError) -> [ShellWordPart] {
        var parts: [ShellWordPart] = []
        while let byte = peek, byte != UInt8(ascii: "}") {
            if stopsAtSlash, byte == UInt8(ascii: "/") { break }
            let start = index
            switch byte {
            case UInt8(ascii: "'") where isQuoted:
                index += 1
                parts.append(.text(text.slice(start..<index), isQuoted: true))
            case UInt8(ascii: "$"), UInt8(ascii: "`"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\\"):
                if byte == UInt8(ascii: "$") || byte == UInt8(ascii: "`"),
                    let part = try substitution(isQuoted: isQuoted)
                {
                    parts.append(part)
                } else if !(try wordPart(into: &parts)) {
                    index += 1
                }
            default:
                while let byte = peek, byte != UInt8(ascii: "}"), !Self.startsPart(byte),
                    !(stopsAtSlash && byte == UInt8(ascii: "/"))
                {
                    index += 1
                }
                parts.append(.text(text.slice(start..<index), isQuoted: isQuoted))
            }
        }
        return parts
    }
}
