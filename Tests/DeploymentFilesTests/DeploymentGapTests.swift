import ArchiveReading
import EnvironmentInventory
import SourceDocuments
import Testing

@testable import DeploymentFiles

/// Every part of a deployment's file that is left out, with the sentence and the line that name it.
@Suite("Gaps of a deployment")
struct DeploymentGapTests {
    private static func gaps(_ name: String, _ text: String) -> [String] {
        deployment(name, text).gaps.map(\.description)
    }

    /// A workload of a group and kind whose `spec` is given from the fourth line on.
    private static func workload(_ kind: String, _ version: String, _ spec: String) -> [String] {
        gaps("a.yaml", "apiVersion: \(version)\nkind: \(kind)\nmetadata: {name: churn}\n\(spec)\n")
    }

    @Test(
        "a Deployment",
        arguments: [
            ("spec: {}", "a.yaml:1: spec.template.spec: the Deployment has no pod template"),
            ("spec: 1", "a.yaml:4: spec: it is an integer; a table was expected"),
            ("spec: {template: {spec: {containers: []}}}", "a.yaml:4: containers: the pod template has no container"),
            (
                "spec: {template: {spec: {containers: [{name: a}]}}}", "a.yaml:4: a: the container has no image"
            ),
            (
                "spec: {template: {spec: {initContainers: [{}], containers: [{name: a, image: b}]}}}",
                "a.yaml:4: initContainers: the container has no image"
            ),
            (
                "spec: {template: {spec: {containers: [{name: a, image: [b]}]}}}",
                "a.yaml:4: image: it is a list; a text was expected"
            ),
            (
                "spec: {template: {spec: {containers: [{name: a, image: '{{ x }}'}]}}}",
                "a.yaml:4: {{ x }}: a is a template, which is not rendered"
            ),
            (
                "spec: {template: {spec: {containers: [{name: a, image: 'A B'}]}}}",
                "a.yaml:4: A B: the image of a is not a reference to an image"
            ),
            (
                "spec: {replicas: -1, template: {spec: {containers: [{name: a, image: b}]}}}",
                "a.yaml:4: spec.replicas: it is an integer \"-1\"; a whole number was expected"
            ),
            (
                "spec: {replicas: two, template: {spec: {containers: [{name: a, image: b}]}}}",
                "a.yaml:4: spec.replicas: it is a string \"two\"; a whole number was expected"
            ),
            (
                "spec: {revisionHistoryLimit: [], template: {spec: {containers: [{name: a, image: b}]}}}",
                "a.yaml:4: spec.revisionHistoryLimit: it is a list; a whole number was expected"
            ),
        ])
    func deployments(_ spec: String, _ gap: String) {
        let gaps = Self.workload("Deployment", "apps/v1", spec)
        #expect(gaps.contains(gap), "\(gaps)")
    }

    @Test(
        "other objects",
        arguments: [
            (
                "Rollout", "argoproj.io/v1alpha1", "spec: {}",
                "spec.strategy: the Rollout has neither blueGreen nor canary"
            ),
            (
                "Rollout", "argoproj.io/v1alpha1",
                "spec: {strategy: {canary: {}}, workloadRef: {kind: ReplicaSet, name: x}}",
                "spec.workloadRef: only a Deployment can be followed"
            ),
            (
                "Rollout", "argoproj.io/v1alpha1", "spec: {strategy: {canary: {}}}",
                "spec.template.spec: the Rollout has no pod template"
            ),
            (
                "InferenceService", "serving.kserve.io/v1beta1", "spec: {}",
                "spec.predictor: the InferenceService has no predictor"
            ),
            (
                "InferenceService", "serving.kserve.io/v1beta1", "spec: {predictor: {containers: [{name: c}]}}",
                "spec.predictor: the InferenceService names neither a model nor an image"
            ),
            (
                "InferenceService", "serving.kserve.io/v1beta1",
                "spec: {predictor: {model: {storageUri: 's3://${BUCKET}'}}}",
                "s3://${BUCKET}: storageUri is a template, which is not rendered"
            ),
            (
                "InferenceService", "serving.kserve.io/v1beta1",
                "spec: {predictor: {minReplicas: x, model: {storageUri: 's3://a'}}}",
                "minReplicas: it is a string \"x\"; a whole number was expected"
            ),
            (
                "ServingRuntime", "serving.kserve.io/v1alpha1", "spec: {}",
                "containers: the pod template has no container"
            ),
            (
                "SeldonDeployment", "machinelearning.seldon.io/v1", "spec: {predictors: 1}",
                "spec.predictors: it is an integer; a list was expected"
            ),
            (
                "Deployment", "example/v1", "spec: {}",
                "example/v1 Deployment: no object of this kind is known in this group"
            ),
        ])
    func objects(_ kind: String, _ version: String, _ spec: String, _ gap: String) {
        let gaps = Self.workload(kind, version, spec)
        #expect(gaps.contains { $0.hasSuffix(gap) && $0.hasPrefix("a.yaml:") }, "\(gaps)")
    }

