import ArchiveReading
import EnvironmentInventory
internal import Synchronization

/// How the layers of one image are read: from what this run or an earlier one read before, else from their bytes.
struct LayerReading: Sendable {
    let request: ImageRequest
    let reader: LayerReader
    let shared: SharedLayers?
    let cache: LayerCache?
    /// How the image is stored.
    let format: ImageTransportName

    /// Returns a layer.
    func layer(
        _ blob: LayerBlob, _ progress: @escaping (Int) -> Void
    ) throws(ImageReadingError) -> ImageReader.ReadLayer {
        let place = "\(format.rawValue):\(request.name.location)"
        let known = try request.archive(blob.name) { () throws(ArchiveReadingError) in
            try shared?.layer(blob, at: place, limits: request.limits, progress: progress)
        }
        if let known { return known }
        let layer = try cachedLayer(blob, progress)
        // Only the layer itself is in the cache.
        try request.archive(blob.name) { () throws(ArchiveReadingError) in
            try LayerTableCheck(blob: blob, limits: request.limits).run()
        }
        shared?.keep(layer, of: blob, at: place)
        return layer
    }

    private func cachedLayer(
        _ blob: LayerBlob, _ progress: @escaping (Int) -> Void
    ) throws(ImageReadingError) -> ImageReader.ReadLayer {
        guard let cache, !reader.keepsPackageLists, blob.diffID != nil else {
            return try ImageReader.readLayer(blob, for: request, layerReader: reader, progress: progress)
        }
        let needs = LayerNeeds(reader)
        let found = try request.archive(blob.name) { () throws(ArchiveReadingError) in
            try cache.find(blob, isRemote: format == .docker, needs, limits: request.limits, progress: progress)
        }
        var kept = needs
        var previous: [LayerEvidence.Blob] = []
        switch found {
        case .layer(let layer): return layer
        case .known(let others, let blobs):
            // An entry never loses what another command needs of it.
            kept = needs.union(others)
            previous = blobs
        case .nothing: break
        }
        var wide = reader
        kept.apply(to: &wide)
        let count = Mutex(0)
        let witness = StoredBytesWitness()
        var layer = try ImageReader.readLayer(witness.watch(blob), for: request, layerReader: wide) { bytes in
            count.withLock { $0 = max($0, bytes) }
            progress(bytes)
        }
        cache.keep(
            layer, of: blob, storedBytes: count.withLock { $0 }, needs: kept, limits: request.limits, previous: previous
        )
        let digest = layer.summary.compression == .none ? layer.summary.diffID : blob.digest
        if let digest { cache.keep(StoredBytesRecord(witness.mark, digest: digest)) }
        layer.contents.reduce(to: needs, from: kept)
        return layer
    }
}
