import EnvironmentInventory
import SourceDocuments

/// GitLab's code quality report
/// (https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format).
package enum GitLabReport: CheckReportFormat {
    /// `gitlab`.
    package static let name = "gitlab"

    /// A list with one object a finding.
    package static func render(_ result: CheckResult, style: TerminalStyle) -> String {
        var fingerprints = FingerprintCounter()
        let issues = result.findings.map { finding in
            JSONValue.members([
                "description": .string(finding.messageWithUsers),
                "check_name": .string(finding.rule),
                "fingerprint": .string(fingerprints.next(for: finding, in: result.texts[finding.file])),
                "severity": .string(severity(finding.severity)),
                "location": .members([
                    "path": .string(finding.file.hasPrefix("./") ? String(finding.file.dropFirst(2)) : finding.file),
                    "lines": .members(["begin": .integer(finding.shownRange.start.line)]),
                ]),
            ])
        }
        return JSONValue.array(issues).document()
    }

    private static func severity(_ severity: Severity) -> String {
        switch severity {
        case .error: "major"
        case .warning: "minor"
        case .note: "info"
        }
    }
}
