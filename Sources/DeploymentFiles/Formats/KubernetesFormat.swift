import EnvironmentInventory
import SourceDocuments

/// Reads objects of Kubernetes, alone, in a `List` or one after another.
///
/// Specifications: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/deployment-v1/,
/// https://argo-rollouts.readthedocs.io/en/stable/features/specification/,
/// https://kserve.github.io/website/docs/reference/crd-api, https://docs.seldon.io/projects/seldon-core/en/latest/reference/seldon-deployment.html.
/// Left aside: kinds without a pod template. Named as not read: what Kustomize would change, templates, rules in a ConfigMap.
enum KubernetesFormat: DeploymentFormat {
    static let name = "kubernetes"

    /// Objects in lists in lists; kubectl writes one level.
    private static let maximumDepth = 8

    static func read(
        _ document: DocumentNode, in file: DeploymentFile, into reading: inout Reading<Deployment>
    ) -> Bool {
        let base = PosixPath.lastComponent(file.name)
        if base == "kustomization.yaml" || base == "kustomization.yml"
            || document.table?.string("kind") == "Kustomization"
        {
            readKustomization(document, file: file.name, &reading.gaps)
            return true
        }
        return readObject(document, file, depth: 0, &reading)
    }

    private static func readObject(
        _ object: DocumentNode, _ file: DeploymentFile, depth: Int, _ reading: inout Reading<Deployment>
    ) -> Bool {
        guard let table = object.table, let version = table["apiVersion"], let kindNode = table["kind"] else {
            return false
        }
        guard let apiVersion = version.text, let kind = kindNode.string, !kind.containsText("{{") else {
            reading.gaps.append(
                Gap(
                    kindNode.text ?? "", reason: "the object's apiVersion and kind are not texts",
                    source: FileLocation(file: file.name, line: kindNode.place.line)))
            return true
        }
        if kind.hasSuffix("List"), let items = table["items"] {
            guard depth < maximumDepth, let objects = items.array else {
                reading.gaps.append(
                    Gap(
                        kind, reason: depth < maximumDepth ? "its items are not a list" : "lists are nested too deeply",
                        source: FileLocation(file: file.name, line: items.place.line)))
                return true
            }
            for item in objects where !readObject(item, file, depth: depth + 1, &reading) {
                reading.gaps.append(
                    Gap(
                        kind, reason: "an item is not an object of Kubernetes",
                        source: FileLocation(file: file.name, line: item.place.line)))
            }
            return true
        }
        var reader = WorkloadReader(object: object, kind: kind, apiVersion: apiVersion, file: file.name)
        reader.read()
        reading.gaps += reader.reader.gaps
        if let workload = reader.workload { reading.value.workloads.append(workload) }
        return reader.isKubernetes
    }

    /// Names what Kustomize would change: the manifests as they are in the files are not what is deployed.
    private static func readKustomization(_ document: DocumentNode, file: String, _ gaps: inout [Gap]) {
        for member in document.table?.members ?? [] {
            guard changes.contains(member.key), !(member.value.array?.isEmpty ?? false) else { continue }
            gaps.append(
                Gap(
                    member.key, reason: "kustomize changes the manifests by it; give the output of kustomize build",
                    source: FileLocation(file: file, line: member.keyPlace.line)))
        }
    }

    private static let changes: Set<String> = [
        "images", "patches", "patchesStrategicMerge", "patchesJson6902", "replicas", "components", "helmCharts",
        "helmChartInflationGenerator", "generators", "transformers", "replacements", "vars",
    ]
}

/// Reads one object of Kubernetes.
private struct WorkloadReader {
    let object: DocumentNode
    let kind: String
    let apiVersion: String
    var reader: ObjectReader
    var workload: Workload?
    /// Whether the object is one of Kubernetes, whatever its kind.
    var isKubernetes = true

    init(object: DocumentNode, kind: String, apiVersion: String, file: String) {
        self.object = object
        self.kind = kind
        self.apiVersion = apiVersion
        reader = ObjectReader(file)
    }

    private var group: String {
        apiVersion.firstIndex(of: "/").map { String(apiVersion[..<$0]) } ?? ""
    }

