/// Why one thing stays unpinned, and what would pin it.
public struct PinFailure: Error, Sendable, Hashable {
    /// Why it was left alone, a few words.
    public let reason: String
    /// What would pin it, one sentence; nil where the rule's own help says it.
    public let remedy: String?

    /// Makes a failure.
    public init(_ reason: String, remedy: String? = nil) {
        self.reason = reason
        self.remedy = remedy
    }
}

/// Where a rewriting gets hashes from: whoever opens files and registries hands these in.
public struct PinFacts: Sendable {
    /// The digest of the index, or of the manifest where there is none, that an image's name stands for.
    public var image: @Sendable (ImageReference) -> Result<Digest, PinFailure>
    /// The sha256 of what a URL gives.
    public var download: @Sendable (String) -> Result<Digest, PinFailure>
    /// The packages of a lock; nil when none was given.
    public var packages: LockedRequirements?

    /// Makes facts.
    public init(
        image: @escaping @Sendable (ImageReference) -> Result<Digest, PinFailure>,
        download: @escaping @Sendable (String) -> Result<Digest, PinFailure>, packages: LockedRequirements? = nil
    ) {
        self.image = image
        self.download = download
        self.packages = packages
    }
}

/// A hash-locked requirements file that lies in the build context.
public struct LockedRequirements: Sendable {
    /// The file's name in the build context.
    public static let fileName = "requirements.lockstep.txt"
    /// Where an instruction that mounts it finds it.
    public static let mountedPath = "/tmp/" + fileName

    /// The lock that it was made from, for messages.
    public let lock: String
    /// The versions by normalised name.
    public let versions: [String: String]
    /// The file's text.
    public let text: String

    /// Makes the file of a target's packages; `lock` names what they come from.
    public init(lock: String, _ requirements: HashedRequirements) {
        self.lock = lock
        versions = Dictionary(
            requirements.entries.map { ($0.name, $0.version) }, uniquingKeysWith: { first, _ in first })
        text = requirements.text
    }
}
