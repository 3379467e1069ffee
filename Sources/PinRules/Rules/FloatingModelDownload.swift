import EnvironmentInventory

/// A model that is downloaded without a revision.
package enum FloatingModelDownload: PinRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "floating-model-download",
        summary: "A model is downloaded from a hub without a revision.",
        why: "The repository gets new weights under the same name.",
        help: """
            Name the commit: hf download name --revision <40 digits>. Install models of spaCy as wheels of one version, and get \
            data of NLTK as an archive with a checksum.
            """,
        bad: [
            .init(
                "FROM python:3.11.9\nRUN hf download «org/model» && huggingface-cli download «org/other» --revision main\n"
            )
        ],
        good: [
            .init("FROM python:3.11.9\nRUN hf download org/model --revision 0123456789012345678901234567890123456789\n")
        ])

    /// Floating is an error whatever is required, exact is one at `hashed`.
    package static func judge(_ pin: Pin, require: PinStrength) -> PinJudgement? {
        guard pin.kind == .modelDownload else { return nil }
        switch pin.strength {
        case .floating:
            return PinJudgement(.error, "\(pin.title) floats: \(pin.reason ?? "it has no revision")")
        case .exact where require == .hashed:
            return PinJudgement(.error, "\(pin.title) has a tag, not a commit")
        default: return nil
        }
    }
}
