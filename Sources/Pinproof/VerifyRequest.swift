import EnvironmentInventory
import ParallelWork

/// What one run of a verifier compares, and how it reads.
struct VerifyRequest: Sendable {
    let model: String
    let image: String
    /// What is read for the image where its name is not to be resolved again: the digest that a plan found for its tag.
    var imageSource: String?
    /// The manifest of the index that the image is; nil for that of the target's platform.
    var imageManifest: Digest?
    let lock: String?
    let wheels: [String]
    let evidence: Evidence
    let target: TargetSelection?
    let modelPath: String?
    let modelKey: String?
    let isStrict: Bool
    let base: String?
    let frozenLock: String?
    let applications: [String]
    let scope: Verification.Scope
    let loading: LoadingOptions
    let reading: ReadingOptions
    let cancellation: Cancellation
    /// Whether the documents of a model that is an archive are kept.
    var keepsDocuments = false
    /// Knows what was opened to find out what it is.
    private let subjects: SubjectReader

    init(model: String, image: String, options: Verifier.Options, cancellation: Cancellation) {
        self.model = model
        self.image = image
        lock = options.lock
        wheels = options.wheels
        evidence = options.evidence
        target = options.target
        modelPath = options.modelPath
        modelKey = options.modelKey
        isStrict = options.isStrict
        base = options.base
        frozenLock = options.frozenLock
        applications = options.applications
        scope = options.scope
        loading = options.loading
        reading = options.reading.cancelled(by: cancellation)
        self.cancellation = cancellation
        subjects = SubjectReader(target: options.target, reading: options.reading.cancelled(by: cancellation))
    }

    /// Reads subjects as this run does.
    ///
    /// - Parameter hasTarget: whether locks are resolved for the target that was selected.
    func reader(hasTarget: Bool = true) -> SubjectReader {
        var reader = subjects
        if !hasTarget { reader.target = nil }
        return reader
    }
}
