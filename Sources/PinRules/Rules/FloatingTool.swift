import EnvironmentInventory

/// A toolchain, an interpreter or a package of a manager without a rule of its own, without one version.
package enum FloatingTool: PinRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "floating-tool",
        summary: "A toolchain, an interpreter or a package of Julia or Nix is installed without one version.",
        why: "The newest release of the channel is taken, and another compiler or interpreter builds another image.",
        help: "Name all parts of the version: rustup toolchain install 1.79.0, uv python install 3.12.4.",
        bad: [
            .init("FROM debian:12.5\nRUN rustup toolchain install «nightly»\n"),
            .init("FROM debian:12.5\nRUN uv python install «3.12»\n"),
            .init("FROM julia:1.10.4\nRUN julia -e «'using Pkg; Pkg.add(\"Flux\")'»\n"),
        ],
        good: [
            .init("FROM debian:12.5\nRUN rustup toolchain install 1.79.0 && uv python install 3.12.4\n"),
            .init("FROM julia:1.10.4\nRUN julia -e 'using Pkg; Pkg.add(name=\"Flux\", version=\"0.14.15\")'\n"),
        ])

    /// Floating is an error whatever is required; no hash can be written, so that a version passes at `hashed` too.
    package static func judge(_ pin: Pin, require: PinStrength) -> PinJudgement? {
        guard pin.kind == .tool, pin.strength == .floating else { return nil }
        return PinJudgement(.error, "\(pin.title) floats: \(pin.reason ?? "it has no version")")
    }
}
