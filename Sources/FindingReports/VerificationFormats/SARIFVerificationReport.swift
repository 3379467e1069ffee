import EnvironmentInventory

/// SARIF 2.1.0 of a verification: the verdict where it is not a match, each package that differs, and the findings.
package enum SARIFVerificationReport: VerificationReportFormat {
    /// `sarif`.
    package static let name = "sarif"

    /// One run; the rules are those of `verify`.
    package static func render(_ verification: Verification, style: TerminalStyle) -> String {
        SARIFReport.render(
            CheckResult(
                require: .exact, findings: VerificationProblems.findings(verification), files: [], suppressed: 0,
                rules: VerificationProblems.rules + verification.context.rules), style: style)
    }
}
