import EnvironmentInventory
import SourceDocuments
import Testing

@testable import DeploymentFiles

/// Objects of Kubernetes, Argo, KServe and Seldon.
struct KubernetesTests {
    private func manifest(_ kind: String, _ version: String, _ spec: String) -> String {
        "apiVersion: \(version)\nkind: \(kind)\nmetadata: {name: churn, namespace: ml}\nspec:\n\(spec)\n"
    }

    private var pod: String { "  template: {spec: {containers: [{name: s, image: \"\(pinned)\"}]}}" }

    @Test func aDeploymentIsRead() throws {
        let reading = deployment(
            "d.yaml", manifest("Deployment", "apps/v1", "  revisionHistoryLimit: 3\n  replicas: 2\n" + pod))
        #expect(reading.gaps == [])
        let workload = try #require(reading.value.workloads.first)
        #expect(workload.revisionHistoryLimit?.value == 3 && workload.revisionHistoryLimit?.range?.start.line == 5)
        #expect(workload.replicas?.value == 2 && workload.keptRevisions == 3 && workload.namespace == "ml")
        #expect(workload.images.map(\.reference?.digest?.description) == [digest])
    }

    @Test func severalDocumentsListsAndJSON() {
        let one = manifest("Deployment", "apps/v1", pod)
        #expect(deployment("d.yaml", "---\n\(one)---\n\(one)---\n").value.workloads.count == 2)
        let json =
            #"{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"s"},"spec":{"template":{"spec":{"containers":[{"name":"c","image":"a:1"}]}}}}]}"#
        let list = deployment("d.json", json)
        #expect(list.gaps == [])
        #expect(list.value.workloads.map(\.title) == ["StatefulSet s"])
    }

    @Test func aRolloutIsRead() throws {
        let spec = "  rollbackWindow: {revisions: 3}\n  strategy: {blueGreen: {scaleDownDelaySeconds: 30}}\n" + pod
        let reading = deployment("r.yaml", manifest("Rollout", "argoproj.io/v1alpha1", spec))
        #expect(reading.gaps == [])
        let rollout = try #require(reading.value.workloads.first)
        #expect(rollout.rollbackWindow?.value == 3 && rollout.scaleDownDelay?.value == 30)
        #expect(rollout.strategy?.value == .blueGreen)
    }

    @Test func aRolloutUsesTheTemplateOfADeployment() {
        let spec = "  strategy: {canary: {}}\n  workloadRef: {apiVersion: apps/v1, kind: Deployment, name: churn}"
        var situation = DeploymentSituation(
            deployment: deployment([
                "r.yaml": manifest("Rollout", "argoproj.io/v1alpha1", spec),
                "d.yaml": manifest("Deployment", "apps/v1", pod.replacingDigest),
            ]).value, subject: "churn")
        situation.declaredSwitch = (.manifest("r.yaml"), "preflight.toml", nil)
        #expect(FloatingRollbackImage.findings(in: situation).map(\.file) == ["d.yaml"])
    }

