import DockerfileSyntax
import SourceDocuments

/// `git clone` fixed by what follows it in the same stage: `git checkout REF`, `git reset --hard REF`, `git switch --detach`,
/// `git fetch REMOTE COMMIT` with a checkout of FETCH_HEAD.
///
/// What follows belongs to the clone when it runs in the folder of the clone. Where a folder cannot be told, what stands
/// behind the clone in the same RUN and before the next clone is believed to belong to it.
enum GitCheckouts {
    private static let cloneGrammar = OptionGrammar(valueOptions: [
        "-b", "--branch", "-o", "--origin", "-u", "--upload-pack", "--reference", "--depth", "-c", "--config", "-j",
        "--jobs", "--filter", "--revision", "-C", "--shallow-since", "--template",
    ])

    /// The commands of other steps, and from which position on they run after the step.
    struct OtherSteps {
        let history: GitHistory
        let end: Int
    }

    /// The pin of a clone, a fetch or a pull with the strength of what is checked out behind it; nil for a fetch of which
    /// nothing is checked out, and where a clone before it says it all.
    ///
    /// - Parameters:
    ///   - isClonedBefore: whether a RUN instruction before this one in the stage clones something.
    ///   - isOwn: whether what is checked out belongs to an image; in a job it is a checkout of the repository itself.
    ///   - later: the commands of the stage; nil when none of them runs after the step.
    static func settled(
        _ pin: Pin, after index: Int, of facts: CommandFacts, isClonedBefore: Bool, isOwn: Bool = true,
        later: OtherSteps?
    ) -> Pin? {
        if pin.requestedBy == GitBranchFetcher.requestedBy {
            guard !isClonedBefore, facts.history.firstClone.map({ $0 > index }) ?? true,
                isOwn || facts.history.firstRemote.map({ $0 < index }) ?? false
            else { return nil }
            return fetched(pin, after: index, of: facts, later: later)
        }
        if pin.requestedBy == "git fetch" || pin.requestedBy == "git pull" {
            let isCloned = isClonedBefore || facts.history.firstClone.map { $0 < index } ?? false
            return isCloned ? nil : fetched(pin, after: index, of: facts, later: later)
        }
        return settled(pin, after: index, of: facts, later: later)
    }

    private static func fetched(
        _ pin: Pin, after index: Int, of facts: CommandFacts, later: OtherSteps?
    ) -> Pin? {
        let head = facts.history.head(from: index + 1) ?? later.flatMap { $0.history.head(from: $0.end) }
        guard let reference = head?.operands.first else { return pin.requestedBy == "git pull" ? pin : nil }
        guard let text = reference.text else {
            return pin.with(strength: .unknown, reason: "it is checked out at \(reference.raw)")
        }
        if text == "FETCH_HEAD" { return pin }
        // `git checkout .` and `git reset --hard` alone take no other commit.
        if pin.requestedBy == GitBranchFetcher.requestedBy, text == "." || text == "HEAD" { return nil }
        let name = text.hasPrefix("origin/") ? String(text.dropFirst("origin/".count)) : text
        let (strength, reason) = GitReference.strength(name)
        return pin.with(strength: strength, reason: reason)
    }

    private static func settled(
        _ pin: Pin, after index: Int, of facts: CommandFacts, later: OtherSteps?
    ) -> Pin {
        guard pin.kind == .gitCheckout, ["git clone", "gh repo clone"].contains(pin.requestedBy),
            pin.strength != .hashed
        else { return pin }
        let command = facts.commands[index]
        let folder = cloneFolder(command)
        // What stands before the next clone belongs to this one where a folder is not known.
        let near = facts.history.entriesBeforeClone(from: index + 1).lazy.filter { folder == nil || $0.folder == nil }
        var nearby = near.makeIterator()
        var there = folder.map { AnyIterator(facts.history.entries(in: $0, from: index + 1).makeIterator()) }
        var (first, second) = (nearby.next(), there?.next())
        var isLater = false
        /// Both in the order of the script, then what later steps do in the folder.
        func next() -> GitHistory.Entry? {
            if !isLater {
                if let found = first, second.map({ found.position < $0.position }) ?? true {
                    first = nearby.next()
                    return found
                }
                if let found = second {
                    second = there?.next()
                    return found
                }
                isLater = true
                there = later.flatMap { later in
                    folder.map { AnyIterator(later.history.entries(in: $0, from: later.end).makeIterator()) }
                }
            }
            return there?.next()
        }
        var fetched: String?
        while let entry = next() {
            if entry.subcommand == "fetch" { fetched = entry.operands.dropFirst().first?.text ?? fetched }
            // `git checkout .` takes changes of files back; it checks out no other commit.
            guard entry.isCheckout, let reference = entry.operands.first, reference.text != "." else { continue }
            guard let text = reference.text else {
                return pin.with(strength: .unknown, reason: "it is checked out at \(reference.raw)")
            }
            let (strength, reason) = GitReference.strength(text == "FETCH_HEAD" ? fetched ?? text : text)
            if strength == .hashed, isRecursive(command),
                !facts.history.updatesSubmodules(of: folder, from: index + 1),
                !(later?.history.updatesSubmodules(of: folder, from: later?.end ?? 0) ?? false)
            {
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
}
