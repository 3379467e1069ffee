import EnvironmentInventory
import SourceDocuments

/// The rule `unenforced-contract`.
package enum UnenforcedContract {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "unenforced-contract",
        summary: "A model knows its columns, and nothing in front of it checks requests.",
        why: "A request of the wrong shape reaches the model: at best it raises, at worst it answers.",
        help: "Save the model with a signature, or put a schema beside it and name it in preflight.toml.")

    /// Returns a finding of the rule.
    package static func finding(
        _ message: String, file: String, line: Int? = nil, subject: String? = nil
    ) -> Finding {
        Finding(
            rule: rule.name, severity: .warning, file: file, range: SourceRange(line: line), message: message,
            help: rule.help, ecosystem: .model, subject: subject)
    }
}
