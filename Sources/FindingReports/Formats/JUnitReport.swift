import EnvironmentInventory

/// JUnit's XML, which most CI servers show as a list of tests: one suite a file, one failing case a finding.
///
/// The schema is the one that Jenkins reads
/// (https://github.com/jenkinsci/xunit-plugin/blob/master/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd).
package enum JUnitReport: CheckReportFormat {
    /// `junit`.
    package static let name = "junit"

    /// A file without a finding is one case that passes; notes are shown and pass.
    package static func render(_ result: CheckResult, style: TerminalStyle) -> String {
        let byFile = Dictionary(grouping: result.findings, by: \.file)
        let files = Set(result.files.map(\.path)).union(byFile.keys).sorted()
        let failures = result.findings.count { $0.severity > .note }
        let cases = files.reduce(0) { $0 + max(1, byFile[$1]?.count ?? 0) }
        var output = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        output += "<testsuites name=\"pinproof check\" tests=\"\(cases)\" failures=\"\(failures)\">\n"
        for file in files {
            let findings = byFile[file] ?? []
            output += "  <testsuite name=\"\(escaped(file))\" tests=\"\(max(1, findings.count))\" "
            output += "failures=\"\(findings.count { $0.severity > .note })\">\n"
            if findings.isEmpty {
                output += "    <testcase name=\"pinned\" classname=\"\(escaped(file))\"/>\n"
            }
            for finding in findings { output += testCase(finding) }
            output += "  </testsuite>\n"
        }
        return output + "</testsuites>\n"
    }

    private static func testCase(_ finding: Finding) -> String {
        let place = finding.range.map { ":\($0.start.line):\($0.start.column)" } ?? ""
        let name = "\(finding.rule) \(finding.file)\(place)"
        let text = "\(finding.file)\(place): \(finding.messageWithUsers)" + (finding.help.map { "\n" + $0 } ?? "")
        var output = "    <testcase name=\"\(escaped(name))\" classname=\"\(escaped(finding.file))\">\n"
        if finding.severity == .note {
            output += "      <system-out>\(escaped(text))</system-out>\n"
        } else {
            output +=
                "      <failure type=\"\(finding.severity.rawValue)\" message=\"\(escaped(finding.messageWithUsers))\">"
            output += escaped(text) + "</failure>\n"
        }
        return output + "    </testcase>\n"
    }

    /// Text as XML, with the escapes of ``shown(_:keepsLines:)``: XML 1.0 has no way to write most control characters.
    static func escaped(_ text: String) -> String { markup(shown(text, keepsLines: true)) }

    /// Text that is safe to show as XML.
    static func markup(_ shown: String) -> String {
        var output = String.UnicodeScalarView()
        for scalar in shown.unicodeScalars {
            switch scalar {
            case "&": output.append(contentsOf: "&amp;".unicodeScalars)
            case "<": output.append(contentsOf: "&lt;".unicodeScalars)
            case ">": output.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": output.append(contentsOf: "&quot;".unicodeScalars)
            case "\n": output.append(contentsOf: "&#10;".unicodeScalars)
            case "\t": output.append(contentsOf: "&#9;".unicodeScalars)
            case _ where scalar.value == 0xFFFE || scalar.value == 0xFFFF: output.append("\u{FFFD}")
            default: output.append(scalar)
            }
        }
        return String(output)
    }
}
