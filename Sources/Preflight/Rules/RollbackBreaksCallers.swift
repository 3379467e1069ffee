import EnvironmentInventory

/// Requests for the new model are refused by the previous one.
enum RollbackBreaksCallers: PreflightRule {
    static let question = PreflightResult.Question.rollback
    static let severity = Severity.error
    static let effect: PreflightResult.Answer? = .wrong
    static let rule = Rule(
        name: "rollback-breaks-callers",
        summary: "A request that is valid for the new model is refused by the previous one.",
        why: "After a rollback, callers that were changed for the new model fail.",
        help: "Let the new column be optional until no rollback is needed any more.")
}
