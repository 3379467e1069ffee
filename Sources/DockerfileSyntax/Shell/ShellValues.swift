/// What assignments and redirections come to.
extension ShellEvaluator {
    func evaluate(
        _ assignment: ShellSyntaxAssignment, _ expander: ShellExpander
    ) -> (ShellAssignment, ShellVariables.Value) {
        let range = expander.script.text.fileRange(assignment.range)
        if let array = assignment.array {
            var elements: [String]? = []
            if assignment.isAppend {
                if case .array(let old) = expander.variables.values[assignment.name] {
                    elements = old
                } else {
                    elements = nil
                }
            }
            for word in array where (elements?.count ?? 0) <= ShellVariables.maximumElements {
                for field in expander.expand(word) {
                    if let text = field.text, !field.isPattern { elements?.append(text) } else { elements = nil }
                }
            }
            if let found = elements,
                found.count > ShellVariables.maximumElements
                    || found.reduce(0, { $0 + $1.utf8.count }) > ShellVariables.maximumElementBytes
            {
                elements = nil
            }
            return (
                ShellAssignment(name: assignment.name, value: nil, range: range),
                elements.map { .array($0) } ?? .scalar(.dynamic)
            )
        }
        let value = assignment.value.map { expander.single($0.parts, $0.range) }
        var text: String? = ""
        if let value { text = value.isKnown ? value.text.string : nil }
        if assignment.isAppend {
            if case .known(let old) = expander.variables[assignment.name] {
                text = text.map { old + $0 }
            } else {
                text = nil
            }
        }
        if assignment.hasIndex { text = nil }
        // A value that doubles again and again is not a value that a package has.
        if let long = text, long.utf8.count > 100_000 { text = nil }
        return (
            ShellAssignment(name: assignment.name, value: text, range: range),
            .scalar(text.map { .known($0) } ?? .dynamic)
        )
    }

    func redirection(
        _ redirect: ShellRedirect, _ expander: ShellExpander, _ context: Context
    ) -> ShellRedirection {
        ShellRedirection(
            symbol: redirect.symbol, descriptor: redirect.descriptor.isEmpty ? nil : redirect.descriptor,
            target: expander.expand(redirect.target).first,
            heredoc: redirect.heredoc.flatMap { number in
                guard context.heredocs.indices.contains(number) else { return nil }
                let heredoc = context.heredocs[number]
                let content = context.script.text.slice(heredoc.content)
                return heredoc.stripsTabs ? content.withoutLeadingTabs() : content
            })
    }
}

extension MappedText {
    /// The lines without their leading tabs, as `<<-` gives them.
    func withoutLeadingTabs() -> MappedText {
        var result = MappedText()
        var start = 0
        while start < count {
            while start < count, bytes[start] == UInt8(ascii: "\t") { start += 1 }
            var end = start
            while end < count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
            end = min(end + 1, count)
            if start < end { result.append(slice(start..<end)) }
            start = end
        }
        return result
    }
}
