import EnvironmentInventory
import SourceDocuments
import Testing

@testable import Preflight

@Suite("The answers and the verdict")
struct JudgeTests {
    static func answer(
        _ answer: PreflightResult.Answer, undecided: Bool = false
    ) -> PreflightResult.QuestionAnswer {
        var value = PreflightResult.QuestionAnswer(question: .input, answer: answer, summary: "")
        value.isUndecided = undecided
        return value
    }

    @Test("ready needs every answer; what could not be read is never ready and no refusal")
    func verdicts() {
        #expect(PreflightJudge.verdict([Self.answer(.answered), Self.answer(.answered)]) == .ready)
        #expect(PreflightJudge.verdict([Self.answer(.answered), Self.answer(.notAnswered)]) == .notReady)
        #expect(PreflightJudge.verdict([Self.answer(.wrong)]) == .notReady)
        #expect(PreflightJudge.verdict([Self.answer(.notAnswered, undecided: true)]) == .notProvable)
        #expect(PreflightJudge.verdict([Self.answer(.wrong), Self.answer(.answered, undecided: true)]) == .notProvable)
    }

    private static func scene(_ verdict: Verdict = .match, findings: [Finding] = []) throws -> PreflightScene {
        let digest = try #require(Digest("sha256:" + String(repeating: "1", count: 64)))
        let verification = Verification(
            required: .trained, identity: .init(compared: "content", model: nil, image: nil), packages: [],
            findings: findings, floor: verdict)
        return PreflightScene(
            identity: .init(format: "mlflow", name: "churn", treeDigest: digest, payloadDigest: digest),
            verification: verification, references: ReferenceRoots([]), today: try #require(CalendarDate("2026-11-28")))
    }

    @Test("silence answers nothing")
    func silence() throws {
        let result = PreflightJudge.judge(try Self.scene())
        #expect(result.verdict == .notReady)
        #expect(result.questions.map(\.question) == PreflightResult.Question.allCases)
        #expect(result.questions.filter { $0.answer == .answered }.map(\.question) == [.environment])
        #expect(
            Set(result.findings.map(\.rule)) == [
                "no-input-contract", "no-previous-model", "no-output-baseline",
                "no-output-alert", "no-owner", "no-on-call", "no-runbook",
            ])
    }

    @Test("the environment is what verify says")
    func environment() throws {
        for (verdict, answer, isUndecided) in [
            (Verdict.match, PreflightResult.Answer.answered, false), (.mismatch, .wrong, false),
            (.notProvable, .notAnswered, true),
        ] {
            let result = PreflightJudge.judge(try Self.scene(verdict))
            let environment = try #require(result.questions.first { $0.question == .environment })
            #expect(environment.answer == answer && environment.isUndecided == isUndecided)
        }
    }

    @Test("--fail-on counts the findings of required questions, those of verify among them")
    func countedFindings() throws {
        let warning = Finding(
            rule: "unvouched-file", severity: .warning, file: "a", range: nil, message: "m")
        var scene = try Self.scene(findings: [warning])
        scene.required = [.environment]
        let result = PreflightJudge.judge(scene)
        #expect(result.verdict == .ready && result.countedFindings == [warning])
        #expect(result.findings.contains { $0.rule == "no-owner" } && !result.findings.contains(warning))
        scene.required = [.ownership]
        #expect(!PreflightJudge.judge(scene).countedFindings.contains(warning))
    }

    private static func contract(_ change: (inout InputContract) -> Void = { _ in }) -> InputContract {
        var contract = InputContract()
        var input = ContractInput(name: "age", position: 0)
        input.type = .float64
        input.onNull = .accepted
        contract.inputs = [input]
        contract.enforcedBy = [.mlflow]
        change(&contract)
        return contract
    }

    @Test("the input question: what has to be known")
    func input() throws {
        func answer(_ contract: InputContract) throws -> PreflightResult.QuestionAnswer {
            var scene = try Self.scene()
            scene.contract = contract
            return try #require(PreflightJudge.judge(scene).questions.first)
        }
        #expect(try answer(Self.contract()).answer == .answered)
        #expect(try answer(Self.contract { $0.enforcedBy = [.none] }).findings.map(\.rule) == ["unenforced-contract"])
        #expect(try answer(Self.contract { $0.inputs[0].type = .any }).answer == .notAnswered)
        #expect(try answer(Self.contract { $0.inputs[0].onNull = .unknown }).answer == .notAnswered)
        let nullable = Self.contract {
            $0.inputs[0].onNull = .unknown
            $0.inputs[0].nullable = false
        }
        #expect(try answer(nullable).answer == .answered)
        let gap = try answer(Self.contract { $0.gaps = [Gap("x", reason: "y")] })
        #expect(gap.isUndecided && gap.findings.isEmpty)
    }

    @Test("every rule of the contract has a question, documentation and one name")
    func rules() {
        let names = [
            "no-input-contract", "contradicting-contract", "duplicate-column", "useless-column", "names-lost",
            "unenforced-contract", "silent-coercion", "breaking-null", "silent-unseen-category", "untested-range",
            "outcome-changes-with-version", "breaking-input-change", "breaking-output-change", "invalid-request",
            "no-previous-model", "previous-not-servable", "rollback-breaks-callers", "no-revision-history",
            "floating-rollback-image", "alias-without-version", "alias-of-another-model", "cold-rollback",
            "no-output-baseline", "baseline-of-another-model", "unbound-baseline", "incomplete-baseline",
            "unread-baseline", "no-output-alert", "dead-reference", "alert-without-runbook", "alert-without-severity",
            "no-owner", "no-on-call", "placeholder-owner", "no-runbook", "contradicting-owners", "expired-waiver",
        ]
        #expect(PreflightRules.rules.map(\.name).sorted() == names.sorted())
        for rule in PreflightRules.rules {
            #expect([rule.summary, rule.why, rule.help].allSatisfy { $0.hasSuffix(".") || $0.hasSuffix(".toml.") })
        }
    }
}
