import EnvironmentInventory
import SourceDocuments

/// An owner that nobody filled in.
package enum PlaceholderOwner: DeploymentRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "placeholder-owner",
        summary: "An owner or an on-call contact is a placeholder: TBD, changeme, example, or empty.",
        why: "It looks answered and calls nobody.",
        help: "Fill it in.",
        bad: [
            .init(
                file: "catalog-info.yaml",
                """
                apiVersion: backstage.io/v1alpha1
                kind: Component
                metadata:
                  name: churn
                  annotations: {pagerduty.com/service-id: PXXXXXX}
                  links: [{url: "https://runbooks.example/churn", type: runbook}]
                spec: {type: service, owner: «TBD»}

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

    /// A finding for each claim about an owner, or who is called, that nobody filled in.
    package static func findings(in situation: DeploymentSituation) -> [Finding] {
        situation.claims.filter { $0.role != .runbook && $0.isPlaceholder }.map { claim in
            let value = claim.values.first.map { $0.isEmpty ? "empty" : $0 } ?? "empty"
            return finding(
                "\(claim.source.rawValue): \(claim.role.rawValue) is a placeholder: \(value)", file: claim.file,
                range: claim.range, subject: value)
        }
    }
}
