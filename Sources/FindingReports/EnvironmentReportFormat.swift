import EnvironmentInventory
import SourceDocuments

/// What `inspect` understood of a subject that is an environment.
package struct EnvironmentReport: Sendable {
    /// What the subject is.
    package let subject: SubjectDescription
    /// The environment that it holds.
    package let environment: Environment
    /// What a kind of subject adds to the JSON, a model's facts for example.
    package let additions: [JSONValue.Member]
    /// The same for a person: lines below the packages.
    package let remarks: [String]
    /// The files of a model with the sha256 of each; empty for every other subject.
    package var modelFiles: [(path: String, sha256: SHA256Value)] = []
    /// The system inventory of an image or a directory; nil for every other subject.
    package var system: SystemInventory?

    /// Creates a report.
    package init(
        subject: SubjectDescription, environment: Environment, additions: [JSONValue.Member] = [],
        remarks: [String] = []
    ) {
        self.subject = subject
        self.environment = environment
        self.additions = additions
        self.remarks = remarks
    }
}

/// A format of the report of `inspect` on an environment: one file in `EnvironmentFormats/`, one line in the list.
package protocol EnvironmentReportFormat: Sendable {
    /// The name that `--format` takes.
    static var name: String { get }
    /// The whole report, ending with a line feed.
    static func render(_ report: EnvironmentReport, style: TerminalStyle) -> String
}

/// The list of all formats of the report of `inspect` on an environment.
package enum EnvironmentReportFormats {
    /// Every format, `text` first.
    package static let all: [any EnvironmentReportFormat.Type] = [
        TextEnvironmentReport.self,
        JSONEnvironmentReport.self,
        CycloneDXEnvironmentReport.self,
    ]

    /// The format with a name, or nil.
    package static func named(_ name: String) -> (any EnvironmentReportFormat.Type)? { all.first { $0.name == name } }
}
