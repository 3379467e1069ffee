import EnvironmentInventory

/// An image or a package whose text depends on a value that the file does not give.
package enum UnresolvedVariable: PinRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "unresolved-variable",
        summary: "An image or a package depends on a value that the file does not give.",
        why: "Whether it is pinned cannot be determined, so that it counts neither as floating nor as pinned.",
        help: """
            Give the variable a pinned value in a file that check reads, such as the default of an ARG, or pass \
            --build-arg NAME=VALUE to check.
            """,
        bad: [
            .init("ARG BASE\nFROM «$BASE»\n"),
            .init("FROM python:3.11.9\nARG SKLEARN\nRUN pip install «scikit-learn==$SKLEARN»\n"),
        ],
        good: [.init("ARG BASE=python:3.11.9\nFROM $BASE\n")])

    /// What is unknown is a warning, never an error.
    package static func judge(_ pin: Pin, require: PinStrength) -> PinJudgement? {
        guard pin.strength == .unknown, pin.kind != .unreadCommand else { return nil }
        let reason = pin.reason ?? "it depends on a value that the file does not give"
        return PinJudgement(.warning, "\(pin.title) cannot be resolved: \(reason)")
    }
}
