import EnvironmentInventory

/// A missing value makes the model raise.
enum BreakingNull: PreflightRule {
    static let question = PreflightResult.Question.input
    static let severity = Severity.note
    static let effect: PreflightResult.Answer? = nil
    static let rule = Rule(
        name: "breaking-null",
        summary: "A missing value in a column makes the model raise.",
        why:
            "The request fails where the caller expects an answer. It is a warning where training data had "
            + "missing values.",
        help: "Put an imputer in front of the estimator, or refuse missing values with a schema.")
}
