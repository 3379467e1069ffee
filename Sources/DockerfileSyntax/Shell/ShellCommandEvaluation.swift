/// What one simple command does: its words, the commands inside of it, the functions it calls and the scripts it runs.
extension ShellEvaluator {
    mutating func run(_ simple: ShellSimple, _ context: Context) {
        let script = context.script
        if isFull { return noteLimit(in: script.text.fileRange(simple.range)) }
        let expander = ShellExpander(
            script: script, variables: state.variables, workingDirectory: state.workingDirectory)
        var assignments: [ShellAssignment] = []
        var temporary = state.variables
        for assignment in simple.assignments {
            let (listed, value) = evaluate(
                assignment,
                ShellExpander(script: script, variables: temporary, workingDirectory: state.workingDirectory))
            count(bytes: Self.bytes(of: value), in: listed.range)
            assignments.append(listed)
            temporary.values[assignment.name] = value
        }
        var words: [ShellWord] = []
        for word in simple.words where !isFull {
            let fields = expander.expand(word)
            count(fields, in: script.text.fileRange(word.range))
            words += fields
        }
        if isFull { return }
        let redirections = simple.redirects.map { redirection($0, expander, context) }
        let range = script.text.fileRange(simple.range)
        let index = commands.count
        var variables = state.variables
        if words.isEmpty { state.variables = temporary } else { variables = temporary }
        for (name, value) in expander.defaultsAssigned(by: simple) { state.variables.values[name] = .scalar(value) }
        let command = ShellCommand(
            words: words, assignments: assignments, redirections: redirections, range: range,
            line: source.place(at: range.lowerBound).line, connector: context.connector, pipeline: context.pipeline,
            pipelinePosition: context.position, pipelineCount: context.count, origin: origin, parent: parent,
            isConditional: isConditional, workingDirectory: state.workingDirectory, user: state.user,
            variables: variables)
        let values = simple.assignments.flatMap { ($0.value.map { [$0] } ?? []) + ($0.array ?? []) }
        guard emit(command) else { return }
        within(index, .substitution) {
            $0.substitutions(in: values + simple.words + simple.redirects.map(\.target), context)
            for redirect in simple.redirects {
                guard let number = redirect.heredoc, context.heredocs.indices.contains(number) else { continue }
                $0.substitutions(inParts: context.heredocs[number].parts, context)
            }
        }
        ShellBuiltins.apply(command, simple, expander, to: &state)
        noteDirectory(at: range)
        if !functions.isEmpty { call(command, index) }
        defineAliases(command)
        if !aliases.isEmpty { followAlias(simple, context) }
    }

    /// What a variable's value takes.
    private static func bytes(of value: ShellVariables.Value) -> Int {
        switch value {
        case .scalar(.known(let text)): text.utf8.count
        case .scalar: 0
        case .array(let elements), .oneOf(let elements): elements.reduce(0) { $0 + 16 + $1.utf8.count }
        }
    }

    mutating func within(
        _ index: Int, _ origin: ShellCommand.Origin, _ work: (inout ShellEvaluator) -> Void
    ) {
        let outer = (parent, self.origin)
        (parent, self.origin) = (index, origin)
        let before = state
        work(&self)
        state = before
        (parent, self.origin) = outer
    }

    /// Lists a command, then what it runs itself.
    @discardableResult
    mutating func emit(_ command: ShellCommand) -> Bool {
        if isFull {
            noteLimit(in: command.range)
            return false
        }
        if command.origin == .substitution {
            // In `sh -c "a $(b)"` both shells see b.
            let key = Substituted(range: command.range, argv: command.argv)
            if command.range.isEmpty == false, !substituted.insert(key).inserted { return false }
        }
        // The words of a wrapped command, and of a called function's, are there once more.
        if command.origin == .wrapper { count(command.words, in: command.range) }
        let index = commands.count
        var listed = command
        listed.isFromCall = callDepth > 0
        listed.isUnreachable = isUnreachable
        commands.append(listed)
        guard depth < Self.maximumDepth else { return true }
        depth += 1
        defer { depth -= 1 }
        let before = state
        switch ShellWrapper.inner(of: command) ?? pipedScript(of: command) {
        case nil: reportComputedScript(command)
        case .command(let words, let assignments, let user, let directory):
            var inner = command
            inner.words = words
            inner.assignments = assignments
            inner.redirections = []
            inner.origin = .wrapper
            inner.parent = index
            if let user { inner.user = user }
            if let directory { inner.workingDirectory = directory }
            if let first = words.first, let last = words.last {
                inner.range = first.range.lowerBound..<max(first.range.upperBound, last.range.upperBound)
                inner.line = source.place(at: first.range.lowerBound).line
            }
            for assignment in assignments {
                inner.variables.values[assignment.name] = .scalar(assignment.value.map { .known($0) } ?? .dynamic)
            }
            emit(inner)
        case .script(let text, let origin, let user, let sharesState):
            let outer = (parent, self.origin)
            (parent, self.origin) = (index, origin)
            state.variables = command.variables
            if let user { state.user = user }
            run(text)
            (parent, self.origin) = outer
            if sharesState { return true }
        }
        state = before
        return true
    }

    mutating func substitutions(in redirects: [ShellRedirect], _ context: Context) {
        substitutions(in: redirects.map(\.target), context)
    }

    mutating func substitutions(in words: [ShellSyntaxWord], _ context: Context) {
        for word in words { substitutions(inParts: word.parts, context) }
    }

    mutating func substitutions(inParts parts: [ShellWordPart], _ context: Context) {
        for part in parts {
            switch part {
            case .text: break
            case .parameter(let parameter, _):
                substitutions(inParts: parameter.operand, context)
                substitutions(inParts: parameter.replacement, context)
            case .arithmetic(let parts, _): substitutions(inParts: parts, context)
            case .command(let script, let heredocs, _, _), .process(let script, let heredocs, _):
                let before = state
                let outer = origin
                origin = .substitution
                run(script.body, Context(script: script, heredocs: heredocs))
                origin = outer
                state = before
            }
        }
    }

    /// Lists the body of a function with arguments that cannot be known. It changes nothing before it is called.
    mutating func define(_ name: String, _ body: ShellNode, _ context: Context) {
        let before = state
        let first = commands.count
        state.variables.setArguments(nil)
        let wasRunning = running
        running.insert(name)
        conditionally { $0.run(body, context) }
        running = wasRunning
        state = before
        functions[name] = Function(body: body, context: context, listed: first..<commands.count)
    }

    /// Runs a function for a call of it: its commands are listed with the call's arguments put in.
    mutating func call(_ command: ShellCommand, _ index: Int) {
        guard let name = command.words.first?.text, let function = functions[name] else { return }
        guard !running.contains(name), depth < Self.maximumDepth, commandsOfCalls < Self.maximumCommandsOfCalls else {
            forget(assignedIn: ShellBody(function.body))
            return
        }
        depth += 1
        let wasRunning = running
        let outer = (parent, state.variables)
        running.insert(name)
        parent = index
        callDepth += 1
        state.variables = command.variables
        state.variables.setArguments(Array(command.words.dropFirst()))
        let first = commands.count
        run(function.body, function.context)
        commandsOfCalls += commands.count - first
        for listed in function.listed where commands.indices.contains(listed) {
            commands[listed].isListedAtCalls = true
        }
        state.variables.restoreArguments(of: outer.1)
        // NAME=value in front of the call ends with it.
        for assignment in command.assignments {
            state.variables.values[assignment.name] = outer.1.values[assignment.name]
        }
        parent = outer.0
        callDepth -= 1
        running = wasRunning
        depth -= 1
    }
}
