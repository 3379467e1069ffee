import DockerfileSyntax
import SourceDocuments

/// An argument of a call: its name, if it has one, and the tokens of its value.
struct GroovyArgument {
    var name: String?
    let value: Range<Int>
}

/// The arguments of calls: `sh('x')`, `sh 'x'`, `sh script: 'x', label: 'y'`, `sh([script: 'x'])`.
extension GroovyCode {
    /// How many tokens of one statement are looked at.
    private static let maximumTokens = 128

    /// The words of operators, which begin no argument.
    private static let operators: Set<String> = ["in", "as", "instanceof"]

    /// The arguments behind a word; nil where it is no call.
    ///
    /// - Returns: the arguments and the index of the token behind them; `end` is nil for a statement that is too long.
    func arguments(behind index: Int) -> (list: [GroovyArgument], end: Int?)? {
        let next = index + 1
        guard next < tokens.count else { return nil }
        if tokens[next].isSymbol("(") {
            let close = tokens[next].partner ?? tokens.count
            return (list((next + 1)..<max(next + 1, close)), min(close + 1, tokens.count))
        }
        guard !tokens[next].isFirstOnLine else { return nil }
        switch tokens[next].kind {
        case .string: break
        case .word(let word): if Self.operators.contains(word) { return nil }
        case .symbol: if !tokens[next].isSymbol("[") { return nil }
        }
        let end = endOfStatement(from: next)
        return (list(next..<(end ?? min(next + Self.maximumTokens, tokens.count))), end)
    }

    /// The index of the token behind a statement; nil when it is too long.
    func endOfStatement(from start: Int) -> Int? {
        var index = start
        var count = 0
        while index < tokens.count {
            let token = tokens[index]
            if case .symbol(let byte) = token.kind {
                if byte == UInt8(ascii: ";") || ")]}".utf8.contains(byte) { return index }
            }
            if index > start, token.isFirstOnLine, !token.isSymbol("."), !token.isSymbol("?"), !token.isSymbol(":") {
                // A line goes on behind an operator or a comma.
                guard case .symbol(let before) = tokens[index - 1].kind, "+,?:=|&".utf8.contains(before) else {
                    return index
                }
            }
            index = isOpening(index) ? (token.partner ?? tokens.count - 1) + 1 : index + 1
            count += 1
            if count > Self.maximumTokens { return nil }
        }
        return index
    }

    /// Whether a token opens brackets.
    func isOpening(_ index: Int) -> Bool {
        guard case .symbol(let byte) = tokens[index].kind else { return false }
        return "([{".utf8.contains(byte)
    }

    /// The arguments that commas divide; a map alone is its members.
    func list(_ range: Range<Int>) -> [GroovyArgument] {
        let parts = split(range) { $0.isSymbol(",") }
        if parts.count == 1, let only = parts.first, tokens[only.lowerBound].isSymbol("["),
            tokens[only.lowerBound].partner == only.upperBound - 1
        {
            let inner = split((only.lowerBound + 1)..<max(only.lowerBound + 1, only.upperBound - 1)) {
                $0.isSymbol(",")
            }.map(argument)
            if inner.contains(where: { $0.name != nil }) { return inner }
        }
        return parts.map(argument)
    }

    private func argument(_ range: Range<Int>) -> GroovyArgument {
        guard range.count > 2, tokens[range.lowerBound + 1].isSymbol(":") else {
            return GroovyArgument(value: range)
        }
        var name = tokens[range.lowerBound].word
        if case .string(let parts) = tokens[range.lowerBound].kind, parts.count == 1, case .text(let text) = parts[0] {
            name = text.string
        }
        return GroovyArgument(name: name, value: name == nil ? range : (range.lowerBound + 2)..<range.upperBound)
    }

    /// The pieces of a range between the tokens that divide it, without empty ones; brackets are not looked into.
    func split(_ range: Range<Int>, _ divides: (GroovyToken) -> Bool) -> [Range<Int>] {
        var parts: [Range<Int>] = []
        var start = range.lowerBound
        var index = range.lowerBound
        while index < range.upperBound {
            if divides(tokens[index]) {
                if start < index { parts.append(start..<index) }
                start = index + 1
            }
            index = isOpening(index) ? (tokens[index].partner ?? range.upperBound - 1) + 1 : index + 1
        }
        let end = range.upperBound
        if start < end { parts.append(start..<end) }
        return parts
    }

    /// The bytes of the file that some tokens stand in.
    func bytes(_ range: Range<Int>) -> Range<Int> {
        guard range.lowerBound < range.upperBound, range.upperBound <= tokens.count else { return self.range }
        let start = tokens[range.lowerBound].range.lowerBound
        return start..<max(start, tokens[range.upperBound - 1].range.upperBound)
    }

    /// The range without the parentheses around it.
    private func unwrapped(_ range: Range<Int>) -> Range<Int> {
        var range = range
        while range.count > 2, tokens[range.lowerBound].isSymbol("("),
            tokens[range.lowerBound].partner == range.upperBound - 1
        {
            range = (range.lowerBound + 1)..<(range.upperBound - 1)
        }
        return range
    }

