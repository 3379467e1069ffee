import EnvironmentInventory

/// A format of the report of `preflight`: one file in `PreflightFormats/`, one line in the list.
package protocol PreflightReportFormat: Sendable {
    /// The name that `--format` takes.
    static var name: String { get }
    /// The whole report, ending with a line feed.
    static func render(_ result: PreflightResult, style: TerminalStyle) -> String
}

/// The list of all formats of the report of `preflight`.
package enum PreflightReportFormats {
    /// Every format, `text` first.
    package static let all: [any PreflightReportFormat.Type] = [
        TextPreflightReport.self,
        JSONPreflightReport.self,
        MarkdownPreflightReport.self,
        HTMLPreflightReport.self,
        SARIFPreflightReport.self,
        GitHubPreflightReport.self,
        JUnitPreflightReport.self,
    ]

    /// The format with a name, or nil.
    package static func named(_ name: String) -> (any PreflightReportFormat.Type)? { all.first { $0.name == name } }
}
