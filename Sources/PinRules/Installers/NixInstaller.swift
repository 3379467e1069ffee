import EnvironmentInventory

/// Nix: channels, `nix-env`, `nix-shell -p` and flakes
/// (https://nix.dev/manual/nix/latest/command-ref/new-cli/nix3-flake#flake-references).
///
/// A channel and the registry's `nixpkgs` move; an address with a commit does not.
enum NixInstaller: InstallerCommandReader {
    static let programs: Set<String> = ["nix", "nix-env", "nix-shell", "nix-channel", "nix-build"]

    private static let grammar = OptionGrammar(valueOptions: [
        "-I", "-f", "--file", "--option", "--arg", "--argstr", "--profile", "-j", "--max-jobs", "--cores",
        "--extra-experimental-features", "--experimental-features", "--override-input", "--inputs-from", "-o",
        "--out-link", "--run", "--command", "-c", "--system", "--store",
    ])

    static func read(_ command: InstallerCommand) -> InstallRequest? {
        guard let program = command.program, programs.contains(program) else { return nil }
        let arguments = grammar.arguments(command.words.dropFirst())
        let operands = arguments.operands
        // Where the packages come from: `-I nixpkgs=URL`, `-f URL`.
        let sources = arguments.all("-I", "-f", "--file").compactMap(\.value)
        if sources.contains(where: { holdsCommit($0) }) { return InstallRequest() }
        switch program {
        case "nix-channel":
            if arguments.has("--add"), let word = operands.first {
                let isCommit = holdsCommit(word.text ?? "")
                return InstallRequest(pins: [
                    word.pin(
                        .tool, isCommit ? .exact : word.text == nil ? .unknown : .floating,
                        requestedBy: "nix-channel --add", in: command, reason: "a channel moves")
                ])
            }
            guard arguments.has("--update", "-u"), let word = command.words.first else { return InstallRequest() }
            return InstallRequest(pins: [
                word.pin(
                    .tool, .floating, requestedBy: "nix-channel --update", in: command,
                    subject: "nix-channel --update", reason: "it takes the newest of each channel")
            ])
        case "nix-env":
            guard command.words.contains(where: { isInstall($0.text ?? "") }) else { return InstallRequest() }
            return InstallRequest(pins: operands.compactMap { channelPackage($0, "nix-env", command) })
        case "nix-shell":
            guard command.words.contains(where: { ["-p", "--packages"].contains($0.text ?? "") }) else {
                return InstallRequest()
            }
            return InstallRequest(pins: operands.compactMap { channelPackage($0, "nix-shell -p", command) })
        case "nix": return flakes(operands, command)
        default: return InstallRequest()
        }
    }

    private static func isInstall(_ text: String) -> Bool {
        text == "--install" || text == "--upgrade"
            || text.hasPrefix("-") && !text.hasPrefix("--") && text.contains { $0 == "i" || $0 == "u" }
    }

    private static func channelPackage(_ word: CommandWord, _ by: String, _ command: InstallerCommand) -> Pin? {
        if let text = word.text, text.hasPrefix("/") || text.hasPrefix("./") || text.isEmpty { return nil }
        return word.pin(
            .tool, word.text == nil ? .unknown : .floating, requestedBy: by, in: command,
            reason: "it comes from a channel, which moves")
    }

    private static func flakes(_ operands: [CommandWord], _ command: InstallerCommand) -> InstallRequest {
        let names = operands.map { $0.text ?? "" }
        let subcommands: [[String]] = [
            ["profile", "install"], ["profile", "add"], ["run"], ["shell"], ["build"], ["develop"],
        ]
        guard let path = subcommands.first(where: { names.starts(with: $0) }) else { return InstallRequest() }
        let by = "nix " + path.joined(separator: " ")
        let words = operands.dropFirst(path.count)
        if words.isEmpty, let word = operands.first, path != ["profile", "install"], path != ["profile", "add"] {
            return InstallRequest(pins: [local(word, by, command)])
        }
        return InstallRequest(
            pins: words.prefix(path == ["run"] ? 1 : words.count).map { word in
                guard let text = word.text else { return word.pin(.tool, .unknown, requestedBy: by, in: command) }
                if text.hasPrefix(".") || text.hasPrefix("/") || text.hasPrefix("path:") || text.hasPrefix("#") {
                    return local(word, by, command)
                }
                let isExact = holdsCommit(text) || text.range(ofText: "rev=") != nil
                return word.pin(
                    .tool, isExact ? .exact : .floating, requestedBy: by, in: command,
                    reason: isExact ? nil : "it names no commit")
            })
    }

    private static func local(_ word: CommandWord, _ by: String, _ command: InstallerCommand) -> Pin {
        word.pin(.tool, .unknown, requestedBy: by, in: command, reason: "flake.lock is not read")
    }

    private static func holdsCommit(_ text: String) -> Bool {
        text.split { "/=?#.&:".contains($0) }.contains { $0.utf8.count == 40 && GitReference.isCommit($0) }
    }
}
