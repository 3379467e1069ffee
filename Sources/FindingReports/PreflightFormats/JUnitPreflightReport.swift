import EnvironmentInventory

/// JUnit's XML of the five answers: each question is one case, each finding another.
package enum JUnitPreflightReport: PreflightReportFormat {
    /// `junit`.
    package static let name = "junit"

    /// A required question that is not answered fails, and so does each error of one; the rest passes and is shown.
    package static func render(_ result: PreflightResult, style: TerminalStyle) -> String {
        let page = PreflightPage(result)
        var suites: [(name: String, cases: [String], failures: Int)] = []
        var cases: [String] = []
        var failures = 0
        for row in page.rows {
            let text = "\(row.word): \(row.summary)" + (row.remedy.map { "\n" + $0 } ?? "")
            let fails = row.isRequired && row.answer != .answered
            failures += fails ? 1 : 0
            cases.append(item("questions", row.title, text, failure: fails ? row.answer.rawValue : nil))
        }
        suites.append(("questions", cases, failures))
        cases = []
        failures = 0
        for answer in result.questions {
            let isRequired = result.required.contains(answer.question)
            for finding in answer.findings {
                let fails = isRequired && finding.severity == .error
                failures += fails ? 1 : 0
                let place = finding.file + (finding.range.map { ":\($0.start.line)" } ?? "")
                let text = "\(place): \(finding.message)" + (finding.help.map { "\n" + $0 } ?? "")
                cases.append(
                    item("findings", "\(finding.rule) \(place)", text, failure: fails ? finding.severity.rawValue : nil)
                )
            }
        }
        if !cases.isEmpty { suites.append(("findings", cases, failures)) }
        let all = suites.reduce(0) { $0 + $1.cases.count }
        let failing = suites.reduce(0) { $0 + $1.failures }
        var output = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        output += "<testsuites name=\"pinproof preflight\" tests=\"\(all)\" failures=\"\(failing)\">\n"
        for suite in suites {
            output +=
                "  <testsuite name=\"\(suite.name)\" tests=\"\(suite.cases.count)\" failures=\"\(suite.failures)\">\n"
            output += suite.cases.joined() + "  </testsuite>\n"
        }
        return output + "</testsuites>\n"
    }

    private static func item(_ suite: String, _ name: String, _ text: String, failure: String?) -> String {
        let escaped = JUnitReport.escaped
        let head = "    <testcase name=\"\(escaped(name))\" classname=\"pinproof.preflight.\(suite)\""
        guard let failure else {
            return "\(head)>\n      <system-out>\(escaped(text))</system-out>\n    </testcase>\n"
        }
        let first = text.split(separator: "\n").first.map(String.init) ?? failure
        return "\(head)>\n      <failure type=\"\(escaped(failure))\" message=\"\(escaped(first))\">\(escaped(text))"
            + "</failure>\n    </testcase>\n"
    }
}
