import DockerfileSyntax
import SourceDocuments

/// Files of the build context that commands change before others install from them: `sed -i 's/==.*//' requirements.txt`,
/// `uv pip compile requirements.in -o requirements.txt`.
///
/// What the build makes of a file cannot be known, so that what the context holds says nothing.
enum EditedFiles {
    /// What changes a file before a command runs, a sentence; nil when nothing does.
    static func edit(of path: String, before index: Int, in step: RunStep, earlier: [RunStep]) -> String? {
        let command = step.commands[index]
        guard let wanted = ContainerPath.join(command.workingDirectory, path) else { return nil }
        let commands = earlier.flatMap(\.commands) + step.commands[..<index]
        for command in commands.reversed() where !command.isUnreachable && !command.isListedAtCalls {
            if let reason = reason(command, wanted) { return reason }
        }
        return nil
    }

    /// Whether a command writes a text that stands in the file itself and replaces all that was there.
    private static func isWritten(_ command: ShellCommand) -> Bool {
        let isHeredoc = command.redirections.contains { $0.heredoc != nil }
        let replaces = command.redirections.contains { [">", ">|"].contains($0.symbol) }
        return replaces && isHeredoc && command.name == "cat" && command.words.count == 1
    }

    private static func reason(_ command: ShellCommand, _ wanted: String) -> String? {
        guard let name = command.name else { return nil }
        func isWanted(_ word: ShellWord?) -> Bool {
            guard let word else { return false }
            let text = word.partialText
            guard let path = ContainerPath.join(command.workingDirectory, text) else { return false }
            if path == wanted { return true }
            // `sed -i ... *.txt`
            return word.isPattern && GlobPattern.matches(path, wanted)
        }
        let words = command.words.dropFirst()
        let line = command.words.prefix(3).map(\.raw).joined(separator: " ")
        // What a here-document writes is read where it stands.
        let writes = command.redirections.contains { redirection in
            [">", ">>", ">|", "&>", "&>>"].contains(redirection.symbol) && isWanted(redirection.target)
        }
        if writes, !isWritten(command) { return "it is written in the build: \(line)" }
        switch name {
        case "sed", "perl", "gawk", "awk", "ruby", "yq", "jq":
            let isInPlace = words.contains { word in
                guard let text = word.text, text.hasPrefix("-") else { return false }
                return text == "--in-place" || text.hasPrefix("--in-place=")
                    || !text.hasPrefix("--") && text.dropFirst().prefix { $0 != "'" }.contains("i")
                        && text.utf8.count <= 8
            }
            return isInPlace && words.contains(where: { isWanted($0) }) ? "it is changed in the build: \(line)" : nil
        case "tee", "patch", "truncate", "ed", "ex":
            return words.contains(where: { isWanted($0) }) ? "it is changed in the build: \(line)" : nil
        case "mv", "cp", "install":
            guard words.count > 1, isWanted(words.last) else { return nil }
            return "it is replaced in the build: \(line)"
        case "uv", "pip-compile", "poetry", "pdm", "pipenv", "conda-lock", "pip", "pip3", "python", "python3":
            let makes = ["compile", "export", "lock", "requirements", "freeze", "piptools"]
            guard
                name == "pip-compile" || name == "conda-lock"
                    || words.contains(where: { makes.contains($0.text ?? "") })
            else { return nil }
            for (offset, word) in words.enumerated() {
                guard let text = word.text else { continue }
                let next = words.dropFirst(offset + 1).first
                if ["-o", "--output-file", "--output", "--lockfile"].contains(text), isWanted(next) {
                    return "the build makes it: \(line)"
                }
                for option in ["--output-file=", "--output=", "-o"] where text.hasPrefix(option) && text != option {
                    let value = String(text.dropFirst(option.count))
                    if ContainerPath.join(command.workingDirectory, value) == wanted {
                        return "the build makes it: \(line)"
                    }
                }
            }
            return nil
        default: return nil
        }
    }
}
