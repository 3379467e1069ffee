/// Simple and compound commands.
extension ShellParser {
    mutating func command() throws(ShellSyntaxError) -> ShellNode {
        try enter()
        defer { depth -= 1 }
        skipBlanks()
        guard let byte = peek else { throw error("a command is missing at the end") }
        if byte == UInt8(ascii: "(") {
            if peek(1) == byte, let node = try arithmeticCommand() { return node }
            index += 1
            let body = try compoundList()
            guard peek == UInt8(ascii: ")") else { throw error("expected ')'") }
            index += 1
            return .subshell(body, try redirects())
        }
        if accept("{") {
            let body = try compoundList()
            try expect("}")
            return .group(body, try redirects())
        }
        if accept("if") { return try ifClause() }
        if isReserved("while") || isReserved("until") {
            index += 5
            let condition = try compoundList()
            try expect("do")
            let body = try compoundList()
            try expect("done")
            return .loop(condition: condition, body: body, try redirects())
        }
        if accept("for") { return try forLoop(isMenu: false) }
        if accept("select") { return try forLoop(isMenu: true) }
        if accept("case") { return try caseClause() }
        if accept("[[") { return try testCommand() }
        if accept("function") {
            skipBlanks()
            let name = readFunctionName()
            skipBlanks()
            if has("()") { index += 2 }
            try skipLines()
            return .function(name: name, body: try command())
        }
        for word: StaticString in ["then", "else", "elif", "fi", "do", "done", "esac", "}"] where isReserved(word) {
            throw error("unexpected '\(word)'")
        }
        return try simple()
    }

    private mutating func compoundList() throws(ShellSyntaxError) -> ShellBody {
        var body = ShellBody()
        try statements(into: &body)
        return body
    }

    private mutating func ifClause() throws(ShellSyntaxError) -> ShellNode {
        var branches: [(condition: ShellBody, body: ShellBody)] = []
        var otherwise: ShellBody?
        repeat {
            let condition = try compoundList()
            try expect("then")
            branches.append((condition, try compoundList()))
            try skipLines()
        } while accept("elif")
        if accept("else") { otherwise = try compoundList() }
        try expect("fi")
        return .ifClause(branches, otherwise: otherwise, try redirects())
    }

    private mutating func forLoop(isMenu: Bool) throws(ShellSyntaxError) -> ShellNode {
        skipBlanks()
        if has("((") {
            let start = index
            index += 2
            let parts = try arithmeticParts()
            let head = ShellSyntaxWord(parts: [.arithmetic(parts, range: start..<index)], range: start..<index)
            skipBlanks()
            if peek == UInt8(ascii: ";") { index += 1 }
            return .test([head], body: try loopBody(), try redirects())
        }
        let start = index
        while let byte = peek, Self.isName(byte) { index += 1 }
        guard index > start else { throw error("expected a name after 'for'") }
        let name = text.string(start..<index)
        try skipLines()
        var words: [ShellSyntaxWord]?
        if accept("in") {
            words = []
            while true {
                skipBlanks()
                guard let byte = peek, byte != UInt8(ascii: "\n"), byte != UInt8(ascii: ";") else { break }
                guard let word = try word() else { throw error("unexpected '\(near)'") }
                words?.append(word)
            }
        }
        skipBlanks()
        if peek == UInt8(ascii: ";") { index += 1 }
        if isMenu {
            // Which of the words is chosen, if one is, only a run tells.
            words =
                (words ?? []) + [ShellSyntaxWord(parts: [.arithmetic([], range: start..<start)], range: start..<start)]
        }
        return .forEach(name: name, words: words, body: try loopBody(), try redirects())
    }

    private mutating func loopBody() throws(ShellSyntaxError) -> ShellBody {
        try skipLines()
        let closes: StaticString
        if accept("{") {
            closes = "}"
        } else {
            try expect("do")
            closes = "done"
        }
        let body = try compoundList()
        try expect(closes)
        return body
    }

    private mutating func caseClause() throws(ShellSyntaxError) -> ShellNode {
        skipBlanks()
        guard let subject = try word() else { throw error("expected a word after 'case'") }
        try expect("in")
        var items: [ShellCaseItem] = []
        while true {
            try skipLines()
            if accept("esac") { break }
            if peek == UInt8(ascii: "(") { index += 1 }
            var patterns: [ShellSyntaxWord] = []
            while true {
                skipBlanks()
                guard let pattern = try word() else { throw error("expected a pattern at '\(near)'") }
                patterns.append(pattern)
                skipBlanks()
                guard peek == UInt8(ascii: "|") else { break }
                index += 1
            }
            guard peek == UInt8(ascii: ")") else { throw error("expected ')' at '\(near)'") }
            index += 1
            var item = ShellCaseItem(patterns: patterns, body: try compoundList())
            try skipLines()
            if has(";;&") {
                item.ending = .goesOn
                index += 3
            } else if has(";;") || has(";&") {
                if has(";&") { item.ending = .fallsThrough }
                index += 2
            }
            items.append(item)
        }
        return .caseClause(subject, items, try redirects())
    }

