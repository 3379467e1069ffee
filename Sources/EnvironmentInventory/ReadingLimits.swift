import ParallelWork

/// How much of an input may be read before it is refused; every limit has a default that real images and models stay
/// far below.
public struct ReadingLimits: Sendable, Hashable {
    /// The number of entries of one archive or directory tree.
    public var entries = 2_000_000
    /// The length of a path in bytes; Linux' PATH_MAX.
    public var pathBytes = 4096
    /// The number of folders on top of each other, and of archives inside of each other.
    public var depth = 64
    /// The bytes that all entries of one archive hold together.
    public var totalBytes = 1 << 40
    /// The bytes of one file.
    public var fileBytes = 1 << 38
    /// How many times larger than its compressed form a stream may get; the first ``ratioFreeBytes`` are free.
    public var compressionRatio = 400
    /// The decompressed bytes from which ``compressionRatio`` is looked at.
    package var ratioFreeBytes = 64 << 20
    /// The bytes of all holes of one archive's sparse files, which cost nothing to write and much to read.
    public var holeBytes = 256 << 20
    /// The bytes of a metadata file that is read whole: a manifest, a RECORD, a package database.
    public var metadataBytes = 64 << 20
    /// The bytes of a manifest or an index of an image; registries refuse larger ones
    /// (https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-manifests).
    public var manifestBytes = 4 << 20
    /// The bytes of an image's configuration.
    public var configurationBytes = 16 << 20
    /// How deep the values of an image's JSON documents may stand inside of each other.
    public var jsonDepth = 128
    /// The bytes of all metadata files that are kept at the same time.
    package var totalMetadataBytes = 256 << 20

    /// Stops the reading; nil where nothing can stop it.
    package var cancellation: Cancellation?

    /// Creates the default limits.
    public init() {}
}
