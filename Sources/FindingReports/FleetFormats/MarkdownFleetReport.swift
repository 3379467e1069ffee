import EnvironmentInventory

/// The fleet as Markdown, for comments and job summaries.
package enum MarkdownFleetReport: FleetReportFormat {
    /// `markdown`.
    package static let name = "markdown"

    /// The sum, then the pairs.
    package static func render(_ report: FleetReport, style: TerminalStyle) -> String {
        var output = "### Pinproof: \(report.summary)\n"
        var room = MarkdownText.maximumCommentSize - output.utf8.count
        output += MarkdownText.table(
            "pair", ["Verdict", "Name", "Model", "Image", "Why"],
            report.rows.map { row in
                [row.word] + [row.name, row.model, row.image, row.reason].map { MarkdownText.cell($0) }
            }, room: &room)
        output += MarkdownText.table(
            "problem", ["Not read"], report.problems.map { [MarkdownText.cell($0)] }, room: &room)
        output += MarkdownText.table(
            "note", ["Without a model"], report.notes.map { [MarkdownText.cell($0)] }, room: &room)
        return output
    }
}
