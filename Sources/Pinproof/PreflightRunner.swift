import ArchiveReading
import ContainerImages
import ContentHashing
import EnvironmentInventory
import EnvironmentVerification
import ModelArchives
import ParallelWork
import Preflight
import SourceDocuments

/// Answers five questions about a model before it is deployed.
package struct PreflightRunner: Sendable {
    /// What is asked, and what is known besides the model and the image.
    package struct Options: Sendable {
        /// How the model and the image are verified.
        package var verifier = Verifier.Options()
        /// The previous model, to which a rollback returns.
        package var previousModel: String?
        /// The image that takes over then; nil for the image itself.
        package var previousImage: String?
        /// Files and directories of the deployment.
        package var deployment: [String] = []
        /// The declaration; nil to look for it in the model and beside it.
        package var declaration: String?
        /// A file of requests.
        package var requests: String?
        /// The questions that decide.
        package var required = PreflightResult.Question.allCases
        /// The day on which waivers are judged; nil for the day that the clock says.
        package var today: CalendarDate?

        /// Creates the default options.
        package init() {}
    }

    /// What is asked.
    package var options: Options

    /// Creates a runner.
    package init(options: Options = Options()) { self.options = options }

    /// Reads everything whole and answers.
    package func run(_ model: String, _ image: String) async throws(PreflightError) -> PreflightResult {
        try await runJob(PreflightError.self) { [options] cancellation throws(InputError) in
            try PreflightReading(model: model, image: image, options: options, cancellation: cancellation).result()
        }
    }
}

/// Why no answer could be made.
package enum PreflightError: JobError {
    /// Something that was named cannot be read whole.
    case input(InputError)
    /// The training side, which is named, is not a model.
    case noModel(String, SubjectKind)
    /// The task was cancelled.
    case cancelled

    /// What is wrong and where.
    package var description: String {
        switch self {
        case .input(let error): error.description
        case .noModel(let name, let kind): "\(name): preflight asks about a model, and this is a \(kind.rawValue)"
        case .cancelled: "cancelled"
        }
    }
}

/// One run: reads each file once and makes the scene that the questions are asked about.
private struct PreflightReading {
    let model: String
    let image: String
    let options: PreflightRunner.Options
    let cancellation: Cancellation

    func result() throws(InputError) -> PreflightResult {
        guard let today = options.today ?? CalendarDate.today() else {
            throw InputError("the clock of this machine has no valid date")
        }
        var request = VerifyRequest(model: model, image: image, options: options.verifier, cancellation: cancellation)
        request.keepsDocuments = true
        for path in options.deployment where !exists(path) {
            throw InputError("\(path): there is no such file or directory")
        }
        let sides =
            options.verifier.coversAllPlatforms
            ? try Verify.everyPlatform(request, options.verifier) : try Verify.read(request)
        let content = try Self.model(sides.training, named: model)
        let (declaration, besides) = try declaration(of: content)
        let references = ReferenceRoots(model: content, others: besides + options.deployment)
        var scene = PreflightScene(
            identity: try Self.identity(of: content, declaration), verification: sides.verification,
            references: references, today: today)
        scene.declaration = declaration
        scene.required = options.required
        let serving = sides.serving.side.environment
        let contract = PreflightContract.read(content, declaration, references, serving: serving)
        contract.fill(&scene)
        try addPrevious(sides, contract: contract, model: content, to: &scene)
        if let file = options.requests { try contract.check(requests: file, &scene) }
        PreflightDeployment(
            model: content, paths: options.deployment, reading: options.verifier.reading.cancelled(by: cancellation)
        ).fill(&scene)
        return PreflightJudge.judge(scene)
    }

    private static func model(_ content: SubjectContent, named name: String) throws(InputError) -> Model {
        guard let model = content.model else {
            throw InputError(PreflightError.noModel(name, content.description.kind))
        }
        return model
    }

    private static func identity(
        of model: Model, _ declaration: PreflightDeclaration?
    ) throws(InputError) -> PreflightResult.ModelIdentity {
        let payload = try InputError.wrapping { () throws(HashingError) in
            try PayloadDigest.compute(of: model, declaration: declaration)
        }
        return .init(format: model.format, name: model.name, treeDigest: model.treeDigest, payloadDigest: payload)
    }

    // MARK: The declaration

    /// The declaration and the directories beside the model in which its references may lie.
    private func declaration(of model: Model) throws(InputError) -> (PreflightDeclaration?, [String]) {
        try PreflightDeclaration.find(for: model, given: options.declaration)
    }

    // MARK: The previous model

    private func addPrevious(
        _ sides: Verify.Sides, contract: PreflightContract, model: Model, to scene: inout PreflightScene
    ) throws(InputError) {
        guard options.previousModel != nil || options.previousImage != nil else { return }
        var previous = PreflightResult.Previous()
        defer { scene.previous = previous }
        let takeover = options.previousImage ?? image
        guard let name = options.previousModel else {
            // Without a model only the name of the image is known, and it is not opened for it.
            previous.image = takeover
            return
        }
        var verifier = options.verifier
        // The lock, the key and the place of the new model say nothing about the previous one.
        verifier.lock = nil
        verifier.modelKey = nil
        verifier.coversAllPlatforms = false
        let other = try read(name, takeover, verifier, known: options.previousImage == nil ? sides.serving : nil)
        let content = try Self.model(other.training, named: name)
        let (declaration, besides) = try PreflightDeclaration.find(for: content, given: nil)
        previous.model = try Self.identity(of: content, declaration)
        previous.verification = other.verification
        let about = other.serving.about
        let digest = about.imageIdentity?.manifest ?? about.imageIdentity?.config
        previous.image = (about.reference ?? PosixPath.lastComponent(takeover)) + (digest.map { "@\($0)" } ?? "")
        if let identity = about.imageIdentity {
            scene.takeoverDigests = [identity.manifest, identity.index, identity.config].compactMap { $0 }
        }
        let references = ReferenceRoots(model: content, others: besides)
        let old = PreflightContract.read(
            content, declaration, references, serving: other.serving.side.environment)
        // The same files take the same requests, also where only a schema beside them says which.
        scene.changes = content.treeDigest == model.treeDigest ? [] : contract.changes(since: old)
    }

    /// Verifies the previous model; a base image that is not that of the previous image vouches for nothing of it.
    private func read(
        _ name: String, _ takeover: String, _ verifier: Verifier.Options, known: Verify.Serving?
    ) throws(InputError) -> Verify.Sides {
        func request(_ options: Verifier.Options) -> VerifyRequest {
            var request = VerifyRequest(model: name, image: takeover, options: options, cancellation: cancellation)
            request.keepsDocuments = true
            return request
        }
        guard known == nil, verifier.base != nil || verifier.frozenLock != nil else {
            return try Verify.read(request(verifier), known: known)
        }
        do throws(InputError) { return try Verify.read(request(verifier)) } catch {
            var without = verifier
            without.base = nil
            without.frozenLock = nil
            return try Verify.read(request(without))
        }
    }
}
