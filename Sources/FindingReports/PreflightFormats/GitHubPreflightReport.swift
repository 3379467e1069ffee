import EnvironmentInventory

/// Workflow commands of the five answers: one for each question that is required and not answered, one a finding.
package enum GitHubPreflightReport: PreflightReportFormat {
    /// `github`.
    package static let name = "github"

    /// The verdict first; a finding that has a file and a line of its own names them.
    package static func render(_ result: PreflightResult, style: TerminalStyle) -> String {
        let page = PreflightPage(result)
        let words = "\(page.model) -> \(page.image): \(page.verdict.words)"
        var output = GitHubReport.command(page.verdict == .ready ? .note : .error, title: page.verdict.words, words)
        for row in page.rows where row.answer != .answered {
            let text = "\(row.word): \(row.summary)" + (row.remedy.map { "\n" + $0 } ?? "")
            output += GitHubReport.command(row.isRequired ? .error : .note, title: row.title, text)
        }
        let result = CheckResult(
            require: .exact, findings: result.findings, files: [], suppressed: 0, rules: [])
        return output + GitHubReport.render(result, style: style)
    }
}
