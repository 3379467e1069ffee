import DockerfileSyntax
import EnvironmentInventory
import SourceDocuments

/// R code that an interpreter reads from its input: `R --no-save <<EOF`, `echo 'install.packages("x")' | R --no-save`.
extension CommandReader {
    private static let interpreters: Set<String> = ["R", "Rscript", "r", "littler"]

    /// Reads what an interpreter of R gets from its input; whether the command was one of them.
    mutating func readR(_ command: ShellCommand, _ step: RunStep, _ source: CommandSource) -> Bool {
        guard let name = command.name, Self.interpreters.contains(name) else { return false }
        let words = command.words.dropFirst().map { $0.text ?? $0.raw }
        let options = ["-e", "-f", "CMD", "--version", "--help"]
        guard !words.contains(where: { options.contains($0) || $0.hasPrefix("--file") }),
            name == "R" || words.allSatisfy({ $0.hasPrefix("-") })
        else { return false }
        let input = command.redirections.last {
            $0.symbol.hasPrefix("<") && ($0.descriptor == nil || $0.descriptor == "0")
        }
        if let heredoc = input?.heredoc {
            addR(heredoc.string, at: source.text.range(heredoc.fileRange(0..<heredoc.count)), source)
            return true
        }
        if input?.symbol == "<<<", let text = input?.target?.text, let range = input?.target?.range {
            addR(text, at: source.text.range(range), source)
            return true
        }
        if input == nil, command.pipelinePosition == 0 { return false }
        if input == nil, let feeder = facts(of: step).feeder(of: command, where: { $0.origin != .substitution }) {
            let written = feeder.words.dropFirst().drop { ["-n", "-e", "-ne", "-en"].contains($0.text ?? "") }
            if ["echo", "printf"].contains(feeder.name ?? ""), written.count == 1, let text = written.first?.text {
                addR(text, at: source.text.range(feeder.range), source)
                return true
            }
            // The download is what is said.
            if ["curl", "wget", "aria2c"].contains(feeder.name ?? "") { return true }
        }
        addUnread(
            command.words.map(\.raw).joined(separator: " "), "the program that it reads from its input is not read",
            in: source, at: source.text.range(command.range))
        return true
    }

    private mutating func addR(_ code: String, at range: SourceRange, _ source: CommandSource) {
        for install in RCode.installs(in: code) {
            reading.pins.append(
                Pin(
                    kind: .rPackage, subject: install.subject, strength: install.strength, file: source.text.name,
                    range: range, requestedBy: install.function, reason: install.reason
                ).used(by: source.usedBy))
        }
    }
}
