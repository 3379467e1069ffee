import EnvironmentInventory

/// The fleet for people: a line for each pair that does not match, and the sum.
package enum TextFleetReport: FleetReportFormat {
    /// `text`.
    package static let name = "text"

    /// Pairs that match are listed with `--verbose` only.
    package static func render(_ report: FleetReport, style: TerminalStyle) -> String {
        var output = ""
        for row in report.rows where row.verdict != .match || style.isVerbose {
            // A name with a line feed is no line of its own.
            output += shown("\(row.word): \(row.name): \(row.model) on \(row.image)") + "\n"
            for reason in row.reasons { output += "  \(shown(reason))\n" }
            let others = row.sameModels + row.sameImages
            if !others.isEmpty { output += "  the same: \(shown(others.joined(separator: ", ")))\n" }
        }
        for problem in report.problems { output += "unread: \(shown(problem))\n" }
        if style.isVerbose { for note in report.notes { output += "note: \(shown(note))\n" } }
        if !output.isEmpty { output += "\n" }
        let count = report.notes.count
        let notes = count == 0 ? "" : count == 1 ? "; 1 manifest names no model" : "; \(count) manifests name no model"
        return output + report.summary + notes + "\n"
    }
}
