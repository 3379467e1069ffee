import EnvironmentInventory
import SourceDocuments

/// Follows a script on a ``ShellHost`` as a shell would run it, without running anything.
///
/// Where ``ShellEvaluator`` lists every command that a build may run, a simulation takes the one path that the image's own
/// variables and files lead to. A condition that it cannot decide makes it follow both paths; what differs between them is
/// unknown afterwards, and a gap where it decides what is started.
package struct ShellSimulation<Host: ShellHost> {
    /// The programs that are started, in their order.
    package private(set) var processes: [ShellProcess] = []
    /// What could not be followed.
    package private(set) var gaps: [Gap] = []
    /// Whether the script replaced the shell or left it.
    package private(set) var hasEnded = false

    let host: Host
    let dialect: ShellDialect
    /// The working directory that the script begins in.
    let firstDirectory: String?
    var state: State
    var script: ShellScript
    var heredocs: [ShellSyntaxHeredoc] = []
    var source: SourceText
    var isConditional = false
    /// How the commands that are being followed leave a loop or a function early; nil while they do not.
    var leaving: Leaving?
    /// What holds where a path that may be taken has left the innermost loop or function.
    var departures: [Departure] = []
    /// Whether a function is being followed, and what its `local` variables were before.
    var locals: [[String: (value: ShellVariables.Value?, isExported: Bool)]] = []
    /// How many substituted commands stand around the one whose output is asked for.
    var substitutionDepth = 0
    /// Whether a failure here is an answer and does not end a script with `set -e`.
    var isAsked = false
    private(set) var depth = 0
    /// What traps run, at the end of the script or between its commands.
    var traps: [Trap] = []
    /// Whether the script may send itself a signal.
    var sendsSignals = false
    private(set) var steps = 0
    private static var maximumDepth: Int { 32 }
    private static var maximumSteps: Int { 20_000 }
    /// The bytes of the values that were set, and of the processes with their environments.
    private var textMade = 0
    private static var maximumText: Int { 64 << 20 }

    /// What commands change for those after them.
    struct State {
        var variables: ShellVariables
        var exported: Set<String>
        var directory: String?
        var functions: [String: Function] = [:]
        var readOnly: Set<String> = []
        /// Directories that the script has made for certain, and paths at which it may have made something.
        var madeDirectories: Set<String> = []
        var written: Set<String> = []
        /// Whether it may have made something anywhere.
        var writesAnywhere = false
        /// `set -f`.
        var keepsPatterns = false
        /// `shopt -s nullglob`.
        var dropsUnmatched = false
        var exportsAll = false
        /// `set -e`.
        var endsAtFailure = false
        /// `set -o pipefail`.
        var countsEveryFailure = false
    }

    /// A function with the script that defines it.
    struct Function {
        let body: ShellNode
        let script: ShellScript
        let heredocs: [ShellSyntaxHeredoc]
        let source: SourceText
        /// The value of `BASH_SOURCE` in it.
        let file: ShellVariables.Value?
        /// Tells definitions apart.
        let number: Int
        /// Whether only one of several paths defines it like this.
        var isUncertain = false
    }

    /// Creates a simulation with an environment; a variable with the value nil is not known.
    package init(host: Host, environment: [String: String?], directory: String?, dialect: ShellDialect = .bash) {
        self.host = host
        self.dialect = dialect
        firstDirectory = directory
        var variables = ShellVariables()
        variables.isComplete = true
        for name in dialect.defaultVariables { variables.values[name] = .scalar(.dynamic) }
        variables.values["PWD"] = .scalar(directory.map { .known($0) } ?? .dynamic)
        for (name, value) in environment where name != "PWD" {
            variables.values[name] = .scalar(value.map { .known($0) } ?? .dynamic)
        }
        for name in dialect.ownVariables { variables.values[name] = .scalar(.dynamic) }
        if dialect.isBash, let user = host.userID {
            for name in ["UID", "EUID"] { variables.values[name] = .scalar(.known(String(user))) }
        }
        // No shell takes it from its environment.
        variables.values["IFS"] = .scalar(.known(" \t\n"))
        variables.values["?"] = .scalar(.known("0"))
        state = State(variables: variables, exported: Set(environment.keys), directory: directory)
        state.readOnly = dialect.readOnlyVariables
        script = ShellScript(text: MappedText(), body: ShellBody(), problem: nil)
        source = SourceText(name: "", bytes: [])
    }

    /// Sets variables that the shell has itself and does not export, such as `BASH`; nil for a value that is not known.
    package mutating func setShellVariables(_ values: [String: String?]) {
        for (name, value) in values { state.variables.values[name] = .scalar(value.map { .known($0) } ?? .dynamic) }
    }

    /// The exported variables; one that is not known has the value nil.
    package var environment: [String: String?] { environment(of: state.variables) }

    /// The working directory; nil when it is not known.
    package var directory: String? { state.directory }

    /// Follows a script.
    ///
    /// - Parameters:
    ///   - name: the script's file, for gaps.
    ///   - arguments: `$0`, `$1` and so on; nil keeps those of the script that reads this one.
    ///   - file: the file as the script that reads it names it; nil for a text of no file of its own.
    /// - Returns: whether its last command succeeds; nil when that is not known.
    @discardableResult
    package mutating func run(
        _ bytes: [UInt8], name: String, arguments: [String]? = nil, file: String? = nil
    ) -> Bool? {
        guard depth < Self.maximumDepth else {
            gap(name, "the scripts are nested too deeply")
            return nil
        }
        depth += 1
        defer { depth -= 1 }
        let outer = (script, heredocs, source)
        let outerFile = state.variables.values["BASH_SOURCE"]
        if dialect.isBash, let file { state.variables.values["BASH_SOURCE"] = .array([file]) }
        let text = MappedText(bytes, bytes.indices)
        source = SourceText(name: name, bytes: bytes)
        (script, heredocs) = ShellParser.parse(text)
        if let arguments {
            state.variables.values["0"] = .scalar(arguments.first.map { .known($0) } ?? .unset)
            setArguments(Array(arguments.dropFirst()))
        }
        if zip(bytes, bytes.dropFirst()).contains(where: { $0 == 0x0D && $1 == 0x0A }) || bytes.last == 0x0D {
            gap("", "lines end with carriage returns, which the shell takes for parts of words")
        }
        if let problem = script.problem { gap("", "it cannot be parsed as a shell script: \(problem.reason)") }
        let status = run(script.body)
        // `return` at the end of all functions ends the script.
        if depth == 1 {
            leaving = nil
            runTraps()
        }
        (script, heredocs, source) = outer
        state.variables.values["BASH_SOURCE"] = outerFile
        return status
    }

    mutating func setArguments(_ words: [String]?) {
        state.variables.setArguments(
            words.map { $0.map { Self.word($0) } }, standElsewhere: true)
    }

    mutating func gap(_ subject: String, _ reason: String, at range: Range<Int>? = nil) {
        let line = range.map { source.place(at: script.text.fileRange($0).lowerBound).line }
        let gap = Gap(subject, reason: reason, source: FileLocation(file: source.name, line: line))
        if !gaps.contains(gap) { gaps.append(gap) }
    }

    mutating func setEnded(_ value: Bool) { hasEnded = value }
    mutating func add(_ process: ShellProcess) {
        count(process.words.reduce(0) { $0 + 32 + $1.utf8.count } + 128 * process.environment.count)
        processes.append(process)
    }
    /// Counts bytes, of which a script may make so many.
    mutating func count(_ bytes: Int) { textMade += bytes }
    mutating func end() { if !isUncertain { hasEnded = true } else { mayHaveEnded = true } }
    /// Whether a branch that may not be taken ended the script.
    var mayHaveEnded = false
    /// Whether it depends on something unknown whether the next command runs.
    var isUncertain: Bool { isConditional || !departures.isEmpty }
    /// Whether no more command of the innermost list runs.
    var isLeaving: Bool { hasEnded || leaving != nil }

    // MARK: - Control flow

    /// Runs statements and returns whether the last one succeeds; nil when that is not known.
    mutating func run(_ body: ShellBody) -> Bool? {
        var status: Bool? = true
        for statement in body.statements {
            if isLeaving { return status }
            status = run(statement)
        }
        return status
    }

    private mutating func run(_ statement: ShellStatement) -> Bool? {
        if statement.isBackground {
            _ = inSubshell { simulation in
                for element in statement.elements { _ = simulation.run(element.pipeline) }
                return true
            }
            state.variables.values["!"] = .scalar(.dynamic)
            return true
        }
        var status: Bool? = true
        for (number, element) in statement.elements.enumerated() {
            if isLeaving { return status }
            let isLast = number == statement.elements.count - 1
            switch (element.connector, status) {
            case (.and, false?), (.or, true?): continue
            case (.and, nil), (.or, nil):
                // The other path is the one on which what stands before has failed, or succeeded.
                let skipped = element.connector == .or
                status = either([{ $0.run(element.pipeline, isAsked: !isLast) }, { _ in skipped }])
            default: status = run(element.pipeline, isAsked: !isLast)
            }
            // With `set -e` a failure that nothing asks for ends the script.
            let isFailure = isLast && status == false && !element.pipeline.isNegated
            if isFailure, state.endsAtFailure, !isAsked, !isLeaving { end() }
        }
        return status
    }

    /// Runs a pipeline whose status decides what runs next.
    private mutating func run(_ pipeline: ShellPipeline, isAsked asks: Bool) -> Bool? {
        let outer = isAsked
        isAsked = outer || asks || pipeline.isNegated
        defer { isAsked = outer }
        return run(pipeline)
    }

    private mutating func run(_ pipeline: ShellPipeline) -> Bool? {
        var status: Bool?
        if pipeline.commands.count == 1 {
            status = run(pipeline.commands[0])
        } else {
            var statuses: [Bool?] = []
            for node in pipeline.commands { statuses.append(inSubshell { $0.run(node) }) }
            status = statuses.last ?? nil
            if state.countsEveryFailure, status != false {
                status = statuses.contains(false) ? false : statuses.contains(nil) ? nil : true
            }
        }
        if pipeline.isNegated { status = status.map { !$0 } }
        state.variables.values["?"] = .scalar(status == true ? .known("0") : .dynamic)
        return status
    }

    /// Follows several paths of which one is taken, and keeps what all of them agree on.
    mutating func either(_ paths: [(inout Self) -> Bool?]) -> Bool? {
        let before = state
        let outer = (isConditional, mayHaveEnded)
        isConditional = true
        mayHaveEnded = false
        var ends: [State] = []
        var left: [Departure] = []
        var results: Set<Bool?> = []
        for path in paths {
            state = before
            let ended = mayHaveEnded
            mayHaveEnded = false
            results.insert(path(&self))
            if let leaving {
                left.append(Departure(state: state, leaving: leaving))
            } else if !mayHaveEnded {
                // A path that leaves the script has no part in what comes after it.
                ends.append(state)
            }
            leaving = nil
            mayHaveEnded = mayHaveEnded || ended
        }
        isConditional = outer.0
        if ends.isEmpty, left.isEmpty {
            if isUncertain { mayHaveEnded = true } else { hasEnded = true }
        } else {
            mayHaveEnded = outer.1
        }
        if ends.isEmpty, let first = left.first {
            // All paths leave; where they lead to different places, both are followed.
            if left.allSatisfy({ $0.leaving == first.leaving }) {
                leaving = first.leaving
                state = merged(left.map(\.state)) ?? before
                return nil
            }
        }
        departures += left
        state = merged(ends) ?? before
        return results.count == 1 ? results.first ?? nil : nil
    }

    mutating func run(_ node: ShellNode) -> Bool? {
        steps += 1
        guard steps < Self.maximumSteps, depth < Self.maximumDepth, textMade < Self.maximumText else {
            gap("", "the script does more than is followed")
            return nil
        }
        depth += 1
        defer { depth -= 1 }
        return mayFailToRead(node.redirects) ? either([{ $0.perform(node) }, { _ in false }]) : perform(node)
    }

    private mutating func perform(_ node: ShellNode) -> Bool? {
        switch node {
        case .simple(let simple): return run(simple)
        case .group(let body, let redirects):
            look(at: redirects)
            return run(body)
        case .subshell(let body, let redirects):
            look(at: redirects)
            return inSubshell { $0.run(body) }
        case .ifClause(let branches, let otherwise, let redirects):
            look(at: redirects)
            return branch(branches[...], otherwise)
        case .loop(let condition, let body, let redirects):
            look(at: redirects)
            return loop(condition, body)
        case .forEach(let name, let words, let body, let redirects):
            look(at: redirects)
            return forEach(name, words, body)
        case .caseClause(let subject, let items, let redirects):
            look(at: redirects)
            return choose(subject, items)
        case .function(let name, let body):
            state.functions[name] = Function(
                body: body, script: script, heredocs: heredocs, source: source,
                file: state.variables.values["BASH_SOURCE"], number: steps)
            return true
        case .test(let words, let body, let redirects):
            look(at: redirects)
            if dialect == .dash { gap("", "this shell has no [[ ]] and no (( ))", at: words.first?.range) }
            followSubstitutions(in: words)
            assign(arithmeticIn: words)
            guard let body else { return conditionalExpression(words) }
            return looping { $0.repeating(body) }
        }
    }

    private mutating func branch(
        _ branches: ArraySlice<(condition: ShellBody, body: ShellBody)>, _ otherwise: ShellBody?
    ) -> Bool? {
        guard let first = branches.first else { return otherwise.map { run($0) } ?? true }
        let rest = branches.dropFirst()
        let outcome = asking { $0.run(first.condition) }
        if isLeaving { return nil }
        switch outcome {
        case true?: return run(first.body)
        case false?: return branch(rest, otherwise)
        case nil:
            return either([{ $0.run(first.body) }, { $0.branch(rest, otherwise) }])
        }
    }

    private mutating func loop(_ condition: ShellBody, _ body: ShellBody) -> Bool? {
        looping { simulation in
            // Whether the loop is `while` or `until` is not kept: the body may run or not.
            _ = simulation.asking { $0.run(condition) }
            if simulation.isLeaving { return nil }
            for name in AssignedNames.of(body) { simulation.state.variables.values[name] = .scalar(.dynamic) }
            return simulation.repeating(body, condition)
        }
    }

    /// Runs the body of a loop never, once or often: what a round before it may have changed is unknown in it.
    private mutating func repeating(_ body: ShellBody, _ condition: ShellBody = ShellBody()) -> Bool? {
        var round = self
        _ = round.run(body)
        if !round.isLeaving { _ = round.asking { $0.run(condition) } }
        (steps, textMade) = (round.steps, round.textMade)
        let left = round.departures.dropFirst(departures.count).map(\.state)
        state = merged([state, round.state] + left) ?? state
        return either([{ $0.run(body) }, { _ in true }])
    }

    private mutating func forEach(_ name: String, _ words: [ShellSyntaxWord]?, _ body: ShellBody) -> Bool? {
        if let words { followSubstitutions(in: words) }
        note(assigning: name)
        let values = words.map { expand($0) } ?? state.variables.arguments?.map(\.text)
        guard let values, values.allSatisfy({ $0 != nil }), values.count <= 1000 else {
            state.variables.values[name] = .scalar(.dynamic)
            for assigned in AssignedNames.of(body) { state.variables.values[assigned] = .scalar(.dynamic) }
            return looping { $0.repeating(body) }
        }
        return looping { simulation in
            var status: Bool? = true
            for value in values {
                simulation.state.variables.values[name] = .scalar(.known(value ?? ""))
                status = simulation.run(body)
                if simulation.leaving == .continuing(1) { simulation.leaving = nil }
                if simulation.isLeaving { return status }
            }
            return status
        }
    }
}
