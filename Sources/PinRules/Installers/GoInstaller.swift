import EnvironmentInventory

/// `go install`, `go get` and `go run` with a version (https://go.dev/ref/mod#version-queries).
///
/// Without a version these commands keep to the module's go.mod, which is not theirs to pin.
enum GoInstaller: InstallerCommandReader {
    private static let grammar = OptionGrammar(
        valueOptions: [
            "-p", "-asmflags", "-buildmode", "-compiler", "-gccgoflags", "-gcflags", "-installsuffix", "-ldflags",
            "-mod",
            "-modfile", "-overlay", "-pkgdir", "-tags", "-toolexec", "-exec", "-C", "-covermode", "-coverpkg",
        ], bundlesShortOptions: false)

    static func read(_ command: InstallerCommand) -> InstallRequest? {
        guard command.program == "go" else { return nil }
        let arguments = grammar.arguments(command.words.dropFirst())
        guard let subcommand = arguments.operands.first?.text, ["install", "get", "run"].contains(subcommand) else {
            return nil
        }
        var packages = arguments.operands.dropFirst()
        if subcommand == "run" { packages = packages.prefix(1) }
        return InstallRequest(
            pins: packages.compactMap { pin($0, requestedBy: "go \(subcommand)", subcommand: subcommand, in: command) })
    }

    private static func pin(
        _ word: CommandWord, requestedBy by: String, subcommand: String, in command: InstallerCommand
    ) -> Pin? {
        func pin(_ strength: PinStrength, _ reason: String? = nil) -> Pin {
            word.pin(.goModule, strength, requestedBy: by, in: command, reason: reason)
        }
        guard let text = word.text else { return pin(.unknown) }
        guard let at = text.lastIndex(of: "@") else {
            // A path of another module without a version: `go get` takes the newest, the others need go.mod.
            let host = text.split(separator: "/").first ?? ""
            guard host.contains("."), text.contains("/"), !text.hasPrefix(".") else { return nil }
            return subcommand == "get" ? pin(.floating) : pin(.unknown, "go.mod decides its version")
        }
        let version = String(text[text.index(after: at)...])
        if NodeVersion.isExact(version), version.hasPrefix("v") { return pin(.exact) }
        if isCommit(version) { return pin(.hashed) }
        return pin(.floating, "\(version) is not a single version")
    }

    private static func isCommit(_ text: String) -> Bool {
        text.utf8.count == 40 && text.utf8.allSatisfy { $0.isLowercaseHexDigit }
    }
}
