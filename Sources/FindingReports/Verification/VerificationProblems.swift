import EnvironmentInventory

/// The verdict and everything that differs as findings, for formats that are lists of findings.
enum VerificationProblems {
    /// The rule of the verdict itself, and of packages.
    static let rules = [
        Rule(
            name: "refused", summary: "The serving side is not what training had.",
            why: "A model that is loaded with other versions fails, or answers differently.",
            help: "Build the image from the lock of training, or train again on what the image has."),
        Rule(
            name: "not-provable", summary: "Whether the serving side is what training had cannot be determined.",
            why: "What could not be read or checked is never a match.",
            help: "Record the whole environment at training: pinproof capture, or a lock with hashes next to the model."
        ),
        Rule(
            name: "package-differs", summary: "A package of the serving side is not the one of training.",
            why: "Another version, or other files of the same version, load and compute differently.",
            help: "Install the version of training from its lock."),
        Rule(
            name: "package-not-proved", summary: "A package could not be proved to be the one of training.",
            why: "The evidence is below the level that is required.",
            help: "Give the locked artifacts (--wheels), or capture the environment at training."),
    ]

    /// The verdict first where it is not a match, then the packages, then the findings.
    static func findings(_ verification: Verification) -> [Finding] {
        let summary = VerificationSummary(verification)
        let name = verification.context.serving?.about.name ?? "serving"
        var findings: [Finding] = []
        if verification.verdict != .match {
            let remedy = VerificationRemedy(verification)
            let rule = verification.verdict == .mismatch ? "refused" : "not-provable"
            findings.append(
                Finding(
                    rule: rule, severity: .error, file: name, range: nil, message: summary.text,
                    help: remedy.map { $0.command ?? $0.words }))
        }
        for item in verification.packages where item.verdict != .match {
            let cause = VerificationCause(item, in: verification.context)
            let versions = cause.versions.map {
                $0.training == $0.serving ? " \($0.training)" : " \($0.training) -> \($0.serving)"
            }
            let reasons = cause.reasons.prefix(5).joined(separator: "; ")
            let step = cause.layer.map { layer in
                " (layer \(layer.number)"
                    + (layer.instruction.map { ": " + TextVerificationReport.instruction($0) } ?? "") + ")"
            }
            var finding = Finding(
                rule: item.verdict == .mismatch ? "package-differs" : "package-not-proved",
                severity: item.counts ? .error : .warning, file: name, range: nil,
                message: "\(cause.name)\(versions ?? ""): \(reasons)\(step ?? "")", help: cause.help,
                ecosystem: item.training.ecosystem, subject: item.training.name)
            finding.layer = cause.layer?.diffID
            findings.append(finding)
        }
        findings += verification.findings.filter { $0.rule != "unneeded-package-differs" }
        // The findings of a verifier name the gaps too; nothing is left out where they do not.
        for (side, gap) in summary.gaps where !findings.contains(where: { $0.message.contains(gap.reason) }) {
            findings.append(
                Finding(
                    rule: "not-provable", severity: verification.verdict == .match ? .warning : .error, file: name,
                    range: nil, message: "\(side): \(gap.description)"))
        }
        return findings
    }
}
