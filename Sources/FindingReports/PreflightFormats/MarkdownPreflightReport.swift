import EnvironmentInventory

/// Markdown for a pull request's comment or a job summary: the five answers, what decides, what fixes it.
package enum MarkdownPreflightReport: PreflightReportFormat {
    /// `markdown`.
    package static let name = "markdown"

    /// A heading, the table of the questions, and what is wrong, within what a comment holds.
    package static func render(_ result: PreflightResult, style: TerminalStyle) -> String {
        let page = PreflightPage(result)
        let code = MarkdownText.code
        let sign =
            switch page.verdict {
            case .ready: "✅"
            case .notReady: "❌"
            case .notProvable: "❔"
            }
        var output = "### \(sign) Pinproof preflight: \(page.verdict.words)\n\n"
        output += "\(code(page.model)) → \(code(page.image))\n"
        var room = MarkdownText.maximumCommentSize - output.utf8.count - 4_000
        output += MarkdownText.table(
            "question", ["Question", "Answer", "", "To fix"],
            page.rows.map { row in
                [
                    MarkdownText.cell(row.title), mark(row) + " " + row.word, MarkdownText.cell(row.summary),
                    remedy(row.remedy),
                ]
            }, room: &room)
        for row in page.rows where !row.details.isEmpty {
            output += "\n**\(MarkdownText.cell(row.title))**\n"
            output += MarkdownText.table(
                "row", ["Subject", "", "What", "Where", "Rule"],
                row.details.map { detail in
                    [
                        code(detail.subject), detail.word, MarkdownText.cell(detail.text), code(detail.place),
                        code(detail.rule ?? ""),
                    ]
                }, room: &room)
            if row.left > 0 { output += "\nand \(row.left) more\n" }
        }
        output += MarkdownText.table(
            "column", ["Column", "Type", "Required", "Missing value", "Values"],
            page.columns.map { [code($0.name), $0.type, $0.required, $0.null, code($0.values)] }, room: &room)
        if page.columnsLeft > 0 { output += "\nand \(page.columnsLeft) more columns\n" }
        output += MarkdownText.table(
            "change", ["Changed", "Kind", "Before", "Now", "Breaks"],
            page.changes.map { change in
                let breaks = [change.breaksCallers ? "callers" : nil, change.breaksRollback ? "rollback" : nil]
                return [
                    code(PreflightPage.cut(change.column ?? "")), code(change.kind),
                    code(PreflightPage.cut(change.previous ?? "")), code(PreflightPage.cut(change.now ?? "")),
                    breaks.compactMap { $0 }.joined(separator: ", "),
                ]
            }, room: &room)
        if page.changesLeft > 0 { output += "\nand \(page.changesLeft) more changes\n" }
        return output
    }

    private static func mark(_ row: PreflightPage.Row) -> String {
        switch row.answer {
        case .answered: "✅"
        case .notAnswered: row.isUndecided ? "❔" : "🟧"
        case .wrong: "❌"
        }
    }

    private static func remedy(_ text: String?) -> String {
        guard let text else { return "" }
        return text.hasPrefix("pinproof ") ? MarkdownText.code(text) : MarkdownText.cell(text)
    }
}
