import EnvironmentInventory
import Testing

@testable import FindingReports

/// The HTML pages hold what was read as text only (https://html.spec.whatwg.org/multipage/parsing.html).
struct PageSafetyTests {
    private static let formats = "html"

    /// The tags of a page as a tokenizer finds them, without the values of attributes; nil where a tag is not ended.
    private static func tags(_ page: String) -> [String]? {
        var tags: [String] = []
        var rest = page[...]
        while let start = rest.firstIndex(of: "<") {
            rest = rest[rest.index(after: start)...]
            if rest.hasPrefix("!--") {
                guard let end = rest.firstRange(of: "-->") else { return nil }
                rest = rest[end.upperBound...]
                continue
            }
            var tag = ""
            var quote: Character?
            var isEnded = false
            while let character = rest.first {
                rest = rest.dropFirst()
                if let open = quote {
                    if character == open { quote = nil }
                    continue
                }
                if character == "\"" || character == "'" {
                    quote = character
                } else if character == ">" {
                    isEnded = true
                }
                if isEnded { break }
                tag.append(character)
            }
            guard isEnded else { return nil }
            tags.append(tag)
            // The content of these two is not markup up to their end.
            for raw in ["script", "style"] where tag == raw || tag.hasPrefix(raw + " ") {
                guard let end = rest.firstRange(of: "</\(raw)") else { return nil }
                rest = rest[end.lowerBound...]
            }
        }
        return tags
    }

    @Test(
        "what a subject is called changes no tag of a page", arguments: ReportSamples.meaningful.filter { !$0.isEmpty })
    func tags(text: String) throws {
        let hostile = ReportSamples.reports("html", text)
        let plain = ReportSamples.reports("html", "plain")
        #expect(hostile.map(\.command) == ["verify", "match", "fleet", "diff", "preflight"])
        for ((command, page), (_, expected)) in zip(hostile, plain) {
            let found = try #require(Self.tags(page), "\(command)")
            // Counts of lines and of changes in the text may show or hide a row; no other element may come.
            #expect(Set(found).subtracting(Set(try #require(Self.tags(expected)))) == [], "\(command)")
        }
    }

    @Test("a page loads nothing, and says so in its policy", arguments: ["plain", "https://evil.example/x.js"])
    func policy(text: String) throws {
        for (command, page) in ReportSamples.reports("html", text) {
            let tags = try #require(Self.tags(page))
            for tag in tags {
                let name = tag.prefix { $0 != " " }.lowercased()
                #expect(
                    !["img", "link", "iframe", "object", "embed", "base"].contains(name), "\(command): \(tag)")
                #expect(
                    !tag.contains(" src=") && !tag.contains(" action=") && !tag.contains(" onload")
                        && !tag.contains(" onclick"),
                    "\(command): \(tag)")
            }
            #expect(page.contains("http-equiv=\"Content-Security-Policy\""), "\(command)")
            #expect(page.contains("default-src 'none'"), "\(command)")
            #expect(page.hasPrefix("<!DOCTYPE html>") || page.hasPrefix("<!doctype html>"), "\(command)")
        }
    }

    @Test("every element that needs an end has one, in the right order")
    func balance() throws {
        let void: Set = [
            "meta", "br", "hr", "input", "col", "img", "link", "wbr", "!DOCTYPE", "!doctype", "path", "circle", "rect",
        ]
        for (command, page) in ReportSamples.reports("html", "plain") {
            var open: [String] = []
            for tag in try #require(Self.tags(page)) {
                let name = String(tag.prefix { $0 != " " && $0 != "/" || tag.hasPrefix("/") && $0 == "/" })
                if tag.hasPrefix("/") {
                    #expect(open.popLast() == String(name.dropFirst()), "\(command): \(tag)")
                } else if !void.contains(name), !tag.hasSuffix("/") {
                    open.append(name)
                }
            }
            #expect(open == [], "\(command)")
        }
    }

    private static let groupsCases: [(number: Int, text: String)] = [
        (0, "0"), (7, "7"), (999, "999"), (1000, "1\u{202F}000"), (1_234_567, "1\u{202F}234\u{202F}567"),
    ]

    @Test("numbers are grouped by threes", arguments: groupsCases)
    func groups(number: Int, text: String) {
        #expect(HTMLPage.grouped(number) == text)
    }

    private static let escapesCases: [(text: String, html: String)] = [
        ("a&b", "a&amp;b"), ("<b>", "&lt;b&gt;"), ("\"", "&quot;"), ("\u{1B}", "\\u{1b}"), ("caf\u{e9}", "caf\u{e9}"),
    ]

    @Test("text is escaped for elements and for attributes", arguments: escapesCases)
    func escapes(text: String, html: String) {
        #expect(HTMLPage.text(text) == html)
    }
}
