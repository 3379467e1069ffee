import EnvironmentInventory

/// A digest that is lost when a build argument is set.
package enum OverridableDigest: PinRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "overridable-digest",
        summary: "A digest is part of a version ARG, so that --build-arg replaces it together with the version.",
        why: "Whoever overrides the version gets an image that nothing pins, and no tool reports it.",
        help: "Put the whole reference, name, tag and digest, into one ARG, or the digest after the variable.",
        bad: [
            .init(
                "ARG VERSION=3.11.9@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\nFROM «python:${VERSION}»\n"
            )
        ],
        good: [
            .init(
                "ARG BASE=python:3.11.9@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\nFROM ${BASE}\n"
            ),
            .init(
                "ARG VERSION=3.11.9\nFROM python:${VERSION}@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n"
            ),
        ])

    /// A warning: the file as it stands is pinned.
    package static func judge(_ pin: Pin, require: PinStrength) -> PinJudgement? {
        guard pin.kind == .overridableDigest else { return nil }
        return PinJudgement(
            .warning,
            "the digest of \(pin.title) is lost when --build-arg sets \(pin.reason ?? "the argument")")
    }
}
