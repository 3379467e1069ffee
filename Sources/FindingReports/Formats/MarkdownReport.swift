/// Markdown for a pull request's comment: a table, folded when it is long.
public enum MarkdownReport: CheckReportFormat {
    /// `markdown`.
    public static let name = "markdown"

    private static let longestOpenTable = 20

    /// A heading that sums up, then one row a finding.
    public static func render(_ result: CheckResult, style: TerminalStyle) -> String {
        let counts = [Severity.error, .warning, .note].filter { result.count($0) > 0 }
        let suppressed = result.suppressed == 0 ? "" : ", \(result.suppressed) suppressed"
        let files = plural(result.files.count, "file")
        guard !counts.isEmpty else {
            return "### Lockstep: nothing floats\n\n\(files) at strength \(result.require.rawValue)\(suppressed).\n"
        }
        let summary = counts.map { plural(result.count($0), $0.rawValue) }.joined(separator: ", ")
        var output = "### Lockstep: \(summary)\n\n\(files) at strength \(result.require.rawValue)\(suppressed).\n\n"
        let isLong = result.findings.count > longestOpenTable
        if isLong { output += "<details><summary>\(plural(result.findings.count, "finding"))</summary>\n\n" }
        output += "| | Place | Finding | Mend |\n|---|---|---|---|\n"
        for finding in result.findings {
            let place = finding.file + (finding.range.map { ":\($0.start.line)" } ?? "")
            output += "| \(finding.severity.rawValue) | \(code(place)) | \(cell(finding.message)) (`\(finding.rule)`) "
            output += "| \(cell(finding.help ?? "")) |\n"
        }
        if isLong { output += "\n</details>\n" }
        return output
    }

    /// Text inside of a table's cell: nothing in it can end the cell, start a tag or a link.
    static func cell(_ text: String) -> String {
        var output = ""
        for scalar in shown(text).unicodeScalars {
            switch scalar {
            case "|", "\\", "`", "*", "_", "[", "]", "<", ">", "#", "@", "~", "!": output += "\\\(scalar)"
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output
    }

    private static func code(_ text: String) -> String { "`" + shown(text).filter { $0 != "`" && $0 != "|" } + "`" }
}
