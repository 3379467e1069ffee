/// A lock that does not fit its project.
public enum StaleLock: PinRule {
    /// The rule's documentation.
    public static let rule = Rule(
        name: "stale-lock",
        summary: "The lock does not satisfy what the project declares.",
        why: "What is installed is not what the project says, and the next tool that is run changes it.",
        help: "Lock again: uv lock, poetry lock, pdm lock, pipenv lock.",
        bad: [],
        good: [])
}
