import DockerfileSyntax
import EnvironmentInventory
import SourceDocuments

/// Downloads by curl and wget in a RUN instruction, and what checks them there.
enum Downloads {
    /// The pins of a RUN's downloads: hashed with a checksum that is checked in the same RUN, exact with a signature.
    static func pins(in run: RunStep, _ facts: CommandFacts, _ text: SourceText) -> [Pin] {
        var pins: [Pin] = []
        for (index, command) in run.commands.enumerated() where !command.isListedAtCalls {
            guard let program = command.name, let fetch = fetches[program] else { continue }
            let words = command.words.map { CommandWord(text: $0.text, raw: $0.raw, range: text.range($0.range)) }
            let arguments = fetch.grammar.arguments(words.dropFirst())
            let options = Set(arguments.options.map(\.name))
            if !fetch.silent.isDisjoint(with: options) { continue }
            let written = command.redirections.filter { [">", ">>", ">|"].contains($0.symbol) }
            let outputs =
                arguments.all(fetch.output, fetch.longOutput).compactMap(\.value)
                + written.compactMap { $0.descriptor?.isEmpty ?? true ? $0.target?.text : nil }
            if outputs.contains("/dev/null") { continue }
            let method = arguments.option("-X", "--request", "--method")?.value
            let isSent =
                !fetch.sending.isDisjoint(with: options) && options.isDisjoint(with: ["-G", "--get"])
                || method.map { $0 != "GET" } ?? false
            let queries = Queries(facts: facts)
            if isSent, !queries.isKept(command, arguments, outputs: outputs) { continue }
            let urls = arguments.operands + arguments.all("--url").compactMap(\.valueWord)
            if urls.isEmpty, let list = arguments.options.first(where: { fetch.lists.contains($0.name) }) {
                let word = list.valueWord ?? list.word
                pins.append(
                    Pin(
                        kind: .unreadCommand, subject: "\(program) \(list.name) \(list.value ?? word.raw)",
                        strength: .unknown, file: text.name, range: word.range, requestedBy: program,
                        reason: "the addresses that a file names are not read"))
            }
            for word in urls {
                let partial = word.text ?? word.raw
                if queries.isQuery(partial, command, arguments, outputs: outputs) { continue }
                guard isFetched(partial), word.text != nil || !word.holdsOptions else { continue }
                var check = Checks.strength(
                    of: outputs + [lastComponent(partial)], after: index, facts, stopsAtFailure: run.stopsAtFailure)
                let namesCommit = check == .floating && word.text != nil && CommitAddress.namesCommit(partial)
                if namesCommit { check = .exact }
                pins.append(
                    Pin(
                        kind: .download, subject: partial, strength: check, file: text.name, range: word.range,
                        requestedBy: program,
                        reason: namesCommit
                            ? "its URL names a commit, and nothing checks its bytes"
                            : check == .floating ? reason(command, facts) : nil))
            }
        }
        return pins
    }

    private struct Fetch {
        let grammar: OptionGrammar
        let output: String
        let longOutput: String
        /// Options with which nothing is fetched.
        let silent: Set<String>
        /// Options that name a file of addresses.
        var lists: Set<String> = []
        /// Options that send something; the answer is a download where it is kept.
        var sending: Set<String> = []
    }

