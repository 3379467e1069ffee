import EnvironmentInventory
import SourceDocuments
import Testing

@testable import FindingReports

struct CheckReportTests {
    private static func result(_ findings: [Finding], text: String = "# é\nFROM python\n") -> CheckResult {
        CheckResult(
            require: .exact, findings: findings, files: [.init(path: "a b/Dockerfile", kind: "dockerfile")],
            suppressed: 1,
            rules: [Rule(name: "floating-image", summary: "S", why: "W", help: "H")],
            texts: ["a b/Dockerfile": SourceText(name: "a b/Dockerfile", text: text)])
    }

    private static func finding(line: Int = 2, column: Int = 6, end: Int = 12, message: String = "FROM python floats")
        -> Finding
    {
        Finding(
            rule: "floating-image", severity: .error, file: "a b/Dockerfile",
            range: SourceRange(
                start: SourcePosition(line: line, column: column), end: SourcePosition(line: line, column: end)),
            message: message, help: "Name a tag", ecosystem: .image, subject: "python", strength: .floating)
    }

    @Test func text() {
        let text = TextReport.render(Self.result([Self.finding()]), style: .plain)
        #expect(
            text == """
                a b/Dockerfile:2:6: error: FROM python floats [floating-image]
                 2 | FROM python
                   |      ^~~~~~
                  help: Name a tag

                pinproof rules floating-image explains a rule
                1 can be fixed with --fix --fetch
                1 error in 1 file, 1 suppressed

                """)
        #expect(
            TextReport.render(Self.result([]), style: .plain)
                == "nothing floats in 1 file at strength exact, 1 suppressed\n")
    }

    @Test("what a file brings in cannot drive the terminal")
    func controlCharacters() {
        let text = TextReport.render(
            Self.result([Self.finding(message: "\u{1B}[2J\u{202E}x\n")], text: "\u{1B}]0;x\u{07}\nFROM\u{1B}python\n"),
            style: .plain)
        #expect(!text.contains("\u{1B}"))
        #expect(!text.contains("\u{202E}"))
    }

    @Test func json() throws {
        let text = JSONReport.render(Self.result([Self.finding()]), style: .plain)
        let expected = #"""
            {
              "schema": "pinproof/check/1",
              "require": "exact",
              "findings": [
                {
                  "rule": "floating-image",
                  "severity": "error",
                  "file": "a b/Dockerfile",
                  "line": 2,
                  "column": 6,
                  "endLine": 2,
                  "endColumn": 12,
                  "message": "FROM python floats",
                  "help": "Name a tag",
                  "ecosystem": "image",
                  "subject": "python",
                  "strength": "floating",
                  "usedBy": []
                }
              ],
              "files": [
                {
                  "path": "a b/Dockerfile",
                  "kind": "dockerfile",
                  "context": null
                }
              ],
              "summary": {
                "files": 1,
                "errors": 1,
                "warnings": 0,
                "notes": 0,
                "unread": 0,
                "fixable": 1,
                "suppressed": 1
              }
            }

            """#
        #expect(text == expected)
    }

    @Test func sarif() {
        let finding = Self.finding(line: 1, column: 5, end: 5)
        let text = SARIFReport.render(Self.result([finding]), style: .plain)
        #expect(text.contains("\"uri\": \"a%20b/Dockerfile\""))
        // The line is "# é": byte column 5 is code point column 4.
        #expect(text.contains("\"startColumn\": 4"))
        #expect(text.contains("\"columnKind\": \"unicodeCodePoints\""))
        #expect(SARIFReport.percentEncodedPath("./a/é") == "a/%C3%A9")
        #expect(SARIFReport.percentEncodedPath("/a/b:c") == "a/b%3Ac")
    }

    @Test("a fingerprint survives a moved line and tells equal lines apart")
    func fingerprints() {
        var first = FingerprintCounter()
        var second = FingerprintCounter()
        let before = SourceText(name: "", text: "FROM a\nFROM python\n")
        let after = SourceText(name: "", text: "FROM a\n\n\n FROM  python\n")
        let moved = Self.finding(line: 4)
        let one = first.next(for: Self.finding(), in: before)
        #expect(one == second.next(for: moved, in: after))
        #expect(one != first.next(for: Self.finding(), in: before))
    }

    @Test func github() {
        let text = GitHubReport.render(Self.result([Self.finding(message: "50%\nnext")]), style: .plain)
        #expect(
            text
                == "::error file=a b/Dockerfile,line=2,endLine=2,col=6,endColumn=12,title=floating-image::50%25%0Anext%0AName a tag\n"
        )
    }

    @Test func gitlab() {
        let text = GitLabReport.render(Self.result([Self.finding()]), style: .plain)
        #expect(text.contains("\"severity\": \"major\""))
        #expect(text.contains("\"begin\": 2"))
        #expect(GitLabReport.render(Self.result([]), style: .plain) == "[]\n")
    }

    @Test func junit() {
        let text = JUnitReport.render(Self.result([Self.finding(message: "a<b>&\"\u{1}")]), style: .plain)
        #expect(text.contains("message=\"a&lt;b&gt;&amp;&quot;\\u{1}\""))
        #expect(text.contains("tests=\"1\" failures=\"1\""))
        #expect(JUnitReport.render(Self.result([]), style: .plain).contains("<testcase name=\"pinned\""))
    }

    @Test func markdown() {
        let text = MarkdownReport.render(Self.result([Self.finding(message: "a|b <img>")]), style: .plain)
        #expect(text.contains("a\\|b \\<img\\>"))
        let long = (1...30).map { Self.finding(column: $0, end: $0) }
        #expect(MarkdownReport.render(Self.result(long), style: .plain).contains("<details>"))
    }
}
