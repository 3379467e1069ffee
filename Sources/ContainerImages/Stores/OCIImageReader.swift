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

    /// Reads the image that a descriptor, or one of several for one image, leads to.
    ///
    /// - Parameter roots: one, or several of a layout's own list where it is not the image of the platform that is meant.
    func image(from roots: [Descriptor]) throws(ImageReadingError) -> StoredImage {
        guard let start = roots.first else { throw request.failure(.reference("it holds no image", available: [])) }
        if request.child == .ofPlatform { return try image(from: start) }
        let walk = IndexWalk(reader: self)
        let leaves = try walk.manifests(below: roots)
        if leaves.isEmpty { return try image(from: start) }
        var image: StoredImage
        if case .manifest(let digest) = request.child {
            guard let leaf = leaves.first(where: { $0.digest == digest }) else {
                throw request.failure(.inconsistent("it has no image with the manifest \(digest)"))
            }
            image = try self.image(of: leaf)
        } else {
            image = StoredImage(format: format, configuration: ImageConfiguration(), layers: [])
        }
        image.index = roots.count == 1 ? start.digest : nil
        image.children = try walk.images(leaves)
        image.isOnlyImageOfIndex = image.children.count == 1
        image.reference = start.referenceName
        return image
    }

    /// Reads the image of a manifest.
    private func image(of descriptor: Descriptor) throws(ImageReadingError) -> StoredImage {
        guard case .manifest(let config, let layers) = try manifest(descriptor) else {
            throw request.failure(.inconsistent("it is an index and not a manifest"), blob: "\(descriptor.digest)")
        }
        return try image(of: descriptor, config, layers)
    }

    private func image(
        of descriptor: Descriptor, _ config: Descriptor, _ layers: [Descriptor]
    ) throws(ImageReadingError) -> StoredImage {
        var image: StoredImage
        if let model = try model(config: config, layers: layers) {
            image = model
        } else {
            image = try self.image(config: config, layers: layers)
        }
        image.manifest = descriptor.digest
        return image
    }

    /// Reads the image that a descriptor leads to: for the platform, if it is an index.
    func image(from start: Descriptor) throws(ImageReadingError) -> StoredImage {
        var descriptor = start
        var seen: Set<Digest> = []
        var isOnlyImage = true
        for _ in 0..<Self.indexDepth {
            guard seen.insert(descriptor.digest).inserted else {
                throw request.failure(.inconsistent("the index names itself"), blob: "\(descriptor.digest)")
            }
            switch try manifest(descriptor) {
            case .index(let children):
                let images = children.filter(\.isImage)
                isOnlyImage = isOnlyImage && images.count == 1 && !hasHiddenImage(children)
                descriptor = try choose(children, of: descriptor)
            case .manifest(let config, let layers):
                var image = try image(of: descriptor, config, layers)
                if descriptor.digest != start.digest {
                    image.index = start.digest
                    image.isOnlyImageOfIndex = isOnlyImage
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
            guard LayerMediaType.isFiles(layer.mediaType) else {
                throw request.failure(
                    .inconsistent("its type is '\(layer.mediaType ?? "")', which is not one of a layer of files"),
                    blob: "\(layer.digest)")
            }
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

    /// Whether one of the children that call themselves an attestation may be run as an image: one without a platform.
    private func hasHiddenImage(_ children: [Descriptor]) -> Bool {
        children.contains { child in
            guard !child.isImage, child.platform == nil else { return false }
            return (try? IndexWalk(reader: self).isNeverRun(child)) != true
        }
    }

    /// Reads a small blob, and believes it only when its size and digest hold.
    func verified(
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
        let wanted = request.platform ?? .current
        if request.platform == nil, images.count == 1, let only = images.first, let platform = only.platform {
            // A machine that it is not for runs what hides behind an attestation, and not the only image.
            if wanted.accepts(platform) || !hasHiddenImage(children) { return only }
        }
        if let match = try request.choice(of: images, for: wanted, takingFirst: true) { return match }
        if images.count == 1, let only = images.first, only.platform == nil {
            // containerd takes the first without a platform, whatever else is said of it.
            let unnamed = children.filter { $0.platform == nil }
            guard unnamed.allSatisfy({ $0.digest == only.digest }) else {
                throw request.failure(
                    .platform(
                        "several children of the index have no platform, and runtimes disagree about which is taken",
                        available: unnamed.map(\.shown)), blob: "\(index.digest)")
            }
            return only
        }
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
    /// containerd and Docker take arm64 and arm64/v8, Linux/x86_64 and linux/amd64 for the same and choose the first
    /// (https://github.com/containerd/platforms/blob/main/compare.go); skopeo and podman compare the written text
    /// (https://github.com/containers/image/blob/main/internal/pkg/platform/platform_matcher.go). Windows, and newer versions of
    /// containerd, heed `os.version` and `os.features` too. Where that makes a difference, there is no choice.
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
            takingFirst && !exact.isEmpty
            && exact.allSatisfy { $0.platform == first.platform && $0.systemDemands == first.systemDemands }
        guard isWrittenAlike || candidates.allSatisfy({ $0.digest == first.digest }) else {
            throw failure(
                .platform(
                    "it has several images for \(wanted), and runtimes disagree about which",
                    available: candidates.map(\.shown)))
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
        let (wanted, offered) = (normalized, other.normalized)
        // Without an operating system it is one for that of the runtime.
        guard wanted.os == offered.os || other.os.isEmpty, wanted.architecture == offered.architecture else {
            return false
        }
        guard wanted.architecture != "arm64", let variant = writtenVariant, let theirs = other.writtenVariant else {
            return true
        }
        return variant == theirs
    }

    /// The variant, in one spelling; nil where neither a variant nor the processor's name says one.
    private var writtenVariant: String? {
        variant == nil && architecture.lowercased() == "arm" ? nil : normalized.variant
    }
}
