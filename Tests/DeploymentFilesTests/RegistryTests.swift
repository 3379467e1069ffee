import ArchiveReading
import EnvironmentInventory
import SourceDocuments
import TestSupport
import Testing

@testable import DeploymentFiles

/// The registries of MLflow: the stores are its own (Fixtures/README.md).
struct RegistryTests {
    private func fileStore() -> [DeploymentFile] {
        storeFiles.map { DeploymentFile(name: "reg/mlruns/\($0)", root: "reg", bytes: fixture($0)) }
    }

    private func expectRegistry(_ reading: Reading<Deployment>, _ kind: ModelRegistry.Kind) throws {
        #expect(reading.gaps == [])
        let registry = try #require(reading.value.registries.first)
        #expect(registry.kind == kind && registry.base == "reg")
        let model = try #require(registry.models.first)
        #expect(model.name == "churn" && model.versions.map(\.number) == [1, 2])
        #expect(model.aliases.map { "\($0.name) \($0.version)" } == ["champion 2", "previous 1"])
        let champion = try #require(model.version(alias: "champion"))
        let identifier = try #require(champion.loggedModel)
        #expect(identifier.hasPrefix("m-"))
        #expect(model.version(alias: "shadow") == nil)
        #expect(
            model.claims(version: champion).contains {
                $0.role == .runbook && $0.values == ["https://runbooks.example/churn"]
            })
        #expect(model.claims(version: champion).contains { $0.role == .owner && $0.values == ["team-risk"] })
        #expect(champion.directories(in: registry.base).contains("reg/artifacts/models/\(identifier)/artifacts"))
    }

    @Test func theFileStoreIsRead() throws { try expectRegistry(DeploymentReading.read(fileStore()), .files) }

    @Test func theDatabaseIsRead() throws {
        let file = DeploymentFile(name: "reg/mlflow.db", root: "reg", bytes: fixture("mlflow-3.17.2.db"))
        try expectRegistry(DeploymentReading.read([file]), .sqlite)
    }

    @Test func locationsCountFromMlruns() {
        var version = ModelVersion(number: 1, file: "")
        version.storageLocation = "file:///ci/build/mlruns/1/models/m-1/artifacts"
        #expect(version.directories(in: "here").first == "here/mlruns/1/models/m-1/artifacts")
        version.storageLocation = "file:///ci/../mlruns/1"
        #expect(version.directories(in: "here") == [])
        version.storageLocation = "s3://bucket/mlruns/1"
        #expect(version.directories(in: "here") == [])
        version.storageLocation = "mlruns/1/m"
        #expect(version.directories(in: "").first == "mlruns/1/m")
    }

    @Test func aDeletedVersionIsNotThere() {
        let reading = deployment([
            "mlruns/models/c/meta.yaml": "name: c\n", "mlruns/models/c/aliases/a": "1\n",
            "mlruns/models/c/version-1/meta.yaml": "version: 1\ncurrent_stage: Deleted_Internal\n",
        ])
        #expect(reading.gaps == [] && reading.value.registries.first?.models.first?.versions == [])
    }

    @Test func tagsOfTheRunBelongToTheVersion() {
        let run = String(repeating: "a", count: 32)
        let reading = deployment([
            "mlruns/models/c/meta.yaml": "name: c\n", "mlruns/1/\(run)/tags/owner": "group:risk\n",
            "mlruns/models/c/version-1/meta.yaml": "version: 1\nrun_id: \(run)\n",
        ])
        #expect(reading.gaps == [])
        #expect(reading.value.registries.first?.models.first?.versions.first?.tags.map(\.value) == ["group:risk"])
    }

    @Test func claimsOfTheModelFile() {
        let reading = MLmodelOwnership.claims(
            SourceText(name: "MLmodel", text: "flavors: {}\nmetadata:\n  owner: group:risk\n  runbook_url: docs/r.md\n")
        )
        #expect(reading.gaps == [])
        #expect(
            reading.value.map { "\($0.role.rawValue) \($0.values[0]) \($0.range?.start.line ?? 0)" } == [
                "owner group:risk 3", "runbook docs/r.md 4",
            ])
        #expect(MLmodelOwnership.claims(SourceText(name: "MLmodel", text: "a: [")).gaps.count == 1)
    }

    @Test("a damaged database is a gap, or is read")
    func damagedDatabase() throws {
        let good = fixture("mlflow-3.17.2.db")
        try #require(!good.isEmpty)
        func read(_ bytes: [UInt8]) -> Reading<Deployment> {
            DeploymentReading.read([DeploymentFile(name: "mlflow.db", bytes: bytes)])
        }
        for cut in stride(from: 0, to: good.count, by: 211) {
            #expect(!read(Array(good.prefix(cut))).gaps.isEmpty, "cut at \(cut)")
        }
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<fuzzRounds(150) {
            var bytes = good
            for _ in 0..<generator.next(1...3) {
                bytes[generator.next(0...bytes.count - 1)] = UInt8(generator.next(0...255))
            }
            _ = read(bytes)
        }
        #expect(
            DeploymentReading.read([
                DeploymentFile(name: "mlflow.db", bytes: good), DeploymentFile(name: "mlflow.db-journal", bytes: [1]),
            ]).gaps.count == 1)
    }

    @Test func columnsComeFromTheStatement() throws {
        let database = try SQLiteFile(fixture("mlflow-3.17.2.db"), log: [], name: "db")
        #expect(
            try database.columnNames(ofTable: "model_version_tags") == ["key", "value", "name", "version", "workspace"])
        #expect(try database.columnNames(ofTable: "other") == nil)
        #expect(try database.hasTable("tags"))
    }
}

