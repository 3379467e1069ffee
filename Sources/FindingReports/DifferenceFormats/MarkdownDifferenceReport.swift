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
        output += table(
            "package",
            difference.changes.map {
                ($0.kind, "\($0.ecosystem.rawValue) \(cell($0.name))", $0.cell($0.left), $0.cell($0.right))
            })
        if let image = report.image {
            let files = image.files.prefix(longestTable)
            output += table("file", files.map { ($0.kind, cell($0.title), $0.cell($0.left), $0.cell($0.right)) })
            if image.files.count > files.count {
                output += "\nand \(plural(image.files.count - files.count, "file")) more\n"
            }
            output += table(
                "setting", image.configuration.map { ($0.kind, cell($0.title), $0.left ?? "", $0.right ?? "") })
        }
        return output
    }

    /// A comment on a pull request holds 65,536 characters.
    private static let longestTable = 200

    private static func table(
        _ what: String, _ rows: [(EnvironmentDifference.Kind, String, String, String)]
    ) -> String {
        guard !rows.isEmpty else { return "" }
        var output = ""
        let isLong = rows.count > longestOpenTable
        if isLong { output += "\n<details><summary>\(plural(rows.count, what))</summary>\n" }
        output += "\n| | \(what.prefix(1).uppercased() + what.dropFirst()) | Left | Right |\n|---|---|---|---|\n"
        for (kind, name, left, right) in rows {
            output += "| \(kind.rawValue) | \(name) | \(MarkdownReport.cell(left)) | \(MarkdownReport.cell(right)) |\n"
        }
        return output + (isLong ? "\n</details>\n" : "")
    }
}
