import EnvironmentInventory

/// JUnit's XML of a fleet: a case a pair.
package enum JUnitFleetReport: FleetReportFormat {
    /// `junit`.
    package static let name = "junit"

    /// Whatever does not match fails.
    package static func render(_ report: FleetReport, style: TerminalStyle) -> String {
        let escaped = JUnitReport.escaped
        var cases = report.rows.map { row in
            (name: "\(row.name): \(row.model) on \(row.image)", word: row.word, reason: row.reason)
        }
        cases += report.problems.map { (name: $0, word: "unread", reason: $0) }
        let failures = cases.count { $0.word != "match" }
        var output = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        output += "<testsuites name=\"pinproof fleet\" tests=\"\(cases.count)\" failures=\"\(failures)\">\n"
        output += "  <testsuite name=\"pairs\" tests=\"\(cases.count)\" failures=\"\(failures)\">\n"
        for item in cases {
            let head = "    <testcase name=\"\(escaped(item.name))\" classname=\"pinproof.fleet\""
            output +=
                item.word == "match"
                ? head + "/>\n"
                : "\(head)>\n      <failure type=\"\(item.word)\" message=\"\(escaped(item.reason))\"/>\n    </testcase>\n"
        }
        return output + "  </testsuite>\n</testsuites>\n"
    }
}
