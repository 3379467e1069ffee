import ArgumentParser
import EnvironmentInventory
import FindingReports
import Pinproof

/// A list of report formats, which `--format` takes by their names.
protocol ReportFormatList {
    /// A format of the list.
    associatedtype Format: Sendable
    /// Every format with its name, in the order in which help shows them.
    static var named: [(name: String, format: Format)] { get }
}

/// The value of `--format`: a member of a list.
struct ReportArgument<List: ReportFormatList>: ExpressibleByArgument, Sendable {
    /// The name in the list.
    let name: String
    /// The format.
    let format: List.Format

    /// Creates the default value of an option.
    init(_ name: String, _ format: List.Format) {
        self.name = name
        self.format = format
    }

    init?(argument: String) {
        guard let found = List.named.first(where: { $0.name == argument }) else { return nil }
        name = found.name
        format = found.format
    }

    static var allValueStrings: [String] { List.named.map(\.name) }
    var defaultValueDescription: String { name }
}

extension CheckReportFormats: ReportFormatList {
    static var named: [(name: String, format: any CheckReportFormat.Type)] { all.map { ($0.name, $0) } }
}

extension EnvironmentReportFormats: ReportFormatList {
    static var named: [(name: String, format: any EnvironmentReportFormat.Type)] { all.map { ($0.name, $0) } }
}

extension DifferenceReportFormats: ReportFormatList {
    static var named: [(name: String, format: any DifferenceReportFormat.Type)] { all.map { ($0.name, $0) } }
}

extension VerificationReportFormats: ReportFormatList {
    static var named: [(name: String, format: any VerificationReportFormat.Type)] { all.map { ($0.name, $0) } }
}

extension TargetPlatform: ExpressibleByArgument {}

extension PythonRelease: ExpressibleByArgument {
    /// Parses the value of an option.
    public init?(argument: String) { self.init(argument) }
}

extension CLibrary: ExpressibleByArgument {
    /// Parses the value of an option.
    public init?(argument: String) { self.init(argument) }
}
