import EnvironmentInventory

/// A format of the report of `verify`: one file in `VerificationFormats/`, one line in the list.
package protocol VerificationReportFormat: Sendable {
    /// The name that `--format` takes.
    static var name: String { get }
    /// The whole report, ending with a line feed.
    static func render(_ verification: Verification, style: TerminalStyle) -> String
}

/// The list of all formats of the report of `verify`.
package enum VerificationReportFormats {
    /// Every format, `text` first.
    package static let all: [any VerificationReportFormat.Type] = [
        TextVerificationReport.self,
        JSONVerificationReport.self,
        HTMLVerificationReport.self,
        MarkdownVerificationReport.self,
        JUnitVerificationReport.self,
        SARIFVerificationReport.self,
        GitHubVerificationReport.self,
    ]

    /// The format with a name, or nil.
    package static func named(_ name: String) -> (any VerificationReportFormat.Type)? { all.first { $0.name == name } }
}
