import EnvironmentInventory

/// `cargo install`, `cargo binstall` and `cargo add` (https://doc.rust-lang.org/cargo/commands/cargo-install.html).
enum CargoInstaller: InstallerCommandReader {
    private static let grammar = OptionGrammar(valueOptions: [
        "--version", "--vers", "--git", "--branch", "--tag", "--rev", "--path", "--root", "--index", "--registry", "-F",
        "--features", "--profile", "-j", "--jobs", "--target", "--target-dir", "--bin", "--example", "--color",
        "--config", "-Z",
        "--message-format", "-C", "--strategies",
    ])

    /// The subcommands that resolve what a project depends on.
    private static let building: Set<String> = [
        "build", "b", "run", "r", "test", "t", "check", "bench", "rustc", "fetch", "doc", "clippy", "zigbuild",
    ]

    private static func isSet(_ command: InstallerCommand) -> Bool {
        ["1", "true"].contains(command.variable("CARGO_NET_OFFLINE")?.lowercased() ?? "")
    }

    static func read(_ command: InstallerCommand) -> InstallRequest? {
        guard command.program == "cargo" else { return nil }
        var words = command.words.dropFirst()
        if words.first?.text?.hasPrefix("+") ?? false { words = words.dropFirst() }
        let arguments = grammar.arguments(words)
        guard let first = arguments.operands.first, let subcommand = first.text else { return nil }
        let by = "cargo \(subcommand)"
        let keepsLock = arguments.has("--locked", "--frozen", "--offline")
        if building.contains(subcommand) || subcommand == "install" && arguments.has("--path") {
            if keepsLock || isSet(command) { return InstallRequest() }
            return InstallRequest(pins: [
                first.pin(
                    .cargoCrate, .floating, requestedBy: by, in: command, subject: by,
                    reason: subcommand == "install"
                        ? "without --locked it leaves Cargo.lock out"
                        : "without --locked a lock that does not fit is replaced")
            ])
        }
        guard ["install", "binstall", "add"].contains(subcommand), !arguments.has("--list") else { return nil }
        if let git = arguments.option("--git"), let word = git.valueWord {
            let revision = arguments.option("--rev")?.value
            let strength: PinStrength =
                revision.map { GitReference.isCommit($0) ? .hashed : .exact }
                ?? (arguments.has("--tag") ? .exact : .floating)
            return InstallRequest(pins: [
                word.pin(
                    .gitCheckout, strength, requestedBy: by, in: command, subject: git.value,
                    reason: strength == .floating ? "it takes a branch as it is today" : nil)
            ])
        }
        let version = arguments.option("--version", "--vers")
        return InstallRequest(
            pins: arguments.operands.dropFirst().map { word in
                func pin(_ strength: PinStrength, _ reason: String? = nil) -> Pin {
                    word.pin(.cargoCrate, strength, requestedBy: by, in: command, reason: reason)
                }
                guard let text = word.text else { return pin(.unknown) }
                let written = text.firstIndex(of: "@").map { String(text[text.index(after: $0)...]) }
                guard let wanted = written ?? version?.value else {
                    return version == nil ? pin(.floating) : pin(.unknown)
                }
                // A bare version is exact for cargo install, and a range for cargo add; an operator makes a range.
                let plain = wanted.first == "=" ? String(wanted.dropFirst()) : wanted
                if subcommand == "add", wanted.first != "=" { return pin(.floating, "\(wanted) is a range") }
                return NodeVersion.isExact(plain) ? pin(.exact) : pin(.floating, "\(wanted) is a range")
            })
    }
}
