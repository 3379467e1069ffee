import EnvironmentInventory
import SourceDocuments

/// The rule `duplicate-column`.
package enum DuplicateColumn {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "duplicate-column",
        summary: "A model names one column twice.",
        why: "No request can give the column two values: one of the two is read for both.",
        help: "Give each column its own name and save the model again.")

    /// Returns a finding about a column.
    package static func finding(_ name: String, file: String, line: Int?) -> Finding {
        Finding(
            rule: rule.name, severity: .error, file: file, range: SourceRange(line: line),
            message: "the column \(name) is there twice", help: rule.help, ecosystem: .model, subject: name)
    }
}
