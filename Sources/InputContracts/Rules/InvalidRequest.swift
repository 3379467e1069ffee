import EnvironmentInventory
import SourceDocuments

/// The rule `invalid-request`.
package enum InvalidRequest {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "invalid-request",
        summary: "A row of the requests does not fit the model.",
        why: "The row is refused, raises in the model, or gets an answer to another value than was sent.",
        help: "Correct the row, or the contract if the row is right.")

    /// Returns a finding of the rule.
    package static func finding(
        _ message: String, file: String, line: Int? = nil, subject: String? = nil
    ) -> Finding {
        Finding(
            rule: rule.name, severity: .error, file: file, range: SourceRange(line: line), message: message,
            help: rule.help, ecosystem: .model, subject: subject)
    }
}
