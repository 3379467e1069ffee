import EnvironmentInventory

/// Expanding words on a host: what commands print that is known without running them, and file names.
extension ShellSimulation {
    /// The values of the exported variables.
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

    /// Returns the fields of words; nil for one that is not known.
    func expand(_ words: [ShellSyntaxWord], globs: Bool = true) -> [String?] {
        fields(words).flatMap { field -> [String?] in
            guard globs, field.isPattern, !state.keepsPatterns, let text = field.text, Self.isPattern(text) else {
                return [field.text]
            }
            guard let names = paths(text) else { return [nil] }
            return names.isEmpty && !state.dropsUnmatched ? [text] : names
        }
    }

    /// Whether a text can name other files than itself: a bracket that is not closed, `[` of a test, stands for itself.
    private static func isPattern(_ text: String) -> Bool {
        let open = text.firstIndex(of: "[")
        return text.contains { $0 == "*" || $0 == "?" } || open.map { text[$0...].contains("]") } ?? false
    }

    func fields(_ words: [ShellSyntaxWord]) -> [ShellWord] {
        let expander = ShellExpander(script: script, variables: state.variables)
        return words.flatMap { word -> [ShellWord] in
            // `$(...)` alone and without quotes is split into words.
            if word.parts.count == 1, case .command(let inner, _, isQuoted: false, _) = word.parts[0],
                case .known(" \t\n") = state.variables["IFS"]
            {
                guard let text = output(of: inner) else { return expander.expand(word) }
                return text.split { $0 == " " || $0 == "\n" || $0 == "\t" }.map { Self.word(String($0)) }
            }
            if isUnknown(word) { return [Self.word(nil)] }
            return expander.expand(settled(word))
        }
    }

    /// Returns the value of an assignment; nil when it is not known.
    func value(_ assignment: ShellSyntaxAssignment, _ variables: ShellVariables) -> String? {
        guard assignment.array == nil, !assignment.hasIndex else { return nil }
        guard let word = assignment.value else { return assignment.isAppend ? nil : "" }
        // `/a:~/b`; at the front it is replaced below.
        let written = script.text.string(word.range)
        if ShellBraces.mayHaveTilde(written) { return nil }
        let expander = ShellExpander(script: script, variables: variables)
        let settled = settled(word)
        let result = expander.single(settled.parts, settled.range)
        guard result.isKnown else { return nil }
        let text = result.text.string
        guard text.utf8.count < 100_000 else { return nil }
        guard assignment.isAppend else { return text }
        switch variables[assignment.name] {
        case .known(let old): return old.utf8.count + text.utf8.count < 100_000 ? old + text : nil
        case .unset, .undeclared: return text
        case .dynamic: return nil
        }
    }

    /// Puts the output of substituted commands into a word where it is known.
    func settled(_ word: ShellSyntaxWord) -> ShellSyntaxWord {
        var word = word
        for (index, part) in word.parts.enumerated() {
            switch part {
            case .command(let inner, _, let isQuoted, _):
                if let text = output(of: inner) {
                    word.parts[index] = .text(Self.mapped(text), isQuoted: isQuoted)
                }
            case .text(let text, false) where index == 0 && text.bytes.first == UInt8(ascii: "~"):
                // `~` and `~/x`, not `~user`.
                let rest = text.string.dropFirst()
                if rest.hasPrefix("/") || (rest.isEmpty && word.parts.count == 1),
                    case .known(let home) = state.variables["HOME"]
                {
                    word.parts[0] = .text(Self.mapped(home + rest), isQuoted: true)
                } else {
                    word.parts[0] = .arithmetic([], range: word.range)
                }
            case .parameter(let parameter, let isQuoted):
                word.parts[index] = .parameter(settled(parameter), isQuoted: isQuoted)
            default: continue
            }
        }
        return word
    }

    /// Puts the output of commands into the words of an expansion, `${x:-$(dirname "$0")}`.
    private func settled(_ parameter: ShellParameter) -> ShellParameter {
        func settled(_ parts: [ShellWordPart]) -> [ShellWordPart] {
            parts.map { part in
                switch part {
                case .command(let inner, _, let isQuoted, _):
                    output(of: inner).map { .text(Self.mapped($0), isQuoted: isQuoted) } ?? part
                case .parameter(let inner, let isQuoted): .parameter(self.settled(inner), isQuoted: isQuoted)
                default: part
                }
            }
        }
        if parameter.operand.isEmpty, parameter.replacement.isEmpty { return parameter }
        return ShellParameter(
            name: parameter.name, index: parameter.index, modifier: parameter.modifier,
            operand: settled(parameter.operand), replacement: settled(parameter.replacement), range: parameter.range)
    }

