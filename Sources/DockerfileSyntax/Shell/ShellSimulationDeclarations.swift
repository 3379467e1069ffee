import EnvironmentInventory

/// Builtins that set variables, arguments and options of the shell.
extension ShellSimulation {
    mutating func unset(_ arguments: [String?]) {
        let removesFunctions = arguments.first == "-f"
        for case let word? in arguments where !word.hasPrefix("-") {
            if removesFunctions {
                state.functions[word] = nil
            } else {
                // bash takes a function away where there is no such variable.
                if dialect != .dash { state.functions[word]?.isUncertain = true }
                note(assigning: word)
                state.variables.values[word] = .scalar(.unset)
                state.exported.remove(word)
            }
        }
    }

    mutating func declare(_ name: String, _ simple: ShellSimple) {
        let arguments = fields(simple.words).dropFirst()
        // Tildes are replaced behind `=` by some shells; the text of a declaration is not.
        let hasTilde = simple.words.contains { ShellBraces.mayHaveTilde(script.text.string($0.range)) }
        var exports = name == "export"
        var removes = false
        // Names of other variables, numbers, and texts of which the case is changed.
        var isChanged = hasTilde
        var isReadOnly = name == "readonly"
        var isOfFunctions = false
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
            if word.hasPrefix("+"), name != "export", word.contains("x") { removes = true }
            if word.hasPrefix("+"), word.count > 1 { continue }
            if isOfFunctions, !word.hasPrefix("-") {
                // The function comes to another bash by its environment.
                if exports { state.exported.insert("BASH_FUNC_\(word)%%") }
                state.variables.values["BASH_FUNC_\(word)%%"] = .scalar(.dynamic)
                continue
            }
            if word.hasPrefix("-") {
                if name != "export", word.contains("x") { exports = true }
                if word.contains("g") || word.contains("p") { isLocal = false }
                if name == "export", word.contains("n") {
                    removes = true
                    if !dialect.isBash { gap("export \(word)", "this shell may have no such option") }
                }
                if word.contains("f") { isOfFunctions = true }
                if name != "export", word.contains("r") { isReadOnly = true }
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
            if parts.count == 2 { note(assigning: variable.hasSuffix("+") ? String(variable.dropLast()) : variable) }
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
            if isReadOnly, !isLocal { state.readOnly.insert(variable) }
            if removes { state.exported.remove(variable) } else if exports { state.exported.insert(variable) }
        }
    }

    /// Notes what a variable is outside of the function that makes it its own.
    private mutating func keepForCaller(_ name: String) {
        guard let last = locals.indices.last, locals[last][name] == nil else { return }
        locals[last][name] = (state.variables.values[name], state.exported.contains(name))
    }

    /// Applies `set`, and the options that a shell is called with.
    mutating func set(_ arguments: [String?]) {
        var index = 0
        while index < arguments.count {
            guard let word = arguments[index] else { return setArguments(nil) }
            if word == "--" { return replaceArguments(arguments[(index + 1)...]) }
            guard word.hasPrefix("-") || word.hasPrefix("+"), word.count > 1 else {
                return replaceArguments(arguments[index...])
            }
            note(option: word.hasSuffix("o") ? arguments[safe: index + 1] ?? nil : nil, in: word)
            if word.contains("a") || (word.hasSuffix("o") && arguments[safe: index + 1] == "allexport") {
                state.exportsAll = word.hasPrefix("-")
            }
            if word.contains("e") || (word.hasSuffix("o") && arguments[safe: index + 1] == "errexit") {
                state.endsAtFailure = word.hasPrefix("-")
            }
            if word.hasSuffix("o"), arguments[safe: index + 1] == "pipefail" {
                state.countsEveryFailure = word.hasPrefix("-")
            }
            if word.contains("f") || (word.hasSuffix("o") && arguments[safe: index + 1] == "noglob") {
                state.keepsPatterns = word.hasPrefix("-")
            }
            index += word.hasSuffix("o") ? 2 : 1
        }
    }

    private mutating func replaceArguments(_ words: ArraySlice<String?>) {
        let known = words.compactMap { $0 }
        setArguments(known.count == words.count ? known : nil)
    }

    /// Forgets the variables that a builtin reads into.
    mutating func read(into arguments: [String?], _ simple: ShellSimple) {
        for name in ["REPLY", "MAPFILE", "OPTARG", "OPTIND"] { state.variables.values[name] = .scalar(.dynamic) }
        for word in arguments {
            guard let word else {
                gap(written(simple), "which variable this sets is not known", at: simple.range)
                continue
            }
            if word == "-C" { gap(written(simple), "what this evaluates is not known", at: simple.range) }
            if word.hasPrefix("-") { continue }
            note(assigning: word)
            state.variables.values[word] = .scalar(.dynamic)
        }
    }

    /// Names an assignment that the shell refuses, or that changes how it reads the script.
    mutating func note(assigning name: String) {
        if state.readOnly.contains(name) { gap(name, "this variable cannot be changed") }
        if dialect.meaningfulVariables.contains(name) {
            gap(name, "this variable changes how the shell reads the script")
        }
    }

    /// Names an option of the shell that is not followed: `-k`, `-n`, `-t`, `-P`, and some long ones.
    private mutating func note(option: String?, in word: String) {
        let letters = word.dropFirst().filter { "kntPB".contains($0) }
        let isOn = word.hasPrefix("-")
        let isUnread = letters.contains { isOn == ($0 != "B") }
        let names = ["keyword", "noexec", "onecmd", "physical", "posix"]
        if isUnread || (option.map { names.contains($0) && isOn || $0 == "braceexpand" && !isOn } ?? false) {
            gap("set \(word)", "this option of the shell is not followed")
        }
    }
}

extension Array {
    fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
