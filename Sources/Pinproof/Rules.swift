import EnvironmentInventory
import EnvironmentVerification
import FindingReports
import ModelArchives
import PinRules

/// `pinproof rules`: the documentation of the rules.
package enum Rules {
    /// All rules: those of `check`, those of models, then those of `verify`.
    package static var all: [Rule] { checked + EnvironmentVerifier.rules }

    /// The rules whose findings `check` reports.
    static var checked: [Rule] { PinRules.all.map { $0.rule } + ModelRules.all }

    /// Renders one rule or all of them.
    ///
    /// - Throws: ``CommandError`` for a rule or a format that is not there.
    package static func run(rule name: String?, format: String, style: TerminalStyle) throws(CommandError)
        -> CommandOutput
    {
        guard format == "text" || format == "markdown" else { throw unknownFormat(format, ["text", "markdown"]) }
        if let name {
            guard let rule = all.first(where: { $0.name == name }) else {
                throw CommandError("there is no rule '\(name)'; pinproof rules lists them", kind: .usage)
            }
            return CommandOutput(text: RuleDocument.markdown(rule))
        }
        if format == "markdown" { return CommandOutput(text: RuleDocument.all(all)) }
        let width = all.map(\.name.count).max() ?? 0
        return CommandOutput(
            text: all.map { rule in
                rule.name + String(repeating: " ", count: width - rule.name.count) + "  " + rule.summary + "\n"
            }.joined())
    }
}

/// The documentation of rules as Markdown; docs/rules.md is made of it.
enum RuleDocument {
    static func all(_ rules: [Rule]) -> String {
        "# Rules\n\nMade by `pinproof rules --format markdown`; the text lives with each rule.\n\n"
            + rules.map(markdown).joined(separator: "\n")
    }

    static func markdown(_ rule: Rule) -> String {
        var text = "## \(rule.name)\n\n\(rule.summary)\n\n**Why.** \(rule.why)\n\n**Mend.** \(rule.help)\n"
        if !rule.hadolint.isEmpty {
            text += "\nAlso honoured: `# hadolint ignore=\(rule.hadolint.joined(separator: ","))`.\n"
        }
        for (title, examples) in [("Bad", rule.bad), ("Good", rule.good)] where !examples.isEmpty {
            text += "\n\(title):\n"
            for example in examples {
                let require = example.require == .exact ? "" : " at `--require \(example.require.rawValue)`"
                let notation =
                    example.file == "image" ? ": its files, with `=` and the package whose RECORD lists the file" : ""
                text += "\n`\(example.file)`\(notation)\(require)\n\n```\n\(example.plainText)```\n"
            }
        }
        return text
    }
}
