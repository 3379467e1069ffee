import ArgumentParser
import DataProfiles
import EnvironmentInventory
import Pinproof

struct ProfileCommand: ResultCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile", _superCommandName: pinproofName,
        abstract: "Creates a baseline of the rows of a file: the distribution of each column.",
        discussion: """
            FILE is CSV with a header, or JSON lines. The baseline is DatasetFeatureStatisticsList of TensorFlow Data \
            Validation as JSON. Exit status 2 when a row or a value cannot be read.
            """, version: pinproofVersion)

    static let examples = [
        CommandExample(
            "Compare today's predictions with those of yesterday",
            "pinproof profile yesterday.csv -o baseline.json && pinproof diff baseline.json today.csv"),
        CommandExample(
            "Record the predictions of a model",
            "pinproof profile predictions.csv --of model.tar.gz -o baseline.json"),
    ]

    @Argument(help: ArgumentHelp("The rows: CSV or JSON lines.", valueName: "file"), completion: .file())
    var file: String

    @Option(
        help: ArgumentHelp("The model that produced the rows; the baseline records its digest.", valueName: "model"),
        completion: .file())
    var of: String?

    @OptionGroup(title: "Limits") var limit: LimitOptions

    @OptionGroup var output: OutputOptions

    func result(progress: ProgressLine?) async throws -> CommandResult {
        var options = Profiler.Options()
        options.model = of
        options.reading = limit.reading(progress)
        return try await SpooledSubjects([file], limit: limit.limits.totalBytes).run { names in
            let profile = try await Profiler(options: options).profile(
                names[0], name: file == "-" ? "standard input" : nil)
            return CommandResult(
                text: BaselineWriter.json(profile.baseline).document(),
                diagnostics: (profile.unread + profile.notes).map { "pinproof: " + $0 },
                status: profile.unread.isEmpty ? .success : .undecided)
        }
    }
}

extension ProfileError: CommandFailure {
    var usage: String? { nil }
}

/// The value of `--drift`: `psi=0.2`, or several of them separated by commas.
struct DriftBounds: ExpressibleByArgument, Sendable {
    /// The bounds.
    let thresholds: [DataDrift.Threshold]

    init?(argument: String) {
        var thresholds: [DataDrift.Threshold] = []
        for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
            let words = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard words.count == 2, let measure = DataDrift.Measure(rawValue: String(words[0])),
                let value = Double(words[1]), value.isFinite, value >= 0
            else { return nil }
            thresholds.append(DataDrift.Threshold(measure, value))
        }
        self.thresholds = thresholds
    }

    static var allValueStrings: [String] { DataDrift.Measure.allCases.map { "\($0.rawValue)=BOUND" } }
    static var defaultCompletionKind: CompletionKind { .list(DataDrift.Measure.allCases.map { $0.rawValue + "=" }) }
}