    @Test(
        "objects that are none",
        arguments: [
            ("apiVersion: [1]\nkind: Pod\n", "a.yaml:2: Pod: the object's apiVersion and kind are not texts"),
            (
                "apiVersion: apps/v1\nkind: \"{{ .Values.kind }}\"\n",
                "a.yaml:2: {{ .Values.kind }}: the object's apiVersion and kind are not texts"
            ), ("apiVersion: v1\nkind: List\nitems: 1\n", "a.yaml:3: List: its items are not a list"),
            ("apiVersion: v1\nkind: List\nitems: [{}]\n", "a.yaml:3: List: an item is not an object of Kubernetes"),
            (
                "apiVersion: apps/v1\nkind: Deployment\nspec: {template: {spec: {containers: [{name: a, image: b}]}}}\n",
                "a.yaml:1: Deployment: the object has no name"
            ),
            (
                "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: '${NAME}'}\nspec: {template: {spec: {containers: [{name: a, image: b}]}}}\n",
                "a.yaml:3: ${NAME}: metadata.name is a template, which is not rendered"
            ),
            (
                "apiVersion: v1\nkind: ConfigMap\ndata:\n  r.yml: 'alert: A expr: b'\n",
                "a.yaml:4: r.yml: alerting rules inside of a ConfigMap are not read; give them as a file"
            ),
        ])
    func wholeObjects(_ text: String, _ gap: String) { #expect(Self.gaps("a.yaml", text).contains(gap)) }

    @Test("lists in lists end")
    func nesting() {
        var text = #"{"apiVersion": "v1", "kind": "List", "items": [1]}"#
        for _ in 0..<9 { text = #"{"apiVersion": "v1", "kind": "List", "items": [\#(text)]}"# }
        #expect(Self.gaps("a.json", text) == ["a.json:1: List: lists are nested too deeply"])
    }

    @Test(
        "what Kustomize would change",
        arguments: [
            ("images: [{name: a}]", ["images"]), ("images: []", []), ("resources: [a.yaml]", []),
            ("patches: [{}]\nreplicas: [{}]", ["patches", "replicas"]), ("helmCharts: {}", ["helmCharts"]),
            ("namePrefix: x", []),
        ] as [(String, [String])])
    func kustomize(_ text: String, _ keys: [String]) {
        let reason = "kustomize changes the manifests by it; give the output of kustomize build"
        let expected = keys.enumerated().map { "kustomization.yaml:\($0.offset + 1): \($0.element): \(reason)" }
        #expect(Self.gaps("kustomization.yaml", text + "\n") == expected)
    }

    @Test(
        "rules of Prometheus",
        arguments: [
            ("- text", "a.yaml:4: g: a rule is a string; a table was expected"),
            ("- {expr: up}", "a.yaml:4: g: a rule has neither an alert nor a record alone"),
            ("- {alert: A, record: b, expr: up}", "a.yaml:4: g: a rule has neither an alert nor a record alone"),
            ("- {alert: '', expr: up}", "a.yaml:4: g: a rule has neither an alert nor a record alone"),
            ("- {alert: A}", "a.yaml:4: A: the alert has no expression"),
            ("- {alert: A, expr: ''}", "a.yaml:4: A: the alert has no expression"),
            ("- {alert: A, expr: up, labels: []}", "a.yaml:4: labels: it is a list; a table was expected"),
            (
                "- {alert: A, expr: up, annotations: {runbook_url: [x]}}",
                "a.yaml:4: runbook_url: it is a list; a text was expected"
            ),
        ])
    func rules(_ rule: String, _ gap: String) {
        let gaps = Self.gaps("a.yaml", "groups:\n- name: g\n  rules:\n  \(rule)\n")
        #expect(gaps.contains(gap), "\(gaps)")
    }

    @Test("groups without a name, an object without groups, and groups of another format")
    func groups() {
        #expect(
            Self.gaps("a.yaml", "groups: [{rules: [{alert: A, expr: up}]}]\n") == [
                "a.yaml:1: groups: a group has no name"
            ])
        let head = "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: a}\n"
        #expect(Self.gaps("a.yaml", head + "spec: {}\n") == ["a.yaml:1: PrometheusRule: it has no groups"])
        #expect(
            Self.gaps("a.yaml", head + "spec: {groups: 1}\n")
                == ["a.yaml:4: groups: it is an integer; a list was expected"])
        #expect(Self.gaps("a.yaml", "groups: [{name: x, members: []}]\n") == [])
        #expect(Self.gaps("a.yaml", "groups: 1\n") == [])
    }

