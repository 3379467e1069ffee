import ArchiveReading
import EnvironmentInventory

/// The `dir:` transport of skopeo: `manifest.json`, and each blob under the hex of its digest
/// (containers-transports(5)).
enum DirectoryTransport: ImageTransport {
    static let name = ImageTransportName.directory

    static func open(_ request: ImageRequest) throws(ImageReadingError) -> StoredImage {
        let members = FolderMembers(name: request.name.location)
        let bytes = try request.archive { () throws(ArchiveReadingError) in
            try members.read("manifest.json", limit: request.limits.manifestBytes)
        }
        guard let bytes else {
            throw request.failure(.notAnImage("it is not an image directory: it has no manifest.json"))
        }
        let descriptor = Descriptor(
            mediaType: nil, digest: try request.digest(of: bytes), size: bytes.count, platform: nil, annotations: [:])
        let store = ImageDirectory(request: request, members: members, manifest: descriptor.digest)
        return try OCIImageReader(request: request, format: name, store: store).image(from: [descriptor])
    }
}

private struct ImageDirectory: BlobStore {
    let request: ImageRequest
    let members: FolderMembers
    let manifest: Digest

    func document(_ descriptor: Descriptor, _ kind: ImageDocument) throws(ImageReadingError) -> [UInt8]? {
        let limit = kind.limit(request.limits)
        return try request.archive { () throws(ArchiveReadingError) in
            if descriptor.digest == manifest { return try members.read("manifest.json", limit: limit) }
            if let bytes = try members.read("\(descriptor.digest.hex).manifest.json", limit: limit) { return bytes }
            return try members.read(descriptor.digest.hex, limit: limit)
        }
    }

    func opener(_ descriptor: Descriptor) -> @Sendable () throws(ArchiveReadingError) -> any ByteSource {
        let members = members
        return { () throws(ArchiveReadingError) in
            guard let (source, _) = try members.open(descriptor.digest.hex) else {
                throw ArchiveReadingError(
                    archive: members.name, reason: .damaged("the blob \(descriptor.digest.hex) is not there"))
            }
            return source
        }
    }
}
