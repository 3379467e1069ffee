import EnvironmentInventory
import SourceDocuments
import Testing

@testable import DeploymentFiles

/// What files say about owners, and to which model it belongs.
@Suite("Claims of a deployment")
struct DeploymentClaimTests {
    private static func claims(_ text: String, name: String = "c.yaml") -> [String] {
        deployment(name, text).value.claims.map {
            "\($0.role.rawValue) \($0.subject ?? "-") \($0.values.joined(separator: ","))"
        }
    }

    private static func entity(_ kind: String, _ metadata: String, _ spec: String) -> String {
        "apiVersion: backstage.io/v1beta1\nkind: \(kind)\nmetadata: {name: churn\(metadata)}\nspec: \(spec)\n"
    }

    /// https://backstage.io/docs/features/software-catalog/descriptor-format
    @Test("owners, services that call, and runbooks of Backstage")
    func backstage() {
        #expect(Self.claims(Self.entity("Component", "", "{owner: 'group:risk'}")) == ["owner churn group:risk"])
        #expect(Self.claims(Self.entity("System", "", "{owner: null}")) == ["owner churn "])
        #expect(Self.claims(Self.entity("Group", "", "{owner: x}")) == [])
        #expect(Self.claims(Self.entity("User", "", "{}")) == [])
        for (annotation, service) in [
            ("pagerduty.com/service-id", "pagerduty"), ("pagerduty.com/integration-key", "pagerduty"),
            ("opsgenie.com/component-selector", "opsgenie"), ("opsgenie.com/team", "opsgenie"),
            ("splunk.com/on-call-team", "splunk"), ("grafana.com/oncall-team", "grafana"),
        ] {
            #expect(
                Self.claims(Self.entity("API", ", annotations: {\(annotation): P1}", "{}"))
                    == ["on-call churn \(service):P1"])
        }
        #expect(
            Self.claims(Self.entity("Resource", ", annotations: {opsgenie.com/team: ''}", "{}")) == ["on-call churn "])
        let links =
            ", links: [{url: 'https://a.example', type: runbook}, {url: 'https://b.example', title: The Runbook}, "
            + "{url: 'https://c.example', type: dashboard}, {type: runbook}]"
        #expect(
            Self.claims(Self.entity("Component", links, "{}")) == [
                "runbook churn https://a.example", "runbook churn https://b.example",
            ])
    }

    /// https://bitol-io.github.io/open-data-contract-standard/
    @Test("the team of a data contract in both of its forms")
    func dataContract() {
        let head = "kind: DataContract\nname: churn\n"
        #expect(Self.claims(head + "team: {name: risk, members: []}\n") == ["owner churn risk"])
        #expect(
            Self.claims(
                head
                    + "team: [{username: ann, role: Data Owner}, {name: bob, role: OWNER}, {username: eve, role: Steward}]\n"
            ) == ["owner churn ann,bob"])
        #expect(Self.claims(head + "team: [{username: ann, role: Owner, dateOut: 2024-01-01}]\n") == [])
        #expect(Self.claims(head + "team: [{username: ann, role: Owner, dateOut: null}]\n") == ["owner churn ann"])
        #expect(
            Self.claims(head + "support: [{channel: '#c', url: 'https://c.example'}, {channel: '#d'}]\n") == [
                "on-call churn https://c.example", "on-call churn #d",
            ])
        #expect(Self.claims("kind: DataContract\ndataProduct: p\nteam: {name: x}\n") == ["owner p x"])
    }

    @Test("claims of other components count only where none names the model")
    func subjects() {
        func owners(_ names: Set<String>) -> [String] {
            let files = [
                "a/catalog-info.yaml": Self.entity("Component", "", "{owner: one}"),
                "b/catalog-info.yaml":
                    "apiVersion: backstage.io/v1beta1\nkind: Component\nmetadata: {name: other}\nspec: {owner: two}\n",
            ]
            return DeploymentSituation.claims(in: deployment(files).value, names: names, paths: []).flatMap(\.values)
        }
        #expect(owners(["churn"]) == ["one"])
        #expect(owners(["other"]) == ["two"])
        #expect(owners([]) == ["one", "two"])
        #expect(owners(["churn", "other"]) == ["one", "two"])
    }

    @Test("a model elsewhere is owned by who owns the manifests of the repository")
    func codeOwners() {
        func owners(_ files: [String: String], _ paths: [String]) -> [[String]] {
            DeploymentSituation.claims(in: deployment(files).value, names: [], paths: paths).map(\.values)
        }
        let owners1 = "* @all\n/k8s/ @ops\n/models/ @risk\n/MLmodel @root\n"
        let manifest =
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {template: {spec: {containers: [{name: a, image: b}]}}}\n"
        #expect(owners(["CODEOWNERS": owners1], ["models/churn/m.pkl", "models/churn/MLmodel"]) == [["@risk"]])
        #expect(owners(["CODEOWNERS": owners1], ["models/m.pkl", "other"]) == [["@risk"], ["@all"]])
        #expect(owners(["CODEOWNERS": owners1, "k8s/d.yaml": manifest], ["/elsewhere/m.pkl"]) == [["@ops"]])
        #expect(owners(["CODEOWNERS": owners1], ["../m.pkl"]) == [["@root"]])
    }

    @Test("labels and annotations of the alerts that count are claims")
    func alerts() {
        let files = [
            "rules.yaml":
                "groups:\n- name: g\n  rules:\n  - {alert: A, expr: prediction > 1, labels: {team: risk, owner: ann}, annotations: {runbook: docs/a.md}}\n  - {alert: B, expr: up, labels: {team: ops}}\n"
        ]
        var situation = DeploymentSituation(deployment: deployment(files).value, subject: "churn")
        situation.outputs = ["prediction"]
        func shown() -> [String] { situation.alertClaims.map { "\($0.role.rawValue) \($0.values[0])" } }
        #expect(shown() == ["owner risk", "owner ann", "runbook docs/a.md"])
        situation.outputs = []
        #expect(shown() == [])
        situation.declaredAlerts = [.init("rules.yaml", file: "rules.yaml", source: "p", range: nil)]
        #expect(shown() == ["owner risk", "owner ann", "runbook docs/a.md", "owner ops"])
        situation.declaredAlerts = [.init("rules.yaml#B", file: "rules.yaml", source: "p", range: nil)]
        #expect(shown() == ["owner ops"])
    }

    @Test(
        "the switch of a declaration",
        arguments: [
            ("mlflow:churn@champion", DeploymentSituation.Switch.alias(model: "churn", alias: "champion")),
            ("mlflow:a@b@c", .alias(model: "a@b", alias: "c")), ("mlflow:churn", .manifest("mlflow:churn")),
            ("k8s/a@b.yaml", .manifest("k8s/a@b.yaml")), ("", .manifest("")),
            ("mlflow:@", .alias(model: "", alias: "")),
        ])
    func switches(_ text: String, _ expected: DeploymentSituation.Switch) {
        #expect(DeploymentSituation.Switch(text) == expected)
    }

    @Test("a reference without # is to every alert of its file")
    func references() {
        func alert(_ text: String) -> String? {
            DeploymentSituation.AlertReference(text, file: nil, source: "p", range: nil).alert
        }
        #expect(alert("rules.yaml#A") == "A" && alert("rules.yaml") == nil && alert("a#b#c") == "b#c")
    }

    @Test("the manifest that switches is the declared one, that of the image, or the only one")
    func switchWorkloads() {
        func manifest(_ name: String, _ image: String) -> String {
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: \(name)}\nspec: {template: {spec: {containers: [{name: a, image: \(image)}]}}}\n"
        }
        var situation = DeploymentSituation(
            deployment: deployment(["a.yaml": manifest("a", "r.example/a:1"), "b.yaml": manifest("b", "r.example/b:1")])
                .value, subject: "churn")
        func titles() -> [String] { situation.switchWorkloads.map(\.title) }
        #expect(titles() == [])
        situation.image = ImageReference("r.example/b:2")
        #expect(titles() == ["Deployment b"])
        situation.declaredSwitch = (.manifest("a.yaml"), "p", nil)
        #expect(titles() == ["Deployment a"])
        situation.declaredSwitch = (.alias(model: "m", alias: "c"), "p", nil)
        #expect(titles() == [])
        situation.declaredSwitch = nil
        situation.image = ImageReference("r.example/c")
        situation.deployment.workloads.removeLast()
        #expect(titles() == ["Deployment a"])
    }

    @Test(
        "revisions that a controller keeps",
        arguments: [
            (Workload.Kind.deployment, Int64?.none, Int64?(10)), (.deployment, 0, 0), (.statefulSet, 3, 3),
            (.daemonSet, nil, 10), (.rollout, nil, 10), (.inferenceService, 3, nil), (.seldonDeployment, nil, nil),
            (.other("Job"), nil, nil),
        ])
    func revisions(_ kind: Workload.Kind, _ limit: Int64?, _ kept: Int64?) {
        let place = SourcePosition(line: 1, column: 1)
        var workload = Workload(
            kind: kind, kindName: "K", name: "", file: "f", range: SourceRange(start: place, end: place))
        workload.revisionHistoryLimit = limit.map { Located($0, nil) }
        #expect(workload.keptRevisions == kept && workload.title == "K")
    }

    @Test(
        "the paths at which a version of MLflow may lie",
        arguments: [
            ("models:/m-1", nil, []), ("file:///a/mlruns/1/m", nil, ["b/mlruns/1/m", "b/a/mlruns/1/m", "b/1/m"]),
            ("file://host", nil, []), ("./mlruns/./1", nil, ["b/mlruns/1"]), ("s3://x/mlruns/1", nil, []),
            ("file:x/y", nil, ["b/x/y"]), ("a/../b", nil, []), ("/", nil, []), ("one", nil, []),
            ("x/y", "z/w", ["b/z/w", "b/x/y"]),
        ] as [(String, String?, [String])])
    func directories(_ source: String, _ storage: String?, _ expected: [String]) {
        var version = ModelVersion(number: 1, file: "f")
        version.source = source
        version.storageLocation = storage
        #expect(version.directories(in: "b") == expected)
        #expect(version.loggedModel == (source == "models:/m-1" ? "m-1" : nil))
        version.modelID = "m-2"
        #expect(version.loggedModel == "m-2")
    }

    @Test("below the root a path is absolute, and in the working directory it has no prefix")
    func bases() {
        var version = ModelVersion(number: 1, file: "f")
        version.source = "x/y"
        #expect(version.directories(in: "") == ["x/y"] && version.directories(in: "/") == ["/x/y"])
        #expect(ModelRegistry(kind: .files, location: "a/mlruns/models").base == "a")
        #expect(ModelRegistry(kind: .files, location: "a/store/models").base == "a/store")
        #expect(ModelRegistry(kind: .sqlite, location: "a/mlflow.db").base == "a")
    }
}
