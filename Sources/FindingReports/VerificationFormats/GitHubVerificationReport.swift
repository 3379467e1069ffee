import EnvironmentInventory

/// Workflow commands of a verification: the verdict as one annotation, then one for each thing that differs.
package enum GitHubVerificationReport: VerificationReportFormat {
    /// `github`.
    package static let name = "github"

    /// What lies in an image has no line in the repository, so that the commands name none.
    package static func render(_ verification: Verification, style: TerminalStyle) -> String {
        let summary = VerificationSummary(verification)
        var output = ""
        if verification.verdict == .match { output += GitHubReport.command(.note, title: "match", summary.text) }
        for finding in VerificationProblems.findings(verification) {
            let text = finding.message + (finding.help.map { "\n" + $0 } ?? "")
            output += GitHubReport.command(finding.severity, title: finding.rule, text)
        }
        return output
    }
}