    mutating func read() {
        switch (group, kind) {
        case ("apps", "Deployment"), ("extensions", "Deployment"): readController(.deployment)
        case ("apps", "StatefulSet"): readController(.statefulSet)
        case ("apps", "DaemonSet"): readController(.daemonSet)
        case ("argoproj.io", "Rollout"): readRollout()
        case ("serving.kserve.io", "InferenceService"), ("serving.kubeflow.org", "InferenceService"):
            readInferenceService()
        case ("serving.kserve.io", "ServingRuntime"), ("serving.kserve.io", "ClusterServingRuntime"):
            start(.other(kind))
            readPod(["spec"], isRequired: true)
        case ("machinelearning.seldon.io", "SeldonDeployment"): readSeldon()
        case ("", "ConfigMap"): readConfigMap()
        default:
            if ["Deployment", "StatefulSet", "DaemonSet", "Rollout", "InferenceService"].contains(kind) {
                reader.leaveOut(
                    "\(apiVersion) \(kind)", "no object of this kind is known in this group", at: object.range)
            }
            if !hasPodTemplate {
                isKubernetes = !["DataContract"].contains(kind) && group != "backstage.io"
                return
            }
            start(.other(kind))
            readPod(["spec", "template", "spec"], isRequired: false)
        }
    }

    private var hasPodTemplate: Bool {
        object.table?["spec"]?.table?["template"]?.table?["spec"]?.table?["containers"] != nil
    }

    private mutating func start(_ kind: Workload.Kind) {
        let name = reader.text(object, ["metadata", "name"])
        var result = Workload(
            kind: kind, kindName: self.kind, name: name?.value ?? "", file: reader.file,
            range: name?.range ?? object.range)
        if name == nil { reader.leaveOut(self.kind, "the object has no name", at: object.range) }
        if let name, isTemplate(name.value) { leaveOutTemplate("metadata.name", name) }
        result.namespace = reader.text(object, ["metadata", "namespace"])?.value
        workload = result
    }

    private mutating func readController(_ kind: Workload.Kind) {
        start(kind)
        workload?.revisionHistoryLimit = reader.integer(object, ["spec", "revisionHistoryLimit"])
        if kind != .daemonSet { workload?.replicas = reader.integer(object, ["spec", "replicas"]) }
        readPod(["spec", "template", "spec"], isRequired: true)
    }

    private mutating func readRollout() {
        start(.rollout)
        workload?.revisionHistoryLimit = reader.integer(object, ["spec", "revisionHistoryLimit"])
        workload?.replicas = reader.integer(object, ["spec", "replicas"])
        workload?.rollbackWindow = reader.integer(object, ["spec", "rollbackWindow", "revisions"])
        for (key, strategy) in [("blueGreen", Workload.Strategy.blueGreen), ("canary", .canary)] {
            guard let node = object.table?["spec"]?.table?["strategy"]?.table?.member(key) else { continue }
            workload?.strategy = Located(strategy, SourceRange(start: node.keyPlace, end: node.value.range.end))
            workload?.scaleDownDelay = reader.integer(object, ["spec", "strategy", key, "scaleDownDelaySeconds"])
        }
        if workload?.strategy == nil {
            reader.leaveOut("spec.strategy", "the Rollout has neither blueGreen nor canary", at: object.range)
        }
        if let reference = reader.node(object, ["spec", "workloadRef"]) {
            workload?.templateOf = reader.text(reference, ["name"])
            if reader.text(reference, ["kind"])?.value != "Deployment" {
                reader.leaveOut("spec.workloadRef", "only a Deployment can be followed", at: reference.range)
            }
            return
        }
        readPod(["spec", "template", "spec"], isRequired: true)
    }

