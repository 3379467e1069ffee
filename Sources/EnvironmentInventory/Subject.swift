/// What a command is pointed at.
public enum SubjectKind: String, Sendable, Hashable, CaseIterable {
    case dockerfile
    case lock
    case model
    case image
    case environment
    case capture
}

/// The three identities of an image; reports always name which of them was compared.
public struct ImageIdentity: Sendable, Hashable {
    /// The digest of the manifest that was read: that of one platform, never of an index that holds others.
    public let manifest: Digest?
    /// The digest of the index that led to the manifest, which a registry and FROM can pin too; nil where there is none.
    package let index: Digest?
    /// Whether the index holds no other image, so that its digest means this one.
    package let isOnlyImageOfIndex: Bool
    /// The platform that the configuration states; nil where it states none.
    package let platform: Platform?
    /// The digest of the configuration: the image id.
    public let config: Digest?
    /// The digests of the uncompressed layers, lowest first: the content, which alone survives save, load and
    /// recompression.
    public let diffIDs: [Digest]

    /// Creates an identity.
    package init(
        manifest: Digest?, config: Digest?, diffIDs: [Digest], index: Digest? = nil, isOnlyImageOfIndex: Bool = false,
        platform: Platform? = nil
    ) {
        self.platform = platform
        self.index = index
        self.isOnlyImageOfIndex = isOnlyImageOfIndex
        self.manifest = manifest
        self.config = config
        self.diffIDs = diffIDs
    }
}

/// What a subject turned out to be.
public struct SubjectDescription: Sendable, Hashable {
    /// Its kind.
    public let kind: SubjectKind
    /// Its format: `uv.lock`, `oci-archive`, `mlflow`.
    public let format: String
    /// Its name as given.
    public let name: String
    /// The digest of the file or of the tree; for an image see ``imageIdentity``.
    public var identity: String?
    /// The identities of an image.
    public var imageIdentity: ImageIdentity?
    /// The image's own name, `registry.example/team/app:1`; nil when it has none, and for every other subject.
    package var reference: String?

    /// Creates a description.
    package init(
        kind: SubjectKind, format: String, name: String, identity: String? = nil, imageIdentity: ImageIdentity? = nil
    ) {
        self.kind = kind
        self.format = format
        self.name = name
        self.identity = identity
        self.imageIdentity = imageIdentity
    }
}
