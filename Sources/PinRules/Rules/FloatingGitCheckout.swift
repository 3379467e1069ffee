import EnvironmentInventory

/// A git repository at a branch or at nothing.
package enum FloatingGitCheckout: PinRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "floating-git-checkout",
        summary: "A repository is cloned, added or installed from without a commit or a release tag.",
        why: "The branch moves.",
        help:
            "Check out one commit: git checkout <40 digits> in the same RUN, ADD URL#<commit>, pip install git+URL@<commit>.",
        bad: [
            .init("FROM debian:12.5\nRUN git clone «https://example.org/x.git»\n"),
            .init("FROM python:3.11.9\nRUN pip install «git+https://example.org/x.git@main»\n"),
        ],
        good: [
            .init(
                "FROM debian:12.5\nRUN git clone https://example.org/x.git && cd x && git checkout 0123456789012345678901234567890123456789\n"
            ),
            .init(
                "FROM python:3.11.9\nRUN pip install git+https://example.org/x.git@0123456789012345678901234567890123456789\n"
            ),
        ])

    /// Floating is an error whatever is required, exact is one at `hashed`.
    package static func judge(_ pin: Pin, require: PinStrength) -> PinJudgement? {
        guard pin.kind == .gitCheckout else { return nil }
        switch pin.strength {
        case .floating:
            return PinJudgement(
                .error, "\(pin.title) floats: \(pin.reason ?? "it takes a branch as it is today")")
        case .exact where require == .hashed:
            let place = pin.reason ?? "it is at a tag, which can be moved"
            return PinJudgement(.error, "\(pin.title) is not at a commit: \(place)")
        default: return nil
        }
    }
}
