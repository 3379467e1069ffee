import DockerfileSyntax
import EnvironmentInventory
import SourceDocuments

/// Scripts of the build context that commands run: `COPY install.sh /` and `RUN /install.sh`.
///
/// Their commands are read as the step's own; a finding lies in the script, and names the line that runs it. A program of
/// the base image, or one that an earlier command builds, was not given and nothing is said of it.
extension CommandReader {
    private static let searchPath = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]

    /// Reads the script that a command runs; whether it could be found.
    mutating func follow(script command: ShellCommand, _ step: RunStep, _ source: CommandSource) -> Bool {
        guard let call = ScriptCall(command) else {
            if let word = ScriptCall.computedPath(of: command) {
                followComputed(word, command: command, step: step, source: source)
            } else if let word = Self.descriptor(of: command) {
                addUnread(
                    word.raw, requestedBy: "the script", "what a descriptor gives is not read", in: source,
                    at: source.text.range(word.range))
            }
            return false
        }
        // The wrappers of build tools are known by their names, and their scripts say nothing of what they fetch.
        if ["gradlew", "mvnw"].contains(PosixPath.lastComponent(call.path)) {
            if call.namesShell {
                addUnread(
                    call.path, requestedBy: "the script", "what the project's own files name is not read", in: source,
                    at: source.text.range(call.word.range))
            }
            return false
        }
        guard isCopied(call) else { return false }
        guard source.depth < Self.maximumDepth, readCalls.count < Self.maximumCalls else {
            if call.namesShell {
                addUnread(
                    call.path, requestedBy: "the script", "scripts call each other too often", in: source,
                    at: source.text.range(call.word.range))
            }
            return false
        }
        guard let found = find(call, command, step) else {
            reportUnfound(call, command: command, step: step, source: source)
            return false
        }
        switch found.file {
        case .missing:
            // Programs and scripts of other languages are not followed, so nothing is missed in them.
            let isShell = [".sh", ".bash"].contains { call.path.hasSuffix($0) }
            guard isShell || call.namesShell && isNamed(call.path), !isFetched(call, step) else {
                return false
            }
            reading.missing.insert(call.path)
            addUnfollowed(
                CommandWord(call.word, in: source.text), "it is not in the build context", nil, in: source)
        case .unreadable(let reason):
            if call.namesShell { addUnfollowed(CommandWord(call.word, in: source.text), reason, nil, in: source) }
        case .text(let file):
            read(call, found: found, file: file, command: command, step: step, source: source)
            return true
        }
        return false
    }

    /// The descriptor that a shell reads its script from, `bash 3<<EOF /dev/fd/3`; nil when it reads none.
    private static func descriptor(of command: ShellCommand) -> ShellWord? {
        guard ["sh", "bash", "dash", "ash", "zsh", "ksh", ".", "source"].contains(command.name ?? "") else {
            return nil
        }
        return command.words.dropFirst().first { $0.text.map { !$0.hasPrefix("-") } ?? true }.flatMap { word in
            ["/dev/fd/", "/proc/self/fd/"].contains { word.text?.hasPrefix($0) ?? false } ? word : nil
        }
    }

    private mutating func read(
        _ call: ScriptCall, found: ResolvedContextFile, file: SourceText, command: ShellCommand,
        step: RunStep, source: CommandSource
    ) {
        let text = found.path == nil ? site.text : file
        let content = found.content ?? MappedText(file.bytes, 0..<file.bytes.count)
        let key = "\(text.name) \(content.offset(of: 0)) \(call.arguments.map { $0.text ?? $0.raw })"
        guard readCalls.insert(key).inserted else { return }
        let place = FileLocation(
            file: source.text.name, line: source.text.place(at: call.word.range.lowerBound).line)
        let inner = CommandSource(
            text: text, usedBy: source.usedBy ?? place,
            hasSnapshot: source.hasSnapshot || PackageSnapshots.namesSnapshot(content.string), depth: source.depth + 1)
        if !call.namesShell, PythonCommand.isScript(content.bytes) {
            if found.path != nil { add(file: text, kind: "python") }
            return readPython(content, command: command, step: step, source: inner)
        }
        guard
            let (script, problems) = step.step(
                ofScript: content, in: text, call: call, by: command, isElsewhere: text.name != source.text.name,
                evaluations: site.context.scripts)
        else { return }
        if found.path != nil { add(file: text, kind: "shell") }
        for problem in problems { reading.addUnreadable(problem.reason, in: text.name, at: problem.range) }
        read(script, inner)
    }

    /// Records a script that was read.
    mutating func add(file text: SourceText, kind: String) {
        guard reading.pragmas[text.name] == nil else { return }
        reading.pragmas[text.name] = Pragmas(text)
        reading.files.append((CheckResult.File(path: text.name, kind: kind), text))
    }

    /// A shell that runs a file of which no instruction says where it comes from.
    private mutating func reportUnfound(
        _ call: ScriptCall, command: ShellCommand, step: RunStep, source: CommandSource
    ) {
        guard call.namesShell, command.name != ".", command.name != "source", !isFetched(call, step) else { return }
        // What an earlier step unpacked, cloned or wrote is that step's to pin.
        if makesFiles(before: step) { return }
        addUnread(
            call.path, requestedBy: command.name ?? "", "no instruction shows where the script comes from", in: source,
            at: source.text.range(call.word.range))
    }

    /// Whether a step or an earlier one unpacks, clones or writes files, so that one which is not in the context may be there.
    mutating func makesFiles(before step: RunStep) -> Bool {
        site.facts.stage(of: step)?.makesFiles(before: step) ?? false || facts(of: step).makesFiles
    }

    private static let makers: Set<String> = [
        "curl", "wget", "git", "tar", "unzip", "aria2c", "gsutil", "aws", "gdown", "tee",
    ]

    /// Whether a command unpacks, clones or writes files; whatever prints does so with a redirection only.
    static func makesFiles(_ command: ShellCommand) -> Bool {
        makers.contains(command.name ?? "")
            || ["cat", "echo", "printf"].contains(command.name ?? "")
                && command.redirections.contains { $0.symbol.hasPrefix(">") && $0.symbol != ">&" }
    }

    /// A script whose path the build computes, or one of several in a loop: `for f in /s/*.sh; do bash "$f"; done`.
    private mutating func followComputed(
        _ word: ShellWord, command: ShellCommand, step: RunStep, source: CommandSource
    ) {
        // `. $HOME/.cargo/env` sets variables.
        if command.name == "." || command.name == "source" { return }
        for path in word.alternatives {
            guard let found = find(path, command, step), case .text(let file) = found.file else {
                return addComputed(word, source)
            }
            read(
                ScriptCall(path: path, word: word), found: found, file: file, command: command, step: step,
                source: source)
        }
        if word.alternatives.isEmpty { addComputed(word, source) }
    }

    private mutating func addComputed(_ word: ShellWord, _ source: CommandSource) {
        addUnread(
            word.raw, requestedBy: "the script", "its path is known only during the build", in: source,
            at: source.text.range(word.range))
    }

    /// Whether a command of the same step fetches a file of that name: then it is the download that is reported.
    private mutating func isFetched(_ call: ScriptCall, _ step: RunStep) -> Bool {
        let name = PosixPath.lastComponent(call.path)
        return facts(of: step).fetchedNames.contains(name)
            || site.facts.stage(of: step)?.fetches(name, before: step) ?? false
    }

    /// Whether an instruction can have put a file of that name there: most commands are programs of the image.
    private func isCopied(_ call: ScriptCall) -> Bool {
        call.namesShell || call.path.utf8.contains(UInt8(ascii: "/")) || isNamed(call.path)
    }

    private func isNamed(_ path: String) -> Bool {
        site.copiedNames?.contains(PosixPath.lastComponent(path)) ?? false
    }

    private func find(_ call: ScriptCall, _ command: ShellCommand, _ step: RunStep) -> ResolvedContextFile? {
        guard call.isSearched else { return find(call.path, command, step) }
        var directories = Self.searchPath
        if case .known(let path) = command.variables["PATH"] {
            directories = path.split(separator: ":").map(String.init)
        }
        // A directory that was copied may hold the program or not: one that surely does counts more.
        var first: ResolvedContextFile?
        for directory in directories where directory.hasPrefix("/") {
            guard let found = find(directory + "/" + call.path, command, step) else { continue }
            if case .text = found.file { return found }
            first = first ?? found
        }
        return first
    }
}
