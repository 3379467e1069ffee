import ArgumentParser
import EnvironmentInventory
import FindingReports
import Pinproof

struct VerifyCommand: ResultCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", _superCommandName: pinproofName,
        abstract: "Compares the training environment of a model with a serving image, hash by hash.",
        discussion: """
            MODEL can also be a lock, IMAGE an installed environment. The packages that loading the model needs decide the \
            verdict; other packages of the training environment only cause warnings, unless their files were changed. Exit \
            status: 0 match, 1 mismatch, 2 not provable.
            """, version: pinproofVersion)

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

    @OptionGroup var verification: VerificationArguments

    @OptionGroup var attestation: AttestationArguments

    @OptionGroup(title: "The machine that runs the image") var place: LoadingArguments

    @OptionGroup(title: "Target of a lock, platform of an image") var target: TargetOptions

    @Option(help: "The format of the result.")
    var format = ReportArgument<VerificationReportFormats>(TextVerificationReport.name, TextVerificationReport.self)

    @Option(
        help: ArgumentHelp("Another report of the same run, written to a file; repeatable.", valueName: "format=file"))
    var report: [ReportFile<VerificationReportFormats>] = []

    @OptionGroup(title: "Layer cache") var layers: CacheOptions

    @OptionGroup(title: "Limits") var limit: LimitOptions

    @OptionGroup var output: OutputOptions

    func result(progress: ProgressLine?) async throws -> CommandResult {
        try await SpooledSubjects([model, image], limit: limit.limits.totalBytes).run { names in
            try await result(names[0], names[1], progress)
        }
    }

    private func result(_ model: String, _ image: String, _ progress: ProgressLine?) async throws -> CommandResult {
        let writer = try attestation.writer()
        var options = verification.options(target, place, reading: limit.reading(progress))
        let cache = try layers.open()
        options.reading.layerCache = cache
        let result = try await Verifier(options: options).verify(model, against: image)
        let statement = try writer?.write(result, model: model, image: image, isStrict: verification.strict)
        var problems: [String] = []
        if let statement {
            problems = await attestation.attached(statement, to: image, target, reading: limit.reading(progress))
        }
        for file in report {
            try AtomicFile.write(file.report.format.render(result, style: .plain), to: file.path, replacing: true)
        }
        var status: ExitStatus =
            switch result.verdict {
            case .match: verification.failOn.isReached(by: result.findings) ? .found : .success
            case .mismatch: .found
            case .notProvable: .undecided
            }
        // What was asked for and not done is not a success.
        if status == .success, !problems.isEmpty { status = .undecided }
        return CommandResult(
            text: format.format.render(result, style: output.style),
            diagnostics: (result.notes + problems).map { "pinproof: " + $0 } + (cache?.diagnostics ?? []),
            status: status)
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
