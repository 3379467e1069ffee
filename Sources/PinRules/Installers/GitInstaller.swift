/// `git clone`, `git fetch REMOTE REFERENCE`, `git pull` and `git submodule update --remote` (https://git-scm.com/docs/git-clone).
///
/// A clone without a commit is fixed by a checkout of one in the same RUN, which the reader of the instruction sees.
enum GitInstaller: InstallerCommandReader {
    private static let grammar = OptionGrammar(valueOptions: [
        "-b", "--branch", "-o", "--origin", "-u", "--upload-pack", "--reference", "--reference-if-able",
        "--separate-git-dir",
        "--depth", "--shallow-since", "--shallow-exclude", "-c", "--config", "-j", "--jobs", "--server-option",
        "--template",
        "--filter", "--bundle-uri", "--revision", "-C", "--git-dir", "--work-tree",
    ])

    /// `git archive --remote=REPOSITORY REFERENCE` (https://git-scm.com/docs/git-archive).
    private static func archive(_ command: InstallerCommand) -> InstallRequest? {
        let grammar = OptionGrammar(valueOptions: ["--remote", "-o", "--output", "--format", "--prefix", "--exec"])
        let arguments = grammar.arguments(command.words.dropFirst())
        guard let remote = arguments.option("--remote"), let word = remote.valueWord else { return nil }
        let reference = arguments.operands.dropFirst().first
        let isKnown = remote.value != nil && reference?.text != nil
        let (strength, reason) = isKnown ? GitReference.strength(reference?.text) : (.unknown, nil)
        return InstallRequest(pins: [
            word.pin(
                .gitCheckout, strength, requestedBy: "git archive --remote", in: command, subject: remote.value,
                reason: reason)
        ])
    }

    static func read(_ command: InstallerCommand) -> InstallRequest? {
        guard command.program == "git" else { return nil }
        let arguments = grammar.arguments(command.words.dropFirst())
        guard let subcommand = arguments.operands.first else { return nil }
        if subcommand.text == "submodule", arguments.has("--remote") {
            return InstallRequest(pins: [
                subcommand.pin(
                    .gitCheckout, .floating, requestedBy: "git submodule update", in: command, subject: "--remote",
                    reason: "--remote takes the branches as they are today")
            ])
        }
        if subcommand.text == "pull" {
            return InstallRequest(pins: [
                subcommand.pin(
                    .gitCheckout, .floating, requestedBy: "git pull", in: command, subject: "git pull",
                    reason: "it takes the branch as it is today")
            ])
        }
        if subcommand.text == "archive" { return archive(command) }
        if subcommand.text == "fetch", let word = arguments.operands.dropFirst(2).first {
            let (strength, reason) = word.text.map { GitReference.strength($0) } ?? (.unknown, nil)
            return InstallRequest(pins: [
                word.pin(.gitCheckout, strength, requestedBy: "git fetch", in: command, reason: reason)
            ])
        }
        guard subcommand.text == "clone", let word = arguments.operands.dropFirst().first else { return nil }
        guard let url = word.text else {
            return InstallRequest(pins: [word.pin(.gitCheckout, .unknown, requestedBy: "git clone", in: command)])
        }
        // A path of the machine or of the build context is not fetched.
        if url.hasPrefix("/") || url.hasPrefix("./") || url.hasPrefix("file://") { return nil }
        if let revision = arguments.option("--revision") ?? arguments.option("-b", "--branch") {
            guard let value = revision.value else {
                return InstallRequest(pins: [word.pin(.gitCheckout, .unknown, requestedBy: "git clone", in: command)])
            }
            let (strength, reason) = GitReference.strength(value)
            return InstallRequest(pins: [
                word.pin(.gitCheckout, strength, requestedBy: "git clone", in: command, reason: reason)
            ]
            )
        }
        let (strength, reason) = GitReference.strength(String?.none)
        return InstallRequest(pins: [
            word.pin(.gitCheckout, strength, requestedBy: "git clone", in: command, reason: reason)
        ])
    }
}
