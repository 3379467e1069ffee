/// What `freeze --dockerfile` is asked to do; the strings are those of the command line.
public struct RewriteRequest: Sendable {
    /// What becomes of the rewritten file.
    public enum Result: Sendable, Hashable {
        /// The file's new text is shown.
        case text
        /// A unified diff is shown.
        case difference
        /// The file is replaced.
        case inPlace
        /// The new text goes into a file.
        case file(String)
    }

    /// The Dockerfile.
    public var dockerfile: String
    /// What becomes of it.
    public var result: Result
    /// Locks that hold the packages of Python and of conda, one of each at most.
    public var locks: [String] = []
    /// The target of the lock.
    public var target: TargetRequest?
    /// The build context; nil for the Dockerfile's folder.
    public var context: String?
    /// `NAME=VALUE`.
    public var buildArguments: [String] = []
    /// `NAME=docker-image://REF`.
    public var buildContexts: [String] = []
    /// An earlier `pinproof.lock.json`; nil for the one beside the Dockerfile, where there is one.
    public var fromLock: String?
    /// `REFERENCE=sha256:...`.
    public var digests: [String] = []
    /// Images at hand, `oci:DIR:REF` or `oci-archive:FILE:REF`.
    public var images: [String] = []
    /// Whether registries and servers may be asked.
    public var mayFetch = false
    /// `[REGISTRY=]HOST[:PORT][/PREFIX]`, asked in place of the registry.
    public var mirrors: [String] = []
    /// The moment of the archive of Debian or Ubuntu, `20240601T000000Z`; nil for that of an earlier run.
    public var snapshot: String?
    /// Whether what earlier runs pinned is looked up anew.
    public var isUpdating = false
    /// Whether a file of `result` that is there is replaced.
    public var force = false

    /// Makes a request.
    public init(dockerfile: String, result: Result = .text) {
        self.dockerfile = dockerfile
        self.result = result
    }
}
