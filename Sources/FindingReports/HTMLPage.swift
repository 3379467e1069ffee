import EnvironmentInventory
import ParallelWork
import SourceDocuments

/// A self-contained HTML page: a summary, bars, and one table that can be filtered and sorted.
///
/// The page loads nothing. Without JavaScript the table is static and complete. Text from a subject is escaped,
/// and the page's policy lets no other script run than its own (https://www.w3.org/TR/CSP3/).
struct HTMLPage {
    /// A kind of rows, which can be left out of the table.
    struct Kind {
        /// The class of its rows: lower-case letters and hyphens.
        let name: String
        /// How many things are of the kind; that may be more than there are rows.
        let count: Int
        /// Whether its rows are seen at first.
        var isShown = true
    }

    /// One row; the cells are HTML.
    struct Row {
        let kind: String
        let cells: [String]
        /// The title of the part of the table that it belongs to; rows of a part stand together.
        var section = ""
    }

    /// One part of a bar.
    struct Part {
        /// The class that gives its colour.
        let kind: String
        let label: String
        let count: Int
    }

    /// The window's title and the heading's first words.
    let title: String
    /// The one sentence of the heading, and the class that gives its colour; HTML.
    let headline: (kind: String, html: String)
    /// What the page is about: a word, a name and the digests that name it.
    let subjects: [(title: String, name: String, identities: [(name: String, digest: String)])]
    /// Everything between the subjects and the table; HTML.
    let overview: String
    let columns: [String]
    let kinds: [Kind]
    let rows: [Row]
    /// The HTML after the table.
    let closing: String

    /// Text that was read, made safe to stand anywhere in the page.
    static func text(_ text: String) -> String { JUnitReport.markup(shown(text)) }

    /// A bar of parts as long as their counts, with a legend; nothing when there is nothing to show.
    static func bar(_ name: String, _ parts: [Part]) -> String {
        let parts = parts.filter { $0.count > 0 }
        guard !parts.isEmpty else { return "" }
        let pieces = parts.map { "<i class=\"\($0.kind)\" style=\"flex-grow:\($0.count)\"></i>" }.joined()
        let legend = parts.map {
            "<li><i class=\"\($0.kind)\"></i><b>\(grouped($0.count))</b> \(text($0.label))</li>"
        }.joined()
        return "<section class=\"bar\"><h2>\(text(name))</h2><div>\(pieces)</div><ul>\(legend)</ul></section>\n"
    }

    /// A small bar of some steps, of which the first ones are full.
    static func steps(_ full: Int, of all: Int, _ label: String) -> String {
        let pieces = (0..<all).map { "<i\($0 < full ? " class=\"full\"" : "")></i>" }.joined()
        return "<span class=\"steps s\(full)\" data-sort=\"\(full)\"><span>\(pieces)</span>\(text(label))</span>"
    }

    /// `12 345`: thin spaces between groups of digits.
    static func grouped(_ number: Int) -> String {
        var digits = ""
        for (index, digit) in String(number).reversed().enumerated() {
            if index > 0, index.isMultiple(of: 3) { digits.append("\u{202F}") }
            digits.append(digit)
        }
        return String(digits.reversed())
    }

    /// The whole page.
    func render() -> String {
        let heads = columns.map { "<th scope=\"col\">\(Self.text($0))</th>" }.joined()
        let boxes = kinds.filter { $0.count > 0 }.map {
            "<label class=\"\($0.name)\"><input type=\"checkbox\" name=\"kind\" value=\"\($0.name)\""
                + "\($0.isShown ? " checked" : "")> \($0.name) <b>\(Self.grouped($0.count))</b></label>"
        }.joined(separator: "\n")
        let names = subjects.map { subject in
            let digests = subject.identities.map { "<dd class=\"digest\">\($0.name) \(Self.text($0.digest))</dd>" }
                .joined()
            return "<div><dt>\(Self.text(subject.title))</dt><dd>\(Self.text(subject.name))</dd>\(digests)</div>"
        }.joined()
        let labels = columns.map { Self.text($0) }
        var body = ""
        var section: String?
        for row in rows {
            if row.section != section {
                if section != nil { body += "</tbody>" }
                section = row.section
                if !row.section.isEmpty {
                    body +=
                        "<tbody class=\"section\"><tr><th colspan=\"\(columns.count)\">\(Self.text(row.section))</th></tr></tbody>"
                }
                body += "<tbody>\n"
            }
            let cells = row.cells.enumerated().map { index, cell in
                cell.isEmpty
                    ? "<td></td>" : "<td data-label=\"\(index < labels.count ? labels[index] : "")\">\(cell)</td>"
            }
            body += "<tr class=\"\(row.kind)\">" + cells.joined() + "</tr>\n"
        }
        if section != nil { body += "</tbody>" }
        let table =
            rows.isEmpty
            ? ""
            : """
            <form id="controls" hidden>
            <input id="filter" type="search" placeholder="Filter: a name, a version, a path" aria-label="Filter the table">
            \(boxes)
            <output id="count"></output>
            </form>
            <div class="scroll"><table id="rows"><thead><tr>\(heads)</tr></thead>
            \(body)</table></div>
            <p id="none" hidden>No row fits the filter.</p>

            """
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; base-uri 'none'; form-action 'none'; \
            style-src 'unsafe-inline'; script-src '\(Self.scriptHash)'">
            <title>\(Self.text(title))</title><style>\(Self.styleSheet)</style></head><body>
            <header><h1>\(Self.text(title))</h1>
            <p class="headline \(headline.kind)">\(headline.html)</p>
            <dl class="subjects">\(names)</dl></header>
            \(overview)\(table)\(closing)<footer>Pinproof \(Self.text(pinproofVersion)). \
            This page holds everything that it shows.</footer>
            <script>\(Self.script)</script></body></html>

            """
    }
}
