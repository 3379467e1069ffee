import ArchiveReading
import EnvironmentInventory
import SourceDocuments

/// Reads pairs of a model and an image from Kubernetes manifests.
///
/// KServe: https://kserve.github.io/website/docs/reference/crd-api; Seldon Core:
/// https://docs.seldon.io/projects/seldon-core/en/latest/reference/seldon-deployment.html; image volumes:
/// https://kubernetes.io/docs/tasks/configure-pod-container/image-volumes/.
struct FleetManifests {
    private struct Document {
        let place: String
        let group: String
        let kind: String
        let name: String
        let root: DocumentTable
    }

    private var documents: [Document] = []
    private(set) var list = FleetList()
    /// The image of a serving runtime by its name, and the formats that it takes.
    private var runtimes: [(name: String, image: String, formats: [String])] = []

    /// The kinds whose pods serve.
    private static let workloads: Set<String> = [
        "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Rollout", "Pod", "Job",
    ]

    /// Reads every manifest of texts.
    static func read(_ texts: [SourceText]) -> FleetList {
        var manifests = FleetManifests()
        for text in texts { manifests.add(text) }
        manifests.collect()
        return manifests.list
    }

    /// Splits a text into its documents (https://yaml.org/spec/1.2.2/#91-document-markers).
    private mutating func add(_ text: SourceText) {
        var piece: [UInt8] = []
        var first = 1
        var number = 0
        let lines = text.bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for line in lines + [Array("---".utf8)[...]] {
            number += 1
            let rest = line.dropFirst(3)
            guard line.starts(with: "---".utf8), rest.first.map({ Self.isBlank($0) }) ?? true else {
                piece += line + [UInt8(ascii: "\n")]
                continue
            }
            parse(piece, "\(text.name):\(first)")
            // A document may begin on the line of its marker.
            piece = rest.isEmpty ? [] : rest + [UInt8(ascii: "\n")]
            first = rest.allSatisfy(Self.isBlank) ? number + 1 : number
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }

    private mutating func parse(_ bytes: [UInt8], _ place: String) {
        let isEmpty = bytes.split(separator: UInt8(ascii: "\n")).allSatisfy { line in
            let text = line.drop(while: Self.isBlank)
            return text.isEmpty || text.first == UInt8(ascii: "#")
        }
        if isEmpty { return }
        do throws(DocumentError) {
            let node = try YAMLReader.read(SourceText(name: place, bytes: bytes))
            guard let root = node.table, let kind = root["kind"]?.string, root["apiVersion"] != nil else {
                list.notes.append("\(place): it is not a Kubernetes manifest, and names no model")
                return
            }
            add(root, kind, place)
        } catch { list.problems.append("\(place): \(error.reason)") }
    }

    private mutating func add(_ root: DocumentTable, _ kind: String, _ place: String) {
        if kind == "List" {
            for item in root["items"]?.array ?? [] {
                if let table = item.table, let kind = table["kind"]?.string, kind != "List" {
                    add(table, kind, place)
                } else {
                    list.problems.append("\(place): an item of the List is not a manifest with a kind")
                }
            }
            return
        }
        let metadata = root["metadata"]?.table
        let name = metadata?["name"]?.string ?? metadata?["generateName"]?.string ?? "(no name)"
        if kind == "ServingRuntime" || kind == "ClusterServingRuntime", let spec = root["spec"]?.table {
            let containers = spec["containers"]?.array ?? []
            let image = containers.compactMap { $0.table?["image"]?.string }.first
            let formats = (spec["supportedModelFormats"]?.array ?? []).compactMap { $0.table?["name"]?.string }
            if let image { runtimes.append((name, image, formats)) }
            return
        }
        let version = root["apiVersion"]?.string ?? ""
        let group = version.split(separator: "/").dropLast().joined(separator: "/")
        documents.append(Document(place: place, group: group, kind: kind, name: name, root: root))
    }

    private mutating func collect() {
        for document in documents {
            let before = list.entries.count
            let problems = list.problems.count
            switch document.kind {
            case "InferenceService": inferenceService(document)
            case "SeldonDeployment": seldon(document)
            case _ where Self.workloads.contains(document.kind): workload(document)
            case _ where Self.servingGroups.contains(document.group) && !Self.kindsWithoutModel.contains(document.kind):
                addProblem(document, "", "what a \(document.kind) of \(document.group) serves is not read")
            default: break
            }
            if list.entries.count == before, list.problems.count == problems {
                list.notes.append("\(document.place): \(document.kind) \(document.name) names no model")
            }
        }
    }

    /// The groups of the objects that serve models; a kind of theirs that is not read may name one.
    private static let servingGroups: Set<String> = [
        "serving.kserve.io", "machinelearning.seldon.io", "mlops.seldon.io",
    ]
    /// Kinds of these groups that route, configure or store, and name no model themselves.
    private static let kindsWithoutModel: Set<String> = [
        "InferenceGraph", "ClusterStorageContainer", "Server", "ServerConfig", "SeldonRuntime", "SeldonConfig",
        "Experiment", "Pipeline",
    ]

    private mutating func addProblem(_ document: Document, _ suffix: String, _ problem: String) {
        list.problems.append("\(document.place): \(document.kind) \(document.name)\(suffix): \(problem)")
    }

    private mutating func append(model: String, image: String, of document: Document, part: String = "") {
        var entry = FleetEntry(model: model, image: Self.named(image))
        entry.name = document.name + part
        list.entries.append(entry)
    }

    /// An image of a manifest is one of a registry.
    private static func named(_ image: String) -> String { image.contains("://") ? image : "docker://\(image)" }

    /// KServe: the model of `storageUri`, and the image of the container or of the runtime.
    private mutating func inferenceService(_ document: Document) {
        guard let spec = document.root["spec"]?.table else { return }
        for part in ["predictor", "transformer", "explainer"] {
            guard let component = spec[part]?.table else { continue }
            let suffix = part == "predictor" ? "" : "/\(part)"
            if let model = component["model"]?.table {
                guard let uri = model["storageUri"]?.string ?? storage(model) else {
                    if model["storage"] != nil || model["storageUris"] != nil {
                        let key = model["storage"] == nil ? "storageUris" : "storage"
                        addProblem(document, suffix, "the place of its model, \(key), is not read")
                    }
                    continue
                }
                let image =
                    model["image"]?.string
                    ?? runtime(model["runtime"]?.string, model["modelFormat"]?.table?["name"]?.string)
                take(uri, image: image, runtime: model["runtime"]?.string, of: document, suffix: suffix)
                continue
            }
            // The form of v1beta1 before `model`: the framework's name is the key.
            for member in component.members {
                guard let table = member.value.table, let uri = table["storageUri"]?.string else { continue }
                take(
                    uri, image: table["image"]?.string ?? runtime(nil, member.key), runtime: nil, of: document,
                    suffix: suffix)
            }
            containers(component, document, suffix)
        }
    }

    /// `storage: {key, path}` names a place that a secret of the cluster completes.
    private func storage(_ model: DocumentTable) -> String? {
        model["storage"]?.table?["storageUri"]?.string
    }

    private mutating func take(
        _ uri: String, image: String?, runtime: String?, of document: Document, suffix: String
    ) {
        guard let image else {
            let named = runtime.map { "the runtime \($0)" } ?? "the runtime that the cluster chooses"
            return addProblem(document, suffix, "\(named) is in none of the manifests")
        }
        append(model: model(uri), image: image, of: document, part: suffix)
    }

    /// A model's name as every command takes it.
    private func model(_ uri: String) -> String {
        if uri.hasPrefix("oci://") { return "docker://" + uri.dropFirst("oci://".count) }
        if uri.hasPrefix("file://") { return String(uri.dropFirst("file://".count)) }
        return uri
    }

    private func runtime(_ name: String?, _ format: String?) -> String? {
        if let name { return runtimes.first { $0.name == name }?.image }
        guard let format else { return nil }
        let fitting = runtimes.filter { $0.formats.contains(format) }
        return fitting.count == 1 ? fitting[0].image : nil
    }

    /// Seldon: `modelUri` of each node of the graph, and the image of the container of the same name.
    private mutating func seldon(_ document: Document) {
        for predictor in document.root["spec"]?.table?["predictors"]?.array ?? [] {
            guard let predictor = predictor.table else { continue }
            var images: [String: String] = [:]
            for component in predictor["componentSpecs"]?.array ?? [] {
                for container in component.table?["spec"]?.table?["containers"]?.array ?? [] {
                    if let name = container.table?["name"]?.string, let image = container.table?["image"]?.string {
                        images[name] = image
                    }
                }
            }
            var pending = [predictor["graph"]].compactMap { $0?.table }
            var visited = 0
            while let node = pending.popLast() {
                visited += 1
                guard visited <= 1000 else {
                    addProblem(document, "", "its graph has more than 1000 nodes, of which the first are read")
                    break
                }
                pending += (node["children"]?.array ?? []).compactMap(\.table)
                guard let uri = node["modelUri"]?.string else { continue }
                let name = node["name"]?.string ?? ""
                take(
                    uri, image: images[name], runtime: node["implementation"]?.string, of: document,
                    suffix: name.isEmpty ? "" : "/\(name)")
            }
        }
    }

    private mutating func workload(_ document: Document) {
        let root = document.root
        let pod =
            document.kind == "Pod" ? root["spec"]?.table : root["spec"]?.table?["template"]?.table?["spec"]?.table
        guard let pod else { return }
        containers(pod, document, "")
    }

    /// Containers of a pod: a volume that is an image, and variables that name the model.
    private mutating func containers(_ pod: DocumentTable, _ document: Document, _ suffix: String) {
        var volumes: [String: String] = [:]
        for volume in pod["volumes"]?.array ?? [] {
            guard let name = volume.table?["name"]?.string else { continue }
            if let image = volume.table?["image"]?.table?["reference"]?.string { volumes[name] = Self.named(image) }
        }
        var mounted: Set<String> = []
        for container in pod["containers"]?.array ?? [] {
            guard let container = container.table else { continue }
            let mounts = (container["volumeMounts"]?.array ?? []).compactMap { $0.table?["name"]?.string }
            mounted.formUnion(mounts)
            var models = mounts.compactMap { volumes[$0] }
            for variable in container["env"]?.array ?? [] {
                guard let name = variable.table?["name"]?.string, Self.variables.contains(name) else { continue }
                if variable.table?["valueFrom"] != nil {
                    addProblem(document, suffix, "the value of \(name) comes from the cluster")
                }
                guard let value = variable.table?["value"]?.string, value.contains("://") else { continue }
                models.append(model(value))
            }
            guard let image = container["image"]?.string else {
                if !models.isEmpty { addProblem(document, suffix, "a container with a model has no image") }
                continue
            }
            for model in models { append(model: model, image: image, of: document, part: suffix) }
        }
        for name in volumes.keys.sorted() where !mounted.contains(name) {
            addProblem(document, suffix, "no container mounts its image volume \(name)")
        }
    }

    /// The variables by which servers are told where their model is: those of KServe, MLflow and MLServer.
    private static let variables: Set<String> = ["STORAGE_URI", "MODEL_URI", "MLFLOW_MODEL_URI", "MLSERVER_MODEL_URI"]
}

extension FleetList {
    /// Reads every manifest of a directory and of those below it, by path.
    package init(manifestsIn directory: String) throws(InputError) {
        var paths: [String] = []
        try InputError.wrapping { () throws(ArchiveReadingError) in
            let reader = try DirectoryReader(path: directory)
            while let entry = try reader.next() {
                let isManifest = [".yaml", ".yml", ".json"].contains { entry.path.hasSuffix($0) }
                if entry.kind == .file, isManifest { paths.append(entry.path) }
            }
        }
        var texts: [SourceText] = []
        var unread: [String] = []
        for path in paths.sorted() {
            do throws(InputError) {
                texts.append(SourceText(name: path, bytes: try readText(join(directory, path)).bytes))
            } catch { unread.append(error.description) }
        }
        self = FleetManifests.read(texts)
        problems += unread
        if paths.isEmpty { problems.append("\(directory): it has no manifest (.yaml, .yml, .json)") }
    }
}
