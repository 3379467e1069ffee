/// `git fetch` and `git fetch origin`, which take every branch; a later command says which one is used.
enum GitBranchFetcher: InstallerCommandReader {
    /// What asks for every branch of a repository.
    static let requestedBy = "git fetch of all branches"

    private static let grammar = OptionGrammar(valueOptions: [
        "-C", "-c", "--git-dir", "--work-tree", "--depth", "--deepen", "--shallow-since", "--shallow-exclude", "-j",
        "--jobs", "-o", "--server-option", "--upload-pack", "--filter", "--refmap",
    ])

    static func read(_ command: InstallerCommand) -> InstallRequest? {
        guard command.program == "git" else { return nil }
        let operands = grammar.arguments(command.words.dropFirst()).operands
        let isRemoteUpdate = operands.prefix(2).map(\.text) == ["remote", "update"]
        guard let word = operands.first, word.text == "fetch" && operands.count < 3 || isRemoteUpdate else {
            return nil
        }
        return InstallRequest(pins: [
            word.pin(
                .gitCheckout, .floating, requestedBy: requestedBy, in: command, subject: requestedBy,
                reason: "it takes the branches as they are today")
        ])
    }
}
