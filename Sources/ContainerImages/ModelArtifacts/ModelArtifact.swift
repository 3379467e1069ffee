import ArchiveReading
import EnvironmentInventory
import SourceDocuments

/// A model in a registry or an image layout: which of its layers hold the model, and how.
///
/// Formats: an image with the model in `/models` (https://kserve.github.io/website/docs/model-serving/storage/providers/oci), a ModelKit of KitOps
/// (https://kitops.org/docs/modelkit/spec/), the ModelPack of CNCF (https://github.com/modelpack/model-spec/blob/main/docs/spec.md), files that
/// ORAS pushed (https://oras.land/docs/how_to_guides/pushing_and_pulling).
package struct ModelArtifact: Sendable {
    /// The kind of artifact.
    package enum Kind: String, Sendable, Hashable {
        case image
        case modelKit = "ModelKit"
        case modelPack = "ModelPack"
        case files = "artifact of files"
    }

    /// What a layer holds.
    enum Content: Sendable, Hashable {
        /// A layer of an image, of which `/models` counts.
        case image
        /// A tar archive whose entries are the model's.
        case archive
        /// One file of the model.
        case file(path: String, mode: Int)
        /// A tar archive that is not the model's; what comes to lie in a directory of the model is read.
        case beside
        /// One file that is not the model's; it is read where it comes to lie in a directory of the model.
        case besideFile(path: String)
        /// The Kitfile of a ModelKit.
        case kitfile

        /// Whether it is a part of the model.
        var isOfModel: Bool {
            switch self {
            case .image, .archive, .file: true
            case .beside, .besideFile, .kitfile: false
            }
        }
    }

    /// The name as it was given.
    package let name: ImageName
    /// The kind.
    package let kind: Kind
    /// The digest of the manifest; nil where the store has none.
    package let manifest: Digest?
    /// The layers in the order in which they are read: those of the model first.
    let layers: [(blob: LayerBlob, content: Content)]

    /// The directory of an image that holds a model.
    package static let directory = "models"

    /// Finds the artifact that a name means. Its manifest is verified; its layers are verified as they are read.
    ///
    /// - Parameter detected: what ``ImageReader/detect(path:file:limits:)`` found at the path of a name without a transport.
    package static func open(
        _ name: ImageName, platform: Platform? = nil, limits: ReadingLimits = ReadingLimits(),
        registry: RegistryOptions = RegistryOptions(), detected: DetectedImage? = nil
    ) throws(ImageReadingError) -> ModelArtifact {
        var request = ImageRequest(name: name, platform: platform, limits: limits, registry: registry)
        request.acceptsModels = true
        if let detected, name.transport == nil, detected.path == name.location { request.detected = detected }
        let stored = try ImageReader.open(request)
        guard let artifact = stored.artifact else {
            // The topmost layer decides what is there.
            return ModelArtifact(
                name: name, kind: .image, manifest: stored.manifest,
                layers: stored.layers.reversed().map { ($0, Content.image) })
        }
        guard artifact.contents.contains(where: \.isOfModel) else {
            throw request.failure(.notAnImage("the \(artifact.kind.rawValue) has no layer with a model"))
        }
        return ModelArtifact(
            name: name, kind: artifact.kind, manifest: stored.manifest,
            layers: Array(zip(stored.layers, artifact.contents)))
    }

    /// Reads the files of the model one after the other, as an archive's. What is given counts only when the reader came to its end.
    package func entries(limits: ReadingLimits = ReadingLimits()) -> any ArchiveEntryReader {
        ModelEntries(name: name.description, layers: layers, limits: limits)
    }
}
