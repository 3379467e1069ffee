import EnvironmentInventory
import EnvironmentVerification
import LockFormats

/// Records an installed environment or an image as a `pylock.toml` with content digests.
public struct Capturer: Sendable {
    /// Where the artifacts of the packages are looked up.
    public struct Options: Sendable {
        /// The path of the lock that the environment was installed from.
        public var lock: String?
        /// The paths of what `pip install --report` wrote.
        public var reports: [String] = []
        /// The environment variables of the training process; an image has its own.
        package var variables: [String: String] = [:]
        /// The platform of an image.
        public var target: TargetSelection?
        /// Limits and progress.
        public var reading = ReadingOptions()

        /// Creates the default options.
        public init() {}
    }

    /// Where the artifacts of the packages are looked up.
    public var options: Options

    /// Creates a capturer.
    public init(options: Options = Options()) { self.options = options }

    /// Reads an environment whole and records it.
    ///
    /// - Parameter name: a virtual environment, a conda prefix or an image, named as for ``Inspector/inspect(_:)``.
    public func capture(_ name: String) async throws(CaptureError) -> CapturedEnvironment {
        try await runJob(CaptureError.self) { [options] cancellation throws(InputError) in
            try Capture.run(name, options, reading: options.reading.cancelled(by: cancellation))
        }
    }
}

/// Why an environment could not be captured.
public enum CaptureError: JobError {
    /// The environment, the lock or a report cannot be read whole.
    case input(InputError)
    /// The subject, which is named with its kind, is neither an installed environment nor an image.
    case notInstalled(String, SubjectKind)
    /// The task was cancelled.
    case cancelled

    /// What is wrong and where.
    public var description: String {
        switch self {
        case .input(let error): error.description
        case .notInstalled(let name, let kind):
            "\(name): it is a \(kind.rawValue); capture records an installed environment or an image"
        case .cancelled: "cancelled"
        }
    }
}

/// A recorded environment.
public struct CapturedEnvironment: Sendable {
    /// The file: a PEP 751 lock (https://peps.python.org/pep-0751/) with what Pinproof adds in `tool.pinproof`.
    public let text: String
    /// The names of packages of which the interpreter imports another copy, and that are left out.
    public let shadowed: [String]
    /// What installers or proofs cannot use, a sentence each: files that changed, versions that are not those of the lock.
    public let problems: [String]
    /// The names of packages of which no artifact is known: an installer does not install them from this file.
    public let withoutArtifact: [String]
    /// The names of packages whose artifacts have no URL in the lock: an installer does not install them from this file.
    public let withoutURL: [String]
}
