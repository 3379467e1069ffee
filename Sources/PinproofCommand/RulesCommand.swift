import ArgumentParser
import EnvironmentInventory
import Pinproof

struct RulesCommand: ResultCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules", _superCommandName: pinproofName, abstract: "Explains the rules, or one of them.",
        version: pinproofVersion)

    static let examples = [
        CommandExample(
            "Explain one rule",
            "pinproof rules floating-image"),
        CommandExample(
            "Write the documentation of all",
            "pinproof rules --format markdown"),
    ]

    @Argument(help: ArgumentHelp("One rule.", valueName: "rule"))
    var rule: String?

    @Option(help: "The format of the result.")
    var format = RuleFormat.text

    @OptionGroup var output: OutputOptions

    func result(progress: ProgressLine?) async throws -> CommandResult {
        let all = Rules.all
        if let rule {
            guard let rule = Rules.named(rule) else { throw ValidationError(UnknownRule.message(rule)) }
            return CommandResult(text: RuleDocument.markdown(rule))
        }
        switch format {
        case .markdown: return CommandResult(text: RuleDocument.all(all))
        case .text:
            let width = all.map(\.name.count).max() ?? 0
            return CommandResult(
                text: all.map { rule in
                    rule.name + String(repeating: " ", count: width - rule.name.count) + "  " + rule.summary + "\n"
                }.joined())
        }
    }
}

/// What is said of a rule that does not exist.
enum UnknownRule {
    static func message(_ name: String) -> String { "there is no rule '\(name)'; pinproof rules lists them" }
}
