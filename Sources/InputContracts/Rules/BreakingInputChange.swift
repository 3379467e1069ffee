import EnvironmentInventory

/// The rule `breaking-input-change`.
package enum BreakingInputChange {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "breaking-input-change",
        summary: "A request that the previous model accepts is refused by this one.",
        why: "Every caller that was written for the previous model fails at the moment of the switch.",
        help:
            "Keep the column, make it optional, or take its old type; else serve both models until the callers have changed."
    )

    /// Returns a finding for each change of an input that breaks callers of the previous model.
    package static func findings(_ changes: [ContractChange], file: String) -> [Finding] {
        changes.filter { !$0.isOutput && $0.breaksCallers }.map { change in
            Finding(
                rule: rule.name, severity: .error, file: file, range: nil, message: change.sentence, help: rule.help,
                ecosystem: .model, subject: change.column)
        }
    }
}

extension ContractChange {
    /// `plan: type: boolean became string`, for messages.
    var sentence: String {
        let name = column.map { "\($0): " } ?? ""
        switch (previous, now) {
        case (let previous?, let now?): return "\(name)\(kind): \(previous) became \(now)"
        case (let previous?, nil): return "\(name)\(kind): it was \(previous)"
        case (nil, let now?): return "\(name)\(kind): it is \(now)"
        case (nil, nil): return "\(name)\(kind)"
        }
    }
}
