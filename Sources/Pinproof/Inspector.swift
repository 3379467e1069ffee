import ContainerImages
import EnvironmentInventory
import EnvironmentVerification
import ModelArchives

/// Reads a subject and returns what is understood of it.
public struct Inspector: Sendable {
    /// What is read, and how.
    public struct Options: Sendable {
        /// The target of a lock, the platform of an image.
        public var target: TargetSelection?
        /// The path of the public key, PEM, that verifies the signature of a model.
        public var modelKey: String?
        /// Whether libraries and programs are read for what they need to be loaded.
        package var judgesLoading = false
        /// Limits and progress.
        public var reading = ReadingOptions()

        /// Creates the default options.
        public init() {}
    }

    /// What is read, and how.
    public var options: Options

    /// Creates an inspector.
    public init(options: Options = Options()) { self.options = options }

    /// Reads a subject whole.
    ///
    /// - Parameter name: a path, or an image as containers-transports(5) writes it; a prefix `lock:`, `model:`, `env:` or
    ///   `dockerfile:` forces the kind.
    public func inspect(_ name: String) async throws(InspectionError) -> Subject {
        try await runJob(InspectionError.self) { [options] cancellation throws(InputError) in
            var reader = SubjectReader(
                target: options.target, reading: options.reading.cancelled(by: cancellation),
                systemRecords: .checksums)
            reader.modelKey = options.modelKey
            reader.modelImages = .withoutPackages
            reader.readsBinaries = options.judgesLoading
            let subject = Subject(content: try reader.read(name))
            if options.modelKey != nil, subject.content.model == nil {
                throw InputError(InspectionError.keyWithoutModel(name, subject.about.kind))
            }
            return subject
        }
    }
}

/// Why a subject could not be inspected.
public enum InspectionError: JobError {
    /// The subject cannot be read whole.
    case input(InputError)
    /// A key was given, and the subject, which is named with its kind, is not a model.
    case keyWithoutModel(String, SubjectKind)
    /// The task was cancelled.
    case cancelled

    /// What is wrong and where.
    public var description: String {
        switch self {
        case .input(let error): error.description
        case .keyWithoutModel(let name, let kind):
            "\(name): a key verifies the signature of a model, and this is a \(kind.rawValue)"
        case .cancelled: "cancelled"
        }
    }
}

/// What is understood of a subject.
public struct Subject: Sendable {
    /// What was read, for the rooms of this package.
    package let content: SubjectContent
    /// What the subject is: its kind, format, name and identity.
    public let about: SubjectDescription
    /// The environment that it holds; an empty one for a Dockerfile.
    public let environment: Environment
    /// What an image or an installed environment has besides its packages; nil for every other subject.
    public let system: SystemInventory?
    /// What a reader of the environment should know, a sentence each.
    public let notes: [String]

    init(content: SubjectContent) {
        self.content = content
        about = content.description
        environment = content.environment
        switch content {
        case .image(let image):
            system = image.systemInventory()
            notes = image.notes
        case .installed(let installed):
            system = installed.systemInventory()
            notes = installed.notes
        case .dockerfile, .lock, .model:
            system = nil
            notes = []
        }
    }

    /// Returns whether everything that is installed can be loaded, and what it needs; of a capture what it recorded; nil for
    /// what has no files.
    package func loading(_ options: LoadingOptions) -> LoadingAssessment? {
        if let assessment = content.loading(options) { return assessment }
        guard case .lock(_, let environment) = content, let needs = environment.needs else { return nil }
        var assessment = LoadingAssessment()
        assessment.needs = needs
        return assessment
    }

    /// Whether the signature of a model, or what it covers, is wrong.
    public var isSignatureRefuted: Bool { content.model.map(ModelKey.isRefuted) ?? false }
}