    /// Whether the fields of a word are not followed: braces, patterns of bash, parts of outputs that are split.
    private func isUnknown(_ word: ShellSyntaxWord) -> Bool {
        if dialect.mayExpandBraces, ShellBraces.mayExpand(script.text.string(word.range)) { return true }
        return word.parts.enumerated().contains { index, part in
            switch part {
            case .text(let text, isQuoted: false): index > 0 && text.bytes.first == UInt8(ascii: "(")
            case .command(let inner, _, isQuoted: false, _):
                output(of: inner).map { $0.utf8.contains { " \t\n*?[".utf8.contains($0) } } ?? false
            default: false
            }
        }
    }

    static func word(_ text: String?) -> ShellWord {
        let mapped = mapped(text ?? "")
        let isPattern = text?.contains { "*?[".contains($0) } ?? false
        return ShellWord(
            text: text, source: mapped, written: 0..<mapped.count, range: 0..<0, isPattern: isPattern, alternatives: [],
            mapped: mapped, uses: [])
    }

    private static func mapped(_ text: String) -> MappedText {
        let bytes = Array(text.utf8)
        return MappedText(bytes, bytes.indices)
    }

    /// Returns what a substituted command prints; nil when that is not known.
    func output(of script: ShellScript) -> String? {
        guard script.problem == nil, script.body.statements.count == 1,
            let statement = script.body.statements.first, !statement.isBackground,
            statement.elements.dropFirst().allSatisfy({ $0.connector == .and }),
            !statement.elements.contains(where: \.pipeline.isNegated)
        else { return nil }
        // Each level asks those inside of it several times.
        guard substitutionDepth < 5 else { return nil }
        var simulation = self
        simulation.script = script
        simulation.substitutionDepth += 1
        // `$(cd "$(dirname "$0")" && pwd)`
        for element in statement.elements.dropLast() {
            guard case .simple(let simple)? = element.pipeline.commands.first, element.pipeline.commands.count == 1,
                simulation.expand(simple.words).first == "cd", state.functions["cd"] == nil, simple.assignments.isEmpty,
                simulation.run(.simple(simple)) == true
            else { return nil }
        }
        guard let last = statement.elements.last?.pipeline, last.commands.count == 1,
            case .simple(let simple)? = last.commands.first, simple.assignments.isEmpty,
            simple.redirects.allSatisfy({ $0.descriptor == "2" || $0.symbol.hasPrefix("<") })
        else { return nil }
        let words = simulation.expand(simple.words)
        let known = words.compactMap { $0 }
        guard known.count == words.count, let name = known.first, state.functions[name] == nil,
            Self.printers.contains(name) || !standsElsewhere(name)
        else { return nil }
        guard var text = printed(by: name, Array(known.dropFirst()), in: simulation.state.directory) else { return nil }
        while text.hasSuffix("\n") { text.removeLast() }
        return text
    }

    /// Builtins that print what is known.
    private static var printers: Set<String> { ["pwd", "echo", "true", ":"] }

    /// Returns what a command prints that only looks at its words and at the image; nil for any other.
    private func printed(by name: String, _ words: [String], in directory: String?) -> String? {
        let operands = words.filter { !$0.hasPrefix("-") || $0 == "-" }
        let options = words.filter { $0.hasPrefix("-") && $0 != "-" && $0 != "--" }
        switch (name.split(separator: "/").last ?? "", operands.count) {
        case ("true", _), (":", _): return ""
        case ("id", 0) where options == ["-u"]: return host.userID.map(String.init)
        case ("whoami", 0): return host.userID == 0 ? "root" : nil
        case ("pwd", 0):
            return options.contains("-P") ? directory.flatMap { host.realPath(of: $0) } : directory
        case ("dirname", 1) where options.isEmpty: return ShellExpander.directory(of: operands[0])
        case ("basename", 1...2) where options.isEmpty:
            return Self.baseName(of: operands[0], suffix: operands.count == 2 ? operands[1] : "")
        // Without an option `readlink` prints what a link holds, and nothing for a file.
        case ("readlink", 1) where options == ["-f"], ("realpath", 1) where options.isEmpty:
            return ContainerPath.join(directory, operands[0]).flatMap { host.realPath(of: $0) }
        case ("echo", _):
            let texts = words.first == "-n" ? words.dropFirst() : words[...]
            if texts.contains(where: { $0.contains("\\") }) || texts.first?.hasPrefix("-") == true { return nil }
            return texts.joined(separator: " ")
        case ("run-parts", 1...):
            guard let directory = operands.last else { return nil }
            return (host.names(in: directory) ?? []).filter { $0.hasSuffix(".sh") && !$0.hasPrefix(".") }
                .map { "\(directory)/\($0)" }.joined(separator: " ")
        default: return nil
        }
    }

