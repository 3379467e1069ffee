import EnvironmentInventory
import SourceDocuments

/// A part of a Dockerfile or script that could not be read, or that depends on what only the build knows.
package struct SyntaxGap: Sendable, Hashable {
    /// What was left out.
    package enum Kind: Sendable, Hashable {
        /// The text of an interpreter that is not read: PowerShell, `cmd`, `perl`.
        case interpreter
        /// A script whose text is made during the build: `eval "$X"`, `sh -c "$X"`, `decrypt x | sh`.
        case computedScript
        /// More commands, or deeper nesting, than are listed.
        case limit
    }
    /// What was left out.
    package let kind: Kind
    /// The text as written, shortened to one line.
    package let subject: String
    /// Why it could not be read, one sentence without a full stop.
    package let reason: String
    /// The byte offsets in the file that holds it.
    package let range: Range<Int>

    /// Returns the gap as the other readers report it.
    package func gap(in text: SourceText) -> Gap {
        Gap(
            subject, reason: reason,
            source: FileLocation(file: text.name, line: text.place(at: range.lowerBound).line))
    }

    /// The length of a subject, in characters.
    private static let maximumSubjectLength = 120

    init(_ kind: Kind, subject: String, reason: String, range: Range<Int>) {
        self.kind = kind
        let line = Self.firstLine(subject)
        self.subject =
            line.count > Self.maximumSubjectLength ? line.prefix(Self.maximumSubjectLength) + "..." : line
        self.reason = reason
        self.range = range
    }

    /// The first line that is not empty.
    private static func firstLine(_ text: String) -> String {
        let start = text.utf8.firstIndex { $0 != UInt8(ascii: "\n") } ?? text.endIndex
        let end = text.utf8[start...].firstIndex(of: UInt8(ascii: "\n")) ?? text.endIndex
        return String(text[start..<end])
    }
}
