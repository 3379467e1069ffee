import ArchiveReading
import EnvironmentInventory
import ParallelWork
import SourceDocuments

/// Reads images: finds the image, reads its layers in parallel, puts them together and reads what is installed.
package enum ImageReader {
    /// Reads an image whole.
    ///
    /// - Parameters:
    ///   - platform: the platform to choose where there are several; nil for the one of this machine.
    ///   - systemRecords: how closely the packages of the operating system are looked at.
    ///   - keepsPackageLists: whether the lists of apt and apk that lie in the image are kept, for ``PackageLists``.
    ///   - progress: called now and then from several threads.
    package static func read(
        _ name: ImageName, platform: Platform? = nil, limits: ReadingLimits = ReadingLimits(),
        registry: RegistryOptions = RegistryOptions(), systemRecords: SystemRecords = .contents,
        keepsPackageLists: Bool = false, progress: (@Sendable (ImageReadingProgress) -> Void)? = nil
    ) throws(ImageReadingError) -> Image {
        let request = ImageRequest(name: name, platform: platform, limits: limits, registry: registry)
        let stored = try open(request)
        let reader = LayerReader(
            limits: limits, computesChecksums: systemRecords == .checksums, keepsPackageLists: keepsPackageLists)
        let layers = try readLayers(stored, request, reader, progress)
        var stack = LayerStack(image: name.description)
        for layer in layers { try stack.apply(layer.contents, name: layer.summary.name) }
        let fileSystem = FileSystemIndex(stack.finish())
        let diffIDs = layers.map(\.summary.diffID)
        let installed = InstalledPackages(
            fileSystem, configuration: stored.configuration, layers: diffIDs.map(\.description),
            systemRecords: systemRecords)
        return Image(
            name: name, format: stored.format, reference: stored.reference,
            identity: ImageIdentity(
                manifest: stored.manifest, config: stored.config,
                diffIDs: stored.config == nil ? [] : diffIDs),
            configuration: stored.configuration, layers: layers.map(\.summary), fileSystem: fileSystem,
            environment: installed.environment, notes: stored.notes + installed.notes)
    }

    /// The transport of a path by its content; nil when it is no image.
    package static func detect(path: String, limits: ReadingLimits = ReadingLimits()) -> ImageTransportName? {
        let folder = FolderMembers(name: path)
        if folder.contains("index.json"), folder.contains("oci-layout") { return .oci }
        if folder.contains("manifest.json"), folder.contains("version") { return .directory }
        guard mayBeImage(path, limits), let archive = try? ArchiveMembers(path: path, limits: limits) else {
            return nil
        }
        // Docker 25 and later write both: the archive's own manifest names the tags.
        if archive.contains("manifest.json"), !archive.contains("index.json") || archive.contains("repositories") {
            return .dockerArchive
        }
        if archive.contains("index.json"), archive.contains("oci-layout") {
            return archive.contains("manifest.json") ? .dockerArchive : .ociArchive
        }
        let roots = [
            "etc/os-release", "usr/lib/os-release", ".dockerenv", "lib/apk/db/installed", "var/lib/dpkg/status",
        ]
        return roots.contains(where: { archive.contains($0) }) ? .exported : nil
    }

    /// Whether the first entries of an archive look like an image's or like a file system's: a compressed model of many
    /// gigabytes is not decompressed whole to find out that it is none.
    private static func mayBeImage(_ path: String, _ limits: ReadingLimits) -> Bool {
        guard let file = try? RegularFile(path: path),
            let reader = try? TarReader(FileByteSource(file), limits: limits)
        else { return false }
        let folders: Set<Substring> = [
            "blobs", "bin", "boot", "dev", "etc", "home", "lib", "lib64", "opt", "proc", "root", "run", "sbin", "srv",
            "sys",
            "tmp", "usr", "var",
        ]
        let files: Set<Substring> = ["oci-layout", "index.json", "manifest.json", "repositories", ".dockerenv"]
        for _ in 0..<32 {
            guard let entry = try? reader.next() else { return false }
            let parts = entry.path.split(separator: "/")
            guard let first = parts.first else { continue }
            if folders.contains(first) || (parts.count == 1 && files.contains(first)) { return true }
            // HEX.tar, HEX.json, HEX/layer.tar
            if first.utf8.prefix(64).filter({ $0.isLowercaseHexDigit }).count == 64 {
                return true
            }
            if parts.count == 2, parts[1] == "layer.tar" || parts[1] == "VERSION" { return true }
        }
        return false
    }

    static func open(_ request: ImageRequest) throws(ImageReadingError) -> StoredImage {
        var request = request
        if request.name.transport == nil {
            // What cannot be opened at all says so itself; a folder is looked into.
            if !FolderMembers(name: request.name.location).isFolder {
                _ = try request.archive { () throws(ArchiveReadingError) in try RegularFile(path: request.name.location)
                }
            }
            guard let found = detect(path: request.name.location, limits: request.limits) else {
                throw request.failure(try notAnImage(request))
            }
            let name = ImageName(transport: found, location: request.name.location, reference: nil)
            request = ImageRequest(
                name: name, platform: request.platform, limits: request.limits, registry: request.registry)
        }
        guard let transport = imageTransports.first(where: { $0.name == request.name.transport }) else {
            throw request.failure(.unsupported("the transport of \(request.name)"))
        }
        return try transport.open(request)
    }

    /// Why something is no image: the reader's own error when it is an archive that cannot be read.
    private static func notAnImage(_ request: ImageRequest) throws(ImageReadingError) -> ImageReadingError.Reason {
        if FolderMembers(name: request.name.location).isFolder {
            return .notAnImage("it is neither an OCI layout nor an image directory")
        }
        _ = try request.archive { () throws(ArchiveReadingError) in
            try ArchiveMembers(path: request.name.location, limits: request.limits)
        }
        return .notAnImage("it is an archive, but of no image")
    }

    struct ReadLayer: Sendable {
        let contents: LayerContents
        let summary: Image.Layer
    }

    private static func readLayers(
        _ stored: StoredImage, _ request: ImageRequest, _ reader: LayerReader,
        _ progress: (@Sendable (ImageReadingProgress) -> Void)?
    ) throws(ImageReadingError) -> [ReadLayer] {
        let count = stored.layers.count
        // The largest layers first: the last one to start should be a small one.
        let order = stored.layers.indices.sorted {
            (stored.layers[$0].size ?? 0, $1) > (stored.layers[$1].size ?? 0, $0)
        }
        @Sendable func isFailure(_ result: Result<ReadLayer, ImageReadingError>) -> Bool {
            if case .failure = result { true } else { false }
        }
        let results = mapInParallel(order, until: isFailure) { index in
            let blob = stored.layers[index]
            return Result { () throws(ImageReadingError) in
                try readLayer(blob, request, reader) { bytes in
                    progress?(
                        ImageReadingProgress(
                            layer: blob.name, number: index + 1, count: count, bytes: bytes, total: blob.size))
                }
            }
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
        return stored.layers.indices.compactMap { layers[$0] }
    }

    /// Reads one layer: nothing of it is given on before both of its digests held.
    static func readLayer(
        _ blob: LayerBlob, _ request: ImageRequest, _ layerReader: LayerReader? = nil,
        _ progress: @escaping (Int) -> Void
    ) throws(ImageReadingError) -> ReadLayer {
        try request.archive(blob.name) { () throws(ArchiveReadingError) in
            let stored = try VerifyingByteSource(
                ProgressByteSource(blob.open(), progress), digest: blob.digest, size: blob.size, computesDigest: false)
            do throws(ArchiveReadingError) {
                let decompressor = try Decompressor(stored, limits: request.limits)
                // The digest of what is not compressed is computed once.
                let isHashed =
                    decompressor.compression == .none && blob.digest != nil
                    && (blob.diffID == nil || blob.digest?.algorithm == blob.diffID?.algorithm)
                // One thread reads, hashes what is stored and decompresses; this one hashes what comes of it, reads the tar
                // and hashes the files. Where nothing is decompressed the other one hashes that too: so the two have
                // about as much to do.
                func hashing(_ source: any ByteSource) throws(ArchiveReadingError) -> VerifyingByteSource {
                    try VerifyingByteSource(
                        source, digest: isHashed ? nil : blob.diffID, size: nil, computesDigest: !isHashed)
                }
                let isPlain = decompressor.compression == .none
                let before = isPlain ? try hashing(decompressor) : nil
                let ahead = ReadAheadByteSource(before ?? decompressor)
                defer { ahead.stop() }
                let behind = isPlain ? nil : try hashing(ahead)
                let counted = ProgressByteSource(behind ?? ahead) { _ in }
                // With a diff_id a missing end is no doubt: the digest below tells whether anything is missing.
                let whole: any ByteSource = blob.diffID == nil ? counted : BlockPaddingByteSource(counted)
                let reader = try TarReader(
                    uncompressed: whole, limits: request.limits, requiresEndMarker: blob.diffID == nil)
                let contents = try (layerReader ?? LayerReader(limits: request.limits)).read(reader)
                ahead.stop()
                guard let found = isHashed ? stored.found : (before ?? behind)?.found else {
                    throw ArchiveReadingError(archive: blob.name, reason: .damaged("it was not read to its end"))
                }
                if let diffID = blob.diffID, found != diffID {
                    throw ArchiveReadingError(
                        archive: blob.name, reason: .digestMismatch(expected: diffID, found: found))
                }
                return ReadLayer(
                    contents: contents,
                    summary: Image.Layer(
                        name: blob.name, diffID: found, size: counted.count, compression: decompressor.compression))
            } catch {
                // Damage shows first in the tar or the compression; that the blob is another one says more.
                if error.reason != .cancelled { try stored.drain() }
                throw error
            }
        }
    }
}

/// Tells how many bytes have passed, every four megabytes and at the end.
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
