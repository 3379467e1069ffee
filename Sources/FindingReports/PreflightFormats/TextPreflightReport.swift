import EnvironmentInventory

/// The five answers for a person at a terminal: the verdict, then each question with what decides it and what fixes it.
package enum TextPreflightReport: PreflightReportFormat {
    /// `text`.
    package static let name = "text"

    /// How many lines a question has when long lists are folded.
    private static let shortList = 8

    /// The first line says the verdict; each question is one line, and what is wrong stands below it.
    package static func render(_ result: PreflightResult, style: TerminalStyle) -> String {
        let page = PreflightPage(result)
        var output = "\(shown(page.model)) -> \(shown(page.image))  \(verdict(page.verdict, style))\n"
        let width = page.rows.map(\.title.count).max() ?? 0
        let words = page.rows.map(\.word.count).max() ?? 0
        for row in page.rows {
            output += padded(row.title, width) + "  "
            output += painted(padded(row.word, words), row, style) + "  " + shown(row.summary) + "\n"
            if let remedy = row.remedy { output += "    to fix: \(shown(remedy))\n" }
            output += details(row, style)
            if style.isVerbose { output += evidence(row) }
        }
        if let requests = result.requests {
            output += "\nrequests: \(requests.valid) of \(plural(requests.rows, "row")) fit\n"
        }
        let counts = Severity.allCases.reversed().map { severity in
            (severity, result.findings.count { $0.severity == severity })
        }.filter { $0.1 > 0 }
        let answered = result.questions.count { $0.answer == .answered }
        output += "\n\(answered) of \(result.questions.count) questions answered"
        for (severity, count) in counts { output += ", " + plural(count, severity.rawValue) }
        return output + "\n"
    }

    private static func details(_ row: PreflightPage.Row, _ style: TerminalStyle) -> String {
        let all = row.details
        let shownCount = style.isVerbose ? all.count : min(all.count, shortList)
        let lines = all.prefix(shownCount)
        let subjects = min(30, lines.map { shown($0.subject).count }.max() ?? 0)
        var output = ""
        for line in lines {
            let subject = subjects == 0 ? "" : padded(shown(line.subject), subjects) + "  "
            let word =
                switch line.severity {
                case .error: style.red(padded(line.word, 8))
                case .warning: style.yellow(padded(line.word, 8))
                case .note: style.cyan(padded(line.word, 8))
                }
            output += "    \(subject)\(word)  \(shown(line.text))"
            if !line.place.isEmpty { output += "  " + style.faint(shown(line.place)) }
            if let rule = line.rule { output += " " + style.faint("[\(rule)]") }
            output += "\n"
        }
        let left = all.count - shownCount + row.left
        if left > 0 { output += "    and \(left) more\(style.isVerbose ? "" : " (--verbose)")\n" }
        return output
    }

    private static func evidence(_ row: PreflightPage.Row) -> String {
        var output = ""
        for item in row.evidence {
            let place = item.file.map { "  " + shown(PreflightPage.cut($0)) + (item.line.map { ":\($0)" } ?? "") } ?? ""
            output += "    \(item.kind): \(shown(PreflightPage.cut(item.value))) (\(item.strength))\(place)\n"
        }
        if row.evidenceLeft > 0 { output += "    and \(row.evidenceLeft) more\n" }
        return output
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func painted(_ text: String, _ row: PreflightPage.Row, _ style: TerminalStyle) -> String {
        guard row.isRequired else { return style.faint(text) }
        switch row.answer {
        case .answered: return style.green(text)
        case .notAnswered: return style.yellow(text)
        case .wrong: return style.red(text)
        }
    }

    private static func verdict(_ verdict: PreflightResult.Verdict, _ style: TerminalStyle) -> String {
        switch verdict {
        case .ready: style.green(verdict.words)
        case .notReady: style.red(verdict.words)
        case .notProvable: style.yellow(verdict.words)
        }
    }
}
