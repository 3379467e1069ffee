import EnvironmentInventory

/// An action or reusable workflow at a branch or at nothing.
package enum FloatingAction: PinRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "floating-action",
        summary: "A workflow uses an action or a reusable workflow without a version tag or a commit.",
        why: "The branch moves, and whoever can push to it runs code in the workflow with its secrets.",
        help: "Name a full commit id with the version as a comment: owner/action@<40 digits> # v4.1.2.",
        bad: [
            .init(
                file: ".github/workflows/ci.yml",
                "jobs:\n  build:\n    steps:\n      - uses: «actions/checkout@main»\n      - uses: actions/cache@v4\n"),
            .init(
                file: ".github/workflows/ci.yml", require: .hashed,
                "jobs:\n  build:\n    steps:\n      - uses: «actions/checkout@v4.1.2»\n"),
        ],
        good: [
            .init(
                file: ".github/workflows/ci.yml", require: .hashed,
                "jobs:\n  build:\n    steps:\n      - uses: actions/checkout@0123456789012345678901234567890123456789 # v4\n      - uses: ./local\n"
            )
        ])

    /// Floating is an error whatever is required, a tag is one at `hashed`.
    package static func judge(_ pin: Pin, require: PinStrength) -> PinJudgement? {
        guard pin.kind == .action else { return nil }
        switch pin.strength {
        case .floating:
            return PinJudgement(.error, "\(pin.title) floats: \(pin.reason ?? "it has no version")")
        case .exact where require == .hashed:
            return PinJudgement(.error, "\(pin.title) is at a tag, which can be moved, and not at a commit")
        default: return nil
        }
    }
}
