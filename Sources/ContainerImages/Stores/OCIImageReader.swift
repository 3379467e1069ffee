import ArchiveReading
import ContentHashing
import EnvironmentInventory
import SourceDocuments

/// Where the blobs of an OCI image are: a layout, a folder of `skopeo`, a registry.
protocol BlobStore: Sendable {
    /// The bytes of a document, not verified yet; nil when the store does not have it.
    func document(_ descriptor: Descriptor, _ kind: ImageDocument) throws(ImageReadingError) -> [UInt8]?
    /// How the bytes of a layer are opened.
    func opener(_ descriptor: Descriptor) throws(ImageReadingError)
        -> @Sendable () throws(ArchiveReadingError) -> any ByteSource
}

/// What a small blob is; registries keep the two kinds in different places.
enum ImageDocument {
    /// A manifest or an index.
    case manifest
    case configuration

    /// The most bytes that it may have.
    func limit(_ limits: ReadingLimits) -> Int {
        switch self {
        case .manifest: limits.manifestBytes
        case .configuration: limits.configurationBytes
        }
    }
}

/// Goes from a descriptor to an image: through indexes to a manifest, to its configuration and layers.
struct OCIImageReader {
    let request: ImageRequest
    let format: ImageTransportName
    let store: any BlobStore

    /// Indexes inside of indexes: one is usual, two are seen.
    private static let indexDepth = 4

    /// Reads the image that a descriptor leads to.
    func image(from start: Descriptor) throws(ImageReadingError) -> StoredImage {
        var descriptor = start
        var seen: Set<Digest> = []
        var isOnlyImage = true
        var platforms: [Platform] = []
        for _ in 0..<Self.indexDepth {
            guard seen.insert(descriptor.digest).inserted else {
                throw request.failure(.inconsistent("the index names itself"), blob: "\(descriptor.digest)")
            }
            switch try manifest(descriptor) {
            case .index(let children):
                let images = children.filter(\.isImage)
                isOnlyImage = isOnlyImage && images.count == 1
                if images.count > 1 { platforms = images.compactMap(\.platform) }
                descriptor = try choose(children, of: descriptor)
            case .manifest(let config, let layers):
                var image: StoredImage
                if let model = try model(config: config, layers: layers) {
                    image = model
                } else {
                    image = try self.image(config: config, layers: layers)
                }
                image.manifest = descriptor.digest
                if descriptor.digest != start.digest {
                    image.index = start.digest
                    image.isOnlyImageOfIndex = isOnlyImage
                    image.platforms = platforms
                }
                image.reference = start.referenceName
                return image
            }
        }
        throw request.failure(.inconsistent("more than \(Self.indexDepth) indexes refer to each other"))
    }

    /// Reads a manifest and verifies it.
    func manifest(_ descriptor: Descriptor) throws(ImageReadingError) -> ManifestDocument {
        let bytes = try verified(descriptor, .manifest)
        let document = try request.document { () throws(DocumentError) in
            try ManifestDocument(bytes, name: "\(descriptor.digest)", limits: request.limits)
        }
        // Container runtimes read a document as what its descriptor calls it.
        if let type = descriptor.mediaType, !type.isEmpty, ManifestKind(mediaType: type) != document.kind {
            throw request.failure(
                .inconsistent("the document that names it calls it '\(type)', which it is not"),
                blob: "\(descriptor.digest)")
        }
        return document
    }

    /// The model of a manifest's members; nil for an image.
    private func model(config: Descriptor, layers: [Descriptor]) throws(ImageReadingError) -> StoredImage? {
        let model: ModelLayers?
        do throws(ModelLayersError) { model = try ModelLayers(config: config, layers: layers) } catch {
            throw request.failure(.inconsistent(error.reason))
        }
        guard let model else { return nil }
        guard request.acceptsModels else { throw request.failure(.model(model.kind.rawValue)) }
        var blobs: [LayerBlob] = []
        for layer in model.layers {
            blobs.append(
                LayerBlob(
                    name: "\(layer.digest)", digest: layer.digest, size: layer.size, diffID: nil,
                    open: try store.opener(layer)))
        }
        var stored = StoredImage(format: format, configuration: ImageConfiguration(), layers: blobs)
        stored.artifact = model
        return stored
    }

    /// Reads an image from a manifest's members.
    func image(config: Descriptor, layers: [Descriptor]) throws(ImageReadingError) -> StoredImage {
        let bytes = try verified(config, .configuration)
        let configuration = try request.document { () throws(DocumentError) in
            try ImageConfiguration(bytes, name: "\(config.digest)", limits: request.limits)
        }
        guard configuration.diffIDs.count == layers.count else {
            throw request.failure(
                .inconsistent(
                    "the manifest has \(layers.count) layers, the configuration \(configuration.diffIDs.count) diff_ids"
                ))
        }
        try request.checkPlatform(configuration)
        var blobs: [LayerBlob] = []
        for (layer, diffID) in zip(layers, configuration.diffIDs) {
            let tables: [LayerTable]
            do throws(LayerTable.Failure) { tables = try LayerTable.named(in: layer.annotations) } catch {
                throw request.failure(.inconsistent(error.reason))
            }
            blobs.append(
                LayerBlob(
                    name: "\(layer.digest)", digest: layer.digest, size: layer.size, diffID: diffID,
                    tables: tables, open: try store.opener(layer)))
        }
        var image = StoredImage(
            format: format, config: config.digest, configuration: configuration, layers: blobs)
        image.notes = configuration.notes
        return image
    }

