import EnvironmentInventory

/// Compares the training environment of a model with a serving image, hash by hash.
public struct Verifier: Sendable {
    /// What is required, and what else is known.
    public struct Options: Sendable {
        /// The path of the lock of the training environment.
        public var lock: String?
        /// The locked artifacts: directories of wheels, or maps that ``WheelMapper`` made.
        public var wheels: [String] = []
        /// The evidence that is required of every package.
        public var evidence = Evidence.intact
        /// The target of a lock, the platform of an image.
        public var target: TargetSelection?
        /// Where the image has the model, to be compared file by file; nil to look for it.
        public var modelPath: String?
        /// The path of the public key, PEM, that verifies the signature of the model.
        public var modelKey: String?
        /// Whether everything counts: packages that the model does not need to load, and warnings.
        public var isStrict = false
        /// The base image, which vouches for its layers; they have to be the lowest layers of the image.
        public var base: String?
        /// The path of the `pinproof.lock.json` of the freeze that made the image: the base image that it pins vouches for its
        /// layers.
        public var frozenLock: String?
        /// The directories and files of the image that are the application's own.
        public var applications: [String] = []
        /// Whether everything that loading needs is asked about, or only the packages that training names.
        public var scope = Verification.Scope.closed
        /// Whether every image of an index is verified, not only that of one platform.
        public var coversAllPlatforms = false
        /// What the place has where the image is to run, and whether loading is judged.
        public var loading = LoadingOptions()
        /// Limits and progress.
        public var reading = ReadingOptions()

        /// Creates the default options.
        public init() {}
    }

    /// What is required, and what else is known.
    public var options: Options

    /// Creates a verifier.
    public init(options: Options = Options()) { self.options = options }

    /// Reads both sides whole and compares them.
    ///
    /// - Parameters:
    ///   - training: the model, or in its place a lock, a capture, an image or an installed environment.
    ///   - serving: the image, or in its place an installed environment.
    public func verify(
        _ training: String, against serving: String
    ) async throws(VerificationError) -> Verification {
        try await runJob(VerificationError.self) { [options] cancellation throws(InputError) in
            let request = VerifyRequest(
                model: training, image: serving, options: options, cancellation: cancellation)
            guard options.coversAllPlatforms else { return try Verify.run(request) }
            return try Verify.everyPlatform(request, options).verification
        }
    }
}

/// Why two sides could not be held against each other.
public enum VerificationError: JobError {
    /// A side, a lock, a wheel or a key cannot be read whole.
    case input(InputError)
    /// ``Verifier/Options/modelPath`` compares the files of a model, and the training side is this lock.
    case modelPathOfLock(String)
    /// ``Verifier/Options/modelKey`` verifies the signature of a model, and the training side is this lock.
    case modelKeyOfLock(String)
    /// The task was cancelled.
    case cancelled

    /// What is wrong and where.
    public var description: String {
        switch self {
        case .input(let error): error.description
        case .modelPathOfLock(let lock): "\(lock): a path of the model was given, and this is a lock"
        case .modelKeyOfLock(let lock): "\(lock): a key of the model was given, and this is a lock"
        case .cancelled: "cancelled"
        }
    }
}
