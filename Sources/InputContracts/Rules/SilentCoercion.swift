import EnvironmentInventory
import SourceDocuments

/// The rule `silent-coercion`.
package enum SilentCoercion {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "silent-coercion",
        summary: "MLflow's server changes the value of a column.",
        why:
            "MLflow turns \"false\" into True, 3000000000 into -1294967296 and 70.5 into 70 and answers with status 200.",
        help:
            "Check requests against a schema (pinproof inspect MODEL --contract --format json-schema) in front of the server."
    )

    /// Returns a finding of the rule.
    package static func finding(
        _ message: String, file: String, line: Int? = nil, subject: String? = nil
    ) -> Finding {
        Finding(
            rule: rule.name, severity: .warning, file: file, range: SourceRange(line: line), message: message,
            help: rule.help, ecosystem: .model, subject: subject)
    }
}
