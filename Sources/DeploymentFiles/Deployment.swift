import EnvironmentInventory
import SourceDocuments

/// What the files of a deployment say about rollback, monitoring and ownership.
package struct Deployment: Sendable {
    /// The objects of Kubernetes that run images, in the order of the files.
    package var workloads: [Workload] = []
    /// The MLflow registries.
    package var registries: [ModelRegistry] = []
    /// The alerting rules of Prometheus.
    package var alerts: [AlertRule] = []
    /// The CODEOWNERS files.
    package var codeOwners: [CodeOwners] = []
    /// What other files say about owners, on-call and runbooks.
    package var claims: [OwnershipClaim] = []
    /// The names of the files that were understood, and as what: `k8s/deploy.yaml`, `kubernetes`.
    package var files: [RecognisedFile] = []

    /// A file, and the format that it was read as.
    package struct RecognisedFile: Sendable, Hashable {
        /// The name of the file.
        package let name: String
        /// The name of the format.
        package let format: String
    }

    /// Creates an empty deployment.
    package init() {}

    /// Returns the workloads of one file.
    package func workloads(in file: String) -> [Workload] { workloads.filter { $0.file == file } }

    /// Returns the registered models of a name, one for each registry that has it.
    package func registeredModels(named name: String) -> [RegisteredModel] {
        registries.flatMap { $0.models.filter { $0.name == name } }
    }
}

/// A value and where it is written.
package struct Located<Value> {
    /// The value.
    package var value: Value
    /// Where it is; nil where the file has no lines.
    package var range: SourceRange?

    /// Creates a value with its position.
    package init(_ value: Value, _ range: SourceRange?) {
        self.value = value
        self.range = range
    }
}

extension Located: Sendable where Value: Sendable {}
extension Located: Equatable where Value: Equatable {}
extension Located: Hashable where Value: Hashable {}

/// An object of Kubernetes that runs images, and what decides whether an earlier state of it can come back.
package struct Workload: Sendable, Hashable {
    /// What kind of object it is.
    package enum Kind: Sendable, Hashable {
        case deployment, statefulSet, daemonSet, rollout, inferenceService, seldonDeployment
        /// Any other kind with a pod template.
        case other(String)

        /// Whether an earlier model comes back by it.
        package var isSwitch: Bool {
            switch self {
            case .deployment, .rollout, .inferenceService: true
            default: false
            }
        }

        /// Whether a controller keeps its revisions as `revisionHistoryLimit` says.
        package var hasRevisionHistory: Bool {
            switch self {
            case .deployment, .statefulSet, .daemonSet, .rollout: true
            default: false
            }
        }
    }

    /// How a Rollout replaces the old pods.
    package enum Strategy: Sendable, Hashable {
        case blueGreen, canary
    }

    /// An image of a container.
    package struct Image: Sendable, Hashable {
        /// The name of the container, or the field: `storageUri`.
        package var container: String
        /// The image as written.
        package var text: String
        /// The image as a reference; nil where the text is none, which is a gap.
        package var reference: ImageReference?
        /// Where it is written.
        package var range: SourceRange
    }

    /// The kind.
    package var kind: Kind
    /// The name of the kind as written: `Deployment`.
    package var kindName: String
    /// `metadata.name`; empty where there is none.
    package var name: String
    /// `metadata.namespace`.
    package var namespace: String?
    /// The file.
    package var file: String
    /// Where the object is in it.
    package var range: SourceRange
    /// The images of its containers, those of init containers among them.
    package var images: [Image] = []
    /// Where the model is fetched from, as KServe and Seldon say it.
    package var storageURIs: [Located<String>] = []
    /// `spec.revisionHistoryLimit`; nil where it is not written.
    package var revisionHistoryLimit: Located<Int64>?
    /// `spec.replicas`; nil where it is not written.
    package var replicas: Located<Int64>?
    /// `spec.rollbackWindow.revisions` of a Rollout.
    package var rollbackWindow: Located<Int64>?
    /// The strategy of a Rollout.
    package var strategy: Located<Strategy>?
    /// `scaleDownDelaySeconds` of a Rollout's strategy; nil where it is not written.
    package var scaleDownDelay: Located<Int64>?
    /// `canaryTrafficPercent` of an InferenceService.
    package var canaryTrafficPercent: Located<Int64>?
    /// `minReplicas` of an InferenceService.
    package var minimumReplicas: Located<Int64>?
    /// The serving runtime that an InferenceService names.
    package var runtime: Located<String>?
    /// The Deployment whose pod template a Rollout uses.
    package var templateOf: Located<String>?

    /// Creates a workload without images.
    package init(kind: Kind, kindName: String, name: String, file: String, range: SourceRange) {
        self.kind = kind
        self.kindName = kindName
        self.name = name
        self.file = file
        self.range = range
    }

    /// How many earlier revisions the controller keeps; nil for a kind that keeps none by number. The default is that of
    /// Kubernetes and Argo: 10.
    package var keptRevisions: Int64? {
        guard kind.hasRevisionHistory else { return nil }
        return revisionHistoryLimit?.value ?? 10
    }

    /// `Deployment churn`.
    package var title: String { name.isEmpty ? kindName : "\(kindName) \(name)" }
}
