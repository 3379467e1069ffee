/// What words do besides giving texts: commands that are substituted run, and `${name:=word}` assigns.
extension ShellSimulation {
    /// Follows the commands that a simple command substitutes and whose output is not known.
    mutating func followSubstitutions(of simple: ShellSimple) {
        for assignment in simple.assignments {
            followSubstitutions(in: assignment.array ?? [])
            if let value = assignment.value { followSubstitutions(in: [value]) }
        }
        followSubstitutions(in: simple.words)
        for redirect in simple.redirects {
            followSubstitutions(in: [redirect.target])
            if let number = redirect.heredoc, heredocs.indices.contains(number) {
                followSubstitutions(in: heredocs[number].parts)
            }
        }
    }

    /// Follows the commands that words substitute and whose output is not known.
    mutating func followSubstitutions(in words: [ShellSyntaxWord]) {
        for word in words {
            if !dialect.isBash, dialect != .busybox, ShellBraces.hasDollarQuote(script.text.string(word.range)) {
                gap(script.text.string(word.range), "this shell may have no such quotes", at: word.range)
            }
            followSubstitutions(in: word.parts)
        }
    }

    private mutating func followSubstitutions(in parts: [ShellWordPart]) {
        for part in parts {
            switch part {
            case .text: continue
            case .parameter(let parameter, _):
                if dialect.mayRefuse(parameter.modifier, index: parameter.index) {
                    gap(
                        script.text.string(parameter.range), "this shell may have no such expansion",
                        at: parameter.range)
                }
                followSubstitutions(in: parameter.operand)
                followSubstitutions(in: parameter.replacement)
            case .arithmetic(let parts, _): followSubstitutions(in: parts)
            case .command(let inner, let documents, _, _):
                if output(of: inner) == nil { follow(inner, documents) }
            case .process(let inner, let documents, _): follow(inner, documents)
            }
        }
    }

    private mutating func follow(_ inner: ShellScript, _ documents: [ShellSyntaxHeredoc]) {
        let outer = (script, heredocs)
        (script, heredocs) = (inner, documents)
        if let problem = inner.problem { gap("", "it cannot be parsed as a shell script: \(problem.reason)") }
        _ = inSubshell { simulation in simulation.asking { $0.run(inner.body) } }
        (script, heredocs) = outer
    }

    /// Forgets the variables that arithmetic in words may assign.
    mutating func assign(arithmeticIn words: [ShellSyntaxWord]) {
        for name in words.flatMap({ ShellArithmetic.assigned(in: $0, of: script.text) }) {
            state.variables.values[name] = .scalar(.dynamic)
        }
    }

    /// Whether a command without a name has the status of a substituted command, which is not known.
    func substitutes(_ simple: ShellSimple) -> Bool {
        simple.assignments.contains { assignment in
            (assignment.value?.parts ?? []).contains { part in
                guard case .command(let inner, _, _, _) = part else { return false }
                return output(of: inner) == nil
            }
        }
    }

    /// Returns what `${name=word}` and `${name:=word}` of a command assign.
    func defaultsAssigned(by simple: ShellSimple) -> [(name: String, value: VariableValue)] {
        var simple = simple
        simple.words = simple.words.map { settled($0) }
        return ShellExpander(script: script, variables: state.variables).defaultsAssigned(by: simple)
    }

    /// Returns the one text of a word that is not split; nil when it is not known.
    func single(_ word: ShellSyntaxWord) -> String? {
        let settled = settled(word)
        let result = ShellExpander(script: script, variables: state.variables).single(settled.parts, settled.range)
        return result.isKnown ? result.text.string : nil
    }

