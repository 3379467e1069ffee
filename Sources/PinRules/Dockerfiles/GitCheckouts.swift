/// `git clone` mended by what follows it in the same RUN: `git checkout REF`, `git reset --hard REF`, `git switch --detach`.
enum GitCheckouts {
    private static let grammar = OptionGrammar(valueOptions: ["-C", "-b", "-B", "--git-dir", "--work-tree", "-c"])

    /// The pin of a clone with the strength of what is checked out behind it.
    static func mended(_ pin: Pin, behind index: Int, in commands: [ShellCommand]) -> Pin {
        guard pin.kind == .gitCheckout, pin.by == "git clone", pin.strength != .hashed else { return pin }
        for command in commands[(index + 1)...] {
            guard command.name == "git" else { continue }
            let words = command.words.dropFirst().map {
                CommandWord(text: $0.text, raw: $0.raw, range: pin.range)
            }
            let arguments = grammar.arguments(words)
            guard let subcommand = arguments.operands.first?.text else { continue }
            // The next clone has a checkout of its own.
            if subcommand == "clone" { return pin }
            guard ["checkout", "reset", "switch"].contains(subcommand) else { continue }
            guard let reference = arguments.operands.dropFirst().first else { continue }
            guard let text = reference.text else {
                return pin.with(strength: .unknown, reason: "it is checked out at \(reference.raw)")
            }
            let (strength, reason) = GitReference.strength(text)
            return pin.with(strength: strength, reason: reason)
        }
        return pin
    }
}
