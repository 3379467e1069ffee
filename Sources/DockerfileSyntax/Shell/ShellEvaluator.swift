import SourceDocuments

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

    var commands: [ShellCommand] = []
    private(set) var problems: [(reason: String, range: Range<Int>)] = []
    /// What could not be read.
    private(set) var gaps: [SyntaxGap] = []
    var state: State
    let source: SourceText
    var pipelineCounter = 0
    var isConditional = false
    /// Whether what is being read stands behind a test that is known to fail.
    var isUnreachable = false
    var parent: Int?
    var origin = ShellCommand.Origin.script
    var depth = 0
    var substituted: Set<Substituted> = []
    var functions: [String: Function] = [:]
    /// The functions that are being run: a call of one of them from inside of it is not followed again.
    var running: Set<String> = []
    /// What the names stand for that the script has made aliases.
    var aliases: [String: MappedText] = [:]
    /// The aliases that are being replaced: what they stand for is not replaced by them again.
    var replacing: Set<String> = []
    var commandsOfCalls = 0
    var callDepth = 0

    /// A function and the commands that were listed where it is defined.
    struct Function {
        let body: ShellNode
        let context: Context
        let listed: Range<Int>
    }

    struct Substituted: Hashable {
        let range: Range<Int>
        let argv: [String?]
    }
    static let maximumDepth = 24
    /// No instruction lists more commands than this: scripts inside of scripts could otherwise multiply.
    static let maximumCommands = 50_000
    /// What calls of functions may list besides: functions that call functions multiply.
    static let maximumCommandsOfCalls = 5_000

    /// The memory that the words of commands took so far, in bytes, in this script and those before it in the file.
    private(set) var textMade: Int
    private let maximumText: Int

    init(source: SourceText, state: State, textMade: Int = 0) {
        self.source = source
        self.state = state
        self.textMade = textMade
        // What is written takes up to 65 times its size; what variables, functions and wrappers make of it has a limit.
        maximumText = (64 << 20) + 128 * source.bytes.count
    }

    /// Whether there are so many commands, or they take so much memory, that no more are listed.
    var isFull: Bool { textMade > maximumText || commands.count >= Self.maximumCommands }

    /// Counts what words take; what is left out once they take too much is a gap.
    mutating func count(_ words: [ShellWord], in range: Range<Int>) {
        for word in words {
            textMade += 128 + 2 * word.mapped.count + word.alternatives.reduce(0) { $0 + 32 + $1.utf8.count }
        }
        noteLimit(in: range)
    }

    /// Counts other text.
    mutating func count(bytes: Int, in range: Range<Int>) {
        textMade += bytes
        noteLimit(in: range)
    }

    /// Names what is left out, once: a problem of the file, as what comes behind it is not looked at.
    mutating func noteLimit(in range: Range<Int>) {
        guard isFull, !gaps.contains(where: { $0.kind == .limit && $0.reason == Self.limitReason }) else { return }
        gaps.append(SyntaxGap(.limit, subject: "this script", reason: Self.limitReason, range: range))
        problems.append((Self.limitReason, range))
    }

    /// Names a working directory that is too long, and knows none from there on.
    mutating func noteDirectory(at range: Range<Int>) {
        guard let path = state.workingDirectory, path.utf8.count > ContainerPath.maximumLength else { return }
        state.workingDirectory = nil
        if isUnreachable { return }
        leaveOut(.limit, subject: "this script", at: range, ContainerPath.tooLong)
        problems.append((ContainerPath.tooLong, range))
    }

    private static let limitReason = "it contains more commands, or its variables expand to more text, than is read"

    /// Reads a script and lists its commands.
    mutating func run(_ text: MappedText) {
        if isFull { return noteLimit(in: text.fileRange(0..<text.count)) }
        guard depth < Self.maximumDepth else {
            leaveOut(.limit, text, 0..<text.count, because: "scripts are nested too deeply")
            return
        }
        depth += 1
        defer { depth -= 1 }
        let (script, heredocs) = ShellParser.parse(text)
        if let problem = script.problem {
            let offset = text.offset(of: problem.offset)
            problems.append((problem.reason, offset..<offset))
        }
        run(script.body, Context(script: script, heredocs: heredocs))
    }

    /// Records a stretch of a script that is not read; a range that has a gap already gets no second one.
    mutating func leaveOut(_ kind: SyntaxGap.Kind, _ text: MappedText, _ range: Range<Int>, because reason: String) {
        leaveOut(kind, subject: text.string(range), at: text.fileRange(range), reason)
    }

    /// Records a stretch of the file that is not read.
    mutating func leaveOut(_ kind: SyntaxGap.Kind, subject: String, at range: Range<Int>, _ reason: String) {
        guard !isUnreachable, gaps.count < Self.maximumGaps,
            !gaps.contains(where: { $0.range == range && $0.kind == kind })
        else { return }
        gaps.append(SyntaxGap(kind, subject: subject, reason: reason, range: range))
    }

    private static let maximumGaps = 256

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

    mutating func run(_ body: ShellBody, _ context: Context) {
        var connector = ShellConnector.sequence
        for statement in body.statements {
            run(statement, context, connector)
            connector = statement.isBackground ? .background : .sequence
        }
    }

    private mutating func run(_ statement: ShellStatement, _ context: Context, _ first: ShellConnector) {
        let before = state
        // What holds when the first element that may be skipped is skipped; nil when all run.
        var skipped: State?
        let wasConditional = isConditional
        let wasUnreachable = isUnreachable
        // Whether what has run so far succeeded; nil when that cannot be known.
        var outcome: Bool?
        for (number, element) in statement.elements.enumerated() {
            let connector = number == 0 ? first : element.connector
            if number > 0 {
                let previous = statement.elements[number - 1].pipeline
                // Behind a test, or behind ||, it depends on the machine what runs.
                if connector == .or || Self.isTest(previous) { skipped = skipped ?? state }
            }
            isConditional = wasConditional || skipped != nil
            let isSkipped = number > 0 && (connector == .and ? outcome == false : outcome == true)
            isUnreachable = wasUnreachable || isSkipped
            let before = state
            let known = isSkipped ? outcome : self.outcome(of: element.pipeline, context)
            run(element.pipeline, context, connector)
            if isSkipped { state = before }
            outcome = known
        }
        isConditional = wasConditional
        isUnreachable = wasUnreachable
        if statement.isBackground {
            state = before
        } else if let skipped {
            merge([skipped, state])
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
    mutating func merge(_ states: [State]) {
        guard let first = states.first else { return }
        var result = first
        for other in states.dropFirst() {
            for name in result.variables.values.differingKeys(other.variables.values) {
                result.variables.values[name] = .scalar(.dynamic)
            }
            if other.variables.mayHoldMore { result.variables.mayHoldMore = true }
            if other.variables.mayHaveChanged { result.variables.mayHaveChanged = true }
            if result.variables.arguments?.map(\.range) != other.variables.arguments?.map(\.range) {
                result.variables.arguments = nil
            }
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

    mutating func conditionally(_ work: (inout ShellEvaluator) -> Void) {
        let outer = isConditional
        isConditional = true
        work(&self)
        isConditional = outer
    }

    mutating func run(_ node: ShellNode, _ context: Context) {
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
        case .ifClause(let branches, let otherwise, let redirects):
            ifClause(branches, otherwise, context)
            substitutions(in: redirects, context)
        case .loop(let condition, let body, let redirects):
            forget(assignedIn: body)
            let before = state
            run(condition, context)
            conditionally { $0.run(body, context) }
            merge([before, state])
            substitutions(in: redirects, context)
        case .forEach(let name, let words, let body, let redirects):
            forEach(name, in: words, body, context)
            substitutions(in: redirects, context)
        case .caseClause(let subject, let items, let redirects):
            caseClause(subject, items, context)
            substitutions(in: redirects, context)
        case .function(let name, let body):
            define(name, body, context)
        case .test(let words, let body, let redirects):
            substitutions(in: words, context)
            for name in words.flatMap({ ShellArithmetic.assigned(in: $0, of: context.script.text) }) {
                state.variables.values[name] = .scalar(.dynamic)
            }
            if let body {
                forget(assignedIn: body)
                let before = state
                conditionally { $0.run(body, context) }
                merge([before, state])
            } else {
                runAsSubshells(words, context)
            }
            substitutions(in: redirects, context)
        }
    }

    private mutating func forEach(
        _ name: String, in words: [ShellSyntaxWord]?, _ body: ShellBody, _ context: Context
    ) {
        var values: [String]? = words == nil ? nil : []
        // `for x; do` goes through the arguments.
        if words == nil, case .array(let arguments) = state.variables.values["@"] { values = arguments }
        if let words {
            substitutions(in: words, context)
            let expander = ShellExpander(script: context.script, variables: state.variables)
            for word in words {
                let fields = isFull ? [] : expander.expand(word)
                count(fields, in: context.script.text.fileRange(word.range))
                for field in fields {
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
    mutating func forget(assignedIn body: ShellBody) {
        // Only names that have a value already can be wrong.
        for name in AssignedNames.of(body) where state.variables.values[name] != nil {
            state.variables.values[name] = .scalar(.dynamic)
        }
    }
}
