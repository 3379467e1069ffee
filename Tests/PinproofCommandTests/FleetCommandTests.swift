import ArgumentParser
import FoundationEssentials
import TestSupport
import Testing

@testable import Pinproof
@testable import PinproofCommand

/// `fleet plan`, `index`, `verify` and `report`.
struct FleetCommandTests {
    private static let list = """
        {"model": "\(Demo.model)", "image": "\(Demo.image)", "wheels": "\(Demo.wheels)", "name": "good"}

        {"model": "\(Demo.model)", "image": "\(Demo.changedImage)", "name": "changed"}
        {"model": "\(Demo.lock)", "image": "\(Demo.image)", "name": "lock"}
        """

    /// A directory with the list and its plan.
    private func planned(_ list: String = Self.list) async throws -> Directory {
        let directory = try Directory(["list.jsonl": list])
        _ = await pinproof(
            "fleet", "plan", directory("list.jsonl"), "--cache", directory("cache"), "-o", directory("plan.jsonl"))
        return directory
    }

    private func verify(_ directory: Directory, _ more: String..., out: String = "results") async -> ProgramRun {
        await Program.run(
            ["fleet", "verify", directory("plan.jsonl"), "--cache", directory("cache"), "--out", directory(out)] + more)
    }

    @Test("a plan is the same bytes for the same input, and counts what is shared")
    func plan() async throws {
        let directory = try await planned()
        let plan = try directory.read("plan.jsonl")
        let lines = plan.split(separator: "\n")
        #expect(lines[0].hasPrefix(#"{"schema":"pinproof/fleet-plan/1","pairs":3,"images":2,"models":2,"layers":"#))
        let reversed = Self.list.split(separator: "\n").reversed().joined(separator: "\n")
        let again = try Directory(["list.jsonl": reversed])
        let run = await pinproof("fleet", "plan", again("list.jsonl"))
        #expect(run.status == 0)
        #expect(run.output == plan)
        #expect(run.diagnostics.hasPrefix("pinproof: 2 images, "))
        #expect(run.diagnostics.contains(" named; 0 cached\n"))
    }

    @Test("each result is what verify prints, byte for byte, and the report decides")
    func results() async throws {
        let directory = try await planned()
        let index = await pinproof("fleet", "index", directory("plan.jsonl"), "--cache", directory("cache"))
        #expect(index.status == 0, "\(index.diagnostics)")
        let run = await verify(directory)
        #expect(run.status == 0, "\(run.diagnostics)")
        #expect(run.output == "verified 3 of 3; 0 were done before\n")
        let plan = try FleetPlan(readText(directory("plan.jsonl")))
        for pair in plan.pairs {
            var words = ["verify", pair.entry.model, pair.entry.image, "--format", "json"]
            for wheels in pair.entry.wheels { words += ["--wheels", wheels] }
            let single = await Program.run(words)
            #expect(try directory.read("results/\(pair.id).json") == single.output)
        }
        let again = await verify(directory)
        #expect(again.output == "verified 3 of 3; 3 were done before\n")
        let report = await pinproof(
            "fleet", "report", directory("results"), directory("plan.jsonl"), "--format", "json")
        #expect(report.status == 1)
        let document = try report.document()
        #expect(document.string("schema") == "pinproof/fleet-report/1")
        #expect(document.string("verdict") == "mismatch")
        #expect(document["pairs", "0"]?.string("name") == "changed")
        #expect(document.string("pairs", "0", "reasons", "0")?.hasPrefix("waitress: ") == true)
        // Another level of evidence is another question.
        #expect(await verify(directory, "--evidence", "named").output == "verified 3 of 3; 0 were done before\n")
    }

    @Test("shards make the same results as one run, in any number", arguments: [2, 5])
    func shards(_ count: Int) async throws {
        let directory = try await planned()
        _ = await verify(directory, out: "whole")
        for shard in (0..<count).reversed() {
            #expect(await verify(directory, "--shard", "\(shard)/\(count)", out: "parts").status == 0)
        }
        #expect(await verify(directory, out: "parts").output.hasSuffix("3 were done before\n"))
        let reports = [
            await pinproof("fleet", "report", directory("whole"), directory("plan.jsonl")),
            await pinproof("fleet", "report", directory("parts"), directory("plan.jsonl")),
        ]
        #expect(reports[0].output == reports[1].output)
        let plan = try FleetPlan(readText(directory("plan.jsonl")))
        let layers = (0..<count).flatMap { plan.layers(of: FleetShard(index: $0, count: count)).joined() }
        #expect(Set(layers) == Set(plan.layers))
        #expect(layers.count == plan.layers.count)
    }

    @Test("a cut result is made again")
    func cutResult() async throws {
        let directory = try await planned()
        _ = await verify(directory)
        let file = try #require(try Directory.names(directory("results")).first)
        let whole = try directory.read("results/\(file)")
        try directory.write(String(whole.prefix(whole.count / 2)), to: "results/\(file)")
        #expect(await verify(directory).output == "verified 3 of 3; 2 were done before\n")
        #expect(try directory.read("results/\(file)") == whole)
    }

