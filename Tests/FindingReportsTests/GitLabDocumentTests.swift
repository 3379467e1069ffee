import EnvironmentInventory
import SourceDocuments
import Testing

@testable import FindingReports

/// GitLab's code quality report (https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format).
struct GitLabDocumentTests {
    private static func issues(_ result: CheckResult) throws -> [DocumentNode] {
        let text = GitLabReport.render(result, style: .plain)
        return try #require(try JSONReader.read(SourceText(name: "gitlab", text: text)).array)
    }

    @Test("an issue has every property that GitLab asks for", arguments: ReportSamples.meaningful)
    func required(text: String) throws {
        let issues = try Self.issues(ReportSamples.check(text))
        #expect(issues.count == 3)
        for issue in issues {
            #expect(issue.table?["description"]?.string != nil)
            #expect(issue.table?["check_name"]?.string == "floating-image")
            #expect(["info", "minor", "major", "critical", "blocker"].contains(issue.table?["severity"]?.string ?? ""))
            let location = issue.table?["location"]?.table
            #expect(location?["path"]?.string?.hasPrefix("./") == false)
            #expect((location?["lines"]?.table?["begin"]?.integer ?? 0) >= 1)
        }
        // "A unique fingerprint to identify the code quality violation."
        #expect(Set(issues.compactMap { $0.table?["fingerprint"]?.string }).count == 3)
    }

    @Test("equal findings at different places have different fingerprints, and keep them from run to run")
    func fingerprints() throws {
        let result = CheckResult(
            require: .exact, findings: (1...20).map { ReportSamples.finding("m", file: "f", line: $0) }, files: [],
            suppressed: 0)
        let first = try Self.issues(result).compactMap { $0.table?["fingerprint"]?.string }
        #expect(Set(first).count == 20)
        #expect(try Self.issues(result).compactMap { $0.table?["fingerprint"]?.string } == first)
    }

    private static let pathsCases: [(file: String, path: String)] = [
        ("Dockerfile", "Dockerfile"), ("./Dockerfile", "Dockerfile"), ("a/b", "a/b"),
    ]

    @Test("a path is relative to the repository", arguments: pathsCases)
    func paths(file: String, path: String) throws {
        let result = CheckResult(
            require: .exact, findings: [ReportSamples.finding("m", file: file)], files: [], suppressed: 0)
        #expect(try Self.issues(result).first?.table?["location"]?.table?["path"]?.string == path)
    }
}
