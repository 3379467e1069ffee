import EnvironmentInventory
import SourceDocuments

/// What brings pip itself: `python -m venv --upgrade-deps`, `virtualenv --download`, `uv venv --seed`, `python get-pip.py`
/// (https://docs.python.org/3/library/venv.html, https://virtualenv.pypa.io/en/latest/cli_interface.html,
/// https://pip.pypa.io/en/stable/installation/#get-pip-py).
enum EnvironmentInstaller: InstallerCommandReader {
    static let programs: Set<String> = ["virtualenv"]

    private static let grammar = OptionGrammar(valueOptions: [
        "-p", "--python", "--pip", "--setuptools", "--wheel", "--prompt", "--extra-search-dir", "--app-data",
        "--without-scm-ignore-files", "--cache-dir", "--index-url", "-i", "--target", "-t", "--prefix", "--root",
        "--trusted-host", "--proxy", "-c", "--constraint", "-r", "--requirement", "-f", "--find-links",
        "--extra-index-url", "--cert", "--timeout",
    ])

    static func read(_ command: InstallerCommand) -> InstallRequest? {
        switch PythonCommand.run(command) {
        case .module("venv", let rest)?:
            return rest.first { $0.text == "--upgrade-deps" }
                .map { newest($0, requestedBy: "venv --upgrade-deps", in: command) }
        case .module("virtualenv", let rest)?: return virtualEnvironment(rest, command)
        case .file(let script, let rest)? where isGetPip(script.text):
            return getPip(script, rest, command)
        default: break
        }
        let words = command.words.dropFirst()
        switch command.program {
        case "virtualenv"?: return virtualEnvironment(words, command)
        case "uv"? where words.first?.text == "venv":
            return words.first { $0.text == "--seed" }.map { newest($0, requestedBy: "uv venv --seed", in: command) }
        default: return nil
        }
    }

    /// Whether a script is the one that installs pip.
    static func isGetPip(_ path: String?) -> Bool { path.map { PosixPath.lastComponent($0) == "get-pip.py" } ?? false }

    private static func newest(
        _ word: CommandWord, requestedBy by: String, in command: InstallerCommand
    ) -> InstallRequest {
        InstallRequest(pins: [
            word.pin(
                .pythonPackage, .floating, requestedBy: by, in: command, subject: "pip",
                reason: "its newest version is installed")
        ])
    }

    private static func virtualEnvironment(
        _ words: ArraySlice<CommandWord>, _ command: InstallerCommand
    ) -> InstallRequest? {
        let arguments = grammar.arguments(words)
        guard let option = arguments.option("--download") else { return nil }
        let version = arguments.option("--pip")?.value ?? ""
        if version.first?.isNumber ?? false {
            return InstallRequest(pins: [
                option.word.pin(
                    .pythonPackage, .exact, requestedBy: "virtualenv --download", in: command,
                    subject: "pip==\(version)")
            ])
        }
        return newest(option.word, requestedBy: "virtualenv --download", in: command)
    }

    /// `get-pip.py [REQUIREMENT]...`: what is named is installed, and pip as well.
    private static func getPip(
        _ script: CommandWord, _ words: ArraySlice<CommandWord>, _ command: InstallerCommand
    ) -> InstallRequest {
        let arguments = grammar.arguments(words)
        if arguments.has("--help", "-h", "--version", "-V") { return InstallRequest() }
        var request = InstallRequest(
            pins: arguments.operands.compactMap { PythonArgument.pin($0, requestedBy: "get-pip.py", in: command) })
        let namesPip = arguments.operands.contains { word in
            word.text.map { text in
                text.hasPrefix("pip") && !(text.dropFirst(3).first.map { $0.isLetter || "-_".contains($0) } ?? false)
            } ?? true
        }
        for (options, form) in [
            (arguments.all("-r", "--requirement"), InstalledFileForm.requirements),
            (arguments.all("-c", "--constraint"), .constraints),
        ] {
            request.files += options.map { .init(path: $0.value, word: $0.valueWord ?? $0.word, form: form) }
        }
        if !namesPip { request.pins += newest(script, requestedBy: "get-pip.py", in: command).pins }
        return request
    }
}
