import ArchiveReading
import EnvironmentInventory
import SourceDocuments

/// Goes through all manifests that an index leads to, by their digests.
struct IndexWalk {
    let reader: OCIImageReader

    /// Indexes inside of indexes: one is usual, two are seen.
    private static let depth = 4

    /// Returns the descriptors of the manifests that indexes lead to, in their order; none for a manifest alone.
    func manifests(below roots: [Descriptor]) throws(ImageReadingError) -> [Descriptor] {
        // One descriptor is the index itself; several are what a layout lists in the place of one.
        let top = roots.count == 1 ? 0 : 1
        var pending = roots.reversed().map { (descriptor: $0, depth: top) }
        var leaves: [Descriptor] = []
        var seen: Set<Digest> = []
        while let (descriptor, depth) = pending.popLast() {
            // What is for no platform is not opened: its blob need not be there.
            let isManifest = descriptor.mediaType.flatMap(ManifestKind.init(mediaType:)) == .manifest
            if depth > 0, isManifest || descriptor.isForNoPlatform {
                leaves.append(descriptor)
                continue
            }
            guard depth <= Self.depth else {
                throw reader.request.failure(
                    .inconsistent("more than \(Self.depth) indexes refer to each other"), blob: "\(descriptor.digest)")
            }
            guard case .index(let children) = try reader.manifest(descriptor) else {
                if depth > 0 { leaves.append(descriptor) }
                continue
            }
            guard seen.insert(descriptor.digest).inserted else { continue }
            pending.append(contentsOf: children.reversed().map { (descriptor: $0, depth: depth + 1) })
        }
        return leaves
    }

    /// Returns the images among manifests: all that a runtime may run.
    func images(_ leaves: [Descriptor]) throws(ImageReadingError) -> [IndexedImage] {
        var images: [IndexedImage] = []
        for leaf in leaves {
            if leaf.isForNoPlatform { continue }
            if !leaf.isImage, try isNeverRun(leaf) { continue }
            let image = IndexedImage(manifest: leaf.digest, platform: leaf.platform)
            if !images.contains(image) { images.append(image) }
        }
        return images
    }

    /// Whether an attestation or another artifact without a platform has none in its configuration either. containerd looks
    /// there, and takes what has one for an image (https://github.com/containerd/containerd/blob/main/core/images/image.go).
    func isNeverRun(_ descriptor: Descriptor) throws(ImageReadingError) -> Bool {
        guard case .manifest(let config, _) = try reader.manifest(descriptor) else { return false }
        let bytes = try reader.verified(config, .configuration)
        return try reader.request.document { () throws(DocumentError) in
            let table = try JSONTable(bytes, name: "\(config.digest)", limits: reader.request.limits)
            return try (table.string("architecture") ?? "").isEmpty
        }
    }
}

extension Descriptor {
    /// Whether it is for the platform `unknown`, which no machine has: so BuildKit writes its attestations.
    var isForNoPlatform: Bool { platform?.os == "unknown" }

    /// The platform with the digest, as a sentence names one child of an index.
    var shown: String { (platform.map { "\($0) " } ?? "no platform ") + "\(digest)" }
}
