import EnvironmentInventory

/// A category that was never seen gets an answer.
enum SilentUnseenCategory: PreflightRule {
    static let question = PreflightResult.Question.input
    static let severity = Severity.warning
    static let effect: PreflightResult.Answer? = nil
    static let rule = Rule(
        name: "silent-unseen-category",
        summary: "A category that training never saw is encoded as if it were known, and answered.",
        why: "Nobody notices that the answer has no basis in the training data.",
        help: "Refuse other categories with a schema, or watch them with a baseline of the column.")
}
