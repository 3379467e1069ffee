/// Goes through a script in the order in which the shell runs it, and lists its simple commands.
///
/// Nothing is run. A variable that differs between branches, or is set by a command's output, is unknown afterwards.
struct ShellEvaluator {
    /// What a command can change for those behind it.
    struct State: Sendable {
        var variables: ShellVariables
        var workingDirectory: String?
        var user: String?
    }

    private(set) var commands: [ShellCommand] = []
    private(set) var problems: [(reason: String, range: Range<Int>)] = []
    var state: State
    private let source: SourceText
    private var pipelineCounter = 0
    private var isConditional = false
    private var parent: Int?
    private var origin = ShellCommand.Origin.script
    private var depth = 0
    private var substituted: Set<Substituted> = []
    private var functions: [String: Function] = [:]
    /// The functions that are being run: a call of one of them from inside of it is not followed again.
    private var running: Set<String> = []
    private var commandsOfCalls = 0
    private var callDepth = 0

    /// A function and the commands that were listed where it is defined.
    private struct Function {
        let body: ShellNode
        let context: Context
        let listed: Range<Int>
    }

    private struct Substituted: Hashable {
        let range: Range<Int>
        let argv: [String?]
    }
    private static let deepest = 24
    /// No instruction lists more commands than this: scripts inside of scripts could otherwise multiply.
    private static let mostCommands = 50_000
    /// What calls of functions may list besides: functions that call functions multiply.
    private static let mostCommandsOfCalls = 5_000

    init(source: SourceText, state: State) {
        self.source = source
        self.state = state
    }

    /// Reads a script and lists its commands.
    mutating func run(_ text: MappedText) {
        guard depth < Self.deepest, commands.count < Self.mostCommands else { return }
        depth += 1
        defer { depth -= 1 }
        let (script, heredocs) = ShellParser.parse(text)
        if let problem = script.problem {
            let offset = text.offset(of: problem.offset)
            problems.append((problem.reason, offset..<offset))
        }
        run(script.body, Context(script: script, heredocs: heredocs))
    }

    /// Lists one command that no shell reads: the exec form.
    mutating func run(words: [ShellWord], range: Range<Int>) {
        pipelineCounter += 1
        emit(
            ShellCommand(
                words: words, assignments: [], redirections: [], range: range,
                line: source.place(at: range.lowerBound).line,
                connector: .sequence, pipeline: pipelineCounter, pipelinePosition: 0, pipelineCount: 1, origin: origin,
                parent: parent, isConditional: isConditional, workingDirectory: state.workingDirectory,
                user: state.user, variables: state.variables))
    }

    struct Context {
        let script: ShellScript
        let heredocs: [ShellSyntaxHeredoc]
        var connector = ShellConnector.sequence
        var pipeline = 0
        var position = 0
        var count = 1
    }

    private mutating func run(_ body: ShellBody, _ context: Context) {
        var connector = ShellConnector.sequence
        for statement in body.statements {
            run(statement, context, connector)
            connector = statement.isBackground ? .background : .sequence
        }
    }

    private mutating func run(_ statement: ShellStatement, _ context: Context, _ first: ShellConnector) {
        let before = state
        var mayBeSkipped = false
        let wasConditional = isConditional
        for (number, element) in statement.elements.enumerated() {
            let connector = number == 0 ? first : element.connector
            if number > 0 {
                let previous = statement.elements[number - 1].pipeline
                // Behind a test, or behind ||, it depends on the machine what runs.
                if connector == .or || Self.isTest(previous) { mayBeSkipped = true }
            }
            isConditional = wasConditional || mayBeSkipped
            run(element.pipeline, context, connector)
        }
        isConditional = wasConditional
        if statement.isBackground {
            state = before
        } else if mayBeSkipped {
            merge([before, state])
        }
    }

    private static func isTest(_ pipeline: ShellPipeline) -> Bool {
        if pipeline.isNegated { return true }
        guard let last = pipeline.commands.last else { return false }
        switch last {
        case .test: return true
        case .simple(let simple):
            guard case .text(let text, _) = simple.words.first?.parts.first else { return false }
            return ["[", "test", "grep", "command", "which", "type", "false", "dpkg-query", "hash"].contains(
                text.string)
        default: return false
        }
    }

    /// Keeps what all states agree on.
    private mutating func merge(_ states: [State]) {
        guard let first = states.first else { return }
        var result = first
        for other in states.dropFirst() {
            for name in Set(result.variables.values.keys).union(other.variables.values.keys)
            where result.variables.values[name] != other.variables.values[name] {
                result.variables.values[name] = .scalar(.dynamic)
            }
            if other.variables.mayHoldMore { result.variables.mayHoldMore = true }
            if result.workingDirectory != other.workingDirectory { result.workingDirectory = nil }
            if result.user != other.user { result.user = nil }
        }
        state = result
    }

    private mutating func run(_ pipeline: ShellPipeline, _ context: Context, _ connector: ShellConnector) {
        pipelineCounter += 1
        var inner = context
        inner.connector = connector
        inner.pipeline = pipelineCounter
        inner.count = pipeline.commands.count
        let before = state
        for (position, node) in pipeline.commands.enumerated() {
            inner.position = position
            run(node, inner)
            // Each part of a pipeline has a shell of its own.
            if pipeline.commands.count > 1 { state = before }
        }
    }

    private mutating func conditionally(_ work: (inout ShellEvaluator) -> Void) {
        let outer = isConditional
        isConditional = true
        work(&self)
        isConditional = outer
    }

