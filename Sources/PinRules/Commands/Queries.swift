import DockerfileSyntax
import EnvironmentInventory
import SourceDocuments

/// Requests of curl and wget whose answer is looked at and not kept: what is asked of a service about its own data, and what
/// is sent to one.
struct Queries {
    /// The commands of the instruction.
    let facts: CommandFacts
    private var commands: [ShellCommand] { facts.commands }

    /// Whether a request asks a service about its own data, which is not a download.
    ///
    /// It carries the caller's credentials, names an interface of a service, and a variable or a reader of JSON gets the
    /// answer. What names releases, files or commits decides what is fetched next, and stays a download.
    func isQuery(
        _ url: String, _ command: ShellCommand, _ arguments: OptionGrammar.Arguments, outputs: [String]
    ) -> Bool {
        let rest = url.drop { $0 != ":" }.drop { $0 == ":" || $0 == "/" }
        let host = rest.prefix { $0 != "/" }
        guard host.hasPrefix("api.") || String(rest).containsText("/api/") else { return false }
        let names = [
            "release", "tag", "commit", "branch", "content", "artifact", "download", "archive", "tarball", "raw",
        ]
        if names.contains(where: { url.containsText($0) }) { return false }
        let headers = arguments.all("-H", "--header").compactMap { $0.valueWord.map { $0.text ?? $0.raw } }
        let isSigned =
            arguments.option("-u", "--user", "--oauth2-bearer") != nil
            || headers.contains { header in
                ["authorization", "token", "api-key"].contains { header.lowercased().containsText($0) }
            }
        guard isSigned, isRead(command) else { return false }
        return !isKept(command, arguments, outputs: outputs)
    }

    /// Whether a variable or a reader of JSON gets the output.
    private func isRead(_ command: ShellCommand) -> Bool {
        if let next = facts.next(after: command) { return isReader(next) }
        return command.origin == .substitution
    }

    /// Whether the answer to a request ends in a file, or in a program that may run it.
    ///
    /// - Parameter outputs: the files that the request names for its answer, by options or redirections.
    func isKept(_ command: ShellCommand, _ arguments: OptionGrammar.Arguments, outputs: [String]) -> Bool {
        if outputs.contains(where: { $0 != "-" && $0 != "/dev/stdout" && !$0.hasPrefix("/dev/fd/") }) { return true }
        // Without an output file wget makes one of the URL's name, which is kept when a later command looks at it.
        if command.name == "wget", outputs.isEmpty {
            let written = arguments.operands.map { PosixPath.lastComponent($0.text ?? $0.raw) }
            return facts.areNamed(written, after: command)
        }
        if command.name == "curl", !Self.namesFile.isDisjoint(with: arguments.options.map(\.name)) { return true }
        return goesOn(command)
    }

    /// The options of curl that make a file of the URL's name.
    private static let namesFile: Set<String> = ["-O", "--remote-name", "--remote-name-all", "-J", "--output-dir"]

    /// Programs that print what they read, or parts of it.
    private static let readers: Set<String> = [
        "jq", "yq", "grep", "egrep", "fgrep", "head", "tail", "wc", "cut", "tr", "sed", "awk", "sort", "uniq", "cat",
        "column",
        "true", "less", "fmt", "nl", "xxd", "od", "hexdump",
    ]

    /// Programs that only say what their arguments are.
    private static let printers: Set<String> = ["echo", "printf", ":", "test", "[", "[["]

    private static let maximumSteps = 64

    /// Whether what a command prints goes into a file or a program that may run it.
    private func goesOn(_ first: ShellCommand) -> Bool {
        var command = first
        for _ in 0..<Self.maximumSteps {
            if command.range != first.range, isWritten(command) { return true }
            if let next = facts.next(after: command) {
                guard isReader(next) else { return true }
                command = next
                continue
            }
            guard command.origin == .substitution else { return false }
            guard let parent = command.parent, commands.indices.contains(parent) else {
                return isUsed(byVariableOf: nil)
            }
            let outer = commands[parent]
            if outer.words.isEmpty || ["export", "local", "declare", "readonly", "typeset"].contains(outer.name) {
                return isUsed(byVariableOf: outer)
            }
            guard Self.printers.contains(outer.name ?? "") || isReader(outer) else { return true }
            command = outer
        }
        return true
    }

    private func isReader(_ command: ShellCommand) -> Bool {
        guard let name = command.name else { return false }
        if Self.readers.contains(name) { return true }
        let words = command.words.dropFirst().compactMap(\.text)
        // A program of the command line reads what comes in; without one the interpreter runs it.
        return name.hasPrefix("python") && (words.first == "-c" || words.starts(with: ["-m", "json.tool"]))
    }

    /// Whether standard output is a file; those in which a job of GitHub Actions hands values on are none.
    private func isWritten(_ command: ShellCommand) -> Bool {
        command.redirections.contains { redirection in
            guard [">", ">>", ">|", "&>", "&>>"].contains(redirection.symbol),
                ["", "1"].contains(redirection.descriptor ?? ""), let target = redirection.target
            else { return false }
            let text = target.partialText
            return !text.hasPrefix("/dev/") && !text.containsText("GITHUB_")
        }
    }

    /// Whether one of the variables that a command sets is run by a later one, or written into a file.
    private func isUsed(byVariableOf command: ShellCommand?) -> Bool {
        guard let command else { return false }
        var names = command.assignments.map(\.name)
        names += command.words.dropFirst().compactMap { word in
            word.partialText.firstIndex(of: "=").map { String(word.partialText[..<$0]) }
        }
        return names.contains { name in
            commands.contains { later in
                guard later.range.lowerBound >= command.range.upperBound else { return false }
                let isNamed = later.words.contains { Self.names(name, in: $0.raw) }
                if isNamed, Self.printers.contains(later.name ?? "") {
                    return isWritten(later) || facts.next(after: later).map { !isReader($0) } ?? false
                }
                let isFed = later.redirections.contains { redirection in
                    redirection.target.map { Self.names(name, in: $0.raw) } ?? false
                        || redirection.heredoc.map { Self.names(name, in: $0.string) } ?? false
                }
                let mayRun = later.name.map { Self.shells.contains($0) || $0.hasPrefix("python") } ?? false
                if mayRun, isNamed || isFed { return true }
                return later.words.first.map { Self.names(name, in: $0.raw) } ?? false
            }
        }
    }

    /// Programs that run what their arguments or their input say.
    private static let shells: Set<String> = [
        "sh", "bash", "dash", "ash", "zsh", "ksh", "eval", "source", ".", "perl", "ruby", "node",
    ]

    private static func names(_ name: String, in text: String) -> Bool {
        text.containsText("${\(name)") || text.containsText("$\(name)")
    }
}
