import ArgumentParser
import EnvironmentInventory
import FindingReports
import Pinproof
import SourceDocuments

struct InspectCommand: ResultCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", _superCommandName: pinproofName,
        abstract: "Shows what Pinproof read from a subject.",
        discussion: """
            SUBJECT is a Dockerfile, a lock or requirements file, a model, an image or an installed environment; a prefix \
            forces the kind: docker-archive: oci: oci-archive: dir: docker:// lock: model: env: dockerfile: \
            docker-daemon: and containers-storage: ask a running Docker or Podman, - is standard input.
            """, version: pinproofVersion)

    static let examples = [
        CommandExample(
            "Read an image that docker has",
            "docker save serving:1.4 | pinproof inspect -"),
        CommandExample(
            "A bill of materials",
            "pinproof inspect docker://registry.example/serving:1.4 --format cyclonedx -o bom.json"),
    ]

    @Argument(help: ArgumentHelp("What to read.", valueName: "subject"), completion: .file())
    var subject: String

    @OptionGroup(title: "Target of a lock, platform of an image") var target: TargetOptions

    @Flag(help: "List every file of an image or an installed environment with its size, mode and sha256.")
    var files = false

    @Flag(help: "Show what an image needs of the place where it runs, and whether it can load what is installed.")
    var needs = false

    @Flag(help: "Show what inputs a model takes, merged from its signature, its estimator and the schemas beside it.")
    var contract = false

    @OptionGroup(title: "The machine that runs the image") var place: LoadingArguments

    @Option(
        help: ArgumentHelp("The public key, PEM, that verifies the signature of a model.", valueName: "file"),
        completion: .file())
    var key: String?

    @Option(help: "The format of the result.")
    var format = ReportArgument<InspectFormats>(
        TextEnvironmentReport.name, .environment(TextEnvironmentReport.self))

    @OptionGroup(title: "Layer cache") var layers: CacheOptions

    @OptionGroup(title: "What breaks a model") var probing: ProbeArguments

    @OptionGroup(title: "Limits") var limit: LimitOptions

    @OptionGroup var output: OutputOptions

    func result(progress: ProgressLine?) async throws -> CommandResult {
        var options = Inspector.Options()
        options.target = target.selection
        options.modelKey = key
        options.judgesLoading = needs
        options.reading = limit.reading(progress)
        let cache = try layers.open()
        options.reading.layerCache = cache
        return try await SpooledSubjects([subject], limit: limit.limits.totalBytes).run { names in
            let subject = try await Inspector(options: options).inspect(names[0])
            UntilExit.keep(subject)
            if contract { return try ContractInspection(subject, name: self.subject).result(format, output.style) }
            if probing.probes { return try await probing.result(subject, name: self.subject, options: options) }
            // Who gives a key asks for a verdict.
            return CommandResult(
                text: try render(subject), diagnostics: cache?.diagnostics ?? [],
                status: key != nil && subject.isSignatureRefuted ? .found : .success)
        }
    }

    private func render(_ subject: Subject) throws -> String {
        guard case .environment(let report) = format.format else {
            throw ValidationError("--format \(format.name) is about the inputs of a model: add --contract")
        }
        if case .dockerfile(let text) = subject.content {
            switch format.name {
            case JSONEnvironmentReport.name: return try DockerfileInspection(text).json.document()
            case TextEnvironmentReport.name: return try DockerfileInspection(text).text
            default: throw ValidationError("--format \(format.name) shows an environment, and a Dockerfile has none")
            }
        }
        let isJSON = format.name == JSONEnvironmentReport.name
        var additions = isJSON ? subject.content.model.map { [JSONValue.Member("model", $0.json)] } ?? [] : []
        var remarks = subject.notes + (subject.content.model?.remarks ?? [])
        if files {
            guard let files = subject.content.fileSystem else {
                throw ValidationError(
                    "\(self.subject): --files lists the files of an image or an installed environment")
            }
            let listing = FileListing(files)
            switch format.name {
            case JSONEnvironmentReport.name: additions.append(.init("files", listing.json))
            case TextEnvironmentReport.name: remarks += listing.lines
            default: break
            }
        }
        if needs {
            guard let loading = subject.loading(place.options) else {
                throw ValidationError("\(self.subject): --needs is about an image or an installed environment")
            }
            switch format.name {
            case JSONEnvironmentReport.name: additions.append(.init("loading", loading.json))
            case TextEnvironmentReport.name: remarks += LoadingLines.lines(loading)
            default: break
            }
        }
        var content = EnvironmentReport(
            subject: subject.about, environment: subject.environment, additions: additions, remarks: remarks)
        content.system = subject.system
        // A model can have hundreds of thousands of files, and one format lists them.
        if format.name == CycloneDXEnvironmentReport.name {
            content.modelFiles = subject.content.model?.files.map { ($0.path, $0.sha256) } ?? []
        }
        return report.render(content, style: output.style)
    }
}

extension InspectionError: CommandFailure {
    var usage: String? {
        switch self {
        case .keyWithoutModel: "--key verifies the signature of a model"
        case .input, .cancelled: nil
        }
    }
}