    private mutating func run(_ node: ShellNode, _ context: Context) {
        switch node {
        case .simple(let simple):
            run(simple, context)
        case .group(let body, let redirects):
            run(body, context)
            substitutions(in: redirects, context)
        case .subshell(let body, let redirects):
            let before = state
            run(body, context)
            state = before
            substitutions(in: redirects, context)
        case .conditional(let branches, let otherwise, let redirects):
            var ends: [State] = []
            for branch in branches {
                run(branch.condition, context)
                let before = state
                conditionally { $0.run(branch.body, context) }
                ends.append(state)
                state = before
            }
            if let otherwise { conditionally { $0.run(otherwise, context) } }
            merge(ends + [state])
            substitutions(in: redirects, context)
        case .loop(let condition, let body, let redirects):
            forget(assignedIn: body)
            let before = state
            run(condition, context)
            conditionally { $0.run(body, context) }
            merge([before, state])
            substitutions(in: redirects, context)
        case .forEach(let name, let words, let body, let redirects):
            forEach(name, words, body, context)
            substitutions(in: redirects, context)
        case .choice(let subject, let items, let redirects):
            substitutions(in: [subject], context)
            let before = state
            var ends = [before]
            for item in items {
                substitutions(in: item.patterns, context)
                state = before
                conditionally { $0.run(item.body, context) }
                ends.append(state)
            }
            merge(ends)
            substitutions(in: redirects, context)
        case .function(let name, let body):
            define(name, body, context)
        case .test(let words, let body, let redirects):
            substitutions(in: words, context)
            if let body {
                forget(assignedIn: body)
                let before = state
                conditionally { $0.run(body, context) }
                merge([before, state])
            }
            substitutions(in: redirects, context)
        }
    }

    /// Lists the body of a function with arguments that cannot be known. It changes nothing before it is called.
    private mutating func define(_ name: String, _ body: ShellNode, _ context: Context) {
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
    private mutating func call(_ command: ShellCommand, _ index: Int) {
        guard let name = command.words.first?.text, let function = functions[name] else { return }
        guard !running.contains(name), depth < Self.deepest, commandsOfCalls < Self.mostCommandsOfCalls else {
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

    private mutating func forEach(
        _ name: String, _ words: [ShellSyntaxWord]?, _ body: ShellBody, _ context: Context
    ) {
        var values: [String]? = words == nil ? nil : []
        // `for x; do` goes through the arguments.
        if words == nil, case .array(let arguments) = state.variables.values["@"] { values = arguments }
        if let words {
            substitutions(in: words, context)
            let expander = ShellExpander(script: context.script, variables: state.variables)
            for word in words {
                for field in expander.expand(word) {
                    guard let text = field.text, !field.isPattern else {
                        values = nil
                        continue
                    }
                    values?.append(text)
                }
            }
        }
        forget(assignedIn: body)
        let before = state
        if let values, values.count == 1, let only = values.first {
            state.variables.values[name] = .scalar(.known(only))
        } else if let values, !values.isEmpty {
            state.variables.values[name] = .oneOf(values)
        } else {
            state.variables.values[name] = .scalar(.dynamic)
        }
        conditionally { $0.run(body, context) }
        merge([before, state])
    }

    /// Before a loop: what its body sets may have been set by the round before.
    private mutating func forget(assignedIn body: ShellBody) {
        // Only names that have a value already can be wrong.
        for name in AssignedNames.of(body) where state.variables.values[name] != nil {
            state.variables.values[name] = .scalar(.dynamic)
        }
    }

    // MARK: Simple commands

    private mutating func run(_ simple: ShellSimple, _ context: Context) {
        guard commands.count < Self.mostCommands else { return }
        let script = context.script
        let expander = ShellExpander(script: script, variables: state.variables)
        var assignments: [ShellAssignment] = []
        var temporary = state.variables
        for assignment in simple.assignments {
            let (listed, value) = evaluate(assignment, ShellExpander(script: script, variables: temporary))
            assignments.append(listed)
            temporary.values[assignment.name] = value
        }
        let words = simple.words.flatMap { expander.expand($0) }
        let redirections = simple.redirects.map { redirection($0, expander, context) }
        let range = script.text.fileRange(simple.range)
        let index = commands.count
        var variables = state.variables
        if words.isEmpty { state.variables = temporary } else { variables = temporary }
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
        if !functions.isEmpty { call(command, index) }
    }

    private mutating func within(
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
    private mutating func emit(_ command: ShellCommand) -> Bool {
        guard commands.count < Self.mostCommands else { return false }
        if command.origin == .substitution {
            // In `sh -c "a $(b)"` both shells see b.
            let key = Substituted(range: command.range, argv: command.argv)
            if command.range.isEmpty == false, !substituted.insert(key).inserted { return false }
        }
        let index = commands.count
        var listed = command
        listed.isFromCall = callDepth > 0
        commands.append(listed)
        guard depth < Self.deepest else { return true }
        depth += 1
        defer { depth -= 1 }
        let before = state
        switch ShellWrapper.inner(of: command) {
        case nil: break
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

    // MARK: Substitutions

    private mutating func substitutions(in redirects: [ShellRedirect], _ context: Context) {
        substitutions(in: redirects.map(\.target), context)
    }

    private mutating func substitutions(in words: [ShellSyntaxWord], _ context: Context) {
        for word in words { substitutions(inParts: word.parts, context) }
    }

    private mutating func substitutions(inParts parts: [ShellWordPart], _ context: Context) {
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
}
