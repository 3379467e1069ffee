import ArchiveReading
import EnvironmentInventory

/// What a reference stands for at this moment: the digest that FROM pins.
package struct ResolvedImage: Sendable, Hashable {
    /// The digest of the index, or of the manifest where there is no index.
    package let digest: Digest
    /// The image's own name, from `org.opencontainers.image.ref.name` or the reference that was asked for; nil when it
    /// has none that is a reference.
    package let reference: ImageReference?
    /// The platform of the image that was chosen; nil when its configuration does not say.
    package let platform: Platform?
    /// How the image is stored.
    package let format: ImageTransportName

    /// `name:tag@sha256:...`, to be written behind FROM; nil when the image has no name.
    package var pinned: String? {
        reference.map { ImageReference(repository: $0.repository, tag: $0.tag, digest: digest).description }
    }
}

/// An image of an index.
package struct IndexedImage: Sendable, Hashable {
    /// The digest of its manifest.
    package let manifest: Digest
    /// The platform that the index gives it, as it is written; nil where it gives none.
    package let platform: Platform?
}

/// Finds the digest of an image without reading its layers: in an OCI layout or archive, a `dir:`, a registry.
package enum ImageDigestSource {
    /// Resolves a name; every manifest on the way is held against its digest.
    ///
    /// A docker archive knows no digest that a registry would know, save that of the containerd store: an error.
    package static func resolve(
        _ name: ImageName, platform: Platform? = nil, limits: ReadingLimits = ReadingLimits(),
        registry: RegistryOptions = RegistryOptions()
    ) throws(ImageReadingError) -> ResolvedImage {
        let request = ImageRequest(name: name, platform: platform, limits: limits, registry: registry)
        let stored = try ImageReader.open(request)
        guard let digest = stored.index ?? stored.manifest else {
            throw request.failure(
                .unsupported(
                    "a \(stored.format.rawValue) keeps no manifest that a registry would know, so it has no digest to pin"
                ))
        }
        return ResolvedImage(
            digest: digest, reference: stored.reference.flatMap { ImageReference($0) },
            platform: stored.configuration.platform, format: stored.format)
    }

    /// Returns the layers that an image's configuration names, and the digest of its manifest, or of the configuration where
    /// there is none; nil where no configuration names them, as in a file system that was exported.
    package static func layers(
        of name: ImageName, platform: Platform? = nil, limits: ReadingLimits = ReadingLimits(),
        registry: RegistryOptions = RegistryOptions()
    ) throws(ImageReadingError) -> (diffIDs: [Digest], digest: Digest?)? {
        let request = ImageRequest(name: name, platform: platform, limits: limits, registry: registry)
        let stored = try ImageReader.open(request)
        guard let config = stored.config, !stored.configuration.diffIDs.isEmpty else { return nil }
        return (stored.configuration.diffIDs, stored.manifest ?? config)
    }

    /// Returns the images of an index and of those inside of it, in their order, and the digest of the index; none where the
    /// name stands for one image, and no digest where the images stand in a layout's own list.
    package static func images(
        of name: ImageName, limits: ReadingLimits = ReadingLimits(), registry: RegistryOptions = RegistryOptions()
    ) throws(ImageReadingError) -> (index: Digest?, images: [IndexedImage]) {
        var request = ImageRequest(name: name, platform: nil, limits: limits, registry: registry)
        request.child = .none
        let stored = try ImageReader.open(request)
        return (stored.index, stored.children)
    }
}
