/// What a path of the build context holds.
public enum ContextFile: Sendable {
    /// A text; its name is how a finding names the file.
    case text(SourceText)
    case missing
    /// It is there and cannot be read, and why.
    case unreadable(String)
}

/// The files that a Dockerfile can copy; who opens them is not this room's business.
public struct BuildContext: Sendable {
    /// Gives the file at a path below the context's root.
    public let file: @Sendable (String) -> ContextFile

    /// Makes a context.
    public init(file: @escaping @Sendable (String) -> ContextFile) { self.file = file }
}

/// What `check` found in one file, and in those that it led to.
public struct FileFindings: Sendable {
    /// The findings, pragmas already applied.
    public var findings: [Finding] = []
    /// The findings that pragmas took away.
    public var suppressed: [Finding] = []
    /// Every file that was read, with its text.
    public var files: [(file: CheckResult.File, text: SourceText)] = []

    /// What a requirements file asks for, to hold it against the other files of its folder.
    public var requirements: [LockRequirement] = []

    /// Makes an empty value.
    public init() {}

    mutating func merge(_ other: FileFindings) {
        findings += other.findings
        suppressed += other.suppressed
        files += other.files
    }
}
