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
    var state: State
    var script: ShellScript
    var heredocs: [ShellSyntaxHeredoc] = []
    var source: SourceText
    var isConditional = false
    private(set) var depth = 0
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
        var exportsAll = false
    }

    /// A function with the script that defines it.
    struct Function {
        let body: ShellNode
        let script: ShellScript
        let heredocs: [ShellSyntaxHeredoc]
        let source: SourceText
    }

    /// Creates a simulation with an environment; a variable with the value nil is not known.
    package init(host: Host, environment: [String: String?], directory: String?) {
        self.host = host
        var variables = ShellVariables()
        variables.isComplete = true
        for (name, value) in environment { variables.values[name] = .scalar(value.map { .known($0) } ?? .dynamic) }
        state = State(variables: variables, exported: Set(environment.keys), directory: directory)
        script = ShellScript(text: MappedText(), body: ShellBody(), problem: nil)
        source = SourceText(name: "", bytes: [])
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
    package mutating func run(_ bytes: [UInt8], name: String, arguments: [String]? = nil) {
        guard depth < Self.maximumDepth else { return gap(name, "the scripts are nested too deeply") }
        depth += 1
        defer { depth -= 1 }
        let outer = (script, heredocs, source)
        let text = MappedText(bytes, bytes.indices)
        source = SourceText(name: name, bytes: bytes)
        (script, heredocs) = ShellParser.parse(text)
        if let arguments {
            state.variables.values["0"] = .scalar(arguments.first.map { .known($0) } ?? .unset)
            setArguments(Array(arguments.dropFirst()))
        }
        if let problem = script.problem { gap("", "it is not understood as a shell script: \(problem.reason)") }
        _ = run(script.body)
        (script, heredocs, source) = outer
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

    mutating func add(_ process: ShellProcess) {
        count(process.words.reduce(0) { $0 + 32 + $1.utf8.count } + 128 * process.environment.count)
        processes.append(process)
    }
    /// Counts bytes, of which a script may make so many.
    mutating func count(_ bytes: Int) { textMade += bytes }
    mutating func end() { if !isConditional { hasEnded = true } else { mayHaveEnded = true } }
    /// Whether a branch that may not be taken ended the script.
    private var mayHaveEnded = false

    func environment(of variables: ShellVariables) -> [String: String?] {
        var result: [String: String?] = [:]
        for name in state.exported {
            switch variables[name] {
            case .known(let value): result.updateValue(value, forKey: name)
            case .dynamic: result.updateValue(nil, forKey: name)
            case .unset, .undeclared: continue
            }
        }
        return result
    }

    // MARK: - Control flow

    /// Runs statements and returns whether the last one succeeds; nil when that is not known.
    mutating func run(_ body: ShellBody) -> Bool? {
        var status: Bool? = true
        for statement in body.statements {
            if hasEnded { return nil }
            status = run(statement)
        }
        return status
    }

    private mutating func run(_ statement: ShellStatement) -> Bool? {
        if statement.isBackground {
            let before = state
            let wasEnded = hasEnded
            for element in statement.elements { _ = run(element.pipeline) }
            state = before
            hasEnded = wasEnded
            return true
        }
        var status: Bool? = true
        for element in statement.elements {
            if hasEnded { return nil }
            switch (element.connector, status) {
            case (.and, false?), (.or, true?): continue
            case (.and, nil), (.or, nil):
                let before = status
                status = either([{ $0.run(element.pipeline) }, { _ in before }])
            default: status = run(element.pipeline)
            }
        }
        return status
    }

    private mutating func run(_ pipeline: ShellPipeline) -> Bool? {
        var status: Bool?
        if pipeline.commands.count == 1 {
            status = run(pipeline.commands[0])
        } else {
            for node in pipeline.commands {
                let before = state
                let wasEnded = hasEnded
                status = run(node)
                state = before
                hasEnded = wasEnded
            }
        }
        return pipeline.isNegated ? status.map { !$0 } : status
    }

    /// Follows several paths of which one is taken, and keeps what all of them agree on.
    mutating func either(_ paths: [(inout Self) -> Bool?]) -> Bool? {
        let before = state
        let outer = (isConditional, mayHaveEnded)
        isConditional = true
        mayHaveEnded = false
        var ends: [State] = []
        var results: Set<Bool?> = []
        for path in paths {
            state = before
            let ended = mayHaveEnded
            mayHaveEnded = false
            results.insert(path(&self))
            // A path that leaves the script has no part in what comes after it.
            if !mayHaveEnded { ends.append(state) }
            mayHaveEnded = mayHaveEnded || ended
        }
        isConditional = outer.0
        if ends.isEmpty {
            if isConditional { mayHaveEnded = true } else { hasEnded = true }
        } else {
            mayHaveEnded = outer.1
        }
        state = merged(ends) ?? before
        return results.count == 1 ? results.first ?? nil : nil
    }

    private func merged(_ states: [State]) -> State? {
        guard var result = states.first else { return nil }
        for other in states.dropFirst() {
            for name in result.variables.values.differingKeys(other.variables.values)
            where result.variables[name] != other.variables[name] {
                result.variables.values[name] = .scalar(.dynamic)
            }
            if result.variables.arguments?.map(\.text) != other.variables.arguments?.map(\.text) {
                result.variables.setArguments(nil)
            }
            if result.directory != other.directory { result.directory = nil }
            result.exported.formUnion(other.exported)
            result.exportsAll = result.exportsAll || other.exportsAll
            result.functions.merge(other.functions) { first, _ in first }
        }
        return result
    }

    mutating func run(_ node: ShellNode) -> Bool? {
        steps += 1
        guard steps < Self.maximumSteps, depth < Self.maximumDepth, textMade < Self.maximumText else {
            gap("", "the script does more than is followed")
            return nil
        }
        depth += 1
        defer { depth -= 1 }
        switch node {
        case .simple(let simple): return run(simple)
        case .group(let body, let redirects):
            look(at: redirects)
            return run(body)
        case .subshell(let body, let redirects):
            look(at: redirects)
            let before = state
            let wasEnded = hasEnded
            let status = run(body)
            state = before
            hasEnded = wasEnded
            return status
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
            state.functions[name] = Function(body: body, script: script, heredocs: heredocs, source: source)
            return true
        case .test(let words, let body, let redirects):
            look(at: redirects)
            guard let body else { return test(expand(words)) }
            return either([{ $0.run(body) }, { _ in true }])
        }
    }

    private mutating func branch(
        _ branches: ArraySlice<(condition: ShellBody, body: ShellBody)>, _ otherwise: ShellBody?
    ) -> Bool? {
        guard let first = branches.first else { return otherwise.map { run($0) } ?? true }
        let rest = branches.dropFirst()
        switch run(first.condition) {
        case true?: return run(first.body)
        case false?: return branch(rest, otherwise)
        case nil:
            if hasEnded { return nil }
            return either([{ $0.run(first.body) }, { $0.branch(rest, otherwise) }])
        }
    }

    private mutating func loop(_ condition: ShellBody, _ body: ShellBody) -> Bool? {
        // Whether the loop is `while` or `until` is not kept: the body may run or not.
        _ = run(condition)
        for name in AssignedNames.of(body) { state.variables.values[name] = .scalar(.dynamic) }
        return either([{ $0.run(body) }, { _ in true }])
    }

    private mutating func forEach(_ name: String, _ words: [ShellSyntaxWord]?, _ body: ShellBody) -> Bool? {
        let values = words.map { expand($0) } ?? state.variables.arguments?.map(\.text)
        guard let values, values.allSatisfy({ $0 != nil }), values.count <= 1000 else {
            state.variables.values[name] = .scalar(.dynamic)
            for assigned in AssignedNames.of(body) { state.variables.values[assigned] = .scalar(.dynamic) }
            return either([{ $0.run(body) }, { _ in true }])
        }
        var status: Bool? = true
        for value in values {
            if hasEnded { return nil }
            state.variables.values[name] = .scalar(.known(value ?? ""))
            status = run(body)
        }
        return status
    }

    private mutating func choose(
        _ subject: ShellSyntaxWord, _ items: [(patterns: [ShellSyntaxWord], body: ShellBody)]
    ) -> Bool? {
        let value = expand([subject], globs: false).first ?? ""
        let patterns = items.map { expand($0.patterns, globs: false) }
        guard let value, patterns.allSatisfy({ $0.allSatisfy { $0 != nil } }) else {
            return either(items.map { item in { $0.run(item.body) } } + [{ _ in true }])
        }
        for (item, patterns) in zip(items, patterns)
        where patterns.contains(where: { Wildcard.matches(value, pattern: $0 ?? "") }) {
            return run(item.body)
        }
        return true
    }

    /// Runs a function or a script's text with arguments of its own.
    mutating func call(_ function: Function, _ arguments: [String?]) -> Bool? {
        let outer = (script, heredocs, source, state.variables)
        (script, heredocs, source) = (function.script, function.heredocs, function.source)
        let known = arguments.compactMap { $0 }
        setArguments(known.count == arguments.count ? known : nil)
        let status = run(function.body)
        (script, heredocs, source) = (outer.0, outer.1, outer.2)
        state.variables.restoreArguments(of: outer.3)
        return status
    }
}
