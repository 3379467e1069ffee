import ArchiveReading
import EnvironmentInventory
import SourceDocuments

/// A `docker save` archive: `manifest.json` with the names of a configuration and of layers
/// (https://github.com/moby/docker-image-spec/blob/main/v1.2.md).
///
/// Known writers: Docker up to 24 (`ID/layer.tar`, repeated ones as symbolic links), Docker 25 and later with the graph
/// driver (`blobs/sha256/HEX`, plain) and with the containerd store (the same, gzip), skopeo and podman (`HEX.tar`),
/// go-containerregistry and so ko, crane and Bazel (`sha256:HEX` and `HEX.tar.gz`), Jib (`config.json`), Nix
/// (`HEX.json`, `HEX/layer.tar`). A configuration that is named by its digest is held against that.
enum DockerArchiveTransport: ImageTransport {
    static let name = ImageTransportName.dockerArchive

    static func open(_ request: ImageRequest) throws(ImageReadingError) -> StoredImage {
        let members = try request.archiveMembers()
        guard let bytes = try read(request, from: members, path: "manifest.json", limit: request.limits.manifestBytes)
        else {
            throw request.failure(.notAnImage("it is not a docker archive: it has no manifest.json"))
        }
        let images = try request.document { () throws(DocumentError) in try savedImages(bytes, request.limits) }
        let chosen = try choose(images, request)
        let saved = try saved(chosen, isOnly: images.count == 1, members, request)
        try request.checkPlatform(saved.configuration)
        var image = StoredImage(
            format: name, config: saved.config, configuration: saved.configuration, layers: saved.layers)
        image.reference = chosen.tags.first
        image.notes = saved.configuration.notes
        guard members.contains("index.json") else { return image }
        let found = try LayoutAgreement(request: request, members: members).image(for: saved)
        for index in image.layers.indices { image.layers[index].tables = found.layers[index].tables }
        // Only the containerd store saves the registry's own manifest, and only its layers are compressed. The graph driver's
        // save makes a manifest of plain layers that no registry has.
        if saved.layers.contains(where: { $0.digest != nil && $0.digest != $0.diffID }) {
            image.manifest = found.manifest
            image.index = found.index
            image.isOnlyImageOfIndex = found.isOnlyImageOfIndex
            image.children = found.children
        }
        if case .manifest(let digest) = request.child, image.manifest != digest {
            throw request.failure(.inconsistent("its manifest.json has no image with the manifest \(digest)"))
        }
        return image
    }

    /// Reads all images that an archive's `manifest.json` lists; none where it has none.
    static func images(
        of members: ArchiveMembers, _ request: ImageRequest
    ) throws(ImageReadingError) -> [LayoutAgreement.Saved] {
        guard let bytes = try read(request, from: members, path: "manifest.json", limit: request.limits.manifestBytes)
        else { return [] }
        let images = try request.document { () throws(DocumentError) in try savedImages(bytes, request.limits) }
        var all: [LayoutAgreement.Saved] = []
        for image in images { all.append(try saved(image, isOnly: images.count == 1, members, request)) }
        return all
    }

    private static func saved(
        _ saved: SavedImage, isOnly: Bool, _ members: ArchiveMembers, _ request: ImageRequest
    ) throws(ImageReadingError) -> LayoutAgreement.Saved {
        guard
            let configBytes = try read(
                request, from: members, path: saved.config, limit: request.limits.configurationBytes)
        else {
            throw request.failure(.inconsistent("its configuration \(saved.config) is not there"))
        }
        let digest = try request.digest(of: configBytes)
        if let named = namedDigest(saved.config) { try request.verify(configBytes, named) }
        let configuration = try request.document { () throws(DocumentError) in
            try ImageConfiguration(configBytes, name: saved.config, limits: request.limits)
        }
        guard configuration.diffIDs.count == saved.layers.count else {
            throw request.failure(
                .inconsistent(
                    "the archive has \(saved.layers.count) layers, the configuration \(configuration.diffIDs.count) diff_ids"
                ))
        }
        var layers: [LayerBlob] = []
        for (path, diffID) in zip(saved.layers, configuration.diffIDs) {
            layers.append(layer(path, diffID, members))
        }
        return LayoutAgreement.Saved(
            config: digest, configuration: configuration, tags: Set(saved.tags.map(ImageReference.canonical)),
            layers: layers, isOnly: isOnly)
    }

    private struct SavedImage {
        let config: String
        let tags: [String]
        let layers: [String]
    }

    private static func savedImages(
        _ bytes: [UInt8], _ limits: ReadingLimits
    ) throws(DocumentError) -> [SavedImage] {
        let text = SourceText(name: "manifest.json", bytes: bytes)
        let document = try JSONReader.read(text, maximumDepth: limits.jsonDepth)
        guard let elements = document.array else {
            throw DocumentError(
                file: "manifest.json", place: document.place, reason: "expected a list, found \(document.typeName)")
        }
        var images: [SavedImage] = []
        for element in elements {
            let table = try JSONTable(element, name: "manifest.json", otherCase: .isRefused)
            guard let config = try table.string("Config") else { throw table.error("an image has no Config") }
            images.append(
                SavedImage(
                    config: config, tags: try table.stringList("RepoTags"), layers: try table.stringList("Layers")))
        }
        return images
    }

    private static func choose(_ images: [SavedImage], _ request: ImageRequest) throws(ImageReadingError) -> SavedImage
    {
        let names = images.enumerated().map { $1.tags.first ?? "@\($0)" }
        guard let reference = request.name.reference else {
            if images.count == 1, let only = images.first { return only }
            throw request.failure(
                .reference(
                    images.isEmpty ? "it holds no image" : "it holds \(images.count) images, and none is named",
                    available: names))
        }
        if reference.hasPrefix("@"), let position = Int(reference.dropFirst()), images.indices.contains(position) {
            return images[position]
        }
        let wanted = ImageReference.canonical(reference)
        let matching = images.filter { $0.tags.contains { ImageReference.canonical($0) == wanted } }
        guard let only = matching.first, matching.count == 1 else {
            throw request.failure(
                .reference(
                    matching.isEmpty ? "it has no image '\(reference)'" : "it has several images '\(reference)'",
                    available: names))
        }
        return only
    }

    private static func layer(_ path: String, _ diffID: Digest, _ members: ArchiveMembers) -> LayerBlob {
        LayerBlob(
            name: path, digest: path.hasPrefix("blobs/") ? namedDigest(path) : nil, size: nil, diffID: diffID,
            offset: members.offset(of: path),
            open: { () throws(ArchiveReadingError) in
                guard let (source, _) = try members.open(path) else {
                    throw ArchiveReadingError(archive: members.name, reason: .damaged("the layer \(path) is not there"))
                }
                return source
            })
    }

    /// The digest that a member's name is: `blobs/sha256/HEX`, `HEX.json` or `sha256:HEX`.
    private static func namedDigest(_ path: String) -> Digest? {
        let last = path.split(separator: "/").last ?? ""
        if last.hasPrefix("sha256:") { return Digest(last) }
        return Digest(.sha256, hex: last.hasSuffix(".json") ? last.dropLast(5) : last)
    }

    private static func read(
        _ request: ImageRequest, from members: ArchiveMembers, path: String, limit: Int
    ) throws(ImageReadingError) -> [UInt8]? {
        try request.archive { () throws(ArchiveReadingError) in try members.read(path, limit: limit) }
    }
}
