/// Markdown for a pull request's comment: a table, folded when it is long.
public enum MarkdownDifferenceReport: DifferenceReportFormat {
    /// `markdown`.
    public static let name = "markdown"

    private static let longestOpenTable = 20

    /// A heading that sums up, then one row a package.
    public static func render(_ report: DifferenceReport, style: TerminalStyle) -> String {
        let difference = report.difference
        let cell = MarkdownReport.cell
        var output = "### Lockstep diff: \(report.summary)\n\n"
        output += "left \(cell(report.left)), right \(cell(report.right))\n"
        for fact in difference.facts {
            output += "\n**\(fact.name)** differs: \(cell(fact.left)) → \(cell(fact.right))\n"
        }
        guard !difference.changes.isEmpty else { return output }
        let isLong = difference.changes.count > longestOpenTable
        if isLong { output += "\n<details><summary>\(plural(difference.changes.count, "package"))</summary>\n" }
        output += "\n| | Package | Left | Right |\n|---|---|---|---|\n"
        for change in difference.changes {
            output += "| \(change.kind.rawValue) | \(change.ecosystem.rawValue) \(cell(change.name)) "
            output += "| \(cell(change.cell(change.left))) | \(cell(change.cell(change.right))) |\n"
        }
        return output + (isLong ? "\n</details>\n" : "")
    }
}
