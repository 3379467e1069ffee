import EnvironmentInventory

/// A baseline lacks an output, a histogram or rows.
enum IncompleteBaseline: PreflightRule {
    static let question = PreflightResult.Question.monitoring
    static let severity = Severity.warning
    static let effect: PreflightResult.Answer? = .notAnswered
    static let rule = Rule(
        name: "incomplete-baseline",
        summary: "The baseline has no column of an output, no histogram of it, or fewer than 200 rows.",
        why: "A shift of that output stays unseen, or chance alone looks like one.",
        help:
            "Write it from more rows that hold every output: pinproof profile predictions.csv --of MODEL -o "
            + "baseline.json.")
}
