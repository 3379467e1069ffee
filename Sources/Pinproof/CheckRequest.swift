import DockerfileSyntax
import EnvironmentInventory
import FindingReports

/// What `check` is asked to do; the strings are those of the command line.
package struct CheckRequest: Sendable {
    /// Files, folders, or `-` for standard input.
    package var paths: [String]
    /// The lowest pin strength that passes; nil for the configuration's, else `exact`.
    package var require: String?
    /// The severity that makes the exit status 1; nil for the configuration's, else `error`.
    package var failOn: String?
    /// Only these rules, each word one or several with commas.
    package var select: [String]
    /// Not these rules, likewise.
    package var ignore: [String]
    /// A baseline to leave out.
    package var baseline: String?
    /// Where to write a baseline.
    package var writeBaseline: String?
    /// The build context; nil for the Dockerfile's folder.
    package var context: String?
    /// `NAME=VALUE`.
    package var buildArguments: [String]
    /// `NAME=docker-image://REF`.
    package var buildContexts: [String]
    /// What standard input is called.
    package var stdinName: String
    /// The name of a report format.
    package var format: String
    /// Colours.
    package var style: TerminalStyle
    /// What mends findings before they are reported; nil leaves the files alone.
    package var fix: FixRequest?
    /// A public key, PEM, for the signatures of models.
    package var modelKey: String?

    /// Makes a request.
    package init(
        paths: [String], require: String? = nil, failOn: String? = nil, select: [String] = [], ignore: [String] = [],
        baseline: String? = nil, writeBaseline: String? = nil, context: String? = nil, buildArguments: [String] = [],
        buildContexts: [String] = [], stdinName: String = "Dockerfile", format: String = "text",
        style: TerminalStyle = .plain
    ) {
        self.paths = paths
        self.require = require
        self.failOn = failOn
        self.select = select
        self.ignore = ignore
        self.baseline = baseline
        self.writeBaseline = writeBaseline
        self.context = context
        self.buildArguments = buildArguments
        self.buildContexts = buildContexts
        self.stdinName = stdinName
        self.format = format
        self.style = style
    }
}

/// From which severity on `check` ends with status 1.
enum FailureThreshold: Sendable {
    case at(Severity)
    case never

    init(_ text: String) throws(CommandError) {
        if text == "never" {
            self = .never
        } else if let severity = Severity(rawValue: text) {
            self = .at(severity)
        } else {
            throw CommandError("--fail-on takes error, warning, note or never, not '\(text)'", kind: .usage)
        }
    }

    func isReached(by findings: [Finding]) -> Bool {
        switch self {
        case .never: false
        case .at(let severity): findings.contains { $0.severity >= severity }
        }
    }
}
