import EnvironmentInventory

/// `yum`, `dnf`, `microdnf`, `tdnf`, `zypper`, and `rpm` itself with a URL (https://dnf.readthedocs.io/en/latest/command_ref.html#specifying-packages).
///
/// A package is `name`, `name-version`, `name-version-release[.arch]`, `@group`, a file or a URL. As `-` also stands in
/// names, a version is what follows a dash and begins with a digit.
enum RpmInstaller: InstallerCommandReader {
    private static let programs: Set<String> = ["yum", "dnf", "dnf5", "microdnf", "tdnf", "zypper"]
    private static let subcommands: Set<String> = ["install", "in", "localinstall", "reinstall", "groupinstall"]
    private static let upgrades: Set<String> = ["update", "upgrade", "up", "distro-sync", "dup", "dist-upgrade"]
    private static let grammar = OptionGrammar(valueOptions: [
        "-c", "--config", "-d", "--debuglevel", "-e", "--errorlevel", "--installroot", "--enablerepo", "--disablerepo",
        "--repo",
        "--repoid", "--releasever", "--setopt", "-x", "--exclude", "--excludepkgs", "--forcearch", "--disableplugin",
        "--enableplugin", "--nogpgcheck-repo", "-R", "--randomwait", "--comment", "-t", "--type", "-r", "--from", "-p",
        "--plus-repo",
    ])

    static func read(_ command: InstallerCommand) -> InstallRequest? {
        guard let program = command.program else { return nil }
        if program == "rpm" { return rpm(command) }
        guard programs.contains(program) else { return nil }
        let arguments = grammar.arguments(command.words.dropFirst()).fromSubcommand
        guard let subcommand = arguments.operands.first?.text else { return nil }
        let words = arguments.operands.dropFirst()
        if subcommand == "module" || subcommand == "group", words.first?.text == "install" {
            let by = "\(program) \(subcommand) install"
            return InstallRequest(
                pins: words.dropFirst().map {
                    $0.pin(
                        .rpmPackage, .floating, requestedBy: by, in: command, reason: "it contains whatever is newest")
                })
        }
        if let word = arguments.operands.first, words.isEmpty, upgrades.contains(subcommand) {
            let by = "\(program) \(subcommand)"
            return InstallRequest(pins: [
                word.pin(
                    .rpmPackage, .floating, requestedBy: by, in: command, subject: by,
                    reason: "every package is updated to its newest version")
            ])
        }
        // `swap OLD NEW` installs the second one.
        if subcommand == "swap" {
            return InstallRequest(pins: words.dropFirst().compactMap { pin($0, "\(program) swap", command) })
        }
        guard subcommands.contains(subcommand) || upgrades.contains(subcommand) else { return nil }
        return InstallRequest(pins: words.compactMap { pin($0, "\(program) \(subcommand)", command) })
    }

    /// `rpm -i URL`, `rpm -Uvh URL`.
    private static func rpm(_ command: InstallerCommand) -> InstallRequest? {
        let arguments = OptionGrammar(valueOptions: ["--root", "--dbpath", "--define", "-D", "--prefix", "--relocate"])
            .arguments(command.words.dropFirst())
        guard arguments.has("-i", "-U", "-F", "--install", "--upgrade", "--freshen"), !arguments.has("-q", "--query")
        else { return nil }
        return InstallRequest(
            pins: arguments.operands.filter { ($0.text ?? $0.raw).contains("://") }.map {
                $0.pin(
                    .download, .floating, requestedBy: "rpm", in: command,
                    reason: "its bytes are not checked against a hash")
            })
    }

    private static func pin(_ word: CommandWord, _ by: String, _ command: InstallerCommand) -> Pin? {
        func pin(_ strength: PinStrength, _ reason: String? = nil) -> Pin {
            word.pin(.rpmPackage, strength, requestedBy: by, in: command, reason: reason)
        }
        guard let text = word.text else { return pin(.unknown) }
        if text.isEmpty { return nil }
        if text.containsText("://") {
            return word.pin(
                .download, .floating, requestedBy: by, in: command, reason: "its bytes are not checked against a hash")
        }
        if text.hasSuffix(".rpm") || text.hasPrefix("/") || text.hasPrefix("./") { return nil }
        if text.containsText("*") { return pin(.floating, "it is a pattern") }
        if text.hasPrefix("@") { return pin(.floating, "a group contains whatever is newest") }
        if let index = text.firstIndex(where: { "=<>".contains($0) }) {
            let rest = text[index...]
            return rest.first == "=" && rest.count > 1 ? pin(.exact) : pin(.floating, "\(rest) is a range")
        }
        return hasVersion(text) ? pin(.exact) : pin(.floating)
    }

    /// Whether a text is `name-version` or `name-version-release[.arch]`: the last part, or the last but one, begins with a
    /// digit and holds a dot. `java-1.8.0-openjdk` is a name.
    private static func hasVersion(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        func isVersion(_ part: Substring) -> Bool {
            // An epoch, `1:2.3`.
            guard let first = (part.split(separator: ":").last ?? part).utf8.first else { return false }
            return first.isASCIIDigit && part.contains(".")
        }
        guard parts.count > 1, let last = parts.last else { return false }
        if isVersion(last) { return true }
        return parts.count > 2 && isVersion(parts[parts.count - 2]) && last.contains { $0.isNumber }
    }
}
