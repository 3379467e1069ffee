import EnvironmentInventory

/// An image without a tag, or with `latest`.
package enum FloatingImage: PinRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "floating-image",
        summary: "An image is named without a tag, or by latest.",
        why: "Tomorrow the name may lead to another image: another Python, another libc, other packages.",
        help: "Name one version and its digest: name:tag@sha256:...",
        hadolint: ["DL3006", "DL3007"],
        bad: [
            .init("FROM «python»\n"),
            .init("FROM «python:latest»\n"),
            .init("FROM python:3.11.9\nCOPY --from=«ghcr.io/astral-sh/uv» /uv /bin/uv\n"),
            .init("ARG TAG=latest\nFROM «python:${TAG}»\n"),
        ],
        good: [
            .init("FROM python:3.11.9-slim-bookworm\n"),
            .init("FROM scratch\n"),
            .init("FROM python:3.11.9 AS build\nFROM build\n"),
        ])

    /// Floating is an error whatever is required.
    package static func judge(_ pin: Pin, require: PinStrength) -> PinJudgement? {
        guard pin.kind == .image, pin.strength == .floating else { return nil }
        return PinJudgement(.error, "\(pin.title) floats: \(pin.reason ?? "it has no tag")")
    }
}
