import EnvironmentInventory

/// An estimator that was fitted on names is called by position.
enum NamesLost: PreflightRule {
    static let question = PreflightResult.Question.input
    static let severity = Severity.warning
    static let effect: PreflightResult.Answer? = nil
    static let rule = Rule(
        name: "names-lost",
        summary: "The estimator was fitted on named columns and is called with a tensor or by position.",
        why: "Columns in another order are accepted, and the answers are wrong without an error.",
        help: "Save the model with a signature of named columns.")
}
