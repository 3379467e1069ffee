import ArchiveReading
import EnvironmentInventory

/// Holds the two lists of an archive that is a `docker save` archive and an OCI layout at once against each other.
///
/// Docker's own store reads `manifest.json`. containerd, and Docker with its store, read `index.json` where there is one
/// (https://github.com/containerd/containerd/blob/main/core/images/archive/importer.go), and so does podman
/// (https://github.com/containers/common/blob/main/libimage/load.go). Docker 25 and later, BuildKit and nerdctl write both.
struct LayoutAgreement {
    let request: ImageRequest
    let members: ArchiveMembers

    /// An image as `manifest.json` has it.
    struct Saved {
        let config: Digest
        let configuration: ImageConfiguration
        /// The tags, canonical.
        let tags: Set<String>
        let layers: [LayerBlob]
        /// Whether the archive has no other image.
        let isOnly: Bool
    }

    /// Returns the image that runtimes take from `index.json` for one of `manifest.json`.
    ///
    /// - Throws: ``ImageReadingError`` where they take another one, or none.
    func image(for saved: Saved) throws(ImageReadingError) -> StoredImage {
        let request = request.asking(for: saved.configuration.platform)
        let layout = OCILayout(request: request, format: DockerArchiveTransport.name, members: members)
        let reader = OCIImageReader(request: request, format: layout.format, store: layout)
        var agreed: StoredImage?
        for entry in try layout.images() {
            // What has none of the image's names may be one of the archive's others.
            let isMeant = saved.isOnly || entry.names.contains { saved.tags.contains(ImageReference.canonical($0)) }
            let found: StoredImage
            do throws(ImageReadingError) { found = try reader.image(from: entry) } catch {
                if isMeant { throw error }
                continue
            }
            guard found.config == saved.config else {
                if isMeant { throw disagreement(found.config) }
                continue
            }
            guard Self.areSame(saved.layers, found.layers) else { throw disagreement(nil) }
            if let first = agreed, first.layers.map(\.tables) != found.layers.map(\.tables) { throw disagreement(nil) }
            if agreed == nil {
                agreed = found
                if self.request.child != .ofPlatform {
                    let walk = IndexWalk(reader: reader)
                    agreed?.children = try walk.images(walk.manifests(below: [entry]))
                }
            }
        }
        guard let agreed else { throw disagreement(nil) }
        return agreed
    }

    /// Throws where `manifest.json` has another image for the platform of one that was taken from `index.json`.
    ///
    /// - Parameter names: all names that `index.json` gives the image.
    func check(
        _ image: StoredImage, named names: [String], against images: [Saved]
    ) throws(ImageReadingError) {
        let names = names.map(ImageReference.canonical)
        for saved in images {
            guard let platform = saved.configuration.platform, image.configuration.platform?.accepts(platform) ?? true
            else { continue }
            if saved.config == image.config {
                guard Self.areSame(saved.layers, image.layers) else { throw disagreement(nil) }
            } else if saved.isOnly || names.contains(where: saved.tags.contains) {
                throw disagreement(image.config)
            }
        }
    }

    /// Whether layers of `manifest.json` have the bytes of those of a manifest: the members are named by their digests, or
    /// hold what the configuration says.
    private static func areSame(_ saved: [LayerBlob], _ layers: [LayerBlob]) -> Bool {
        saved.count == layers.count
            && zip(saved, layers).allSatisfy { $0.digest == $1.digest || ($0.digest == nil && $0.diffID == $1.digest) }
    }

    private func disagreement(_ config: Digest?) -> ImageReadingError {
        let which = config.map { " (there with the configuration \($0))" } ?? ""
        return request.failure(
            .inconsistent(
                "manifest.json and index.json name different images\(which): Docker loads the one, containerd and podman the other"
            ))
    }
}
