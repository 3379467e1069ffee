/// Tests whose outcome the values of the file decide: `if [ "$APEX" != SKIP ]`, `[ -z "$X" ] || install`.
///
/// Grammar: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/test.html, with one or two operands; `==` and `[[ ]]`
/// as bash has them. What looks at files, numbers or patterns is not known.
extension ShellEvaluator {
    mutating func ifClause(
        _ branches: [(condition: ShellBody, body: ShellBody)], _ otherwise: ShellBody?, _ context: Context
    ) {
        let wasUnreachable = isUnreachable
        var ends: [State] = []
        // Whether an earlier branch is known to be taken.
        var isDecided = false
        for branch in branches {
            isUnreachable = wasUnreachable || isDecided
            let outcome = isDecided ? nil : outcome(of: branch.condition, context)
            run(branch.condition, context)
            let before = state
            isUnreachable = wasUnreachable || isDecided || outcome == false
            let isReachable = !isDecided && outcome != false
            conditionally { $0.run(branch.body, context) }
            if isReachable { ends.append(state) }
            state = before
            if outcome == true { isDecided = true }
        }
        isUnreachable = wasUnreachable || isDecided
        if let otherwise {
            let before = state
            conditionally { $0.run(otherwise, context) }
            if !isDecided { ends.append(state) }
            state = before
        } else if !isDecided {
            ends.append(state)
        }
        isUnreachable = wasUnreachable
        merge(ends)
    }

    /// A `case`: of a subject with a value, the first item whose patterns fit is taken, and no other.
    mutating func caseClause(_ subject: ShellSyntaxWord, _ items: [ShellCaseItem], _ context: Context) {
        substitutions(in: [subject], context)
        let wasUnreachable = isUnreachable
        let before = state
        let value = ShellExpander(script: context.script, variables: state.variables)
            .single(subject.parts, subject.range)
        // `;&` and `;;&` go on with other items; what was sourced may have set the subject.
        let isKnown = value.isKnown && !state.variables.mayHaveChanged && items.allSatisfy { $0.ending == .ends }
        var ends: [State] = []
        var isDecided = false
        for item in items {
            substitutions(in: item.patterns, context)
            state = before
            let outcome = isDecided ? false : isKnown ? fits(value.text.string, item.patterns, context) : nil
            isUnreachable = wasUnreachable || outcome == false
            conditionally { $0.run(item.body, context) }
            if outcome != false { ends.append(state) }
            if outcome == true { isDecided = true }
        }
        isUnreachable = wasUnreachable
        if !isDecided { ends.append(before) }
        merge(ends)
    }

    /// Whether one of some patterns fits a text; nil when that cannot be known.
    private func fits(_ text: String, _ patterns: [ShellSyntaxWord], _ context: Context) -> Bool? {
        let expander = ShellExpander(script: context.script, variables: state.variables)
        var isKnown = true
        for pattern in patterns {
            let value = expander.single(pattern.parts, pattern.range)
            // What is quoted stands for itself, and is left open here where it may hold what a pattern would.
            let isQuoted = pattern.parts.contains { part in
                switch part {
                case .text(_, let isQuoted), .parameter(_, let isQuoted), .command(_, _, let isQuoted, _): isQuoted
                case .process, .arithmetic: false
                }
            }
            let mayMislead = isQuoted && value.text.string.contains { "*?[\\".contains($0) }
            guard value.isKnown, !mayMislead else {
                isKnown = false
                continue
            }
            if Wildcard.matches(text, pattern: value.text.string) { return isKnown ? true : nil }
        }
        return isKnown ? false : nil
    }

    /// Whether a list of one test succeeds; nil when that cannot be known.
    private func outcome(of body: ShellBody, _ context: Context) -> Bool? {
        guard body.statements.count == 1, let statement = body.statements.first, !statement.isBackground,
            statement.elements.count == 1, let element = statement.elements.first
        else { return nil }
        return outcome(of: element.pipeline, context)
    }

    /// Whether a pipeline of one test succeeds; nil when that cannot be known.
    func outcome(of pipeline: ShellPipeline, _ context: Context) -> Bool? {
        // What was sourced may have set what is compared.
        guard !state.variables.mayHaveChanged, pipeline.commands.count == 1, let node = pipeline.commands.first
        else { return nil }
        let words: [ShellSyntaxWord]
        switch node {
        case .simple(let simple):
            guard simple.assignments.isEmpty, case .text(let name, false)? = simple.words.first?.parts.first,
                simple.words.first?.parts.count == 1
            else { return nil }
            switch name.string {
            case "[":
                guard case .text(let last, false)? = simple.words.last?.parts.first, last.string == "]" else {
                    return nil
                }
                words = Array(simple.words.dropFirst().dropLast())
            case "test": words = Array(simple.words.dropFirst())
            default: return nil
            }
        case .test(let list, nil, _): words = list
        default: return nil
        }
        let expander = ShellExpander(script: context.script, variables: state.variables)
        var texts: [String] = []
        for word in words {
            let value = expander.single(word.parts, word.range)
            guard value.isKnown else { return nil }
            texts.append(value.text.string)
        }
        return Self.outcome(of: texts[...]).map { pipeline.isNegated ? !$0 : $0 }
    }

    private static func outcome(of words: ArraySlice<String>) -> Bool? {
        if words.first == "!", words.count > 1 { return outcome(of: words.dropFirst()).map { !$0 } }
        let words = Array(words)
        switch words.count {
        case 2 where words[0] == "-z": return words[1].isEmpty
        case 2 where words[0] == "-n": return !words[1].isEmpty
        case 3 where ["=", "==", "!="].contains(words[1]):
            // The right side of `[[ ]]` is a pattern.
            if words[2].contains(where: { "*?[".contains($0) }) { return nil }
            return (words[0] == words[2]) == (words[1] != "!=")
        default: return nil
        }
    }
}
