import EnvironmentInventory
import SourceDocuments

/// A format of the report of `check`: one file in `Formats/`, one line in ``CheckReportFormats``.
package protocol CheckReportFormat: Sendable {
    /// The name that `--format` takes.
    static var name: String { get }
    /// The whole report, ending with a line feed.
    static func render(_ result: CheckResult, style: TerminalStyle) -> String
}

/// The list of all formats of the report of `check`.
package enum CheckReportFormats {
    /// Every format, `text` first.
    package static let all: [any CheckReportFormat.Type] = [
        TextReport.self,
        JSONReport.self,
        SARIFReport.self,
        GitHubReport.self,
        GitLabReport.self,
        JUnitReport.self,
        MarkdownReport.self,
    ]

    /// The format with a name, or nil.
    package static func named(_ name: String) -> (any CheckReportFormat.Type)? { all.first { $0.name == name } }
}

extension Finding {
    /// The range; the start of the file for a finding about the whole file.
    var shownRange: SourceRange {
        range ?? SourceRange(start: SourcePosition(line: 1, column: 1), end: SourcePosition(line: 1, column: 1))
    }
}
