import ArgumentParser
import EnvironmentInventory
import FindingReports
import Pinproof

struct DiffCommand: ResultCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", _superCommandName: pinproofName,
        abstract: "Compares the environments of any two subjects, or data with a baseline.",
        discussion: """
            For two images it also compares the files that no package owns, and the configurations. When the left side is a \
            baseline, the right side is CSV, JSON lines or another baseline, and the distributions of the columns are \
            compared. Exit status 1 when the subjects differ.
            """, version: pinproofVersion)

    static let examples = [
        CommandExample(
            "What changed between two images",
            "pinproof diff docker://registry.example/serving:1.3 docker://registry.example/serving:1.4"),
        CommandExample(
            "A page that can be filtered",
            "pinproof diff uv.lock oci:layout:app --format html -o diff.html"),
    ]

    @Argument(help: ArgumentHelp("The left side.", valueName: "a"), completion: .file())
    var left: String

    @Argument(help: ArgumentHelp("The right side.", valueName: "b"), completion: .file())
    var right: String

    @OptionGroup(title: "Target of a lock, platform of an image") var target: TargetOptions

    @Flag(help: "Leave out the files that no package owns, and the configurations of images.")
    var packagesOnly = false

    @Option(
        help: ArgumentHelp(
            "The largest distance from the baseline that a column may have: psi=0.2 (default), js=BOUND, linf=BOUND; repeatable.",
            valueName: "measure=bound"))
    var drift: [DriftBounds] = []

    @Option(help: "The format of the result.")
    var format = ReportArgument<DifferenceReportFormats>(TextDifferenceReport.name, TextDifferenceReport.self)

    @OptionGroup(title: "Layer cache") var layers: CacheOptions

    @OptionGroup(title: "Limits") var limit: LimitOptions

    @OptionGroup var output: OutputOptions

    func result(progress: ProgressLine?) async throws -> CommandResult {
        try await SpooledSubjects([left, right], limit: limit.limits.totalBytes).run { names in
            try await result(names[0], names[1], progress)
        }
    }

    /// The report of more files that differ is written while it is made.
    private static let keptFiles = 10_000

    private static func pieces(
        of report: DifferenceReport, _ format: any DifferenceReportFormat.Type, _ style: TerminalStyle
    ) -> ResultPieces {
        { sink in format.write(report, style: style, to: sink) }
    }

    private func result(_ left: String, _ right: String, _ progress: ProgressLine?) async throws -> CommandResult {
        if let drift = try await DriftComparer(thresholds: drift.flatMap(\.thresholds)).compare(left, right) {
            guard let text = DriftReport.render(drift, format: format.name, style: output.style) else {
                throw ValidationError("--format \(format.name) is not one of a baseline's formats")
            }
            return CommandResult(text: text, status: drift.differs ? .found : drift.isDecided ? .success : .undecided)
        }
        if !drift.isEmpty { throw ValidationError("--drift compares with a baseline, and \(left) is not one") }
        var options = Differ.Options()
        options.target = target.selection
        options.comparesOnlyPackages = packagesOnly
        options.reading = limit.reading(progress)
        let cache = try layers.open()
        options.reading.layerCache = cache
        let difference = try await Differ(options: options).compare(left, right)
        var report = DifferenceReport(
            left: left, right: right, difference: difference.environment, notCompared: difference.notCompared,
            image: difference.image, gaps: GapPair(left: difference.leftGaps, right: difference.rightGaps))
        report.leftAbout = difference.leftAbout
        report.rightAbout = difference.rightAbout
        report.contractChanges = difference.contractChanges
        report.libraries = difference.libraries
        let isLong = difference.image.map { $0.files.count > Self.keptFiles } ?? false
        return CommandResult(
            text: isLong ? "" : format.format.render(report, style: output.style),
            pieces: isLong ? Self.pieces(of: report, format.format, output.style) : nil,
            diagnostics: difference.notes.map { "pinproof: " + $0 } + (cache?.diagnostics ?? []),
            status: !difference.isEmpty ? .found : difference.isDecided ? .success : .undecided)
    }
}

extension DifferenceError: CommandFailure {
    var usage: String? { nil }
}