    /// Runs what the first fitting pattern of a `case` leads to.
    mutating func choose(_ subject: ShellSyntaxWord, _ items: [ShellCaseItem]) -> Bool? {
        followSubstitutions(in: [subject] + items.flatMap(\.patterns))
        let value = single(subject, against: items.flatMap(\.patterns))
        let patterns = items.map { $0.patterns.map { pattern($0) } }
        guard let value, patterns.allSatisfy({ $0.allSatisfy { $0 != nil } }) else {
            return either(items.map { item in { $0.run(item.body) } } + [{ _ in true }])
        }
        var status: Bool? = true
        var isForced = false
        if !dialect.isBash, items.contains(where: { $0.ending != .ends }) {
            gap("", "this shell may have no ;& and no ;;&", at: subject.range)
        }
        for (item, patterns) in zip(items, patterns) {
            guard isForced || patterns.contains(where: { Wildcard.matches(value, pattern: $0 ?? "") }) else { continue }
            status = run(item.body)
            if item.ending == .ends || isLeaving { return status }
            isForced = item.ending == .fallsThrough
        }
        return status
    }

    /// Returns the text of a word that is compared with patterns. `$-` has letters that are not known, and no `i`.
    private func single(_ word: ShellSyntaxWord, against patterns: [ShellSyntaxWord]) -> String? {
        if word.parts.count == 1, case .parameter(let parameter, _) = word.parts[0], parameter.name == "-",
            parameter.modifier.isEmpty,
            patterns.allSatisfy({ ["*i*", "*"].contains(script.text.string($0.range)) })
        {
            return ""
        }
        return single(word)
    }

    /// Returns a word as a pattern in which what is quoted stands for itself; nil when it is not known.
    func pattern(_ word: ShellSyntaxWord) -> String? {
        let expander = ShellExpander(script: script, variables: state.variables)
        var result = ""
        for part in settled(word).parts {
            let value = expander.single([part], word.range)
            guard value.isKnown else { return nil }
            // `@(a|b)` of bash.
            if case .text(_, isQuoted: false) = part, value.text.bytes.first == UInt8(ascii: "(") { return nil }
            let isQuoted =
                switch part {
                case .text(_, let isQuoted), .parameter(_, let isQuoted), .command(_, _, let isQuoted, _): isQuoted
                case .process, .arithmetic: false
                }
            for scalar in value.text.string.unicodeScalars {
                if isQuoted, "*?[]!^-\\".unicodeScalars.contains(scalar) { result += "\\" }
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Evaluates `[[ ]]` with one test; nil when the result is not known.
    func conditionalExpression(_ words: [ShellSyntaxWord]) -> Bool? {
        let texts = words.map { single($0) }
        if texts.count > 1, texts[0] == "!" { return conditionalExpression(Array(words.dropFirst())).map { !$0 } }
        // Other shells than bash may have no `[[`, or another one.
        guard dialect.isBash else { return nil }
        // `&&`, `||`, `<` and parentheses are not kept.
        guard texts.count <= 3 else { return nil }
        if texts.count == 3, let operation = texts[1], ["=", "==", "!="].contains(operation) {
            guard let text = single(words[0], against: [words[2]]), let pattern = pattern(words[2]) else {
                return nil
            }
            return Wildcard.matches(text, pattern: pattern) == (operation != "!=")
        }
        return test(texts)
    }
}

extension ShellExpander {
    /// Returns what `${name=word}` and `${name:=word}` of a command assign
    /// (https://pubs.opengroup.org/onlinepubs/9699919799/utilities/V3_chap02.html#tag_18_06_02).
    func defaultsAssigned(by simple: ShellSimple) -> [(name: String, value: VariableValue)] {
        var result: [(name: String, value: VariableValue)] = []
        for assignment in simple.assignments { addDefaults(in: assignment.value?.parts ?? [], to: &result) }
        for word in simple.words { addDefaults(in: word.parts, to: &result) }
        return result
    }

    private func addDefaults(in parts: [ShellWordPart], to result: inout [(name: String, value: VariableValue)]) {
        for case .parameter(let parameter, _) in parts {
            guard parameter.modifier == ":=" || parameter.modifier == "=", parameter.index == nil,
                parameter.name.utf8.first.map(ShellParser.isNameStart) == true
            else { continue }
            switch result.last(where: { $0.name == parameter.name })?.value ?? variables[parameter.name] {
            case .known(let text) where !(text.isEmpty && parameter.modifier == ":="): continue
            case .dynamic: continue
            case .known, .unset, .undeclared: break
            }
            let operand = single(parameter.operand, parameter.range)
            result.append((parameter.name, operand.isKnown ? .known(operand.text.string) : .dynamic))
        }
    }
}
