import EnvironmentInventory

/// Simple commands: assignments, builtins, functions, and programs.
extension ShellSimulation {
    mutating func run(_ simple: ShellSimple) -> Bool? {
        followSubstitutions(of: simple)
        assign(arithmeticIn: simple.assignments.compactMap(\.value) + simple.words)
        var variables = state.variables
        for assignment in simple.assignments {
            let text = value(assignment, variables)
            note(assigning: assignment.name)
            if !dialect.isBash, assignment.isAppend || assignment.hasIndex || assignment.array != nil {
                gap(written(simple), "this shell may have no such assignment", at: simple.range)
            }
            count(text?.utf8.count ?? 0)
            variables.values[assignment.name] = .scalar(text.map { .known($0) } ?? .dynamic)
        }
        look(at: simple.redirects, range: simple.range)
        let words = expand(simple.words)
        let defaults = defaultsAssigned(by: simple)
        for (name, value) in defaults {
            state.variables.values[name] = .scalar(value)
            variables.values[name] = .scalar(value)
            if state.exportsAll { state.exported.insert(name) }
        }
        if words.isEmpty {
            state.variables = variables
            if state.exportsAll { state.exported.formUnion(simple.assignments.map(\.name)) }
            return substitutes(simple) ? nil : true
        }
        guard let name = words[0] else {
            gap(written(simple), "which program this starts is not known", at: simple.range)
            return nil
        }
        if let function = state.functions[name] {
            // Other shells than bash find their special builtins first.
            if dialect != .bash, ShellDialect.special.contains(name) {
                gap(written(simple), "a function has the name of a builtin", at: simple.range)
            }
            let status = setting(simple, variables) {
                $0.call(name, function, Array(words.dropFirst()), at: simple.range)
            }
            if dialect == .posixBash || dialect == .other { forget(simple.assignments) }
            return status
        }
        if [".", "source", "eval"].contains(name) {
            let status = setting(simple, variables) { $0.builtin(name, words, simple)?.value }
            if dialect.mayKeepAssignments(before: name) { forget(simple.assignments) }
            return status
        }
        if let status = builtin(name, words, simple) {
            if dialect.mayKeepAssignments(before: name) { forget(simple.assignments) }
            return status.value
        }
        start(words, simple, variables, isReplacement: false)
        switch Self.base(name) {
        case "true": return true
        case "false": return false
        case "mkdir", "touch": return make(Self.base(name), Array(words.dropFirst()))
        case "kill": sendsSignals = true
        default: break
        }
        return nil
    }

    /// Takes variables as unknown that a shell may keep behind the command that they stand before.
    private mutating func forget(_ assignments: [ShellSyntaxAssignment]) {
        for assignment in assignments { state.variables.values[assignment.name] = .scalar(.dynamic) }
    }

    /// Runs what is read in this shell with the assignments that stand before it.
    private mutating func setting(
        _ simple: ShellSimple, _ variables: ShellVariables, _ body: (inout Self) -> Bool?
    ) -> Bool? {
        let names = simple.assignments.map(\.name)
        let before = names.map {
            (name: $0, value: state.variables.values[$0], isExported: state.exported.contains($0))
        }
        let isSpecial =
            simple.words.first.map { [".", "source", "eval"].contains(script.text.string($0.range)) } ?? false
        for name in names {
            state.variables.values[name] = variables.values[name]
            let isKept = state.exported.contains(name)
            if isSpecial, !isKept, dialect == .dash { continue }
            if isSpecial, !isKept, dialect != .bash { state.variables.values[name] = .scalar(.dynamic) }
            state.exported.insert(name)
        }
        let status = body(&self)
        // What is before a special builtin is not exported by every shell.
        for (name, value, isExported) in before {
            state.variables.values[name] = value
            if !isExported { state.exported.remove(name) }
        }
        return status
    }

    /// The result of a builtin, which may not be known.
    private struct Status {
        let value: Bool?
    }

    func written(_ simple: ShellSimple) -> String {
        let text = script.text.string(simple.range)
        return text.count > 80 ? text.prefix(80) + "…" : text
    }

    /// Programs that change nothing that a later program runs. Their own status is taken as success.
    func isNoted(_ name: String) -> Bool {
        !ShellSimulationNames.harmless.contains(Self.base(name)) || standsElsewhere(name)
    }

    private static func base(_ name: String) -> String { name.split(separator: "/").last.map(String.init) ?? name }

    private mutating func start(
        _ words: [String?], _ simple: ShellSimple, _ variables: ShellVariables, isReplacement: Bool
    ) {
        if let name = words.first ?? nil, !isNoted(name) { return }
        let known = words.compactMap { $0 }
        guard known.count == words.count else {
            gap(written(simple), "a word of this command is not known", at: simple.range)
            // The program itself is known; its arguments up to the unknown one are, too.
            return append(
                Array(words.prefix { $0 != nil }).compactMap { $0 }, simple, variables, isReplacement: isReplacement)
        }
        append(known, simple, variables, isReplacement: isReplacement)
    }

