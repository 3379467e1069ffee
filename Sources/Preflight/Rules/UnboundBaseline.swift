import EnvironmentInventory

/// A baseline names no model.
enum UnboundBaseline: PreflightRule {
    static let question = PreflightResult.Question.monitoring
    static let severity = Severity.warning
    static let effect: PreflightResult.Answer? = .notAnswered
    static let rule = Rule(
        name: "unbound-baseline",
        summary: "The baseline names no model.",
        why: "It may be that of an earlier model, and nobody would notice.",
        help: "Bind it: pinproof profile predictions.csv --of MODEL -o baseline.json.")
}
