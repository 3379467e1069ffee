import EnvironmentInventory

/// `npm`, `npx`, `yarn`, `pnpm`, `bun`, `corepack` (https://docs.npmjs.com/cli/v11/commands/npm-install,
/// https://docs.npmjs.com/cli/v11/using-npm/package-spec).
///
/// A package is `[@scope/]name[@version|@range|@tag]`, an alias `x@npm:y@1`, a directory, a tarball or a git URL.
enum NpmInstaller: InstallerCommandReader {
    private static let grammar = OptionGrammar(valueOptions: [
        "--prefix", "--registry", "--cache", "--loglevel", "--omit", "--include", "--workspace", "-w", "--tag",
        "--userconfig",
        "--globalconfig", "--install-strategy", "--network-timeout", "--cwd", "--modules-folder", "--mutex", "-C",
        "--dir",
        "--filter", "--store-dir", "--fetch-timeout", "--fetch-retries", "--maxsockets", "-c", "--call",
        "--cache-folder",
        "--global-dir", "--global-bin-dir", "--reporter", "--before",
    ])
    private static let installs: [String: Set<String>] = [
        "npm": [
            "install", "i", "add", "in", "ins", "inst", "isntall", "install-test", "it", "update", "up", "upgrade",
        ],
        "yarn": ["add", "global", "install", "dlx", "up"],
        "pnpm": ["add", "install", "i", "dlx", "update", "up"],
        "bun": ["add", "install", "i", "x"],
    ]

    static func read(_ command: InstallerCommand) -> InstallRequest? {
        guard let program = command.program else { return nil }
        if program == "npx" || program == "bunx" || program == "pnpx" { return runner(program, command) }
        if program == "corepack" {
            let arguments = OptionGrammar(valueOptions: ["--install-directory", "-o"]).arguments(
                command.words.dropFirst())
            guard ["prepare", "use", "install"].contains(arguments.operands.first?.text ?? "") else { return nil }
            return InstallRequest(pins: arguments.operands.dropFirst().compactMap { pin($0, "corepack", command) })
        }
        guard let subcommands = installs[program] else { return nil }
        let arguments = grammar.arguments(command.words.dropFirst()).fromSubcommand
        let first = arguments.operands.first
        if program == "npm", first?.text == "exec" || first?.text == "x" { return executed(arguments, command) }
        let subcommand = first?.text ?? (program == "yarn" ? "install" : "")
        guard subcommands.contains(subcommand) else { return nil }
        var packages = arguments.operands.dropFirst()
        if program == "yarn", subcommand == "global" {
            guard packages.first?.text == "add" else { return nil }
            packages = packages.dropFirst()
        }
        if ["dlx", "x"].contains(subcommand) { packages = packages.prefix(1) }
        let by = "\(program) \(subcommand)"
        guard packages.isEmpty else {
            return InstallRequest(pins: packages.compactMap { pin($0, by, command) })
        }
        // Without a package, the project is installed from its package.json or its lock.
        let isLocked: Bool
        switch program {
        case "yarn":
            let isImmutable = ["1", "true"].contains(command.variable("YARN_ENABLE_IMMUTABLE_INSTALLS") ?? "")
            isLocked =
                arguments.has("--frozen-lockfile", "--immutable", "--immutable-cache")
                || isImmutable && !arguments.has("--no-immutable")
        case "pnpm":
            // pnpm enforces its lock if CI is set (https://pnpm.io/cli/install#--frozen-lockfile).
            let setting =
                command.variable("npm_config_frozen_lockfile") ?? command.variable("NPM_CONFIG_FROZEN_LOCKFILE")
            let isInCI = command.variable("CI").map { !["", "0", "false"].contains($0) } ?? false
            isLocked =
                arguments.has("--frozen-lockfile") || setting == "true"
                || isInCI && setting != "false" && !arguments.has("--no-frozen-lockfile")
        case "bun": isLocked = arguments.has("--frozen-lockfile", "--frozen")
        default: isLocked = false
        }
        guard !isLocked, let word = first ?? command.words.first, !arguments.has("-v", "--version", "--help") else {
            return InstallRequest()
        }
        let lockedWay =
            switch program {
            case "npm": "npm ci"
            case "yarn": "yarn install --immutable (or --frozen-lockfile)"
            default: "\(program) install --frozen-lockfile"
            }
        return InstallRequest(pins: [
            word.pin(
                .npmPackage, .floating, requestedBy: by, in: command, subject: by,
                reason: "only \(lockedWay) installs exactly what the lock names")
        ])
    }

