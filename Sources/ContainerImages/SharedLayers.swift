import ArchiveReading
import EnvironmentInventory
internal import Synchronization

/// Layers that several images have, so that what one job reads of two images is read once.
///
/// A layer counts as the same when both of its digests are. The bytes that another store has of it are still held against
/// their digest, and only not decompressed and read again.
package final class SharedLayers: Sendable {
    /// What a layer is known by.
    struct Key: Hashable, Sendable {
        let digest: Digest
        let diffID: Digest
        let tables: [LayerTable]

        /// Nil for a layer of which a digest is missing.
        init?(_ blob: LayerBlob) {
            guard let digest = blob.digest, let diffID = blob.diffID else { return nil }
            self.digest = digest
            self.diffID = diffID
            tables = blob.tables
        }
    }

    private struct Kept: Sendable {
        let layer: ImageReader.ReadLayer
        /// Where the bytes were read.
        let place: String
    }

    private struct State: Sendable {
        var layers: [Key: Kept] = [:]
        var system: (layers: [Key], files: FileSystemIndex)?
    }

    private let state = Mutex(State())

    /// Creates an empty store for the images of one job, which are all read with the same options.
    package init() {}

    /// Returns a layer that an image before had; nil when it has to be read.
    ///
    /// - Throws: ``ArchiveReadingError`` when the bytes that this image has of it are not those of the digest.
    func layer(
        _ blob: LayerBlob, at place: String, limits: ReadingLimits, progress: @escaping (Int) -> Void
    ) throws(ArchiveReadingError) -> ImageReader.ReadLayer? {
        guard let key = Key(blob), let kept = state.withLock({ $0.layers[key] }) else { return nil }
        if kept.place != place {
            try limits.checkCancellation(blob.name)
            let stored = try VerifyingByteSource(
                ProgressByteSource(blob.open(), progress), digest: blob.digest, size: blob.size)
            try stored.drain()
        }
        return kept.layer
    }

    /// Keeps a layer whose digests hold.
    func keep(_ layer: ImageReader.ReadLayer, of blob: LayerBlob, at place: String) {
        guard let key = Key(blob) else { return }
        state.withLock { state in
            if state.layers[key] == nil { state.layers[key] = Kept(layer: layer, place: place) }
        }
    }

    /// Returns the file system that the same layers made before; nil when they have to be put together.
    func fileSystem(of layers: [LayerBlob]) -> FileSystemIndex? {
        let keys = layers.compactMap { Key($0) }
        guard keys.count == layers.count else { return nil }
        return state.withLock { $0.system?.layers == keys ? $0.system?.files : nil }
    }

    /// Keeps the file system that layers made.
    func keep(_ files: FileSystemIndex, of layers: [LayerBlob]) {
        let keys = layers.compactMap { Key($0) }
        guard keys.count == layers.count else { return }
        state.withLock { $0.system = (keys, files) }
    }

    /// Lets go of everything: no more images will be read.
    package func clear() { state.withLock { $0 = State() } }
}
