import ArchiveReading
import EnvironmentInventory

/// One way in which images are stored.
protocol ImageTransport: Sendable {
    /// Its name.
    static var name: ImageTransportName { get }
    /// Finds the image that a name means, with its configuration verified and its layers ready to be read.
    static func open(_ request: ImageRequest) throws(ImageReadingError) -> StoredImage
}

/// Which image of an index is meant.
enum IndexChild: Sendable, Hashable {
    /// The one that runtimes choose for the platform.
    case ofPlatform
    /// None: it is asked what images there are.
    case none
    /// The one of a manifest, wherever in the index it stands and whatever platform the index gives it.
    case manifest(Digest)
}

/// What is asked of a transport.
struct ImageRequest: Sendable {
    var name: ImageName
    /// The platform to choose from an index; nil for the one of this machine.
    var platform: Platform?
    let limits: ReadingLimits
    let registry: RegistryOptions
    /// Where documents that a digest names are kept between runs; nil for nowhere.
    var cache: LayerCache?
    /// What was opened already to find out the transport; nil when the name says it.
    var detected: DetectedImage?
    /// Which image of an index is meant.
    var child = IndexChild.ofPlatform

    /// Whether a manifest of a model that is not an image is wanted.
    var acceptsModels = false

    /// The same request for the image of another platform.
    func asking(for platform: Platform?) -> ImageRequest {
        var request = self
        request.platform = platform
        request.child = .ofPlatform
        return request
    }

    /// The members of the archive that the name means; one that was opened already is not opened again.
    func archiveMembers() throws(ImageReadingError) -> ArchiveMembers {
        if case .archive(let members)? = detected?.members { return members }
        return try archive { () throws(ArchiveReadingError) in
            try ArchiveMembers(file: RegularFile(path: name.location), limits: limits)
        }
    }

    /// An error about this image.
    func failure(_ reason: ImageReadingError.Reason, blob: String? = nil) -> ImageReadingError {
        ImageReadingError(image: name.description, blob: blob, reason: reason)
    }

    /// Runs a piece of work and gives its error this image's name.
    func archive<Result>(
        _ blob: String? = nil, _ body: () throws(ArchiveReadingError) -> Result
    ) throws(ImageReadingError) -> Result {
        do throws(ArchiveReadingError) { return try body() } catch { throw failure(.archive(error), blob: blob) }
    }
}

/// An image as a transport found it; nothing of its layers has been read yet.
struct StoredImage: Sendable {
    /// How it is stored, `docker-archive`.
    let format: ImageTransportName
    /// The image's own name, `registry.example/team/app:1`; nil when it has none.
    var reference: String?
    /// The digest of the manifest; nil where there is none that a registry would know.
    var manifest: Digest?
    /// The digest of the index that led to the manifest; nil where there is none.
    var index: Digest?
    /// Whether the index holds no other image.
    var isOnlyImageOfIndex = false
    /// All images of the index, where it was asked for more than the one of the platform; empty where there is no index.
    var children: [IndexedImage] = []
    /// The digest of the configuration; nil when there is no configuration.
    var config: Digest?
    var configuration: ImageConfiguration
    var layers: [LayerBlob]
    /// What a reader should know, a sentence each.
    var notes: [String] = []
    /// The model that it is; nil for an image.
    var artifact: ModelLayers?
}

/// One layer as it is stored.
struct LayerBlob: Sendable {
    /// The digest or path by which the manifest names it.
    let name: String
    /// The digest of the stored bytes; nil where the store names none.
    let digest: Digest?
    /// The size of the stored bytes; nil where nothing says it.
    let size: Int?
    /// The digest of the decompressed bytes; nil where there is no configuration.
    let diffID: Digest?
    /// Where the stored bytes lie in their archive; nil where only the digest says whether two are the same.
    var offset: Int?
    /// The tables of contents that the manifest names.
    var tables: [LayerTable] = []
    /// Opens the stored bytes.
    let open: @Sendable () throws(ArchiveReadingError) -> any ByteSource

    /// What makes two layers of one image the same: the stored bytes, and the digest that is expected of them.
    struct Content: Hashable {
        let digest: Digest?
        let offset: Int?
        let diffID: Digest?
        let tables: [LayerTable]
    }

    /// The content as far as the manifest says it; nil when nothing says that two layers are the same.
    var content: Content? {
        digest != nil || offset != nil
            ? Content(digest: digest, offset: digest == nil ? offset : nil, diffID: diffID, tables: tables) : nil
    }
}

/// All transports, one file each in this folder.
let imageTransports: [any ImageTransport.Type] = [
    OCILayoutTransport.self,
    OCIArchiveTransport.self,
    DockerArchiveTransport.self,
    DirectoryTransport.self,
    RegistryTransport.self,
    ExportedTransport.self,
]
