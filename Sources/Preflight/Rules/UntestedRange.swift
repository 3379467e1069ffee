import EnvironmentInventory

/// Values outside of the range of training are answered.
enum UntestedRange: PreflightRule {
    static let question = PreflightResult.Question.input
    static let severity = Severity.note
    static let effect: PreflightResult.Answer? = nil
    static let rule = Rule(
        name: "untested-range",
        summary: "The range of a column in training is known, and no constraint guards it.",
        why: "Trees are constant beyond the range that they saw, and linear models extrapolate without limit.",
        help: "State the range in a schema beside the model.")
}
