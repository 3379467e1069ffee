/// How firmly something is pinned: a ladder, and `unknown` for what a variable hides.
public enum PinStrength: String, Sendable, Hashable, CaseIterable {
    /// No version, latest, a range, a wildcard, a branch.
    case floating
    /// One version, one tag that is not latest.
    case exact
    /// The content's hash, an image digest, a commit id.
    case hashed
    /// A value that the file does not give: never called floating and never called pinned.
    case unknown

    /// Whether this strength is enough; nil when it is unknown.
    package func satisfies(_ required: PinStrength) -> Bool? {
        switch (self, required) {
        case (.unknown, _): nil
        case (.floating, .floating), (.hashed, _): true
        case (.exact, .exact), (.exact, .floating): true
        default: false
        }
    }
}
