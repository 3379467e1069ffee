import EnvironmentInventory

/// Simple commands: assignments, builtins, functions, and programs.
extension ShellSimulation {
    mutating func run(_ simple: ShellSimple) -> Bool? {
        followSubstitutions(of: simple)
        assign(arithmeticIn: simple.assignments.compactMap(\.value) + simple.words)
        var variables = state.variables
        for assignment in simple.assignments {
            let text = value(assignment, variables)
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
        if name != "exec", let function = state.functions[name] {
            return setting(simple, variables) { $0.call(function, Array(words.dropFirst())) }
        }
        if [".", "source", "eval"].contains(name) {
            return setting(simple, variables) { $0.builtin(name, words, simple)?.value }
        }
        if let status = builtin(name, words, simple) { return status.value }
        start(words, simple, variables, isReplacement: false)
        let isUnknown = Self.isNoted(name) || ShellSimulationNames.questions.contains(Self.base(name))
        return isUnknown ? nil : true
    }

    /// Runs what is read in this shell with the assignments that stand before it.
    private mutating func setting(
        _ simple: ShellSimple, _ variables: ShellVariables, _ body: (inout Self) -> Bool?
    ) -> Bool? {
        let names = simple.assignments.map(\.name)
        let before = names.map {
            (name: $0, value: state.variables.values[$0], isExported: state.exported.contains($0))
        }
        for name in names {
            state.variables.values[name] = variables.values[name]
            state.exported.insert(name)
        }
        let status = body(&self)
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
    static func isNoted(_ name: String) -> Bool { !ShellSimulationNames.harmless.contains(base(name)) }

    private static func base(_ name: String) -> String { name.split(separator: "/").last.map(String.init) ?? name }

    private mutating func start(
        _ words: [String?], _ simple: ShellSimple, _ variables: ShellVariables, isReplacement: Bool
    ) {
        if let name = words.first ?? nil, !Self.isNoted(name) { return }
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
        let line = source.place(at: script.text.fileRange(simple.range).lowerBound).line
        add(
            ShellProcess(
                words: words, directory: state.directory, environment: exported, isReplacement: isReplacement,
                isConditional: isUncertain, source: FileLocation(file: source.name, line: line)))
    }

    private mutating func builtin(_ name: String, _ words: [String?], _ simple: ShellSimple) -> Status? {
        let arguments = Array(words.dropFirst())
        switch name {
        case ":", "true": return Status(value: true)
        case "false": return Status(value: false)
        case "[", "test":
            return Status(value: test(name == "[" ? Array(arguments.dropLast()) : arguments))
        case "cd", "pushd": changeDirectory(arguments)
        case "popd":
            state.directory = nil
            state.variables.values["PWD"] = .scalar(.dynamic)
        case "export", "declare", "typeset", "readonly", "local": declare(name, fields(simple.words).dropFirst())
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
            }
        case ".", "source": return Status(value: read(arguments, simple))
        case "eval":
            let known = arguments.compactMap { $0 }
            guard known.count == arguments.count else {
                gap(written(simple), "what this evaluates is not known", at: simple.range)
                return Status(value: nil)
            }
            run(Array(known.joined(separator: " ").utf8), name: source.name)
        case "exec":
            let rest = withoutOptions(name, arguments, simple)
            if rest.isEmpty { return Status(value: true) }
            start(rest, simple, variables(of: simple), isReplacement: true)
            end()
            return Status(value: nil)
        case "command", "builtin":
            if let option = arguments.first ?? nil, option.hasPrefix("-"), option.contains("v") || option.contains("V")
            {
                return Status(value: arguments.dropFirst().first.flatMap { $0.map { isProgram($0) } })
            }
            let rest = withoutOptions(name, arguments, simple)
            if let inner = rest.first ?? nil, let status = builtin(inner, rest, simple) { return status }
            if rest.first == .some(nil) {
                gap(written(simple), "which program this starts is not known", at: simple.range)
            } else if !rest.isEmpty {
                start(rest, simple, variables(of: simple), isReplacement: false)
            }
            return Status(value: nil)
        case "type", "hash", "which":
            if name == "hash" { changesMeaning(name, arguments, simple) }
            // `hash -r` forgets what it has found.
            guard let last = arguments.last ?? nil, !last.hasPrefix("-") else { return Status(value: true) }
            return Status(value: isProgram(last))
        case "exit", "return", "logout":
            if name == "return" { leaving = .returning } else { end() }
            return Status(value: status(arguments.first))
        case "break", "continue":
            let count = arguments.first.map { $0.flatMap { Int($0) } ?? 1 } ?? 1
            leaving = name == "break" ? .breaking(max(count, 1)) : .continuing(max(count, 1))
        case "read", "getopts", "mapfile", "readarray":
            for case let word? in arguments where !word.hasPrefix("-") {
                state.variables.values[word] = .scalar(.dynamic)
            }
            return Status(value: nil)
        case "trap": trap(arguments, simple)
        case "shopt", "alias", "enable": changesMeaning(name, arguments, simple)
        case "umask", "ulimit", "wait", "unalias", "jobs", "kill", "times", "disown", "echo":
            return Status(value: true)
        case "let":
            for name in arguments.flatMap({ ShellArithmetic.assigned(in: $0 ?? "") }) {
                state.variables.values[name] = .scalar(.dynamic)
            }
            return Status(value: nil)
        case "printf":
            if arguments.first == "-v", let variable = arguments.dropFirst().first ?? nil {
                state.variables.values[variable] = .scalar(.dynamic)
            }
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

    private mutating func unset(_ arguments: [String?]) {
        let removesFunctions = arguments.first == "-f"
        for case let word? in arguments where !word.hasPrefix("-") {
            if removesFunctions {
                state.functions[word] = nil
            } else {
                state.variables.values[word] = .scalar(.unset)
                state.exported.remove(word)
            }
        }
    }

    private func variables(of simple: ShellSimple) -> ShellVariables {
        var variables = state.variables
        for assignment in simple.assignments {
            variables.values[assignment.name] = .scalar(value(assignment, variables).map { .known($0) } ?? .dynamic)
        }
        return variables
    }

    private mutating func changeDirectory(_ arguments: [String?]) {
        guard let target = arguments.first(where: { $0 != "--" && $0 != "-P" && $0 != "-L" }) else {
            if case .known(let home) = state.variables["HOME"] { state.directory = home } else { state.directory = nil }
            return
        }
        let old = state.directory
        state.directory = target.flatMap { $0 == "-" ? nil : ContainerPath.join(old, $0) }
        state.variables.values["PWD"] = .scalar(state.directory.map { .known($0) } ?? .dynamic)
        state.variables.values["OLDPWD"] = .scalar(old.map { .known($0) } ?? .dynamic)
    }

    private mutating func declare(_ name: String, _ arguments: ArraySlice<ShellWord>) {
        var exports = name == "export"
        var removes = false
        // Names of other variables, numbers, and texts of which the case is changed.
        var isChanged = false
        var isLocal = !locals.isEmpty && !["export", "readonly"].contains(name)
        for item in arguments {
            guard let word = item.text else {
                let written = item.partialText
                if let equals = written.firstIndex(of: "="), written[..<equals].utf8.allSatisfy(ShellParser.isName) {
                    let variable = String(written[..<equals])
                    state.variables.values[variable] = .scalar(.dynamic)
                    if exports { state.exported.insert(variable) }
                    continue
                }
                // Any variable may be set by a word that is not known.
                for name in state.variables.values.keys { state.variables.values[name] = .scalar(.dynamic) }
                gap(written, "which variable this sets is not known")
                continue
            }
            if word.hasPrefix("-") {
                if name != "export", word.contains("x") { exports = true }
                if word.contains("g") || word.contains("p") { isLocal = false }
                if name == "export", word.contains("n") { removes = true }
                if name != "export" {
                    let attributes = Set(word).intersection("niluc")
                    if !attributes.isEmpty { isChanged = true }
                    if attributes.contains(where: { $0 != "i" }) {
                        gap(
                            "\(name) \(word)",
                            "a variable that refers to another one, or changes its value, is not followed")
                    }
                }
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            var variable = parts[0]
            if isLocal { keepForCaller(variable.hasSuffix("+") ? String(variable.dropLast()) : variable) }
            if isLocal, parts.count == 1, case .known = state.variables[variable] {
                // dash keeps the caller's value, bash does not.
                state.variables.values[variable] = .scalar(.dynamic)
            }
            if parts.count == 2 {
                var value: String? = isChanged ? nil : parts[1]
                if variable.hasSuffix("+") {
                    variable.removeLast()
                    if case .known(let old) = state.variables[variable] { value = value.map { old + $0 } }
                }
                state.variables.values[variable] = .scalar(value.map { .known($0) } ?? .dynamic)
            }
            if removes { state.exported.remove(variable) } else if exports { state.exported.insert(variable) }
        }
    }

    /// Notes what a variable is outside of the function that makes it its own.
    private mutating func keepForCaller(_ name: String) {
        guard let last = locals.indices.last, locals[last][name] == nil else { return }
        locals[last][name] = (state.variables.values[name], state.exported.contains(name))
    }

    private mutating func set(_ arguments: [String?]) {
        var index = 0
        while index < arguments.count {
            guard let word = arguments[index] else { return setArguments(nil) }
            if word == "--" { return replaceArguments(arguments[(index + 1)...]) }
            guard word.hasPrefix("-") || word.hasPrefix("+"), word.count > 1 else {
                return replaceArguments(arguments[index...])
            }
            if word.contains("a") || (word.hasSuffix("o") && arguments[safe: index + 1] == "allexport") {
                state.exportsAll = word.hasPrefix("-")
            }
            if word.contains("e") || (word.hasSuffix("o") && arguments[safe: index + 1] == "errexit") {
                state.endsAtFailure = word.hasPrefix("-")
            }
            if word.hasSuffix("o"), arguments[safe: index + 1] == "pipefail" {
                state.countsEveryFailure = word.hasPrefix("-")
            }
            index += word.hasSuffix("o") ? 2 : 1
        }
    }

    private mutating func replaceArguments(_ words: ArraySlice<String?>) {
        let known = words.compactMap { $0 }
        setArguments(known.count == words.count ? known : nil)
    }

    /// Reads a file into this shell.
    private mutating func read(_ arguments: [String?], _ simple: ShellSimple) -> Bool? {
        guard let name = arguments.first ?? nil else {
            gap(written(simple), "which file this reads is not known", at: simple.range)
            return nil
        }
        var candidates = [ContainerPath.join(state.directory, name)]
        if !name.contains("/"), case .known(let path) = state.variables["PATH"] {
            candidates = path.split(separator: ":").map { ContainerPath.join("/", "\($0)/\(name)") } + candidates
        }
        guard let path = candidates.compactMap({ $0 }).first(where: { host.kind(of: $0)?.isDirectory == false }) else {
            if candidates.contains(nil) { gap(written(simple), "which file this reads is not known", at: simple.range) }
            return false
        }
        guard let bytes = host.contents(of: path) else {
            gap(path, "the script that is read into the shell is not readable here", at: simple.range)
            return nil
        }
        let outer = state.variables
        let words = arguments.dropFirst().compactMap { $0 }
        if !words.isEmpty { setArguments(words) }
        _ = returning {
            $0.run(bytes, name: path)
            return true
        }
        if !words.isEmpty { state.variables.restoreArguments(of: outer) }
        return true
    }

    private func isProgram(_ name: String) -> Bool {
        if name.contains("/") {
            return ContainerPath.join(state.directory, name).flatMap { host.kind(of: $0) }?.isExecutable ?? false
        }
        guard case .known(let path) = state.variables["PATH"] else { return false }
        return path.split(separator: ":").contains { host.kind(of: "\($0)/\(name)")?.isExecutable ?? false }
    }

    /// Reports what redirections write into the image's own directories.
    mutating func look(at redirects: [ShellRedirect], range: Range<Int>? = nil) {
        for redirect in redirects where redirect.symbol.contains(">") && !redirect.symbol.hasSuffix("&") {
            let target = expand([redirect.target], globs: false).first ?? nil
            guard let target, let path = ContainerPath.join(state.directory, target) else {
                gap("", "which file a redirection writes is not known", at: redirect.range)
                continue
            }
            let isTemporary = ShellSimulationNames.temporary.contains { path.hasPrefix($0) }
            if !isTemporary { gap(path, "a script writes this file before the program starts", at: redirect.range) }
        }
    }
}

extension Array {
    fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}

/// Names that the simulation knows.
enum ShellSimulationNames {
    /// Variables that a shell sets to something that only a run tells
    /// (https://pubs.opengroup.org/onlinepubs/9699919799/utilities/V3_chap02.html#tag_18_05_02).
    static let unknown = ["$", "PPID", "RANDOM", "LINENO", "SECONDS"]

    /// Directories that hold no code of the image.
    static let temporary = ["/dev/", "/proc/", "/tmp/", "/run/", "/var/log/", "/var/run/", "/var/tmp/", "/sys/"]

    /// Programs whose status is an answer.
    static let questions: Set<String> = [
        "grep", "egrep", "nc", "ping", "id", "getent", "pidof", "pgrep", "mountpoint", "nvidia-smi", "expr", "which",
    ]

    /// Programs that neither start another one nor change a file that a later one would load.
    static let harmless: Set<String> = [
        "echo", "printf", "sleep", "date", "cat", "ls", "grep", "egrep", "head", "tail", "wc", "sort", "uniq", "tr",
        "cut", "id", "whoami", "hostname", "uname", "printenv", "nproc", "free", "df", "ps", "seq",
        "mkdir", "chmod", "chown", "touch", "basename", "dirname", "readlink", "realpath", "expr", "test", "true",
        "false", "nc", "ping", "stty", "tty", "clear", "pwd", "locale", "getent", "which", "logger",
        "nvidia-smi", "figlet", "du", "stat", "sync", "mountpoint", "pidof", "pgrep", "md5sum", "sha256sum",
    ]
}
