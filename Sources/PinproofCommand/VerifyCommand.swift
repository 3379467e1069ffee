import ArgumentParser
import EnvironmentInventory
import FindingReports
import Glibc
import Pinproof

struct VerifyCommand: ResultCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", _superCommandName: pinproofName,
        abstract: "Holds the training environment of a model against a serving image, hash by hash.",
        discussion: """
            In place of the model a lock may stand, in place of the image an installed environment. What loading the model \
            needs counts; what was only around at training is a warning, unless its files were changed. Exit status: \
            0 match, 1 mismatch, 2 not provable.
            """)

    static let examples = [
        CommandExample(
            "Refuse a deployment that is not what was trained",
            "pinproof verify model.tar.gz docker://registry.example/serving:1.4 --evidence trained"),
        CommandExample(
            "Prove each package by its locked wheel, and write a page",
            "pinproof verify model/ oci:layout:app --lock uv.lock --wheels wheels/ --evidence locked --format html -o report.html"
        ),
    ]

    @Argument(help: ArgumentHelp("The model, or a lock in its place.", valueName: "model"), completion: .file())
    var model: String

    @Argument(
        help: ArgumentHelp("The image, or an installed environment in its place.", valueName: "image"),
        completion: .file())
    var image: String

    @Option(help: ArgumentHelp("The lock of the training environment.", valueName: "lock"), completion: .file())
    var lock: String?

    @Option(
        help: ArgumentHelp(
            "Locked artifacts: a directory of wheels or a map of `pinproof wheels`; repeatable.", valueName: "dir|map"),
        completion: .file())
    var wheels: [String] = []

    @Option(
        help: ArgumentHelp(
            "The evidence that is required of every package.", valueName: "level"))
    var evidence = Evidence.intact

    @Option(
        help: ArgumentHelp(
            "Where the image has the model, to be compared file by file; without it, it is looked for.",
            valueName: "path"), completion: .file())
    var modelPath: String?

    @Option(
        help: ArgumentHelp("The public key, PEM, that verifies the signature of the model.", valueName: "file"),
        completion: .file())
    var modelKey: String?

    @Option(
        help: ArgumentHelp(
            "The base image: it vouches for its layers, which have to be the lowest of the image.", valueName: "image"),
        completion: .file())
    var base: String?

    @Option(
        help: ArgumentHelp(
            "The pinproof.lock.json of the freeze that made the image: the base image that it pins vouches for its layers.",
            valueName: "file"), completion: .file())
    var fromLock: String?

    @Option(
        help: ArgumentHelp(
            "A directory or file of the image that is the application's own; repeatable.", valueName: "path"),
        completion: .file())
    var app: [String] = []

    @Flag(help: "Verify every image of an index; an attestation is then about the index too, if all of them match.")
    var allPlatforms = false

    @Flag(help: "Ask only about the packages that the training side names, and say so in the verdict.")
    var onlyNamed = false

    @Flag(help: "Let everything count: packages that the model does not need to load, and warnings.")
    var strict = false

    @Option(
        help: ArgumentHelp(
            "The severity of findings from which on the exit status of a match is 1.", valueName: "severity"))
    var failOn = FailureThreshold.error

    @Option(
        help: ArgumentHelp(
            "Where to write the verification as an in-toto statement; with --key in a signed DSSE envelope.",
            valueName: "file"), completion: .file())
    var attest: String?

    @Flag(help: "Put the attestation beside the image, as pinproof attach does; takes --key.")
    var attach = false

    @Option(
        help: ArgumentHelp(
            "The private key that signs the attestation, PEM: ECDSA or Ed25519, or cosign's; COSIGN_PASSWORD opens it.",
            valueName: "file"), completion: .file())
    var key: String?

    @OptionGroup(title: "Where the image is to run") var place: LoadingArguments

    @OptionGroup(title: "Target of a lock, platform of an image") var target: TargetOptions

    @Option(help: "The format of the result.")
    var format = ReportArgument<VerificationReportFormats>(TextVerificationReport.name, TextVerificationReport.self)

    @Option(
        help: ArgumentHelp("Another report of the same run, written to a file; repeatable.", valueName: "format=file"))
    var report: [ReportFile<VerificationReportFormats>] = []

    @OptionGroup(title: "Layer cache") var layers: CacheOptions

    @OptionGroup(title: "Limits") var limit: LimitOptions

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if key != nil, attest == nil, !attach { throw ValidationError("--key signs what --attest writes") }
        if attach, key == nil { throw ValidationError("--attach takes --key: only a signed attestation is attached") }
    }

    func result(progress: ProgressLine?) async throws -> CommandResult {
        try await SpooledSubjects([model, image], limit: limit.limits.totalBytes).run { names in
            try await result(names[0], names[1], progress)
        }
    }

    private func result(_ model: String, _ image: String, _ progress: ProgressLine?) async throws -> CommandResult {
        let attestation =
            attest == nil && !attach
            ? nil
            : try AttestationWriter(
                file: attest, key: key, password: getenv("COSIGN_PASSWORD").map { Array(String(cString: $0).utf8) })
        var options = Verifier.Options()
        options.lock = lock
        options.wheels = wheels
        options.evidence = evidence
        options.target = target.selection
        options.modelPath = modelPath
        options.modelKey = modelKey
        options.isStrict = strict
        options.base = base
        options.frozenLock = fromLock
        options.coversAllPlatforms = allPlatforms
        options.applications = app
        options.scope = onlyNamed ? .named : .closed
        options.loading = place.options
        options.reading = limit.reading(progress)
        let cache = try layers.open()
        options.reading.layerCache = cache
        let verification = try await Verifier(options: options).verify(model, against: image)
        let statement = try attestation?.write(verification, model: model, image: image, isStrict: strict)
        var problems: [String] = []
        if attach, let statement { problems = await attached(statement, to: image, progress) }
        for file in report {
            try AtomicFile.write(file.report.format.render(verification, style: .plain), to: file.path, replacing: true)
        }
        var status: ExitStatus =
            switch verification.verdict {
            case .match: failOn.isReached(by: verification.findings) ? .found : .success
            case .mismatch: .found
            case .notProvable: .undecided
            }
        // What was asked for and not done is not a success.
        if status == .success, !problems.isEmpty { status = .undecided }
        return CommandResult(
            text: format.format.render(verification, style: output.style),
            diagnostics: (verification.notes + problems).map { "pinproof: " + $0 } + (cache?.diagnostics ?? []),
            status: status)
    }

    /// Puts a signed statement beside the image and returns what went wrong.
    private func attached(_ statement: String, to image: String, _ progress: ProgressLine?) async -> [String] {
        var options = Attacher.Options()
        options.target = target.selection
        options.reading = limit.reading(progress)
        do throws(AttachError) {
            let result = try await Attacher(options: options).attach(text: statement, to: image)
            return result.isRefused ? result.lines : []
        } catch { return ["not attached: \(error.description)"] }
    }
}

extension VerificationError: CommandFailure {
    var usage: String? {
        switch self {
        case .modelPathOfLock(let lock): "--model-path compares a model's files, \(lock) is a lock"
        case .modelKeyOfLock(let lock): "--model-key verifies a model's signature, \(lock) is a lock"
        case .input, .cancelled: nil
        }
    }
}
