import EnvironmentInventory

/// SARIF 2.1.0 of the five answers: each question that is required and not answered, and the findings.
package enum SARIFPreflightReport: PreflightReportFormat {
    /// `sarif`.
    package static let name = "sarif"

    /// One run; the rules are those of `preflight` whose findings it has, and one a question.
    package static func render(_ result: PreflightResult, style: TerminalStyle) -> String {
        let page = PreflightPage(result)
        var findings = result.findings
        var rules = result.rules
        for row in page.rows where row.answer != .answered && row.isRequired {
            let name = "question-\(row.question.rawValue)"
            rules.append(
                Rule(
                    name: name, summary: "\(row.question.sentence) The question is not answered.",
                    why: "A question that is open before a deployment has to be answered during an outage.",
                    help: "pinproof preflight --help lists what answers it."))
            findings.append(
                Finding(
                    rule: name, severity: .error, file: result.model.name, range: nil,
                    message: "\(row.question.sentence) \(row.word): \(row.summary)", help: row.remedy, ecosystem: .model
                ))
        }
        return SARIFReport.render(
            CheckResult(require: .exact, findings: findings, files: [], suppressed: 0, rules: rules), style: style)
    }
}
