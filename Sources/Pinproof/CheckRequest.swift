/// What `check` is asked to do; the strings are those of the command line.
public struct CheckRequest: Sendable {
    /// Files, folders, or `-` for standard input.
    public var paths: [String]
    /// The lowest pin strength that passes; nil for the configuration's, else `exact`.
    public var require: String?
    /// The severity that makes the exit status 1; nil for the configuration's, else `error`.
    public var failOn: String?
    /// Only these rules, each word one or several with commas.
    public var select: [String]
    /// Not these rules, likewise.
    public var ignore: [String]
    /// A baseline to leave out.
    public var baseline: String?
    /// Where to write a baseline.
    public var writeBaseline: String?
    /// The build context; nil for the Dockerfile's folder.
    public var context: String?
    /// `NAME=VALUE`.
    public var buildArguments: [String]
    /// `NAME=docker-image://REF`.
    public var buildContexts: [String]
    /// What standard input is called.
    public var stdinName: String
    /// The name of a report format.
    public var format: String
    /// Colours.
    public var style: TerminalStyle
    /// What mends findings before they are reported; nil leaves the files alone.
    public var fix: FixRequest?
    /// A public key, PEM, for the signatures of models.
    public var modelKey: String?

    /// Makes a request.
    public init(
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