/// Files that were damaged on their way.
struct DeploymentDamageTests {
    private static let files: [String: String] = [
        "k8s/r.yaml":
            "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: churn}\nspec:\n  strategy: {blueGreen: {scaleDownDelaySeconds: 30}}\n  template: {spec: {containers: [{name: s, image: \"\(pinned)\"}]}}\n---\napiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: Service}]\n",
        "k8s/i.json":
            "{\"apiVersion\":\"serving.kserve.io/v1beta1\",\"kind\":\"InferenceService\",\"metadata\":{\"name\":\"c\"},\"spec\":{\"predictor\":{\"model\":{\"storageUri\":\"oci://a/b:1\"}}}}",
        "rules.yaml":
            "groups:\n- name: churn\n  rules:\n  - alert: Shift\n    expr: prediction > 1\n    labels: {severity: page}\n",
        "CODEOWNERS": "# owners\n* @org/all\n/model/ @org/risk ann@post.example\n[Docs][2] @org/docs\ndocs/**/*.md\n",
        "catalog-info.yaml":
            "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: churn, annotations: {pagerduty.com/service-id: P1}}\nspec: {owner: group:risk-ml}\n",
        "odcs.yaml":
            "apiVersion: v3.0.2\nkind: DataContract\nteam: [{username: ann, role: Owner}]\nsupport: [{channel: '#c', url: 'https://c.example'}]\n",
        "mlruns/models/churn/meta.yaml": "name: churn\naliases: {champion: '1'}\n",
        "mlruns/models/churn/aliases/champion": "1",
        "mlruns/models/churn/version-1/meta.yaml":
            "version: 1\nsource: models:/m-1\nstorage_location: file:///a/mlruns/b\n",
    ]

    @Test("changed bytes are read or are a gap, and the result does not depend on the order")
    func mutations() {
        var generator = SeededGenerator(seed: 11)
        let names = Self.files.keys.sorted()
        for _ in 0..<fuzzRounds(200) {
            let changed = names[generator.next(0...names.count - 1)]
            var bytes = Array((Self.files[changed] ?? "").utf8)
            switch generator.next(0...3) {
            case 0: bytes = Array(bytes.prefix(generator.next(0...bytes.count)))
            case 1: bytes.insert(contentsOf: bytes, at: generator.next(0...bytes.count))
            default: bytes[generator.next(0...bytes.count - 1)] = UInt8(generator.next(0...255))
            }
            let mutant = DeploymentFile(name: changed, bytes: bytes)
            let others = Self.files.filter { $0.key != changed }.map {
                DeploymentFile(name: $0.key, bytes: Array($0.value.utf8))
            }
            let reading = DeploymentReading.read(others + [mutant])
            var situation = DeploymentSituation(deployment: reading.value, subject: "churn")
            situation.gaps = reading.gaps
            situation.outputs = ["prediction"]
            situation.declaredSwitch = (.alias(model: "churn", alias: "champion"), "preflight.toml", nil)
            situation.claims = DeploymentSituation.claims(in: reading.value, names: ["churn"], paths: ["model/a"])
            let findings = DeploymentRules.all.flatMap { $0.findings(in: situation) }
            let again = DeploymentReading.read([mutant] + others.reversed())
            #expect(again.gaps == reading.gaps && again.value.workloads == reading.value.workloads)
            #expect(findings.allSatisfy { !$0.message.isEmpty })
        }
    }

    @Test func bytesThatAreNoTextAreGaps() {
        for name in Self.files.keys.sorted() {
            let reading = DeploymentReading.read([DeploymentFile(name: name, bytes: [0x61, 0x3A, 0x20, 0xFF, 0xFE])])
            #expect(reading.gaps.contains { $0.source?.file == name }, "\(name)")
        }
    }

    @Test func aFileThatCannotBeOpenedIsAGap() {
        let reading = DeploymentReading.read([DeploymentFile(path: "/nonexistent/k8s/d.yaml", root: "")])
        #expect(reading.gaps.count == 1)
    }

    @Test func manyAliasesOfYAMLEnd() {
        var text = "a: &a [1,1,1,1,1,1,1,1,1]\n"
        for index in 0..<12 {
            let (name, before) = (String(UnicodeScalar(UInt8(98 + index))), String(UnicodeScalar(UInt8(97 + index))))
            text += "\(name): &\(name) [" + Array(repeating: "*\(before)", count: 9).joined(separator: ",") + "]\n"
        }
        #expect(deployment("bomb.yaml", text).gaps.contains { $0.reason.contains("aliases add") })
    }
}
