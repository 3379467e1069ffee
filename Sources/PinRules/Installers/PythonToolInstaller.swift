import PythonPackaging

/// `uv add`, `uv tool`, `uvx`, `uv sync`, `uv run`, `pipx`, `poetry`, `pdm`, `pipenv`: tools that install Python packages or
/// projects (https://docs.astral.sh/uv/reference/cli/, https://python-poetry.org/docs/cli/, https://pipx.pypa.io/stable/docs/).
enum PythonToolInstaller: InstallerCommandReader {
    private static let grammar = OptionGrammar(valueOptions: [
        "-p", "--python", "--with", "--with-editable", "--with-requirements", "--from", "--index", "--default-index",
        "-i",
        "--index-url", "--extra-index-url", "-f", "--find-links", "--extra", "--group", "--only-group", "--no-group",
        "--package",
        "--project", "--directory", "--config-file", "--cache-dir", "--color", "--refresh-package", "-P",
        "--upgrade-package",
        "--reinstall-package", "--no-install-package", "--index-strategy", "--keyring-provider", "--resolution",
        "--prerelease",
        "--exclude-newer", "--link-mode", "-C", "--config-setting", "--python-preference", "--env-file", "-c",
        "--constraint",
        "--constraints", "-r", "--requirements", "--branch", "--tag", "--rev", "--optional", "-m", "--module", "-E",
        "--extras",
        "--source", "--platform", "-G", "--without", "--only", "--pip-args", "--suffix", "--spec", "-L", "--lockfile",
        "--venv",
        "--python-platform", "--bounds", "--override", "--overrides",
    ])

    private static let programs: Set<String> = [
        "easy_install", "pip-sync", "mim", "uvx", "uv", "pipx", "poetry", "pdm", "pipenv",
    ]

    static func read(_ command: InstallerCommand) -> InstallRequest? {
        guard let program = command.program else { return nil }
        var words = command.words.dropFirst()
        var name = program
        switch PythonCommand.run(command) {
        case .module(let tool, let rest)
        where ["uv", "pipx", "poetry", "pdm", "pipenv", "easy_install", "mim"].contains(tool):
            (name, words) = (tool, rest)
        case .module("piptools", let rest) where rest.first?.text == "sync":
            (name, words) = ("pip-sync", rest.dropFirst())
        case .file(let script, let rest)
        where script.text.map { $0 == "setup.py" || $0.hasSuffix("/setup.py") } ?? false:
            return setup(rest, command)
        default: break
        }
        if name.hasPrefix("easy_install") { name = "easy_install" }
        guard programs.contains(name) else { return nil }
        let arguments = grammar.arguments(words)
        let operands = arguments.operands
        switch name {
        case "uvx": return tool(operands[...], arguments: arguments, requestedBy: "uvx", in: command, onlyFirst: true)
        case "uv": return uv(arguments, command)
        case "pipx":
            guard let subcommand = operands.first?.text, ["install", "run", "inject", "runpip"].contains(subcommand)
            else { return nil }
            if subcommand == "runpip" { return nil }
            let packages = operands.dropFirst(subcommand == "inject" ? 2 : 1)
            if let spec = arguments.option("--spec")?.valueWord {
                return tool(
                    [spec], arguments: arguments, requestedBy: "pipx \(subcommand)", in: command, onlyFirst: true)
            }
            return tool(
                packages, arguments: arguments, requestedBy: "pipx \(subcommand)", in: command,
                onlyFirst: subcommand == "run")
        case "poetry": return poetry(arguments, command)
        case "pdm": return pdm(arguments, command)
        case "pipenv": return pipenv(arguments, command)
        case "pip-sync":
            let files = operands.map { InstallRequest.InstalledFrom(path: $0.text, word: $0, form: .requirements) }
            let own = command.words.first.map {
                InstallRequest.InstalledFrom(path: "requirements.txt", word: $0, form: .requirements)
            }
            return InstallRequest(files: files.isEmpty ? own.map { [$0] } ?? [] : files)
        case "mim":
            // OpenMMLab's mim hands names on to pip.
            guard operands.first?.text == "install" else { return nil }
            let files = arguments.all("-r", "--requirements", "--requirement").map {
                InstallRequest.InstalledFrom(path: $0.value, word: $0.valueWord ?? $0.word, form: .requirements)
            }
            return InstallRequest(
                pins: operands.dropFirst().compactMap {
                    PythonArgument.pin($0, requestedBy: "mim install", in: command)
                },
                files: files)
        case "easy_install":
            return InstallRequest(
                pins: operands.compactMap { PythonArgument.pin($0, requestedBy: "easy_install", in: command) })
        default: return nil
        }
    }

    /// `python setup.py install`: setuptools fetches what the project depends on.
    private static func setup(_ rest: ArraySlice<CommandWord>, _ command: InstallerCommand) -> InstallRequest? {
        guard let word = rest.first(where: { ["install", "develop"].contains($0.text ?? "") }),
            !rest.contains(where: {
                $0.text == "--no-deps" || $0.text?.hasPrefix("--root") ?? false
                    || $0.text == "--single-version-externally-managed"
            })
        else { return nil }
        return project(
            word, requestedBy: "setup.py \(word.text ?? "")", reason: "its dependencies are resolved at build time",
            in: command)
    }

    private static func tool(
        _ packages: ArraySlice<CommandWord>, arguments: OptionGrammar.Arguments, requestedBy by: String,
        in command: InstallerCommand,
        onlyFirst: Bool
    ) -> InstallRequest {
        let named =
            arguments.option("--from")?.valueWord.map { [$0] } ?? Array(onlyFirst ? packages.prefix(1) : packages)
        let with = arguments.all("--with").compactMap(\.valueWord)
        return InstallRequest(pins: (named + with).compactMap { package($0, by, command) })
    }

