import EnvironmentInventory
import SourceDocuments
import TestSupport
import Testing

@testable import DeploymentFiles

/// Files of a deployment of which a byte is another one, or which end early: what is read of them stands in them.
@Suite("Damaged files of a deployment")
struct DamagedFileTests {
    static let files: [(name: String, text: String)] = [
        (
            "k8s/deploy.yaml",
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: churn, labels: {app: churn}}
            spec:
              replicas: 2
              revisionHistoryLimit: 5
              template:
                spec:
                  containers:
                    - {name: server, image: "\(pinned)"}

            """
        ),
        (
            "rules/churn.yaml",
            """
            groups:
              - name: churn
                rules:
                  - alert: ChurnPredictionShift
                    expr: avg(churn_prediction) > 0.15
                    labels: {severity: page}
                    annotations: {runbook_url: "https://runbooks.example/churn"}

            """
        ),
        ("CODEOWNERS", "# owners\n* @acme/all\n/models/ @acme/risk-ml ann@post.example\n[Docs][2] @docs\n*.md\n"),
        (
            "catalog-info.yaml",
            """
            apiVersion: backstage.io/v1alpha1
            kind: Component
            metadata: {name: churn, annotations: {pagerduty.com/service-id: P7ABCDE}}
            spec: {type: service, owner: "group:risk-ml", lifecycle: production}

            """
        ),
    ]

    /// Every text that was read, which has to stand in the file.
    private static func texts(_ deployment: Deployment) -> [String] {
        var texts: [String] = []
        for workload in deployment.workloads { texts += [workload.name] + workload.images.map(\.text) }
        for alert in deployment.alerts {
            texts.append(alert.name)
            for entry in alert.labels + alert.annotations { texts.append(entry.value) }
        }
        for rule in deployment.codeOwners.flatMap(\.rules) { texts += rule.owners }
        return texts
    }

    @Test("the whole files are read without gaps", arguments: files.indices)
    func whole(_ index: Int) {
        let reading = deployment(Self.files[index].name, Self.files[index].text)
        #expect(reading.gaps == [])
        if Self.files[index].name != "catalog-info.yaml" { #expect(!Self.texts(reading.value).isEmpty) }
    }

    @Test("flipped bytes and cut ends", arguments: files.indices)
    func damaged(_ index: Int) {
        let (name, text) = Self.files[index]
        let bytes = Array(text.utf8)
        var random = SeededGenerator(seed: UInt64(index))
        for round in 0..<fuzzRounds(300) {
            var changed = bytes
            if round.isMultiple(of: 3) {
                changed.removeLast(random.next(0...bytes.count))
            } else {
                changed[random.next(0...bytes.count - 1)] ^= UInt8(1 << random.next(0...7))
            }
            let found = String(decoding: changed, as: UTF8.self)
            let reading = DeploymentReading.read([DeploymentFile(name: name, bytes: changed)])
            for part in Self.texts(reading.value) where !part.isEmpty && !part.contains("\\") {
                // YAML folds line breaks and CODEOWNERS takes the blanks away: word by word nothing is invented.
                for word in part.split(separator: " ") {
                    #expect(found.contains(word), "\(word) is not in \(name) of round \(round)")
                }
            }
        }
    }
}
