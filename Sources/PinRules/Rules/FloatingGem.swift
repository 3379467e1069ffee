import EnvironmentInventory

/// A Ruby gem without one exact version.
package enum FloatingGem: PinRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "floating-gem",
        summary: "gem or bundle installs without one exact version.",
        why: "The newest release of the day is taken.",
        help: "gem install name -v 1.2.3, or bundle install with BUNDLE_FROZEN=1 and Gemfile.lock.",
        hadolint: ["DL3028"],
        bad: [
            .init("FROM ruby:3.3.3\nRUN gem install «rails» «\"rake:~>13\"»\n")
        ],
        good: [
            .init("FROM ruby:3.3.3\nRUN gem install rails -v 7.1.3\n"),
            .init("FROM ruby:3.3.3\nENV BUNDLE_FROZEN=1\nRUN bundle install\n"),
        ])

    /// Floating is an error whatever is required, exact is one at `hashed`.
    package static func judge(_ pin: Pin, require: PinStrength) -> PinJudgement? {
        guard pin.kind == .gem else { return nil }
        switch pin.strength {
        case .floating:
            return PinJudgement(.error, "\(pin.title) floats: \(pin.reason ?? "it has no version")")
        case .exact where require == .hashed:
            return PinJudgement(.error, "\(pin.title) has a version but no hash")
        default: return nil
        }
    }
}
