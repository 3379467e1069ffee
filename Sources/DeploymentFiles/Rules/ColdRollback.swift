import EnvironmentInventory
import SourceDocuments

/// A previous state that has to start before it answers.
package enum ColdRollback: DeploymentRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "cold-rollback",
        summary: "The previous pods are kept for less than five minutes, or there are none.",
        why: "A rollback then waits for pods to start, pull their image and load the model.",
        help: "Keep the previous pods: scaleDownDelaySeconds: 3600, or replicas: 1 and more.",
        bad: [
            .init(
                file: "k8s/rollout.yaml",
                """
                apiVersion: argoproj.io/v1alpha1
                kind: Rollout
                metadata: {name: churn}
                spec:
                  strategy:
                    blueGreen: {activeService: churn, scaleDownDelaySeconds: «30»}
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
                  replicas: «0»
                  template:
                    spec:
                      containers:
                        - name: server
                          image: registry.example/churn@sha256:1111111111111111111111111111111111111111111111111111111111111111

                """),
        ],
        good: [
            .init(
                file: "k8s/rollout.yaml",
                """
                apiVersion: argoproj.io/v1alpha1
                kind: Rollout
                metadata: {name: churn}
                spec:
                  strategy:
                    blueGreen: {activeService: churn, scaleDownDelaySeconds: 3600}
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

    /// A note.
    package static let severity = Severity.note
    /// The question rollback.
    package static let question = PreflightResult.Question.rollback

    /// Pods that are kept for less than this, in seconds, are gone before a person looks.
    private static let shortestDelay: Int64 = 300
    /// What Argo waits for before it removes the old pods of a blue-green Rollout, in seconds, where nothing is written.
    private static let defaultDelay: Int64 = 30

    /// A finding for each workload without pods to return to.
    package static func findings(in situation: DeploymentSituation) -> [Finding] {
        situation.switchWorkloads.compactMap { workload in
            if let replicas = workload.replicas, replicas.value == 0 {
                return finding(
                    "\(workload.title) has 0 replicas", file: workload.file, range: replicas.range,
                    subject: workload.name)
            }
            if let replicas = workload.minimumReplicas, replicas.value == 0 {
                return finding(
                    "\(workload.title) may have 0 replicas", file: workload.file, range: replicas.range,
                    subject: workload.name)
            }
            guard let strategy = workload.strategy else { return nil }
            let delay = workload.scaleDownDelay
            if strategy.value == .canary, delay == nil { return nil }
            let seconds = delay?.value ?? defaultDelay
            guard seconds < shortestDelay else { return nil }
            return finding(
                "\(workload.title) keeps the previous pods for \(seconds) seconds", file: workload.file,
                range: delay?.range ?? strategy.range, subject: workload.name)
        }
    }
}
