/// pip in every spelling: `pip`, `pip3.11`, `/opt/venv/bin/pip`, `python -m pip`, `uv pip`
/// (https://pip.pypa.io/en/stable/cli/pip_install/, https://docs.astral.sh/uv/reference/cli/#uv-pip-install).
///
/// Subcommands: `install`, `download`, `wheel`, and uv's `sync`. Left out here: what a project installs (`pip install .`).
enum PipInstaller: InstallerCommandReader {
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
        let arguments = grammar.arguments(rest).fromSubcommand
        guard let subcommand = arguments.operands.first?.text else { return nil }
        let isUV = name == "uv pip"
        guard subcommands.contains(subcommand) || (isUV && subcommand == "sync") else { return nil }
        var request = InstallRequest()
        let by = "\(name) \(subcommand)"
        // Without an index everything comes from folders that are at hand, and their bytes are what they are.
        let isLocal =
            arguments.has("--no-index")
            && !arguments.all("-f", "--find-links").contains { $0.value?.containsText("://") ?? true }
        for (options, form) in [
            (arguments.all("-r", "--requirement", "--requirements"), InstalledFileForm.requirements),
            (arguments.all("-c", "--constraint", "--constraints"), .constraints),
        ] {
            for option in options {
                request.files.append(.init(path: option.value, word: option.valueWord ?? option.word, form: form))
            }
        }
        let variables = PipVariables(isUV: isUV, command)
        let word = arguments.operands[0]
        request.files += variables.constraints.map { .init(path: $0, word: word, form: .constraints) }
        request.files += variables.requirements.map { .init(path: $0, word: word, form: .requirements) }
        // With hashes it does not matter who serves a file.
        if !arguments.has("--require-hashes"), !variables.requiresHashes {
            request.extraIndexes = arguments.all("--extra-index-url", "--index").compactMap { option in
                option.valueWord.map { CommandWord(text: option.value, raw: $0.raw, range: $0.range) }
            }
            request.extraIndexes += variables.extraIndexes.map {
                CommandWord(text: $0, raw: word.raw, range: word.range)
            }
        }
        let installsDependencies = !arguments.has("--no-deps") && !variables.leavesOutDependencies
        // A project's own file declares ranges; its dependencies are resolved when it is installed.
        let projects = request.files.filter { file in
            ["pyproject.toml", "setup.py", "setup.cfg"].contains { file.path?.hasSuffix($0) ?? false }
        }
        request.files.removeAll { file in projects.contains { $0.path == file.path } }
        let groups = arguments.all("--group").compactMap(\.valueWord)
        for word in projects.map(\.word) + groups {
            request.pins.append(
                word.pin(
                    .pythonProject, .floating, requestedBy: by, in: command,
                    reason: "its dependencies are resolved at build time"))
        }
        for option in arguments.all("-e", "--editable") {
            guard let word = option.valueWord,
                let pin = editable(word, value: option.value, requestedBy: by, in: command)
            else { continue }
            if pin.kind != .pythonProject || installsDependencies { request.pins.append(pin) }
            if installsDependencies, pin.kind == .gitCheckout {
                request.pins += dependencies(of: pin, word: word, requestedBy: by, in: command)
            }
        }
        for word in arguments.operands.dropFirst() {
            if subcommand == "sync" {
                request.files.append(.init(path: word.text, word: word, form: .requirements))
                continue
            }
            guard let pin = PythonArgument.pin(word, requestedBy: by, in: command) else {
                if installsDependencies, !isLocal, !arguments.has("--require-hashes"), isSourceArchive(word) {
                    request.pins += dependencies(of: nil, word: word, requestedBy: by, in: command)
                }
                continue
            }
            if installsDependencies, pin.kind == .gitCheckout {
                request.pins += dependencies(of: pin, word: word, requestedBy: by, in: command)
            }
            if isLocal, pin.kind == .pythonPackage, !pin.subject.containsText("://") { continue }
            // A project without its dependencies resolves nothing.
            if pin.kind != .pythonProject || installsDependencies { request.pins.append(pin) }
        }
        return request
    }

    /// The projects that are built and installed without their dependencies, with what their own files name.
    static func builtProjects(_ command: InstallerCommand) -> [CommandWord] {
        guard let (name, rest) = pipWords(command) else { return [] }
        let arguments = grammar.arguments(rest).fromSubcommand
        guard let subcommand = arguments.operands.first?.text, subcommands.contains(subcommand),
            arguments.has("--no-deps") || PipVariables(isUV: name == "uv pip", command).leavesOutDependencies,
            !arguments.has("--no-build-isolation", "--no-index", "--help", "-h")
        else { return [] }
        return arguments.operands.dropFirst().filter {
            PythonArgument.pin($0, requestedBy: "", in: command)?.kind == .pythonProject
        } + arguments.all("-e", "--editable").compactMap(\.valueWord).filter { !($0.text ?? "").containsText("+") }
    }

    /// What comes along with sources whose own bytes are pinned: nothing holds their dependencies and their build tools.
    private static func dependencies(
        of pin: Pin?, word: CommandWord, requestedBy by: String, in command: InstallerCommand
    )
        -> [Pin]
    {
        guard pin?.strength ?? .hashed == .hashed else { return [] }
        return [
            word.pin(
                .pythonPackage, .exact, requestedBy: by, in: command, subject: pin?.subject,
                reason: "its dependencies are resolved at build time")
        ]
    }

    private static func isSourceArchive(_ word: CommandWord) -> Bool {
        [".tar.gz", ".zip", ".tar.bz2", ".tgz"].contains { word.text?.hasSuffix($0) ?? false }
    }

    /// `-e .`, `-e git+https://...`.
    private static func editable(
        _ word: CommandWord, value: String?, requestedBy by: String, in command: InstallerCommand
    )
        -> Pin?
    {
        guard let value else { return word.pin(.pythonProject, .unknown, requestedBy: by, in: command) }
        if value.hasPrefix("git+") { return GitReference.pin(word, url: value, requestedBy: by, in: command) }
        return word.pin(
            .pythonProject, .floating, requestedBy: by, in: command, subject: value,
            reason: "its dependencies are resolved at build time")
    }

    /// The words behind pip's own name, whichever way it is called.
    static func pipWords(_ command: InstallerCommand) -> (String, ArraySlice<CommandWord>)? {
        guard let program = command.program else { return nil }
        let rest = command.words.dropFirst()
        if isPip(program) { return (program, rest) }
        if case .module(let module, let rest)? = PythonCommand.run(command) {
            if module == "pip" { return ("pip", rest) }
            if module == "uv" { return uvPip(rest) }
            return nil
        }
        return program == "uv" ? uvPip(rest) : nil
    }

    /// The words behind `uv [OPTIONS] pip`.
    private static func uvPip(_ rest: ArraySlice<CommandWord>) -> (String, ArraySlice<CommandWord>)? {
        var words = rest
        while let text = words.first?.text, text.hasPrefix("-") {
            let takesValue = [
                "--cache-dir", "--color", "--directory", "--project", "--config-file", "--allow-insecure-host",
            ].contains(text)
            words = words.dropFirst(takesValue ? 2 : 1)
        }
        guard words.first?.text == "pip" else { return nil }
        return ("uv pip", words.dropFirst())
    }

    private static func isPip(_ program: String) -> Bool {
        guard program.hasPrefix("pip") else { return false }
        return program.dropFirst(3).utf8.allSatisfy {
            $0.isASCIIDigit || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-")
        }
    }
}
