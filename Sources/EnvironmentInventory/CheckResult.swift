import SourceDocuments

/// What `check` found in the files that it read.
public struct CheckResult: Sendable {
    /// One file that was checked.
    public struct File: Sendable, Hashable {
        /// The file, named as the path was given.
        public let path: String
        /// What it is: `dockerfile`, `requirements.txt`, `uv.lock`.
        public let kind: String
        /// The directory that a Dockerfile's COPY instructions read from; nil for every other file.
        package let context: String?

        /// Creates an entry.
        package init(path: String, kind: String, context: String? = nil) {
            self.path = path
            self.kind = kind
            self.context = context
        }
    }

    /// The pin strength that was required.
    public let require: PinStrength
    /// The findings, in the order of ``Finding/inOrder(_:_:)``.
    public let findings: [Finding]
    /// The files that were read, by path.
    public let files: [File]
    /// How many findings a pragma, the configuration or a baseline took away.
    public let suppressed: Int
    /// The rules that could have fired, for formats that carry their texts.
    package let rules: [Rule]
    /// The texts of the files by path, for formats that show the line.
    package let texts: [String: SourceText]

    /// What could not be read, a sentence each.
    public var failures: [String] = []
    /// The threshold from which on findings fail the check.
    public var threshold = FailureThreshold.error
    /// Whether a finding reaches the threshold of its file.
    package var isFailing = false
    /// The findings before those of a baseline were left out.
    package var beforeBaseline: [Finding] = []

    /// Creates a result; findings and files are put into their order.
    package init(
        require: PinStrength, findings: [Finding], files: [File], suppressed: Int, rules: [Rule] = [],
        texts: [String: SourceText] = [:]
    ) {
        self.require = require
        self.findings = Finding.sorted(findings)
        self.files = files.sorted { ($0.path, $0.kind, $0.context ?? "") < ($1.path, $1.kind, $1.context ?? "") }
        self.suppressed = suppressed
        self.rules = rules
        self.texts = texts
    }

    /// The number of commands and scripts that could not be read (rule `unread-command`).
    public var unread: Int { findings.count { $0.rule == Self.unreadRule } }

    /// The build contexts of Dockerfiles, by path.
    package var contexts: [String: String] {
        Dictionary(files.compactMap { file in file.context.map { (file.path, $0) } }) { first, _ in first }
    }

    /// The rules whose findings `check --fix` can pin without a choice.
    private static let fixableRules: Set<String> = [
        "floating-image", "image-without-digest", "unverified-download", "floating-git-checkout", "floating-action",
    ]

    /// How many findings `check --fix` can pin, if it may ask registries and servers.
    package var fixable: Int {
        findings.count { finding in
            Self.fixableRules.contains(finding.rule) && finding.severity == .error && finding.strength != .unknown
                && finding.usedBy.isEmpty
        }
    }

    /// The number of findings of each rule, the most frequent first.
    package var countsByRule: [(rule: String, count: Int)] {
        Dictionary(grouping: findings, by: \.rule).map { ($0.key, $0.value.count) }
            .sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    }

    /// The rule that reports what was not read.
    package static let unreadRule = "unread-command"

    /// How many findings have a severity.
    package func count(_ severity: Severity) -> Int { findings.count { $0.severity == severity } }
}
