import EnvironmentInventory
import SourceDocuments

/// The rule `useless-column`.
package enum UselessColumn {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "useless-column",
        summary: "A signature requires a column that the model does not read.",
        why: "Every caller without it is refused, and its value changes no answer.",
        help: "Leave the column out of the signature, or make it optional.")

    /// Returns a finding of the rule.
    package static func finding(
        _ message: String, file: String, line: Int? = nil, subject: String? = nil
    ) -> Finding {
        Finding(
            rule: rule.name, severity: .warning, file: file, range: SourceRange(line: line), message: message,
            help: rule.help, ecosystem: .model, subject: subject)
    }
}
