import ArgumentParser
import Pinproof

struct RulesCommand: ResultCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules", abstract: "Explains the rules, or one of them.")

    @Argument(help: ArgumentHelp("One rule.", valueName: "rule"))
    var rule: String?

    @Option(help: ArgumentHelp("The format of the result.", valueName: "text|markdown"))
    var format = "text"

    @OptionGroup var output: OutputOptions

    func result(progress: ProgressLine?) async throws -> CommandResult {
        try CommandResult { try Rules.run(rule: rule, format: format, style: output.style) }
    }
}
