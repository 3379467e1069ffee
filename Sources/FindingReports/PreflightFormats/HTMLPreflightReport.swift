import EnvironmentInventory

/// One self-contained page of the five answers for somebody who has not seen the program: it loads nothing and runs nothing.
package enum HTMLPreflightReport: PreflightReportFormat {
    /// `html`.
    package static let name = "html"

    /// The whole page.
    package static func render(_ result: PreflightResult, style: TerminalStyle) -> String {
        let page = PreflightPage(result)
        let body =
            verdict(page) + page.rows.map(question).joined() + columns(page) + changes(page) + identities(result)
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; base-uri 'none'; form-action 'none'; \
            style-src 'unsafe-inline'">
            <title>Pinproof: \(page.verdict.words)</title><style>\(VerificationPageAssets.styleSheet)\
            \(PreflightPageAssets.styleSheet)</style></head><body><main>
            \(body)</main><footer>Pinproof \(text(pinproofVersion)). This page holds everything that it shows.</footer></body></html>

            """
    }

    private static func text(_ text: String) -> String { HTMLPage.text(text) }
    private static func code(_ text: String) -> String { "<code>\(HTMLPage.text(text))</code>" }

    private static func verdict(_ page: PreflightPage) -> String {
        let (kind, sign) =
            switch page.verdict {
            case .ready: ("match", "✓ Ready")
            case .notReady: ("mismatch", "✕ Not ready")
            case .notProvable: ("not-provable", "? Not provable")
            }
        let answered = page.rows.count { $0.answer == .answered }
        return """
            <section class="verdict \(kind)"><h1>\(sign)</h1>
            <p><b>\(text(page.model))</b> → <b>\(text(page.image))</b></p>
            <p>\(answered) of \(page.rows.count) questions answered</p></section>

            """
    }

    private static func question(_ row: PreflightPage.Row) -> String {
        let kind =
            switch row.answer {
            case .answered: "match"
            case .notAnswered: "not-provable"
            case .wrong: "mismatch"
            }
        var body = "<p class=\"head\"><b>\(text(row.title))</b><span class=\"tag\">\(text(row.word))</span></p>"
        body += "<p>\(text(row.summary))</p>"
        if let remedy = row.remedy {
            let shown = remedy.hasPrefix("pinproof ") ? code(remedy) : text(remedy)
            body += "<p>To fix: \(shown)</p>"
        }
        if !row.details.isEmpty {
            let items = row.details.map { detail in
                let subject = detail.subject.isEmpty ? "" : "<b>\(text(detail.subject))</b> "
                let place = detail.place.isEmpty ? "" : " <span class=\"quiet\">\(code(detail.place))</span>"
                let rule = detail.rule.map { " <span class=\"quiet\">\(text($0))</span>" } ?? ""
                return
                    "<li class=\"\(detail.severity.rawValue)\">\(subject)<span class=\"tag\">\(text(detail.word))</span> "
                    + "\(text(detail.text))\(place)\(rule)</li>"
            }.joined()
            let more = row.left > 0 ? "<li>and \(row.left) more</li>" : ""
            body += "<ul class=\"details\">\(items)\(more)</ul>"
        }
        if !row.evidence.isEmpty {
            let items = row.evidence.map { item in
                let line = item.line.map { ":\($0)" } ?? ""
                let place = item.file.map { " " + code(PreflightPage.cut($0) + line) } ?? ""
                return
                    "<li>\(text(item.kind)): \(text(PreflightPage.cut(item.value))) (\(text(item.strength)))\(place)</li>"
            }.joined()
            let more = row.evidenceLeft > 0 ? "<li>and \(row.evidenceLeft) more</li>" : ""
            body += "<details><summary>Evidence</summary><ul>\(items)\(more)</ul></details>"
        }
        return "<article class=\"cause \(kind)\">\(body)</article>\n"
    }

    private static func columns(_ page: PreflightPage) -> String {
        guard !page.columns.isEmpty else { return "" }
        let rows = page.columns.map { column in
            "<li><b>\(text(column.name))</b> \(text(column.type)), required: \(text(column.required)), missing value: "
                + "\(text(column.null))" + (column.values.isEmpty ? "" : ", " + code(column.values)) + "</li>"
        }.joined()
        let more = page.columnsLeft > 0 ? "<li>and \(page.columnsLeft) more</li>" : ""
        return "<h2>What the model takes</h2>\n<div class=\"card\"><ul>\(rows)\(more)</ul></div>\n"
    }

    private static func changes(_ page: PreflightPage) -> String {
        guard !page.changes.isEmpty else { return "" }
        let rows = page.changes.map { change in
            let breaks = [change.breaksCallers ? "callers" : nil, change.breaksRollback ? "a rollback" : nil].compactMap
            { $0 }
            let effect = breaks.isEmpty ? "" : "<span class=\"tag\">breaks \(breaks.joined(separator: " and "))</span>"
            let versions = [change.previous, change.now].map { $0.map { text(PreflightPage.cut($0)) } ?? "nothing" }
            return "<li><b>\(text(PreflightPage.cut(change.column ?? "the model")))</b> \(text(change.kind)): "
                + "\(versions.joined(separator: " → ")) \(effect)</li>"
        }.joined()
        let more = page.changesLeft > 0 ? "<li>and \(page.changesLeft) more</li>" : ""
        return
            "<h2>Changed since the previous model</h2>\n<div class=\"card\"><ul class=\"mismatch\">\(rows)\(more)</ul></div>\n"
    }

    private static func identities(_ result: PreflightResult) -> String {
        let image = result.verification.identity.image
        let rows: [(String, String?)] = [
            ("treeDigest", result.model.treeDigest.description),
            ("payloadDigest", result.model.payloadDigest.description),
            ("manifest", image?.manifest?.description), ("config", image?.config?.description),
        ]
        let items = rows.compactMap { name, value in value.map { "<dt>\(name)</dt><dd>\(code($0))</dd>" } }.joined()
        return "<details><summary>Identities</summary><dl>\(items)</dl></details>\n"
    }
}
