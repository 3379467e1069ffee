import SourceDocuments

/// A script in a file that a command runs: `./install.sh`, `bash install.sh -y`, `. ./setup.sh`.
package struct ScriptCall: Sendable {
    /// The path as the command says it.
    package let path: String
    /// The word that names it.
    package let word: ShellWord
    /// What it is called with.
    package let arguments: [ShellWord]
    /// Whether the command names a shell, so that a `#!` line says nothing.
    package let namesShell: Bool
    /// Whether the name is looked for in PATH.
    package var isSearched: Bool { !path.contains("/") && !namesShell }

    private static let shells: Set<String> = ["sh", "bash", "dash", "ash", "zsh", "ksh", "mksh"]

    /// What a command runs from a file; nil when it cannot be known, or is no file's name.
    package init?(_ command: ShellCommand) {
        guard let first = command.words.first, let name = command.name else { return nil }
        if Self.shells.contains(name) {
            guard let index = ShellWrapper.scriptFile(of: command.words), let path = command.words[index].text else {
                return nil
            }
            self.init(path: path, word: command.words[index], Array(command.words[(index + 1)...]), namesShell: true)
        } else if name == "." || name == "source" {
            guard command.words.count > 1, let path = command.words[1].text else { return nil }
            self.init(path: path, word: command.words[1], Array(command.words[2...]), namesShell: true)
        } else {
            guard let path = first.text, !path.isEmpty, !path.hasSuffix("/") else { return nil }
            self.init(path: path, word: first, Array(command.words.dropFirst()), namesShell: false)
        }
    }

    private init?(path: String, word: ShellWord, _ arguments: [ShellWord], namesShell: Bool) {
        if path.isEmpty || path.hasPrefix("-") || path.hasPrefix("/dev/") || path.hasPrefix("/proc/") { return nil }
        (self.path, self.word, self.arguments, self.namesShell) = (path, word, arguments, namesShell)
    }
}

extension RunStep {
    /// What a script file does that one of this step's commands runs, read as the shell reads it.
    ///
    /// The result stands at the same instruction; the places of its commands are in the script's file.
    /// - Parameters:
    ///   - content: the script's text, with the way back to its file.
    ///   - file: the file that holds it.
    ///   - command: the command of this step that runs it.
    ///   - isElsewhere: whether that command stands in another file.
    /// - Returns: nil when the file is no shell script: another `#!` line, or bytes that are no text.
    package func step(
        ofScript content: MappedText, in file: SourceText, call: ScriptCall, by command: ShellCommand, isElsewhere: Bool
    ) -> (step: RunStep, problems: [DockerfileProblem])? {
        if content.bytes.prefix(512).contains(0) { return nil }
        if !call.namesShell {
            guard content.bytes.starts(with: "#!".utf8) else { return nil }
            let line = String(decoding: content.bytes.dropFirst(2).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
            guard ModelBuilder.interpreter(named: line) == .shell else { return nil }
        }
        var variables = command.variables
        variables.setArguments(call.arguments, standElsewhere: isElsewhere)
        var evaluator = ShellEvaluator(
            source: file,
            state: ShellEvaluator.State(
                variables: variables, workingDirectory: command.workingDirectory, user: command.user))
        evaluator.run(content)
        let problems = evaluator.problems.map { problem in
            DockerfileProblem(
                kind: .content, file: file.name, reason: "shell: \(problem.reason)", range: file.range(problem.range))
        }
        let step = RunStep(
            instructionIndex: instructionIndex, stageIndex: stageIndex, isTrigger: isTrigger, interpreter: .shell,
            script: content, commands: evaluator.commands, mounts: mounts, workingDirectory: command.workingDirectory,
            user: command.user, variables: command.variables)
        return (step, problems)
    }
}
