import DockerfileSyntax
import EnvironmentInventory

/// Finds what is not pinned in Dockerfiles, requirements, lock and environment files, and in models.
public struct Checker: Sendable {
    /// The lowest pin strength that passes.
    public enum RequiredStrength: String, Sendable, Hashable, CaseIterable {
        case exact, hashed

        /// The strength on the ladder.
        package var strength: PinStrength { self == .exact ? .exact : .hashed }
    }

    /// What is checked, and how.
    public struct Options: Sendable {
        /// The lowest pin strength that passes; nil for the one of `pinproof.toml`, else `exact`.
        public var require: RequiredStrength?
        /// The threshold from which on findings fail the check; nil for the one of `pinproof.toml`, else errors.
        public var failOn: FailureThreshold?
        /// The names of the only rules that are applied; empty for all (``Rules/checked``).
        public var select: Set<String> = []
        /// The names of rules that are not applied.
        public var ignore: Set<String> = []
        /// The path of a baseline, whose findings are left out.
        public var baseline: String?
        /// The build context; nil for what `pinproof.toml` and manifests say of each Dockerfile, else the nearest directory
        /// that holds what it copies.
        public var context: String?
        /// The build arguments by name.
        public var buildArguments: [String: String] = [:]
        /// The named build contexts, `docker-image://REF`, by name.
        public var buildContexts: [String: String] = [:]
        /// The file name that says what standard input holds, which the path `-` reads.
        public var standardInputName = "Dockerfile"
        /// The path of the public key, PEM, that verifies the signatures of models.
        public var modelKey: String?
        /// Whether paths that hold no file that is read are accepted; else they are one of ``CheckResult/failures``.
        public var allowsEmpty = false
        /// The path of the configuration of all files; nil for the nearest `pinproof.toml` above each.
        public var configurationFile: String?
        /// Whether no configuration is read.
        public var isIsolated = false
        /// Limits of models.
        public var reading = ReadingOptions()

        /// Creates the default options.
        public init() {}
    }

    /// What is checked, and how.
    public var options: Options

    /// Creates a checker.
    public init(options: Options = Options()) { self.options = options }

    /// Checks files, directories that are walked as `.gitignore` allows, models, and `-` for standard input.
    ///
    /// What cannot be read is a finding and one of ``CheckResult/failures``; the other files are still checked.
    public func check(_ paths: [String]) async throws(CheckError) -> CheckResult {
        try await runJob(CheckError.self) { [options] cancellation throws(InputError) in
            try Check.run(CheckRequest(paths: paths, options: options, cancellation: cancellation))
        }
    }
}

/// Why files could not be checked.
public enum CheckError: JobError {
    /// The configuration, the baseline, the key or the build context cannot be read.
    case input(InputError)
    /// There is no rule with this name.
    case unknownRule(String)
    /// The task was cancelled.
    case cancelled

    /// What is wrong and where.
    public var description: String {
        switch self {
        case .input(let error): error.description
        case .unknownRule(let name): "there is no rule '\(name)'"
        case .cancelled: "cancelled"
        }
    }
}
