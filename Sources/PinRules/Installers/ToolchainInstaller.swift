import EnvironmentInventory

/// Managers of toolchains and interpreters: `rustup`, `uv python`, `pyenv`, `nvm`, `asdf`, `mise`, `sdk`, and their kin.
enum ToolchainInstaller: InstallerCommandReader {
    /// How a manager writes what it installs.
    fileprivate struct Manager: Sendable {
        /// The words before the operands.
        let subcommands: [[String]]
        /// Whether the first operand names the tool and the second its version.
        var namesTool = false
        /// What a version has to consist of.
        var isExact: @Sendable (String) -> Bool = { ToolchainInstaller.isRelease($0) }
        /// What is installed without an operand; nil for nothing.
        var withoutOperand: String?
    }

    private static let managers: [String: Manager] = [
        "rustup": Manager(
            subcommands: [
                ["toolchain", "install"], ["toolchain", "update"], ["toolchain", "add"], ["install"], ["default"],
                ["update"], ["override", "set"],
            ], isExact: { isRustToolchain($0) }, withoutOperand: "it takes the newest of each channel"),
        "pyenv": Manager(subcommands: [["install"]], withoutOperand: "a file names its version"),
        "nvm": Manager(subcommands: [["install"]], withoutOperand: "a file names its version"),
        "fnm": Manager(subcommands: [["install"]], withoutOperand: "a file names its version"),
        "n": Manager(subcommands: [["install"], []]),
        "nodenv": Manager(subcommands: [["install"]]),
        "rbenv": Manager(subcommands: [["install"]]),
        "goenv": Manager(subcommands: [["install"]]),
        "tfenv": Manager(subcommands: [["install"]]),
        "juliaup": Manager(subcommands: [["add"], ["update"]], withoutOperand: "it takes the newest of each channel"),
        "asdf": Manager(subcommands: [["install"]], namesTool: true, withoutOperand: "a file names its versions"),
        "sdk": Manager(subcommands: [["install"]], namesTool: true),
        "mise": Manager(
            subcommands: [["install"], ["use"]], isExact: { isNamedRelease($0) },
            withoutOperand: "a file names its versions"),
        "volta": Manager(subcommands: [["install"]], isExact: { isNamedRelease($0) }),
        "proto": Manager(subcommands: [["install"]], namesTool: true),
    ]

    static let programs: Set<String> = Set(managers.keys).union(["rustup-init", "uv"])

    private static let grammar = OptionGrammar(valueOptions: [
        "--profile", "--component", "-c", "--target", "-t", "--default-host", "--default-toolchain", "--install-dir",
        "-i", "--mirror", "--python-preference", "--cache-dir", "--directory", "--project", "--config-file", "--color",
        "-k", "--jobs", "-j",
    ])

