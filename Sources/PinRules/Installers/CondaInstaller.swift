import EnvironmentInventory

/// `conda`, `mamba`, `micromamba` and `pixi`
/// (https://docs.conda.io/projects/conda/en/stable/user-guide/concepts/pkg-specs.html#package-match-specifications).
///
/// A package is `[channel::]name[=version[=build]]`; one `=` matches every version with that prefix, `==` takes one.
enum CondaInstaller: InstallerCommandReader {
    private static let programs: Set<String> = ["conda", "mamba", "micromamba"]
    private static let grammar = OptionGrammar(valueOptions: [
        "-n", "--name", "-p", "--prefix", "-c", "--channel", "-f", "--file", "--solver", "--platform", "--subdir",
        "--repodata-fn",
        "--revision", "--experimental", "--clone", "-r", "--root-prefix", "--rc-file", "--log-level", "--category",
        "--override-channels-from",
    ])
    private static let pixiGrammar = OptionGrammar(valueOptions: [
        "-c", "--channel", "-p", "--platform", "--manifest-path", "-e", "--environment", "-f", "--feature", "-w",
        "--with",
        "--expose", "--color", "--auth-file", "--pypi-keyring-provider", "--concurrent-solves",
        "--concurrent-downloads",
    ])

    static func read(_ command: InstallerCommand) -> InstallRequest? {
        guard let program = command.program else { return nil }
        if program == "pixi" { return pixi(command) }
        guard programs.contains(program) else { return nil }
        let arguments = grammar.arguments(command.words.dropFirst()).fromSubcommand
        guard let subcommand = arguments.operands.first?.text else { return nil }
        var packages = arguments.operands.dropFirst()
        var by = "\(program) \(subcommand)"
        switch subcommand {
        case "install", "create", "update", "upgrade": break
        case "env":
            guard let inner = packages.first?.text, ["create", "update"].contains(inner) else { return nil }
            packages = packages.dropFirst()
            by += " \(inner)"
        default: return nil
        }
        var request = InstallRequest()
        for option in arguments.all("-f", "--file") {
            // `conda install --file` takes a list of specifications, `conda env` and micromamba an environment.yml too.
            let isEnvironment =
                subcommand == "env" || ["yml", "yaml", "lock"].contains { option.value?.hasSuffix("." + $0) ?? false }
            request.files.append(
                .init(
                    path: option.value, word: option.valueWord ?? option.word,
                    form: isEnvironment ? .condaEnvironment : .condaList))
        }
        if subcommand == "env", request.files.isEmpty {
            let word = packages.first ?? arguments.operands[0]
            request.files.append(
                .init(path: packages.first?.text ?? "environment.yml", word: word, form: .condaEnvironment))
            return request
        }
        if subcommand == "update" || subcommand == "upgrade", arguments.has("--all") {
            request.pins.append(
                arguments.operands[0].pin(
                    .condaPackage, .floating, requestedBy: by, in: command, subject: "--all",
                    reason: "every package is updated to its newest version"))
        }
        request.pins += packages.compactMap { pin($0, by, command) }
        return request
    }

    private static func pixi(_ command: InstallerCommand) -> InstallRequest? {
        let arguments = pixiGrammar.arguments(command.words.dropFirst())
        guard let subcommand = arguments.operands.first?.text else { return nil }
        switch subcommand {
        case "add":
            return InstallRequest(
                pins: arguments.operands.dropFirst().compactMap {
                    arguments.has("--pypi")
                        ? PythonArgument.pin($0, requestedBy: "pixi add", in: command) : pin($0, "pixi add", command)
                })
        case "global":
            guard arguments.operands.dropFirst().first?.text == "install" else { return nil }
            return InstallRequest(
                pins: arguments.operands.dropFirst(2).compactMap { pin($0, "pixi global install", command) })
        case "install", "run", "shell-hook":
            guard subcommand != "run" || !arguments.has("--no-install") else { return nil }
            if arguments.has("--locked", "--frozen") { return InstallRequest() }
            return InstallRequest(pins: [
                arguments.operands[0].pin(
                    .condaEnvironment, .floating, requestedBy: "pixi \(subcommand)", in: command,
                    subject: "pixi \(subcommand)",
                    reason: "without --locked or --frozen a lock that does not fit is replaced")
            ])
        default: return nil
        }
    }

    private static func pin(_ word: CommandWord, _ by: String, _ command: InstallerCommand) -> Pin? {
        guard let text = word.text else { return word.pin(.condaPackage, .unknown, requestedBy: by, in: command) }
        if text.isEmpty || text.hasSuffix(".conda") || text.hasSuffix(".tar.bz2") && !text.contains("://") {
            return nil
        }
        let (strength, reason) = strength(of: text)
        if strength == .floating, let accepted = CondaEnvironmentPin.reasonToAccept(text, isMLflow: false) {
            return word.pin(.condaPackage, .exact, requestedBy: by, in: command, reason: accepted)
        }
        return word.pin(.condaPackage, strength, requestedBy: by, in: command, reason: reason)
    }

    /// The pin of a package that a list of a manifest names.
    static func pin(_ word: CommandWord, requestedBy by: String, in command: InstallerCommand) -> Pin? {
        pin(word, by, command)
    }

    /// The strength of a match specification as conda reads it.
    static func strength(of text: String) -> (PinStrength, String?) {
        if text.contains("://") {
            let hash = text.split(separator: "#", maxSplits: 1).dropFirst().first
            return hash.map { Digest(.sha256, hex: $0.hasPrefix("sha256:") ? $0.dropFirst(7) : $0) != nil } ?? false
                ? (.hashed, nil) : (.exact, nil)
        }
        var spec = text
        if let colons = spec.range(ofText: "::") { spec = String(spec[colons.upperBound...]) }
        if spec.contains("[") { return bracketed(spec) }
        guard let index = spec.firstIndex(where: { "=<>!~ ".contains($0) }) else { return (.floating, nil) }
        let rest = spec[index...].drop { $0 == " " }
        if rest.hasPrefix("==") {
            let version = rest.dropFirst(2)
            return version.contains { "*,|<>".contains($0) } || version.isEmpty
                ? (.floating, "\(rest) is a wildcard") : (.exact, nil)
        }
        if rest.first == "=" {
            let parts = rest.dropFirst().split(separator: "=", omittingEmptySubsequences: false)
            if parts.count == 2, !parts.contains(where: { $0.contains("*") || $0.isEmpty }) { return (.exact, nil) }
            return (.floating, "\(rest) matches every version with that prefix")
        }
        let plain = rest.split(separator: " ")
        if plain.count == 2, rest.first.map({ $0.isNumber }) ?? false { return (.exact, nil) }
        return (.floating, "\(rest) is a range")
    }

    /// `name[version='1.2', build='x', sha256='...']`.
    private static func bracketed(_ spec: String) -> (PinStrength, String?) {
        if spec.contains("sha256=") { return (.hashed, nil) }
        return spec.contains("build=") && spec.contains("version=") && !spec.contains("*")
            ? (.exact, nil) : (.floating, "\(spec) is a range")
    }
}
