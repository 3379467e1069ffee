import DockerfileFreezing
import EnvironmentInventory
import ModelArchives

/// Renders a pinned Dockerfile, and what it installs from, from a lock or from a model that holds one.
public struct Freezer: Sendable {
    /// What installs the packages.
    public enum Installer: String, Sendable, Hashable, CaseIterable {
        case pip, uv, conda, micromamba, pixi
    }

    /// What serves a model.
    public enum Server: String, Sendable, Hashable, CaseIterable {
        case mlflow, bentoml, torchserve, mlserver, command
    }

    /// An option that names an image.
    public enum ImageRole: String, Sendable, Hashable {
        case base, installer
    }

    /// What the image is to hold.
    public struct Options: Sendable {
        /// The target of the lock, the platform of the images.
        public var target: TargetSelection?
        /// The installer; nil for the one that fits the lock and the base.
        public var installer: Installer?
        /// The image that the installer is taken from; nil for the base.
        public var installerImage: String?
        /// The path of the requirements file, with hashes, of the tools that build sdists and commits; nil refuses those.
        public var buildTools: String?
        /// The path of the model that the image serves.
        public var model: String?
        /// The server; nil for the one of the model's format.
        public var server: Server?
        /// The words of the command that serves, for ``Server/command``.
        public var command: [String] = []
        /// The words of the entry point; nil for the server's.
        public var entrypoint: [String]?
        /// Packages of Debian or Ubuntu, `name` or `name=version`.
        public var systemPackages: [String] = []
        /// Directories of the locked wheels: what they need is looked for in the base before anything is built.
        package var wheels: [String] = []
        /// Whether packages that have missing libraries are added to ``systemPackages``.
        package var addsMissingPackages = false
        /// The path of the archive's `Contents` file, which says what package has a library; nil for the built-in table.
        package var contents: String?
        /// The moment of the archive that ``systemPackages`` are taken from, `20240601T000000Z`.
        public var snapshot: String?
        /// The path of a Mustache template; nil for the one of the library.
        public var template: String?
        /// The path of the `pinproof.lock.json` of an earlier run, which pins the images; nil for the one in ``directory``.
        public var earlierLock: String?
        /// The directory that the files are for: the names in messages, and an earlier `pinproof.lock.json`.
        public var directory = "."
        /// Whether images are looked up anew although an earlier run pinned them.
        public var isUpdating = false
        /// Whether a tag that moved since an earlier run is accepted.
        public var acceptsMovedTags = false
        /// Limits and progress.
        public var reading = ReadingOptions()

        /// Creates the default options.
        public init() {}
    }

    /// What the image is to hold.
    public var options: Options

    /// Creates a freezer.
    public init(options: Options = Options()) { self.options = options }

    /// Plans the files; nothing is written.
    ///
    /// - Parameters:
    ///   - source: the lock, or a model that holds the lock of its training.
    ///   - base: an image whose digest is at hand: `oci:DIR:REF`, `oci-archive:FILE:REF`, `docker://REF`,
    ///     `NAME:TAG@sha256:...`, or a name that an earlier run pinned.
    public func plan(_ source: String, base: String) async throws(FreezingError) -> FreezePlan {
        try await runJob(FreezingError.self) { [options] cancellation throws(InputError) in
            try Freeze.run(
                FreezeRequest(lock: source, base: base, options: options, cancellation: cancellation))
        }
    }
}

/// Why nothing could be frozen.
public enum FreezingError: JobError {
    /// An input cannot be read, or something in it cannot be pinned; the text says what would pin it.
    case input(InputError)
    /// The name of an image is none that a Dockerfile could use, and why.
    case invalidImage(Freezer.ImageRole, String, reason: String)
    /// ``Freezer/Options/model`` was given, and the source is a model itself.
    case modelOfModel(String)
    /// ``Freezer/Options/snapshot`` was given without system packages.
    case snapshotWithoutPackages
    /// System packages were given, and nothing says from which moment they are.
    case packagesWithoutSnapshot
    /// ``Freezer/Options/buildTools`` was given, and the installer is not pip.
    case buildToolsWithoutPip
    /// ``Freezer/Options/installerImage`` was given, and the installer is pip, which is the base's own.
    case installerImageOfPip
    /// ``Freezer/Options/command`` was given with another server.
    case commandOfServer
    /// The task was cancelled.
    case cancelled

    /// What is wrong and where.
    public var description: String {
        switch self {
        case .input(let error): error.description
        case .invalidImage(let role, let text, let reason): "\(role.rawValue) image \(text): \(reason)"
        case .modelOfModel(let name): "\(name) is a model itself, and another model was given"
        case .snapshotWithoutPackages: "a snapshot is the moment of system packages, and none are given"
        case .packagesWithoutSnapshot: "nothing says from which moment the system packages are"
        case .buildToolsWithoutPip: "only pip builds from pinned sources"
        case .installerImageOfPip: "an image of the installer was given, and pip is the base's own"
        case .commandOfServer: "a command goes with the server 'command'"
        case .cancelled: "cancelled"
        }
    }
}

/// A file that a job planned.
public struct PlannedFile: Sendable, Hashable {
    /// The path; relative paths are below the directory of the plan.
    public let path: String
    /// The whole text.
    public let text: String
}

/// The files of a frozen image.
public struct FreezePlan: Sendable {
    /// The files by name, the Dockerfile last.
    public let files: [PlannedFile]
    /// The path of the model that belongs into the directory `model` beside the Dockerfile; nil for none.
    public var modelPath: String? { model?.path }
    /// The base image with name, tag and digest.
    public let base: ImageReference
    /// The Python version, platform and C library that the packages are for, on one line.
    package let target: String
    /// The ids of the secrets that the build takes.
    package let secrets: [String]
    /// What installs the packages.
    public let installer: Freezer.Installer
    /// The number of packages.
    package let packageCount: Int
    /// What moved since an earlier run, a line each.
    public let moves: [String]
    /// What was not checked, a sentence each.
    public let notes: [String]
    /// What the wheels need and neither the base nor a package of the plan has, a line each.
    package let missingLibraries: [String]
    /// The model and what was read of it.
    package let model: (path: String, content: Model)?
}
