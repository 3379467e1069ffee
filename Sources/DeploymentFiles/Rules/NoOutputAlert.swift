import EnvironmentInventory
import SourceDocuments

/// Outputs that no alert names.
package enum NoOutputAlert: DeploymentRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "no-output-alert",
        summary: "No alert names an output of the model.",
        why: "A model that answers with nonsense answers with status 200: only its outputs show it.",
        help: "Add an alert whose expression or labels name the output: refer to it as rules/FILE.yaml#ALERT.",
        bad: [
            .init(
                file: "rules/churn.yaml",
                """
                «»groups:
                  - name: churn
                    rules:
                      - alert: Broken
                        expr: rate(errors_total[5m]) > 1
                        labels: {severity: page}
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
                        expr: avg_over_time(churn_prediction_positive_ratio[1h]) > 0.5
                        labels: {severity: page}
                        annotations: {runbook_url: "https://runbooks.example/churn"}

                """)
        ])

    /// An error.
    package static let severity = Severity.error
    /// The question monitoring.
    package static let question = PreflightResult.Question.monitoring

    /// A finding where outputs are known and no alert mentions any of them.
    package static func findings(in situation: DeploymentSituation) -> [Finding] {
        let (alerts, outputs) = (situation.deployment.alerts, situation.outputs)
        if alerts.contains(where: { alert in outputs.contains { alert.mentions($0) } }) { return [] }
        if outputs.isEmpty, !alerts.isEmpty { return [] }
        // A declared alert that is not there is a finding of its own, and a file that was not read may hold one.
        if !DeadReference.findings(in: situation).isEmpty { return [] }
        let understood = Set(situation.deployment.files.map(\.name))
        if situation.isUncertain({ !understood.contains($0) || alerts.isEmpty }) { return [] }
        let names = outputs.isEmpty ? "an output" : outputs.prefix(8).joined(separator: ", ")
        let file = alerts.first?.file ?? situation.subject
        return [finding("no alert names \(names)", file: file, range: nil, subject: outputs.first)]
    }
}
