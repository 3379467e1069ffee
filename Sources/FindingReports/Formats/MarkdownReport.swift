import EnvironmentInventory

/// Markdown for a pull request's comment: a table, folded when it is long, within what a comment holds.
package enum MarkdownReport: CheckReportFormat {
    /// `markdown`.
    package static let name = "markdown"

    /// A heading that sums up, then one row a finding.
    package static func render(_ result: CheckResult, style: TerminalStyle) -> String {
        let counts = [Severity.error, .warning, .note].filter { result.count($0) > 0 }
        let suppressed = result.suppressed == 0 ? "" : ", \(result.suppressed) suppressed"
        let files = plural(result.files.count, "file")
        guard !counts.isEmpty else {
            return "### Pinproof: nothing floats\n\n\(files) at strength \(result.require.rawValue)\(suppressed).\n"
        }
        let summary = counts.map { plural(result.count($0), $0.rawValue) }.joined(separator: ", ")
        var output = "### Pinproof: \(summary)\n\n\(files) at strength \(result.require.rawValue)\(suppressed).\n"
        var room = MarkdownText.maximumCommentSize - output.utf8.count
        output += MarkdownText.table(
            "finding", ["", "Position", "Finding", "Fix"],
            result.findings.map { finding in
                let place = finding.file + (finding.range.map { ":\($0.start.line)" } ?? "")
                return [
                    finding.severity.rawValue, MarkdownText.code(place),
                    "\(MarkdownText.cell(finding.messageWithUsers)) (`\(finding.rule)`)",
                    MarkdownText.cell(finding.help ?? ""),
                ]
            }, room: &room)
        return output
    }
}
