/// Builtins by which a script makes later words mean something else, and what a shell runs at its end.
///
/// https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_29 (`trap`),
/// https://www.gnu.org/software/bash/manual/html_node/Bash-Builtins.html (`enable`, `hash -p`, `shopt`)
extension ShellSimulation {
    /// Names what changes the meaning of a later word, which is not followed.
    mutating func changesMeaning(_ name: String, _ arguments: [String?], _ simple: ShellSimple) {
        let reason: String? =
            switch name {
            // dash and busybox replace aliases in scripts, bash does where `expand_aliases` is set.
            case "alias":
                arguments.contains { $0?.contains("=") ?? true } ? "an alias gives a command another meaning" : nil
            case "hash":
                arguments.contains { $0.map { $0.hasPrefix("-") && $0.contains("p") } ?? true }
                    ? "a program is looked for at another place" : nil
            case "enable": arguments.isEmpty ? nil : "builtins are turned off or loaded"
            case "shopt": setOptions(arguments)
            default: nil
            }
        if let reason { gap(written(simple), reason, at: simple.range) }
    }

    /// The words of `exec`, `command` and `builtin` behind their options; what these change is named.
    mutating func withoutOptions(_ name: String, _ arguments: [String?], _ simple: ShellSimple) -> [String?] {
        var rest = arguments[...]
        while case let option?? = rest.first, option.count > 1, option.hasPrefix("-") {
            rest.removeFirst()
            if option == "--" { break }
            if name == "exec", !dialect.isBash {
                gap(written(simple), "this shell may have no options of exec", at: simple.range)
            }
            if name == "exec", option.contains("a") || option.contains("l") {
                // Python, and programs of many names, go by what they are called.
                gap(written(simple), "this program is given another name than its own", at: simple.range)
            }
            if name == "exec", option.hasSuffix("a") { rest = rest.dropFirst() }
            if name == "exec", option.contains("c") {
                gap(written(simple), "the environment of this program is emptied", at: simple.range)
            }
            if name == "command", option.contains("p") {
                gap(written(simple), "a program is looked for at another place", at: simple.range)
            }
        }
        return Array(rest)
    }

    /// Applies `shopt`; returns why what it turns on is not followed.
    private mutating func setOptions(_ arguments: [String?]) -> String? {
        let isSet = arguments.contains("-s")
        guard isSet || arguments.contains("-u") else { return nil }
        for argument in arguments {
            guard let word = argument else { return "which option is set is not known" }
            if word.hasPrefix("-") {
                if word.contains("o") { return "this option of the shell is not followed" }
                continue
            }
            switch word {
            case "nullglob": state.dropsUnmatched = isSet
            case "nocasematch" where isSet: return "comparisons that ignore case are not followed"
            case let name where !ShellSimulationNames.shellOptions.contains(name):
                return "this option of the shell is not followed"
            default: continue
            }
        }
        return nil
    }

    /// What a trap runs.
    struct Trap: Hashable {
        /// When it runs.
        enum Time: Hashable {
            /// At the end of the shell.
            case end
            /// Between commands of the script.
            case between
            /// At a signal.
            case signal
        }
        let action: String
        let time: Time
    }

    /// Keeps what a shell runs later. A function may be defined behind the `trap` that names it.
    mutating func trap(_ arguments: [String?], _ simple: ShellSimple) {
        let words = Array(arguments.drop { $0 == "--" })
        guard words.count > 1 else { return }
        for word in words[1...] {
            guard let action = words[0] else {
                if word.map({ Self.time(of: $0) != .signal }) ?? true {
                    gap(written(simple), "what this runs at the end is not known", at: simple.range)
                } else {
                    gap(written(simple), "what this runs at a signal is not known", at: simple.range)
                }
                continue
            }
            // `-` takes a trap away, and options only list them.
            if action.hasPrefix("-") || action.isEmpty { continue }
            for time in word.map({ [Self.time(of: $0)] }) ?? [.end, .between] {
                let trap = Trap(action: action, time: time)
                if !traps.contains(trap) { traps.append(trap) }
            }
        }
    }

    /// Whether what a trap runs between commands changes what these do. What ends the script changes nothing for them.
    private func changesState(_ trap: Trap) -> Bool {
        var shell = self
        (shell.isConditional, shell.mayHaveEnded, shell.departures, shell.leaving) = (false, false, [], nil)
        shell.setEnded(false)
        let before = shell.state
        shell.run(Array(trap.action.utf8), name: source.name)
        if shell.hasEnded { return false }
        let after = shell.state
        // A signal from outside does not come before the program runs; what a handler notes for itself is its own affair.
        let isOutside = trap.time == .signal && !sendsSignals
        let names = before.variables.values.differingKeys(after.variables.values).filter {
            $0 != "?" && $0 != "!" && (!isOutside || after.exported.contains($0))
        }
        return !names.isEmpty || before.directory != after.directory || before.exported != after.exported
            || before.exportsAll != after.exportsAll || before.readOnly != after.readOnly
            || before.functions.mapValues(\.number) != after.functions.mapValues(\.number)
    }

    /// Runs what was kept, once the script is at its end; a later `trap` may have taken its place.
    mutating func runTraps() {
        let (kept, ended) = (traps, hasEnded)
        traps = []
        var actions: [String] = []
        for trap in kept {
            if trap.time != .end, changesState(trap) {
                gap("trap \(trap.action)", "what a trap changes between the commands of a script is not followed")
            }
            if trap.time != .signal || sendsSignals, !actions.contains(trap.action) { actions.append(trap.action) }
        }
        for action in actions {
            setEnded(false)
            _ = either([
                { shell in
                    shell.inSubshell {
                        $0.run(Array(action.utf8), name: $0.source.name)
                        return nil
                    }
                },
                { _ in nil },
            ])
        }
        setEnded(ended)
    }

    /// When a trap runs: at the end of the shell, where bash adds it, or at a signal.
    private static func time(of name: String) -> Trap.Time {
        let name = name.uppercased()
        switch name.hasPrefix("SIG") ? String(name.dropFirst(3)) : name {
        case "EXIT", "0": return .end
        case "DEBUG", "ERR", "RETURN": return .between
        default: return .signal
        }
    }

    /// Defines a function that bash takes from its environment, `BASH_FUNC_name%%=() { ...}`.
    package mutating func importFunction(_ variable: String, _ value: String?) {
        let name = variable.dropFirst("BASH_FUNC_".count).dropLast(2)
        let text = value.map { Array("\(name) \($0)".utf8) } ?? []
        let (script, _) = ShellParser.parse(MappedText(text, text.indices))
        let nodes = script.body.statements.flatMap(\.elements).flatMap(\.pipeline.commands)
        guard variable.hasSuffix("%%"), script.problem == nil, nodes.count == 1, case .function = nodes[0] else {
            return gap(variable, "a function that comes with the environment is not followed")
        }
        run(text, name: "")
    }

    /// Applies the options that a shell is called with: words of `set`, and those of `shopt`.
    package mutating func apply(options: [String], shopt: [String]) {
        if !options.isEmpty { set(options.map { $0 }) }
        if let reason = setOptions(shopt.map { $0 }) { gap("shopt \(shopt.joined(separator: " "))", reason) }
    }
}
