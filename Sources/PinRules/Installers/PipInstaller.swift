/// pip in every spelling: `pip`, `pip3.11`, `/opt/venv/bin/pip`, `python -m pip`, `uv pip`
/// (https://pip.pypa.io/en/stable/cli/pip_install/, https://docs.astral.sh/uv/reference/cli/#uv-pip-install).
///
/// Subcommands: `install`, `download`, `wheel`, and uv's `sync`. Left out here: what a project installs (`pip install .`).
enum PipInstaller: Installer {
    private static let subcommands: Set<String> = ["install", "download", "wheel"]

    /// pip's options that take a value, and uv pip's.
    private static let grammar = OptionGrammar(valueOptions: [
        "-r", "--requirement", "--requirements", "-c", "--constraint", "--constraints", "-e", "--editable", "-t",
        "--target",
        "-d", "--dest", "-w", "--wheel-dir", "-b", "--build", "--src", "--root", "--prefix", "-i", "--index-url",
        "--pypi-url",
        "--extra-index-url", "-f", "--find-links", "--platform", "--python-version", "--implementation", "--abi",
        "--progress-bar", "--root-user-action", "--report", "--no-binary", "--only-binary", "--upgrade-strategy",
        "-C", "--config-settings", "--config-setting", "--global-option", "--install-option", "--build-option",
        "--python",
        "--proxy", "--timeout", "--default-timeout", "--retries", "--exists-action", "--trusted-host", "--cert",
        "--client-cert", "--cache-dir", "--log", "--log-file", "--keyring-provider", "--use-feature",
        "--use-deprecated",
        "--resume-retries", "--group", "--extra", "-p", "--index", "--default-index", "--index-strategy", "--link-mode",
        "--resolution", "--prerelease", "--exclude-newer", "--override", "--overrides", "-b", "--build-constraint",
        "--build-constraints", "--python-platform", "--torch-backend", "--reinstall-package", "--refresh-package", "-P",
        "--upgrade-package", "--no-build-isolation-package", "--no-build-package", "--no-binary-package", "--directory",
        "--project", "--config-file", "--color", "--allow-insecure-host", "--excludes",
    ])

    static func read(_ command: InstallerCommand) -> InstallRequest? {
        guard let (name, rest) = pipWords(command) else { return nil }
        let arguments = grammar.arguments(rest)
        guard let subcommand = arguments.operands.first?.text else { return nil }
        let isUV = name == "uv pip"
        guard subcommands.contains(subcommand) || (isUV && subcommand == "sync") else { return nil }
        var request = InstallRequest()
        let by = "\(name) \(subcommand)"
        for (options, form) in [
            (arguments.all("-r", "--requirement", "--requirements"), InstallRequest.InstalledFrom.Form.requirements),
            (arguments.all("-c", "--constraint", "--constraints"), .constraints),
        ] {
            for option in options {
                request.files.append(.init(path: option.value, word: option.valueWord ?? option.word, form: form))
            }
        }
        // With hashes it does not matter who serves a file.
        if !arguments.has("--require-hashes") {
            request.extraIndexes = arguments.all("--extra-index-url", "--index").compactMap { option in
                option.valueWord.map { CommandWord(text: option.value, raw: $0.raw, range: $0.range) }
            }
        }
        let installsDependencies = !arguments.has("--no-deps")
        for option in arguments.all("-e", "--editable") {
            guard let word = option.valueWord, let pin = editable(word, option.value, by, command) else { continue }
            if pin.kind != .pythonProject || installsDependencies { request.pins.append(pin) }
        }
        for word in arguments.operands.dropFirst() {
            if subcommand == "sync" {
                request.files.append(.init(path: word.text, word: word, form: .requirements))
                continue
            }
            guard let pin = PythonArgument.pin(word, by: by, in: command) else { continue }
            // A project without its dependencies resolves nothing.
            if pin.kind != .pythonProject || installsDependencies { request.pins.append(pin) }
        }
        return request
    }

    /// `-e .`, `-e git+https://...`.
    private static func editable(_ word: CommandWord, _ value: String?, _ by: String, _ command: InstallerCommand)
        -> Pin?
    {
        guard let value else { return word.pin(.pythonProject, .unknown, by: by, in: command) }
        if value.hasPrefix("git+") { return GitReference.pin(word, url: value, by: by, in: command) }
        return word.pin(
            .pythonProject, .floating, by: by, in: command, subject: value,
            reason: "its dependencies are resolved at build time")
    }

    /// The words behind pip's own name, whichever way it is called.
    static func pipWords(_ command: InstallerCommand) -> (String, ArraySlice<CommandWord>)? {
        guard let program = command.program else { return nil }
        let rest = command.words.dropFirst()
        if isPip(program) { return (program, rest) }
        if isPython(program) {
            // `python -m pip`, with the interpreter's own options before it.
            let words = Array(rest)
            guard let module = words.firstIndex(where: { $0.text == "-m" }), module + 1 < words.count,
                words[..<module].allSatisfy({ $0.text?.hasPrefix("-") ?? false }), words[module + 1].text == "pip"
            else { return nil }
            return ("pip", words[(module + 2)...])
        }
        if program == "uv" {
            let words = Array(rest)
            guard let index = words.firstIndex(where: { $0.text == "pip" }),
                words[..<index].allSatisfy({ $0.text?.hasPrefix("-") ?? false })
            else { return nil }
            return ("uv pip", words[(index + 1)...])
        }
        return nil
    }

    private static func isPip(_ program: String) -> Bool {
        guard program.hasPrefix("pip") else { return false }
        return program.dropFirst(3).utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E || $0 == 0x2D }
    }

    static func isPython(_ program: String) -> Bool {
        for prefix in ["python", "pypy"] where program.hasPrefix(prefix) {
            return program.dropFirst(prefix.count).utf8.allSatisfy {
                (0x30...0x39).contains($0) || $0 == 0x2E || $0 == 0x74
            }
        }
        return program == "py"
    }
}
