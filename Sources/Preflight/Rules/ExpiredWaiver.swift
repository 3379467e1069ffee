import EnvironmentInventory

/// A waiver of preflight.toml has expired.
enum ExpiredWaiver: PreflightRule {
    static let question = PreflightResult.Question.input
    static let severity = Severity.error
    static let effect: PreflightResult.Answer? = .wrong
    static let rule = Rule(
        name: "expired-waiver",
        summary: "A waiver of preflight.toml has expired.",
        why: "What was accepted for a limited time has not been decided again.",
        help: "Fix what it waived, or decide again and set another date.",
        bad: [
            .init(
                file: "preflight.toml",
                """
                [waive]
                untested-range = "2020-01-31 until the new data are there"

                """)
        ],
        good: [
            .init(
                file: "preflight.toml",
                """
                [waive]
                untested-range = "2099-01-31 until the new data are there"

                """)
        ])
}
