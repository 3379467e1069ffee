import ArchiveReading
import EnvironmentInventory
import SourceDocuments

/// Which layers of a manifest are a model's, and how they hold it.
struct ModelLayers: Sendable, Hashable {
    let kind: ModelArtifact.Kind
    /// The descriptors of what is read: the layers that count, then those that lie beside the model.
    let layers: [Descriptor]
    /// What each of them holds.
    let contents: [ModelArtifact.Content]

    private typealias Layer = (descriptor: Descriptor, content: ModelArtifact.Content)

    private static let titleKey = "org.opencontainers.image.title"
    private static let unpackKey = "io.deis.oras.content.unpack"

    /// Finds the layers of a model; nil for an image, and for an artifact of another kind.
    ///
    /// - Throws: the reason why a layer of a model cannot be read.
    init?(config: Descriptor, layers: [Descriptor]) throws(ModelLayersError) {
        let types = [config.mediaType ?? ""] + layers.map { $0.mediaType ?? "" }
        var found: [Layer] = []
        var beside: [Layer] = []
        if types.contains(where: { $0.isOfModelKit }) {
            // Each tool extracts what it knows.
            if types.contains(where: { $0.isOfModelPack }) {
                throw ModelLayersError("it is a ModelKit and a ModelPack at once")
            }
            kind = .modelKit
            if config.mediaType?.isOfModelKit ?? false { found.append((config, .kitfile)) }
            for (layer, type) in zip(layers, types.dropFirst()) {
                if type.hasPrefix("application/vnd.kitops.modelkit.model.")
                    || type.hasPrefix("application/vnd.kitops.modelkit.modelpart.")
                {
                    found.append((layer, .archive))
                } else {
                    try Self.note(layer, type, beside: &beside)
                }
            }
        } else if types.contains(where: { $0.isOfModelPack }) {
            kind = .modelPack
            for (layer, type) in zip(layers, types.dropFirst()) {
                if type.hasPrefix("application/vnd.cncf.model.dataset.") {
                    try Self.note(layer, type, beside: &beside)
                } else if type.isOfModelPack {
                    found.append((layer, try Self.packContent(layer, type)))
                } else if type.hasSuffix(".raw") || type.hasSuffix(".tar") {
                    // modctl extracts whatever has such a type.
                    throw ModelLayersError(
                        "a layer has the type \(type), which is extracted and is not one of a ModelPack")
                }
            }
        } else {
            guard !Self.isImage(config.mediaType ?? ""), !layers.isEmpty,
                layers.allSatisfy({ $0.annotations[Self.titleKey] != nil })
            else { return nil }
            kind = .files
            try Self.refuseFollowed(config, layers)
            for layer in layers {
                let title = layer.annotations[Self.titleKey] ?? ""
                let isArchive =
                    layer.annotations[Self.unpackKey] == "true" || (layers.count == 1 && Self.isArchive(title))
                found.append((layer, isArchive ? .archive : .file(path: try Self.path(title), mode: 0o644)))
            }
        }
        found += beside
        self.layers = found.map { $0.descriptor }
        contents = found.map { $0.content }
    }

    /// Notes a layer that does not count: `code`, `docs` and `datasets` are beside the model.
    private static func note(
        _ layer: Descriptor, _ type: String, beside: inout [Layer]
    ) throws(ModelLayersError) {
        if type.hasSuffix(".raw") {
            if let path = packPath(layer) { beside.append((layer, .besideFile(path: try Self.path(path)))) }
        } else if type.containsText(".tar"), !type.hasSuffix(".tar") || layer.size >= 512 {
            // Less than a header has no entry.
            beside.append((layer, .beside))
        }
    }

    /// Refuses what ORAS writes besides the layers: a configuration with a title, and what a manifest among them leads to
    /// (https://github.com/oras-project/oras/blob/main/cmd/oras/root/pull.go).
    private static func refuseFollowed(_ config: Descriptor, _ layers: [Descriptor]) throws(ModelLayersError) {
        if config.annotations[titleKey] != nil {
            throw ModelLayersError("its configuration has a title, and is written as a file beside the model")
        }
        for descriptor in [config] + layers {
            guard let type = descriptor.mediaType, isManifest(type) else { continue }
            throw ModelLayersError("the layer \(descriptor.digest) is a manifest, whose layers are not read")
        }
    }

    private static func isManifest(_ type: String) -> Bool {
        ManifestKind(mediaType: type) != nil || type == "application/vnd.oci.artifact.manifest.v1+json"
    }

    /// Whether a media type is that of an image's configuration; a missing one may be.
    private static func isImage(_ type: String) -> Bool {
        type.isEmpty || type == "application/vnd.oci.image.config.v1+json"
            || type == "application/vnd.docker.container.image.v1+json"
    }

    private static func isArchive(_ title: String) -> Bool {
        [".tar", ".tar.gz", ".tgz", ".tar.zst"].contains { title.hasSuffix($0) }
    }

    /// What a layer of a ModelPack holds: `...raw` is the file that an annotation names, whatever stands before that,
    /// `...v1.tar` with a compression an archive
    /// (https://github.com/modelpack/modctl/blob/main/pkg/codec/codec.go).
    private static func packContent(
        _ layer: Descriptor, _ type: String
    ) throws(ModelLayersError) -> ModelArtifact.Content {
        if type.hasSuffix(".raw") {
            guard let path = packPath(layer) else {
                throw ModelLayersError("the layer \(layer.digest) does not name its file")
            }
            return .file(path: try Self.path(path), mode: 0o644)
        }
        guard [".v1.tar", ".v1.tar+gzip", ".v1.tar+zstd"].contains(where: { type.hasSuffix($0) }) else {
            throw ModelLayersError("a layer has the type \(type)")
        }
        return .archive
    }

    /// The path of a layer of a ModelPack that is a file: modctl takes the older key where the first is missing or
    /// empty (https://github.com/modelpack/modctl/blob/main/pkg/backend/extract.go). Only ORAS reads the title.
    private static func packPath(_ layer: Descriptor) -> String? {
        for key in ["org.cncf.model.filepath", "org.cnai.model.filepath", titleKey] {
            if let path = layer.annotations[key], !path.isEmpty { return path }
        }
        return nil
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
