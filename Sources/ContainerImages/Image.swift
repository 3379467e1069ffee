/// An image that was read whole: every blob and every layer agreed with its digest.
public struct Image: Sendable {
    /// One layer.
    public struct Layer: Sendable, Hashable {
        /// The digest or path by which the manifest names it.
        public let name: String
        /// The digest of the decompressed bytes.
        public let diffID: Digest
        /// The decompressed size in bytes.
        public let size: Int
        /// How the stored bytes are compressed.
        public let compression: Compression
    }

    /// The image as it was named.
    public let name: ImageName
    /// How it is stored.
    public let format: ImageTransportName
    /// The image's own name, `registry.example/team/app:1`; nil when it has none.
    public let reference: String?
    /// Its digests.
    public let identity: ImageIdentity
    /// Its configuration; empty for a flat file system.
    public let configuration: ImageConfiguration
    /// Its layers, lowest first.
    public let layers: [Layer]
    /// Its files.
    public let fileSystem: FileSystemIndex
    /// What is installed in it.
    public let environment: Environment
    /// What a reader should know, a sentence each.
    public let notes: [String]
    /// Package databases that could not be read, so that their packages are missing from the environment; a sentence each.
    public let unreadDatabases: [String]

    /// What inspect, diff and verify call it.
    public var subject: SubjectDescription {
        var subject = SubjectDescription(kind: .image, format: format.rawValue, name: name.description)
        subject.imageIdentity = identity
        subject.identity = (identity.manifest ?? identity.config)?.description
        return subject
    }
}

/// How far the reading of an image is.
public struct ImageReadingProgress: Sendable, Hashable {
    /// The layer by its digest or path.
    public let layer: String
    /// The number of the layer, the first being 1.
    public let number: Int
    /// How many layers there are.
    public let count: Int
    /// The stored bytes of this layer that were read.
    public let bytes: Int
    /// The stored bytes of this layer; nil when nothing says it.
    public let total: Int?
}