    private static func runner(_ program: String, _ command: InstallerCommand) -> InstallRequest? {
        let grammar = OptionGrammar(valueOptions: [
            "-p", "--package", "-c", "--call", "--registry", "--cache", "-w", "--workspace",
        ])
        let arguments = grammar.arguments(command.words.dropFirst())
        if arguments.has("--no-install", "--no", "--offline") { return nil }
        return executed(arguments, command, requestedBy: program, skipping: 0)
    }

    private static func executed(
        _ arguments: OptionGrammar.Arguments, _ command: InstallerCommand, requestedBy by: String = "npm exec",
        skipping: Int = 1
    ) -> InstallRequest? {
        let named = arguments.all("-p", "--package").compactMap(\.valueWord)
        let packages = named.isEmpty ? Array(arguments.operands.dropFirst(skipping).prefix(1)) : named
        return InstallRequest(pins: packages.compactMap { pin($0, by, command) })
    }

    private static func pin(_ word: CommandWord, _ by: String, _ command: InstallerCommand) -> Pin? {
        func pin(_ strength: PinStrength, _ reason: String? = nil) -> Pin {
            word.pin(.npmPackage, strength, requestedBy: by, in: command, reason: reason)
        }
        guard var text = word.text else { return pin(.unknown) }
        if let equals = text.firstIndex(of: "="), text.hasPrefix("--package") {
            text = String(text[text.index(after: equals)...])
        }
        if text.isEmpty || text == "." || text.hasPrefix("./") || text.hasPrefix("/") || text.hasPrefix("../")
            || text.hasPrefix("file:")
            || (text.hasSuffix(".tgz") && !text.contains("://"))
        {
            return nil
        }
        if text.hasPrefix("git+") || text.hasPrefix("git://") || text.hasPrefix("github:") || text.hasSuffix(".git") {
            return GitReference.pin(word, url: text, requestedBy: by, in: command)
        }
        if text.contains("://") { return pin(.exact) }
        var spec = text[...]
        if let alias = text.range(ofText: "@npm:") { spec = text[alias.upperBound...] }
        // The scope's own @ is not a version.
        guard let at = spec.dropFirst().lastIndex(of: "@") else { return pin(.floating) }
        let version = String(spec[spec.index(after: at)...])
        if NodeVersion.isExact(version) { return pin(.exact) }
        return pin(.floating, version.isEmpty ? nil : "\(version) is a range or a tag")
    }
}

/// Versions as npm reads them (https://semver.org, https://github.com/npm/node-semver#ranges).
enum NodeVersion {
    /// Whether a specifier names one version: all three numbers, without an operator.
    static func isExact(_ text: String) -> Bool {
        var text = text[...]
        if text.first == "=" { text = text.dropFirst() }
        if text.first == "v" { text = text.dropFirst() }
        let core = text.prefix { $0 != "-" && $0 != "+" }
        let numbers = core.split(separator: ".", omittingEmptySubsequences: false)
        let isNumeric = numbers.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { $0.isASCIIDigit } }
        return numbers.count == 3 && isNumeric
            && text.utf8.allSatisfy { byte in
                byte.isASCIIDigit || byte.isASCIILetter
                    || [UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: ".")].contains(byte)
            }
    }
}
