import EnvironmentInventory
import SourceDocuments
import Testing

@testable import FindingReports

/// Workflow commands as GitHub's runner reads them
/// (https://docs.github.com/actions/reference/workflow-commands-for-github-actions; escapes:
/// https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts).
struct WorkflowCommandTests {
    private struct Command: Equatable {
        var name: String
        var properties: [String: String]
        var message: String
    }

    /// A line as the runner takes it apart: `::name key=value,key=value::message`; nil for one that is not a command.
    private static func command(_ line: Substring) -> Command? {
        guard line.hasPrefix("::"), let end = line.dropFirst(2).firstRange(of: "::") else { return nil }
        let head = line.dropFirst(2)[..<end.lowerBound]
        let name = head.prefix { $0 != " " }
        var properties: [String: String] = [:]
        for pair in head.dropFirst(name.count).drop(while: { $0 == " " }).split(separator: ",") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { return nil }
            properties[String(parts[0])] = unescape(String(parts[1]), isProperty: true)
        }
        return Command(
            name: String(name), properties: properties,
            message: unescape(String(line[end.upperBound...]), isProperty: false))
    }

    /// The runner's own order: `%25` last.
    private static func unescape(_ text: String, isProperty: Bool) -> String {
        var text = text.replacing("%0D", with: "\r").replacing("%0A", with: "\n")
        if isProperty { text = text.replacing("%3A", with: ":").replacing("%2C", with: ",") }
        return text.replacing("%25", with: "%")
    }

    @Test("every line is one command with a level that GitHub has", arguments: ReportSamples.meaningful)
    func lines(text: String) throws {
        for (report, written) in ReportSamples.reports("github", text) {
            #expect(written.isEmpty || written.hasSuffix("\n"), "\(report)")
            #expect(!written.contains("\r"), "\(report)")
            for line in written.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
                let command = try #require(Self.command(line), "\(report): \(line)")
                #expect(["error", "warning", "notice"].contains(command.name), "\(report)")
                let known: Set = ["title", "file", "line", "endLine", "col", "endColumn"]
                #expect(Set(command.properties.keys).isSubset(of: known), "\(report): \(line)")
            }
        }
    }

    private static let values: [String] = [
        "plain", "a,b", "a:b", "50%", "%0A", "%25", "%2C%3A", "a=b", "::error::x", "a::b", "two\nlines", "a b",
    ]

    @Test("a path and a message come out of the runner as they went in", arguments: values)
    func roundTrip(text: String) throws {
        let finding = Finding(
            rule: "floating-image", severity: .warning, file: text.replacing("\n", with: " "),
            range: SourceRange(start: SourcePosition(line: 2, column: 6), end: SourcePosition(line: 3, column: 1)),
            message: text)
        let result = CheckResult(require: .exact, findings: [finding], files: [], suppressed: 0)
        let written = GitHubReport.render(result, style: .plain)
        let expected = Command(
            name: "warning",
            properties: [
                "file": text.replacing("\n", with: " "), "line": "2", "endLine": "3", "col": "6", "endColumn": "1",
                "title": "floating-image",
            ], message: text)
        #expect(Self.command(written.dropLast()) == expected)
    }

    private static let levelsCases: [(severity: Severity, command: String)] = [
        (.error, "error"), (.warning, "warning"), (.note, "notice"),
    ]

    @Test("a severity is the level of the same weight", arguments: levelsCases)
    func levels(severity: Severity, command: String) {
        let result = CheckResult(
            require: .exact, findings: [ReportSamples.finding("x", severity: severity)], files: [], suppressed: 0)
        #expect(GitHubReport.render(result, style: .plain).hasPrefix("::\(command) "))
    }

    @Test("a match is a notice, a refusal an error")
    func verdicts() {
        let match = GitHubVerificationReport.render(ReportSamples.verification("x", verdict: .match), style: .plain)
        #expect(match.hasPrefix("::notice title=match::"))
        #expect(!match.contains("::error"))
        let refused = GitHubVerificationReport.render(ReportSamples.verification("x"), style: .plain)
        #expect(refused.contains("::error title="))
        #expect(!refused.contains("title=match"))
    }
}
