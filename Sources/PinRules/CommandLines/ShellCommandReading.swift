import DockerfileSyntax
import SourceDocuments

extension InstallerCommand {
    /// What an installer's reader sees of a command.
    init(_ command: ShellCommand, in text: SourceText) {
        self.init(command, words: command.words.map { CommandWord($0, in: text) }, in: text)
    }

    private init(_ command: ShellCommand, words: [CommandWord], in text: SourceText) {
        let variables = command.variables
        self.init(
            words: words, file: text.name, program: Self.program(of: command),
            variable: { name in
                if case .known(let value) = variables[name] { return value }
                return nil
            })
    }

    /// Programs that hand their whole command line to another one: those of RAPIDS' gha-tools, which try again.
    private static let aliases = [
        "rapids-conda-retry": "conda", "rapids-mamba-retry": "mamba", "rapids-pip-retry": "pip",
    ]

    /// The name of the program without its folder; nil when it cannot be known.
    ///
    /// A variable that is named after the program, `$PIP install x`, stands for it; so does any before `-m MODULE`.
    static func program(of command: ShellCommand) -> String? {
        if let name = command.name { return aliases[name] ?? name }
        guard let first = command.words.first, first.text == nil else { return nil }
        let variable = first.raw.filter { !"${}\"".contains($0) }.lowercased()
        if ["pip", "pip3", "pip_cmd"].contains(variable) { return "pip" }
        return command.words.count > 2 && command.words[1].text == "-m" ? "python" : nil
    }

    /// A command, once for each round of a loop over a static list: `for p in git vim; do apt-get install $p; done`.
    static func all(of index: Int, in facts: CommandFacts, _ text: SourceText) -> [InstallerCommand] {
        let command = facts.commands[index]
        if let words = ArgumentsFromInput.words(of: index, in: facts, text) {
            return [InstallerCommand(command, words: words, in: text)]
        }
        let counts = command.words.lazy.map { $0.alternatives.count }.filter { $0 > 0 }
        guard let count = counts.first, counts.allSatisfy({ $0 == count }) else {
            return [InstallerCommand(command, in: text)]
        }
        return (0..<count).map { round in
            let words = command.words.map { word in
                let plain = CommandWord(word, in: text)
                return word.alternatives.isEmpty
                    ? plain : CommandWord(text: word.alternatives[round], raw: plain.raw, range: plain.range)
            }
            return InstallerCommand(command, words: words, in: text)
        }
    }
}

extension CommandWord {
    /// A word of a command with its place in a file.
    init(_ word: ShellWord, in text: SourceText) {
        self.init(text: word.text, raw: word.raw, range: text.range(word.range))
    }
}
