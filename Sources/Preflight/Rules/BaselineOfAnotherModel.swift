import EnvironmentInventory

/// A baseline is bound to another model.
enum BaselineOfAnotherModel: PreflightRule {
    static let question = PreflightResult.Question.monitoring
    static let severity = Severity.error
    static let effect: PreflightResult.Answer? = .wrong
    static let rule = Rule(
        name: "baseline-of-another-model",
        summary: "The baseline names the digest of another model.",
        why: "Drift would be measured against answers that this model never gave.",
        help: "Write it again: pinproof profile predictions.csv --of MODEL -o baseline.json.")
}