    private mutating func append(
        _ words: [String], _ simple: ShellSimple, _ variables: ShellVariables, isReplacement: Bool
    ) {
        var exported = environment(of: variables)
        for assignment in simple.assignments {
            switch variables[assignment.name] {
            case .known(let value): exported.updateValue(value, forKey: assignment.name)
            default: exported.updateValue(nil, forKey: assignment.name)
            }
        }
        noteWritten(words, exported, simple)
        let line = source.place(at: script.text.fileRange(simple.range).lowerBound).line
        add(
            ShellProcess(
                words: words, directory: state.directory, environment: exported, isReplacement: isReplacement,
                isConditional: isUncertain, source: FileLocation(file: source.name, line: line)))
    }

    private mutating func builtin(_ name: String, _ words: [String?], _ simple: ShellSimple) -> Status? {
        switch dialect.lacks(name) {
        case true?: return nil
        case nil: gap(written(simple), "this shell may have no builtin of this name", at: simple.range)
        case false?: break
        }
        let arguments = Array(words.dropFirst())
        switch name {
        case ":", "true": return Status(value: true)
        case "false": return Status(value: false)
        case "[", "test":
            return Status(value: test(name == "[" ? Array(arguments.dropLast()) : arguments))
        case "cd", "pushd": return Status(value: changeDirectory(name, arguments))
        case "popd": return Status(value: forgetDirectory())
        case "export", "declare", "typeset", "readonly", "local": declare(name, simple)
        case "unset": unset(arguments)
        case "set": set(arguments)
        case "shift":
            let count = arguments.first.flatMap { $0.flatMap { Int($0) } } ?? 1
            let current = state.variables.arguments?.map(\.text)
            let known = current.map { $0.compactMap { $0 } }
            if let known, known.count == current?.count, count >= 0, count <= known.count {
                setArguments(Array(known.dropFirst(count)))
            } else {
                setArguments(nil)
                return Status(value: nil)
            }
        case ".", "source": return Status(value: read(arguments, simple))
        case "eval":
            let known = arguments.compactMap { $0 }
            guard known.count == arguments.count else {
                gap(written(simple), "what this evaluates is not known", at: simple.range)
                return Status(value: nil)
            }
            return Status(value: run(Array(known.joined(separator: " ").utf8), name: source.name))
        case "exec":
            let rest = withoutOptions(name, arguments, simple)
            if rest.isEmpty { return Status(value: true) }
            start(rest, simple, variables(of: simple), isReplacement: true)
            end()
            return Status(value: nil)
        case "command", "builtin":
            if let option = arguments.first ?? nil, option.hasPrefix("-"), option.contains("v") || option.contains("V")
            {
                return Status(value: arguments.dropFirst().first.flatMap { $0.flatMap { isCommand($0) } })
            }
            let rest = withoutOptions(name, arguments, simple)
            if let inner = rest.first ?? nil, let status = builtin(inner, rest, simple) { return status }
            if rest.first == .some(nil) {
                gap(written(simple), "which program this starts is not known", at: simple.range)
            } else if !rest.isEmpty {
                start(rest, simple, variables(of: simple), isReplacement: false)
            }
            return Status(value: nil)
        case "type", "hash":
            if name == "hash" { changesMeaning(name, arguments, simple) }
            // `hash -r` forgets what it has found.
            guard let last = arguments.last ?? nil, !last.hasPrefix("-") else { return Status(value: true) }
            return Status(value: isCommand(last))
        case "exit", "return", "logout":
            if name == "return" { leaving = .returning } else { end() }
            return Status(value: status(arguments.first))
        case "break", "continue":
            let count = arguments.first.map { $0.flatMap { Int($0) } ?? 1 } ?? 1
            leaving = name == "break" ? .breaking(max(count, 1)) : .continuing(max(count, 1))
        case "read", "getopts", "mapfile", "readarray":
            read(into: arguments, simple)
            return Status(value: nil)
        case "trap": trap(arguments, simple)
        case "shopt", "alias", "enable":
            changesMeaning(name, arguments, simple)
            return Status(value: nil)
        case "umask", "jobs", "times", "echo": return Status(value: true)
        case "kill":
            sendsSignals = true
            return Status(value: nil)
        case "ulimit", "wait", "unalias", "disown":
            if name == "wait", arguments.contains("-p") {
                gap(written(simple), "which variable this sets is not known", at: simple.range)
            }
            return Status(value: nil)
        case "let":
            for name in arguments.flatMap({ ShellArithmetic.assigned(in: $0 ?? "") }) {
                state.variables.values[name] = .scalar(.dynamic)
            }
            return Status(value: nil)
        case "printf":
            if case let option?? = arguments.first, option.hasPrefix("-v") {
                let variable = option == "-v" ? arguments.dropFirst().first ?? nil : String(option.dropFirst(2))
                read(into: [variable], simple)
            }
            return Status(value: nil)
        default: return nil
        }
        return Status(value: true)
    }

