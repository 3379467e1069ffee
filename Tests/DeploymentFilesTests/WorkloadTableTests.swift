import EnvironmentInventory
import Testing

@testable import DeploymentFiles

/// Objects of Kubernetes and of what runs on it, by the fields that their specifications give them.
@Suite("Objects by their specification")
struct WorkloadTableTests {
    private static let container = "containers: [{name: server, image: \"\(pinned)\"}]"

    /// The object, its kind as it is read, its replicas, and the images.
    static let objects: [(text: String, kind: String, replicas: Int?, images: [String])] = [
        (
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: churn}\nspec: {replicas: 3, template: {spec: {\(container)}}}\n",
            "Deployment", 3, [pinned]
        ),
        (
            "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: churn}\nspec: {template: {spec: {\(container)}}}\n",
            "StatefulSet", nil, [pinned]
        ),
        (
            "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: churn}\nspec: {template: {spec: {\(container)}}}\n",
            "DaemonSet", nil, [pinned]
        ),
        (
            "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: churn}\nspec: {replicas: 0, strategy: {canary: {}}, template: {spec: {\(container)}}}\n",
            "Rollout", 0, [pinned]
        ),
        (
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: churn}\nspec: {template: {spec: {\(container), "
                + "initContainers: [{name: fetch, image: \"registry.example/fetch:1\"}]}}}\n", "Deployment", nil,
            [pinned, "registry.example/fetch:1"]
        ),
        (
            "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: apps/v1, kind: Deployment, metadata: {name: churn}, "
                + "spec: {template: {spec: {\(container)}}}}\n", "Deployment", nil, [pinned]
        ),
        (
            "{\"apiVersion\": \"apps/v1\", \"kind\": \"Deployment\", \"metadata\": {\"name\": \"churn\"}, \"spec\": {\"template\": "
                + "{\"spec\": {\"containers\": [{\"name\": \"a\", \"image\": \"\(pinned)\"}]}}}}", "Deployment", nil,
            [pinned]
        ),
    ]

    @Test("the workload, its replicas and its images", arguments: objects.indices)
    func workload(_ index: Int) throws {
        let item = Self.objects[index]
        let reading = deployment(item.text.hasPrefix("{") ? "a.json" : "a.yaml", item.text)
        #expect(reading.gaps == [])
        try #require(reading.value.workloads.count == 1)
        let workload = reading.value.workloads[0]
        #expect(workload.name == "churn" && workload.kindName == item.kind)
        #expect(workload.replicas.map { Int($0.value) } == item.replicas)
        #expect(workload.images.map(\.text) == item.images)
        #expect(workload.images.first?.reference?.digest?.description == digest)
    }

    @Test(
        "what cannot be read of a workload is a gap",
        arguments: [
            "spec: {}", "spec: {template: {spec: {}}}", "spec: {template: {spec: {containers: []}}}",
            "spec: {template: {spec: {containers: [{name: a}]}}}",
            "spec: {template: {spec: {containers: [{name: a, image: \"{{ .Values.image }}\"}]}}}",
            "spec: {template: {spec: {containers: [{name: a, image: \"${IMAGE}\"}]}}}",
            "spec: {template: {spec: {containers: [{name: a, image: \"Not An Image\"}]}}}",
            "spec: {template: {spec: {containers: {name: a}}}}",
            "spec: {template: {spec: {containers: [{name: a, image: [x]}]}}}",
        ])
    func gaps(_ spec: String) {
        let reading = deployment("a.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: churn}\n\(spec)\n")
        #expect(!reading.gaps.isEmpty)
        #expect(reading.gaps.allSatisfy { $0.source?.file == "a.yaml" && !$0.reason.isEmpty })
    }

    /// https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/
    @Test("an alert of a file and of an object of the operator is the same")
    func alerts() throws {
        let groups = """
            groups:
            - name: churn
              interval: 1m
              rules:
              - record: churn:ratio
                expr: avg(churn_prediction)
              - alert: Shift
                expr: churn:ratio > 0.5
                for: 10m
                labels: {severity: page, team: risk}
                annotations: {summary: "it {{ $value }}", runbook_url: https://runbooks.example/churn}
            """
        let indented = groups.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n")
        let object =
            "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: churn}\nspec:\n\(indented)\n"
        let readings = [deployment("a.yaml", groups), deployment("b.yaml", object)]
        for reading in readings {
            #expect(reading.gaps == [])
            try #require(reading.value.alerts.count == 1)
            let alert = reading.value.alerts[0]
            #expect(alert.name == "Shift" && alert.group == "churn" && alert.expression == "churn:ratio > 0.5")
            #expect(alert.severity?.value == "page" && alert.runbook?.value == "https://runbooks.example/churn")
            #expect(alert.labels.map(\.key) == ["severity", "team"])
            #expect(alert.mentions("churn") && alert.mentions("ratio") && !alert.mentions("rati"))
        }
    }

    @Test(
        "a rule that is not understood is a gap",
        arguments: [
            "- {expr: up}", "- {alert: A}", "- {alert: A, record: b, expr: up}", "- {alert: '', expr: up}", "- text",
            "- {alert: A, expr: up, labels: [a]}", "- {alert: A, expr: up, labels: {severity: [page]}}",
            "- {alert: [A], expr: up}",
        ])
    func ruleGaps(_ rule: String) {
        let reading = deployment("a.yaml", "groups:\n- name: g\n  rules:\n  \(rule)\n")
        #expect(!reading.gaps.isEmpty && reading.gaps.allSatisfy { $0.source?.file == "a.yaml" })
    }
}
