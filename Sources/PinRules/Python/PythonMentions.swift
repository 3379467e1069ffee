import SourceDocuments

/// Texts of Python code that look like command lines and that no call runs where they stand: `cmd = "pip install x"` with two
/// values of `cmd`, or a list of commands that a function of the code's own goes through.
extension PythonCode {
    /// Returns the texts that look as if they install or fetch; what is printed, raised or documented is none.
    func unreadTexts() -> [Command] {
        var result: [Command] = []
        var callees: [String] = []
        var ranges = commands.map(\.range)[...]
        for (index, token) in tokens.enumerated() {
            switch token.kind {
            case .symbol where token.text == "(":
                let isCall = index > 0 && tokens[index - 1].kind == .name
                callees.append(isCall ? tokens[index - 1].text : "")
            case .symbol where token.text == ")": _ = callees.popLast()
            case .string, .formatted:
                while let first = ranges.first, first.upperBound <= token.range.lowerBound {
                    ranges = ranges.dropFirst()
                }
                if ranges.first?.contains(token.range.lowerBound) ?? false { continue }
                guard !isSaid(index, callees.last { !$0.isEmpty }) else { continue }
                let formatted = FormattedText(token.kind == .formatted ? token.text : "") { names[$0] }
                let text = token.kind == .formatted ? formatted.text : token.text
                guard Self.looksLikeInstall(text) else { continue }
                result.append(Command(text: text, unknown: formatted.unknown, range: token.range))
            default: break
            }
        }
        return result
    }

    private static let printers: Set<String> = [
        "print", "warn", "warning", "info", "error", "debug", "exception", "critical", "log", "write", "echo", "secho",
        "fail",
        "exit", "skip", "skipif", "deprecated", "assertEqual", "assertIn", "Text", "Markdown",
    ]

    private static let documented: Set<String> = [
        "help", "description", "epilog", "message", "msg", "reason", "error", "title", "__doc__", "usage", "doc",
        "hint",
    ]

    /// Whether a string is documentation, or a part of what is printed or raised.
    private func isSaid(_ index: Int, _ callee: String?) -> Bool {
        let isFirst = index == 0 || tokens[index - 1].kind == .end
        let isLast = !tokens.indices.contains(index + 1) || tokens[index + 1].kind == .end
        if isFirst && isLast || index > 0 && isSymbol(index - 1, ":") && isLast && callee == nil { return true }
        if index > 1, isSymbol(index - 1, "="), Self.documented.contains(tokens[index - 2].text) { return true }
        guard let name = callee?.split(separator: ".").last.map(String.init) else { return false }
        return Self.printers.contains(name) || ["Error", "Exception", "Warning"].contains { name.hasSuffix($0) }
    }

    private static let installers: Set<Substring> = [
        "pip", "pip3", "apt", "apt-get", "apk", "yum", "dnf", "microdnf", "conda", "mamba", "micromamba", "npm", "yarn",
        "pnpm",
        "brew", "gem", "cargo", "go", "uv", "pipx", "poetry", "git", "docker", "podman", "helm", "huggingface-cli",
        "dvc",
    ]

    private static let verbs: Set<Substring> = [
        "install", "add", "pull", "clone", "create", "download", "get", "sync", "ci",
    ]

    private static let wrappers: Set<Substring> = [
        "sudo", "-E", "-H", "env", "time", "-m", "python", "python3", "exec",
    ]

    /// As many words as stand in front of the verb.
    private static let maximumWords = 12

    private static func looksLikeInstall(_ text: String) -> Bool {
        let start = text.utf8.prefix(1 << 10)
        guard start.contains(UInt8(ascii: " ")) else { return false }
        var words = Substring(start).split(maxSplits: maximumWords) { $0 == " " || $0 == "\n" || $0 == "\t" }
            .drop { wrappers.contains($0) || $0.hasPrefix("${") && $0.hasSuffix("}") || $0.contains("=") }
        // `${sudo}apt-get`
        guard var program = words.popFirst() else { return false }
        if let brace = program.lastIndex(of: "}") { program = program[program.index(after: brace)...] }
        if program == "curl" || program == "wget" { return words.contains { $0.contains("://") } }
        guard installers.contains(program) else { return false }
        let operands = words.drop { $0.hasPrefix("-") }
        guard let verb = operands.first else { return false }
        if verb == "pip" { return verbs.contains(operands.dropFirst().first ?? "") }
        return verbs.contains(verb)
    }
}
