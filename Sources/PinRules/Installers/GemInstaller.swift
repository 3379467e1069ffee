import EnvironmentInventory

/// Ruby's `gem install` and `bundle install` (https://guides.rubygems.org/command-reference/#gem-install).
enum GemInstaller: InstallerCommandReader {
    private static let grammar = OptionGrammar(valueOptions: [
        "-v", "--version", "-i", "--install-dir", "-n", "--bindir", "-s", "--source", "-p", "--http-proxy",
        "--platform",
        "--build-root", "-P", "--trust-policy", "-g", "--file", "--without", "-j", "--jobs", "--retry", "--path",
        "--gemfile",
        "--with", "--config-file", "-B", "--bulk-threshold",
    ])

    static func read(_ command: InstallerCommand) -> InstallRequest? {
        guard let program = command.program, ["gem", "bundle", "bundler"].contains(program) else { return nil }
        // What stands after `--` are arguments of the gem's own build.
        let words = command.words.dropFirst().prefix { $0.text != "--" }
        let arguments = grammar.arguments(words)
        let subcommand = arguments.operands.first
        switch program {
        case "gem": return gem(arguments, command)
        case "bundle", "bundler":
            guard subcommand == nil || subcommand?.text == "install", !arguments.has("--version", "-v", "--help") else {
                return nil
            }
            let isLocked =
                arguments.has("--frozen", "--deployment")
                || ["BUNDLE_FROZEN", "BUNDLE_DEPLOYMENT"].contains {
                    ["1", "true"].contains(command.variable($0) ?? "")
                }
            guard !isLocked, let word = subcommand ?? command.words.first else { return InstallRequest() }
            return InstallRequest(pins: [
                word.pin(
                    .gem, .floating, requestedBy: "bundle install", in: command, subject: "bundle install",
                    reason: "only a frozen or deployment install follows Gemfile.lock exactly")
            ])
        default: return nil
        }
    }

    private static func gem(_ arguments: OptionGrammar.Arguments, _ command: InstallerCommand) -> InstallRequest? {
        if arguments.operands.first?.text == "update" {
            // `--system` alone, or with a version behind it, updates RubyGems itself.
            if let option = arguments.option("--system") {
                let version = option.value ?? arguments.operands.dropFirst().first?.text
                return version?.first?.isNumber ?? false
                    ? InstallRequest()
                    : InstallRequest(pins: [
                        option.word.pin(
                            .gem, .floating, requestedBy: "gem update", in: command,
                            reason: "it takes the newest RubyGems")
                    ])
            }
            let words = arguments.operands.count > 1 ? arguments.operands.dropFirst() : arguments.operands[...]
            return InstallRequest(
                pins: words.map {
                    $0.pin(.gem, .floating, requestedBy: "gem update", in: command, reason: "it takes what is newest")
                })
        }
        guard ["install", "i", "in"].contains(arguments.operands.first?.text ?? "") else { return nil }
        let version = arguments.option("-v", "--version")
        return InstallRequest(
            pins: arguments.operands.dropFirst().compactMap { word -> Pin? in
                func pin(_ strength: PinStrength, _ reason: String? = nil) -> Pin {
                    word.pin(.gem, strength, requestedBy: "gem install", in: command, reason: reason)
                }
                guard let text = word.text else { return pin(.unknown) }
                if text.hasSuffix(".gem") { return nil }
                if let colon = text.firstIndex(of: ":") {
                    return exactness(String(text[text.index(after: colon)...]), pin)
                }
                guard let version else { return pin(.floating) }
                return version.value.map { exactness($0, pin) } ?? pin(.unknown)
            })
    }

    private static func exactness(_ version: String, _ pin: (PinStrength, String?) -> Pin) -> Pin {
        let plain = version.drop { $0 == " " || $0 == "=" }
        let isExact = plain.first?.isNumber ?? false && !plain.contains { "<>~!, ".contains($0) }
        return isExact ? pin(.exact, nil) : pin(.floating, "\(version) is a range")
    }
}
