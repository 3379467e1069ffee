import EnvironmentInventory

/// An image with a tag but without a digest, where hashes are required.
package enum ImageWithoutDigest: PinRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "image-without-digest",
        summary: "An image has a tag but no digest, and --require hashed asks for one.",
        why: "A tag can be pushed again: only the digest names the bytes.",
        help: "Add the digest of the index that the tag names: name:tag@sha256:... (pinproof freeze writes it).",
        bad: [
            .init(require: .hashed, "FROM «python:3.11.9-slim-bookworm»\n"),
            .init(
                require: .hashed,
                "FROM scratch\nRUN --mount=from=«alpine:3.20»,target=/m true\n"),
        ],
        good: [
            .init(
                require: .hashed,
                "FROM python:3.11.9@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n"),
            .init("FROM python:3.11.9\n"),
        ])

    /// Exact is an error at `hashed`.
    package static func judge(_ pin: Pin, require: PinStrength) -> PinJudgement? {
        guard pin.kind == .image, pin.strength == .exact, require == .hashed else { return nil }
        return PinJudgement(.error, "\(pin.title) has a tag but no digest")
    }
}
