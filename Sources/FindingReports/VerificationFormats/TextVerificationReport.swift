import EnvironmentInventory

/// The verification for a person: the verdict and why, then what differs with its reasons, then what agrees, folded.
package enum TextVerificationReport: VerificationReportFormat {
    /// `text`.
    package static let name = "text"

    /// How many reasons of one package and names of one list are written out when long lists are folded.
    private static let shortList = 5

    /// The headline, what differs, what agrees, the findings, what was compared, the counts.
    package static func render(_ verification: Verification, style: TerminalStyle) -> String {
        var output = painted(verification.verdict, style, width: 0) + ": " + headline(verification) + "\n"
        let differing = verification.packages.filter { $0.verdict != .match }
        let counting = differing.filter(\.counts)
        let around = differing.filter { !$0.counts }
        output += facts(verification, style)
        output += platforms(verification, style)
        if !counting.isEmpty { output += "\n" + rows(counting, style) }
        if !around.isEmpty {
            output += "\n" + style.bold("not needed to load the model") + "\n" + rows(around, style)
        }
        output += matches(verification, style)
        output += model(verification, style)
        output += gaps(verification, style)
        // The findings are in their order already; the gravest come first.
        let findings = Severity.allCases.reversed().flatMap { severity in
            verification.findings.filter { $0.severity == severity && !isSaid($0, verification) }
        }
        for finding in findings {
            output +=
                "\n\(style.severity(finding.severity)): \(shown(finding.message)) \(style.faint("[\(finding.rule)]"))\n"
            let line = finding.range.map { ":\($0.start.line)" } ?? ""
            output += "  at \(shown(finding.file))\(line)\n"
            if let help = finding.help { output += "  \(style.bold("help:")) \(shown(help))\n" }
        }
        output += "\n" + identity(verification)
        let levels = Evidence.allCases.reversed().map { ($0, verification.count($0)) }.filter { $0.1 > 0 }
            .map { "\($0.1) \($0.0.rawValue)" }
        if let account = verification.account {
            let counts = Verification.Account.Voucher.allCases.filter { account.count($0) > 0 }
                .map { "\(account.count($0)) \($0.rawValue)" }
            output += "files     " + (counts.isEmpty ? "none in reach" : counts.joined(separator: ", ")) + "\n"
        }
        output += "evidence  " + (levels.isEmpty ? "none" : levels.joined(separator: ", "))
        output += " (required: \(verification.required.rawValue))\n"
        let word = painted(verification.verdict, style, width: 0)
        return output + "verdict   \(word): \(counts(verification))\n"
    }

    /// Returns how the packages that decide stand; those that differ and do not decide are counted apart.
    private static func counts(_ verification: Verification) -> String {
        let counting = verification.packages.filter(\.counts)
        let counts = [
            plural(counting.count, "package") + (counting.count == 1 ? " decides" : " decide"),
            "\(counting.count { $0.verdict == .match }) match",
            "\(counting.count { $0.verdict == .mismatch }) mismatch",
            "\(counting.count { $0.verdict == .notProvable }) not provable",
        ]
        let around = verification.packages.count { !$0.counts && $0.verdict != .match }
        return counts.joined(separator: ", ")
            + (around == 0
                ? ""
                : "; \(plural(around, "package")) that loading does not need \(around == 1 ? "differs" : "differ")")
    }

    /// One line for each image of an index.
    private static func platforms(_ verification: Verification, _ style: TerminalStyle) -> String {
        guard !verification.platforms.isEmpty else { return "" }
        return "\n"
            + verification.platforms.map { "\(painted($0.verdict, style))  \(shown($0.platform))\n" }.joined()
    }

    /// Who serves: the image as it was named.
    private static func server(_ verification: Verification) -> String {
        let name = verification.names.serving
        return name.isEmpty ? "the serving side" : shown(name)
    }

    /// Whose environment it is held against.
    private static func trainer(_ verification: Verification) -> String {
        let name = verification.names.training
        return name.isEmpty ? "the model" : shown(name)
    }

    /// Returns one sentence that names what decides the verdict.
    private static func headline(_ verification: Verification) -> String {
        let decided = verification.packages.filter { $0.counts && $0.verdict == verification.verdict }
        var causes: [String] = []
        if verification.verdict != .match {
            if !decided.isEmpty {
                let names = decided.prefix(3).map { shown($0.training.name) }.joined(separator: ", ")
                causes.append(names + (decided.count > 3 ? " and \(decided.count - 3) more" : ""))
            }
            causes += verification.facts.filter { $0.counts && $0.verdict == verification.verdict }.map(\.name)
            if verification.bakedModel?.verdict == verification.verdict { causes.append("the model in the image") }
            if verification.verdict == .notProvable, !verification.trainingGaps.isEmpty {
                let count = plural(verification.trainingGaps.count, "entry", "entries")
                causes.append("\(count) of training that could not be read")
            }
        }
        switch verification.verdict {
        case .match: return matchHeadline(verification)
        case .mismatch:
            if causes == ["the model in the image"] {
                return "\(server(verification)) holds another model than \(trainer(verification))"
            }
            return "\(server(verification)) does not have what \(trainer(verification)) was made with: "
                + causes.joined(separator: "; ")
        case .notProvable:
            if verification.unnamedCount > 0, verification.scope == .closed {
                causes.append(plural(verification.unnamedCount, "needed package") + " that training does not name")
            }
            causes += decidingRules(verification)
            let claim =
                "that \(server(verification)) has what \(trainer(verification)) was made with cannot be proved: "
            return claim
                + (causes.isEmpty ? "the training environment is not fully known" : causes.joined(separator: "; "))
        }
    }

    /// What a match says, and what it leaves out.
    private static func matchHeadline(_ verification: Verification) -> String {
        let counting = verification.packages.filter(\.counts)
        let level = counting.compactMap(\.evidence).min().map { ", every package at \($0.rawValue) or above" } ?? ""
        guard verification.scope == .named else {
            return "\(server(verification)) has the \(plural(counting.count, "package")) that "
                + "\(trainer(verification)) needs\(level)\(absence(verification))"
        }
        let unnamed =
            verification.unnamedCount == 0
            ? "" : "; \(verification.unnamedCount) more that loading needs were not asked about"
        return
            "\(server(verification)) has the \(plural(counting.count, "package")) that \(trainer(verification)) names"
            + "\(level)\(unnamed)\(absence(verification))"
    }

    /// Says that the model itself was not compared.
    private static func absence(_ verification: Verification) -> String {
        guard verification.bakedModel?.state == .absent, verification.identity.image != nil else { return "" }
        return "; the image holds no model: it is mounted at run time"
    }

    /// The rules about files and the start whose findings stand against a match.
    private static func decidingRules(_ verification: Verification) -> [String] {
        let rules = [
            "unvouched-file", "extra-package", "shadowing-module", "foreign-bytecode", "path-configuration-file",
            "site-customization", "foreign-interpreter", "redirecting-variable",
        ]
        return rules.compactMap { rule in
            let count = verification.findings.count { $0.rule == rule && $0.severity == .error }
            return count == 0 ? nil : plural(count, "error") + " of \(rule)"
        }
    }

    private static func rows(_ items: [Verification.PackageVerdict], _ style: TerminalStyle) -> String {
        let names = items.map { shown($0.training.name).count }.max() ?? 0
        var output = ""
        for verdict in [Verdict.mismatch, .notProvable] {
            for item in items where item.verdict == verdict {
                output += row(item, names, style)
                let limit = style.isVerbose ? item.reasons.count : shortList
                for reason in item.reasons.prefix(limit) { output += "              \(shown(reason))\n" }
                if item.reasons.count > limit {
                    output += "              and \(item.reasons.count - limit) more (--verbose lists them)\n"
                }
                if let help = item.help { output += "              \(style.bold("help:")) \(shown(help))\n" }
            }
        }
        return output
    }

    private static func row(_ item: Verification.PackageVerdict, _ names: Int, _ style: TerminalStyle) -> String {
        let training = item.training.version ?? item.training.versionRequirement ?? "any version"
        let serving = item.serving.map { $0.version ?? "no version" } ?? "missing"
        let versions = training == serving ? shown(training) : "\(shown(training)) → \(shown(serving))"
        return "\(word(item.verdict, item.counts, style))  \(padded(shown(item.training.name), names))  \(versions)"
            + (item.evidence.map { "  " + style.faint($0.rawValue) } ?? "") + "\n"
    }

    private static func facts(_ verification: Verification, _ style: TerminalStyle) -> String {
        guard !verification.facts.isEmpty else { return "" }
        let names = verification.facts.map(\.name.count).max() ?? 0
        var output = "\n"
        for fact in verification.facts {
            let serving = fact.serving ?? "unknown"
            let values = fact.verdict == .match || fact.training == serving ? serving : "\(fact.training) → \(serving)"
            output += "\(word(fact.verdict, fact.counts, style))  \(padded(fact.name, names))  \(shown(values))"
            output += fact.verdict == .match || fact.counts ? "\n" : "  \(style.faint("(a warning)"))\n"
            if fact.verdict != .match || style.isVerbose {
                for reason in fact.reasons { output += "              \(shown(reason))\n" }
                if let help = fact.help { output += "              \(style.bold("help:")) \(shown(help))\n" }
            }
        }
        return output
    }

    /// The packages that match: a line each when there are few or all are asked for, else a count for each level.
    private static func matches(_ verification: Verification, _ style: TerminalStyle) -> String {
        let matching = verification.packages.filter { $0.verdict == .match }
        guard !matching.isEmpty else { return "" }
        var output = "\n"
        if style.isVerbose || matching.count <= shortList {
            let names = matching.map { shown($0.training.name).count }.max() ?? 0
            for item in matching {
                output += row(item, names, style)
                for reason in item.reasons { output += "              \(shown(reason))\n" }
            }
            return output
        }
        for level in Evidence.allCases.reversed() {
            let items = matching.filter { $0.evidence == level }
            if items.isEmpty { continue }
            let names = items.prefix(shortList).map { shown($0.training.name) }.joined(separator: ", ")
            let rest = items.count > shortList ? ", ..." : ""
            output += "\(painted(.match, style))  \(plural(items.count, "package")) \(style.faint(level.rawValue))"
            output += "  \(names)\(rest)\n"
        }
        let noted = matching.filter { !$0.reasons.isEmpty }.count
        if noted > 0 { output += "              \(plural(noted, "package")) with remarks (--verbose lists them)\n" }
        return output
    }

    private static func model(_ verification: Verification, _ style: TerminalStyle) -> String {
        guard let model = verification.bakedModel else { return "" }
        if model.state == .absent { return "" }
        let found = model.isGiven ? "" : " (found by its files)"
        let files = model.files.isEmpty ? "" : ", \(plural(model.files.count, "file")) not"
        return "\n\(painted(model.verdict, style))  the model at \(shown(model.path))\(found): "
            + "\(plural(model.same, "file")) the same\(files)\n"
    }

    /// What was left out on either side, a line each.
    private static func gaps(_ verification: Verification, _ style: TerminalStyle) -> String {
        let pair = GapPair(left: verification.trainingGaps, right: verification.servingGaps)
        guard !pair.isEmpty else { return "" }
        return "\n"
            + pair.named("training", "serving ").map { side, gap in
                "\(style.yellow(padded("gap", 12)))  \(side)  \(shown(gap.description))\n"
            }.joined()
    }

    /// Returns whether the message of a finding was printed with a fact already.
    private static func isSaid(_ finding: Finding, _ verification: Verification) -> Bool {
        verification.facts.contains { $0.reasons.contains(finding.message) }
    }

    private static func identity(_ verification: Verification) -> String {
        var output = ""
        if let model = verification.identity.model { output += "model     \(shown(model))\n" }
        if let image = verification.identity.image {
            if let manifest = image.manifest { output += "manifest  \(manifest)\n" }
            if let config = image.config { output += "config    \(config)\n" }
        }
        return output + "compared  \(shown(verification.identity.compared))\n"
    }

    /// The word of a row; one that does not decide differs, and no more.
    private static func word(_ verdict: Verdict, _ counts: Bool, _ style: TerminalStyle) -> String {
        verdict == .mismatch && !counts ? padded("differs", 12) : painted(verdict, style)
    }

    private static func painted(_ verdict: Verdict, _ style: TerminalStyle, width: Int = 12) -> String {
        let word = padded(verdict.rawValue, width)
        return switch verdict {
        case .match: style.green(word)
        case .mismatch: style.red(word)
        case .notProvable: style.yellow(word)
        }
    }
}
