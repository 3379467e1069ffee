import EnvironmentInventory
import SourceDocuments

/// The rule `no-input-contract`.
package enum NoInputContract {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "no-input-contract",
        summary: "Nothing in or beside a model says what columns it takes.",
        why: "What breaks the model is found by the first caller that sends it.",
        help: "Save the model with a signature, or put a JSON Schema beside it and name it in preflight.toml.")

    /// Returns a finding of the rule.
    package static func finding(
        _ message: String, file: String, line: Int? = nil, subject: String? = nil
    ) -> Finding {
        Finding(
            rule: rule.name, severity: .error, file: file, range: SourceRange(line: line), message: message,
            help: rule.help, ecosystem: .model, subject: subject)
    }
}
