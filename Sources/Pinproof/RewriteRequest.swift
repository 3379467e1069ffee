/// What `freeze --dockerfile` is asked to do; the strings are those of the command line.
package struct RewriteRequest: Sendable {
    /// What becomes of the rewritten file.
    package enum Result: Sendable, Hashable {
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
    package var dockerfile: String
    /// What becomes of it.
    package var result: Result
    /// Locks that hold the packages of Python and of conda, one of each at most.
    package var locks: [String] = []
    /// The target of the lock.
    package var target: TargetSelection?
    /// The build context; nil for the Dockerfile's folder.
    package var context: String?
    /// `NAME=VALUE`.
    package var buildArguments: [String] = []
    /// `NAME=docker-image://REF`.
    package var buildContexts: [String] = []
    /// An earlier `pinproof.lock.json`; nil for the one beside the Dockerfile, where there is one.
    package var fromLock: String?
    /// `REFERENCE=sha256:...`.
    package var digests: [String] = []
    /// Images at hand, `oci:DIR:REF` or `oci-archive:FILE:REF`.
    package var images: [String] = []
    /// Whether registries and servers may be asked.
    package var mayFetch = false
    /// `[REGISTRY=]HOST[:PORT][/PREFIX]`, asked in place of the registry.
    package var mirrors: [String] = []
    /// The moment of the archive of Debian or Ubuntu, `20240601T000000Z`; nil for that of an earlier run.
    package var snapshot: String?
    /// Whether what earlier runs pinned is looked up anew.
    package var isUpdating = false
    /// Whether a file of `result` that is there is replaced.
    package var force = false

    /// Makes a request.
    package init(dockerfile: String, result: Result = .text) {
        self.dockerfile = dockerfile
        self.result = result
    }
}
