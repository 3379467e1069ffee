import EnvironmentInventory

/// The previous model and image do not match.
enum PreviousNotServable: PreflightRule {
    static let question = PreflightResult.Question.rollback
    static let severity = Severity.error
    static let effect: PreflightResult.Answer? = .wrong
    static let rule = Rule(
        name: "previous-not-servable",
        summary:
            "The previous model and the image that takes over do not match, or are not those that the "
            + "declaration names.",
        why: "The rollback would end in a second outage.",
        help: "Name the image that served the previous model: --previous-image IMAGE.")
}
