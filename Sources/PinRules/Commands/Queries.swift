import DockerfileSyntax

/// Requests of curl and wget that ask a service about its own data, which is not a download: what `jq` or a variable gets.
enum Queries {
    /// Whether a request is one: it carries the caller's credentials, names an interface of a service, and a variable or `jq`
    /// gets the answer. What names releases, files or commits decides what is fetched next, and stays a download.
    static func isOne(
        _ url: String, _ command: ShellCommand, _ arguments: OptionGrammar.Arguments, _ commands: [ShellCommand]
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
        return isSigned && isRead(command, commands)
    }

    /// Whether a variable or a reader of JSON gets the output.
    private static func isRead(_ command: ShellCommand, _ commands: [ShellCommand]) -> Bool {
        let next = commands.first {
            $0.pipeline == command.pipeline && $0.pipelinePosition == command.pipelinePosition + 1
        }
        if let next { return ["jq", "yq", "grep"].contains(next.name ?? "") }
        guard command.origin == .substitution else { return false }
        guard let parent = command.parent, commands.indices.contains(parent) else { return true }
        return commands[parent].words.isEmpty || ["echo", "printf", "export", "local"].contains(commands[parent].name)
    }
}
