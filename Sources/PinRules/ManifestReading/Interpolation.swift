/// `$NAME`, `${NAME}`, `${NAME:-default}`, `$$` (https://docs.docker.com/reference/compose-file/interpolation/).
enum Interpolation {
    private static let maximumDepth = 8

    /// The text with its variables; the ones without a value stay as they are written, and the text is not known.
    static func expand(_ text: String, _ values: [String: String], depth: Int = 0) -> (text: String, isKnown: Bool) {
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
            let value = values[String(name)]
            let isSet = value.map { !(modifier.hasPrefix(":") && $0.isEmpty) } ?? false
            switch modifier {
            case ":-" where !isSet, "-" where !isSet:
                let (inner, known) = expand(operand, values, depth: depth + 1)
                output += inner
                isKnown = isKnown && known
            case ":+", "+":
                if isSet {
                    let (inner, known) = expand(operand, values, depth: depth + 1)
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
