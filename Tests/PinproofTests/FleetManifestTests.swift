import SourceDocuments
import Testing

@testable import Pinproof

/// What manifests of Kubernetes say of models and images, and that nothing of it is left out without a word.
struct FleetManifestTests {
    /// The pairs as `NAME MODEL IMAGE`, the problems and the notes without their places.
    private static func read(_ text: String) -> (pairs: [String], problems: [String], notes: [String]) {
        let list = FleetManifests.read([SourceText(name: "m.yaml", text: text)])
        func plain(_ lines: [String]) -> [String] {
            lines.map { line in
                line.firstRange(of: ": ").map { String(line[$0.upperBound...]) } ?? line
            }
        }
        return (
            list.entries.map { "\($0.name ?? "") \($0.model) \($0.image)" }, plain(list.problems), plain(list.notes)
        )
    }

    private static func service(_ predictor: String) -> String {
        "apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata: {name: c}\nspec: {\(predictor)}\n"
    }

    private static func pod(_ spec: String) -> String {
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {\(spec)}\n"
    }

    private static func seldon(_ predictor: String) -> String {
        "apiVersion: machinelearning.seldon.io/v1\nkind: SeldonDeployment\nmetadata: {name: s}\n"
            + "spec: {predictors: [{\(predictor)}]}\n"
    }

    private static let runtime = """
        ---
        apiVersion: serving.kserve.io/v1alpha1
        kind: ServingRuntime
        metadata: {name: sk}
        spec: {supportedModelFormats: [{name: sklearn}], containers: [{image: "reg.example/sk:1"}]}

        """

