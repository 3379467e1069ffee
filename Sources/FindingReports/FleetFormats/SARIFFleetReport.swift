import EnvironmentInventory

/// SARIF 2.1.0 of a fleet: a result for each pair that does not match.
package enum SARIFFleetReport: FleetReportFormat {
    /// `sarif`.
    package static let name = "sarif"

    private static let notRecorded = Rule(
        name: "not-recorded", summary: "A pair of the plan has no recorded verdict.",
        why: "What was not verified is never a match.", help: "Run pinproof fleet verify for every shard.")

    /// The rules are those of `verify`, and one for pairs that were not verified.
    package static func render(_ report: FleetReport, style: TerminalStyle) -> String {
        var findings: [Finding] = []
        for row in report.rows where row.verdict != .match {
            let rule: String
            switch row.verdict {
            case .mismatch: rule = "refused"
            case .notProvable: rule = "not-provable"
            case .match, nil: rule = notRecorded.name
            }
            let reason = row.reasons.isEmpty ? "" : ": \(row.reason)"
            findings.append(
                Finding(
                    rule: rule, severity: .error, file: row.image, range: nil,
                    message: "\(row.name): \(row.model)\(reason)"))
        }
        for problem in report.problems {
            findings.append(
                Finding(rule: "not-provable", severity: .error, file: "plan", range: nil, message: problem))
        }
        return SARIFReport.render(
            CheckResult(
                require: .exact, findings: findings, files: [], suppressed: 0,
                rules: VerificationProblems.rules + [notRecorded]), style: style)
    }
}