    /// Whether `exit N` and `return N` say success; without a number the status is that of the command before.
    private func status(_ word: String??) -> Bool? {
        guard let word else {
            if case .known("0") = state.variables["?"] { return true }
            return nil
        }
        return word.flatMap { Int($0) }.map { $0 == 0 }
    }

    private func variables(of simple: ShellSimple) -> ShellVariables {
        var variables = state.variables
        for assignment in simple.assignments {
            variables.values[assignment.name] = .scalar(value(assignment, variables).map { .known($0) } ?? .dynamic)
        }
        return variables
    }

    /// Reads a file into this shell.
    private mutating func read(_ arguments: [String?], _ simple: ShellSimple) -> Bool? {
        guard let name = arguments.first ?? nil else {
            gap(written(simple), "which file this reads is not known", at: simple.range)
            return nil
        }
        var candidates = [ContainerPath.join(state.directory, name)]
        if !name.contains("/"), case .known(let path) = state.variables["PATH"] {
            candidates =
                path.split(separator: ":", omittingEmptySubsequences: false).map {
                    ContainerPath.join(state.directory, $0.isEmpty ? name : "\($0)/\(name)")
                } + candidates
        }
        guard let path = candidates.compactMap({ $0 }).first(where: { host.kind(of: $0)?.isDirectory == false }) else {
            if candidates.contains(where: { $0.map { mayAppear($0) } ?? true }) {
                gap(written(simple), "which file this reads is not known", at: simple.range)
                return nil
            }
            return false
        }
        guard let bytes = host.contents(of: path) else {
            gap(path, "the script that is read into the shell is not readable here", at: simple.range)
            return nil
        }
        let outer = state.variables
        let words = arguments.dropFirst()
        let known = words.compactMap { $0 }
        if !words.isEmpty { setArguments(known.count == words.count ? known : nil) }
        // How bash calls a file that it has found on its own is not kept.
        let status = returning { $0.run(bytes, name: path, file: name.contains("/") ? name : path) }
        if !words.isEmpty { state.variables.restoreArguments(of: outer) }
        return status
    }

    /// Whether a shell finds a command; nil for one of its own, and where it is not known.
    private func isCommand(_ name: String) -> Bool? {
        if name.contains("/") {
            return ContainerPath.join(state.directory, name).flatMap { path in
                host.kind(of: path).map(\.isExecutable) ?? (mayAppear(path) ? nil : false)
            }
        }
        if state.functions[name] != nil { return true }
        guard case .known(let path) = state.variables["PATH"] else { return nil }
        if path.split(separator: ":").contains(where: { host.kind(of: "\($0)/\(name)")?.isExecutable ?? false }) {
            return true
        }
        return ShellSimulationNames.ofShells.contains(name) ? nil : false
    }

    /// Whether a name without a directory leads to a program that does not come with the system.
    func standsElsewhere(_ name: String) -> Bool {
        let system = ["/bin", "/usr/bin", "/sbin", "/usr/sbin"]
        if name.contains("/") { return !system.contains { name == "\($0)/\(Self.base(name))" } }
        guard case .known(let path) = state.variables["PATH"] else { return true }
        let found = path.split(separator: ":", omittingEmptySubsequences: false).first {
            host.kind(of: "\($0)/\(name)")?.isDirectory == false
        }
        return found.map { !system.contains(String($0)) } ?? false
    }

    /// Runs a function or a script's text with arguments of its own.
    mutating func call(_ name: String, _ function: Function, _ arguments: [String?], at range: Range<Int>) -> Bool? {
        if function.isUncertain { gap(name, "which function has this name is not known", at: range) }
        let outer = (script, heredocs, source, state.variables)
        (script, heredocs, source) = (function.script, function.heredocs, function.source)
        let outerFile = state.variables.values["BASH_SOURCE"]
        state.variables.values["BASH_SOURCE"] = function.file
        let known = arguments.compactMap { $0 }
        setArguments(known.count == arguments.count ? known : nil)
        locals.append([:])
        let status = returning { $0.run(function.body) }
        for (name, before) in locals.popLast() ?? [:] {
            state.variables.values[name] = before.value
            if before.isExported { state.exported.insert(name) } else { state.exported.remove(name) }
        }
        (script, heredocs, source) = (outer.0, outer.1, outer.2)
        state.variables.restoreArguments(of: outer.3)
        state.variables.values["BASH_SOURCE"] = outerFile
        return status
    }
}