    /// The values that an expression can have: both sides of `x ? a : b` and of `a ?: b`.
    func alternatives(_ range: Range<Int>) -> [Range<Int>] {
        var result: [Range<Int>] = []
        var rest = unwrapped(range)
        while result.count < 16 {
            guard
                let mark = first(
                    in: rest,
                    where: { index in
                        tokens[index].isSymbol("?") && !(index + 1 < rest.upperBound && tokens[index + 1].isSymbol("."))
                    })
            else { break }
            if mark + 1 < rest.upperBound, tokens[mark + 1].isSymbol(":") {
                if rest.lowerBound < mark { result.append(rest.lowerBound..<mark) }
                rest = unwrapped((mark + 2)..<rest.upperBound)
                continue
            }
            guard let colon = first(in: (mark + 1)..<rest.upperBound, where: { tokens[$0].isSymbol(":") }) else {
                break
            }
            if mark + 1 < colon { result += alternativesOfPart((mark + 1)..<colon) }
            rest = unwrapped((colon + 1)..<rest.upperBound)
        }
        if !rest.isEmpty { result.append(rest) }
        return result
    }

    /// A choice inside of another one's first side is not taken apart further.
    private func alternativesOfPart(_ range: Range<Int>) -> [Range<Int>] { [unwrapped(range)] }

    private func first(in range: Range<Int>, where isWanted: (Int) -> Bool) -> Int? {
        var index = range.lowerBound
        while index < range.upperBound {
            if isWanted(index) { return index }
            index = isOpening(index) ? (tokens[index].partner ?? range.upperBound - 1) + 1 : index + 1
        }
        return nil
    }
}

/// What an expression of strings says: written text, and values that only the build knows.
struct GroovyValue {
    enum Piece {
        case text(MappedText)
        /// A value that is not known: what it is called, and where it stands.
        case unknown(String, Range<Int>)
    }

    var pieces: [Piece] = []

    var isKnown: Bool { pieces.allSatisfy { if case .text = $0 { true } else { false } } }

    /// Whether any of it is written.
    var hasText: Bool {
        pieces.contains { piece in
            guard case .text(let text) = piece else { return false }
            return text.bytes.contains { !$0.isASCIIBlank && $0 != UInt8(ascii: "\n") }
        }
    }

    /// The text, with `${name}` for what is not known.
    var written: String {
        pieces.map { piece in
            switch piece {
            case .text(let text): text.string
            case .unknown(let name, _): "${\(name)}"
            }
        }.joined()
    }

    /// The text; nil when it is not known.
    var known: String? { isKnown ? written : nil }

    /// The text for a shell, with variables without a value for what is not known.
    var script: MappedText {
        var script = MappedText()
        for piece in pieces {
            switch piece {
            case .text(let text): script.append(text)
            case .unknown(let name, let range):
                let variable =
                    JenkinsScope.isWorkspace(name)
                    ? "${WORKSPACE}"
                    : Expressions.prefix + String(name.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.prefix(64))
                        + "}"
                script.append(Array(variable.utf8)[...], standingFor: range)
            }
        }
        return script
    }
}

extension GroovyCode {
    /// Methods of strings that leave the commands in them as they are.
    private static let plainMethods: Set<String> = ["trim", "stripIndent", "stripMargin", "toString", "normalize"]

    /// What an expression says: strings, and names that have a value, joined by `+`.
    ///
    /// - Parameter resolve: the value of a name such as `IMAGE` or `env.IMAGE`; nil when it is not known.
    func value(_ range: Range<Int>, _ resolve: (String) -> String?) -> GroovyValue {
        var value = GroovyValue()
        for term in split(unwrapped(range), { $0.isSymbol("+") }) {
            let term = unwrapped(term)
            if case .string(let parts) = tokens[term.lowerBound].kind, isPlain(behind: term.lowerBound, term) {
                for part in parts {
                    switch part {
                    case .text(let text): value.pieces.append(.text(text))
                    case .code(let code):
                        value.pieces.append(code.piece(0..<code.tokens.count, at: code.range, resolve))
                    }
                }
            } else {
                value.pieces.append(piece(term, at: bytes(term), resolve))
            }
        }
        return value
    }

    /// Whether only methods that change no command are called on a string.
    private func isPlain(behind index: Int, _ range: Range<Int>) -> Bool {
        var index = index + 1
        while index < range.upperBound {
            guard tokens[index].isSymbol("."), index + 2 < range.upperBound, let method = tokens[index + 1].word,
                Self.plainMethods.contains(method), tokens[index + 2].isSymbol("(")
            else { return false }
            index = (tokens[index + 2].partner ?? range.upperBound) + 1
        }
        return true
    }

    private func piece(
        _ range: Range<Int>, at bytes: Range<Int>, _ resolve: (String) -> String?
    ) -> GroovyValue.Piece {
        guard range.count <= Self.maximumTokens else { return .unknown("value", bytes) }
        let isName = range.allSatisfy { tokens[$0].word != nil || tokens[$0].isSymbol(".") }
        if range.count == 3, tokens[range.lowerBound].word == "pwd" {
            return resolve("pwd()").map { .text(MappedText($0, standingFor: bytes)) } ?? .unknown("pwd", bytes)
        }
        var name = ""
        for index in range {
            if name.utf8.count >= 64 { break }
            if let word = tokens[index].word { name += word } else if tokens[index].isSymbol(".") { name += "." }
        }
        if isName, let text = resolve(name) { return .text(MappedText(text, standingFor: bytes)) }
        return .unknown(name.isEmpty ? "value" : name, bytes)
    }
}
