import EnvironmentInventory

/// A profile of a format that is recognised but not read.
enum UnreadBaseline: PreflightRule {
    static let question = PreflightResult.Question.monitoring
    static let severity = Severity.note
    static let effect: PreflightResult.Answer? = nil
    static let rule = Rule(
        name: "unread-baseline",
        summary: "A file is a profile of whylogs, Evidently or NannyML, which is recognised but not read.",
        why: "Whether it covers the outputs of the model cannot be determined.",
        help: "Write a baseline beside it: pinproof profile predictions.csv --of MODEL -o baseline.json.")
}
