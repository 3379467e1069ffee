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

    /// What a command runs from a file; nil when it cannot be known, or is not a file's name.
    package init?(_ command: ShellCommand) {
        guard let first = command.words.first, let name = command.name else { return nil }
        if Self.shells.contains(name), let word = Self.input(of: command) {
            guard let path = word.text else { return nil }
            self.init(path: path, word: word, [], namesShell: true)
        } else if Self.shells.contains(name) {
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

    /// Creates a call of a script without arguments whose path is known otherwise: one value of a loop's variable.
    package init(path: String, word: ShellWord) {
        (self.path, self.word, arguments, namesShell) = (path, word, [], true)
    }

    /// The word that names a script when only the build knows its path, `bash "$f"`, `$DIR/install.sh`; nil otherwise.
    package static func computedPath(of command: ShellCommand) -> ShellWord? {
        guard let first = command.words.first else { return nil }
        if let name = command.name, shells.contains(name) {
            guard let index = ShellWrapper.scriptFile(of: command.words), command.words[index].text == nil else {
                return nil
            }
            return ShellEvaluator.holdsFetcher(command.words[index].raw) ? nil : command.words[index]
        }
        guard first.text == nil else { return nil }
        let isScript = first.partialText.hasSuffix(".sh") || first.alternatives.contains { $0.contains("/") }
        return isScript ? first : nil
    }

    private init?(path: String, word: ShellWord, _ arguments: [ShellWord], namesShell: Bool) {
        if path.isEmpty || path.hasPrefix("-") || path.hasPrefix("/dev/") || path.hasPrefix("/proc/") { return nil }
        (self.path, self.word, self.arguments, self.namesShell) = (path, word, arguments, namesShell)
    }
}

extension ScriptCall {
    /// The word of `bash < FILE`; nil when a shell reads something else.
    private static func input(of command: ShellCommand) -> ShellWord? {
        guard ShellWrapper.readsScriptFromInput(command) else { return nil }
        let redirection = command.redirections.last { $0.symbol.hasPrefix("<") && $0.descriptor ?? "0" == "0" }
        return redirection?.symbol == "<" ? redirection?.target : nil
    }
}

extension RunStep {
    /// Returns what a command line does that a program of this step hands to a shell: the argument of `os.system`, the
    /// recipe of a Makefile.
    ///
    /// - Parameters:
    ///   - text: the command line, with the way back to its file.
    ///   - file: the file that holds it.
    ///   - command: the command of this step that runs the program.
    ///   - directory: where it runs, relative to the directory of `command`.
    ///   - variables: what the program sets before; a value may use the earlier ones.
    package func step(
        ofCommandLine text: MappedText, in file: SourceText, by command: ShellCommand, directory: String = ".",
        setting variables: [(name: String, value: String)] = []
    ) -> RunStep {
        var values = command.variables
        for (name, value) in variables {
            let isPlain = !value.contains("$")
            values.values[name] = .scalar(isPlain ? .known(value) : .dynamic)
        }
        let workingDirectory = ContainerPath.join(command.workingDirectory, directory)
        var evaluator = ShellEvaluator(
            source: file,
            state: ShellEvaluator.State(variables: values, workingDirectory: workingDirectory, user: command.user))
        evaluator.run(text)
        return RunStep(
            instructionIndex: instructionIndex, stageIndex: stageIndex, isTrigger: isTrigger, interpreter: .shell,
            script: text, commands: evaluator.commands, mounts: mounts, workingDirectory: workingDirectory,
            user: command.user, variables: values, gaps: evaluator.gaps)
    }

    /// What a script file does that one of this step's commands runs, read as the shell reads it.
    ///
    /// The result stands at the same instruction; the places of its commands are in the script's file.
    /// - Parameters:
    ///   - content: the script's text, with the way back to its file.
    ///   - file: the file that holds it.
    ///   - command: the command of this step that runs it.
    ///   - isElsewhere: whether that command stands in another file.
    ///   - evaluations: what earlier calls of the same files did.
    /// - Returns: nil when the file is not a shell script: another `#!` line, or bytes that are not text.
    package func step(
        ofScript content: MappedText, in file: SourceText, call: ScriptCall, by command: ShellCommand,
        isElsewhere: Bool,
        evaluations: ScriptEvaluations
    ) -> (step: RunStep, problems: [DockerfileProblem])? {
        if content.bytes.prefix(512).contains(0) { return nil }
        if !call.namesShell {
            // A text that may be executed and names no interpreter is run by the shell that finds it.
            guard content.bytes.starts(with: "#!".utf8) || call.path.hasSuffix(".sh") else { return nil }
        }
        if !call.namesShell, content.bytes.starts(with: "#!".utf8) {
            let line = String(decoding: content.bytes.dropFirst(2).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
            guard ModelBuilder.interpreter(named: line) == .shell else { return nil }
        }
        var variables = command.variables
        variables.setArguments(call.arguments, standElsewhere: isElsewhere)
        // The whole path, so that `cd "$(dirname "$0")"` leads to a directory whatever the path was relative to.
        if let path = ContainerPath.join(command.workingDirectory, call.path) {
            variables.values["0"] = .scalar(.known(path))
            variables.values["BASH_SOURCE"] = .array([path])
        }
        let key = ScriptEvaluations.key(
            content, in: file, variables, workingDirectory: command.workingDirectory, user: command.user)
        let evaluation = evaluations.evaluation(for: key) {
            var evaluator = ShellEvaluator(
                source: file,
                state: ShellEvaluator.State(
                    variables: variables, workingDirectory: command.workingDirectory, user: command.user))
            evaluator.run(content)
            return .init(commands: evaluator.commands, problems: evaluator.problems, gaps: evaluator.gaps)
        }
        let problems = evaluation.problems.map { problem in
            DockerfileProblem(
                kind: .content, file: file.name, reason: "shell: \(problem.reason)", range: file.range(problem.range))
        }
        let step = RunStep(
            instructionIndex: instructionIndex, stageIndex: stageIndex, isTrigger: isTrigger, interpreter: .shell,
            script: content, commands: evaluation.commands, mounts: mounts, workingDirectory: command.workingDirectory,
            user: command.user, variables: command.variables, gaps: evaluation.gaps)
        return (step, problems)
    }
}
