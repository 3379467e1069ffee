/// What `inspect` understood of a subject that is an environment.
public struct EnvironmentReport: Sendable {
    /// What the subject is.
    public let subject: SubjectDescription
    /// The environment that it holds.
    public let environment: Environment
    /// What a kind of subject adds to the JSON, a model's facts for example.
    public let additions: [JSONValue.Member]
    /// The same for a person: lines below the packages.
    public let remarks: [String]
    /// What an image or a folder has besides its packages; nil for everything else.
    public var system: SystemInventory?

    /// Makes a report.
    public init(
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
public protocol EnvironmentReportFormat: Sendable {
    /// The name that `--format` takes.
    static var name: String { get }
    /// The whole report, ending with a line feed.
    static func render(_ report: EnvironmentReport, style: TerminalStyle) -> String
}

/// The list of all formats of the report of `inspect` on an environment.
public enum EnvironmentReportFormats {
    /// Every format, `text` first.
    public static let all: [any EnvironmentReportFormat.Type] = [
        TextEnvironmentReport.self,
        JSONEnvironmentReport.self,
        CycloneDXEnvironmentReport.self,
    ]

    /// The format with a name, or nil.
    public static func named(_ name: String) -> (any EnvironmentReportFormat.Type)? { all.first { $0.name == name } }
}
