import ArchiveReading
import EnvironmentInventory
import ParallelWork
import SourceDocuments

/// Reads images: finds the image, reads its layers in parallel, stacks them and reads what is installed.
package enum ImageReader {
    /// Reads a complete image.
    ///
    /// - Parameters:
    ///   - platform: the platform to choose where there are several; nil for the one of this machine.
    ///   - manifest: the manifest of an index that is read, whatever the index says of it; nil for that of the platform.
    ///   - systemRecords: which checksums of the operating system's packages are compared.
    ///   - keepsPackageLists: whether the lists of apt and apk in the image are kept, for ``PackageLists``.
    ///   - readsBinaries: whether libraries and programs are read for what they need to be loaded.
    ///   - detected: what ``detect(path:file:limits:)`` found at the path of a name without a transport; nil to detect it.
    ///   - shared: the layers of images that were read before with the same options; nil where there are none.
    ///   - cache: what was read of layers in earlier runs; nil for none.
    ///   - progress: called repeatedly, from several threads.
    package static func read(
        _ name: ImageName, platform: Platform? = nil, manifest: Digest? = nil, limits: ReadingLimits = ReadingLimits(),
        registry: RegistryOptions = RegistryOptions(), systemRecords: SystemRecords = .contents,
        keepsPackageLists: Bool = false, readsBinaries: Bool = false, detected: DetectedImage? = nil,
        shared: SharedLayers? = nil, cache: LayerCache? = nil,
        progress: (@Sendable (ImageReadingProgress) -> Void)? = nil
    ) throws(ImageReadingError) -> Image {
        var request = ImageRequest(name: name, platform: platform, limits: limits, registry: registry)
        request.cache = cache
        if let manifest { request.child = .manifest(manifest) }
        if let detected, name.transport == nil, detected.path == name.location { request.detected = detected }
        let stored = try open(request)
        let reader = LayerReader(
            limits: limits, systemRecords: systemRecords, keepsPackageLists: keepsPackageLists,
            readsBinaries: readsBinaries)
        let read = LayerReading(request: request, reader: reader, shared: shared, cache: cache, format: stored.format)
        var layers = try readLayers(stored, read, progress)
        let fileSystem: FileSystemIndex
        if let known = shared?.fileSystem(of: stored.layers) {
            fileSystem = known
        } else {
            let keys = cache?.stackKeys(layers, LayerNeeds(reader)) ?? []
            let held = cache?.stack(keys)
            var stack = held?.stack.named(name.description) ?? LayerStack(image: name.description)
            for index in layers.indices {
                // What the file system has already is not kept twice.
                let contents = layers[index].takeContents()
                if index < held?.count ?? 0 { continue }
                try stack.apply(contents, name: layers[index].summary.name)
                if index < keys.count, let key = keys[index] { cache?.keep(stack, key) }
            }
            fileSystem = FileSystemIndex(stack.finish())
            shared?.keep(fileSystem, of: stored.layers)
        }
        let diffIDs = layers.map(\.summary.diffID)
        let installed = InstalledPackages(
            fileSystem, configuration: stored.configuration, layers: diffIDs.map(\.description),
            systemRecords: systemRecords)
        return Image(
            name: name, format: stored.format, reference: stored.reference,
            identity: ImageIdentity(
                manifest: stored.manifest, config: stored.config,
                diffIDs: stored.config == nil ? [] : diffIDs, index: stored.index,
                isOnlyImageOfIndex: stored.isOnlyImageOfIndex, platform: stored.configuration.platform),
            configuration: stored.configuration, layers: layers.map(\.summary), fileSystem: fileSystem,
            environment: installed.environment, notes: stored.notes + installed.notes)
    }

    /// Detects the kind of image at a path by its content; nil if there is no image. What was opened for that is kept in
    /// the result, which ``read(_:platform:manifest:limits:registry:systemRecords:keepsPackageLists:readsBinaries:detected:progress:)`` takes.
    ///
    /// - Parameter file: the file, when the caller has opened it already.
    package static func detect(
        path: String, file: RegularFile? = nil, limits: ReadingLimits = ReadingLimits()
    ) -> DetectedImage? {
        let directory = FolderMembers(name: path)
        if file == nil {
            if directory.contains("index.json"), directory.contains("oci-layout") {
                return DetectedImage(path: path, transport: .oci, members: .directory(directory))
            }
            if directory.contains("manifest.json"), directory.contains("version") {
                return DetectedImage(path: path, transport: .directory, members: .directory(directory))
            }
        }
        guard let file = file ?? (try? RegularFile(path: path)),
            let archive = try? ArchiveMembers(file: file, limits: limits, isWanted: ArchiveSigns.isImage)
        else { return nil }
        return ArchiveSigns.transport(of: archive).map { transport in
            DetectedImage(
                path: path, transport: transport, members: transport == .exported ? .file(file) : .archive(archive))
        }
    }

    static func open(_ request: ImageRequest) throws(ImageReadingError) -> StoredImage {
        var request = request
        if request.name.transport == nil {
            let detected: DetectedImage
            if let known = request.detected { detected = known } else { detected = try detect(request) }
            request.detected = detected
            request.name = ImageName(transport: detected.transport, location: request.name.location, reference: nil)
        }
        guard let transport = imageTransports.first(where: { $0.name == request.name.transport }) else {
            throw request.failure(.unsupported("the transport of \(request.name)"))
        }
        return try transport.open(request)
    }

    /// Detects the transport of an image that is named without one; throws if it cannot be opened or read.
    private static func detect(_ request: ImageRequest) throws(ImageReadingError) -> DetectedImage {
        let path = request.name.location
        if FolderMembers(name: path).isFolder {
            if let found = detect(path: path, limits: request.limits) { return found }
            throw request.failure(.notAnImage("it is neither an OCI layout nor an image directory"))
        }
        let file = try request.archive { () throws(ArchiveReadingError) in try RegularFile(path: path) }
        if let found = detect(path: path, file: file, limits: request.limits) { return found }
        _ = try request.archive { () throws(ArchiveReadingError) in
            try ArchiveMembers(file: file, limits: request.limits)
        }
        throw request.failure(.notAnImage("it is an archive, but not of an image"))
    }

    struct ReadLayer: Sendable {
        var contents: LayerContents
        let summary: Image.Layer

        /// Returns what the layer holds, and leaves nothing behind.
        mutating func takeContents() -> LayerContents {
            defer { contents = LayerContents() }
            return contents
        }

        /// Returns the same layer under another name, for a manifest that lists it more than once.
        func named(_ name: String) -> ReadLayer {
            ReadLayer(
                contents: contents,
                summary: Image.Layer(
                    name: name, diffID: summary.diffID, size: summary.size, compression: summary.compression))
        }
    }

    private static func readLayers(
        _ stored: StoredImage, _ reading: LayerReading, _ progress: (@Sendable (ImageReadingProgress) -> Void)?
    ) throws(ImageReadingError) -> [ReadLayer] {
        let count = stored.layers.count
        // Layers with the same bytes are read once, and stacked as often as the image names them.
        var firstOfKind: [LayerBlob.Content: Int] = [:]
        let sources = stored.layers.indices.map { index in
            guard let content = stored.layers[index].content else { return index }
            let first = firstOfKind[content] ?? index
            firstOfKind[content] = first
            return first
        }
        // The largest layers first: the last one to start should be a small one.
        let order = stored.layers.indices.filter { sources[$0] == $0 }.sorted {
            (stored.layers[$0].size ?? 0, $1) > (stored.layers[$1].size ?? 0, $0)
        }
        let sizes = order.compactMap { stored.layers[$0].size }
        let total =
            sizes.count == order.count
            ? sizes.reduce(into: 0) { $0 = $0.addingReportingOverflow($1).partialValue } : nil
        @Sendable func isFailure(_ result: Result<ReadLayer, ImageReadingError>) -> Bool {
            if case .failure = result { true } else { false }
        }
        let results = mapInParallel(order, until: isFailure) { index in
            let blob = stored.layers[index]
            let note: (Int) -> Void = { bytes in
                progress?(
                    ImageReadingProgress(
                        layer: blob.name, number: index + 1, count: count, bytes: bytes, total: blob.size,
                        image: reading.request.name.description, totalOfImage: total))
            }
            return Result { () throws(ImageReadingError) in try reading.layer(blob, note) }
        }
        var layers: [Int: ReadLayer] = [:]
        var failure: (index: Int, error: ImageReadingError)?
        for (index, result) in zip(order, results) {
            switch result {
            case .success(let layer): layers[index] = layer
            case .failure(let error): if index <= failure?.index ?? index { failure = (index, error) }
            case nil: continue
            }
        }
        if let failure { throw failure.error }
        return sources.enumerated().compactMap { index, source in
            layers[source].map { $0.named(stored.layers[index].name) }
        }
    }

    /// Reads one layer: nothing of it is returned before both of its digests hold.
    static func readLayer(
        _ blob: LayerBlob, for request: ImageRequest, layerReader: LayerReader? = nil,
        progress: @escaping (Int) -> Void
    ) throws(ImageReadingError) -> ReadLayer {
        try request.archive(blob.name) { () throws(ArchiveReadingError) in
            let pipeline = try LayerPipeline.make(blob, limits: request.limits, progress: progress)
            do throws(ArchiveReadingError) {
                let contents = try (layerReader ?? LayerReader(limits: request.limits)).read(
                    pipeline.tar, pair: pipeline.pair)
                let digests = try pipeline.finish()
                return ReadLayer(
                    contents: contents,
                    summary: Image.Layer(
                        name: blob.name, diffID: digests.diffID, size: digests.size, compression: digests.compression))
            } catch { throw try pipeline.failure(after: error) }
        }
    }
}

/// Reports how many bytes were read, every four megabytes and at the end.
final class ProgressByteSource: ByteSource {
    private let source: any ByteSource
    private let progress: (Int) -> Void
    private var reported = 0
    private(set) var count = 0

    init(_ source: any ByteSource, _ progress: @escaping (Int) -> Void) {
        self.source = source
        self.progress = progress
    }

    var name: String { source.name }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> Int {
        let read = try source.read(into: buffer)
        note(read)
        return read
    }

    func nextPiece(_ buffer: UnsafeMutableRawBufferPointer) throws(ArchiveReadingError) -> UnsafeRawBufferPointer {
        let piece = try source.nextPiece(buffer)
        note(piece.count)
        return piece
    }

    private func note(_ read: Int) {
        count += read
        if read == 0 || count - reported >= 4 << 20 {
            reported = count
            progress(count)
        }
    }
}
