/// Reads RUN: its mounts, and the script that its shell runs.
extension ModelBuilder {
    mutating func applyRun(_ instruction: Instruction, at index: Int, in stage: Int?, isTrigger: Bool) {
        let role: ImageUse.Role = isTrigger ? .onbuild : .mountFrom
        var mounts: [RunMount] = []
        for flag in instruction.flags where flag.name == "mount" {
            guard let value = flag.mappedValue else { continue }
            mounts.append(mount(value, role, at: index, in: stage))
        }
        let step = step(
            of: instruction, instruction.words, at: index, in: stage, isTrigger: isTrigger, mounts: mounts)
        gaps += step.gaps
        runs.append(step)
    }

    /// Reads CMD and ENTRYPOINT as RUN is read; they run in the container and not in the build.
    mutating func applyStart(_ instruction: Instruction, at index: Int, in stage: Int?, isTrigger: Bool) {
        starts.append(step(of: instruction, instruction.words, at: index, in: stage, isTrigger: isTrigger))
    }

    /// Reads `HEALTHCHECK CMD`, whose command stands behind the word.
    mutating func applyProbe(_ instruction: Instruction, at index: Int, in stage: Int?, isTrigger: Bool) {
        guard instruction.words.first?.text.uppercased() == "CMD" else { return }
        probes.append(
            step(of: instruction, Array(instruction.words.dropFirst()), at: index, in: stage, isTrigger: isTrigger))
    }

    private mutating func step(
        of instruction: Instruction, _ words: [DockerfileWord], at index: Int, in stage: Int?, isTrigger: Bool,
        mounts: [RunMount] = []
    ) -> RunStep {
        let (text, interpreter) = script(of: instruction, words)
        var evaluator = ShellEvaluator(
            source: dockerfile.text,
            state: ShellEvaluator.State(
                variables: state.variables, workingDirectory: state.workingDirectory, user: state.user),
            textMade: textMade)
        defer { textMade = evaluator.textMade }
        if instruction.isJSON {
            let whole = whole
            let words = words.map { word in
                ShellWord(
                    text: word.text, source: whole, written: word.range, range: word.range, isPattern: false,
                    alternatives: [], mapped: word.mapped, uses: [])
            }
            if let first = words.first, let last = words.last {
                evaluator.run(words: words, range: first.range.lowerBound..<last.range.upperBound)
            }
        } else if interpreter == .shell {
            evaluator.run(text)
        } else if let name = interpreter.unreadName {
            evaluator.leaveOut(
                .interpreter, text, 0..<text.count, because: "the commands of \(name) are not read")
        }
        for problem in evaluator.problems { report("shell: \(problem.reason)", problem.range) }
        var result = RunStep(
            instructionIndex: index, stageIndex: stage, isTrigger: isTrigger, interpreter: interpreter,
            script: text, commands: evaluator.commands, mounts: mounts, workingDirectory: state.workingDirectory,
            user: state.user, variables: state.variables, gaps: evaluator.gaps)
        result.stopsAtFailure = !instruction.isJSON && Self.stopsAtFailure(state.shell ?? [])
        return result
    }

    /// Whether the options of a shell end it at the first failure: `["/bin/bash", "-eo", "pipefail", "-c"]`.
    private static func stopsAtFailure(_ shell: [String]) -> Bool {
        shell.dropFirst().contains { word in
            word == "errexit" || word.hasPrefix("-") && !word.hasPrefix("--") && word.contains("e")
        }
    }

