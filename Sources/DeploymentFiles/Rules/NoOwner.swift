import EnvironmentInventory
import SourceDocuments

/// A model that nobody owns.
package enum NoOwner: DeploymentRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "no-owner",
        summary: "Nothing says who owns the model.",
        why: "A fault that nobody owns is fixed late, or not at all.",
        help:
            "Say it where people look for it: CODEOWNERS, spec.owner in catalog-info.yaml, or [ownership] in preflight.toml.",
        bad: [
            .init(
                file: "catalog-info.yaml",
                """
                «»apiVersion: backstage.io/v1alpha1
                kind: Component
                metadata:
                  name: churn
                  annotations: {pagerduty.com/service-id: PXXXXXX}
                  links: [{url: "https://runbooks.example/churn", type: runbook}]
                spec: {type: service}

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

    /// A finding where no claim names an owner.
    package static func findings(in situation: DeploymentSituation) -> [Finding] {
        if situation.claims.contains(where: { $0.role == .owner }) { return [] }
        return [finding("nothing says who owns \(situation.subject)", file: situation.subject, range: nil)]
    }
}
