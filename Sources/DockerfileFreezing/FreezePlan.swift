/// Everything that a frozen Dockerfile is made of; the same plan renders to the same bytes.
public struct FreezePlan: Sendable {
    /// The lock that the plan comes from.
    public struct Lock: Sendable {
        /// The file name, without its folder: the folder is the machine's and not the lock's.
        public let name: String
        /// The sha256 of its bytes.
        public let sha256: Digest

        /// Makes a lock.
        public init(name: String, sha256: Digest) {
            self.name = name
            self.sha256 = sha256
        }
    }

    /// The lock.
    public let lock: Lock
    /// The base image with name, tag and digest.
    public let base: ImageReference
    /// The packages with their hashes.
    public let requirements: HashedRequirements
    /// The target's Python version and platform, as far as they were said.
    public let target: [String: String]
    /// The words of the entry point.
    public let entrypoint: [String]

    /// Makes a plan.
    public init(
        lock: Lock, base: ImageReference, requirements: HashedRequirements, target: [String: String],
        entrypoint: [String]
    ) {
        self.lock = lock
        self.base = base
        self.requirements = requirements
        self.target = target
        self.entrypoint = entrypoint
    }

    /// The name of the file with the hash-locked requirements.
    public static let installFile = "requirements.frozen.txt"
    /// Where the image holds the Python environment.
    public static let environmentFolder = "/opt/environment"
    /// A user that is nobody's, by number, so that a cluster can see that it is not root.
    static let user = "65532:65532"
    /// 1980-01-01, the first time that a zip file can hold
    /// (https://reproducible-builds.org/specs/source-date-epoch/).
    static let epoch = "315532800"

    /// The entry point when none is asked for: the interpreter of the environment.
    public static let standardEntrypoint = [environmentFolder + "/bin/python"]

    /// The names that a template can use.
    public static let templateNames: Set<String> = [
        "version", "lock.name", "lock.sha256", "base.reference", "base.name", "base.digest", "install.file",
        "environment", "epoch", "user", "entrypoint",
    ]

    var templateValues: [String: String] {
        [
            "version": lockstepVersion,
            "lock.name": lock.name,
            "lock.sha256": lock.sha256.hex,
            "base.reference": base.description,
            "base.name": nameWithTag,
            "base.digest": base.digest?.description ?? "",
            "install.file": Self.installFile,
            "environment": Self.environmentFolder,
            "epoch": Self.epoch,
            "user": Self.user,
            "entrypoint": JSONLine.text(entrypoint),
        ]
    }

    private var nameWithTag: String { base.repository + (base.tag.map { ":\($0)" } ?? "") }

    /// The files of the plan by name.
    public func files(template: DockerfileTemplate) -> [(name: String, text: String)] {
        [
            ("Dockerfile", template.render(self)),
            (Self.installFile, requirements.text),
            (FreezeLock.fileName, freezeLock.json.text() + "\n"),
            (SourcePolicy.fileName, SourcePolicy.json(images: freezeLock.images).text() + "\n"),
            (".dockerignore", "*\n!\(Self.installFile)\n"),
        ]
    }

    private var freezeLock: FreezeLock {
        FreezeLock(
            images: base.digest.map { [nameWithTag: $0] } ?? [:], lock: lock, target: target,
            packages: requirements.entries.map { ($0.name, $0.version) })
    }
}

/// Words as a JSON list on one line, the exec form of a Dockerfile.
enum JSONLine {
    static func text(_ words: [String]) -> String {
        "[" + words.map { JSONValue.string($0).text() }.joined(separator: ", ") + "]"
    }
}
