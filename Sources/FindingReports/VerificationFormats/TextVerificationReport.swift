/// The verification for a person: what does not match first and with its reasons, then what does, then the verdict.
public enum TextVerificationReport: VerificationReportFormat {
    /// `text`.
    public static let name = "text"

    /// One line a package, the findings, the summary and the verdict.
    public static func render(_ verification: Verification, style: TerminalStyle) -> String {
        var output = ""
        let names = verification.packages.map { shown($0.training.name).count }.max() ?? 0
        for verdict in [Verdict.mismatch, .notProvable, .match] {
            for item in verification.packages where item.verdict == verdict {
                let training = item.training.version ?? item.training.versionRequirement ?? "any version"
                let serving = item.serving.map { $0.version ?? "no version" } ?? "missing"
                let versions = training == serving ? shown(training) : "\(shown(training)) → \(shown(serving))"
                output += "\(painted(verdict, style)) \(padded(shown(item.training.name), names))  \(versions)"
                output += item.evidence.map { "  " + style.faint($0.rawValue) } ?? ""
                output += "\n"
                if verdict != .match {
                    for reason in item.reasons { output += "             \(shown(reason))\n" }
                }
            }
        }
        for finding in verification.findings {
            output +=
                "\n\(style.severity(finding.severity)): \(shown(finding.message)) \(style.faint("[\(finding.rule)]"))\n"
            output += "  at \(shown(finding.file))\n"
            if let help = finding.help { output += "  \(style.bold("help:")) \(shown(help))\n" }
        }
        output += "\n" + identity(verification)
        let levels = Evidence.allCases.reversed().map { ($0, verification.count($0)) }.filter { $0.1 > 0 }
            .map { "\($0.1) \($0.0.rawValue)" }
        output += "evidence  " + (levels.isEmpty ? "none" : levels.joined(separator: ", "))
        output += " (required: \(verification.required.rawValue))\n"
        let word = painted(verification.verdict, style, width: 0)
        return output + "verdict   \(word): \(plural(verification.packages.count, "package")), "
            + "\(verification.count(.match)) match, \(verification.count(.mismatch)) mismatch, "
            + "\(verification.count(.notProvable)) not provable\n"
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

    private static func painted(_ verdict: Verdict, _ style: TerminalStyle, width: Int = 12) -> String {
        let word = padded(verdict.rawValue, width)
        return switch verdict {
        case .match: style.green(word)
        case .mismatch: style.red(word)
        case .notProvable: style.yellow(word)
        }
    }
}
