import EnvironmentInventory

/// The fleet as one page that loads nothing.
package enum HTMLFleetReport: FleetReportFormat {
    /// `html`.
    package static let name = "html"

    /// The sum, a bar, and a table that can be filtered.
    package static func render(_ report: FleetReport, style: TerminalStyle) -> String {
        let classes = ["match": "match", "mismatch": "mismatch", "not-provable": "not-provable"]
        func kind(_ word: String) -> String { classes[word] ?? "not-provable" }
        let parts = FleetReport.words.map {
            HTMLPage.Part(kind: kind($0), label: $0, count: report.count($0))
        }
        let lists = [("Not read", report.problems), ("Without a model", report.notes)].filter { !$0.1.isEmpty }
        let closing = lists.map { title, lines in
            "<section><h2>\(HTMLPage.text(title))</h2><ul>"
                + lines.map { "<li>\(HTMLPage.text($0))</li>" }.joined() + "</ul></section>\n"
        }.joined()
        let kinds = ["mismatch", "not-provable", "match"].map { name in
            HTMLPage.Kind(name: name, count: report.rows.count { kind($0.word) == name })
        }
        let rows = report.rows.map { row in
            HTMLPage.Row(
                kind: kind(row.word),
                cells: [row.word, row.name, row.model, row.image, row.reason].map { HTMLPage.text($0) })
        }
        return HTMLPage(
            title: "Pinproof fleet", headline: (report.verdict.rawValue, HTMLPage.text(report.summary)), subjects: [],
            overview: HTMLPage.bar("Pairs", parts), columns: ["Verdict", "Name", "Model", "Image", "Why"],
            kinds: kinds, rows: rows, closing: closing
        ).render()
    }
}
