import EnvironmentInventory

/// No statistics of the answers are there.
enum NoOutputBaseline: PreflightRule {
    static let question = PreflightResult.Question.monitoring
    static let severity = Severity.error
    static let effect: PreflightResult.Answer? = .notAnswered
    static let rule = Rule(
        name: "no-output-baseline",
        summary: "No baseline of the answers of the model is there.",
        why: "Without one, nobody can say that today's answers differ from those of training.",
        help:
            "Write one: pinproof profile predictions.csv --of MODEL -o baseline.json, and name it in "
            + "preflight.toml.",
        bad: [
            .init(
                file: "preflight.toml",
                """
                schema = "pinproof/preflight-declaration/1"

                """)
        ],
        good: [
            .init(
                file: "preflight.toml",
                """
                [monitoring]
                baseline = "baseline.json"
                outputs = ["prediction"]

                """)
        ])
}
