import EnvironmentInventory

/// `apt-get`, `apt`, `aptitude` and what is called as they are, with `install`, `reinstall`, `satisfy` and `upgrade`
/// (https://manpages.debian.org/bookworm/apt/apt-get.8.en.html).
///
/// Packages: `name`, `name=version`, `name/release`, `name:architecture`, `name-` (removes), `name+`, `./file.deb`,
/// patterns; for `satisfy` relations as in a control file. Left out: `build-dep`, `download` and `source`, whose packages are
/// not read.
enum AptInstaller: InstallerCommandReader {
    private static let programs: Set<String> = ["apt-get", "apt", "aptitude", "apt-fast", "nala", "install_packages"]
    private static let subcommands: Set<String> = ["install", "reinstall", "satisfy"]
    private static let upgrades: Set<String> = ["upgrade", "dist-upgrade", "full-upgrade", "safe-upgrade"]
    private static let grammar = OptionGrammar(valueOptions: [
        "-o", "--option", "-c", "--config-file", "-t", "--target-release", "--default-release", "-a",
        "--host-architecture",
        "-P", "--build-profiles", "--color", "--planner", "--solver", "-S", "--snapshot",
    ])

    static func read(_ command: InstallerCommand) -> InstallRequest? {
        guard let program = command.program, programs.contains(program) else { return nil }
        let words = grammar.arguments(command.words.dropFirst())
        // Bitnami's images have a script that installs and takes no subcommand.
        if program == "install_packages" {
            return InstallRequest(
                pins: words.operands.compactMap { pin($0, requestedBy: program, in: command, hasSnapshot: false) })
        }
        let arguments = words.fromSubcommand
        guard let first = arguments.operands.first, let subcommand = first.text else { return nil }
        let snapshot = arguments.has("--snapshot", "-S")
        let packages = arguments.operands.dropFirst()
        if upgrades.contains(subcommand), packages.isEmpty {
            return InstallRequest(pins: [
                first.pin(
                    .aptPackage, snapshot ? .exact : .floating, requestedBy: "\(program) \(subcommand)", in: command,
                    subject: "\(program) \(subcommand)", reason: "every package is updated to its newest version")
            ])
        }
        guard subcommands.contains(subcommand) || upgrades.contains(subcommand) else { return nil }
        var request = InstallRequest()
        request.pins = packages.compactMap {
            pin($0, requestedBy: "\(program) \(subcommand)", in: command, hasSnapshot: snapshot)
        }
        return request
    }

    private static func pin(
        _ word: CommandWord, requestedBy by: String, in command: InstallerCommand, hasSnapshot snapshot: Bool
    ) -> Pin? {
        func pin(_ strength: PinStrength, _ reason: String?) -> Pin {
            word.pin(.aptPackage, strength, requestedBy: by, in: command, reason: reason)
        }
        guard let text = word.text else { return pin(.unknown, nil) }
        if by.hasSuffix("satisfy") {
            let isExact = text.split(separator: ",").allSatisfy { $0.contains("(=") && !$0.contains("|") }
            return isExact || snapshot
                ? pin(.exact, nil) : pin(.floating, "a version relation takes whatever is newest")
        }
        if text.isEmpty || isLocalFile(text) { return nil }
        // `name-` removes; a version can end with a dash's neighbour, so only a name without `=` counts.
        if text.hasSuffix("-"), !text.contains("=") { return nil }
        if let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")) {
            let version = text[text.index(after: equals)...]
            if version.isEmpty { return pin(.floating, "its version is empty") }
            if version.contains(where: { "*?[".contains($0) }) { return pin(.floating, "its version is a pattern") }
            return pin(.exact, nil)
        }
        if snapshot { return pin(.exact, nil) }
        if text.utf8.contains(where: { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }) {
            return pin(.floating, "it is a pattern")
        }
        if text.utf8.contains(UInt8(ascii: "/")) {
            return pin(.floating, "a release contains whatever is newest in it")
        }
        return pin(.floating, nil)
    }

    /// The pin of a package that a list of system packages names.
    static func pin(_ word: CommandWord, requestedBy by: String, in command: InstallerCommand) -> Pin? {
        pin(word, requestedBy: by, in: command, hasSnapshot: false)
    }

    private static func isLocalFile(_ text: String) -> Bool {
        text.hasPrefix("./") || text.hasPrefix("/") || text.hasPrefix("../") || text.hasSuffix(".deb")
    }
}