    @Test func anInferenceServiceIsRead() throws {
        let spec = """
              predictor:
                canaryTrafficPercent: 10
                minReplicas: 0
                model: {modelFormat: {name: sklearn}, runtime: own, storageUri: "oci://registry.example/churn:7"}
            """
        let runtime =
            "apiVersion: serving.kserve.io/v1alpha1\nkind: ServingRuntime\nmetadata: {name: own}\nspec: {containers: [{name: k, image: \"registry.example/server:1\"}]}\n"
        let reading = deployment([
            "i.yaml": manifest("InferenceService", "serving.kserve.io/v1beta1", spec), "r.yaml": runtime,
        ])
        #expect(reading.gaps == [])
        let service = try #require(reading.value.workloads.first)
        #expect(service.canaryTrafficPercent?.value == 10 && service.minimumReplicas?.value == 0)
        #expect(service.storageURIs.map(\.value) == ["oci://registry.example/churn:7"])
        let situation = DeploymentSituation(deployment: reading.value, subject: "churn")
        #expect(
            FloatingRollbackImage.findings(in: situation).compactMap(\.subject)
                == ["registry.example/churn:7", "registry.example/server:1"])
        #expect(ColdRollback.findings(in: situation).count == 1)
    }

    @Test func aSeldonDeploymentIsRead() throws {
        let spec =
            "  predictors:\n  - {name: d, replicas: 1, graph: {name: c, modelUri: \"s3://m\"}, componentSpecs: [{spec: {containers: [{name: c, image: \"a:1\"}]}}]}"
        let reading = deployment("s.yaml", manifest("SeldonDeployment", "machinelearning.seldon.io/v1", spec))
        #expect(reading.gaps == [])
        #expect(reading.value.workloads.first?.storageURIs.map(\.value) == ["s3://m"])
        #expect(reading.value.workloads.first?.images.map(\.text) == ["a:1"])
    }

    @Test(
        "what cannot be read is a gap",
        arguments: [
            ("d.yaml", "spec: {{ .Values.spec }}\n", "template"),
            ("d.yaml", "a: 1\na: 2\n", "duplicate key"),
            ("d.yaml", "a: &a [*a]\n", "alias"),
            ("d.json", "{\"apiVersion\": \"apps/v1\"", "not closed"),
            ("kustomization.yaml", "images: [{name: a, newTag: b}]\n", "kustomize"),
            ("d.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: c}\n", "no pod template"),
            (
                "d.yaml",
                "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: c}\nspec: {revisionHistoryLimit: none, template: {spec: {containers: [{name: a, image: \"b:1\"}]}}}\n",
                "whole number"
            ),
            (
                "d.yaml",
                "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: c}\nspec: {template: {spec: {containers: [{name: a, image: \"{{ .Values.image }}\"}]}}}\n",
                "template"
            ),
            (
                "d.yaml",
                "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: c}\nspec: {template: {spec: {containers: [{name: a, image: \"b@sha256:12\"}]}}}\n",
                "not a reference"
            ),
            (
                "d.yaml", "apiVersion: apps/v9\nkind: Deployment\nmetadata: {name: c}\nspec: {template: {spec: 1}}\n",
                "is an integer"
            ),
            ("d.yaml", "apiVersion: other/v1\nkind: Deployment\nmetadata: {name: c}\n", "no object of this kind"),
            ("d.yaml", "apiVersion: v1\nkind: ConfigMap\ndata: {r.yml: \"- alert: A\\n  expr: b\"}\n", "ConfigMap"),
            ("d.yaml", "apiVersion: v1\nkind: List\nitems: [1]\n", "not an object"),
            ("rules.yaml", "groups: [{name: a, rules: [{alert: A}]}]\n", "no expression"),
            ("rules.yaml", "groups: [{name: a, rules: [{expr: b}]}]\n", "neither"),
            ("rules.yaml", "groups: [{name: a, rules: [{alert: A, expr: b, labels: [c]}]}]\n", "a table was expected"),
            ("rules.yaml", "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nspec: {}\n", "no groups"),
            ("catalog-info.yaml", "kind: Component\n", "no apiVersion"),
            (
                "catalog-info.yaml",
                "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: a}\nspec: {owner: [a]}\n",
                "a text was expected"
            ),
            ("c.yaml", "kind: DataContract\nteam: 1\n", "a list was expected"),
            ("c.yaml", "kind: DataContract\nsupport: [{tool: x}]\n", "neither"),
            ("CODEOWNERS", "* risk\n", "not an owner"),
            ("CODEOWNERS", "!a @b\n", "excludes"),
            ("mlflow.db", "no database at all", "not a SQLite"),
            ("mlruns/models/churn/meta.yaml", "name: other\n", "name of the directory"),
            ("mlruns/models/churn/meta.yaml", "name: churn\naliases: {champion: '1'}\n", "not in aliases/"),
            ("mlruns/models/churn/version-2/meta.yaml", "version: 1\n", "number of the directory"),
        ])
    func gaps(name: String, text: String, reason: String) {
        let reading = deployment(name, text)
        #expect(reading.gaps.contains { $0.reason.contains(reason) }, "\(reading.gaps.map(\.description))")
        #expect(reading.gaps.allSatisfy { $0.source?.file == name || name.contains("version") })
    }

    @Test func whatIsOfNoFormatIsLeftAside() {
        let reading = deployment([
            "values.yaml": "a: 1\n", "package.json": "[1]",
            "s.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n",
        ])
        #expect(reading.gaps == [] && reading.value.workloads.isEmpty)
        #expect(reading.value.files.map(\.name) == ["s.yaml"])
    }

    @Test func namesDecideWhatIsRead() {
        for name in [
            "a/b.yaml", "b.yml", "b.json", "CODEOWNERS", ".github/CODEOWNERS", "mlflow.db", "x/aliases/champion",
            "r/tags/owner",
        ] {
            #expect(DeploymentReading.isWanted(name), "\(name)")
        }
        for name in ["a.py", "model/conda.yaml", ".vscode/a.json", "r/tags/mlflow.user", "MLmodel"] {
            #expect(!DeploymentReading.isWanted(name), "\(name)")
        }
    }
}

extension String {
    /// The text with the image of the tests by tag.
    fileprivate var replacingDigest: String {
        split(separator: "@", maxSplits: 1).first.map { String($0) + ":1\"}]}}" } ?? self
    }
}
