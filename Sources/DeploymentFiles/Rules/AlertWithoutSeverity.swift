import EnvironmentInventory
import SourceDocuments

/// An alert that does not say how urgent it is.
package enum AlertWithoutSeverity: DeploymentRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "alert-without-severity",
        summary: "An alert for the model's output has no severity.",
        why: "Alertmanager routes by labels: without a severity the alert may call nobody.",
        help: "Add the label severity.",
        bad: [
            .init(
                file: "rules/churn.yaml",
                """
                groups:
                  - name: churn
                    rules:
                      - alert: «Shift»
                        expr: prediction > 1
                        labels: {team: risk}
                        annotations: {runbook_url: "https://runbooks.example/churn"}

                """)
        ],
        good: [
            .init(
                file: "rules/churn.yaml",
                """
                groups:
                  - name: churn
                    rules:
                      - alert: Shift
                        expr: prediction > 1
                        labels: {severity: page}
                        annotations: {runbook_url: "https://runbooks.example/churn"}

                """)
        ])

    /// A warning.
    package static let severity = Severity.warning
    /// The question monitoring.
    package static let question = PreflightResult.Question.monitoring

    /// A finding for each alert that counts and has no severity.
    package static func findings(in situation: DeploymentSituation) -> [Finding] {
        situation.relevantAlerts.filter { $0.severity == nil }.map { alert in
            finding(
                "the alert \(alert.name) has no severity", file: alert.file, range: alert.range, subject: alert.name)
        }
    }
}