    /// Returns what `basename` prints (https://pubs.opengroup.org/onlinepubs/9699919799/utilities/basename.html).
    private static func baseName(of path: String, suffix: String) -> String {
        guard let name = path.split(separator: "/").last else { return path.isEmpty ? "" : "/" }
        return name.count > suffix.count && name.hasSuffix(suffix) ? String(name.dropLast(suffix.count)) : String(name)
    }

    private static var comparisons: Set<String> { ["=", "==", "!=", "-eq", "-ne", "-gt", "-lt", "-ge", "-le"] }

    /// Returns the paths that a pattern names.
    private func paths(_ pattern: String) -> [String]? {
        guard let whole = ContainerPath.join(state.directory, pattern) else { return nil }
        // What the script, or the container, makes there is not known.
        let parent = whole.prefix { !"*?[".contains($0) }.split(separator: "/", omittingEmptySubsequences: false)
            .dropLast().joined(separator: "/")
        if mayAppear(parent + "/x") { return nil }
        var found = [""]
        for component in whole.split(separator: "/") {
            let part = String(component)
            found = found.flatMap { parent -> [String] in
                guard part.contains(where: { "*?[".contains($0) }) else { return ["\(parent)/\(part)"] }
                return (host.names(in: parent.isEmpty ? "/" : parent) ?? []).filter {
                    Wildcard.matches($0, pattern: part) && (!$0.hasPrefix(".") || part.hasPrefix("."))
                }.map { "\(parent)/\($0)" }
            }
            if found.count > 1000 { return nil }
        }
        // A relative pattern gives relative names.
        let prefix = pattern.hasPrefix("/") ? nil : state.directory
        if let prefix, found.contains(where: { !$0.hasPrefix(prefix == "/" ? "/" : prefix + "/") }) { return nil }
        if let prefix {
            let count = prefix == "/" ? 1 : prefix.count + 1
            let start = pattern.hasPrefix("./") ? "./" : ""
            return found.filter { host.kind(of: $0) != nil }.map { start + $0.dropFirst(count) }
        }
        return found.filter { host.kind(of: $0) != nil }
    }

    /// Evaluates `test`, or `[` without its last word; nil when the result is not known
    /// (https://pubs.opengroup.org/onlinepubs/9699919799/utilities/test.html).
    func test(_ words: [String?]) -> Bool? {
        let isNegated = words.first == "!"
        // A comparison of `!` itself, and a negation of the first part of several.
        let isComparison = words.count == 3 && (words[1].map { Self.comparisons.contains($0) } ?? true)
        if isNegated, (2...4).contains(words.count), !isComparison {
            return test(Array(words.dropFirst())).map { !$0 }
        }
        switch words.count {
        case 0: return false
        case 1: return words[0].map { !$0.isEmpty }
        case 2:
            guard let operation = words[0], let value = words[1] else { return nil }
            switch operation {
            case "-n": return !value.isEmpty
            case "-z": return value.isEmpty
            case "-e", "-f", "-d", "-r", "-x", "-s":
                guard let path = ContainerPath.join(state.directory, value) else { return nil }
                // What is mounted or made at run time may be there as well.
                if value.isEmpty { return false }
                guard let entry = host.kind(of: path) else { return mayAppear(path) ? nil : false }
                switch operation {
                case "-r" where host.userID != 0 && !entry.isReadable: return nil
                case "-x" where host.userID != 0 && !entry.isSearchable: return nil
                case "-f": return !entry.isDirectory
                case "-d": return entry.isDirectory
                case "-x": return entry.isDirectory || entry.isExecutable
                case "-s": return entry.size > 0 || entry.isDirectory
                default: return true
                }
            default: return nil
            }
        case 3:
            guard let left = words[0], let operation = words[1], let right = words[2] else { return nil }
            switch operation {
            case "=", "==": return left == right
            case "!=": return left != right
            case "-eq", "-ne", "-gt", "-lt", "-ge", "-le":
                guard let left = Int(left), let right = Int(right) else { return nil }
                return switch operation {
                case "-eq": left == right
                case "-ne": left != right
                case "-gt": left > right
                case "-lt": left < right
                case "-ge": left >= right
                default: left <= right
                }
            default: return nil
            }
        default:
            for (word, isAnd) in [("-o", false), ("-a", true)] {
                guard let split = words.firstIndex(of: word) else { continue }
                let left = test(Array(words[..<split]))
                let right = test(Array(words[(split + 1)...]))
                // One part may decide where the other is not known.
                if left == !isAnd || right == !isAnd { return !isAnd }
                return left == nil || right == nil ? nil : isAnd
            }
            return nil
        }
    }
}
