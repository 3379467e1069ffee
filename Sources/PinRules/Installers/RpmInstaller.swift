/// `yum`, `dnf`, `microdnf`, `tdnf` and `zypper` (https://dnf.readthedocs.io/en/latest/command_ref.html#specifying-packages).
///
/// A package is `name`, `name-version`, `name-version-release[.arch]`, `@group`, a file or a URL. As `-` also stands in
/// names, a version is what follows a dash and begins with a digit.
enum RpmInstaller: Installer {
    private static let programs: Set<String> = ["yum", "dnf", "dnf5", "microdnf", "tdnf", "zypper"]
    private static let subcommands: Set<String> = ["install", "in", "localinstall", "reinstall", "groupinstall"]
    private static let grammar = OptionGrammar(valueOptions: [
        "-c", "--config", "-d", "--debuglevel", "-e", "--errorlevel", "--installroot", "--enablerepo", "--disablerepo",
        "--repo",
        "--repoid", "--releasever", "--setopt", "-x", "--exclude", "--excludepkgs", "--forcearch", "--disableplugin",
        "--enableplugin", "--nogpgcheck-repo", "-R", "--randomwait", "--comment", "-t", "--type", "-r", "--from", "-p",
        "--plus-repo",
    ])

    static func read(_ command: InstallerCommand) -> InstallRequest? {
        guard let program = command.program, programs.contains(program) else { return nil }
        let arguments = grammar.arguments(command.words.dropFirst())
        guard let subcommand = arguments.operands.first?.text, subcommands.contains(subcommand) else { return nil }
        let by = "\(program) \(subcommand)"
        return InstallRequest(pins: arguments.operands.dropFirst().compactMap { pin($0, by, command) })
    }

    private static func pin(_ word: CommandWord, _ by: String, _ command: InstallerCommand) -> Pin? {
        func pin(_ strength: PinStrength, _ reason: String? = nil) -> Pin {
            word.pin(.rpmPackage, strength, by: by, in: command, reason: reason)
        }
        guard let text = word.text else { return pin(.unknown) }
        if text.isEmpty { return nil }
        if text.containsText("://") {
            return word.pin(
                .download, .floating, by: by, in: command, reason: "its bytes are not checked against a hash")
        }
        if text.hasSuffix(".rpm") || text.hasPrefix("/") || text.hasPrefix("./") { return nil }
        if text.containsText("*") { return pin(.floating, "it is a pattern") }
        if text.hasPrefix("@") { return pin(.floating, "a group holds what is newest") }
        if let index = text.firstIndex(where: { "=<>".contains($0) }) {
            let rest = text[index...]
            return rest.first == "=" && rest.count > 1 ? pin(.exact) : pin(.floating, "\(rest) is a range")
        }
        return hasVersion(text) ? pin(.exact) : pin(.floating)
    }

    /// Whether `name-1.2...` holds a version: a dash, then a digit, then a dot or a second dash somewhere behind it.
    private static func hasVersion(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.dropFirst().contains { part in
            guard let first = part.utf8.first else { return false }
            let digits = part.contains(":") ? part.split(separator: ":").last?.utf8.first ?? first : first
            return (0x30...0x39).contains(digits) && part.contains(".")
        }
    }
}
