import EnvironmentInventory

/// The fleet for people: a line for each pair that does not match, and the sum.
package enum TextFleetReport: FleetReportFormat {
    /// `text`.
    package static let name = "text"

    /// Pairs that match are listed with `--verbose` only.
    package static func render(_ report: FleetReport, style: TerminalStyle) -> String {
        var output = ""
        for row in report.rows where row.verdict != .match || style.isVerbose {
            output += "\(row.word): \(row.name): \(row.model) on \(row.image)\n"
            for reason in row.reasons { output += "  \(reason)\n" }
            let others = row.sameModels + row.sameImages
            if !others.isEmpty { output += "  the same: \(others.joined(separator: ", "))\n" }
        }
        for problem in report.problems { output += "unread: \(problem)\n" }
        if style.isVerbose { for note in report.notes { output += "note: \(note)\n" } }
        if !output.isEmpty { output += "\n" }
        let notes = report.notes.isEmpty ? "" : "; \(report.notes.count) manifests name no model"
        return shown(output + report.summary + notes, keepsLines: true) + "\n"
    }
}
