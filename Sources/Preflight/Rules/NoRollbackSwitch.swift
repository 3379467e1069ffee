import EnvironmentInventory

/// Nothing of the deployment switches from one version to another.
enum NoRollbackSwitch: PreflightRule {
    static let question = PreflightResult.Question.rollback
    static let severity = Severity.error
    static let effect: PreflightResult.Answer? = .notAnswered
    static let rule = Rule(
        name: "no-rollback-switch",
        summary: "Nothing says how callers are switched back to the previous model.",
        why: "A previous model and image are no plan: at night somebody has to know which manifest or alias to change.",
        help: "Name the manifest or the alias: rollback.switch in preflight.toml, or --deploy.",
        bad: [
            .init(
                file: "preflight.toml",
                """
                [rollback]
                model = "sha256:TREE"
                image = "registry.example/churn@sha256:..."

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
