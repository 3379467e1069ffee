import EnvironmentInventory

/// A library of another version answers otherwise.
enum OutcomeChangesWithVersion: PreflightRule {
    static let question = PreflightResult.Question.input
    static let severity = Severity.warning
    static let effect: PreflightResult.Answer? = nil
    static let rule = Rule(
        name: "outcome-changes-with-version",
        summary: "An input has another outcome with the library of the serving image than with that of training.",
        why: "What was tested at training is not what happens in production.",
        help: "Serve the model with the version that it was trained with.")
}
