import EnvironmentInventory
import EnvironmentVerification

/// Derives the five answers and the verdict from what was read.
package enum PreflightJudge {
    /// Answers every question, and decides by those that are required.
    package static func judge(_ scene: PreflightScene) -> PreflightResult {
        let drafts = PreflightResult.Question.allCases.map { question in
            switch question {
            case .input: InputQuestion.draft(scene)
            case .rollback: RollbackQuestion.draft(scene)
            case .monitoring: MonitoringQuestion.draft(scene)
            case .environment: EnvironmentQuestion.draft(scene)
            case .ownership: OwnershipQuestion.draft(scene)
            }
        }
        let answers = drafts.map { $0.finished(in: scene) }
        let required = PreflightResult.Question.allCases.filter(scene.required.contains)
        var result = PreflightResult(
            verdict: verdict(answers.filter { required.contains($0.question) }), required: required,
            model: scene.identity, questions: answers, verification: scene.verification)
        result.previous = scene.previous
        result.contract = scene.contract
        result.changes = scene.changes ?? []
        result.probes = scene.probes
        result.requests = scene.requests
        result.rules = PreflightRules.rules + EnvironmentVerifier.rules
        result.gaps = scene.modelGaps + (scene.contract?.gaps ?? []) + scene.situation.gaps + scene.baselineGaps
        return result
    }

    /// Returns the verdict of the required answers: if something could not be read or proved, it is neither ready nor a refusal.
    static func verdict(_ answers: [PreflightResult.QuestionAnswer]) -> PreflightResult.Verdict {
        if answers.contains(where: \.isUndecided) { return .notProvable }
        return answers.allSatisfy { $0.answer == .answered } ? .ready : .notReady
    }
}

extension PreflightResult {
    /// The findings of the required questions, those of `verify` among them, which `--fail-on` counts.
    package var countedFindings: [Finding] {
        questions.filter { required.contains($0.question) }.flatMap { answer in
            answer.question == .environment
                ? verification.findings + answer.findings.filter { $0.rule == ExpiredWaiver.rule.name }
                : answer.findings
        }
    }
}
