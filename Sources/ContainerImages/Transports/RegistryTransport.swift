import ArchiveReading
import EnvironmentInventory
import SourceDocuments

/// Options of requests to a registry.
package struct RegistryOptions: Sendable, Hashable {
    /// Whether plain http is allowed for hosts other than this machine.
    package var allowsPlainHTTP = false
    /// The number of retries after a transient failure.
    package var retries = 4
    /// The pause before the first retry; it doubles with each further one.
    package var firstPause = Duration.milliseconds(500)
    /// The time without progress after which a request fails: fewer than 1,024 bytes within it are no progress.
    ///
    /// A document, or the opening of a blob, gets five times as long, with all redirects, tokens, pauses and retries.
    package var timeout = Duration.seconds(60)

    /// The time that a document, or the opening of a blob, may take in all.
    var totalTimeout: Duration { timeout * 5 }

    /// Creates the default options.
    package init() {}
}

/// An image in a registry, `docker://HOST/REPOSITORY[:TAG|@DIGEST]`. Layers are read as they come: nothing is written to
/// disk.
enum RegistryTransport: ImageTransport {
    static let name = ImageTransportName.docker

    static func open(_ request: ImageRequest) throws(ImageReadingError) -> StoredImage {
        guard let reference = ImageReference(request.name.location) else {
            throw request.failure(.notAnImage("'\(request.name.location)' is not an image reference"))
        }
        let asked = reference.digest?.description ?? reference.tag ?? "latest"
        let (store, bytes) = try find(asked, at: try places(of: reference, request), request)
        let digest = try request.digest(of: bytes, reference.digest?.algorithm ?? .sha256)
        if let expected = reference.digest, expected != digest {
            throw request.failure(
                .archive(
                    ArchiveReadingError(
                        archive: "manifest", reason: .digestMismatch(expected: expected, found: digest))))
        }
        let descriptor = Descriptor(mediaType: nil, digest: digest, size: bytes.count, platform: nil, annotations: [:])
        let known = KnownManifest(bytes: bytes, digest: digest, store: store)
        var image = try OCIImageReader(request: request, format: name, store: known).image(from: [descriptor])
        let tag = reference.digest == nil ? reference.tag ?? "latest" : reference.tag
        image.reference = ImageReference(repository: reference.repository, tag: tag, digest: nil).description
        return image
    }

    /// A layer of a repository by what a manifest said of it, without asking for the manifest again.
    static func layer(
        _ digest: Digest, size: Int, diffID: Digest, _ request: ImageRequest
    ) throws(ImageReadingError) -> LayerBlob {
        guard let reference = ImageReference(request.name.location),
            let place = try places(of: reference, request).first
        else { throw request.failure(.notAnImage("'\(request.name.location)' is not an image reference")) }
        let client = RegistryClient(place, request.registry)
        let descriptor = Descriptor(mediaType: nil, digest: digest, size: size, platform: nil, annotations: [:])
        return LayerBlob(
            name: "\(digest)", digest: digest, size: size, diffID: diffID,
            open: { () throws(ArchiveReadingError) in RegistryBlobSource(client, descriptor) })
    }

    private static func places(
        of reference: ImageReference, _ request: ImageRequest
    ) throws(ImageReadingError) -> [RegistryPlace] {
        let configuration: RegistriesConfiguration
        do throws(DocumentError) { configuration = try RegistriesConfiguration.ofSystem() } catch {
            throw request.failure(.document(error))
        }
        do throws(BlockedRegistry) { return try configuration.places(of: reference) } catch {
            throw request.failure(.registry(error.description))
        }
    }

    /// Asks one place after the other for the manifest; where it is, the blobs are too. Bytes that are not what they should be
    /// end the search: only a place that has nothing to say leads to the next.
    private static func find(
        _ asked: String, at places: [RegistryPlace], _ request: ImageRequest
    ) throws(ImageReadingError) -> (store: RegistryBlobs, manifest: [UInt8]) {
        var failures: [String] = []
        for place in places {
            let store = RegistryBlobs(request: request, client: RegistryClient(place, request.registry))
            do throws(ImageReadingError) { return (store, try store.manifest(asked)) } catch {
                guard case .registry(let message) = error.reason else { throw error }
                failures.append(message)
            }
        }
        throw request.failure(.registry(failures.joined(separator: "; ")), blob: "manifests/\(asked)")
    }
}

private struct RegistryBlobs: BlobStore {
    let request: ImageRequest
    let client: RegistryClient

    func document(_ descriptor: Descriptor, _ kind: ImageDocument) throws(ImageReadingError) -> [UInt8]? {
        switch kind {
        case .manifest: try manifest("\(descriptor.digest)")
        case .configuration: try configuration(descriptor, limit: kind.limit(request.limits))
        }
    }

    /// A configuration is what its digest says, wherever it was kept.
    private func configuration(_ descriptor: Descriptor, limit: Int) throws(ImageReadingError) -> [UInt8] {
        if let known = request.cache?.document(descriptor.digest, size: descriptor.size) { return known }
        let bytes = try body("blobs/\(descriptor.digest)", headers: [], limit: limit).bytes
        request.cache?.keep(document: bytes, descriptor.digest)
        return bytes
    }

    func opener(_ descriptor: Descriptor) -> @Sendable () throws(ArchiveReadingError) -> any ByteSource {
        let client = client
        return { () throws(ArchiveReadingError) in RegistryBlobSource(client, descriptor) }
    }

    /// The bytes of a manifest by tag or digest. What the registry says of its digest is only held against the bytes.
    func manifest(_ reference: String) throws(ImageReadingError) -> [UInt8] {
        let accept = RegistryClient.manifestTypes.map { (name: "Accept", value: $0) }
        let (bytes, said) = try body("manifests/\(reference)", headers: accept, limit: request.limits.manifestBytes)
        if let said = said.flatMap({ Digest($0) }) {
            let found = try request.digest(of: bytes, said.algorithm)
            if found != said {
                throw request.failure(
                    .archive(
                        ArchiveReadingError(
                            archive: "manifest \(reference)", reason: .digestMismatch(expected: said, found: found))))
            }
        }
        return bytes
    }

    private func body(
        _ path: String, headers: [(name: String, value: String)], limit: Int
    ) throws(ImageReadingError) -> (bytes: [UInt8], digest: String?) {
        var failure: String?
        let deadline = ContinuousClock.now + client.options.totalTimeout
        for _ in 0...client.options.retries {
            do throws(RegistryFailure) {
                let answer = try client.get(path, headers: headers, before: deadline)
                do throws(TransferFailure) {
                    return (
                        try HTTPBody(answer.transfer, limit: limit).bytes,
                        answer.transfer.header("docker-content-digest").first
                    )
                } catch {
                    failure = "\(client.host): \(error.message)"
                    if !error.isTransient { break }
                }
            } catch { throw request.failure(.registry(error.message), blob: path) }
        }
        throw request.failure(.registry(failure ?? "the registry does not answer"), blob: path)
    }
}

/// The manifest that a tag led to is not asked for twice: the tag could mean another one by then.
private struct KnownManifest: BlobStore {
    let bytes: [UInt8]
    let digest: Digest
    let store: RegistryBlobs

    func document(_ descriptor: Descriptor, _ kind: ImageDocument) throws(ImageReadingError) -> [UInt8]? {
        descriptor.digest == digest ? bytes : try store.document(descriptor, kind)
    }

    func opener(_ descriptor: Descriptor) -> @Sendable () throws(ArchiveReadingError) -> any ByteSource {
        store.opener(descriptor)
    }
}
