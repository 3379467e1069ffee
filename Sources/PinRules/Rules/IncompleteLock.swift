/// A lock that lacks a dependency.
public enum IncompleteLock: PinRule {
    /// The rule's documentation.
    public static let rule = Rule(
        name: "incomplete-lock",
        summary: "A package of the lock depends on one that the lock does not hold.",
        why: "The installer resolves the missing package on its own, unpinned.",
        help: "Lock again with all dependencies.",
        bad: [],
        good: [])
}
