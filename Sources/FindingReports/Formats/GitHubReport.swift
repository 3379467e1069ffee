import EnvironmentInventory

/// Workflow commands that GitHub shows as annotations of a pull request
/// (https://docs.github.com/actions/reference/workflow-commands-for-github-actions).
package enum GitHubReport: CheckReportFormat {
    /// `github`.
    package static let name = "github"

    /// One command a finding; a note is `::notice`.
    package static func render(_ result: CheckResult, style: TerminalStyle) -> String {
        result.findings.map { finding in
            let range = finding.shownRange
            let properties = [
                "file=\(escapedProperty(finding.file))", "line=\(range.start.line)", "endLine=\(range.end.line)",
                "col=\(range.start.column)", "endColumn=\(range.end.column)", "title=\(escapedProperty(finding.rule))",
            ]
            let text = finding.messageWithUsers + (finding.help.map { "\n" + $0 } ?? "")
            return "::\(word(finding.severity)) \(properties.joined(separator: ","))::\(escaped(text))\n"
        }.joined()
    }

    /// A command that names no file.
    static func command(_ severity: Severity, title: String, _ text: String) -> String {
        "::\(word(severity)) title=\(escapedProperty(title))::\(escaped(text))\n"
    }

    private static func word(_ severity: Severity) -> String {
        switch severity {
        case .error: "error"
        case .warning: "warning"
        case .note: "notice"
        }
    }

    private static func escaped(_ text: String) -> String {
        var output = ""
        for scalar in shown(text, keepsLines: true).unicodeScalars {
            switch scalar {
            case "%": output += "%25"
            case "\n": output += "%0A"
            case " "..."~": output.unicodeScalars.append(scalar)
            default: output += shown(String(scalar))
            }
        }
        return output
    }

    private static func escapedProperty(_ text: String) -> String {
        var output = ""
        for scalar in escaped(text).unicodeScalars {
            switch scalar {
            case ":": output += "%3A"
            case ",": output += "%2C"
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output
    }
}
