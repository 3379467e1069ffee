import DataProfiles
import EnvironmentInventory
import SourceDocuments
import TestSupport
import Testing

@testable import DeploymentFiles
@testable import Preflight

/// Scenes of which a test knows every fact.
enum PreflightScenes {
    /// `sha256:` and 64 times one digit.
    static func hash(_ digit: Character) -> String { "sha256:" + String(repeating: digit, count: 64) }

    static func digest(_ digit: Character) throws -> Digest { try #require(Digest(hash(digit))) }

    /// The model `churn` with the tree digest 1 and the payload digest 2, on 28 November 2026.
    static func scene(
        _ verification: Verification? = nil, references: ReferenceRoots = ReferenceRoots([])
    ) throws -> PreflightScene {
        PreflightScene(
            identity: .init(
                format: "mlflow", name: "churn", treeDigest: try digest("1"), payloadDigest: try digest("2")),
            verification: verification ?? Self.verification(), references: references,
            today: try #require(CalendarDate("2026-11-28")))
    }

    static func verification(
        _ verdict: Verdict = .match, packages: [Verification.PackageVerdict] = [],
        facts: [Verification.FactVerdict] = [], findings: [Finding] = [], gaps: [Gap] = []
    ) -> Verification {
        Verification(
            required: .trained, identity: .init(compared: "content", model: nil, image: nil), packages: packages,
            facts: facts, findings: findings, trainingGaps: gaps, floor: verdict)
    }

    /// A declaration with the schema as its first line.
    static func declaration(_ body: String) throws -> PreflightDeclaration {
        try PreflightDeclaration(
            SourceText(name: "preflight.toml", text: "schema = \"pinproof/preflight-declaration/1\"\n" + body),
            rules: Set(PreflightRules.rules.map(\.name)))
    }

    /// The range of the first column of a line.
    static func line(_ line: Int) -> SourceRange {
        SourceRange(start: SourcePosition(line: line, column: 1), end: SourcePosition(line: line, column: 2))
    }

    /// A Deployment that runs one image.
    static func workload(_ name: String, image: String, file: String = "k8s/deploy.yaml", line: Int = 3) -> Workload {
        var workload = Workload(
            kind: .deployment, kindName: "Deployment", name: name, file: file, range: Self.line(line))
        workload.images = [
            .init(container: "server", text: image, reference: ImageReference(image), range: Self.line(line + 4))
        ]
        return workload
    }

    /// The answer to one question.
    static func answer(
        _ question: PreflightResult.Question, _ scene: PreflightScene
    ) throws -> PreflightResult.QuestionAnswer {
        try #require(PreflightJudge.judge(scene).questions.first { $0.question == question })
    }

    /// Findings as `rule severity file:line: message`.
    static func lines(_ findings: [Finding]) -> [String] {
        findings.map {
            "\($0.rule) \($0.severity) \($0.file)\($0.range.map { ":\($0.start.line)" } ?? ""): \($0.message)"
        }
    }

    /// Evidence as `kind strength file:line: value`.
    static func lines(_ evidence: [PreflightResult.Evidence]) -> [String] {
        evidence.map {
            "\($0.kind) \($0.strength) \($0.file ?? "-")\($0.line.map { ":\($0)" } ?? ""): \($0.value)"
        }
    }
}
