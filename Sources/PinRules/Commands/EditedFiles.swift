import DockerfileSyntax
import SourceDocuments

/// Files of the build context that commands change before others install from them: `sed -i 's/==.*//' requirements.txt`,
/// `uv pip compile requirements.in -o requirements.txt`.
///
/// What the build makes of a file cannot be known, so that what the context holds says nothing.
struct EditedFiles {
    /// What a command makes of the files that a word names.
    private struct Change {
        /// The number of the command among all that were added, and that of the change.
        let command: Int
        let number: Int
        let path: String
        let reason: String
    }

    private var count = 0
    private var changes: [Change] = []
    /// The changes of a path.
    private var byPath: [String: [Int]] = [:]
    /// The changes of all paths that a pattern fits, `sed -i ... *.txt`.
    private var patterns: [Int] = []

    mutating func append(_ commands: [ShellCommand]) {
        for (index, command) in commands.enumerated() where !command.isUnreachable && !command.isListedAtCalls {
            add(command, at: count + index)
        }
        count += commands.count
    }

    /// What the last command before another one that changes a file does, a sentence; nil when none does.
    func edit(of path: String, before end: Int) -> String? {
        var found: Change?
        /// The last command counts, of its changes the first.
        func consider(_ change: Change) {
            guard change.command < end else { return }
            if let there = found, (there.command, -there.number) > (change.command, -change.number) { return }
            found = change
        }
        let indices = byPath[path] ?? []
        let first = firstIndex(notBefore: end, in: indices)
        if first > 0 {
            let last = changes[indices[first - 1]].command
            for index in indices[..<first].reversed() {
                guard changes[index].command == last else { break }
                consider(changes[index])
            }
        }
        for index in patterns[..<firstIndex(notBefore: end, in: patterns)].reversed() {
            if let found, changes[index].command < found.command { break }
            if GlobPattern.matches(changes[index].path, path) { consider(changes[index]) }
        }
        return found?.reason
    }

    private func firstIndex(notBefore end: Int, in indices: [Int]) -> Int {
        var (low, high) = (0, indices.count)
        while low < high {
            let middle = low + (high - low) / 2
            if changes[indices[middle]].command < end { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Whether a command writes a text that stands in the file itself and replaces all that was there.
    private static func isWritten(_ command: ShellCommand) -> Bool {
        let isHeredoc = command.redirections.contains { $0.heredoc != nil }
        let replaces = command.redirections.contains { [">", ">|"].contains($0.symbol) }
        return replaces && isHeredoc && command.name == "cat" && command.words.count == 1
    }

    private mutating func add(_ command: ShellCommand, at position: Int) {
        guard let name = command.name else { return }
        let directory = command.workingDirectory
        func add(_ path: String?, isPattern: Bool, _ reason: String) {
            guard let path = path.flatMap({ ContainerPath.join(directory, $0) }) else { return }
            let line = command.words.prefix(3).map(\.raw).joined(separator: " ")
            byPath[path, default: []].append(changes.count)
            if isPattern { patterns.append(changes.count) }
            changes.append(
                Change(command: position, number: changes.count, path: path, reason: "\(reason): \(line)"))
        }
        func add(_ word: ShellWord?, _ reason: String) {
            if let word { add(word.partialText, isPattern: word.isPattern, reason) }
        }
        // What a here-document writes is read where it stands.
        if !command.redirections.isEmpty, !Self.isWritten(command) {
            for redirection in command.redirections where [">", ">>", ">|", "&>", "&>>"].contains(redirection.symbol) {
                add(redirection.target, "it is written in the build")
            }
        }
        let words = command.words.dropFirst()
        switch name {
        case "sed", "perl", "gawk", "awk", "ruby", "yq", "jq":
            let isInPlace = words.contains { word in
                guard let text = word.text, text.hasPrefix("-") else { return false }
                return text == "--in-place" || text.hasPrefix("--in-place=")
                    || !text.hasPrefix("--") && text.dropFirst().prefix { $0 != "'" }.contains("i")
                        && text.utf8.count <= 8
            }
            if isInPlace { for word in words { add(word, "it is changed in the build") } }
        case "tee", "patch", "truncate", "ed", "ex":
            for word in words { add(word, "it is changed in the build") }
        case "mv", "cp", "install":
            if words.count > 1 { add(words.last, "it is replaced in the build") }
        case "uv", "pip-compile", "poetry", "pdm", "pipenv", "conda-lock", "pip", "pip3", "python", "python3":
            let makes = ["compile", "export", "lock", "requirements", "freeze", "piptools"]
            guard
                name == "pip-compile" || name == "conda-lock"
                    || words.contains(where: { makes.contains($0.text ?? "") })
            else { return }
            for (offset, word) in words.enumerated() {
                guard let text = word.text else { continue }
                if ["-o", "--output-file", "--output", "--lockfile"].contains(text) {
                    add(words.dropFirst(offset + 1).first, "the build makes it")
                }
                for option in ["--output-file=", "--output=", "-o"] where text.hasPrefix(option) && text != option {
                    add(String(text.dropFirst(option.count)), isPattern: false, "the build makes it")
                }
            }
        default: break
        }
    }
}
