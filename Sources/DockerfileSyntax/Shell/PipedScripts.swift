/// Scripts that a pipeline feeds to a shell, `echo "pip install x" | bash`, and those that only the build knows.
extension ShellEvaluator {
    /// The script that the command before a shell writes; nil when it is not written in the script.
    func pipedScript(of command: ShellCommand) -> ShellWrapper.Inner? {
        guard command.pipelinePosition > 0, ShellWrapper.readsScriptFromInput(command),
            let feeder = feeder(of: command), feeder.redirections.isEmpty
        else { return nil }
        var words = feeder.words.dropFirst()
        switch feeder.name {
        case "echo":
            words = words.drop { ["-n", "-e", "-ne", "-en"].contains($0.text ?? "") }
        case "printf":
            guard words.count == 1 || words.first?.text.map({ ["%s", "%s\\n"].contains($0) }) == true else {
                return nil
            }
            if words.count > 1 { words = words.dropFirst() }
            if words.contains(where: { $0.text?.contains("%") ?? true }) { return nil }
        default: return nil
        }
        guard words.allSatisfy({ $0.text != nil }) else { return nil }
        var script = MappedText()
        for (number, word) in words.enumerated() {
            if number > 0 { script.append([UInt8(ascii: " ")], standingFor: word.range) }
            script.append(word.mapped)
        }
        return .script(script, .heredoc, user: nil, sharesState: false)
    }

    private func feeder(of command: ShellCommand) -> ShellCommand? {
        // Those of earlier pipelines have smaller numbers.
        commands.reversed().lazy.prefix { $0.pipeline >= command.pipeline }.first {
            $0.pipeline == command.pipeline && $0.pipelinePosition + 1 == command.pipelinePosition
                && $0.origin != .substitution
        }
    }

    /// Programs whose output a shell runs and that are reported as what they fetch.
    private static let fetchers: Set<String> = ["curl", "wget", "aria2c", "gsutil", "aws", "gcloud"]

    /// Records a command that runs a script which only the build knows.
    mutating func reportComputedScript(_ command: ShellCommand) {
        guard let name = command.name else { return }
        if name == "eval", command.words.count > 1 {
            // `eval "$(conda shell.bash hook)"` sets up the shell and installs nothing.
            let texts = command.words.dropFirst().map(\.raw)
            if texts.contains(where: { Self.isShellHook($0) || Self.holdsFetcher($0) }) { return }
            leaveOut(
                .computedScript, subject: sourceText(command), at: command.range, "its text is produced by the build")
            return
        }
        guard command.pipelinePosition > 0, ShellWrapper.readsScriptFromInput(command) else { return }
        let feeders = commands.reversed().prefix { $0.pipeline >= command.pipeline }.filter {
            $0.pipeline == command.pipeline && $0.pipelinePosition < command.pipelinePosition
        }
        if feeders.contains(where: { Self.fetchers.contains($0.name ?? "") }) { return }
        leaveOut(
            .computedScript, subject: sourceText(command), at: command.range,
            "the script that it reads from its input is produced by the build")
    }

    /// Whether a word runs a program whose fetch is reported itself: `"$(curl URL)"`.
    static func holdsFetcher(_ text: String) -> Bool {
        ["curl ", "wget ", "aria2c "].contains { text.contains($0) }
    }

    private func sourceText(_ command: ShellCommand) -> String { command.words.map(\.raw).joined(separator: " ") }

    private static func isShellHook(_ text: String) -> Bool {
        ["hook", "shellenv", "ssh-agent", "activate", "init", "dircolors", "env", "complet"].contains {
            text.utf8.count < 200 && text.contains($0)
        }
    }
}