    @Test(
        "owners",
        arguments: [
            ("* risk\n", ["CODEOWNERS:1: risk: it is not an owner: @user, @organization/team or an address"]),
            ("\n!a @b\n", ["CODEOWNERS:2: !a: a pattern that excludes is not supported"]),
            ("[Docs] docs\n* @a\n", ["CODEOWNERS:1: docs: it is not an owner"]), ("* @a # risk\n", []),
            ("* a\u{0}b @x\n", ["CODEOWNERS: is not UTF-8 text"]), ("", []),
        ] as [(String, [String])])
    func codeOwners(_ text: String, _ gaps: [String]) { #expect(Self.gaps("CODEOWNERS", text) == gaps) }

    @Test("a CODEOWNERS file that GitHub ignores is a gap, and says nothing")
    func largeOwners() {
        let reading = deployment("CODEOWNERS", "* @a\n" + String(repeating: "#", count: 3 << 20))
        #expect(
            reading.gaps.map(\.description) == [
                "CODEOWNERS: it has more than 3145728 bytes, and GitHub ignores it"
            ])
        #expect(reading.value.codeOwners.isEmpty)
    }

    private static let entity = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: churn}\n"

    @Test(
        "Backstage and data contracts",
        arguments: [
            ("catalog-info.yaml", "a: 1\n", "catalog-info.yaml:1: it has no apiVersion of backstage.io and no kind"),
            ("c.yaml", entity, "c.yaml:1: spec: the entity has none"),
            ("c.yaml", entity + "spec: {owner: [a]}\n", "c.yaml:4: spec.owner: it is a list; a text was expected"),
            ("c.yaml", "kind: DataContract\nteam: 1\n", "c.yaml:2: team: it is an integer; a list was expected"),
            ("c.yaml", "kind: DataContract\nteam: [{role: Owner}]\n", "c.yaml:2: team: a member has no username"),
            (
                "c.yaml", "kind: DataContract\nsupport: [{tool: x}]\n",
                "c.yaml:2: support: a channel has neither a url nor a name"
            ),
        ])
    func ownershipFiles(_ name: String, _ text: String, _ gap: String) {
        #expect(Self.gaps(name, text) == [gap])
    }

    @Test(
        "the file store of MLflow",
        arguments: [
            ("meta.yaml", "name: other\n", "meta.yaml:1: name: it is not the name of the directory churn"),
            (
                "meta.yaml", "name: churn\naliases: {champion: '1'}\n",
                "meta.yaml:2: champion: the alias is in meta.yaml and not in aliases/, where MLflow looks for it"
            ),
            ("version-1/meta.yaml", "source: x\n", "version-1/meta.yaml:1: version: the version has no number"),
            (
                "version-1/meta.yaml", "version: 2\n",
                "version-1/meta.yaml:1: version: it is not the number of the directory"
            ),
            ("version-1/meta.yaml", "version: 1\n", "meta.yaml: churn: the registered model has no meta.yaml"),
            ("aliases/champion", "1", "meta.yaml: churn: the registered model has no meta.yaml"),
        ])
    func fileStore(_ path: String, _ text: String, _ gap: String) {
        let gaps = Self.gaps("mlruns/models/churn/\(path)", text)
        #expect(gaps.contains("mlruns/models/churn/\(gap)"), "\(gaps)")
    }

    @Test("an alias that two places say otherwise is a gap, and the one where MLflow looks counts")
    func aliases() {
        let reading = deployment([
            "mlruns/models/c/meta.yaml": "name: c\naliases: {champion: '1'}\n", "mlruns/models/c/aliases/champion": "2",
        ])
        #expect(
            reading.gaps.map(\.description) == [
                "mlruns/models/c/meta.yaml:2: champion: meta.yaml says version 1, and aliases/champion says 2"
            ])
        #expect(reading.value.registries.first?.models.first?.aliases.map(\.version) == ["2"])
    }

    @Test("MLmodel's metadata of another type is a gap")
    func modelFile() {
        let reading = MLmodelOwnership.claims(
            SourceText(name: "MLmodel", text: "metadata: {owner: [a], runbook: null, on_call: 7, other: x}\n"))
        #expect(reading.gaps.map(\.description) == ["MLmodel:1: owner: it is a list; a text was expected"])
        #expect(reading.value.map { "\($0.role.rawValue) \($0.values[0])" } == ["runbook ", "on-call 7"])
    }
}
