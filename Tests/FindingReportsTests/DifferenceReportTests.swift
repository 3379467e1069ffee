import EnvironmentInventory
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
                    .init(kind: .changed, left: old, right: new, basis: .version),
                    .init(kind: .rebuilt, left: left, right: right, basis: .content),
                    .init(kind: .added, left: nil, right: added),
                ],
                sames: [
                    .init(package: Package(ecosystem: .pypi, name: "scipy", version: "1.17"), basis: .content),
                    .init(package: Package(ecosystem: .pypi, name: "wheel", version: "1"), basis: .artifact),
                    .init(package: Package(ecosystem: .pypi, name: "old", version: "2"), basis: .version),
                ], facts: [.init(name: "python", left: "cpython 3.11", right: "cpython 3.12")]))
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

                1 changed, 1 rebuilt, 1 added, 3 same (1 by version only)

                """)
    }

    @Test("a library that is taken from another place or version stands in every format")
    func libraries() throws {
        func source(_ path: String, _ byte: String, _ owner: String?) -> LibrarySource {
            let digest = Digest(.sha256, hex: String(repeating: byte, count: 64))
            return LibrarySource(name: "libdemo.so.1", place: .file(path: path, sha256: digest, owner: owner))
        }
        var report = DifferenceReport(
            left: "a", right: "b", difference: EnvironmentDifference(changes: [], sames: [], facts: []))
        report.libraries = [
            LibraryDifference(
                name: "libdemo.so.1", left: [source("lib/d", "a", "apt demo 1")],
                right: [source("opt/d", "b", "conda demo 2")]),
            LibraryDifference(
                name: "libown.so.1", left: [source("lib/o", "c", nil)],
                right: [LibrarySource(name: "libown.so.1", place: .missing)]),
        ]
        #expect(!report.isEmpty)
        let text = TextDifferenceReport.render(report, style: .plain)
        #expect(text.contains("changed library libdemo.so.1  lib/d (apt demo 1)           → opt/d (conda demo 2)\n"))
        #expect(text.contains("changed library libown.so.1   lib/o (sha256:cccccccccccc…) → not found\n"))
        #expect(text.hasSuffix("; 2 libraries taken from another place or version\n"))
        let json = JSONDifferenceReport.render(report, style: .plain)
        #expect(json.contains("\"source\": \"conda demo 2\"") && json.contains("\"libraries\": 2"))
        for other in [
            HTMLDifferenceReport.render(report, style: .plain), MarkdownDifferenceReport.render(report, style: .plain),
        ] {
            #expect(
                other.contains("libdemo.so.1") && other.contains("conda demo 2") && other.contains("not found"))
        }
        report.libraries = nil
        #expect(report.isEmpty && JSONDifferenceReport.render(report, style: .plain).contains("\"libraries\": null"))
    }

    @Test func json() {
        let text = JSONDifferenceReport.render(Self.report, style: .plain)
        #expect(text.contains("\"schema\": \"pinproof/diff/1\""))
        #expect(text.contains("\"left\": null"))
        #expect(text.contains("\"rebuilt\": 1"))
    }

    /// A subject's text that tries to leave its place.
    private static let hostile = "<script>alert(1)</script>\"'`|a\\|@user#1 [x](http://y) &lt;b&gt;\u{202E}\r\n| x"

    private static let hostileReport: DifferenceReport = {
        let package = Package(ecosystem: .pypi, name: hostile, version: hostile)
        let other = Package(ecosystem: .apt, name: "other", version: hostile)
        let file = ImageDifference.File(
            type: "link", size: 0, mode: 0o777, uid: 0, gid: 0, sha256: nil, target: hostile)
        return DifferenceReport(
            left: hostile, right: hostile,
            difference: EnvironmentDifference(
                changes: [.init(kind: .added, left: nil, right: package)],
                sames: [.init(package: other, basis: .files)],
                facts: [.init(name: "libc", left: hostile, right: hostile)]),
            notCompared: [.apk: 2],
            image: ImageDifference(
                files: [.init(path: hostile, owner: hostile, left: nil, right: file)], bytecode: 1,
                configuration: [.init(field: "Env", name: hostile, left: hostile, right: nil)]))
    }()

    @Test("a page holds everything, loads nothing, and what a subject brought stays text")
    func page() throws {
        let page = HTMLDifferenceReport.render(Self.report, style: .plain)
        #expect(page.contains("&lt;b&gt;"))
        for text in ["http:", "https:", " src=", "href=", "@import", "url(", "<form action"] {
            #expect(!page.contains(text), "\(text)")
        }
        #expect(page.contains("3 of 6 packages differ</p>"))
        #expect(page.contains("<dt>python differs</dt><dd>cpython 3.11 → <b>cpython 3.12</b></dd>"))
        for line in [
            "<b>1</b> package has another version", "<b>1</b> package has the same version and other content",
            "<b>1</b> package is only on the right", "<b>1</b> package counts as the same by its version alone",
        ] { #expect(page.contains("<li>\(line)")) }
        #expect(page.split(separator: "\n").count { $0.hasPrefix("<tr class=") } == 6)
        #expect(page.contains("<tbody class=\"section\"><tr><th colspan=\"6\">Packages</th></tr></tbody>"))
        #expect(page.contains("<span class=\"mark\" title=\"major upgrade\">↑ major</span>"))
        let safe = HTMLDifferenceReport.render(Self.hostileReport, style: .plain)
        // The page's own script is the only one.
        #expect(safe.split(separator: "<script").count == 2)
        #expect(!safe.contains("alert(1)</script>"))
        #expect(!safe.contains("\u{202E}"))
        #expect(safe.contains("1 of 2 packages, 1 file and 1 setting differ"))
    }

    @Test("a page about nothing says so") func emptyPage() {
        let nothing = DifferenceReport(
            left: "a", right: "b",
            difference: EnvironmentDifference(
                changes: [],
                sames: [.init(package: Package(ecosystem: .pypi, name: "six", version: "1"), basis: .content)]))
        #expect(HTMLDifferenceReport.render(nothing, style: .plain).contains("No difference: 1 package the same"))
        let facts = DifferenceReport(
            left: "a", right: "b",
            difference: EnvironmentDifference(
                changes: [], sames: [], facts: [.init(name: "libc", left: "glibc 2.36", right: "glibc 2.41")]))
        let page = HTMLDifferenceReport.render(facts, style: .plain)
        #expect(page.contains(">libc differs</p>"))
        #expect(!page.contains("<table"))
    }

    @Test("Markdown: what a subject brought stays in its cell and calls no one")
    func markdown() {
        let text = MarkdownDifferenceReport.render(Self.report, style: .plain)
        #expect(text.contains("| added | pypi <code>&#60;b&#62;</code> |  | `1` |\n"))
        #expect(text.contains("| changed | pypi `numpy` | `1.26.4` | `2.4.0` |\n"))
        let hostile = MarkdownDifferenceReport.render(Self.hostileReport, style: .plain)
        for piece in ["<script", "@user", "](", "&lt;b", "\r"] { #expect(!hostile.contains(piece), "\(piece)") }
        for line in hostile.split(separator: "\n") where line.hasPrefix("|") {
            #expect(line.utf8.count { $0 == 0x7C } == 5, "\(line)")
        }
    }

    @Test("Markdown fits into a comment: long tables are folded, what is too much is counted")
    func longMarkdown() {
        func report(_ count: Int, name: String) -> DifferenceReport {
            let changes = (0..<count).map { number in
                let package = Package(ecosystem: .pypi, name: "\(name)\(number)", version: "1")
                return EnvironmentDifference.Change(kind: .removed, left: package, right: nil)
            }
            return DifferenceReport(
                left: name, right: name, difference: EnvironmentDifference(changes: changes, sames: []))
        }
        #expect(!MarkdownDifferenceReport.render(report(20, name: "p"), style: .plain).contains("<details>"))
        #expect(
            MarkdownDifferenceReport.render(report(21, name: "p"), style: .plain)
                .contains("<details><summary>21 packages</summary>\n\n| "))
        for name in ["p", String(repeating: "<", count: 5000)] {
            let text = MarkdownDifferenceReport.render(report(5000, name: name), style: .plain)
            #expect(text.utf8.count <= 65_536)
            #expect(text.utf8.count > 60_000)
            #expect(text.contains("more (`--format json` lists all)\n\n</details>\n"))
        }
    }
}
