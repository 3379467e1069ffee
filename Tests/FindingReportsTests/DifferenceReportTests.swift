import Testing

@testable import FindingReports

struct DifferenceReportTests {
    private static let report: DifferenceReport = {
        let old = Package(ecosystem: .pypi, name: "numpy", version: "1.26.4")
        let new = Package(ecosystem: .pypi, name: "numpy", version: "2.4.0")
        var left = Package(ecosystem: .pypi, name: "six", version: "1.17.0")
        var right = left
        left.contentDigest = Digest("sha256:" + String(repeating: "a", count: 64))
        right.contentDigest = Digest("sha256:" + String(repeating: "b", count: 64))
        let added = Package(ecosystem: .pypi, name: "<b>", version: "1")
        return DifferenceReport(
            left: "uv.lock", right: "oci:x",
            difference: EnvironmentDifference(
                changes: [
                    .init(kind: .changed, left: old, right: new), .init(kind: .rebuilt, left: left, right: right),
                    .init(kind: .added, left: nil, right: added),
                ], same: 3, facts: [.init(name: "python", left: "cpython 3.11", right: "cpython 3.12")]))
    }()

    @Test func text() {
        #expect(
            TextDifferenceReport.render(Self.report, style: .plain) == """
                left  uv.lock
                right oci:x

                differs python: cpython 3.11 → cpython 3.12
                changed pypi numpy  1.26.4                      → 2.4.0
                rebuilt pypi six    1.17.0 sha256:aaaaaaaaaaaa… → 1.17.0 sha256:bbbbbbbbbbbb…
                added   pypi <b>                                  1

                1 changed, 1 rebuilt, 1 added, 3 same

                """)
    }

    @Test func json() {
        let text = JSONDifferenceReport.render(Self.report, style: .plain)
        #expect(text.contains("\"schema\": \"lockstep/diff/1\""))
        #expect(text.contains("\"left\": null"))
        #expect(text.contains("\"rebuilt\": 1"))
    }

    @Test func markdownAndHTMLEscape() {
        #expect(MarkdownDifferenceReport.render(Self.report, style: .plain).contains("\\<b\\>"))
        let page = HTMLDifferenceReport.render(Self.report, style: .plain)
        #expect(page.contains("&lt;b&gt;"))
        #expect(!page.contains("http"))
    }
}
