import SourceDocuments

/// The values of arguments and names.
extension PythonCode {
    /// What an argument or a variable holds.
    enum Value: Equatable {
        case known(String)
        /// A text with variables of a shell in the place of what is not known.
        case partial(String, unknown: [String])
        /// A list, in the same way.
        case list([String], unknown: [String])
        case unknown
    }

    /// As deep as lists stand in lists.
    private static let maximumDepth = 16
    /// As many tokens as one call or one list has.
    private static let maximumLength = 4_096

    /// `NAME = "text"` at the start of a statement; a name that is assigned two different values is unknown.
    mutating func readAssignments() {
        for index in tokens.indices where tokens[index].kind == .name && isSymbol(index + 1, "=") {
            guard index == 0 || tokens[index - 1].kind == .end, !isSymbol(index + 2, "=") else { continue }
            let (value, next) = value(at: index + 2)
            let isWhole = tokens.indices.contains(next) && tokens[next].kind == .end
            let name = tokens[index].text
            let known = isWhole ? value : .unknown
            names[name] = names[name].map { $0 == known ? known : .unknown } ?? known
        }
    }

    /// The value that starts at a token, and the token after it.
    func value(at index: Int, depth: Int = 0) -> (Value, next: Int) {
        guard tokens.indices.contains(index) else { return (.unknown, index) }
        let token = tokens[index]
        switch token.kind {
        case .string, .formatted: return text(at: index)
        case .name:
            // The interpreter itself.
            if token.text == "sys.executable" { return (.known("python"), index + 1) }
            if isSymbol(index + 1, "[") || isSymbol(index + 1, "(") { return variable(at: index) }
            return (names[token.text] ?? .unknown, index + 1)
        case .symbol where token.text == "[":
            return depth < Self.maximumDepth ? list(at: index, depth) : (.unknown, index + 1)
        default: return (.unknown, index + 1)
        }
    }

    /// Strings that stand side by side are one.
    private func text(at index: Int) -> (Value, next: Int) {
        var text = ""
        var unknown: [String] = []
        var next = index
        while tokens.indices.contains(next), [.string, .formatted].contains(tokens[next].kind) {
            if tokens[next].kind == .string {
                text += tokens[next].text
            } else {
                let part = FormattedText(tokens[next].text) { names[$0] }
                text += part.text
                unknown += part.unknown
            }
            next += 1
        }
        return (unknown.isEmpty ? .known(text) : .partial(text, unknown: unknown), next)
    }

    /// A list, whose items that are not known are variables.
    private func list(at index: Int, _ depth: Int) -> (Value, next: Int) {
        var list: [String] = []
        var unknown: [String] = []
        var next = index + 1
        while tokens.indices.contains(next), !isSymbol(next, "]"), tokens[next].kind != .end, budget.take() {
            if isSymbol(next, ",") {
                next += 1
                continue
            }
            let start = next
            let (item, after) = value(at: next, depth: depth + 1)
            next = max(after, next + 1)
            let isWhole = isSymbol(next, ",") || isSymbol(next, "]")
            switch item {
            case .known(let text) where isWhole: list.append(text)
            case .partial(let text, let names) where isWhole:
                list.append(text)
                unknown += names
            default:
                // As far as the item goes.
                while tokens.indices.contains(next), !isSymbol(next, ","), !isSymbol(next, "]"),
                    tokens[next].kind != .end
                {
                    next = isSymbol(next, "(") || isSymbol(next, "[") ? closing(of: next) + 1 : next + 1
                }
                let name = FormattedText.name(of: tokens[start].text)
                list.append("${\(name)}")
                unknown.append(name)
            }
        }
        return (.list(list, unknown: unknown), next + 1)
    }

    /// `os.environ["X"]`, `os.environ.get("X", "default")`, `os.getenv("X")`.
    private func variable(at index: Int) -> (Value, next: Int) {
        let close = closing(of: index + 1)
        guard
            ["os.environ", "environ", "os.environ.get", "environ.get", "os.getenv", "getenv"].contains(
                tokens[index].text),
            tokens.indices.contains(index + 2), tokens[index + 2].kind == .string
        else { return (.unknown, close + 1) }
        if let value = environment(tokens[index + 2].text) { return (.known(value), close + 1) }
        if isSymbol(index + 3, ","), tokens.indices.contains(index + 4), tokens[index + 4].kind == .string,
            index + 5 == close
        {
            return (.known(tokens[index + 4].text), close + 1)
        }
        return (.unknown, close + 1)
    }

    /// The token that closes a bracket; the end of what is searched when none does.
    func closing(of open: Int) -> Int {
        var depth = 0
        var index = open
        let end = min(tokens.count, open + Self.maximumLength)
        while index < end, budget.take() {
            if tokens[index].kind == .symbol {
                switch tokens[index].text {
                case "(", "[", "{": depth += 1
                case ")", "]", "}":
                    depth -= 1
                    if depth == 0 { return index }
                default: break
                }
            }
            index += 1
        }
        return end
    }
}

/// A formatted string as a command line: `f"pip install {name}"` is `pip install ${name}`
/// (https://docs.python.org/3/reference/lexical_analysis.html#formatted-string-literals).
struct FormattedText {
    /// The text, with variables of a shell in the place of what is not known.
    private(set) var text = ""
    /// The names of these variables.
    private(set) var unknown: [String] = []

    /// - Parameter value: the value of a name; nil when it has none.
    init(_ content: String, value: (String) -> PythonCode.Value?) {
        var rest = content[...]
        while let open = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            text += rest[..<open]
            let brace = rest[open]
            rest = rest[rest.index(after: open)...]
            // Two braces are one.
            if rest.first == brace || brace == "}" {
                text.append(brace)
                rest = rest.first == brace ? rest.dropFirst() : rest
                continue
            }
            let close = Self.closing(rest)
            let written = rest[..<close]
            rest = close < rest.endIndex ? rest[rest.index(after: close)...] : rest[close...]
            let expression = written.prefix { !"!:".contains($0) }.filter { $0 != " " }
            if expression == "sys.executable" {
                text += "python"
            } else if case .known(let known)? = value(String(expression)) {
                text += known
            } else {
                let name = Self.name(of: String(expression))
                text += "${\(name)}"
                unknown.append(name)
            }
        }
        text += rest
    }

    /// The brace that closes a field; the end when none does.
    private static func closing(_ text: Substring) -> Substring.Index {
        var depth = 0
        for index in text.indices {
            if text[index] == "{" { depth += 1 }
            if text[index] == "}" {
                if depth == 0 { return index }
                depth -= 1
            }
        }
        return text.endIndex
    }

    /// The variable that stands for an expression.
    static func name(of expression: String) -> String {
        let name = expression.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        return "_" + name.prefix(64)
    }
}