    static func read(_ command: InstallerCommand) -> InstallRequest? {
        guard let program = command.program, programs.contains(program) else { return nil }
        let arguments = grammar.arguments(command.words.dropFirst())
        let names = arguments.operands.map { $0.text ?? "" }
        if arguments.has("--help", "--version", "--list", "-l") { return program == "uv" ? nil : InstallRequest() }
        switch program {
        case "uv":
            guard names.starts(with: ["python", "install"]) else { return nil }
            let words = arguments.operands.dropFirst(2)
            return request(
                Array(words), "uv python install", command, isExact: isRelease,
                withoutOperand: "a file names its version",
                at: arguments.operands[1])
        case "rustup-init":
            guard let word = command.words.first else { return nil }
            let toolchain = arguments.option("--default-toolchain")
            if toolchain?.value == "none" { return InstallRequest() }
            return request(
                toolchain?.valueWord.map { [CommandWord(text: toolchain?.value, raw: $0.raw, range: $0.range)] } ?? [],
                program, command, isExact: isRustToolchain, withoutOperand: "it takes the newest stable toolchain",
                at: word)
        default: break
        }
        guard let manager = managers[program],
            let path = manager.subcommands.first(where: { names.starts(with: $0) }),
            let last = path.isEmpty ? command.words.first : arguments.operands[path.count - 1]
        else { return InstallRequest() }
        var words = Array(arguments.operands.dropFirst(path.count))
        let by = ([program] + path).joined(separator: " ")
        if manager.namesTool, words.count > 1 {
            words = [CommandWord(text: words[1].text, raw: words[1].raw, range: words[1].range)]
        } else if manager.namesTool, let tool = words.first {
            let isInFile = program == "asdf"
            return InstallRequest(pins: [
                tool.pin(
                    .tool, isInFile ? .unknown : .floating, requestedBy: by, in: command,
                    reason: isInFile ? "a file names its version" : "it has no version")
            ])
        }
        // `mise install node` takes what mise.toml says.
        if program == "mise", path == ["install"], words.contains(where: { $0.text.map { !$0.contains("@") } ?? false })
        {
            return InstallRequest(
                pins: words.map { word in
                    guard let text = word.text, text.contains("@") else {
                        return word.pin(
                            .tool, .unknown, requestedBy: by, in: command, reason: "a file names its version")
                    }
                    return word.pin(
                        .tool, isNamedRelease(text) ? .exact : .floating, requestedBy: by, in: command,
                        reason: isNamedRelease(text) ? nil : "\(text) is the newest that fits")
                })
        }
        if program == "n", path.isEmpty, words.isEmpty { return InstallRequest() }
        return request(
            words, by, command, isExact: manager.isExact, withoutOperand: manager.withoutOperand, at: last)
    }

    private static func request(
        _ words: [CommandWord], _ by: String, _ command: InstallerCommand, isExact: (String) -> Bool,
        withoutOperand: String?, at last: CommandWord
    ) -> InstallRequest {
        guard !words.isEmpty else {
            guard let withoutOperand else { return InstallRequest() }
            let isInFile = withoutOperand.hasPrefix("a file")
            return InstallRequest(pins: [
                last.pin(
                    .tool, isInFile ? .unknown : .floating, requestedBy: by, in: command, subject: by,
                    reason: withoutOperand)
            ])
        }
        return InstallRequest(
            pins: words.map { word in
                guard let text = word.text else { return word.pin(.tool, .unknown, requestedBy: by, in: command) }
                let exact = isExact(text)
                return word.pin(
                    .tool, exact ? .exact : .floating, requestedBy: by, in: command,
                    reason: exact ? nil : "\(text) is the newest that fits")
            })
    }

    /// `3.12.4`, `v20.11.1`, `cpython-3.12.4-linux-x86_64-gnu`, `17.0.2-tem`, `1.10.3+0`, `miniconda3-24.1.2-0`.
    private static func isRelease(_ text: String) -> Bool {
        text.split { $0 == "-" || $0 == "@" || $0 == "~" }.contains { part in
            let version = part.drop { $0 == "v" || $0 == "=" }
            let numbers = version.split(separator: ".", omittingEmptySubsequences: false)
            return numbers.count >= 3 && numbers.prefix(3).allSatisfy { $0.first?.isNumber ?? false }
        }
    }

    /// `node@20.11.1`.
    private static func isNamedRelease(_ text: String) -> Bool {
        guard let at = text.lastIndex(of: "@") else { return false }
        return isRelease(String(text[text.index(after: at)...]))
    }

    /// `1.79.0`, `nightly-2024-05-01`; `stable`, `nightly` and `1.79` move.
    private static func isRustToolchain(_ text: String) -> Bool {
        let parts = text.split(separator: "-")
        guard let first = parts.first else { return false }
        if ["nightly", "beta", "stable"].contains(first) {
            return parts.count >= 4 && parts[1...3].allSatisfy { $0.allSatisfy(\.isNumber) }
        }
        let numbers = first.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 3 && numbers.allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isNumber) }
    }
}
