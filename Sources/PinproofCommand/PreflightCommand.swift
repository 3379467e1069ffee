import ArgumentParser
import EnvironmentInventory
import FindingReports
import Pinproof
import Preflight

struct PreflightCommand: ResultCommand {
    static let configuration = CommandConfiguration(
        commandName: "preflight", _superCommandName: pinproofName,
        abstract: "Answers five questions about a model before it is deployed, from files alone.",
        discussion: """
            What input will break it, what is the rollback plan, how do we know it's broken, what versions are pinned, who gets \
            paged. Nothing is executed and nothing is called. Exit status: 0 every required question is answered, 1 one is \
            wrong or not answered, 2 something could not be read or proved.
            """, version: pinproofVersion)

    static let examples = [
        CommandExample(
            "Ask the five questions about a model and what deploys it",
            "pinproof preflight model/ docker://registry.example/churn:7 --previous churn-6/ --deploy k8s/ --deploy CODEOWNERS"
        ),
        CommandExample(
            "Gate on three of them, and write the page",
            "pinproof preflight model/ oci:layout:app --require input,environment,ownership --format html -o preflight.html"
        ),
    ]

    @Argument(help: ArgumentHelp("The model.", valueName: "model"), completion: .file())
    var model: String

    @Argument(
        help: ArgumentHelp("The image that serves it, or an installed environment in its place.", valueName: "image"),
        completion: .file())
    var image: String

    @Option(
        help: ArgumentHelp("The previous model, to which a rollback returns.", valueName: "model"),
        completion: .file())
    var previous: String?

    @Option(
        help: ArgumentHelp(
            "The image that serves the previous model; without it, the image itself takes over.", valueName: "image"),
        completion: .file())
    var previousImage: String?

    @Option(
        help: ArgumentHelp(
            "A file or directory of the deployment: manifests, alerts, owners, a registry of models; repeatable.",
            valueName: "path"), completion: .file())
    var deploy: [String] = []

    @Option(
        help: ArgumentHelp(
            "The declaration; without it, preflight.toml in the model or beside it.", valueName: "file"),
        completion: .file(extensions: ["toml"]))
    var declaration: String?

    @Option(
        help: ArgumentHelp(
            "Requests that callers send, CSV or JSON lines, to check against the input contract of the model.",
            valueName: "file"),
        completion: .file())
    var requests: String?

    @Option(help: ArgumentHelp("The questions that decide the exit status, separated by commas.", valueName: "list"))
    var require = QuestionNames()

    @OptionGroup var verification: VerificationArguments

    @OptionGroup var attestation: AttestationArguments

    @OptionGroup(title: "The machine that runs the image") var place: LoadingArguments

    @OptionGroup(title: "Target of a lock, platform of an image") var target: TargetOptions

    @Option(help: "The format of the result.")
    var format = ReportArgument<PreflightReportFormats>(TextPreflightReport.name, TextPreflightReport.self)

    @Option(
        help: ArgumentHelp("Another report of the same run, written to a file; repeatable.", valueName: "format=file"))
    var report: [ReportFile<PreflightReportFormats>] = []

    @OptionGroup(title: "Layer cache") var layers: CacheOptions

    @OptionGroup(title: "Limits") var limit: LimitOptions

    @OptionGroup var output: OutputOptions

    func result(progress: ProgressLine?) async throws -> CommandResult {
        let names = [model, image] + [previous, previousImage].compactMap { $0 }
        return try await SpooledSubjects(names, limit: limit.limits.totalBytes).run { names in
            var rest = names.dropFirst(2)
            let previous = previous == nil ? nil : rest.popFirst()
            return try await result(
                model: names[0], image: names[1], previous: previous, previousImage: rest.first, progress: progress)
        }
    }

    private func result(
        model: String, image: String, previous: String?, previousImage: String?, progress: ProgressLine?
    ) async throws -> CommandResult {
        let writer = try attestation.writer()
        var options = PreflightRunner.Options()
        options.verifier = verification.options(target, place, reading: limit.reading(progress))
        let cache = try layers.open()
        options.verifier.reading.layerCache = cache
        options.previousModel = previous
        options.previousImage = previousImage
        options.deployment = deploy
        options.declaration = declaration
        options.requests = requests
        options.required = require.questions
        let result = try await PreflightRunner(options: options).run(model, image)
        let statement = try writer?.write(result, model: model, image: image, isStrict: verification.strict)
        var problems: [String] = []
        if let statement {
            problems = await attestation.attached(statement, to: image, target, reading: limit.reading(progress))
        }
        for file in report {
            try AtomicFile.write(file.report.format.render(result, style: .plain), to: file.path, replacing: true)
        }
        var status = Self.status(of: result, failOn: verification.failOn)
        // What was asked for and not done is not a success.
        if status == .success, !problems.isEmpty { status = .undecided }
        return CommandResult(
            text: format.format.render(result, style: output.style),
            diagnostics: (result.verification.notes + problems).map { "pinproof: " + $0 } + (cache?.diagnostics ?? []),
            status: status)
    }

    /// What could not be read or proved is never a success, nor a refusal.
    static func status(of result: PreflightResult, failOn: FailureThreshold) -> ExitStatus {
        switch result.verdict {
        case .notProvable: .undecided
        case .notReady: .found
        case .ready: failOn.isReached(by: result.countedFindings) ? .found : .success
        }
    }
}

extension PreflightError: CommandFailure {
    var usage: String? { nil }
}
