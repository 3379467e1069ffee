import DockerfileSyntax
import SourceDocuments

/// Programs and scripts from a bucket that the same RUN runs: `gsutil cp gs://b/x.sh . && sh x.sh`.
///
/// A file that is only fetched is data of the image's maker; one that is run is a program that can change.
enum BucketDownloads {
    private static let interpreters: Set<String> = [
        "sh", "bash", "dash", "ash", "ksh", "mksh", "zsh", ".", "source", "exec", "su", "perl", "ruby", "php", "node",
        "nodejs", "java", "dotnet",
    ]

    /// The pins of what a RUN fetches and runs.
    static func pins(in run: RunStep, _ text: SourceText) -> [Pin] {
        var pins: [Pin] = []
        for (index, command) in run.commands.enumerated() where !command.isListedAtCalls {
            guard let fetch = fetch(command), isRun(fetch, after: index, in: run.commands) else { continue }
            let name = fetch.output.map { [$0] } ?? []
            let strength = Downloads.Checks.strength(
                of: name, after: index, in: run.commands, stopsAtFailure: run.stopsAtFailure)
            pins.append(
                Pin(
                    kind: .download, subject: fetch.source.text ?? fetch.source.raw, strength: strength,
                    file: text.name, range: text.range(fetch.source.range), requestedBy: command.name ?? "",
                    reason: "nothing in this instruction checks its bytes, and it is run"))
        }
        return pins
    }

    private struct Fetch {
        let source: ShellWord
        /// The file; nil for standard output.
        let output: String?
    }

    /// `gsutil cp`, `gsutil cat`, `gcloud storage cp`, `aws s3 cp`, `aws s3api get-object`.
    private static func fetch(_ command: ShellCommand) -> Fetch? {
        let words = command.words.dropFirst()
        let texts = words.map(\.partialText)
        switch command.name {
        case "aws" where texts.starts(with: ["s3api", "get-object"]):
            guard let output = words.last, let key = words.firstIndex(where: { $0.text == "--key" }),
                key + 1 < words.endIndex
            else { return nil }
            return Fetch(source: words[key + 1], output: output.partialText)
        case "gsutil", "gcloud", "aws":
            let copies = [["cp"], ["cat"], ["storage", "cp"], ["storage", "cat"], ["s3", "cp"]]
            let operands = texts.filter { !$0.hasPrefix("-") }
            guard copies.contains(where: { operands.starts(with: $0) }),
                let source = words.firstIndex(where: {
                    $0.partialText.hasPrefix("gs://") || $0.partialText.hasPrefix("s3://")
                })
            else { return nil }
            let target = source + 1 < words.endIndex ? words[source + 1].partialText : "-"
            if target == "-" { return Fetch(source: words[source], output: nil) }
            let isFolder = target.hasSuffix("/") || target == "." || target == ".."
            let name = words[source].partialText.split(separator: "/").last.map(String.init) ?? ""
            return Fetch(source: words[source], output: isFolder ? target + "/" + name : target)
        default: return nil
        }
    }

    private static func isRun(_ fetch: Fetch, after index: Int, in commands: [ShellCommand]) -> Bool {
        let command = commands[index]
        guard let output = fetch.output else {
            return commands.contains {
                $0.pipeline == command.pipeline && $0.pipelinePosition == command.pipelinePosition + 1
                    && isInterpreter($0)
            }
        }
        let path = path(output, command)
        return commands[(index + 1)...].contains { later in
            let isNamed = later.words.first.map { self.path($0.partialText, later) == path } ?? false
            return isNamed
                || isInterpreter(later)
                    && later.words.dropFirst().contains { self.path($0.partialText, later) == path }
        }
    }

    private static func isInterpreter(_ command: ShellCommand) -> Bool {
        guard let name = command.name else { return false }
        return interpreters.contains(name) || name.hasPrefix("python")
    }

    private static func path(_ text: String, _ command: ShellCommand) -> String {
        ContainerPath.join(command.workingDirectory ?? "", text) ?? text
    }
}
