import SourceDocuments

/// The names of a Groovy file that have one written value, wherever the file uses them.
///
/// A name that anything else can set (a parameter, a loop, a second assignment) has none.
struct GroovyBindings {
    private var values: [String: String] = [:]
    private var unknown = Set<String>()

    private static let declarations: Set<String> = ["def", "String", "final", "GString", "var", "static", "Object"]
    private static let notTypes: Set<String> = ["return", "new", "else", "in", "assert", "throw", "case", "import"]

    /// The value of a name; nil when it has none or more than one.
    subscript(name: String) -> String? { unknown.contains(name) ? nil : values[name] }

    /// Whether the file sets a name.
    func sets(_ name: String) -> Bool { unknown.contains(name) || values[name] != nil }

    init(_ code: GroovyCode) {
        let tokens = code.tokens
        var depth = 0
        var index = 0
        while index < tokens.count {
            let token = tokens[index]
            if token.isSymbol("{") {
                // What `environment` sets is of its block.
                if index > 0, tokens[index - 1].word == "environment", let close = token.partner {
                    index = close + 1
                    continue
                }
                depth += 1
                addParameters(ofClosure: index, tokens)
            } else if token.isSymbol("}") {
                depth -= 1
            } else if token.isSymbol("("), let close = token.partner {
                if isDeclaration(index, close, tokens) { addAll((index + 1)..<close, tokens) }
            } else if let word = token.word {
                add(word, at: index, depth: depth, in: code)
            }
            index += 1
        }
    }

    private mutating func add(_ word: String, at index: Int, depth: Int, in code: GroovyCode) {
        let tokens = code.tokens
        let before = index > 0 ? tokens[index - 1] : nil
        let isDeclared =
            !(tokens[index].isFirstOnLine) && before?.word.map { Self.declarations.contains($0) } ?? false
        guard index + 1 < tokens.count else { return }
        let next = tokens[index + 1]
        if next.isSymbol("="), !(index + 2 < tokens.count && tokens[index + 2].isSymbol("=")) {
            let isProperty = before?.isSymbol(".") ?? false
            let isOfEnvironment = isProperty && index > 1 && tokens[index - 2].word == "env"
            guard isDeclared || depth == 0 && !isProperty || isOfEnvironment && depth == 0,
                let end = code.endOfStatement(from: index + 2), index + 2 < end,
                let value = code.value((index + 2)..<end, { _ in nil }).known
            else { return addUnknown(word) }
            if values.updateValue(value, forKey: word) != nil { addUnknown(word) }
        } else if isDeclared, !next.isSymbol("(") {
            addUnknown(word)
        } else if index + 2 < tokens.count, tokens[index + 2].isSymbol("="),
            ["+", "-", "*", "/", "<", "?", "|"].contains(where: { next.isSymbol($0) })
        {
            // `x += 'y'`
            addUnknown(word)
        } else if next.word == "in" || next.isSymbol(":") && (before?.word.map { !Self.notTypes.contains($0) } ?? false)
        {
            addUnknown(word)
        }
    }

    private mutating func addUnknown(_ word: String) { unknown.insert(word) }

    private mutating func addAll(_ range: Range<Int>, _ tokens: [GroovyToken]) {
        for index in range.prefix(512) { if let word = tokens[index].word { addUnknown(word) } }
    }

    /// Whether parentheses hold the parameters of a method, or the names of `def (a, b) = ...`.
    private func isDeclaration(_ open: Int, _ close: Int, _ tokens: [GroovyToken]) -> Bool {
        guard open > 0, close + 1 < tokens.count else { return false }
        if tokens[close + 1].isSymbol("=") {
            return tokens[open - 1].word.map { Self.declarations.contains($0) } ?? true
        }
        guard tokens[close + 1].isSymbol("{"), open > 1, tokens[open - 1].word != nil,
            !tokens[open - 1].isFirstOnLine, let type = tokens[open - 2].word
        else { return tokens[open - 1].word == "catch" }
        return !Self.notTypes.contains(type)
    }

    /// `{ a, b -> ... }`
    private mutating func addParameters(ofClosure open: Int, _ tokens: [GroovyToken]) {
        var index = open + 1
        let limit = min(open + 24, tokens.count)
        while index < limit {
            if tokens[index].isSymbol("-"), index + 1 < limit, tokens[index + 1].isSymbol(">") {
                return addAll((open + 1)..<index, tokens)
            }
            guard
                tokens[index].word != nil
                    || [",", "=", "[", "]", "<", ">"].contains(where: { tokens[index].isSymbol($0) })
            else { return }
            index += 1
        }
    }
}
