import DeploymentFiles
import EnvironmentInventory
import InputContracts
import SourceDocuments

/// The answer to a question while it is made.
struct QuestionDraft {
    /// The question.
    let question: PreflightResult.Question
    /// One line for the page when the question is answered.
    var summary = ""
    /// What answers it.
    var evidence: [PreflightResult.Evidence] = []
    /// What is wrong.
    var findings: [Finding] = []
    /// What keeps it from being answered and has no rule, a sentence each without a full stop.
    var missing: [String] = []
    /// What is wrong and has no rule, a sentence each.
    var wrong: [String] = []
    /// What could not be read or proved, a sentence each.
    var undecided: [String] = []
    /// What would fix it; nil for what the first finding says.
    var remedy: String?

    init(_ question: PreflightResult.Question) { self.question = question }

    mutating func note(
        _ kind: String, _ value: String, _ strength: String = "claimed", file: String? = nil, line: Int? = nil
    ) {
        evidence.append(.init(kind: kind, value: value, strength: strength, file: file, line: line))
    }

    /// Follows a reference of the declaration; one that leads nowhere is a finding.
    mutating func follow(
        _ entry: PreflightDeclaration.Entry, in scene: PreflightScene, file: String
    ) -> ReferenceRoots.Target? {
        let path = String(entry.text.prefix { $0 != "#" })
        do throws(ReferenceRoots.Problem) { return try scene.references.find(path) } catch {
            findings.append(DeadReference.finding(for: error, path, file: file, range: entry.range))
            return nil
        }
    }

    /// Makes the answer of what was found, without the findings that are waived.
    func finished(in scene: PreflightScene) -> PreflightResult.QuestionAnswer {
        var evidence = evidence
        var findings = findings
        var missing = missing
        let waivers = scene.declaration?.waivers(on: scene.today)
        let file = scene.declaration?.file ?? ""
        for waiver in waivers?.current ?? [] {
            let waived = findings.filter { $0.rule == waiver.rule }
            guard !waived.isEmpty else { continue }
            findings.removeAll { $0.rule == waiver.rule }
            evidence.append(
                .init(
                    kind: "waiver", value: "\(waiver.rule) until \(waiver.until): \(waiver.reason)",
                    strength: "claimed", file: file, line: waiver.range.start.line))
            // What the rule stands for is accepted as it is.
            if PreflightRules.judgement(of: waiver.rule)?.effect != nil { missing = [] }
        }
        for waiver in waivers?.expired ?? [] where PreflightRules.question(of: waiver.rule) == question {
            findings.append(
                ExpiredWaiver.finding(
                    "the waiver of \(waiver.rule) ended on \(waiver.until): \(waiver.reason)", file: file,
                    range: waiver.range, subject: waiver.rule))
        }
        findings = Finding.sorted(findings)
        let effects = findings.compactMap { finding -> PreflightResult.Answer? in
            if let judgement = PreflightRules.judgement(of: finding.rule) {
                // A class that was added is a remark on the outputs, and breaks nobody.
                let isRemark = finding.rule == BreakingOutputChange.rule.name && finding.severity < .error
                return isRemark ? nil : judgement.effect
            }
            // An error of another command that could not decide is not proof.
            return finding.severity == .error && undecided.isEmpty ? .wrong : nil
        }
        let answer: PreflightResult.Answer =
            effects.contains(.wrong) || !wrong.isEmpty
            ? .wrong
            : effects.contains(.notAnswered) || !missing.isEmpty || !undecided.isEmpty ? .notAnswered : .answered
        let deciding = deciding(findings, for: answer)
        let waived = evidence.first { $0.kind == "waiver" }?.value
        let answered = summary.isEmpty ? waived.map { "waived: \($0)" } ?? summary : summary
        let first = undecided.first ?? wrong.first ?? deciding?.message ?? missing.first
        var result = PreflightResult.QuestionAnswer(
            question: question, answer: answer, summary: answer == .answered ? answered : first ?? summary,
            remedy: answer == .answered ? nil : undecided.isEmpty ? (remedy ?? deciding?.help) : remedy)
        result.isUndecided = !undecided.isEmpty
        // What keeps a question open and has no rule is named too.
        for text in undecided { evidence.append(.init(kind: "gap", value: text, strength: "unknown")) }
        for text in missing { evidence.append(.init(kind: "missing", value: text, strength: "unknown")) }
        result.evidence = evidence
        result.findings = findings
        return result
    }

    /// The finding that decides, the first of the worst.
    private func deciding(_ findings: [Finding], for answer: PreflightResult.Answer) -> Finding? {
        findings.first { PreflightRules.judgement(of: $0.rule)?.effect == answer }
            ?? findings.first { $0.severity == .error }
    }
}

extension DeadReference {
    /// Makes the finding of a reference that leads nowhere.
    static func finding(
        for problem: ReferenceRoots.Problem, _ path: String, file: String, range: SourceRange?
    ) -> Finding {
        let message =
            switch problem {
            case .leavesRoot:
                "\(path) leaves the model and the deployment: it is absolute, has `..`, or is a link that leads out"
            case .missing: "\(path) is neither in the model nor in the deployment"
            case .unreadable(let reason): "\(path) cannot be read: \(reason)"
            }
        return Finding(
            rule: rule.name, severity: severity, file: file, range: range, message: message, help: rule.help,
            ecosystem: .model, subject: path)
    }
}
