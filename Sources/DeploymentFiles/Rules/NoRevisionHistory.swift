import EnvironmentInventory
import SourceDocuments

/// A workload that keeps none of its earlier revisions.
package enum NoRevisionHistory: DeploymentRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "no-revision-history",
        summary: "The workload keeps no earlier revision: revisionHistoryLimit is 0.",
        why: "Without an earlier revision there is nothing that kubectl rollout undo could return to.",
        help: "Set revisionHistoryLimit to 2 or more, or remove it: the default is 10.",
        bad: [
            .init(
                file: "k8s/deploy.yaml",
                """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: churn}
                spec:
                  revisionHistoryLimit: «0»
                  template:
                    spec:
                      containers:
                        - name: server
                          image: registry.example/churn@sha256:1111111111111111111111111111111111111111111111111111111111111111

                """)
        ],
        good: [
            .init(
                file: "k8s/deploy.yaml",
                """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: churn}
                spec:
                  revisionHistoryLimit: 5
                  template:
                    spec:
                      containers:
                        - name: server
                          image: registry.example/churn@sha256:1111111111111111111111111111111111111111111111111111111111111111

                """),
            .init(
                file: "k8s/deploy.yaml",
                """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: churn}
                spec:
                  replicas: 2
                  template:
                    spec:
                      containers:
                        - name: server
                          image: registry.example/churn@sha256:1111111111111111111111111111111111111111111111111111111111111111

                """),
        ])

    /// An error.
    package static let severity = Severity.error
    /// The question rollback.
    package static let question = PreflightResult.Question.rollback

    /// A finding for each workload that switches back.
    package static func findings(in situation: DeploymentSituation) -> [Finding] {
        situation.switchWorkloads.compactMap { workload in
            guard workload.keptRevisions == 0 else { return nil }
            return finding(
                "\(workload.title) keeps no earlier revision: revisionHistoryLimit is 0", file: workload.file,
                range: workload.revisionHistoryLimit?.range ?? workload.range, subject: workload.name)
        }
    }
}
