import EnvironmentInventory
import SourceDocuments

/// A model without instructions.
package enum NoRunbook: DeploymentRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "no-runbook",
        summary: "Nothing names a runbook.",
        why: "Whoever is on call has usually not trained the model.",
        help:
            "Name it: runbook in preflight.toml, runbook_url as an annotation of the alert, or a tag of the model in MLflow.",
        bad: [
            .init(
                file: "catalog-info.yaml",
                """
                «»apiVersion: backstage.io/v1alpha1
                kind: Component
                metadata:
                  name: churn
                  annotations: {pagerduty.com/service-id: PXXXXXX}
                  links: []
                spec: {type: service, owner: group:risk-ml}

                """)
        ],
        good: [
            .init(
                file: "catalog-info.yaml",
                """
                apiVersion: backstage.io/v1alpha1
                kind: Component
                metadata:
                  name: churn
                  annotations: {pagerduty.com/service-id: PXXXXXX}
                  links: [{url: "https://runbooks.example/churn", type: runbook}]
                spec: {type: service, owner: group:risk-ml}

                """)
        ])

    /// A warning.
    package static let severity = Severity.warning
    /// The question ownership.
    package static let question = PreflightResult.Question.ownership

    /// A finding where no claim names a runbook.
    package static func findings(in situation: DeploymentSituation) -> [Finding] {
        if situation.claims.contains(where: { $0.role == .runbook && !$0.isPlaceholder }) { return [] }
        return [finding("nothing names a runbook for \(situation.subject)", file: situation.subject, range: nil)]
    }
}