    private static let fetches = [
        "curl": Fetch(
            grammar: OptionGrammar(valueOptions: [
                "-o", "--output", "-H", "--header", "-X", "--request", "-d", "--data", "--data-raw", "--data-binary",
                "-u", "--user",
                "-A", "--user-agent", "-e", "--referer", "-m", "--max-time", "--connect-timeout", "--retry",
                "--retry-delay",
                "--retry-max-time", "-x", "--proxy", "-b", "--cookie", "-c", "--cookie-jar", "-F", "--form", "-T",
                "--upload-file",
                "-w", "--write-out", "--cacert", "--cert", "--key", "-E", "--url", "--output-dir", "--proto",
                "--proto-redir",
                "--tls-max", "--ciphers", "-K", "--config", "-r", "--range", "-C", "--continue-at", "--limit-rate",
                "--max-redirs",
                "--resolve", "-z", "--time-cond", "--create-file-mode", "--noproxy", "--interface", "--max-filesize",
                "-y", "-Y",
                "--oauth2-bearer", "--json", "--data-urlencode", "--form-string", "-D", "--dump-header", "--stderr",
                "--trace",
                "--trace-ascii",
            ]), output: "-o", longOutput: "--output",
            silent: ["-I", "--head", "-V", "--version", "-h", "--help"], lists: ["-K", "--config"],
            sending: [
                "-T", "--upload-file", "-d", "--data", "--data-raw", "--json", "--data-binary", "--data-urlencode",
                "-F", "--form", "--form-string",
            ]),
        "wget": Fetch(
            grammar: OptionGrammar(valueOptions: [
                "-O", "--output-document", "-o", "--output-file", "-a", "--append-output", "-P", "--directory-prefix",
                "-t", "--tries",
                "-T", "--timeout", "-U", "--user-agent", "--header", "--user", "--password", "-i", "--input-file", "-e",
                "--execute",
                "--ca-certificate", "--post-data", "--post-file", "--limit-rate", "-w", "--wait", "--waitretry",
                "--retry-connrefused-after", "-A",
                "--accept", "-R", "--reject", "-l", "--level", "--progress", "--connect-timeout", "--read-timeout",
                "--dns-timeout",
                "--secure-protocol", "--method", "--body-data", "--body-file", "-Q", "--quota", "--load-cookies",
                "--save-cookies",
                "--referer",
                "-B", "--base", "-D", "--domains", "-X", "--exclude-directories", "-I", "--include-directories",
                "--cut-dirs",
            ]), output: "-O", longOutput: "--output-document",
            silent: ["--spider", "-V", "--version", "-h", "--help"], lists: ["-i", "--input-file"],
            sending: ["--post-data", "--body-data", "--post-file", "--body-file"]),
        "aria2c": Fetch(
            grammar: OptionGrammar(valueOptions: [
                "-o", "--out", "-d", "--dir", "-x", "--max-connection-per-server", "-s", "--split", "-k",
                "--min-split-size", "-j", "--max-concurrent-downloads", "-i", "--input-file", "-U", "--user-agent",
                "--header", "-l", "--log", "-m", "--max-tries", "-t", "--timeout",
            ]), output: "-o", longOutput: "--out", silent: ["--checksum", "-v", "--version", "-h", "--help"],
            lists: ["-i", "--input-file"]),
    ]

    /// Whether a word names something of another machine.
    private static func isFetched(_ text: String) -> Bool {
        if text.hasPrefix("-") { return false }
        let hasScheme = ["http://", "https://", "ftp://"].contains { text.hasPrefix($0) }
        let host =
            hasScheme ? text.split(separator: "/").dropFirst().first ?? "" : text.split(separator: "/").first ?? ""
        let name = host.split(separator: ":").first ?? ""
        if ["localhost", "127.0.0.1", "0.0.0.0", "[", "metadata.google.internal", "169.254.169.254"].contains(
            String(name))
        {
            return false
        }
        // Every operand of these programs is an address: `curl get.example.com`.
        return hasScheme || text.contains("$") || name.contains(".")
    }

    private static func lastComponent(_ url: String) -> String {
        let path = url.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        guard let last = path.lastIndex(where: { $0 != UInt8(ascii: "/") }) else { return "" }
        let name = path[...last]
        let start = name.lastIndex(of: UInt8(ascii: "/")).map { name.index(after: $0) } ?? name.startIndex
        return String(decoding: name[start...], as: UTF8.self)
    }

    private static func reason(_ command: ShellCommand, _ facts: CommandFacts) -> String {
        let next = facts.next(after: command)
        let shells: Set<String> = [
            "sh", "bash", "dash", "ash", "zsh", "python", "python3", "perl", "ruby", "node", "sudo",
        ]
        if let name = next?.name, shells.contains(name) { return "it goes straight into \(name)" }
        return "nothing in this instruction checks its bytes"
    }
}
