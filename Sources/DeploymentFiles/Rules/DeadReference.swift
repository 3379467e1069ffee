import EnvironmentInventory
import SourceDocuments

/// A reference that leads to nothing.
package enum DeadReference: DeploymentRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "dead-reference",
        summary: "A reference names a file or an alert that does not exist.",
        why: "Whoever follows it during an incident finds nothing.",
        help: "Correct the reference, or add what it names.",
        bad: [
            .init(
                file: "preflight.toml",
                context: [
                    "rules/churn.yaml":
                        "groups:\n  - name: churn\n    rules:\n      - alert: Other\n        expr: prediction > 1\n        labels: {severity: page}\n        annotations: {runbook_url: \"https://runbooks.example/churn\"}\n"
                ],
                """
                [monitoring]
                alerts = ["«rules/churn.yaml#Shift»"]

                """)
        ],
        good: [
            .init(
                file: "preflight.toml",
                context: [
                    "rules/churn.yaml":
                        "groups:\n  - name: churn\n    rules:\n      - alert: Shift\n        expr: prediction > 1\n        labels: {severity: page}\n        annotations: {runbook_url: \"https://runbooks.example/churn\"}\n"
                ],
                """
                [monitoring]
                alerts = ["rules/churn.yaml#Shift"]

                """)
        ])

    /// An error.
    package static let severity = Severity.error
    /// The question monitoring.
    package static let question = PreflightResult.Question.monitoring

    /// A finding for each declared alert that is not there.
    package static func findings(in situation: DeploymentSituation) -> [Finding] {
        situation.declaredAlerts.compactMap { reference in
            guard let file = reference.file else {
                return finding(for: reference.text, reference, "there is no such file")
            }
            if situation.deployment.alerts.contains(where: { DeploymentSituation.leads(reference, to: $0) }) {
                return nil
            }
            // The alert may be in what could not be read.
            if situation.isUncertain({ $0 == file }) { return nil }
            return finding(
                for: reference.text, reference,
                reference.alert.map { "\(file) has no alert \($0)" } ?? "\(file) has no alert")
        }
    }

    private static func finding(
        for text: String, _ reference: DeploymentSituation.AlertReference, _ reason: String
    ) -> Finding {
        finding("\(text) leads to nothing: \(reason)", file: reference.source, range: reference.range, subject: text)
    }

    /// Creates a finding for any other reference that leads to nothing.
    package static func finding(reference: String, in file: String, range: SourceRange?) -> Finding {
        finding("\(reference) names nothing: there is no such file", file: file, range: range, subject: reference)
    }
}
