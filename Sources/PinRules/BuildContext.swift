import EnvironmentInventory
import LockFormats
import SourceDocuments

/// What a path of the build context holds.
package enum ContextFile: Sendable {
    /// A text; its name is how a finding names the file.
    case text(SourceText)
    case missing
    /// It is there and cannot be read, and why.
    case unreadable(String)
}

/// The files that a Dockerfile can copy; who opens them is not this room's business.
package struct BuildContext: Sendable {
    /// Gives the file at a path below the context's root.
    package let file: @Sendable (String) -> ContextFile

    /// Makes a context.
    package init(file: @escaping @Sendable (String) -> ContextFile) { self.file = file }
}

/// What `check` found in one file, and in those that it led to.
package struct FileFindings: Sendable {
    /// The findings, pragmas already applied.
    package var findings: [Finding] = []
    /// The findings that pragmas took away.
    package var suppressed: [Finding] = []
    /// Every file that was read, with its text.
    package var files: [(file: CheckResult.File, text: SourceText)] = []

    /// What a requirements file asks for, to hold it against the other files of its folder.
    package var requirements: [LockRequirement] = []

    /// Makes an empty value.
    package init() {}

    mutating func merge(_ other: FileFindings) {
        findings += other.findings
        suppressed += other.suppressed
        files += other.files
    }
}
