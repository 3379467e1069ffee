import ArchiveReading
import EnvironmentInventory

/// What an image is made of, as far as its manifest and its configuration say it: nothing of its layers is read.
package struct ImagePlan: Sendable, Hashable {
    /// One layer.
    package struct Layer: Sendable, Hashable {
        /// The digest of the stored bytes; nil where the store names none.
        package let digest: Digest?
        /// The stored size in bytes; nil where nothing says it.
        package let size: Int?
        /// The digest of the decompressed bytes; nil where there is no configuration.
        package let diffID: Digest?

        /// Creates a layer.
        package init(digest: Digest?, size: Int?, diffID: Digest?) {
            self.digest = digest
            self.size = size
            self.diffID = diffID
        }
    }

    /// The name with the digest that it meant; the name itself where its store knows no digest.
    package let pinned: String
    /// The digest of the manifest.
    package let manifest: Digest?
    /// The digest of the configuration.
    package let config: Digest?
    /// The platform of the image.
    package let platform: Platform?
    /// The layers, lowest first.
    package let layers: [Layer]
}

extension ImageReader {
    /// Finds out what an image is made of.
    package static func plan(
        _ name: ImageName, platform: Platform?, limits: ReadingLimits, registry: RegistryOptions, cache: LayerCache?
    ) throws(ImageReadingError) -> ImagePlan {
        var request = ImageRequest(name: name, platform: platform, limits: limits, registry: registry)
        request.cache = cache
        let stored = try open(request)
        return ImagePlan(
            pinned: pinned(name, stored), manifest: stored.manifest, config: stored.config,
            platform: stored.configuration.platform,
            layers: stored.layers.map { .init(digest: $0.digest, size: $0.size, diffID: $0.diffID) })
    }

    /// The digest in the place of a tag: that of the index where there is one, so that the platform is chosen as before.
    private static func pinned(_ name: ImageName, _ stored: StoredImage) -> String {
        guard let digest = stored.index ?? stored.manifest else { return name.description }
        // A colon in a path would end it.
        if stored.format != .docker, name.location.contains(":") { return name.description }
        switch stored.format {
        case .docker:
            guard let reference = ImageReference(name.location) else { return name.description }
            return "docker://" + ImageReference(repository: reference.repository, tag: nil, digest: digest).description
        case .oci, .ociArchive:
            return ImageName(
                transport: stored.format, location: name.location, reference: digest.description
            ).description
        default: return name.description
        }
    }

    /// Reads a layer into the cache, if it is not there.
    ///
    /// - Parameters:
    ///   - name: an image that has the layer.
    ///   - checksums: whether the sums that the system's packages record are computed of all files, or only of its Python.
    /// - Returns: whether the layer had to be read.
    package static func index(
        _ layer: ImagePlan.Layer, of name: ImageName, platform: Platform?, limits: ReadingLimits,
        registry: RegistryOptions, allChecksums checksums: Bool, cache: LayerCache
    ) throws(ImageReadingError) -> Bool {
        var request = ImageRequest(name: name, platform: platform, limits: limits, registry: registry)
        request.cache = cache
        let blob: LayerBlob
        let format: ImageTransportName
        if name.transport == .docker, let digest = layer.digest, let size = layer.size, let diffID = layer.diffID {
            format = .docker
            blob = try RegistryTransport.layer(digest, size: size, diffID: diffID, request)
        } else {
            let stored = try open(request)
            format = stored.format
            let found = stored.layers.first { $0.digest == layer.digest && $0.diffID == layer.diffID }
            guard let found else { throw request.failure(.inconsistent("it has no layer \(layer.diffID?.hex ?? "")")) }
            blob = found
        }
        let reader = LayerReader(limits: limits, systemRecords: checksums ? .checksums : .python, readsBinaries: true)
        let reading = LayerReading(request: request, reader: reader, shared: nil, cache: cache, format: format)
        if case .layer? = try? cache.find(
            blob, isRemote: format == .docker, LayerNeeds(reader), limits: limits, progress: { _ in })
        {
            return false
        }
        _ = try reading.layer(blob) { _ in }
        return true
    }
}
