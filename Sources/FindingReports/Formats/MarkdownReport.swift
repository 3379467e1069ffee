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
                [
                    finding.severity.rawValue, place(finding, style),
                    "\(MarkdownText.cell(finding.messageWithUsers)) (`\(finding.rule)`)",
                    MarkdownText.cell(finding.help ?? ""),
                ]
            }, room: &room)
        if style.showsStatistics {
            output += MarkdownText.table(
                "rule", ["Rule", "Findings"], result.countsByRule.map { ["`\($0.rule)`", String($0.count)] },
                room: &room)
        }
        return output
    }

    /// The file and line, as a link where the base of links is known.
    private static func place(_ finding: Finding, _ style: TerminalStyle) -> String {
        let line = finding.range?.start.line
        let text = MarkdownText.code(finding.file + (line.map { ":\($0)" } ?? ""))
        guard let base = style.linkBase, finding.file.utf8.first != UInt8(ascii: "/"), !finding.file.hasPrefix("../")
        else { return text }
        let path = SARIFReport.percentEncodedPath(finding.file)
        return "[\(text)](\(base.hasSuffix("/") ? base : base + "/")\(path)\(line.map { "#L\($0)" } ?? ""))"
    }
}
