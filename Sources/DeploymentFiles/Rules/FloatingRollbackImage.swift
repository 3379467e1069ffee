import EnvironmentInventory
import SourceDocuments

/// A workload that names an image without its digest.
package enum FloatingRollbackImage: DeploymentRule {
    /// The rule's documentation.
    package static let rule = Rule(
        name: "floating-rollback-image",
        summary: "The switch names an image by tag.",
        why:
            "An earlier revision names the same tag and starts whatever image the tag names by then: the rollback runs other bytes.",
        help: "Name the image by its digest: REPOSITORY@sha256:...",
        bad: [
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
                          image: «registry.example/churn:latest»

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
                  replicas: 2
                  template:
                    spec:
                      containers:
                        - name: server
                          image: registry.example/churn@sha256:1111111111111111111111111111111111111111111111111111111111111111

                """)
        ])

    /// An error.
    package static let severity = Severity.error
    /// The question rollback.
    package static let question = PreflightResult.Question.rollback

    /// A finding for each image without a digest.
    package static func findings(in situation: DeploymentSituation) -> [Finding] {
        var findings: [Finding] = []
        for workload in situation.switchWorkloads {
            var workloads = [workload]
            // Their images are written in other files.
            workloads += situation.referenced(by: workload)
            for owner in workloads {
                for image in owner.images where image.reference.map({ $0.digest == nil }) ?? false {
                    findings.append(
                        finding(
                            "\(owner.title) names the image of \(image.container) without a digest: \(image.text)",
                            file: owner.file, range: image.range, subject: image.text))
                }
            }
        }
        return findings
    }
}
