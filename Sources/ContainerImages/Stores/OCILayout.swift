import ArchiveReading
import EnvironmentInventory
import SourceDocuments

/// The layout itself, wherever its members are.
struct OCILayout: BlobStore {
    let request: ImageRequest
    let format: ImageTransportName
    let members: any MemberStore

    func image() throws(ImageReadingError) -> StoredImage {
        try OCIImageReader(request: request, format: format, store: self).image(from: roots())
    }

    /// The descriptors of the image that the name means: all of several platforms in the layout's own list, where it is not
    /// the image of one platform that is meant.
    func roots() throws(ImageReadingError) -> [Descriptor] {
        guard request.child != .ofPlatform, request.name.reference == nil else { return [try root()] }
        let all = try images()
        guard all.count > 1, areOneImage(all) else { return [try root()] }
        return all
    }

    /// Whether descriptors of several platforms are those of one image: they have one name, or none.
    private func areOneImage(_ manifests: [Descriptor]) -> Bool {
        !manifests.isEmpty && Set(manifests.map(\.referenceName)).count == 1
            && manifests.allSatisfy { $0.platform != nil }
    }

    /// The descriptor of the image that the name means.
    func root() throws(ImageReadingError) -> Descriptor {
        let descriptor = try chosen()
        try checkType(of: descriptor)
        return descriptor
    }

    /// The descriptors of all images.
    func images() throws(ImageReadingError) -> [Descriptor] {
        let images = try index().filter(\.isImage)
        for image in images { try checkType(of: image) }
        return images
    }

    /// No digest covers index.json: what runtimes do not find there is not found here.
    private func checkType(of descriptor: Descriptor) throws(ImageReadingError) {
        guard let type = descriptor.mediaType, !type.isEmpty else {
            throw request.failure(.inconsistent("index.json gives no media type of \(descriptor.digest)"))
        }
    }

    private func chosen() throws(ImageReadingError) -> Descriptor {
        let all = try index()
        let manifests = all.filter(\.isImage)
        let names = manifests.enumerated().map { $1.referenceName ?? "@\($0)" }
        guard let reference = request.name.reference else {
            // Several platforms may stand in the layout's own index, without one name: they are one image.
            if manifests.count == 1, let only = manifests.first { return only }
            if areOneImage(manifests) {
                let wanted = request.platform ?? .current
                if let match = try request.choice(of: manifests, for: wanted) { return match }
                throw request.failure(
                    .platform(
                        "it has no image for \(wanted)", available: manifests.compactMap { $0.platform?.description }))
            }
            throw request.failure(
                .reference(
                    manifests.isEmpty ? "it holds no image" : "it holds \(manifests.count) images, and none is named",
                    available: names))
        }
        if reference.hasPrefix("@"), let position = Int(reference.dropFirst()), manifests.indices.contains(position) {
            return manifests[position]
        }
        // skopeo takes the first of a name, whatever else is said of it; umoci takes none of several.
        let matching = all.filter { $0.names.contains(reference) || "\($0.digest)" == reference }
        guard let first = matching.first else {
            throw request.failure(.reference("it has no image '\(reference)'", available: names))
        }
        guard Set(matching.map(\.digest)).count == 1 else {
            throw request.failure(
                .reference(
                    "it has several images '\(reference)', and runtimes disagree about which", available: names))
        }
        return first
    }

    /// Refuses a layout of another version than the only one that there is. A layout without the file that says it is read,
    /// as skopeo reads it.
    private func checkVersion() throws(ImageReadingError) {
        let bytes = try request.archive { () throws(ArchiveReadingError) in
            try members.read("oci-layout", limit: request.limits.manifestBytes)
        }
        guard let bytes else { return }
        try request.document { () throws(DocumentError) in
            let layout = try JSONTable(bytes, name: "oci-layout", limits: request.limits)
            guard let version = try layout.string("imageLayoutVersion") else {
                throw layout.error("it has no imageLayoutVersion")
            }
            guard version == "1.0.0" else {
                throw layout.error("the version of the layout is '\(version)', it has to be '1.0.0'")
            }
        }
    }

    private func index() throws(ImageReadingError) -> [Descriptor] {
        try checkVersion()
        let bytes = try request.archive { () throws(ArchiveReadingError) in
            try members.read("index.json", limit: request.limits.manifestBytes)
        }
        guard let bytes else { throw request.failure(.notAnImage("it is not an OCI layout: it has no index.json")) }
        let document = try request.document { () throws(DocumentError) in
            try ManifestDocument(bytes, name: "index.json", limits: request.limits)
        }
        guard case .index(let manifests) = document else {
            throw request.failure(.inconsistent("index.json is not an index"))
        }
        return manifests
    }

    private func path(_ digest: Digest) -> String { "blobs/\(digest.algorithm.rawValue)/\(digest.hex)" }

    func document(_ descriptor: Descriptor, _ kind: ImageDocument) throws(ImageReadingError) -> [UInt8]? {
        try request.archive { () throws(ArchiveReadingError) in
            try members.read(path(descriptor.digest), limit: kind.limit(request.limits))
        }
    }

    func opener(_ descriptor: Descriptor) -> @Sendable () throws(ArchiveReadingError) -> any ByteSource {
        let path = path(descriptor.digest)
        let members = members
        return { () throws(ArchiveReadingError) in
            guard let (source, _) = try members.open(path) else {
                throw ArchiveReadingError(archive: members.name, reason: .damaged("the blob \(path) is not there"))
            }
            return source
        }
    }
}
