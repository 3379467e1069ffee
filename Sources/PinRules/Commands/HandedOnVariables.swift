import DockerfileSyntax
import SourceDocuments

/// Variables that a step of a job hands on to later ones, `echo "NAME=value" >> $GITHUB_ENV`
/// (https://docs.github.com/actions/reference/workflow-commands-for-github-actions#setting-an-environment-variable).
extension CommandReader {
    /// As many variables as are kept.
    private static let maximumHandedOn = 1_024

    /// Remembers what a command writes into the environment of later steps.
    mutating func noteHandedOn(by command: ShellCommand) {
        guard ["echo", "printf"].contains(command.name ?? ""), handedOn.count < Self.maximumHandedOn,
            command.redirections.contains(where: {
                $0.symbol.hasPrefix(">") && $0.target?.raw.containsText("GITHUB_ENV") ?? false
            })
        else { return }
        let words = command.words.dropFirst().drop { $0.text?.hasPrefix("-") ?? false }
        guard let first = words.first else { return }
        let text = first.partialText
        guard let equals = text.firstIndex(of: "=") else { return }
        let isKnown = words.allSatisfy { $0.text != nil } && !command.isConditional
        let value = ([text[text.index(after: equals)...]] + words.dropFirst().map { $0.partialText[...] })
            .joined(separator: " ")
        handedOn[String(text[..<equals])] = .some(isKnown ? value : nil)
    }

    /// Whether the program of a command is a variable of an earlier step which installs, or may do so.
    func isHandedOn(_ command: ShellCommand) -> Bool {
        guard !handedOn.isEmpty, let word = command.words.first, word.text == nil else { return false }
        let name = word.raw.filter { !"\"${}".contains($0) }
        guard let value = handedOn[name] else { return false }
        guard let value else { return command.words.count > 1 && !name.uppercased().contains("PYTHON") }
        let words = value.split(separator: " ").map { PosixPath.lastComponent(String($0)) }
        guard let program = words.first.map({ $0.split(separator: "\n").first.map(String.init) ?? $0 }) else {
            return false
        }
        if PythonCommand.isPython(program) { return words.contains("-m") }
        return Installers.knows(program) || OtherInstallers.knows(program) || ["curl", "wget"].contains(program)
    }
}
