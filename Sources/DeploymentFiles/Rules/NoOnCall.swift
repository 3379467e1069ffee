import EnvironmentInventory
import SourceDocuments

/// A model for which nobody is called.
package enum NoOnCall: DeploymentRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "no-on-call",
        summary: "Nothing says who is on call when the model fails.",
        why: "Nobody reads a chat channel at night.",
        help:
            "Name the service that calls: pagerduty.com/service-id in catalog-info.yaml, or on-call in preflight.toml.",
        bad: [
            .init(
                file: "catalog-info.yaml",
                """
                «»apiVersion: backstage.io/v1alpha1
                kind: Component
                metadata:
                  name: churn
                  annotations: {}
                  links: [{url: "https://runbooks.example/churn", type: runbook}]
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

    /// An error.
    package static let severity = Severity.error
    /// The question ownership.
    package static let question = PreflightResult.Question.ownership

    /// A finding where no claim names who is called.
    package static func findings(in situation: DeploymentSituation) -> [Finding] {
        if situation.claims.contains(where: { $0.role == .onCall }) { return [] }
        return [finding("nothing says who is on call for \(situation.subject)", file: situation.subject, range: nil)]
    }
}
