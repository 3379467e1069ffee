import EnvironmentInventory

/// Programs that fetch models and data sets by name and version: `kaggle`, `ngc`, `wandb`, `mlflow artifacts`, `dvc`, `oras`.
enum RegistryFetcher: InstallerCommandReader {
    static let programs: Set<String> = ["kaggle", "ngc", "wandb", "mlflow", "dvc", "oras", "clearml-data"]

    private static let grammar = OptionGrammar(valueOptions: [
        "-d", "--dataset", "-c", "--competition", "-f", "--file", "-p", "--path", "-o", "--output", "--dest", "--org",
        "--team", "--root", "--type", "-u", "--artifact-uri", "-r", "--run-id", "-a", "--artifact-path", "--dst-path",
        "--tracking-uri", "--rev", "-j", "--jobs", "--remote", "--source", "--format", "-w", "--worktree-path",
        "--id", "--platform", "--registry-config", "-R", "-m", "--model-uri",
    ])

    static func read(_ command: InstallerCommand) -> InstallRequest? {
        guard let program = command.program, programs.contains(program) || PythonCommand.isPython(program) else {
            return nil
        }
        var words = command.words.dropFirst()
        var name = program
        if PythonCommand.isPython(program) {
            guard case .module(let module, let rest)? = PythonCommand.run(command), programs.contains(module) else {
                return nil
            }
            (name, words) = (module, rest)
        }
        let arguments = grammar.arguments(words)
        let operands = arguments.operands
        let names = operands.map { $0.text ?? "" }
        if arguments.has("--help", "--version") { return InstallRequest() }
        switch name {
        case "kaggle": return kaggle(arguments, names, command)
        case "ngc":
            guard let index = names.firstIndex(where: { $0.hasPrefix("download") || $0 == "pull" }),
                let word = operands.dropFirst(index + 1).first
            else { return InstallRequest() }
            return versioned(word, after: ":", "ngc " + names[...index].joined(separator: " "), command)
        case "wandb":
            guard names.starts(with: ["artifact", "get"]), let word = operands.dropFirst(2).first else {
                return InstallRequest()
            }
            return versioned(word, after: ":", "wandb artifact get", command)
        case "mlflow": return mlflow(arguments, names, command)
        case "dvc": return dvc(arguments, names, command)
        case "oras":
            guard names.first == "pull", let word = operands.dropFirst().first else { return InstallRequest() }
            if word.text?.contains("@sha256:") ?? false { return InstallRequest() }
            return versioned(word, after: ":", "oras pull", command)
        case "clearml-data":
            guard names.first == "get", let first = operands.first else { return InstallRequest() }
            return pin(
                first, arguments.has("--id") ? .exact : .floating, reason: "it names no data set by its id",
                requestedBy: "clearml-data get",
                in: command)
        default: return InstallRequest()
        }
    }

    private static func pin(
        _ word: CommandWord, _ strength: PinStrength, reason: String?, requestedBy by: String,
        in command: InstallerCommand
    ) -> InstallRequest {
        InstallRequest(pins: [
            word.pin(
                .modelDownload, strength, requestedBy: by, in: command, reason: strength == .exact ? nil : reason)
        ])
    }

    /// `name:version`, where a word such as `latest` moves.
    private static func versioned(
        _ word: CommandWord, after separator: Character, _ by: String, _ command: InstallerCommand
    ) -> InstallRequest {
        guard let text = word.text else { return pin(word, .unknown, reason: nil, requestedBy: by, in: command) }
        let name = text.split(separator: "/").last ?? ""
        guard let index = name.firstIndex(of: separator) else {
            return pin(word, .floating, reason: "it has no version", requestedBy: by, in: command)
        }
        let version = name[name.index(after: index)...]
        let isExact = version.contains(where: \.isNumber)
        return pin(
            word, isExact ? .exact : .floating, reason: "\(version) is whatever was published last", requestedBy: by,
            in: command)
    }

    /// `kaggle datasets download owner/name`, `kaggle models instances versions download owner/name/framework/instance/1`
    /// (https://github.com/Kaggle/kaggle-api).
    private static func kaggle(
        _ arguments: OptionGrammar.Arguments, _ names: [String], _ command: InstallerCommand
    ) -> InstallRequest {
        guard let index = names.firstIndex(where: { $0 == "download" || $0 == "output" || $0 == "pull" }),
            let first = names.first,
            ["datasets", "competitions", "models", "kernels", "d", "c", "m", "k"].contains(first)
        else { return InstallRequest() }
        let word =
            arguments.operands.dropFirst(index + 1).first
            ?? arguments.option("-d", "--dataset", "-c", "--competition")?.valueWord ?? arguments.operands[index]
        let by = "kaggle " + names[...index].joined(separator: " ")
        let isVersion =
            names.contains("versions") && word.text?.split(separator: "/").last?.allSatisfy(\.isNumber) ?? false
        return pin(
            word, isVersion ? .exact : .floating, reason: "it takes the newest version", requestedBy: by, in: command)
    }

    /// `mlflow artifacts download` (https://mlflow.org/docs/latest/api_reference/cli.html#mlflow-artifacts-download).
    private static func mlflow(
        _ arguments: OptionGrammar.Arguments, _ names: [String], _ command: InstallerCommand
    ) -> InstallRequest {
        guard names.starts(with: ["artifacts", "download"]) else { return InstallRequest() }
        let by = "mlflow artifacts download"
        // The artifacts of a run stay under its id.
        if let run = arguments.option("-r", "--run-id")?.valueWord {
            return pin(run, .exact, reason: nil, requestedBy: by, in: command)
        }
        guard let option = arguments.option("-u", "--artifact-uri"), let word = option.valueWord else {
            return InstallRequest()
        }
        guard let uri = option.value else { return pin(word, .unknown, reason: nil, requestedBy: by, in: command) }
        if uri.hasPrefix("runs:/") { return pin(word, .exact, reason: nil, requestedBy: by, in: command) }
        let version = uri.split(separator: "/").last ?? ""
        let isExact = uri.hasPrefix("models:/") && (version.allSatisfy(\.isNumber) || version.hasPrefix("m-"))
        return pin(word, isExact ? .exact : .floating, reason: "it names no version", requestedBy: by, in: command)
    }

    /// `dvc get URL PATH --rev REV`, `dvc import`, and `dvc pull`, whose versions are in `.dvc` files and `dvc.lock`
    /// (https://dvc.org/doc/command-reference/get).
    private static func dvc(
        _ arguments: OptionGrammar.Arguments, _ names: [String], _ command: InstallerCommand
    ) -> InstallRequest {
        guard let verb = names.first, let first = arguments.operands.first else { return InstallRequest() }
        switch verb {
        case "get", "import":
            guard let word = arguments.operands.dropFirst().first else { return InstallRequest() }
            let (strength, reason) = GitReference.strength(arguments.option("--rev")?.value)
            return pin(word, strength, reason: reason, requestedBy: "dvc \(verb)", in: command)
        case "get-url", "import-url":
            guard let word = arguments.operands.dropFirst().first else { return InstallRequest() }
            return InstallRequest(pins: [
                word.pin(
                    .download, .floating, requestedBy: "dvc \(verb)", in: command,
                    reason: "nothing in this instruction checks its bytes")
            ])
        case "pull", "fetch", "update", "repro":
            return InstallRequest(pins: [
                first.pin(
                    .unreadCommand, .unknown, requestedBy: "dvc \(verb)", in: command, subject: "dvc \(verb)",
                    reason: "the versions that it takes are in .dvc files, which are not read")
            ])
        default: return InstallRequest()
        }
    }
}
