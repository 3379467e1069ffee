import EnvironmentInventory

/// A download whose bytes nothing checks.
package enum UnverifiedDownload: PinRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "unverified-download",
        summary: "curl, wget or ADD fetches a URL and nothing in the same instruction checks its hash.",
        why: "Tomorrow the URL may lead to another file, and curl | sh runs it.",
        help: "ADD --checksum=sha256:..., or echo \"HASH  file\" | sha256sum -c - in the same RUN.",
        bad: [
            .init("FROM debian:12.5\nRUN curl -fsSL «https://example.org/install.sh» | sh\n"),
            .init("FROM debian:12.5\nADD «https://example.org/x.tar.gz» /opt/\n"),
        ],
        good: [
            .init(
                "FROM debian:12.5\nRUN curl -fsSLO https://example.org/x && echo \"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef  x\" | sha256sum -c -\n"
            ),
            .init(
                "FROM debian:12.5\nADD --checksum=sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef https://example.org/x.tar.gz /opt/\n"
            ),
        ])

    /// Floating is an error whatever is required, exact is one at `hashed`.
    package static func judge(_ pin: Pin, require: PinStrength) -> PinJudgement? {
        guard pin.kind == .download else { return nil }
        switch pin.strength {
        case .floating:
            return PinJudgement(.error, "\(pin.title) floats: \(pin.reason ?? "nothing checks its bytes")")
        case .exact where require == .hashed:
            return PinJudgement(
                .error, "\(pin.title) is not checked by a hash: \(pin.reason ?? "a signature or a weak hash checks it")"
            )
        default: return nil
        }
    }
}
