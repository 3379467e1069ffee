/// Why an installed package is believed to be the one of the lock or of training: a ladder, strongest last.
public enum Evidence: String, Sendable, Hashable, CaseIterable, Comparable {
    /// Same name and version; the files cannot be checked.
    case named
    /// Same version, and every file agrees with the package's own record. A forged record passes this.
    case intact
    /// The installer's own record names an artifact hash of the lock, and the files agree with the record.
    case claimed
    /// The content digest equals the one captured at training.
    case trained
    /// The bytes are those of the artifact whose sha256 is in the lock.
    case locked

    /// Orders from weak to strong.
    public static func < (left: Evidence, right: Evidence) -> Bool {
        (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
}

/// The outcome of a comparison. What could not be read or checked is never a match.
public enum Verdict: String, Sendable, Hashable, CaseIterable {
    case match
    case mismatch
    case notProvable = "not-provable"

    /// The verdict of two things together: a mismatch wins, then what cannot be proved.
    package func combined(with other: Verdict) -> Verdict {
        if self == .mismatch || other == .mismatch { return .mismatch }
        if self == .notProvable || other == .notProvable { return .notProvable }
        return .match
    }
}
