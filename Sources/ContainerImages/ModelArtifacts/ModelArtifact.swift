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
    }

    /// The name as it was given.
    package let name: ImageName
    /// The kind.
    package let kind: Kind
    /// The digest of the manifest; nil where the store has none.
    package let manifest: Digest?
    /// The layers in the order in which they are read.
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
        guard !artifact.contents.isEmpty else {
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

/// Which layers of a manifest are a model's, and how they hold it.
struct ModelLayers: Sendable, Hashable {
    let kind: ModelArtifact.Kind
    /// The descriptors of the layers that count.
    let layers: [Descriptor]
    /// What each of them holds.
    let contents: [ModelArtifact.Content]

    private static let titleKey = "org.opencontainers.image.title"
    private static let unpackKey = "io.deis.oras.content.unpack"

    /// Finds the layers of a model; nil for an image, and for an artifact of another kind.
    ///
    /// - Throws: the reason why a layer of a model cannot be read.
    init?(config: Descriptor, layers: [Descriptor]) throws(ModelLayersError) {
        let types = layers.map { $0.mediaType ?? "" }
        let configType = config.mediaType ?? ""
        var found: [(Descriptor, ModelArtifact.Content)] = []
        if configType.hasPrefix("application/vnd.kitops.modelkit.") || types.contains(where: { $0.isOfModelKit }) {
            kind = .modelKit
            // `code`, `docs` and `datasets` are beside the model.
            for (layer, type) in zip(layers, types)
            where type.hasPrefix("application/vnd.kitops.modelkit.model.")
                || type.hasPrefix("application/vnd.kitops.modelkit.modelpart.")
            {
                found.append((layer, .archive))
            }
        } else if configType.hasPrefix("application/vnd.cncf.model.") || types.contains(where: { $0.isOfModelPack }) {
            kind = .modelPack
            for (layer, type) in zip(layers, types)
            where type.hasPrefix("application/vnd.cncf.model.")
                && !type.hasPrefix("application/vnd.cncf.model.dataset.")
            {
                found.append((layer, try Self.packContent(layer, type)))
            }
        } else {
            guard !Self.isImage(configType), !layers.isEmpty,
                layers.allSatisfy({ $0.annotations[Self.titleKey] != nil })
            else { return nil }
            kind = .files
            for layer in layers {
                let title = layer.annotations[Self.titleKey] ?? ""
                let isArchive =
                    layer.annotations[Self.unpackKey] == "true" || (layers.count == 1 && Self.isArchive(title))
                found.append((layer, isArchive ? .archive : .file(path: try Self.path(title), mode: 0o644)))
            }
        }
        self.layers = found.map(\.0)
        contents = found.map(\.1)
    }

    /// Whether a media type is that of an image's configuration; a missing one may be.
    private static func isImage(_ type: String) -> Bool {
        type.isEmpty || type == "application/vnd.oci.image.config.v1+json"
            || type == "application/vnd.docker.container.image.v1+json"
    }

    private static func isArchive(_ title: String) -> Bool {
        [".tar", ".tar.gz", ".tgz", ".tar.zst"].contains { title.hasSuffix($0) }
    }

    /// What a layer of a ModelPack holds: `...v1.tar` with a compression, or `...v1.raw` for the file that an annotation names.
    private static func packContent(
        _ layer: Descriptor, _ type: String
    ) throws(ModelLayersError) -> ModelArtifact.Content {
        if type.containsText(".v1.tar") { return .archive }
        guard type.hasSuffix(".v1.raw") else { throw ModelLayersError("a layer has the type \(type)") }
        guard let path = layer.annotations["org.cncf.model.filepath"] ?? layer.annotations[titleKey] else {
            throw ModelLayersError("the layer \(layer.digest) does not name its file")
        }
        return .file(path: try Self.path(path), mode: 0o644)
    }

    /// A path below the model's directory.
    private static func path(_ text: String) throws(ModelLayersError) -> String {
        guard !PosixPath.isAbsolute(text), !text.utf8.contains(UInt8(ascii: "\\")),
            let normal = ArchivePath.normalized(text.utf8), !normal.isEmpty
        else { throw ModelLayersError("the path '\(text)' of a layer leaves the model") }
        return String(decoding: normal, as: UTF8.self)
    }
}

/// Why the layers of a model cannot be read.
struct ModelLayersError: Error {
    let reason: String
    init(_ reason: String) { self.reason = reason }
}

extension String {
    fileprivate var isOfModelKit: Bool { hasPrefix("application/vnd.kitops.modelkit.") }
    fileprivate var isOfModelPack: Bool { hasPrefix("application/vnd.cncf.model.") }
}