    @Test("what is not reachable is exit 2 everywhere, and the report names it")
    func unreachable() async throws {
        let directory = try await planned(
            """
            {"model": "\(Demo.model)", "image": "\(Demo.image)"}
            {"model": "/nowhere/model", "image": "\(Demo.image)", "name": "lost"}
            {"model": "\(Demo.model)", "image": "oci:/nowhere", "name": "gone"}
            {"model": 1}
            """)
        let plan = await pinproof("fleet", "plan", directory("list.jsonl"))
        #expect(plan.status == 2)
        #expect(plan.diagnostics.contains("list.jsonl:4: it names no model and image"))
        let run = await verify(directory)
        #expect(run.status == 2)
        #expect(run.output == "verified 1 of 3; 0 were done before\n")
        let report = await pinproof("fleet", "report", directory("results"), directory("plan.jsonl"))
        #expect(report.status == 2)
        #expect(report.output.contains("not-recorded: gone: "))
        #expect(report.output.contains("not-recorded: lost: "))
        #expect(report.output.contains("unread: "))
    }

    @Test("each verdict is put beside its image, also of several models of one image, and once")
    func attached() async throws {
        let directory = try Directory(AttestationKeys.files)
        try makeFolder(directory("image"))
        let unpacked = shell("tar -xf '\(Demo.image)' -C '\(directory("image"))'")
        try #require(unpacked == 0)
        let image = "oci:\(directory("image"))"
        try directory.write(
            """
            {"model": "\(Demo.model)", "image": "\(image)"}
            {"model": "\(Demo.lock)", "image": "\(image)"}
            """, to: "list.jsonl")
        _ = await pinproof("fleet", "plan", directory("list.jsonl"), "-o", directory("plan.jsonl"))
        #expect(await verify(directory, "--attach").status == 64)
        let wrong = await verify(directory, "--attach", "--key", directory("key.pub"))
        #expect(wrong.status == 2 && wrong.output.isEmpty, "\(wrong)")
        #expect(await verify(directory).output == "verified 2 of 2; 0 were done before\n")
        // What was verified before and not attached is not done.
        let words = ["--attach", "--key", directory("key.pem")]
        let run = await verify(directory, words[0], words[1], words[2])
        #expect(run.output == "verified 2 of 2; 0 were done before\n", "\(run.diagnostics)")
        #expect(
            await verify(directory, words[0], words[1], words[2]).output == "verified 2 of 2; 2 were done before\n")
        let names = try Directory.names(directory("results"))
        #expect(names.count { $0.hasSuffix(".attached") } == 2)
        #expect(names.contains { $0.hasSuffix(".intoto.json") } == false)
        // Another level of evidence is another result: what was put beside the image before is not its attestation.
        _ = await verify(directory, "--evidence", "named")
        #expect(try Directory.names(directory("results")).count { $0.hasSuffix(".attached") } == 0)
        #expect(
            await verify(directory, "--evidence", "named", words[0], words[1], words[2]).output
                == "verified 2 of 2; 0 were done before\n")
        for model in [Demo.model, Demo.lock] {
            let found = await pinproof(
                "verify-attestation", "--image", image, "--model", model, "--key", directory("key.pub"))
            #expect(found.status == 0, "\(model): \(found.diagnostics)\(found.output)")
        }
    }

    @Test("a previous model is named as not verified")
    func previous() async throws {
        let directory = try Directory([
            "list.jsonl":
                #"{"model": "\#(Demo.lock)", "image": "\#(Demo.image)", "previous": "old.pkl", "name": "churn"}"#
        ])
        let run = await pinproof("fleet", "plan", directory("list.jsonl"))
        #expect(run.diagnostics.contains("churn: the previous model old.pkl is not verified"))
    }

    @Test("every format is whole", arguments: ["text", "json", "markdown", "html", "junit", "sarif"])
    func formats(_ format: String) async throws {
        let directory = try await planned()
        _ = await verify(directory)
        let run = await pinproof(
            "fleet", "report", directory("results"), directory("plan.jsonl"), "--format", format, "-o",
            directory("report"))
        #expect(run.status == 1)
        let text = try directory.read("report")
        #expect(text.hasSuffix("\n"))
        #expect(text.contains("waitress"))
    }

    @Test("manifests of a cluster: what names a model is planned, the rest is said")
    func manifests() async throws {
        let directory = try Directory([
            "m/kserve.yaml": """
            apiVersion: serving.kserve.io/v1beta1
            kind: InferenceService
            metadata: {name: churn}
            spec:
              predictor:
                model: {modelFormat: {name: sklearn}, storageUri: "file:///models/churn"}
            ---
            apiVersion: serving.kserve.io/v1alpha1
            kind: ClusterServingRuntime
            metadata: {name: kserve-sklearnserver}
            spec:
              supportedModelFormats: [{name: sklearn, version: "1"}]
              containers: [{name: kserve-container, image: "registry.example/sklearn:1"}]
            """,
            "m/more.yaml": """
            apiVersion: machinelearning.seldon.io/v1
            kind: SeldonDeployment
            metadata: {name: rank}
            spec:
              predictors:
              - graph: {name: ranker, modelUri: "gs://bucket/rank"}
                componentSpecs: [{spec: {containers: [{name: ranker, image: "registry.example/rank:2"}]}}]
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: car}
            spec:
              template:
                spec:
                  volumes: [{name: model, image: {reference: "registry.example/models/car:1"}}]
                  containers:
                  - {name: server, image: "registry.example/server:3", volumeMounts: [{name: model, mountPath: /models}]}
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec: {template: {spec: {containers: [{name: web, image: "registry.example/web:1"}]}}}
            ---
            apiVersion: serving.kserve.io/v1beta1
            kind: InferenceService
            metadata: {name: lost}
            spec: {predictor: {model: {modelFormat: {name: onnx}, storageUri: "s3://b/m"}}}
            """,
            "m/broken.yaml": "a: [",
        ])
        let list = try FleetList(manifestsIn: directory("m"))
        #expect(
            list.entries.map { "\($0.name ?? "") \($0.model) \($0.image)" } == [
                "churn /models/churn docker://registry.example/sklearn:1",
                "rank/ranker gs://bucket/rank docker://registry.example/rank:2",
                "car docker://registry.example/models/car:1 docker://registry.example/server:3",
            ])
        #expect(list.notes.count == 1 && list.notes[0].contains("Deployment web names no model"))
        #expect(list.problems.count == 2)
        #expect(list.problems.contains { $0.contains("InferenceService lost: the runtime") })
        #expect(list.problems.contains { $0.hasPrefix("broken.yaml") })
    }

    @Test("a matrix verifies equal models and images once")
    func matrix() async throws {
        let directory = try Directory()
        for name in ["a.tar.gz", "b.tar.gz"] {
            try FileManager.default.copyItem(atPath: Demo.model, toPath: directory(name))
        }
        try FileManager.default.copyItem(atPath: Demo.image, toPath: directory("copy.oci.tar"))
        try directory.write("\(directory("a.tar.gz"))\n\(directory("b.tar.gz"))\n", to: "models")
        try directory.write(
            "\(Demo.image)\n{\"image\": \"\(directory("copy.oci.tar"))\"}\n\(Demo.changedImage)\n", to: "images")
        let run = await pinproof(
            "fleet", "plan", "--models", directory("models"), "--images", directory("images"), "--matrix", "-o",
            directory("plan.jsonl"))
        #expect(run.status == 0, "\(run.diagnostics)")
        let plan = try FleetPlan(readText(directory("plan.jsonl")))
        #expect(plan.pairs.count == 2)
        #expect(plan.pairs.map(\.sameModels) == Array(repeating: [directory("b.tar.gz")], count: 2))
        #expect(plan.pairs.map(\.sameImages.count).sorted() == [0, 1])
    }

    @Test("a shard is I of N, or N with the variable of an indexed Job")
    func shardOption() throws {
        func part(_ text: String?, _ variables: [String: String] = [:]) throws -> FleetShard {
            try ShardOptions.parse(text.map { ["--shard", $0] } ?? []).part { variables[$0] }
        }
        #expect(try part(nil) == .whole)
        #expect(try part("1/4") == FleetShard(index: 1, count: 4))
        #expect(try part("1/4", ["JOB_COMPLETION_INDEX": "3"]) == FleetShard(index: 1, count: 4))
        #expect(try part("4", ["JOB_COMPLETION_INDEX": "3"]) == FleetShard(index: 3, count: 4))
        #expect(try part(nil, ["JOB_COMPLETION_INDEX": "3", "COMPLETIONS": "5"]) == FleetShard(index: 3, count: 5))
        #expect(throws: (any Error).self) { try part(nil, ["JOB_COMPLETION_INDEX": "3"]) }
        for text in ["4/4", "-1/4", "1", "a/b", "1/0", "1/2/3", ""] {
            #expect(throws: (any Error).self) { try part(text) }
        }
    }

    @Test("wrong usage is exit 64")
    func usage() async throws {
        let directory = try await planned()
        let plan = directory("plan.jsonl")
        #expect(await pinproof("fleet").status == 64)
        #expect(await pinproof("fleet", "plan").status == 64)
        #expect(await pinproof("fleet", "plan", "--models", plan).status == 64)
        #expect(await pinproof("fleet", "index", plan).status == 64)
        #expect(await pinproof("fleet", "index", plan, "--cache", "c", "--shard", "2/2").status == 64)
        #expect(await pinproof("fleet", "verify", plan, "--out", "r", "--key", "k").status == 64)
        #expect(await pinproof("fleet", "report", directory.path, directory("list.jsonl")).status == 2)
    }
}

extension Directory {
    static func names(_ path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }
}
