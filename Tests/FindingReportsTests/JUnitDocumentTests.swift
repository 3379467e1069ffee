import EnvironmentInventory
import TestSupport
import Testing

@testable import FindingReports

/// JUnit's XML is well-formed whatever a subject is called, and its counts are those of its cases, as the schema of the xunit
/// plugin has it (https://github.com/jenkinsci/xunit-plugin, junit-10.xsd).
struct JUnitDocumentTests {
    @Test("every report is well-formed XML", arguments: ReportSamples.meaningful)
    func wellFormed(text: String) throws {
        let reports = ReportSamples.reports("junit", text)
        #expect(reports.map(\.command) == ["check", "verify", "match", "fleet", "preflight"])
        for (command, document) in reports {
            let root = try XMLElement.parse(document)
            #expect(root.name == "testsuites", "\(command)")
            #expect(root.attributes["name"] == "pinproof \(command == "match" ? "verify" : command)")
        }
    }

    @Test(
        "the counts of a suite are those of its cases, and those of the document the sum", arguments: ["plain", "<b>"])
    func counts(text: String) throws {
        for (command, document) in ReportSamples.reports("junit", text) {
            let root = try XMLElement.parse(document)
            var sums = (tests: 0, failures: 0)
            for suite in root.children {
                #expect(suite.name == "testsuite")
                let cases = suite.children.filter { $0.name == "testcase" }
                #expect(suite.attributes["tests"] == "\(cases.count)", "\(command)")
                let failures = cases.count { !$0.all("failure").isEmpty }
                #expect(suite.attributes["failures"] == "\(failures)", "\(command)")
                sums = (sums.tests + cases.count, sums.failures + failures)
            }
            #expect(root.attributes["tests"] == "\(sums.tests)", "\(command)")
            #expect(root.attributes["failures"] == "\(sums.failures)", "\(command)")
        }
    }

    @Test("every case has a name and a class, and fails at most once", arguments: ["plain", "a\nb"])
    func cases(text: String) throws {
        for (command, document) in ReportSamples.reports("junit", text) {
            let cases = try XMLElement.parse(document).all("testcase")
            #expect(!cases.isEmpty, "\(command)")
            for item in cases {
                #expect(item.attributes["name"]?.isEmpty == false, "\(command)")
                #expect(item.attributes["classname"] != nil, "\(command)")
                #expect(item.children.count <= 1)
                #expect(Set(item.children.map(\.name)).isSubset(of: ["failure", "system-out"]))
                for failure in item.all("failure") { #expect(failure.attributes["type"]?.isEmpty == false) }
            }
        }
    }

    @Test(
        "what was read comes out as it was, where XML can write it",
        arguments: ["<b>&amp;</b>", "]]>", "a \"b\" 'c'", "caf\u{e9}"])
    func values(text: String) throws {
        let document = JUnitReport.render(ReportSamples.check(text), style: .plain)
        let root = try XMLElement.parse(document)
        let failure = try #require(root.all("failure").first)
        #expect(failure.attributes["message"] == "\(text) (used by \(text):1)")
        #expect(failure.text == "\(text):2:6: \(text) (used by \(text):1)\n\(text)")
        #expect(root.all("testsuite").map { $0.attributes["name"] }.contains(text))
    }

    @Test("a match has no failure, anything else has one at the verdict")
    func verdicts() throws {
        let match = try XMLElement.parse(
            JUnitVerificationReport.render(ReportSamples.verification("x", verdict: .match), style: .plain))
        #expect(match.all("failure").isEmpty)
        for verdict in [Verdict.mismatch, .notProvable] {
            let document = JUnitVerificationReport.render(
                ReportSamples.verification("x", verdict: verdict), style: .plain)
            let first = try #require(try XMLElement.parse(document).all("testcase").first)
            #expect(first.attributes["name"] == "verdict")
            #expect(first.children.map(\.name) == ["failure"])
        }
    }

    @Test("a pair that was not verified fails, as one that does not match does")
    func fleet() throws {
        let root = try XMLElement.parse(JUnitFleetReport.render(ReportSamples.fleet("x"), style: .plain))
        let types = root.all("testcase").map { $0.children.first?.attributes["type"] ?? "passes" }
        #expect(types == ["mismatch", "not-recorded", "not-provable", "passes", "unread"])
    }

    private static let malformed: [String] = [
        "<a>", "<a></b>", "<a b=c/>", "<a b=\"<\"/>", "<a b=\"1\" b=\"2\"/>", "<a>&x;</a>", "<a>&#0;</a>",
        "<a>\u{1}</a>", "<a/><b/>",
        "<a b=\"1\"c=\"2\"/>", "<a>&amp</a>", "", "<1/>",
    ]

    @Test("the reader of these tests refuses what is not well-formed", arguments: malformed)
    func reader(document: String) {
        #expect(throws: XMLElement.NotWellFormed.self) { try XMLElement.parse(document) }
    }
}