    /// Returns the script of an instruction, and the interpreter that runs it.
    ///
    /// A heredoc without a command is the script itself, and a `#!` line in it chooses the interpreter. Any other heredoc is
    /// appended to the line again, and the shell reads it.
    private func script(
        of instruction: Instruction, _ words: [DockerfileWord]
    ) -> (MappedText, ShellInterpreter) {
        if instruction.isJSON { return (MappedText(), .none) }
        guard let word = words.first else { return (MappedText(), defaultInterpreter) }
        guard let first = instruction.heredocs.first else { return (word.mapped, defaultInterpreter) }
        let bytes = dockerfile.text.bytes
        let isAlone = (try? HeredocMarker(word: word.mapped.bytes)).flatMap { $0 } != nil
        if isAlone {
            var content = MappedText(bytes, first.contentRange)
            if first.chomp { content = content.withoutLeadingTabs() }
            if !state.isWindows, content.bytes.starts(with: "#!".utf8) {
                let line = String(
                    decoding: content.bytes.dropFirst(2).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
                return (content, Self.interpreter(named: line))
            }
            return (content, defaultInterpreter)
        }
        var text = word.mapped
        for heredoc in instruction.heredocs {
            text.append([UInt8(ascii: "\n")], at: heredoc.contentRange.lowerBound - 1)
            text.append(bytes[heredoc.contentRange], at: heredoc.contentRange.lowerBound)
            let end = heredoc.terminatorRange ?? heredoc.contentRange.upperBound..<heredoc.contentRange.upperBound
            text.append(heredoc.name, standingFor: end)
        }
        return (text, defaultInterpreter)
    }

    private var defaultInterpreter: ShellInterpreter {
        guard let shell = state.shell else { return state.isWindows ? .commandPrompt : .shell }
        for word in shell {
            let interpreter = Self.interpreter(named: word)
            if case .other = interpreter { continue }
            return interpreter
        }
        return .other(shell.joined(separator: " "))
    }

    /// The interpreter of a command line: `/bin/bash -e`, `/usr/bin/env python3`, `powershell`.
    static func interpreter(named line: String) -> ShellInterpreter {
        var words = line.split { $0 == " " || $0 == "\t" || $0 == "\r" || $0 == "\r\n" }
        func base(_ word: Substring) -> String {
            let name = word.split { $0 == "/" || $0 == "\\" }.last.map { $0.lowercased() } ?? ""
            return name.hasSuffix(".exe") ? String(name.dropLast(4)) : name
        }
        // `arch -arch arm64 bash -e {0}`
        if let first = words.first, base(first) == "arch", let shell = words.firstIndex(where: { base($0) == "bash" }) {
            words = Array(words[shell...])
        }
        if let first = words.first, base(first) == "env" {
            words.removeFirst()
            while let option = words.first, option.hasPrefix("-") || option.contains("=") { words.removeFirst() }
        }
        guard let first = words.first else { return .other(line) }
        switch base(first) {
        case "sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "busybox": return .shell
        case "powershell", "pwsh": return .powerShell
        case "cmd": return .commandPrompt
        default: return .other(line)
        }
    }

    /// `type=bind,from=x,source=a,target=b`: fields of CSV (RFC 4180).
    private mutating func mount(
        _ value: MappedText, _ role: ImageUse.Role, at index: Int, in stage: Int?
    ) -> RunMount {
        var type = "bind"
        var origin = FileOrigin.context
        var source: String? = ""
        var target: String?
        for field in Self.fields(value) {
            guard let equals = field.bytes.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let text = field.slice((equals + 1)..<field.count)
            switch Rune.lowercased(field.bytes[..<equals]) {
            case "type": type = known(text)?.lowercased() ?? "unknown"
            case "from": origin = self.origin(text, role, at: index, in: stage, acceptsNumber: false)
            case "source", "src": source = known(text)
            case "target", "dst", "destination":
                target = known(text).flatMap { ContainerPath.join(state.workingDirectory, $0) }
            default: break
            }
        }
        return RunMount(type: type, origin: origin, source: source, target: target)
    }

    private static func fields(_ value: MappedText) -> [MappedText] {
        var fields: [MappedText] = []
        var current = MappedText()
        var isQuoted = false
        let bytes = value.bytes
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") {
                if isQuoted, index + 1 < bytes.count, bytes[index + 1] == byte {
                    current.append(value, index..<(index + 1))
                    index += 1
                } else {
                    isQuoted.toggle()
                }
            } else if byte == UInt8(ascii: ","), !isQuoted {
                fields.append(current)
                current = MappedText()
            } else {
                current.append(value, index..<(index + 1))
            }
            index += 1
        }
        fields.append(current)
        return fields
    }
}
