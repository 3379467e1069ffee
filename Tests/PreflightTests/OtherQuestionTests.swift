import EnvironmentInventory
import InputContracts
import SourceDocuments
import Testing

@testable import DeploymentFiles
@testable import Preflight

/// The questions about ownership, the environment and the input, and what waivers make of an answer.
@Suite("Ownership, environment, input and waivers")
struct OtherQuestionTests {
    private typealias Scenes = PreflightScenes

    // MARK: Ownership

    private static func owned(_ runbook: String = "https://runbooks.example/churn") throws -> PreflightScene {
        var scene = try Scenes.scene()
        scene.situation.claims = [
            .init(.owner, ["@org/risk-ml"], source: .codeOwners, file: "CODEOWNERS", range: Scenes.line(1)),
            .init(.onCall, ["PXXXXXX"], source: .backstage, file: "catalog-info.yaml", range: Scenes.line(5)),
            .init(.runbook, [runbook], source: .declaration, file: "preflight.toml", range: Scenes.line(7)),
        ]
        return scene
    }

    @Test("an owner, who is called and a runbook answer it")
    func ownership() throws {
        let answer = try Scenes.answer(.ownership, Self.owned())
        #expect(answer.answer == .answered && answer.findings.isEmpty)
        #expect(answer.summary == "@org/risk-ml, PXXXXXX, https://runbooks.example/churn")
        #expect(
            Scenes.lines(answer.evidence) == [
                "owner claimed CODEOWNERS:1: @org/risk-ml", "on-call claimed catalog-info.yaml:5: PXXXXXX",
                "runbook claimed preflight.toml:7: https://runbooks.example/churn",
            ])
    }

    @Test("a runbook that is not an address has to be there")
    func runbook() throws {
        var scene = try Self.owned("docs/churn.md#night")
        #expect(
            Scenes.lines(try Scenes.answer(.ownership, scene).findings) == [
                "dead-reference error preflight.toml:7: docs/churn.md is neither in the model nor in the deployment"
            ])
        scene.references = ReferenceRoots([.archive(name: "m", documents: [:], paths: ["docs/churn.md"])])
        #expect(try Scenes.answer(.ownership, scene).answer == .answered)
    }

    @Test("placeholders say nothing")
    func placeholders() throws {
        var scene = try Self.owned("TODO")
        scene.situation.claims[0].values = ["TBD"]
        let answer = try Scenes.answer(.ownership, scene)
        #expect(answer.answer == .wrong)
        #expect(Set(answer.findings.map(\.rule)) == ["placeholder-owner", "no-runbook"])
        #expect(answer.evidence.map(\.kind) == ["on-call"])
    }

    @Test("a gap of the deployment leaves ownership open")
    func ownershipGap() throws {
        var scene = try Self.owned()
        scene.situation.gaps = [Gap("k8s", reason: "it is cut")]
        let answer = try Scenes.answer(.ownership, scene)
        #expect(answer.isUndecided && answer.answer == .notAnswered && answer.summary == "k8s: it is cut")
    }

    // MARK: Environment

    private static func package(
        _ name: String, _ verdict: Verdict, serving: String?, evidence: Evidence? = nil, counts: Bool = true
    ) -> Verification.PackageVerdict {
        .init(
            training: Package(ecosystem: .pypi, name: name, version: "1"),
            serving: serving.map { Package(ecosystem: .pypi, name: name, version: $0) }, evidence: evidence,
            verdict: verdict, reasons: [], counts: counts)
    }

    @Test("the verdict of verify in words")
    func sentences() {
        func sentence(_ verification: Verification) -> String { EnvironmentQuestion.sentence(verification) }
        #expect(
            sentence(
                Scenes.verification(packages: [
                    Self.package("a", .match, serving: "1", evidence: .locked),
                    Self.package("b", .match, serving: "1", evidence: .intact),
                    Self.package("c", .match, serving: "1", evidence: .locked),
                ])) == "match: 3 packages: 2 locked, 1 intact")
        #expect(
            sentence(Scenes.verification(packages: [Self.package("a", .match, serving: "1", evidence: .trained)]))
                == "match: 1 package: 1 trained")
        #expect(
            sentence(
                Scenes.verification(
                    packages: [
                        Self.package("a", .mismatch, serving: "2"), Self.package("b", .mismatch, serving: nil),
                        Self.package("x", .mismatch, serving: "2", counts: false),
                        Self.package("c", .mismatch, serving: "2"), Self.package("d", .mismatch, serving: "2"),
                    ],
                    facts: [
                        .init(
                            name: "python", training: "3.11", serving: nil, verdict: .mismatch, counts: true),
                        .init(
                            name: "libc", training: "2.36", serving: "2.31", verdict: .mismatch, counts: false),
                    ]))
                == "mismatch: a 1 -> 2, b 1 -> missing, c 1 -> 2, python 3.11 -> unknown")
        #expect(
            sentence(Scenes.verification(gaps: [Gap("-e .", reason: "it has no name")]))
                == "not-provable: -e .: it has no name")
        #expect(
            sentence(Scenes.verification(.notProvable, packages: [Self.package("a", .match, serving: "1")]))
                == "not-provable: 1 of 1 packages match")
    }

    @Test("what is to do is the command that was run, or how it is called")
    func environmentRemedy() throws {
        var verification = Scenes.verification(.mismatch)
        let plain = try Scenes.answer(.environment, Scenes.scene(verification))
        #expect(plain.remedy == "pinproof verify MODEL IMAGE" && plain.summary == "mismatch: 0 of 0 packages match")
        verification.context.command = ["pinproof", "verify", "m", "i"]
        #expect(try Scenes.answer(.environment, Scenes.scene(verification)).remedy == "pinproof verify m i")
        #expect(try Scenes.answer(.environment, Scenes.scene()).remedy == nil)
    }

    @Test("an error of verify makes the environment wrong, unless nothing could be proved")
    func environmentErrors() throws {
        let error = Finding(rule: "foreign-bytecode", severity: .error, file: "a", range: nil, message: "m")
        let wrong = try Scenes.answer(.environment, Scenes.scene(Scenes.verification(findings: [error])))
        #expect(wrong.answer == .wrong && wrong.findings == [error])
        let open = try Scenes.answer(
            .environment, Scenes.scene(Scenes.verification(.notProvable, findings: [error])))
        #expect(open.answer == .notAnswered && open.isUndecided)
    }

    // MARK: Input

    private static func contract(_ names: [String?]) -> InputContract {
        var contract = InputContract()
        contract.inputs = names.enumerated().map { position, name in
            var input = ContractInput(name: name, position: position)
            input.type = .float64
            input.nullable = true
            return input
        }
        contract.enforcedBy = [.mlflow]
        return contract
    }

    @Test("the inputs without a type, and those whose missing value is open, are named, three of them")
    func openInputs() throws {
        var scene = try Scenes.scene()
        var contract = Self.contract(["a", nil, "c", "d", "e"])
        for index in contract.inputs.indices { contract.inputs[index].type = .any }
        scene.contract = contract
        let untyped = try Scenes.answer(.input, scene)
        #expect(untyped.summary == "5 inputs without a type: a, position 1, c and 2 more")
        #expect(untyped.remedy == "put a schema beside it and name it: [input] contract in preflight.toml")
        contract = Self.contract(["a"])
        contract.inputs[0].nullable = nil
        scene.contract = contract
        #expect(
            try Scenes.answer(.input, scene).summary == "what a missing value does is not known for 1 input: a")
        // A tensor has no type of a column.
        contract = Self.contract(["t"])
        contract.inputs[0].type = .any
        contract.inputs[0].shape = [nil, 3]
        scene.contract = contract
        #expect(try Scenes.answer(.input, scene).answer == .answered)
    }

    @Test("the summary counts columns, who checks them, and the probes that break it")
    func inputSummary() throws {
        var scene = try Scenes.scene()
        var contract = Self.contract(["a", "b"])
        contract.enforcedBy = [.mlflow, .schema]
        contract.inputs[0].sources = [
            ContractSource(file: "MLmodel", line: 9, says: "signature.inputs", strength: "recorded")
        ]
        contract.library = .init(name: "scikit-learn", training: "1.5.0", serving: "1.6.1")
        scene.contract = contract
        func probe(_ outcome: ValueOutcome) -> ContractProbe {
            ContractProbe(
                column: .name("a"), kind: .null, value: .null, outcome: outcome, why: "w", version: nil)
        }
        scene.probes = [probe(.error), probe(.silent), probe(.rejected), probe(.accepted), probe(.unknown)]
        let answer = try Scenes.answer(.input, scene)
        #expect(
            answer.summary
                == "2 columns, checked by mlflow and schema; 3 probes would break it or be answered silently")
        #expect(
            Scenes.lines(answer.evidence) == [
                "columns recorded MLmodel:9: 2", "enforcement claimed -: mlflow", "enforcement claimed -: schema",
                "library recorded -: scikit-learn 1.5.0 1.6.1",
            ])
    }

    @Test("a contract that nothing checks, a model without one, and one that was not understood")
    func inputFindings() throws {
        var scene = try Scenes.scene()
        #expect(
            try Scenes.answer(.input, scene).findings.map(\.message) == ["nothing says which columns it takes"])
        scene.modelGaps = [Gap("model.pkl", reason: "opcode 0x00")]
        let gap = try Scenes.answer(.input, scene)
        #expect(gap.isUndecided && gap.findings.isEmpty && gap.summary == "model.pkl: opcode 0x00")
        scene.modelGaps = []
        var contract = Self.contract(["a"])
        contract.enforcedBy = []
        scene.contract = contract
        let open = try Scenes.answer(.input, scene)
        #expect(open.answer == .notAnswered)
        #expect(open.findings.map(\.message) == ["nothing in front of the model checks its columns"])
    }

    @Test("requests that do not fit are wrong; a class that was added is a remark")
    func requestsAndChanges() throws {
        var scene = try Scenes.scene()
        scene.contract = Self.contract(["a"])
        var requests = PreflightResult.Requests()
        requests.rows = 2
        requests.valid = 1
        requests.invalid = [.init(row: 2, column: "a", rule: "type", message: "it is text")]
        scene.requests = requests
        scene.requestsFile = "r.csv"
        let wrong = try Scenes.answer(.input, scene)
        #expect(wrong.answer == .wrong && Set(wrong.findings.map(\.rule)) == ["invalid-request"])
        #expect(Scenes.lines(wrong.evidence).last == "requests claimed r.csv: 1 of 2 rows fit")
        scene.requests = nil
        func output(_ kind: String) -> ContractChange {
            ContractChange(
                column: nil, kind: kind, previous: nil, now: "x", breaksCallers: kind == "class-removed",
                breaksRollback: false, isOutput: true)
        }
        scene.changes = [output("class-added")]
        #expect(try Scenes.answer(.input, scene).answer == .answered)
        scene.changes = [output("class-removed")]
        #expect(try Scenes.answer(.input, scene).answer == .wrong)
    }

    // MARK: Waivers

    @Test("a waiver takes its rule away until its day, and says so")
    func currentWaiver() throws {
        var scene = try Self.owned()
        scene.situation.claims.removeLast()
        #expect(try Scenes.answer(.ownership, scene).findings.map(\.rule) == ["no-runbook"])
        scene.declaration = try Scenes.declaration("[waive]\nno-runbook = \"2026-11-28 it is written\"\n")
        let answer = try Scenes.answer(.ownership, scene)
        #expect(answer.answer == .answered && answer.findings.isEmpty)
        #expect(
            Scenes.lines(answer.evidence).last
                == "waiver claimed preflight.toml:3: no-runbook until 2026-11-28: it is written")
        #expect(answer.summary == "@org/risk-ml, PXXXXXX")
    }

    @Test("an answer of which nothing else is known says what was waived")
    func waivedSummary() throws {
        var scene = try Scenes.scene()
        scene.declaration = try Scenes.declaration("[waive]\nno-input-contract = \"2099-01-31 it comes\"\n")
        let answer = try Scenes.answer(.input, scene)
        #expect(answer.answer == .answered)
        #expect(answer.summary == "waived: no-input-contract until 2099-01-31: it comes")
    }

    @Test("a waiver past its day is a finding of its rule's question, and the rule counts again")
    func expiredWaiver() throws {
        var scene = try Self.owned()
        scene.declaration = try Scenes.declaration("[waive]\nno-runbook = \"2026-11-27 it is written\"\n")
        let result = PreflightJudge.judge(scene)
        let ownership = try #require(result.questions.first { $0.question == .ownership })
        #expect(
            Scenes.lines(ownership.findings) == [
                "expired-waiver error preflight.toml:3: the waiver of no-runbook ended on 2026-11-27: it is written"
            ])
        #expect(ownership.answer == .wrong)
        #expect(result.questions.filter { $0.findings.contains { $0.rule == "expired-waiver" } }.count == 1)
    }
}
