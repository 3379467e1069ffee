import DockerfileFreezing
import EnvironmentInventory
import SourceDocuments

/// Pins what an existing Dockerfile leaves open; every other byte stays.
public struct Rewriter: Sendable {
    /// Where digests and hashes are looked up.
    public struct Options: Sendable {
        /// The paths of locks that installs are rewritten to: one of Python, one of conda at most.
        public var locks: [String] = []
        /// The target of the locks.
        public var target: TargetSelection?
        /// The build context; nil for the directory of the Dockerfile.
        public var context: String?
        /// The build arguments by name.
        public var buildArguments: [String: String] = [:]
        /// The named build contexts, `docker-image://REF`, by name.
        public var buildContexts: [String: String] = [:]
        /// The path of an earlier `pinproof.lock.json`; nil for the one beside the Dockerfile.
        public var earlierLock: String?
        /// Digests of images.
        public var digests: [ImageReference: Digest] = [:]
        /// Commits of actions by `owner/repository@reference`.
        public var commits: [String: String] = [:]
        /// Images whose name and digest count, `oci:DIR:REF` or `oci-archive:FILE:REF`.
        public var images: [String] = []
        /// Whether registries and servers may be asked.
        public var mayFetch = false
        /// Registries that are asked in place of others.
        public var mirrors: [RegistryMirror] = []
        /// The moment of the archive of Debian or Ubuntu, `20240601T000000Z`; nil for that of an earlier run.
        public var snapshot: String?
        /// Whether what earlier runs pinned is looked up anew.
        public var isUpdating = false
        /// Limits and progress.
        public var reading = ReadingOptions()

        /// Creates the default options.
        public init() {}
    }

    /// Where digests and hashes are looked up.
    public var options: Options

    /// Creates a rewriter.
    public init(options: Options = Options()) { self.options = options }

    /// Plans the pinning of the images and actions of a manifest (compose, Kubernetes, Helm values, a workflow); nothing is
    /// written.
    public func rewrite(manifest path: String) async throws(RewritingError) -> RewritePlan {
        try await runJob(RewritingError.self) { [options] cancellation throws(InputError) in
            let request = RewriteRequest(
                dockerfile: path, options: options, reading: options.reading.cancelled(by: cancellation))
            let rewrite = ManifestRewrite(request: request, require: .hashed, isWanted: { _ in true })
            guard let plan = try rewrite.run() else { throw InputError("\(path): not a manifest that is known") }
            return plan
        }
    }

    /// Plans the rewriting of a Dockerfile; nothing is written.
    public func rewrite(_ dockerfile: String) async throws(RewritingError) -> RewritePlan {
        try await runJob(RewritingError.self) { [options] cancellation throws(InputError) in
            try Rewrite.run(
                RewriteRequest(
                    dockerfile: dockerfile, options: options,
                    reading: options.reading.cancelled(by: cancellation)))
        }
    }
}

/// A registry that is asked in place of another one: `[REGISTRY=]HOST[:PORT][/PREFIX]`.
///
/// Without `REGISTRY=` it is asked in place of Docker Hub, with `*=` in place of every registry without a mirror of its own.
public struct RegistryMirror: Sendable, Hashable {
    let registry: String
    let location: String

    /// Creates a mirror; nil when the text has another shape.
    public init?(_ text: String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        registry = parts.count == 2 ? parts[0] : "docker.io"
        var location = parts[parts.count - 1]
        while location.hasSuffix("/") { location.removeLast() }
        // A mirror is where a reference can begin.
        guard !registry.isEmpty, let probe = ImageReference(location + "/x"), probe.registry != "docker.io" else {
            return nil
        }
        self.location = location
    }
}

/// Why a Dockerfile could not be rewritten.
public enum RewritingError: JobError {
    /// The Dockerfile, a lock or an image cannot be read, or the file cannot be rewritten.
    case input(InputError)
    /// ``Rewriter/Options/snapshot`` is no moment.
    case invalidSnapshot(String)
    /// A name of ``Rewriter/Options/images`` has no transport.
    case imageWithoutTransport(String)
    /// Two locks hold packages of the same ecosystem.
    case locksOfOneEcosystem(String, String)
    /// The task was cancelled.
    case cancelled

    /// What is wrong and where.
    public var description: String {
        switch self {
        case .input(let error): error.description
        case .invalidSnapshot(let text): "a snapshot is a moment like 20240601T000000Z, and '\(text)' is not"
        case .imageWithoutTransport(let name):
            "\(name): an image at hand is oci:DIR:REF, oci-archive:FILE:REF or dir:DIR"
        case .locksOfOneEcosystem(let lock, let other): "\(lock): \(other) holds such packages already"
        case .cancelled: "cancelled"
        }
    }
}

/// A rewritten Dockerfile.
public struct RewritePlan: Sendable {
    /// One thing that was pinned.
    public struct Change: Sendable, Hashable {
        /// The line of the file before.
        public let line: Int
        /// What was written there, `python:3.11`.
        public let subject: String
        /// What it is now, `python:3.11@sha256:...`.
        public let pinned: String

        /// Creates a change; credentials of URLs are left out.
        init(line: Int, subject: String, pinned: String) {
            self.line = line
            self.subject = URLCredentials.redacted(subject)
            self.pinned = URLCredentials.redacted(pinned)
        }
    }

    /// What stays unpinned.
    public struct Unpinned: Sendable, Hashable {
        /// The finding.
        public let finding: Finding
        /// Why it could not be pinned; nil where nothing tried.
        public let reason: String?
        /// What would pin it.
        public let fix: String?

        /// Creates what stays; credentials of URLs are left out.
        init(finding: Finding, reason: String?, fix: String?) {
            self.finding = finding.withoutCredentials
            self.reason = reason.map(URLCredentials.redacted)
            self.fix = fix.map(URLCredentials.redacted)
        }
    }

    /// The path of the Dockerfile.
    public let dockerfile: String
    /// The text before.
    package let old: SourceText
    /// The text after.
    package let new: SourceText
    /// What was pinned, in the order of the file.
    public let changes: [Change]
    /// What stays as it was.
    public let unpinned: [Unpinned]
    /// The files that the new Dockerfile mounts from the build context, below ``context``.
    public let files: [PlannedFile]
    /// The build context.
    public let context: String
    /// The text of `pinproof.lock.json` with what earlier runs and this one pinned; empty where no such file is kept.
    public let record: String
    /// The ignore file that lets ``files`` through to the build; nil where none has to change.
    package var ignoreFile: PlannedFile?

    /// The Dockerfile after the rewriting.
    public var text: String { new.string(0..<new.bytes.count) }
}
