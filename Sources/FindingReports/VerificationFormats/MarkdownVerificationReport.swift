import EnvironmentInventory

/// Markdown for a pull request's comment or a job summary: the verdict, what decides, what to do, within what a comment holds.
package enum MarkdownVerificationReport: VerificationReportFormat {
    /// `markdown`.
    package static let name = "markdown"

    /// How many squares are drawn.
    private static let maximumSquares = 300

    /// A heading, the sentence, tables, and what is worth unfolding.
    package static func render(_ verification: Verification, style: TerminalStyle) -> String {
        let summary = VerificationSummary(verification)
        let code = MarkdownText.code
        let (sign, word) =
            switch verification.verdict {
            case .match: ("✅", "match")
            case .mismatch: ("❌", "refused, mismatch")
            case .notProvable: ("❔", "not provable")
            }
        let sentence = summary.sentence.map { piece in
            piece.isStrong ? "**\(MarkdownText.cell(piece.text))**" : MarkdownText.cell(piece.text)
        }.joined()
        var output = "### \(sign) Pinproof verify: \(word)\n\n\(capitalized(sentence)).\n"
        if let absence = summary.absence { output += "\n\(capitalized(absence)).\n" }
        if let platforms = summary.platforms { output += "\nOf the index: \(MarkdownText.cell(platforms)).\n" }
        var room = MarkdownText.maximumCommentSize - output.utf8.count - 16_000
        output += sides(verification, &room)
        output += MarkdownText.table(
            "difference", ["What decides", "Trained → serves", "What it means", "Brought by"],
            summary.deciding.map(row), room: &room)
        if let remedy = VerificationRemedy(verification) {
            let opening = verification.verdict == .mismatch ? "To fix" : "To prove it"
            let command = remedy.command.map { code($0) + " " } ?? ""
            output += "\n\(opening): \(command)\(MarkdownText.cell(remedy.words))\n"
        }
        output += MarkdownText.table(
            "difference", ["Does not decide", "Trained → serves", "What it means", "Brought by"],
            summary.aside.map(row), room: &room)
        output += MarkdownText.table(
            "gap", ["Gap", "File", "Entry", "Reason"],
            summary.gaps.map { side, gap in
                [side, code(gap.position), code(gap.subject), MarkdownText.cell(gap.reason)]
            }, room: &room)
        output += "\n" + squares(verification) + MarkdownText.cell(summary.counts)
        output += summary.noteCount.map { "; \($0)" } ?? ""
        output += summary.account.map { ". Files: \($0)" } ?? ""
        output += ".\n"
        if let command = summary.reproduction { output += "\nReproduce: \(code(command))\n" }
        return output
    }

    private static func capitalized(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

    private static func row(_ cause: VerificationCause) -> [String] {
        let code = MarkdownText.code
        let versions = cause.versions.map { item in
            item.training == item.serving ? code(item.training) : "\(code(item.training)) → \(code(item.serving))"
        }
        let mark = cause.mark.map { " " + MarkdownText.cell($0) } ?? ""
        let meaning = cause.help ?? cause.reasons.first ?? cause.meaning ?? ""
        let reason = cause.rule == nil ? meaning : (cause.reasons.first ?? "") + (cause.help.map { ". " + $0 } ?? "")
        let step = cause.layer.map { layer in
            "layer \(layer.number)"
                + (layer.instruction.map { " " + code(TextVerificationReport.instruction($0)) } ?? "")
        }
        return [
            code(cause.name), (versions ?? "") + mark,
            MarkdownText.cell(reason, keepsLinks: cause.rule == nil && cause.help != nil), step ?? "",
        ]
    }

    private static func sides(_ verification: Verification, _ room: inout Int) -> String {
        let context = verification.context
        let code = MarkdownText.code
        func facts(_ side: Verification.Context.Side?) -> String {
            [
                side?.python.map { "\($0.implementation) \($0.version)" }, side?.platform?.description,
                side?.platform?.cLibrary?.description,
            ].compactMap { $0 }.map { MarkdownText.cell($0) }.joined(separator: " · ")
        }
        func row(_ title: String, _ side: Verification.Context.Side?, _ identity: String?) -> [String] {
            [
                title, code(side?.about.name ?? ""), MarkdownText.cell(side?.about.format ?? ""), facts(side),
                code(identity ?? ""),
            ]
        }
        let image = verification.identity.image
        return MarkdownText.table(
            "side", ["", "Name", "Format", "Python and platform", "Identity"],
            [
                row("Trained", context.training, verification.identity.model),
                row("Serves", context.serving, (image?.manifest ?? image?.config)?.description),
            ], room: &room)
    }

    /// One square a package.
    private static func squares(_ verification: Verification) -> String {
        let packages = verification.packages
        guard !packages.isEmpty, packages.count <= maximumSquares else { return "" }
        let red = packages.count { $0.counts && $0.verdict == .mismatch }
        let open = packages.count { $0.counts && $0.verdict == .notProvable }
        let green = packages.count { $0.verdict == .match }
        return String(repeating: "🟥", count: red) + String(repeating: "🟧", count: open)
            + String(repeating: "🟨", count: packages.count - red - open - green)
            + String(repeating: "🟩", count: green) + "\n\n"
    }
}
