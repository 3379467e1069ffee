import EnvironmentInventory
import SourceDocuments

/// An alert that does not say what to do.
package enum AlertWithoutRunbook: DeploymentRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "alert-without-runbook",
        summary: "An alert for the model's output names no runbook.",
        why: "Whoever is called has to find out first what the alert means.",
        help: "Add the annotation runbook_url.",
        bad: [
            .init(
                file: "rules/churn.yaml",
                """
                groups:
                  - name: churn
                    rules:
                      - alert: «Shift»
                        expr: prediction > 1
                        labels: {severity: page}
                        annotations: {summary: shifted}

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

    /// A finding for each alert that counts and has no runbook.
    package static func findings(in situation: DeploymentSituation) -> [Finding] {
        situation.relevantAlerts.filter { alert in
            alert.runbook.map { PlaceholderText.matches($0.value) } ?? true
        }.map { alert in
            finding(
                "the alert \(alert.name) has no runbook_url", file: alert.file, range: alert.range, subject: alert.name)
        }
    }
}