    private mutating func readInferenceService() {
        start(.inferenceService)
        guard let predictor = reader.node(object, ["spec", "predictor"]) else {
            reader.leaveOut("spec.predictor", "the InferenceService has no predictor", at: object.range)
            return
        }
        workload?.canaryTrafficPercent = reader.integer(predictor, ["canaryTrafficPercent"])
        workload?.minimumReplicas = reader.integer(predictor, ["minReplicas"])
        workload?.runtime = reader.text(predictor, ["model", "runtime"])
        readContainers(of: predictor, isRequired: false)
        var hasModel = false
        // Beside `model`, older manifests name the framework: sklearn, xgboost, triton.
        for member in predictor.table?.members ?? [] {
            guard let framework = member.value.table, framework["storageUri"] != nil || member.key == "model" else {
                continue
            }
            hasModel = true
            if let uri = reader.text(member.value, ["storageUri"]) { addStorage(uri) }
            if let uri = reader.text(member.value, ["storage", "storageUri"]) { addStorage(uri) }
            if let image = reader.text(member.value, ["image"]) { addImage(image, container: member.key) }
        }
        if !hasModel, workload?.images.isEmpty ?? true {
            reader.leaveOut(
                "spec.predictor", "the InferenceService names neither a model nor an image", at: predictor.range)
        }
        for component in ["transformer", "explainer"] {
            if let node = reader.node(object, ["spec", component]) { readContainers(of: node, isRequired: false) }
        }
    }

    private mutating func readSeldon() {
        start(.seldonDeployment)
        for predictor in reader.list(object, ["spec", "predictors"]) {
            if workload?.replicas == nil { workload?.replicas = reader.integer(predictor, ["replicas"]) }
            if let uri = reader.text(predictor, ["graph", "modelUri"]) { addStorage(uri) }
            for component in reader.list(predictor, ["componentSpecs"]) {
                if let pod = reader.node(component, ["spec"]) { readContainers(of: pod, isRequired: false) }
            }
        }
    }

    private mutating func readPod(_ path: [String], isRequired: Bool) {
        guard let pod = reader.node(object, path) else {
            if isRequired {
                reader.leaveOut(path.joined(separator: "."), "the \(kind) has no pod template", at: object.range)
            }
            return
        }
        readContainers(of: pod, isRequired: isRequired)
        for volume in reader.list(pod, ["volumes"]) {
            if let image = reader.text(volume, ["image", "reference"]) { addImage(image, container: "volume") }
        }
    }

    private mutating func readContainers(of pod: DocumentNode, isRequired: Bool) {
        if isRequired, reader.list(pod, ["containers"]).isEmpty {
            reader.leaveOut("containers", "the pod template has no container", at: pod.range)
        }
        for key in ["containers", "initContainers"] {
            for container in reader.list(pod, [key]) {
                let name = reader.text(container, ["name"])?.value ?? key
                if let image = reader.text(container, ["image"]) {
                    addImage(image, container: name)
                } else if workload?.kind != .inferenceService, workload?.kind != .seldonDeployment {
                    reader.leaveOut(name, "the container has no image", at: container.range)
                }
            }
        }
    }

    private mutating func addStorage(_ uri: Located<String>) {
        if isTemplate(uri.value) { leaveOutTemplate("storageUri", uri) }
        workload?.storageURIs.append(uri)
        guard uri.value.hasPrefix("oci://") else { return }
        addImage(Located(String(uri.value.dropFirst("oci://".count)), uri.range), container: "storageUri")
    }

    private mutating func addImage(_ text: Located<String>, container: String) {
        guard let range = text.range else { return }
        let reference = ImageReference(text.value)
        if isTemplate(text.value) {
            leaveOutTemplate(container, text)
        } else if reference == nil {
            reader.leaveOut(text.value, "the image of \(container) is not a reference to an image", at: range)
        }
        workload?.images.append(
            Workload.Image(container: container, text: text.value, reference: reference, range: range))
    }

    private func isTemplate(_ text: String) -> Bool { text.containsText("{{") || text.containsText("${") }

    private mutating func leaveOutTemplate(_ subject: String, _ text: Located<String>) {
        reader.leaveOut(text.value, "\(subject) is a template, which is not rendered", at: text.range)
    }

    private mutating func readConfigMap() {
        for member in object.table?["data"]?.table?.members ?? [] {
            guard let text = member.value.string, text.containsText("alert:"), text.containsText("expr:") else {
                continue
            }
            reader.leaveOut(
                member.key, "alerting rules inside of a ConfigMap are not read; give them as a file",
                at: SourceRange(start: member.keyPlace, end: member.keyPlace))
        }
    }
}
