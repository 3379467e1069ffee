/// Downloads of models: `hf download`, `huggingface-cli download`, `git lfs pull`, `modelscope download`, `ollama pull`,
/// `spacy download`, `python -m nltk.downloader`, and what `python -c` fetches (https://huggingface.co/docs/huggingface_hub/guides/cli#hf-download).
enum ModelInstaller: InstallerCommandReader {
    private static let grammar = OptionGrammar(valueOptions: [
        "--revision", "--repo-type", "--local-dir", "--cache-dir", "--include", "--exclude", "--token", "--max-workers",
        "--local-dir-use-symlinks", "--model", "--dataset", "-m",
    ])

    private static let programs: Set<String> = ["hf", "huggingface-cli", "modelscope", "git", "ollama", "spacy"]

    static func read(_ command: InstallerCommand) -> InstallRequest? {
        guard let program = command.program, programs.contains(program) || PythonCommand.isPython(program) else {
            return nil
        }
        let arguments = grammar.arguments(command.words.dropFirst())
        let operands = arguments.operands
        switch program {
        case "hf", "huggingface-cli":
            guard operands.first?.text == "download", let word = operands.dropFirst().first else { return nil }
            return revision(arguments.option("--revision"), of: word, requestedBy: "\(program) download", in: command)
        case "modelscope":
            guard operands.first?.text == "download" else { return nil }
            guard let word = arguments.option("--model", "--dataset")?.valueWord ?? operands.dropFirst().first else {
                return nil
            }
            return revision(arguments.option("--revision"), of: word, requestedBy: "modelscope download", in: command)
        case "git":
            guard operands.first?.text == "lfs", let word = operands.dropFirst().first,
                ["pull", "fetch"].contains(word.text ?? "")
            else { return nil }
            return InstallRequest(pins: [
                word.pin(
                    .modelDownload, .floating, requestedBy: "git lfs", in: command,
                    subject: "git lfs \(word.text ?? "")",
                    reason: "it takes the files of whatever is checked out")
            ])
        case "ollama":
            guard operands.first?.text == "pull", let word = operands.dropFirst().first else { return nil }
            guard let text = word.text else {
                return InstallRequest(pins: [
                    word.pin(.modelDownload, .unknown, requestedBy: "ollama pull", in: command)
                ])
            }
            let tag = text.split(separator: ":", maxSplits: 1).dropFirst().first
            let isExact = tag.map { $0 != "latest" } ?? false
            return InstallRequest(pins: [
                word.pin(
                    .modelDownload, isExact ? .exact : .floating, requestedBy: "ollama pull", in: command,
                    reason: isExact ? nil : "it has no tag")
            ])
        default: return python(command) ?? spacy(command)
        }
    }

    /// `python -c "...snapshot_download(...)"` and `python -m nltk.downloader punkt`.
    private static func python(_ command: InstallerCommand) -> InstallRequest? {
        switch PythonCommand.run(command) {
        case .code(let word)?:
            let fetches = PythonCode(Array((word.text ?? word.raw).utf8), environment: command.variable).fetches
            guard !fetches.isEmpty else { return nil }
            return InstallRequest(
                pins: fetches.map {
                    word.pin(
                        $0.kind, $0.strength, requestedBy: $0.function, in: command, subject: $0.subject,
                        reason: $0.reason)
                })
        case .module("nltk.downloader", let rest)?:
            let names = OptionGrammar(valueOptions: ["-d", "--dir", "-u", "--url"]).arguments(rest).operands
            return InstallRequest(
                pins: names.map {
                    $0.pin(
                        .modelDownload, .floating, requestedBy: "nltk.downloader", in: command,
                        reason: "it takes what is newest")
                })
        default: return nil
        }
    }

    private static func revision(
        _ option: OptionGrammar.Option?, of word: CommandWord, requestedBy by: String, in command: InstallerCommand
    ) -> InstallRequest {
        guard let option else {
            return InstallRequest(pins: [
                word.pin(.modelDownload, .floating, requestedBy: by, in: command, reason: "it has no --revision")
            ])
        }
        guard let value = option.value else {
            return InstallRequest(pins: [word.pin(.modelDownload, .unknown, requestedBy: by, in: command)])
        }
        let (strength, reason) = GitReference.strength(value)
        return InstallRequest(pins: [word.pin(.modelDownload, strength, requestedBy: by, in: command, reason: reason)])
    }

    /// `python -m spacy download en_core_web_sm`: by name the newest that fits, by `name-1.2.3 --direct` one.
    private static func spacy(_ command: InstallerCommand) -> InstallRequest? {
        let words = command.words
        guard let index = words.firstIndex(where: { $0.text == "download" }), index >= 1, index + 1 < words.count else {
            return nil
        }
        let module = words[index - 1].text ?? ""
        guard module == "spacy" || module.hasSuffix("/spacy") else { return nil }
        guard let word = words[(index + 1)...].first(where: { !($0.text ?? "").hasPrefix("-") }) else { return nil }
        let isDirect = words.contains { $0.text == "--direct" || $0.text == "-d" }
        guard let text = word.text else {
            return InstallRequest(pins: [word.pin(.modelDownload, .unknown, requestedBy: "spacy download", in: command)]
            )
        }
        let version = text.split(separator: "-").dropFirst().last ?? ""
        let isExact = isDirect && NodeVersion.isExact(String(version))
        return InstallRequest(pins: [
            word.pin(
                .modelDownload, isExact ? .exact : .floating, requestedBy: "spacy download", in: command,
                reason: isExact ? nil : "it takes the newest version that fits the library")
        ])
    }
}