    static let pairs: [(text: String, pairs: [String])] =
        [
            (service("predictor: {model: {image: i, storageUri: 's3://b/m'}}"), ["c s3://b/m docker://i"]),
            (service("predictor: {model: {image: i, storageUri: 'file:///m'}}"), ["c /m docker://i"]),
            (
                service("predictor: {model: {image: 'oci:a', storageUri: 'oci://r/m:1'}}"),
                ["c docker://r/m:1 docker://oci:a"]
            ),
            (service("predictor: {model: {image: i, storage: {storageUri: 's3://b/m'}}}"), ["c s3://b/m docker://i"]),
            (
                service("predictor: {model: {runtime: sk, storageUri: 's3://b/m'}}") + runtime,
                ["c s3://b/m docker://reg.example/sk:1"]
            ),
            (
                // A runtime may come before what names it, and the format chooses it where only one fits.
                runtime + "---\n"
                    + service("predictor: {model: {modelFormat: {name: sklearn}, storageUri: 's3://b/m'}}"),
                ["c s3://b/m docker://reg.example/sk:1"]
            ),
            (
                service("predictor: {sklearn: {storageUri: 's3://b/m'}}") + runtime,
                ["c s3://b/m docker://reg.example/sk:1"]
            ),
            (
                service(
                    "predictor: {model: {image: i, storageUri: 's3://b/m'}}, transformer: {containers: [{image: t, env: "
                        + "[{name: STORAGE_URI, value: 's3://b/t'}]}]}"),
                ["c s3://b/m docker://i", "c/transformer s3://b/t docker://t"]
            ),
            (
                seldon(
                    "graph: {name: a, modelUri: 'gs://b/a', children: [{name: b, modelUri: 'gs://b/b'}]}, componentSpecs: "
                        + "[{spec: {containers: [{name: a, image: x}, {name: b, image: y}]}}]"),
                ["s/a gs://b/a docker://x", "s/b gs://b/b docker://y"]
            ),
            (
                pod(
                    "volumes: [{name: v, image: {reference: 'r/m:1'}}], containers: [{image: i, volumeMounts: [{name: v}]}]"
                ),
                ["p docker://r/m:1 docker://i"]
            ),
            (
                pod("containers: [{image: i, env: [{name: MLFLOW_MODEL_URI, value: 's3://b/m'}]}]"),
                ["p s3://b/m docker://i"]
            ),
            (
                "apiVersion: v1\nkind: List\nitems:\n- "
                    + pod("containers: [{image: i, env: [{name: MODEL_URI, value: 's3://b/m'}]}]")
                    .replacing("\n", with: "\n  "),
                ["p s3://b/m docker://i"]
            ),
            (
                "--- {apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{image: i, env: [{name: MODEL_URI, "
                    + "value: 's3://b/m'}]}]}}\n", ["p s3://b/m docker://i"]
            ),
            (
                "--- # the first\napiVersion: v1\nkind: Pod\nmetadata: {generateName: p-}\n"
                    + "spec: {containers: [{image: i, env: [{name: MODEL_URI, value: 's3://b/m'}]}]}\n---\n# nothing\n--- \n",
                ["p- s3://b/m docker://i"]
            ),
        ]
        + ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Rollout", "Job"].map { kind in
            (
                "apiVersion: apps/v1\nkind: \(kind)\nmetadata: {name: w}\nspec: {template: {spec: {containers: "
                    + "[{image: i, env: [{name: MLSERVER_MODEL_URI, value: 's3://b/m'}]}]}}}\n",
                ["w s3://b/m docker://i"]
            )
        }

    @Test("pairs of a model and an image", arguments: pairs.indices)
    func entries(index: Int) {
        let (text, pairs) = Self.pairs[index]
        let read = Self.read(text)
        #expect(read.pairs == pairs, "\(text)")
        #expect(read.problems.isEmpty && read.notes.isEmpty, "\(read)")
    }

    static let problems: [(text: String, problem: String)] = [
        (
            service("predictor: {model: {runtime: gone, storageUri: 's3://b/m'}}"),
            "InferenceService c: the runtime gone is in none of the manifests"
        ),
        (
            service("predictor: {model: {modelFormat: {name: onnx}, storageUri: 's3://b/m'}}") + runtime,
            "InferenceService c: the runtime that the cluster chooses is in none of the manifests"
        ),
        (
            // Two runtimes take the format: the cluster chooses by rules of its own.
            service("predictor: {model: {modelFormat: {name: sklearn}, storageUri: 's3://b/m'}}") + runtime
                + runtime.replacing("name: sk}\nspec", with: "name: other}\nspec"),
            "InferenceService c: the runtime that the cluster chooses is in none of the manifests"
        ),
        (
            service("predictor: {model: {image: i, storage: {key: k, path: m}}}"),
            "InferenceService c: the place of its model, storage, is not read"
        ),
        (
            service("predictor: {model: {image: i, storageUris: [{uri: 's3://b/m'}]}}"),
            "InferenceService c: the place of its model, storageUris, is not read"
        ),
        (
            seldon("graph: {name: a, implementation: SKLEARN_SERVER, modelUri: 'gs://b/a'}"),
            "SeldonDeployment s/a: the runtime SKLEARN_SERVER is in none of the manifests"
        ),
        (
            "apiVersion: serving.kserve.io/v1alpha1\nkind: LLMInferenceService\nmetadata: {name: l}\nspec: {}\n",
            "LLMInferenceService l: what a LLMInferenceService of serving.kserve.io serves is not read"
        ),
        (
            "apiVersion: mlops.seldon.io/v1alpha1\nkind: Model\nmetadata: {name: m}\nspec: {storageUri: 'gs://b/m'}\n",
            "Model m: what a Model of mlops.seldon.io serves is not read"
        ),
        (
            pod(
                "containers: [{image: i, env: [{name: STORAGE_URI, valueFrom: {configMapKeyRef: {name: a, key: b}}}]}]"),
            "Pod p: the value of STORAGE_URI comes from the cluster"
        ),
        (
            pod(
                "volumes: [{name: v, image: {reference: 'r/m:1'}}], initContainers: [{image: i, volumeMounts: [{name: v}]}]"
            ),
            "Pod p: no container mounts its image volume v"
        ),
        (
            pod("containers: [{env: [{name: MODEL_URI, value: 's3://b/m'}]}]"),
            "Pod p: a container with a model has no image"
        ),
        (
            "apiVersion: v1\nkind: List\nitems: [{kind: List, items: []}]\n",
            "an item of the List is not a manifest with a kind"
        ), ("apiVersion: v1\nkind: List\nitems: [1]\n", "an item of the List is not a manifest with a kind"),
        (
            seldon("graph: {children: [\((0..<1001).map { "{name: n\($0)}" }.joined(separator: ", "))]}"),
            "SeldonDeployment s: its graph has more than 1000 nodes, of which the first are read"
        ),
    ]

    @Test("what may name a model and cannot be read is a problem, never a note", arguments: problems.indices)
    func unread(index: Int) {
        let (text, problem) = Self.problems[index]
        let read = Self.read(text)
        #expect(read.problems == [problem], "\(text)")
        #expect(read.pairs.isEmpty && read.notes.isEmpty, "\(read)")
    }

    @Test(
        "what names no model is noted",
        arguments: [
            (service(""), "InferenceService c names no model"),
            (pod("containers: [{image: i}]"), "Pod p names no model"),
            ("apiVersion: v1\nkind: Service\nmetadata: {name: s}\n", "Service s names no model"),
            (
                "apiVersion: serving.kserve.io/v1alpha1\nkind: InferenceGraph\nmetadata: {name: g}\n",
                "InferenceGraph g names no model"
            ), ("a: 1\n", "it is not a Kubernetes manifest, and names no model"),
            ("kind: Pod\n", "it is not a Kubernetes manifest, and names no model"),
            ("---a: 1\n", "it is not a Kubernetes manifest, and names no model"),
        ])
    func notes(_ text: String, _ note: String) {
        let read = Self.read(text)
        #expect(read.notes == [note])
        #expect(read.pairs.isEmpty && read.problems.isEmpty, "\(read)")
    }

    @Test("places count the lines of the file, and one broken document leaves the others")
    func places() {
        let text = "# a\n---\n" + Self.pod("containers: [{image: i}]") + "---\na: [\n---\n" + Self.service("") + "...\n"
        let list = FleetManifests.read([SourceText(name: "m.yaml", text: text)])
        #expect(list.notes == ["m.yaml:3: Pod p names no model", "m.yaml:10: InferenceService c names no model"])
        #expect(list.problems.count == 1 && list.problems[0].hasPrefix("m.yaml:8: "), "\(list.problems)")
    }
}
