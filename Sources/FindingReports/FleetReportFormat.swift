import EnvironmentInventory

/// A format of the report of `fleet report`: one file in `FleetFormats/`, one line in the list.
package protocol FleetReportFormat: Sendable {
    /// The name that `--format` takes.
    static var name: String { get }
    /// The whole report, ending with a line feed.
    static func render(_ report: FleetReport, style: TerminalStyle) -> String
}

/// The list of all formats of the report of `fleet report`.
package enum FleetReportFormats {
    /// Every format, `text` first.
    package static let all: [any FleetReportFormat.Type] = [
        TextFleetReport.self,
        JSONFleetReport.self,
        MarkdownFleetReport.self,
        HTMLFleetReport.self,
        JUnitFleetReport.self,
        SARIFFleetReport.self,
    ]
}
