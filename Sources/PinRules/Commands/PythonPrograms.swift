import DockerfileSyntax
import EnvironmentInventory
import SourceDocuments

/// Python code that commands run: scripts of the build context, here-documents, and the command lines that code hands to
/// a shell.
extension CommandReader {
    /// Reads what an interpreter of Python runs; whether the command was one of them and nothing else is to be read.
    mutating func readPython(_ command: ShellCommand, _ step: RunStep, _ source: CommandSource) -> Bool {
        guard let program = InstallerCommand.program(of: command), PythonCommand.isPython(program) else { return false }
        switch PythonCommand.run(InstallerCommand(command, in: source.text)) {
        case .file(let word, let rest)?:
            // setup.py is an installer's.
            if word.text?.hasSuffix("setup.py") ?? false, !rest.isEmpty { return false }
            if EnvironmentInstaller.isGetPip(word.text) { return false }
            if word.text == "-" { return readPythonInput(command, step, source) }
            followPython(word, command: command, step: step, source: source)
            return true
        case .code(let word)?:
            readCommands(
                of: PythonCode(Array((word.text ?? word.raw).utf8), environment: environment(command)), at: word.range,
                command, step, source)
            return false
        case .module?: return false
        case nil: return readPythonInput(command, step, source)
        }
    }

    /// `python3 - <<'EOF'`, `python <<EOF`, `echo "..." | python`.
    private mutating func readPythonInput(
        _ command: ShellCommand, _ step: RunStep, _ source: CommandSource
    ) -> Bool {
        let input = command.redirections.last {
            $0.symbol.hasPrefix("<") && ($0.descriptor == nil || $0.descriptor == "0")
        }
        if let heredoc = input?.heredoc {
            readPython(heredoc, command: command, step: step, source: source)
            return true
        }
        if input?.symbol == "<", let target = input?.target {
            followPython(CommandWord(target, in: source.text), command: command, step: step, source: source)
            return true
        }
        guard command.pipelinePosition > 0, input == nil else { return false }
        let feeder = facts(of: step).feeder(of: command) { $0.origin != .substitution }
        guard let feeder else { return false }
        let words = feeder.words.dropFirst().drop { ["-n", "-e", "-ne", "-en"].contains($0.text ?? "") }
        if ["echo", "printf"].contains(feeder.name ?? ""), words.count == 1, let code = words.first, code.text != nil {
            readPython(code.mapped, command: command, step: step, source: source)
        } else if !["curl", "wget", "aria2c"].contains(feeder.name ?? "") {
            addUnread(
                command.words.map(\.raw).joined(separator: " "),
                "the program that it reads from its input is produced by the build", in: source,
                at: source.text.range(command.range))
        }
        return true
    }

    /// Reads a script of the build context.
    private mutating func followPython(
        _ word: CommandWord, command: ShellCommand, step: RunStep, source: CommandSource
    ) {
        guard source.depth < Self.maximumDepth, readCalls.count < Self.maximumCalls else { return }
        guard let path = word.text else {
            return addUnread(
                word.raw, requestedBy: "the script", "its path is known only during the build", in: source,
                at: word.range)
        }
        guard let found = find(path, command, step), case .text(let file) = found.file else {
            // A script of the image or of an unpacked archive; what the context should hold is missing.
            if let found = find(path, command, step), case .missing = found.file,
                site.copiedNames?.contains(String(path.split(separator: "/").last ?? "")) ?? true
                    || !path.hasPrefix("/") && !makesFiles(before: step)
            {
                reading.missing.insert(path)
                addUnread(
                    path, requestedBy: "the script", "it is not in the build context", in: source, at: word.range)
            }
            return
        }
        let text = found.path == nil ? site.text : file
        let content = found.content ?? MappedText(file.bytes, 0..<file.bytes.count)
        guard readCalls.insert("\(text.name) \(content.offset(of: 0)) python").inserted else { return }
        if found.path != nil { add(file: text, kind: "python") }
        let place = FileLocation(file: source.text.name, line: word.range.start.line)
        readPython(
            content, command: command, step: step,
            source: CommandSource(
                text: text, usedBy: source.usedBy ?? place, hasSnapshot: source.hasSnapshot, depth: source.depth + 1))
    }

    /// Reads code that stands in a file.
    mutating func readPython(
        _ content: MappedText, command: ShellCommand, step: RunStep, source: CommandSource
    ) {
        let code = PythonCode(content.bytes, environment: environment(command))
        for fetch in code.fetches {
            reading.pins.append(
                Pin(
                    kind: fetch.kind, subject: fetch.subject, strength: fetch.strength, file: source.text.name,
                    range: source.text.range(content.fileRange(fetch.range)), requestedBy: fetch.function,
                    reason: fetch.reason
                ).used(by: source.usedBy))
        }
        for line in code.commands {
            read(line, at: content.fileRange(line.range), command: command, step: step, source: source)
        }
        for line in code.mentions { addUnread(line, in: source, at: source.text.range(content.fileRange(line.range))) }
        if code.isCut {
            addUnread(
                source.text.name, requestedBy: "the script", "it is longer than what is read", in: source,
                at: source.text.range(content.fileRange(0..<min(1, content.count))))
        }
    }

    private mutating func addUnread(_ mention: PythonCode.Command, in source: CommandSource, at range: SourceRange) {
        let line = mention.text.split(whereSeparator: \.isNewline).first ?? ""
        addUnread(
            line.split(separator: " ").prefix(4).joined(separator: " "), "the code may run it", in: source, at: range)
    }

    private mutating func readCommands(
        of code: PythonCode, at range: SourceRange, _ command: ShellCommand, _ step: RunStep, _ source: CommandSource
    ) {
        let offsets = source.text.offsets(of: range)
        for line in code.commands { read(line, at: offsets, command: command, step: step, source: source) }
        for line in code.mentions { addUnread(line, in: source, at: range) }
    }

    /// Reads a command line that code hands to a shell; all of its positions are those of the argument.
    private mutating func read(
        _ line: PythonCode.Command, at range: Range<Int>, command: ShellCommand, step: RunStep,
        source: CommandSource
    ) {
        guard source.depth < Self.maximumDepth else { return }
        let text = MappedText(line.text, standingFor: range)
        // A value with a dollar sign is not known.
        let inner = step.step(
            ofCommandLine: text, in: source.text, by: command, setting: line.unknown.map { (name: $0, value: "$") })
        read(
            inner,
            CommandSource(
                text: source.text, usedBy: source.usedBy, hasSnapshot: source.hasSnapshot, depth: source.depth + 1))
    }

    private func environment(_ command: ShellCommand) -> (String) -> String? {
        { name in
            if case .known(let value) = command.variables[name] { return value }
            return nil
        }
    }
}
