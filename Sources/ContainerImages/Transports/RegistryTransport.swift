import ArchiveReading
import EnvironmentInventory

/// What a registry may be asked to do otherwise than usual.
package struct RegistryOptions: Sendable, Hashable {
    /// Whether plain http is allowed for hosts that are not on this machine.
    package var allowsPlainHTTP = false
    /// How often what failed for a moment is tried again.
    package var retries = 4
    /// The pause before the first new try, in seconds; it doubles each time.
    package var firstPauseSeconds = 0.5
    /// The seconds without a byte after which a connection counts as broken.
    package var stallSeconds = 30

    /// The defaults.
    package init() {}
}

/// An image in a registry, `docker://HOST/REPOSITORY[:TAG|@DIGEST]`. Layers are read as they come: nothing is written to
/// disk.
enum RegistryTransport: ImageTransport {
    static let name = ImageTransportName.docker

    static func open(_ request: ImageRequest) throws(ImageReadingError) -> StoredImage {
        guard let reference = ImageReference(request.name.location) else {
            throw request.failure(.notAnImage("'\(request.name.location)' is no image reference"))
        }
        let store = RegistryBlobs(request: request, client: RegistryClient(reference, request.registry))
        let asked = reference.digest?.description ?? reference.tag ?? "latest"
        let bytes = try store.manifest(asked)
        let digest = try request.digest(of: bytes, reference.digest?.algorithm ?? .sha256)
        if let expected = reference.digest, expected != digest {
            throw request.failure(
                .archive(
                    ArchiveReadingError(
                        archive: "manifest", reason: .digestMismatch(expected: expected, found: digest))))
        }
        let descriptor = Descriptor(mediaType: nil, digest: digest, size: bytes.count, platform: nil, annotations: [:])
        let known = KnownManifest(bytes: bytes, digest: digest, store: store)
        var image = try OCIImageReader(request: request, format: name, store: known).image(from: descriptor)
        let tag = reference.digest == nil ? reference.tag ?? "latest" : reference.tag
        image.reference = ImageReference(repository: reference.repository, tag: tag, digest: nil).description
        return image
    }
}

private struct RegistryBlobs: BlobStore {
    let request: ImageRequest
    let client: RegistryClient

    func document(_ descriptor: Descriptor, _ kind: ImageDocument) throws(ImageReadingError) -> [UInt8]? {
        switch kind {
        case .manifest: try manifest("\(descriptor.digest)")
        case .configuration:
            try body("blobs/\(descriptor.digest)", headers: [], limit: kind.limit(request.limits)).bytes
        }
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
        for _ in 0...client.options.retries {
            do throws(RegistryFailure) {
                let answer = try client.get(path, headers: headers)
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