    /// A tool's argument: a requirement, or `name@version` as uvx, pdm and poetry write it.
    private static func package(_ word: CommandWord, _ by: String, _ command: InstallerCommand) -> Pin? {
        guard let text = word.text else { return word.pin(.pythonPackage, .unknown, requestedBy: by, in: command) }
        if !text.contains("://"), !text.contains(" "), let at = text.firstIndex(of: "@"), at != text.startIndex {
            let version = String(text[text.index(after: at)...])
            let plain = version.hasPrefix("==") ? String(version.dropFirst(2)) : version
            let isExact = PythonVersion(plain) != nil && !version.hasPrefix("^") && !version.hasPrefix("~")
            return word.pin(
                .pythonPackage, isExact ? .exact : .floating, requestedBy: by, in: command,
                reason: isExact ? nil : "\(version) is not a single version")
        }
        return PythonArgument.pin(word, requestedBy: by, in: command)
    }

    private static func project(
        _ word: CommandWord, requestedBy by: String, reason: String, in command: InstallerCommand
    )
        -> InstallRequest
    {
        InstallRequest(pins: [
            word.pin(.pythonProject, .floating, requestedBy: by, in: command, subject: by, reason: reason)
        ])
    }

    private static func isSet(_ command: InstallerCommand, _ names: String...) -> Bool {
        names.contains { ["1", "true", "yes"].contains(command.variable($0)?.lowercased() ?? "") }
    }

    private static func uv(_ arguments: OptionGrammar.Arguments, _ command: InstallerCommand) -> InstallRequest? {
        guard let first = arguments.operands.first, let subcommand = first.text else { return nil }
        let rest = arguments.operands.dropFirst()
        let isLocked =
            arguments.has("--locked", "--frozen", "--no-sync") || isSet(command, "UV_LOCKED", "UV_FROZEN", "UV_NO_SYNC")
        switch subcommand {
        case "add": return InstallRequest(pins: rest.compactMap { package($0, "uv add", command) })
        case "tool":
            guard let inner = rest.first?.text, ["install", "run", "upgrade"].contains(inner) else { return nil }
            return tool(
                rest.dropFirst(), arguments: arguments, requestedBy: "uv tool \(inner)", in: command,
                onlyFirst: inner != "upgrade")
        case "sync":
            return isLocked
                ? InstallRequest()
                : project(
                    first, requestedBy: "uv sync",
                    reason: "without --locked or --frozen a lock that does not fit is replaced", in: command
                )
        case "run":
            // What it runs is found as a wrapper's command; here only whether it syncs.
            let with = arguments.all("--with").compactMap(\.valueWord).compactMap {
                package($0, "uv run --with", command)
            }
            if isLocked || arguments.has("--no-project") || arguments.has("--script") {
                return InstallRequest(pins: with)
            }
            var request = project(
                first, requestedBy: "uv run",
                reason: "without --locked or --frozen a lock that does not fit is replaced", in: command)
            request.pins += with
            return request
        default: return nil
        }
    }

    private static func poetry(_ arguments: OptionGrammar.Arguments, _ command: InstallerCommand) -> InstallRequest? {
        guard let first = arguments.operands.first, let subcommand = first.text else { return nil }
        let rest = arguments.operands.dropFirst()
        switch subcommand {
        case "add": return InstallRequest(pins: rest.compactMap { package($0, "poetry add", command) })
        case "self":
            guard rest.first?.text == "add" else { return nil }
            return InstallRequest(pins: rest.dropFirst().compactMap { package($0, "poetry self add", command) })
        case "update":
            return project(
                first, requestedBy: "poetry update", reason: "it updates the lock to the newest versions", in: command)
        case "install", "sync":
            // With a poetry.lock beside pyproject.toml this installs exactly what the lock names; the reader of the instruction looks.
            return InstallRequest(pins: [
                first.pin(
                    .pythonProject, .unknown, requestedBy: "poetry \(subcommand)", in: command,
                    subject: "poetry \(subcommand)",
                    reason: "the build context shows no poetry.lock")
            ])
        default: return nil
        }
    }

    private static func pdm(_ arguments: OptionGrammar.Arguments, _ command: InstallerCommand) -> InstallRequest? {
        guard let first = arguments.operands.first, let subcommand = first.text else { return nil }
        switch subcommand {
        case "add":
            return InstallRequest(pins: arguments.operands.dropFirst().compactMap { package($0, "pdm add", command) })
        case "install", "update":
            if subcommand == "install",
                arguments.has("--frozen-lockfile", "--no-lock", "--check") || isSet(command, "PDM_FROZEN_LOCKFILE")
            {
                return InstallRequest()
            }
            return project(
                first, requestedBy: "pdm \(subcommand)",
                reason: "without --frozen-lockfile a lock that does not fit is replaced",
                in: command)
        default: return nil
        }
    }

    private static func pipenv(_ arguments: OptionGrammar.Arguments, _ command: InstallerCommand) -> InstallRequest? {
        guard let first = arguments.operands.first, let subcommand = first.text else { return nil }
        let packages = arguments.operands.dropFirst()
        switch subcommand {
        case "install":
            if !packages.isEmpty {
                return InstallRequest(pins: packages.compactMap { package($0, "pipenv install", command) })
            }
            if arguments.has("--deploy", "--ignore-pipfile") { return InstallRequest() }
            return project(
                first, requestedBy: "pipenv install", reason: "without --deploy a stale Pipfile.lock is replaced",
                in: command)
        case "update", "upgrade":
            return project(
                first, requestedBy: "pipenv \(subcommand)", reason: "it updates the lock to the newest versions",
                in: command)
        default: return nil
        }
    }
}
