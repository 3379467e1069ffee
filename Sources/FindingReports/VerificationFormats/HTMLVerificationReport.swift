import EnvironmentInventory

/// One self-contained page that explains a verdict to somebody who has not seen the program: it loads nothing and runs
/// nothing.
package enum HTMLVerificationReport: VerificationReportFormat {
    /// `html`.
    package static let name = "html"

    /// How many files of the account and findings of one kind are listed: a browser has to stay quick.
    private static let maximumRows = 500

    /// The whole page.
    package static func render(_ verification: Verification, style: TerminalStyle) -> String {
        let summary = VerificationSummary(verification)
        let body =
            verdict(summary) + sides(verification) + deciding(summary) + remedy(verification) + aside(summary)
            + gaps(summary) + packages(summary) + account(verification) + notes(summary) + again(summary)
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; base-uri 'none'; form-action 'none'; \
            style-src 'unsafe-inline'">
            <title>Pinproof: \(title(summary))</title><style>\(VerificationPageAssets.styleSheet)</style></head><body><main>
            \(body)</main><footer>Pinproof \(text(pinproofVersion)). This page holds everything that it shows.</footer></body></html>

            """
    }

    private static func text(_ text: String) -> String { HTMLPage.text(text) }
    private static func code(_ text: String) -> String { "<code>\(HTMLPage.text(text))</code>" }

    /// What was read, cut: one name or message does not make the page long.
    private static func cut(_ text: String, _ limit: Int = 2000) -> String {
        text.count > limit ? text.prefix(limit) + "…" : text
    }

    private static func title(_ summary: VerificationSummary) -> String {
        switch summary.verification.verdict {
        case .match: "match"
        case .mismatch: "refused"
        case .notProvable: "not provable"
        }
    }

    // MARK: - The verdict

    private static func verdict(_ summary: VerificationSummary) -> String {
        let verification = summary.verification
        let word =
            switch verification.verdict {
            case .match: "✓ Match"
            case .mismatch: "✕ Refused: mismatch"
            case .notProvable: "? Not provable"
            }
        let sentence = summary.sentence.map { piece in
            piece.isStrong ? "<b>\(text(cut(piece.text, 200)))</b>" : text(cut(piece.text))
        }.joined()
        let mounted = summary.absence.map { "<p>\(capitalized($0)).</p>" } ?? ""
        let platforms = summary.platforms.map { "<p>Of the index: \(text(cut($0))).</p>" } ?? ""
        return """
            <section class="verdict \(verification.verdict.rawValue)"><h1>\(word)</h1>
            <p>\(capitalized(sentence)).</p>\(mounted)\(platforms)</section>

            """
    }

    private static func capitalized(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

    private static func sides(_ verification: Verification) -> String {
        let context = verification.context
        let sign =
            switch verification.verdict {
            case .match: "="
            case .mismatch: "≠"
            case .notProvable: "?"
            }
        let image = verification.identity.image
        let identities =
            [("manifest", image?.manifest), ("config", image?.config)]
            .compactMap { name, digest in digest.map { "<dt>\(name)</dt><dd>\(code($0.description))</dd>" } }.joined()
        let model = verification.identity.model.map { "<dt>identity</dt><dd>\(code($0))</dd>" } ?? ""
        return """
            <section class="sides">\(side("Trained", context.training, fallback: "training", identities: model))<p class="sign \
            \(verification.verdict.rawValue)" aria-hidden="true">\(sign)</p>\(side("Serves", context.serving, fallback: "serving", identities: identities))</section>

            """
    }

    private static func side(
        _ title: String, _ side: Verification.Context.Side?, fallback: String, identities: String
    ) -> String {
        let name = side.map { cut($0.about.name, 300) } ?? fallback
        let kind = side.map { "\($0.about.kind.rawValue) (\($0.about.format))" }
        let facts = [
            side?.python.map { "\($0.implementation) \($0.version)" }, side?.platform?.description,
            side?.platform?.cLibrary?.description,
        ].compactMap { $0 }
        return "<div class=\"card\"><h2>\(title)</h2><p class=\"name\">\(text(name))</p>"
            + (kind.map { "<p class=\"quiet\">\(text($0))</p>" } ?? "")
            + (facts.isEmpty ? "" : "<p class=\"fact\">\(text(facts.joined(separator: " · ")))</p>")
            + "<dl>\(identities)</dl></div>"
    }

    // MARK: - What decides, and what to do

    private static func deciding(_ summary: VerificationSummary) -> String {
        guard !summary.deciding.isEmpty else { return "" }
        let packages = summary.deciding.count { $0.kind == .package }
        let all = summary.verification.packages.count
        let count =
            packages == 0 ? "" : " (\(packages) of \(plural(all, "package")) \(packages == 1 ? "decides" : "decide"))"
        return "<h2>Why\(count)</h2>\n" + cards(summary.deciding, "decides \(summary.verification.verdict.rawValue)")
    }

    private static func cards(_ causes: [VerificationCause], _ kind: String) -> String {
        var output = ""
        var previous: VerificationCause?
        for cause in causes.prefix(maximumRows) {
            output += card(cause, kind, isOfSameLayer: cause.isOfSameLayer(as: previous))
            previous = cause
        }
        if causes.count > maximumRows {
            output += "<p>And \(causes.count - maximumRows) more: <code>--format json</code> lists all.</p>\n"
        }
        return output
    }

    private static func card(_ cause: VerificationCause, _ kind: String, isOfSameLayer: Bool) -> String {
        var head = "<b>\(text(cut(cause.name, 200)))</b>"
        if let versions = cause.versions {
            let shown =
                versions.training == versions.serving
                ? cut(versions.training, 200) : "\(cut(versions.training, 200)) → \(cut(versions.serving, 200))"
            head += "<span class=\"versions\">\(text(shown))</span>"
        }
        if let mark = cause.mark { head += "<span class=\"tag\">\(text(mark))</span>" }
        var body = ""
        // The versions say what the first reason of another version says.
        let isOther = cause.kind == .package && cause.verdict == .mismatch && cause.help != nil
        for reason in isOther ? [] : cause.reasons.prefix(20) { body += "<p>\(text(cut(reason)))</p>" }
        if let help = cause.help { body += "<p>\(text(cut(help)))</p>" }
        if let layer = cause.layer {
            let step =
                isOfSameLayer
                ? ", the same" : layer.instruction.map { ": " + code(TextVerificationReport.instruction($0)) } ?? ""
            body += "<p>Brought by layer \(layer.number)\(step)</p>"
        }
        return "<article class=\"cause \(kind)\"><p class=\"head\">\(head)</p>\(body)</article>\n"
    }

    private static func remedy(_ verification: Verification) -> String {
        guard let remedy = VerificationRemedy(verification) else { return "" }
        let title = verification.verdict == .mismatch ? "What to do" : "What would prove it"
        let command = remedy.command.map { "<p>\(code($0))</p>" } ?? ""
        return
            "<h2>\(title)</h2>\n<div class=\"card\">\(command)<p class=\"quiet\">\(text(cut(remedy.words)))</p></div>\n"
    }

    private static func aside(_ summary: VerificationSummary) -> String {
        guard !summary.aside.isEmpty else { return "" }
        let missing = summary.aside.filter { $0.kind == .package && $0.mark == "missing" }
        var output = "<h2>Other differences, which do not affect the verdict</h2>\n"
        output += cards(summary.aside.filter { !($0.kind == .package && $0.mark == "missing") }, "aside")
        if !missing.isEmpty {
            let names = missing.prefix(maximumRows).map { text(cut($0.name, 200)) }.joined(separator: ", ")
            output +=
                "<article class=\"cause aside\"><p class=\"head\"><b>\(names)</b><span class=\"tag\">missing</span></p>"
                + "<p>Loading the model does not need \(missing.count == 1 ? "it" : "them").</p></article>\n"
        }
        return output
    }

    private static func gaps(_ summary: VerificationSummary) -> String {
        guard !summary.gaps.isEmpty else { return "" }
        let rows = summary.gaps.prefix(maximumRows).map { side, gap in
            "<li><b>\(side)</b> \(text(cut(gap.description)))</li>"
        }.joined()
        return "<h2>What could not be read</h2>\n<div class=\"card\"><ul>\(rows)</ul></div>\n"
    }

    // MARK: - The whole

    /// One square a package, and the names of those that match.
    private static func packages(_ summary: VerificationSummary) -> String {
        let packages = summary.verification.packages
        guard !packages.isEmpty else { return "" }
        func kind(_ item: Verification.PackageVerdict) -> String {
            item.verdict == .match ? "match" : item.counts ? item.verdict.rawValue : "differs"
        }
        let order = ["mismatch", "not-provable", "differs", "match"]
        var squares = ""
        var legend = ""
        for name in order {
            let items = packages.filter { kind($0) == name }
            guard !items.isEmpty else { continue }
            legend += "<li class=\"\(name)\">\(items.count) \(name)</li>"
            for item in items.prefix(5000) {
                squares += "<i class=\"\(name)\" title=\"\(text(cut(item.training.name, 100)))\"></i>"
            }
        }
        let matching = packages.filter { $0.verdict == .match }
        let names = matching.prefix(5000).map { item in
            text(cut(item.training.name, 100)) + " " + text(cut(item.training.version ?? "", 100))
        }.joined(separator: ", ")
        let list =
            matching.isEmpty ? "" : "<details><summary>\(matching.count) that match</summary><p>\(names)</p></details>"
        let label = text("\(packages.count) packages: \(summary.counts)")
        return """
            <h2>All \(plural(packages.count, "package"))</h2>
            <div class="squares" role="img" aria-label="\(label)">\(squares)</div><ul class="legend">\(legend)</ul>
            <p class="quiet">\(text(summary.counts))</p>\(list)

            """
    }

    private static let vouchers: [Verification.Account.Voucher: String] = [
        .package: "a package of training that is proved", .record: "a package whose own record agrees",
        .base: "the base image", .capture: "a capture of the image", .system: "the operating system's package database",
        .app: "declared as the application's own", .none: "nobody",
    ]

    private static func account(_ verification: Verification) -> String {
        guard let account = verification.account else { return "" }
        let rows = Verification.Account.Voucher.allCases.filter { account.count($0) > 0 }.map { voucher in
            "<dt class=\"\(voucher.rawValue)\">\(HTMLPage.grouped(account.count(voucher)))</dt>"
                + "<dd>\(vouchers[voucher] ?? voucher.rawValue) (<code>\(voucher.rawValue)</code>)</dd>"
        }.joined()
        let files = account.files.prefix(maximumRows).map { file in
            "<li>\(code(cut(file.path, 500))) <span class=\"quiet\">\(text(cut(file.reason, 500)))</span></li>"
        }.joined()
        let more = account.files.count > maximumRows ? "<li>and \(account.files.count - maximumRows) more</li>" : ""
        let list =
            account.files.isEmpty
            ? ""
            : "<details><summary>\(plural(account.files.count, "file")) that only a declaration vouches for, or nothing"
                + "</summary><ul>\(files)\(more)</ul></details>"
        return """
            <h2>Who vouches for the files that the process could load</h2>
            <div class="card"><dl class="account">\(rows)</dl>\(list)</div>

            """
    }

    private static func notes(_ summary: VerificationSummary) -> String {
        guard !summary.notes.isEmpty, let count = summary.noteCount else { return "" }
        return "<details><summary>\(text(count))</summary>\n\(cards(summary.notes, "note"))</details>\n"
    }

    private static func again(_ summary: VerificationSummary) -> String {
        summary.reproduction.map { "<details><summary>Reproduce</summary><p>\(code(cut($0)))</p></details>\n" } ?? ""
    }
}
