import EnvironmentInventory

/// The rule `breaking-output-change`.
package enum BreakingOutputChange {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "breaking-output-change",
        summary: "An output of the previous model has another type or shape, or is gone.",
        why: "What reads the answers was written for the old ones.",
        help: "Keep the output, or serve both models until its readers have changed.")

    /// Returns a finding for each change of an output: an error where something is gone, a warning for a new class.
    package static func findings(_ changes: [ContractChange], file: String) -> [Finding] {
        changes.filter { $0.isOutput && ($0.breaksCallers || $0.kind == "class-added") }.map { change in
            Finding(
                rule: rule.name, severity: change.breaksCallers ? .error : .warning, file: file, range: nil,
                message: change.sentence, help: rule.help, ecosystem: .model, subject: change.column)
        }
    }
}
