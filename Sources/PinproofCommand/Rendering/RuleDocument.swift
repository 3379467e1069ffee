import EnvironmentInventory

/// The documentation of rules as Markdown; docs/rules.md is made of it.
enum RuleDocument {
    static func all(_ rules: [Rule]) -> String {
        "# Rules\n\nMade by `pinproof rules --format markdown`; the text lives with each rule.\n\n"
            + rules.map(markdown).joined(separator: "\n")
    }

    static func markdown(_ rule: Rule) -> String {
        var text = "## \(rule.name)\n\n\(rule.summary)\n\n**Why.** \(rule.why)\n\n**Fix.** \(rule.help)\n"
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
