import DockerfileSyntax

/// `$NAME`, `${NAME}`, `${NAME:-default}`, `$$` (https://docs.docker.com/reference/compose-file/interpolation/).
enum Interpolation {
    private static let maximumDepth = 8

    /// The text with its variables; the ones without a value stay as they are written, and the text is not known.
    static func expand(_ text: String, _ values: [String: String]) -> (text: String, isKnown: Bool) {
        expand(text) { values[$0] }
    }

    /// The text with its variables, whose values a closure gives.
    static func expand(
        _ text: String, depth: Int = 0, _ values: (String) -> String?
    ) -> (text: String, isKnown: Bool) {
        guard text.contains("$"), depth < maximumDepth else { return (text, !text.contains("$")) }
        var output = ""
        var isKnown = true
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            output += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            if rest.first == "$" {
                output += "$"
                rest = rest.dropFirst()
                continue
            }
            let isBraced = rest.first == "{"
            if isBraced { rest = rest.dropFirst() }
            let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            rest = rest[name.endIndex...]
            var modifier = ""
            var operand = ""
            if isBraced {
                guard let close = closing(rest) else { return (text, false) }
                let inner = rest[..<close]
                rest = rest[rest.index(after: close)...]
                modifier = String(inner.prefix { ":-?+".contains($0) })
                operand = String(inner.dropFirst(modifier.count))
            }
            let value = values(String(name))
            let isSet = value.map { !(modifier.hasPrefix(":") && $0.isEmpty) } ?? false
            switch modifier {
            case ":-" where !isSet, "-" where !isSet:
                let (inner, known) = expand(operand, depth: depth + 1, values)
                output += inner
                isKnown = isKnown && known
            case ":+", "+":
                if isSet {
                    let (inner, known) = expand(operand, depth: depth + 1, values)
                    output += inner
                    isKnown = isKnown && known
                }
            default:
                if let value, isSet || modifier.isEmpty {
                    output += value
                } else {
                    output += "${\(name)}"
                    isKnown = false
                }
            }
        }
        return (output + rest, isKnown)
    }

    /// The text with its variables; one without a value stands there as an expression does, so that nothing else gives it one.
    ///
    /// - Parameter isBraced: whether only `${..}` is a variable, and `$NAME` is text, as in HCL.
    static func expanded(_ text: MappedText, isBraced: Bool, _ values: (String) -> String?) -> MappedText {
        let bytes = text.bytes
        guard bytes.contains(UInt8(ascii: "$")) else { return text }
        var result = MappedText()
        var index = 0
        var start = 0
        while let dollar = bytes[index...].firstIndex(of: UInt8(ascii: "$")) {
            guard let end = variableEnd(bytes, dollar, isBraced: isBraced) else {
                index = dollar + 1
                continue
            }
            result.append(text.slice(start..<dollar))
            let written = String(decoding: bytes[dollar..<end], as: UTF8.self)
            let (value, isKnown) = expand(written, values)
            let unknown = Expressions.prefix + written.filter { $0.isASCII && ($0.isLetter || $0.isNumber) } + "}"
            result.append(Array((isKnown ? value : unknown).utf8)[...], standingFor: text.fileRange(dollar..<end))
            index = end
            start = end
        }
        result.append(text.slice(start..<bytes.count))
        return result
    }

    /// The longest reference in braces that is one.
    private static let maximumReference = 4_096

    /// The end of `$$`, `$NAME` or `${..}`; nil for any other dollar sign.
    private static func variableEnd(_ bytes: [UInt8], _ dollar: Int, isBraced: Bool) -> Int? {
        let next = dollar + 1
        guard next < bytes.count else { return nil }
        if bytes[next] == UInt8(ascii: "$") {
            return isBraced && (next + 1 == bytes.count || bytes[next + 1] != UInt8(ascii: "{")) ? nil : next + 1
        }
        guard bytes[next] == UInt8(ascii: "{") else {
            if isBraced { return nil }
            let name = bytes[next...].prefix { $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "_") }
            return name.isEmpty ? nil : name.endIndex
        }
        var depth = 0
        for index in next..<min(bytes.count, next + maximumReference) {
            if bytes[index] == UInt8(ascii: "{") { depth += 1 }
            if bytes[index] == UInt8(ascii: "}") { depth -= 1 }
            if depth == 0 { return index + 1 }
        }
        return nil
    }

    private static func closing(_ text: Substring) -> Substring.Index? {
        var depth = 0
        for index in text.indices {
            if text[index] == "{" { depth += 1 }
            if text[index] == "}" {
                if depth == 0 { return index }
                depth -= 1
            }
        }
        return nil
    }
}