    private mutating func testCommand() throws(ShellSyntaxError) -> ShellNode {
        var words: [ShellSyntaxWord] = []
        while true {
            try skipLines()
            guard let byte = peek else { throw error("expected ']]'") }
            if accept("]]") { break }
            if Self.isMeta(byte) {
                index += 1
                continue
            }
            let isPattern = words.last.map { Array(bytes[$0.range]) == Array("=~".utf8) } ?? false
            if isPattern {
                words.append(try regularExpression())
            } else if let word = try word() {
                words.append(word)
            }
        }
        return .test(words, body: nil, try redirects())
    }

    /// The word behind `=~`, in which parentheses and bars are not operators.
    private mutating func regularExpression() throws(ShellSyntaxError) -> ShellSyntaxWord {
        let start = index
        var parts: [ShellWordPart] = []
        var open = 0
        while let byte = peek {
            if byte == UInt8(ascii: "(") {
                open += 1
                index += 1
            } else if byte == UInt8(ascii: ")"), open > 0 {
                open -= 1
                index += 1
            } else if byte == UInt8(ascii: "|") || (open > 0 && byte == 0x20) {
                index += 1
            } else if byte.isASCIIBlank || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: ";") {
                break
            } else if Self.isMeta(byte) {
                index += 1
            } else if !(try wordPart(into: &parts)) {
                index += 1
            }
        }
        return ShellSyntaxWord(parts: parts, range: start..<index)
    }

    /// `((..))`; nil, and nothing read, when it is two subshells.
    private mutating func arithmeticCommand() throws(ShellSyntaxError) -> ShellNode? {
        guard !noArithmetic.contains(index) else { return nil }
        let saved = self
        let start = index
        index += 2
        do throws(ShellSyntaxError) {
            let parts = try arithmeticParts()
            let word = ShellSyntaxWord(parts: [.arithmetic(parts, range: start..<index)], range: start..<index)
            return .test([word], body: nil, try redirects())
        } catch {
            let tried = noArithmetic
            self = saved
            noArithmetic = tried
            noArithmetic.insert(start)
            return nil
        }
    }

    private mutating func readFunctionName() -> String {
        let start = index
        while let byte = peek, !Self.isMeta(byte) { index += 1 }
        return text.string(start..<index)
    }

    private mutating func simple() throws(ShellSyntaxError) -> ShellNode {
        let start = index
        var simple = ShellSimple(range: start..<start)
        var takesAssignments = true
        var isDeclaration = false
        var last = start
        while true {
            skipBlanks()
            guard let byte = peek else { break }
            if let redirect = try redirect() {
                simple.redirects.append(redirect)
                last = index
                continue
            }
            if byte == UInt8(ascii: "("), simple.words.count == 1, simple.assignments.isEmpty,
                simple.redirects.isEmpty
            {
                // name ( ) body
                let name = text.string(simple.words[0].range)
                index += 1
                skipBlanks()
                guard peek == UInt8(ascii: ")") else { throw error("unexpected '('") }
                index += 1
                try skipLines()
                return .function(name: name, body: try command())
            }
            if takesAssignments || isDeclaration, let assignment = try assignment() {
                if takesAssignments {
                    simple.assignments.append(assignment)
                } else {
                    // export A=b: a word that is an assignment.
                    simple.words.append(assignmentWord(assignment))
                }
                last = index
                continue
            }
            guard let word = try word() else {
                if Self.isMeta(byte) { break }
                throw error("unexpected '\(near)'")
            }
            if takesAssignments {
                let name = String(decoding: bytes[word.range], as: UTF8.self)
                isDeclaration = ["export", "declare", "local", "readonly", "typeset"].contains(name)
            }
            takesAssignments = false
            simple.words.append(word)
            last = index
        }
        if simple.words.isEmpty, simple.assignments.isEmpty, simple.redirects.isEmpty {
            throw error("a command is missing at '\(near)'")
        }
        simple.range = start..<last
        return .simple(simple)
    }

    private func assignmentWord(_ assignment: ShellSyntaxAssignment) -> ShellSyntaxWord {
        var parts: [ShellWordPart] = []
        let valueStart = assignment.value?.range.lowerBound ?? assignment.range.upperBound
        let head = assignment.range.lowerBound..<max(assignment.range.lowerBound, valueStart)
        if assignment.array == nil {
            parts.append(.text(text.slice(head), isQuoted: true))
            // The value of a declaration is not split.
            parts += (assignment.value?.parts ?? []).map { $0.quoted }
        } else {
            parts.append(.text(text.slice(assignment.range), isQuoted: true))
        }
        return ShellSyntaxWord(parts: parts, range: assignment.range)
    }

    /// `name=value` where a word may start; nil, and nothing read, when something else stands here.
    private mutating func assignment() throws(ShellSyntaxError) -> ShellSyntaxAssignment? {
        let start = index
        guard let first = peek, Self.isNameStart(first) else { return nil }
        var cursor = index
        while cursor < end, Self.isName(bytes[cursor]) { cursor += 1 }
        let name = text.string(start..<cursor)
        var hasIndex = false
        if cursor < end, bytes[cursor] == UInt8(ascii: "[") {
            hasIndex = true
            while cursor < end, bytes[cursor] != UInt8(ascii: "]") {
                if Self.isMeta(bytes[cursor]) { return nil }
                cursor += 1
            }
            cursor += 1
        }
        var isAppend = false
        if cursor < end, bytes[cursor] == UInt8(ascii: "+") {
            isAppend = true
            cursor += 1
        }
        guard cursor < end, bytes[cursor] == UInt8(ascii: "=") else { return nil }
        index = cursor + 1
        if peek == UInt8(ascii: "(") {
            index += 1
            var elements: [ShellSyntaxWord] = []
            while true {
                try skipLines()
                guard let byte = peek else { throw error("expected ')'") }
                if byte == UInt8(ascii: ")") { break }
                guard let word = try word() else { throw error("unexpected '\(near)'") }
                elements.append(word)
            }
            index += 1
            return ShellSyntaxAssignment(
                name: name, isAppend: isAppend, hasIndex: hasIndex, value: nil, array: elements, range: start..<index)
        }
        let value = try word()
        return ShellSyntaxAssignment(
            name: name, isAppend: isAppend, hasIndex: hasIndex, value: value, array: nil, range: start..<index)
    }

    /// A redirection; nil, and nothing read, when none stands here.
    mutating func redirect() throws(ShellSyntaxError) -> ShellRedirect? {
        let start = index
        var cursor = index
        while cursor < end, bytes[cursor].isASCIIDigit { cursor += 1 }
        if cursor == start, peek == UInt8(ascii: "{") {
            var inner = cursor + 1
            while inner < end, Self.isName(bytes[inner]) { inner += 1 }
            if inner > cursor + 1, inner < end, bytes[inner] == UInt8(ascii: "}") { cursor = inner + 1 }
        }
        guard cursor < end else { return nil }
        let first = bytes[cursor]
        let second = cursor + 1 < end ? bytes[cursor + 1] : 0
        if first == UInt8(ascii: "&") {
            guard cursor == start, second == UInt8(ascii: ">") else { return nil }
        } else if first == UInt8(ascii: "<") || first == UInt8(ascii: ">") {
            // <( and >( begin a word.
            if second == UInt8(ascii: "("), cursor == start { return nil }
        } else {
            return nil
        }
        let descriptor = text.string(start..<cursor)
        index = cursor
        let symbols: [StaticString] = ["&>>", "<<<", "<<-", "&>", "<<", "<&", "<>", ">>", ">&", ">|", "<", ">"]
        guard let symbol = symbols.first(where: { has($0) }) else { return nil }
        index += symbol.utf8CodeUnitCount
        skipBlanks()
        guard let target = try word() else { throw error("expected a word after '\(symbol)'") }
        var heredoc: Int?
        if symbol.description == "<<" || symbol.description == "<<-" {
            var delimiter = MappedText()
            for part in target.parts {
                if case .text(let text, _) = part { delimiter.append(text) }
            }
            heredoc = heredocs.count
            let written = bytes[target.range]
            heredocs.append(
                ShellSyntaxHeredoc(
                    delimiter: delimiter.string,
                    isQuoted: written.contains(UInt8(ascii: "'")) || written.contains(UInt8(ascii: "\""))
                        || written.contains(UInt8(ascii: "\\")), stripsTabs: symbol.description == "<<-"))
            pendingHeredocs.append(heredocs.count - 1)
        }
        return ShellRedirect(
            symbol: symbol.description, descriptor: descriptor, target: target, heredoc: heredoc, range: start..<index)
    }
}
