import DockerfileSyntax
import SourceDocuments

/// `git clone` fixed by what follows it in the same stage: `git checkout REF`, `git reset --hard REF`, `git switch --detach`,
/// `git fetch REMOTE COMMIT` with a checkout of FETCH_HEAD.
///
/// What follows belongs to the clone when it runs in the folder of the clone. Where a folder cannot be told, what stands
/// behind the clone in the same RUN and before the next clone is believed to belong to it.
enum GitCheckouts {
    private static let grammar = OptionGrammar(valueOptions: ["-C", "-b", "-B", "--git-dir", "--work-tree", "-c"])
    private static let cloneGrammar = OptionGrammar(valueOptions: [
        "-b", "--branch", "-o", "--origin", "-u", "--upload-pack", "--reference", "--depth", "-c", "--config", "-j",
        "--jobs", "--filter", "--revision", "-C", "--shallow-since", "--template",
    ])

    /// The pin of a clone, a fetch or a pull with the strength of what is checked out behind it; nil for a fetch of which
    /// nothing is checked out, and where a clone before it says it all.
    ///
    /// - Parameters:
    ///   - earlier: the commands of the RUN instructions before this one in the stage.
    ///   - later: those of the RUN instructions that follow.
    static func settled(
        _ pin: Pin, after index: Int, in commands: [ShellCommand], earlier: [[ShellCommand]], later: [[ShellCommand]]
    ) -> Pin? {
        if pin.requestedBy == "git fetch" || pin.requestedBy == "git pull" {
            let isCloned = (earlier.joined() + commands[..<index]).contains { $0.name == "git" && isClone($0) }
            return isCloned ? nil : fetched(pin, after: index, in: commands, later: later)
        }
        return settled(pin, after: index, in: commands, later: later)
    }

    private static func isClone(_ command: ShellCommand) -> Bool { command.words.contains { $0.text == "clone" } }

    private static func fetched(
        _ pin: Pin, after index: Int, in commands: [ShellCommand], later: [[ShellCommand]]
    ) -> Pin? {
        for command in commands[(index + 1)...] + later.joined() where command.name == "git" {
            let arguments = arguments(command, grammar, pin)
            guard ["checkout", "reset", "switch", "merge"].contains(arguments.operands.first?.text ?? ""),
                let reference = arguments.operands.dropFirst().first
            else { continue }
            guard let text = reference.text else {
                return pin.with(strength: .unknown, reason: "it is checked out at \(reference.raw)")
            }
            if text == "FETCH_HEAD" { return pin }
            let name = text.hasPrefix("origin/") ? String(text.dropFirst("origin/".count)) : text
            let (strength, reason) = GitReference.strength(name)
            return pin.with(strength: strength, reason: reason)
        }
        return pin.requestedBy == "git pull" ? pin : nil
    }

    private static func settled(
        _ pin: Pin, after index: Int, in commands: [ShellCommand], later: [[ShellCommand]]
    ) -> Pin {
        guard pin.kind == .gitCheckout, ["git clone", "gh repo clone"].contains(pin.requestedBy),
            pin.strength != .hashed
        else { return pin }
        let folder = cloneFolder(commands[index])
        var fetched: String?
        var isNearest = true
        for (command, isSameRun) in commands[(index + 1)...].map({ ($0, true) })
            + later.joined().map({ ($0, false) }) where command.name == "git"
        {
            let arguments = arguments(command, grammar, pin)
            guard let subcommand = arguments.operands.first?.text else { continue }
            if subcommand == "clone" { isNearest = false }
            let place = self.folder(command, arguments)
            let belongs: Bool
            if let folder, let place { belongs = folder == place } else { belongs = isSameRun && isNearest }
            guard belongs else { continue }
            let references = arguments.operands.dropFirst()
            if subcommand == "fetch" { fetched = references.dropFirst().first?.text ?? fetched }
            guard ["checkout", "reset", "switch"].contains(subcommand), let reference = references.first else {
                continue
            }
            // `git checkout .` takes changes of files back; it checks out no other commit.
            if reference.text == "." { continue }
            guard let text = reference.text else {
                return pin.with(strength: .unknown, reason: "it is checked out at \(reference.raw)")
            }
            let (strength, reason) = GitReference.strength(text == "FETCH_HEAD" ? fetched ?? text : text)
            let rest = commands[(index + 1)...] + later.joined()
            let isUpdated = rest.contains { command in
                guard updatesSubmodules(command) else { return false }
                let place = self.folder(command, self.arguments(command, grammar, pin))
                return folder == nil || place == nil || folder == place
            }
            if strength == .hashed, isRecursive(commands[index]), !isUpdated {
                return pin.with(
                    strength: .floating,
                    reason:
                        "its submodules stay at the commits of the default branch: run git submodule update after it")
            }
            return pin.with(strength: strength, reason: reason)
        }
        return pin
    }

    /// `git clone --recursive`, which fetches the submodules of the default branch's commit.
    private static func isRecursive(_ command: ShellCommand) -> Bool {
        command.words.contains { word in
            word.text.map { $0 == "--recursive" || $0.hasPrefix("--recurse-submodules") } ?? false
        }
    }

    private static func updatesSubmodules(_ command: ShellCommand) -> Bool {
        guard command.name == "git" else { return false }
        let words = command.words.compactMap(\.text)
        return words.contains("submodule") && words.contains("update")
            || words.contains { $0.hasPrefix("--recurse-submodules") } && !words.contains("clone")
    }

    private static func arguments(_ command: ShellCommand, _ grammar: OptionGrammar, _ pin: Pin)
        -> OptionGrammar.Arguments
    {
        grammar.arguments(
            command.words.dropFirst().map { CommandWord(text: $0.text, raw: $0.raw, range: pin.range) })
    }

    /// The folder that a clone makes; nil when it cannot be determined.
    private static func cloneFolder(_ command: ShellCommand) -> String? {
        let words = command.words.dropFirst().map {
            CommandWord(
                text: $0.text, raw: $0.raw,
                range: SourceRange(start: SourcePosition(line: 1, column: 1), end: SourcePosition(line: 1, column: 1)))
        }
        var operands = cloneGrammar.arguments(words).operands
        if command.name == "gh", !operands.isEmpty { operands.removeFirst() }
        guard operands.count > 1, let url = operands[1].text, let base = command.workingDirectory else { return nil }
        if operands.count > 2 { return operands[2].text.map { PosixPath.clamped($0, in: base) } }
        var name = url.split(whereSeparator: { $0 == "/" || $0 == ":" }).last ?? ""
        if name.hasSuffix(".git") { name = name.dropLast(4) }
        return PosixPath.clamped(String(name), in: base)
    }

    private static func folder(_ command: ShellCommand, _ arguments: OptionGrammar.Arguments) -> String? {
        guard let base = command.workingDirectory else { return nil }
        guard let option = arguments.option("-C") else { return PosixPath.clamped(base) }
        return option.value.map { PosixPath.clamped($0, in: base) }
    }
}
