import EnvironmentInventory

/// One package pinned twice, differently.
package enum ConflictingPins: PinRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "conflicting-pins",
        summary: "Two entries pin one package to different versions.",
        why: "Which of them is installed depends on the order of files and the tool.",
        help: "Keep one pin.",
        bad: [
            .init(file: "requirements.txt", "numpy==1.26.4\n«numpy==2.0.0»\n")
        ],
        good: [
            .init(
                file: "requirements.txt",
                "numpy==1.26.4 ; python_version < \"3.12\"\nnumpy==2.0.0 ; python_version >= \"3.12\"\n")
        ])
}