    /// Reads a small blob, and believes it only when its size and digest hold.
    private func verified(
        _ descriptor: Descriptor, _ kind: ImageDocument
    ) throws(ImageReadingError) -> [UInt8] {
        let blob = "\(descriptor.digest)"
        let limit = kind.limit(request.limits)
        guard descriptor.size <= limit else {
            throw request.failure(
                .inconsistent("it should have \(descriptor.size) bytes, more than \(limit) are not read"), blob: blob)
        }
        guard let bytes = try store.document(descriptor, kind) else {
            throw request.failure(.inconsistent("the blob is not there"), blob: blob)
        }
        guard bytes.count == descriptor.size else {
            throw request.failure(
                .archive(
                    ArchiveReadingError(
                        archive: blob, offset: min(bytes.count, descriptor.size),
                        reason: .sizeMismatch(expected: descriptor.size, found: bytes.count))))
        }
        try request.verify(bytes, descriptor.digest)
        return bytes
    }

    /// Chooses a child of an index by platform; attestations are not images.
    private func choose(_ children: [Descriptor], of index: Descriptor) throws(ImageReadingError) -> Descriptor {
        let images = children.filter(\.isImage)
        if request.takesFirstPlatform, let first = images.first { return first }
        let wanted = request.platform ?? .current
        if request.platform == nil, images.count == 1, let only = images.first { return only }
        if let match = try request.choice(of: images, for: wanted, takingFirst: true) { return match }
        if images.count == 1, let only = images.first, only.platform == nil { return only }
        throw request.failure(
            .platform(
                "the index has no image for \(wanted)",
                available: images.compactMap { $0.platform?.description }), blob: "\(index.digest)")
    }
}

extension ImageConfiguration {
    /// What a reader should know of a configuration.
    var notes: [String] {
        let steps = history.filter { !$0.isEmptyLayer }.count
        if history.isEmpty || steps == diffIDs.count { return [] }
        return ["the history has \(steps) layers, the image \(diffIDs.count)"]
    }
}

extension ImageRequest {
    func document<Result>(_ body: () throws(DocumentError) -> Result) throws(ImageReadingError) -> Result {
        do throws(DocumentError) { return try body() } catch { throw failure(.document(error)) }
    }

    /// Throws when bytes have another digest.
    func verify(_ bytes: [UInt8], _ digest: Digest) throws(ImageReadingError) {
        let found = try self.digest(of: bytes, digest.algorithm)
        if found != digest {
            throw failure(
                .archive(
                    ArchiveReadingError(
                        archive: "\(digest)", reason: .digestMismatch(expected: digest, found: found))))
        }
    }

    func digest(of bytes: [UInt8], _ algorithm: HashAlgorithm = .sha256) throws(ImageReadingError) -> Digest {
        do throws(HashingError) { return try ContentHash.digest(algorithm, of: bytes) } catch {
            throw failure(.unsupported(error.description))
        }
    }

    /// The image that every container runtime takes for a platform; nil when there is none.
    ///
    /// containerd takes arm64 and arm64/v8 for the same and chooses the first
    /// (https://github.com/containerd/platforms/blob/main/compare.go), skopeo looks for the written variant: where that makes
    /// a difference, there is no choice.
    ///
    /// - Parameter takingFirst: whether of several for one platform the first counts, as it does in an index; in a layout's own
    ///   list runtimes take the first or the last.
    func choice(
        of images: [Descriptor], for wanted: Platform, takingFirst: Bool = false
    ) throws(ImageReadingError) -> Descriptor? {
        let matching = images.filter { $0.platform.map { wanted.accepts($0) } ?? false }
        let exact = matching.filter { $0.platform.map { $0.usualVariant == wanted.usualVariant } ?? false }
        let candidates = exact.isEmpty ? matching : exact
        guard let first = candidates.first else { return nil }
        let isWrittenAlike =
            takingFirst && !exact.isEmpty && exact.allSatisfy { $0.platform?.variant == first.platform?.variant }
        guard isWrittenAlike || candidates.allSatisfy({ $0.digest == first.digest }) else {
            throw failure(
                .platform(
                    "it has several images for \(wanted), and runtimes disagree about which",
                    available: candidates.compactMap { $0.platform?.description }))
        }
        return first
    }

    /// Throws when a platform was asked for and the image says that it is for another one.
    func checkPlatform(_ configuration: ImageConfiguration) throws(ImageReadingError) {
        guard let platform, let found = configuration.platform, !platform.accepts(found) else { return }
        throw failure(.platform("the image is not for \(platform)", available: [found.description]))
    }
}

extension Platform {
    /// The platform of this machine, in a Linux container.
    static var current: Platform {
        #if arch(arm64)
            Platform(os: "linux", architecture: "arm64")
        #else
            Platform(os: "linux", architecture: "amd64")
        #endif
    }

    /// Whether an image for another platform is one for this: a variant counts only where both have one, and arm64 is
    /// always v8.
    func accepts(_ other: Platform) -> Bool {
        guard os == other.os, architecture == other.architecture else { return false }
        guard architecture != "arm64", let variant, let theirs = other.variant else { return true }
        return variant == theirs
    }
}
