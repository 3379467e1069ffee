import EnvironmentInventory

/// The verification for a person: the verdict and what decides it with the layers that brought it, then what does not decide,
/// the counts, and what to do.
package enum TextVerificationReport: VerificationReportFormat {
    /// `text`.
    package static let name = "text"

    /// How many reasons of one package, findings of one rule and names of one list are written out when long lists are folded.
    private static let shortList = 5
    /// How wide a column of names or versions gets.
    private static let maximumColumn = 40

    /// The sentence, what decides, what does not, the counts, what to do; with `--verbose` everything.
    package static func render(_ verification: Verification, style: TerminalStyle) -> String {
        let summary = VerificationSummary(verification)
        var output = painted(summary.word, verification.verdict, style) + ": " + sentence(summary, style)
        if verification.verdict == .match, let absence = summary.absence { output += "; " + absence }
        output += "\n"
        if let platforms = summary.platforms { output += "\nplatforms: \(shown(platforms))\n" }
        let rows = summary.deciding.filter { $0.rule == nil }
        if !rows.isEmpty { output += "\n" + table(rows, style) }
        output += findings(summary.deciding.filter { $0.rule != nil }, style)
        output += model(verification, style)
        output += gaps(summary, style)
        let aside = asideLine(summary, style)
        output += aside.isEmpty ? "" : "\n" + aside
        output += findings(summary.aside.filter { $0.rule != nil }, style)
        let forgeable = summary.notes.filter { $0.rule == "forgeable-record" }
        let notes = style.isVerbose ? summary.notes : verification.verdict == .match ? forgeable : []
        output += findings(notes, style)
        if style.isVerbose { output += everything(summary, style) }
        // What does not decide and the counts are one block.
        if aside.isEmpty || !output.hasSuffix(aside) { output += "\n" }
        output += summary.counts
        if !style.isVerbose, let count = summary.noteCount { output += "; \(count) (--verbose)" }
        output += "\n"
        if let remedy = VerificationRemedy(verification) {
            let opening = verification.verdict == .mismatch ? "to fix" : "to prove it"
            output += style.bold(opening + ":") + " " + shown(remedy.command ?? remedy.words) + "\n"
        }
        return output
    }

    private static func sentence(_ summary: VerificationSummary, _ style: TerminalStyle) -> String {
        summary.sentence.map { $0.isStrong ? style.bold(shown($0.text)) : shown($0.text) }.joined()
    }

    // MARK: - What decides

    /// A row each: name, versions, what it means; below it the reasons and the layer.
    private static func table(_ rows: [VerificationCause], _ style: TerminalStyle) -> String {
        let names = width(rows.map { shown($0.name) })
        let versions = width(rows.map(versionText))
        let indent = String(repeating: " ", count: 2 + names + 2 + versions + 3)
        var output = ""
        var previous: VerificationCause?
        for row in rows {
            let name = padded(shown(row.name), names)
            output +=
                trimmed(
                    "  \(style.bold(name))  \(padded(versionText(row), versions))   \(shown(row.meaning ?? ""))") + "\n"
            for reason in reasons(of: row, style) { output += "\(indent)\(shown(reason))\n" }
            if let layer = row.layer {
                output += "\(indent)\(layerText(layer, isSame: row.isOfSameLayer(as: previous)))\n"
            }
            if style.isVerbose, let help = row.help { output += "\(indent)\(style.bold("help:")) \(shown(help))\n" }
            previous = row
        }
        return output
    }

    private static func width(_ texts: [String]) -> Int { min(texts.map(\.count).max() ?? 0, maximumColumn) }

    private static func versionText(_ cause: VerificationCause) -> String {
        guard let versions = cause.versions else { return "" }
        return versions.training == versions.serving
            ? shown(versions.training) : "\(shown(versions.training)) -> \(shown(versions.serving))"
    }

    /// The reasons that say more than the versions and the meaning of a row.
    private static func reasons(of row: VerificationCause, _ style: TerminalStyle) -> [String] {
        let isOther = row.versions.map { $0.training != $0.serving } ?? false
        let all = row.reasons.filter { VerificationCause.brief($0) != row.meaning || $0 != row.meaning }
        if style.isVerbose { return row.reasons }
        if isOther, row.verdict == .mismatch { return [] }
        let more = row.meaning == row.reasons.first ? Array(row.reasons.dropFirst()) : all
        if more.count <= shortList { return more }
        return more.prefix(shortList) + ["and \(more.count - shortList) more (--verbose lists them)"]
    }

    private static func layerText(_ layer: ImageLayer, isSame: Bool) -> String {
        "layer \(layer.number)"
            + (isSame ? ": the same" : layer.instruction.map { ": " + shown(instruction($0)) } ?? "")
    }

    /// An instruction on one line, cut; `COPY dir:68a4467b6d96... in /opt` has the first digits of its digest.
    static func instruction(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isWhitespace).prefix(64).map { word in
            let digest = word.reversed().prefix { $0.isHexDigit }
            return digest.count == 64 ? word.dropLast(52) + "..." : String(word)
        }.joined(separator: " ")
        return line.count > 160 ? line.prefix(160) + "..." : line
    }

    // MARK: - Findings

    private static func findings(_ causes: [VerificationCause], _ style: TerminalStyle) -> String {
        var output = ""
        var written: [String: Int] = [:]
        for cause in causes {
            guard case .finding(let severity) = cause.kind, let rule = cause.rule else { continue }
            written[rule, default: 0] += 1
            if !style.isVerbose, written[rule, default: 0] > shortList { continue }
            let message = shown(cause.reasons.first ?? "")
            output += "\n\(style.severity(severity)): \(message) \(style.faint("[\(rule)]"))\n"
            if let layer = cause.layer { output += "  \(layerText(layer, isSame: false))\n" }
            if let help = cause.help { output += "  \(style.bold("help:")) \(shown(help))\n" }
        }
        if !style.isVerbose {
            for (rule, count) in written.sorted(by: { $0.key < $1.key }) where count > shortList {
                output += "\nand \(count - shortList) more \(style.faint("[\(rule)]")) (--verbose lists them)\n"
            }
        }
        return output
    }

    /// The model in the image, where it is not the one that was given; or everything that is known of it.
    private static func model(_ verification: Verification, _ style: TerminalStyle) -> String {
        guard let model = verification.bakedModel, model.state != .absent, style.isVerbose || model.verdict != .match
        else { return "" }
        let found = model.isGiven ? "" : " (found by its files)"
        let files = model.files.isEmpty ? "" : ", \(plural(model.files.count, "file")) not"
        return "\nthe model at \(shown(model.path))\(found): \(plural(model.same, "file")) the same\(files)\n"
    }

    /// What was left out on either side, a line each.
    private static func gaps(_ summary: VerificationSummary, _ style: TerminalStyle) -> String {
        let gaps = summary.gaps
        guard !gaps.isEmpty else { return "" }
        return "\n"
            + gaps.map { side, gap in "\(style.yellow("gap"))  \(padded(side, 8))  \(shown(gap.description))\n" }
            .joined()
    }

    // MARK: - What does not decide

    /// `differs, does not decide: python 3.11.7 -> 3.11.2; mlflow, narwhals missing`
    private static func asideLine(_ summary: VerificationSummary, _ style: TerminalStyle) -> String {
        let rows = summary.aside.filter { $0.rule == nil }
        guard !rows.isEmpty else { return "" }
        var parts = rows.filter { $0.kind == .fact }.map { "\(shown($0.name)) \(versionText($0))" }
        let packages = rows.filter { $0.kind == .package }
        parts += packages.filter { $0.verdict == .mismatch && $0.mark != "missing" && isOther($0) }
            .map { "\(shown($0.name)) \(versionText($0))" }
        func group(_ what: String, _ include: (VerificationCause) -> Bool) {
            let names = packages.filter(include).map { shown($0.name) }
            let limit = style.isVerbose ? names.count : 8
            guard !names.isEmpty else { return }
            let more = names.count > limit ? " and \(names.count - limit) more" : ""
            parts.append(names.prefix(limit).joined(separator: ", ") + more + " " + what)
        }
        group("with other files") { $0.verdict == .mismatch && $0.mark != "missing" && !isOther($0) }
        group("missing") { $0.mark == "missing" }
        group("not proved") { $0.verdict == .notProvable && $0.mark != "missing" }
        return "differs, does not decide: " + parts.joined(separator: "; ") + "\n"
    }

    private static func isOther(_ cause: VerificationCause) -> Bool {
        cause.versions.map { $0.training != $0.serving } ?? false
    }

    // MARK: - Everything

    /// The reasons of what does not decide, what matches, the identities, the account and the command.
    private static func everything(_ summary: VerificationSummary, _ style: TerminalStyle) -> String {
        let verification = summary.verification
        var output = ""
        let aside = summary.aside.filter { $0.rule == nil }
        if !aside.isEmpty { output += "\n" + style.bold("differs, does not decide") + "\n" + table(aside, style) }
        let matching = verification.packages.filter { $0.verdict == .match }
        if !matching.isEmpty {
            output += "\n" + style.bold("match") + "\n"
            let names = width(matching.map { shown($0.training.name) })
            for item in matching {
                let version = item.training.version ?? item.training.versionRequirement ?? "any version"
                output +=
                    "  \(padded(shown(item.training.name), names))  \(shown(version))"
                    + (item.evidence.map { "  " + style.faint($0.rawValue) } ?? "") + "\n"
                for reason in item.reasons { output += "      \(shown(reason))\n" }
            }
        }
        for fact in verification.facts where fact.verdict == .match {
            output += "  \(fact.name) \(shown(fact.serving ?? fact.training))\n"
            for reason in fact.reasons { output += "      \(shown(reason))\n" }
        }
        output += "\n"
        if let model = verification.identity.model { output += "model     \(shown(model))\n" }
        if let image = verification.identity.image {
            if let manifest = image.manifest { output += "manifest  \(manifest)\n" }
            if let config = image.config { output += "config    \(config)\n" }
        }
        output += "compared  \(shown(verification.identity.compared))\n"
        if let account = summary.account { output += "files     \(account)\n" }
        if let command = summary.reproduction { output += "again     \(shown(command))\n" }
        return output
    }

    private static func painted(_ word: String, _ verdict: Verdict, _ style: TerminalStyle) -> String {
        switch verdict {
        case .match: style.green(word)
        case .mismatch: style.red(word)
        case .notProvable: style.yellow(word)
        }
    }
}
