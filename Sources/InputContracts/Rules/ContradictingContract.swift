import EnvironmentInventory
import SourceDocuments

/// The rule `contradicting-contract`.
package enum ContradictingContract {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "contradicting-contract",
        summary: "Two files of a model contradict each other about its inputs.",
        why: "One of them is wrong, and requests that fit the one are refused or misread by the other.",
        help: "Save the model again with the signature of the data that it is called with.")

    /// Returns a finding of the rule.
    package static func finding(
        _ message: String, file: String, line: Int? = nil, subject: String? = nil
    ) -> Finding {
        Finding(
            rule: rule.name, severity: .error, file: file, range: SourceRange(line: line), message: message,
            help: rule.help, ecosystem: .model, subject: subject)
    }
}
