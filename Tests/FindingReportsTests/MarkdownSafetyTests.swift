import EnvironmentInventory
import Testing

@testable import FindingReports

/// Text in Markdown as CommonMark 0.31.2 (https://spec.commonmark.org/0.31.2/) and GitHub's extensions
/// (https://github.github.com/gfm/) read it: nothing that was read is markup.
struct MarkdownSafetyTests {
    /// The text that a reader of CommonMark shows of inline text without markup: 2.4 backslash escapes, 2.5 references.
    /// nil where a character is not escaped that could begin markup.
    private static func plainText(_ markdown: String) -> String? {
        let scalars = Array(markdown.unicodeScalars)
        var result = String.UnicodeScalarView()
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            index += 1
            switch scalar {
            case "\\":
                // Any ASCII punctuation character may be escaped.
                guard index < scalars.count, punctuation.contains(scalars[index]) else { return nil }
                result.append(scalars[index])
                index += 1
            case "&":
                guard let end = scalars[index...].firstIndex(of: ";") else { return nil }
                switch String(String.UnicodeScalarView(scalars[index..<end])) {
                case "amp": result.append("&")
                case "#8203": break
                default: return nil
                }
                index = end + 1
            case "`", "*", "_", "[", "]", "<", ">", "|", "~", "!": return nil
            case "\u{2060}": break
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    private static let punctuation = Set("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~".unicodeScalars)

    private static let texts: [String] = [
        "plain text",
        // 6.1 code spans, 6.2 emphasis, 6.3 links, 6.4 images, 6.5 autolinks, 6.6 raw HTML.
        "`code`", "``a`b``", "*a* **b** ***c***", "_a_ __b__", "a*b*c", "[a](b)", "[a][b]", "[a]", "![a](b)",
        "<https://a.example>",
        "<b>bold</b>", "<!-- a -->", "<?php ?>", "</div>", "<a@b.example>",
        // 2.4, 2.5.
        "\\*", "\\", "\\\\", "a\\", "&amp;", "&lt;script&gt;", "&#35;", "&#x23;", "&copy", "&",
        // 4.2, 4.3, 4.5: headings and fences.
        "# a", "## a ##", "```", "~~~",
        // GitHub: tables, strikethrough, extended autolinks, mentions.
        "a | b", "|", "~a~ ~~b~~", "www.a.example", "https://a.example/b?c=d", "http://a.example", "ftp://a.example",
        "@user @org/team",
        "a@b.example", "mailto:a@b.example",
    ]

    @Test("a cell shows its text as it was, and holds no markup", arguments: texts)
    func cells(text: String) {
        #expect(Self.plainText(MarkdownText.cell(text)) == text)
    }

    @Test(
        "no address in a cell becomes a link",
        arguments: ["www.a.example", "https://a.example", "x http://a.example www.b.example"])
    func links(text: String) {
        let cell = MarkdownText.cell(text)
        #expect(!cell.contains("://"))
        #expect(!cell.contains("www."))
        // The program's own addresses do.
        #expect(MarkdownText.cell(text, keepsLinks: true).contains(text.contains("://") ? "://" : "www."))
    }

    @Test("nobody is told of a cell", arguments: ["@user", "a @user", "(@user)", "@org/team", "@@user"])
    func mentions(text: String) {
        let cell = MarkdownText.cell(text)
        #expect(!cell.matches(of: /@[A-Za-z]/).contains { _ in true }, "\(cell)")
    }

    @Test("a row stays on its line, with the columns that it has", arguments: ReportSamples.meaningful)
    func rows(text: String) {
        var room = MarkdownText.maximumCommentSize
        let cell = MarkdownText.cell(text)
        let code = MarkdownText.code(text)
        let table = MarkdownText.table("row", ["A", "B"], [[cell, code], [cell, cell]], room: &room)
        let lines = table.split(separator: "\n")
        #expect(lines.count == 4)
        for line in lines {
            // GFM, 4.10: a pipe that a backslash stands before ends no cell; not even in code.
            var bars = 0
            var previous: Character = " "
            for character in line {
                if character == "|", previous != "\\" { bars += 1 }
                previous = previous == "\\" && character == "\\" ? " " : character
            }
            #expect(bars == 3, "\(line)")
        }
    }

    @Test("code shows its text and nothing else", arguments: ReportSamples.meaningful)
    func code(text: String) {
        let code = MarkdownText.code(text)
        if code.isEmpty { return #expect(text.isEmpty) }
        if code.hasPrefix("`") {
            #expect(code.hasSuffix("`") && !code.dropFirst().dropLast().contains("`"))
            #expect(!code.contains("\\"))
        } else {
            #expect(code.hasPrefix("<code>") && code.hasSuffix("</code>"))
            let inner = code.dropFirst("<code>".count).dropLast("</code>".count)
            #expect(!inner.contains { "<>`*_[]|\\@~!".contains($0) }, "\(inner)")
        }
    }

    @Test(
        "every report holds no raw HTML but its own",
        arguments: ["<img src=x onerror=alert(1)>", "</details>", "<script>"])
    func html(text: String) {
        for (command, document) in ReportSamples.reports("markdown", text) {
            let own = [
                "<details>", "</details>", "<summary>", "</summary>", "<code>", "</code>", "<br>", "<sub>", "</sub>",
            ]
            var rest = document.replacing("\\<", with: "").replacing("&lt;", with: "")
            let tags = own.filter { $0 != text }
            for tag in tags { rest = rest.replacing(tag, with: "") }
            #expect(!rest.contains("<"), "\(command): \(rest)")
        }
    }

    @Test("a report fits into a comment, and says what it leaves out")
    func size() {
        let findings = (1...2000).map { ReportSamples.finding("finding number \($0) of a very long list", line: $0) }
        let result = CheckResult(require: .exact, findings: findings, files: [], suppressed: 0)
        let text = MarkdownReport.render(result, style: .plain)
        #expect(text.utf8.count <= 65_536)
        #expect(text.contains(" more (`--format json` lists all)"))
        #expect(text.contains("<details>") && text.contains("</details>"))
    }

    private static let bases: [(base: String, file: String, link: String?)] = [
        ("https://x.example/blob/main", "a/Dockerfile", "(https://x.example/blob/main/a/Dockerfile#L2)"),
        ("https://x.example/blob/main/", "a/Dockerfile", "(https://x.example/blob/main/a/Dockerfile#L2)"),
        ("https://x.example", "a b", "(https://x.example/a%20b#L2)"),
        ("https://x.example", "a)b", "(https://x.example/a%29b#L2)"),
        ("https://x.example", "/etc/passwd", nil),
        ("https://x.example", "../up", nil),
    ]

    @Test("a position links to the file below the base, and to nothing outside of it", arguments: bases)
    func links(base: String, file: String, link: String?) {
        var style = TerminalStyle.plain
        style.linkBase = base
        let result = CheckResult(
            require: .exact, findings: [ReportSamples.finding("m", file: file)], files: [], suppressed: 0)
        let text = MarkdownReport.render(result, style: style)
        if let link { #expect(text.contains("](\(link.dropFirst())")) } else { #expect(!text.contains("](")) }
    }
}
