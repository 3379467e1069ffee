import SourceDocuments

/// A requirements file as the lines that pip takes for its requirements and options.
package enum RequirementStatements {
    /// One line without its comment, and the line of the file where it starts.
    package struct Line: Sendable, Hashable {
        /// What stands there, never empty.
        package let text: String
        /// The number of the line, the first being 1.
        package let line: Int
    }

    /// Returns the lines of a file that say something: joined over `\`, split where pip splits them.
    package static func lines(_ original: SourceText) throws(LockReadingError) -> [Line] {
        let (text, start) = try RequirementsEncoding.decoded(original)
        return RequirementsLines.split(text.bytes, from: start).compactMap { line in
            line.text.isEmpty ? nil : Line(text: line.string, line: text.place(at: line.start).line)
        }
    }

    /// Returns the lines of a requirement that stands inside of another document, which writes it into a file for pip.
    package static func lines(in written: String) -> [String] {
        RequirementsLines.split(Array(written.utf8), from: 0).compactMap { $0.text.isEmpty ? nil : $0.string }
    }
}
