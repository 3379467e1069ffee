import EnvironmentInventory

/// Alpine's `apk add` (https://man.archlinux.org/man/apk-world.5.en): `name`, `name=version`, `name~version`, `name>version`,
/// `name@repository`, `.name` for a virtual package, `!name` for a conflict.
enum ApkInstaller: InstallerCommandReader {
    private static let grammar = OptionGrammar(valueOptions: [
        "-t", "--virtual", "-X", "--repository", "-p", "--root", "--arch", "--cache-dir", "--cache-max-age",
        "--keys-dir",
        "--repositories-file", "--wait", "--progress-fd", "--timeout",
    ])

    static func read(_ command: InstallerCommand) -> InstallRequest? {
        guard command.program == "apk" else { return nil }
        let arguments = grammar.arguments(command.words.dropFirst()).fromSubcommand
        if let word = arguments.operands.first, word.text == "upgrade" {
            let packages = arguments.operands.dropFirst()
            return InstallRequest(
                pins: (packages.isEmpty ? [word] : Array(packages)).map {
                    $0.pin(
                        .apkPackage, .floating, requestedBy: "apk upgrade", in: command,
                        subject: packages.isEmpty ? "apk upgrade" : nil, reason: "it updates to the newest version")
                })
        }
        guard arguments.operands.first?.text == "add" else { return nil }
        return InstallRequest(pins: arguments.operands.dropFirst().compactMap { pin($0, command) })
    }

    private static func pin(_ word: CommandWord, _ command: InstallerCommand) -> Pin? {
        func pin(_ strength: PinStrength, _ reason: String? = nil) -> Pin {
            word.pin(.apkPackage, strength, requestedBy: "apk add", in: command, reason: reason)
        }
        guard let text = word.text else { return pin(.unknown) }
        if text.isEmpty || text.hasPrefix("!") || text.hasPrefix(".") || text.hasSuffix(".apk") { return nil }
        let operators = [UInt8(ascii: "="), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "~")]
        guard let index = text.utf8.firstIndex(where: { operators.contains($0) }) else { return pin(.floating) }
        let rest = text[index...]
        if rest.hasPrefix("=~") || rest.hasPrefix("~") {
            return pin(.floating, "~ matches any version with that prefix")
        }
        if rest.first == "<" || rest.first == ">" { return pin(.floating, "\(rest) is a range") }
        let version = rest.drop { $0 == "=" }
        if version.isEmpty { return pin(.floating, "its version is empty") }
        return pin(.exact)
    }
}
