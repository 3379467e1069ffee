import ContainerImages
import EnvironmentInventory
import SourceDocuments

/// Why one thing stays unpinned, and what would pin it.
package struct PinFailure: Error, Sendable, Hashable {
    /// Why it was left alone, a few words.
    package let reason: String
    /// What would pin it, one sentence; nil where the rule's own help says it.
    package let remedy: String?

    /// Creates a failure.
    package init(_ reason: String, remedy: String? = nil) {
        self.reason = reason
        self.remedy = remedy
    }

    /// Nothing is known of what a base image holds.
    package static let noBase = PinFailure(
        "the base image was not given, so that its packages and its release are not known",
        remedy:
            "Name where it is, --base oci:DIR:REF or oci-archive:FILE:REF, or pass --fetch to read it from its registry"
    )
}

/// Where a rewriting gets hashes from: whoever opens files and registries hands these in.
package struct PinFacts: Sendable {
    /// The digest of the index, or of the manifest where there is none, that an image's name stands for.
    package var image: @Sendable (ImageReference) -> Result<Digest, PinFailure>
    /// The sha256 of what a URL gives.
    package var download: @Sendable (String) -> Result<Digest, PinFailure>
    /// The Python packages of a lock; nil when none was given that holds some.
    package var packages: LockedRequirements?
    /// The conda packages of a lock; nil when none was given that holds some.
    package var condaPackages: LockedCondaPackages?
    /// What a base image, for a platform where the file names one, knows of the operating system's packages.
    package var system: @Sendable (ImageReference, Platform?) -> Result<PackageLists, PinFailure> = { _, _ in
        .failure(.noBase)
    }
    /// The moment of the archive of Debian or Ubuntu, `20240601T000000Z`; nil when none was said.
    package var snapshot: String?
    /// The commit that a branch or tag, or the default branch, of a repository names.
    package var commit: @Sendable (_ repository: String, _ reference: String?) -> Result<String, PinFailure> = { _, _ in
        .failure(PinFailure("the commit is not known", remedy: "Check out the commit by its full id"))
    }
    /// The text of a file of the build context; nil when it is not there.
    package var contextFile: @Sendable (String) -> SourceText? = { _ in nil }

    /// Makes facts; everything else is set afterwards.
    package init(
        image: @escaping @Sendable (ImageReference) -> Result<Digest, PinFailure>,
        download: @escaping @Sendable (String) -> Result<Digest, PinFailure>, packages: LockedRequirements? = nil
    ) {
        self.image = image
        self.download = download
        self.packages = packages
    }
}

/// A hash-locked requirements file that lies in the build context.
package struct LockedRequirements: Sendable {
    /// The file's name in the build context.
    package static let fileName = "requirements.pinproof.txt"
    /// Where an instruction that mounts it finds it.
    package static let mountedPath = "/tmp/" + fileName

    /// The lock that it was made from, for messages.
    package let lock: String
    /// The versions by normalised name.
    package let versions: [String: String]
    /// The file's text.
    package let text: String
    /// The indexes that the file names, and their secrets.
    package let indexes: PackageIndexes

    /// Creates the file of a target's packages; `lock` names what they come from.
    package init(lock: String, _ requirements: HashedRequirements) {
        self.lock = lock
        indexes = requirements.indexes
        versions = Dictionary(
            requirements.entries.map { ($0.name, $0.version) }, uniquingKeysWith: { first, _ in first })
        text = requirements.text
    }
}

/// A conda explicit file that lies in the build context.
package struct LockedCondaPackages: Sendable {
    /// The file's name in the build context.
    package static let fileName = "conda.pinproof.txt"
    /// Where an instruction that mounts it finds it.
    package static let mountedPath = "/tmp/" + fileName

    /// The lock that it was made from, for messages.
    package let lock: String
    /// The versions by name.
    package let versions: [String: String]
    /// The file's text.
    package let text: String

    /// Creates the file of a target's packages; `lock` names what they come from.
    package init(lock: String, _ explicit: CondaExplicitFile) {
        self.lock = lock
        versions = Dictionary(explicit.entries.map { ($0.name, $0.version) }, uniquingKeysWith: { first, _ in first })
        text = explicit.text
    }
}
