import EnvironmentInventory

/// There is no previous model and image to go back to.
enum NoPreviousModel: PreflightRule {
    static let question = PreflightResult.Question.rollback
    static let severity = Severity.error
    static let effect: PreflightResult.Answer? = .notAnswered
    static let rule = Rule(
        name: "no-previous-model",
        summary: "No previous model and image were given.",
        why: "A rollback needs the previous model and its image.",
        help: "Name them: --previous MODEL --previous-image IMAGE.",
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
                [rollback]
                model = "sha256:TREE"
                image = "registry.example/churn@sha256:..."
                switch = "k8s/rollout.yaml"

                """)
        ])
}
