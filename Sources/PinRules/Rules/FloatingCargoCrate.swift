import EnvironmentInventory

/// A Rust crate without one version.
package enum FloatingCargoCrate: PinRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "floating-cargo-crate",
        summary: "cargo installs a crate without one version.",
        why: "The newest release of the day is taken.",
        help: "cargo install --locked name@1.2.3.",
        bad: [
            .init("FROM rust:1.79.0\nRUN cargo install «ripgrep» && cargo install fd-find --version 10.1.0\n")
        ],
        good: [
            .init("FROM rust:1.79.0\nRUN cargo install --locked ripgrep@14.1.0\n")
        ])

    /// Floating is an error whatever is required.
    package static func judge(_ pin: Pin, require: PinStrength) -> PinJudgement? {
        guard pin.kind == .cargoCrate else { return nil }
        switch pin.strength {
        case .floating:
            return PinJudgement(.error, "\(pin.title) floats: \(pin.reason ?? "it has no version")")
        default: return nil
        }
    }
}
