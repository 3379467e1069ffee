import EnvironmentInventory
import SourceDocuments

/// Owners that are not the same.
package enum ContradictingOwners: DeploymentRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "contradicting-owners",
        summary: "Two places name different owners.",
        why: "Each of the two may wait for the other.",
        help: "Name the same owner in both.",
        bad: [
            .init(
                file: "catalog-info.yaml", context: ["CODEOWNERS": "* @org/risk-ml\n"],
                """
                apiVersion: backstage.io/v1alpha1
                kind: Component
                metadata:
                  name: churn
                  annotations: {pagerduty.com/service-id: PXXXXXX}
                  links: [{url: "https://runbooks.example/churn", type: runbook}]
                spec: {type: service, owner: «group:platform»}

                """)
        ],
        good: [
            .init(
                file: "catalog-info.yaml", context: ["CODEOWNERS": "* @org/risk-ml @org/platform\n"],
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

    /// A finding for each owner that has no name in common with the first one.
    package static func findings(in situation: DeploymentSituation) -> [Finding] {
        let owners = situation.claims.filter { $0.role == .owner && !$0.isPlaceholder }
        guard let first = owners.first else { return [] }
        let names = Set(first.values.map { OwnerName($0).canonical })
        return owners.dropFirst().compactMap { claim in
            guard names.isDisjoint(with: claim.values.map { OwnerName($0).canonical }) else { return nil }
            return finding(
                "\(claim.source.rawValue) names \(list(claim.values)), and \(first.source.rawValue) names \(list(first.values))",
                file: claim.file, range: claim.range, subject: claim.values.first)
        }
    }

    private static func list(_ values: [String]) -> String {
        values.prefix(4).joined(separator: ", ") + (values.count > 4 ? " and \(values.count - 4) more" : "")
    }
}
