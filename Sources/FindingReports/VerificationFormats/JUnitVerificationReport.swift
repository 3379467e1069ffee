import EnvironmentInventory

/// JUnit's XML of a verification: the verdict is one case, each package and each finding another.
package enum JUnitVerificationReport: VerificationReportFormat {
    /// `junit`.
    package static let name = "junit"

    private struct Case {
        let suite: String
        let name: String
        /// The type and the text of a failure; nil for a case that passes.
        var failure: (type: String, text: String)?
        /// What a case that passes says.
        var remark: String?
    }

    /// Whatever decides fails; what does not decide passes and is shown.
    package static func render(_ verification: Verification, style: TerminalStyle) -> String {
        let cases = cases(verification)
        let failures = cases.count { $0.failure != nil }
        var output = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        output += "<testsuites name=\"pinproof verify\" tests=\"\(cases.count)\" failures=\"\(failures)\">\n"
        for suite in ["verdict", "packages", "environment", "findings"] {
            let cases = cases.filter { $0.suite == suite }
            guard !cases.isEmpty else { continue }
            output += "  <testsuite name=\"\(suite)\" tests=\"\(cases.count)\" "
            output += "failures=\"\(cases.count { $0.failure != nil })\">\n"
            for item in cases { output += text(item) }
            output += "  </testsuite>\n"
        }
        return output + "</testsuites>\n"
    }

    private static func cases(_ verification: Verification) -> [Case] {
        let summary = VerificationSummary(verification)
        let remedy = VerificationRemedy(verification).map { "\n" + ($0.command ?? $0.words) } ?? ""
        let isMatch = verification.verdict == .match
        var cases = [
            Case(
                suite: "verdict", name: "verdict",
                failure: isMatch ? nil : (verification.verdict.rawValue, summary.text + remedy),
                remark: isMatch ? summary.text : nil)
        ]
        for item in verification.platforms {
            cases.append(
                Case(
                    suite: "verdict", name: item.platform,
                    failure: item.verdict == .match ? nil : (item.verdict.rawValue, item.verdict.rawValue)))
        }
        for item in verification.packages {
            var entry = Case(suite: "packages", name: item.training.name)
            if item.verdict != .match {
                let cause = VerificationCause(item, in: verification.context)
                let text = words(cause)
                if item.counts { entry.failure = (item.verdict.rawValue, text) } else { entry.remark = text }
            }
            cases.append(entry)
        }
        for fact in verification.facts {
            var entry = Case(suite: "environment", name: fact.name)
            if fact.verdict != .match {
                let text = words(VerificationCause(fact, in: verification.context))
                if fact.counts { entry.failure = (fact.verdict.rawValue, text) } else { entry.remark = text }
            }
            cases.append(entry)
        }
        for finding in verification.findings {
            let text = "\(finding.file): \(finding.message)" + (finding.help.map { "\n" + $0 } ?? "")
            var entry = Case(suite: "findings", name: "\(finding.rule) \(finding.file)")
            if finding.severity == .error, !isMatch { entry.failure = ("error", text) } else { entry.remark = text }
            cases.append(entry)
        }
        for (side, gap) in summary.gaps {
            var entry = Case(suite: "findings", name: "gap \(side) \(gap.subject)")
            if isMatch { entry.remark = gap.description } else { entry.failure = ("gap", gap.description) }
            cases.append(entry)
        }
        return cases
    }

    private static func words(_ cause: VerificationCause) -> String {
        let versions = cause.versions.map { "\($0.training) -> \($0.serving)" }
        let layer = cause.layer.map { "layer \($0.number)" + ($0.instruction.map { ": " + $0 } ?? "") }
        return ([versions] + cause.reasons.map { $0 } + [cause.help, layer]).compactMap { $0 }.joined(separator: "\n")
    }

    private static func text(_ item: Case) -> String {
        let escaped = JUnitReport.escaped
        let head = "    <testcase name=\"\(escaped(item.name))\" classname=\"pinproof.verify.\(item.suite)\""
        if let failure = item.failure {
            let message = failure.text.split(separator: "\n").first.map(String.init) ?? failure.type
            return "\(head)>\n      <failure type=\"\(escaped(failure.type))\" message=\"\(escaped(message))\">"
                + "\(escaped(failure.text))</failure>\n    </testcase>\n"
        }
        guard let remark = item.remark else { return head + "/>\n" }
        return "\(head)>\n      <system-out>\(escaped(remark))</system-out>\n    </testcase>\n"
    }
}
