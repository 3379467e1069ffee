import EnvironmentInventory
import SourceDocuments
import TestSupport
import Testing

@testable import DeploymentFiles
@testable import Preflight

/// The rollback question: what to go back to, and how (contracts/preflight.md).
@Suite("The rollback question")
struct RollbackQuestionTests {
    private typealias Scenes = PreflightScenes

    private static func previous(
        _ verdict: Verdict = .match, image: String? = "registry.example/churn:6", digit: Character = "3"
    ) throws -> PreflightResult.Previous {
        var previous = PreflightResult.Previous()
        previous.model = .init(
            format: "mlflow", name: "churn-6", treeDigest: try Scenes.digest(digit),
            payloadDigest: try Scenes.digest("4"))
        previous.image = image
        previous.verification = Scenes.verification(verdict)
        return previous
    }

    /// A scene in which everything is answered but for what a test changes.
    private static func answered() throws -> PreflightScene {
        var scene = try Scenes.scene()
        scene.previous = try previous()
        scene.takeoverDigests = [try Scenes.digest("5")]
        scene.changes = []
        scene.situation.deployment.workloads = [
            Scenes.workload("churn", image: "registry.example/churn@\(Scenes.hash("5"))")
        ]
        return scene
    }

    @Test("a verified previous model, an image with a digest and one workload answer it")
    func answered() throws {
        let answer = try Scenes.answer(.rollback, Self.answered())
        #expect(answer.answer == .answered && answer.findings.isEmpty && answer.remedy == nil)
        #expect(
            answer.summary == "churn-6 -> registry.example/churn:6 verified, match: 0 packages: none to compare")
        #expect(
            Scenes.lines(answer.evidence) == [
                "previous-model hashed -: churn-6 \(Scenes.hash("3"))",
                "previous-image hashed -: registry.example/churn:6", "verification trained -: match",
                "switch claimed k8s/deploy.yaml:3: Deployment churn",
                "image claimed k8s/deploy.yaml:7: registry.example/churn@\(Scenes.hash("5"))",
            ])
    }

    @Test("an image of which no digest is known is claimed only")
    func claimedImage() throws {
        var scene = try Self.answered()
        scene.takeoverDigests = []
        let evidence = try Scenes.answer(.rollback, scene).evidence
        #expect(evidence.first { $0.kind == "previous-image" }?.strength == "claimed")
    }

    @Test("what is missing of the previous deployment is named")
    func absence() throws {
        func message(_ declaration: String?, _ previous: PreflightResult.Previous?) throws -> String {
            var scene = try Self.answered()
            scene.previous = previous
            scene.declaration = try declaration.map(Scenes.declaration)
            let answer = try Scenes.answer(.rollback, scene)
            #expect(answer.answer == .notAnswered && !answer.isUndecided)
            return try #require(answer.findings.first { $0.rule == "no-previous-model" }).message
        }
        let model = "[rollback]\nmodel = \"\(Scenes.hash("3"))\"\n"
        #expect(try message(nil, nil) == "no previous model is named")
        #expect(try message(model, nil) == "the previous model \(Scenes.hash("3")) was not given")
        let imageless = try Self.previous(image: nil)
        #expect(try message(nil, imageless) == "no image that takes over is named")
        let image = "registry.example/churn@\(Scenes.hash("5"))"
        #expect(
            try message("[rollback]\nimage = \"\(image)\"\n", imageless)
                == "the image \(image) that takes over was not given")
        var unverified = try Self.previous()
        unverified.verification = nil
        #expect(try message(nil, unverified) == "no image that takes over is named")
    }

    @Test("a declared model or image that is not the given one is not servable")
    func otherThanDeclared() throws {
        var scene = try Self.answered()
        let image = "registry.example/churn@\(Scenes.hash("6"))"
        scene.declaration = try Scenes.declaration(
            "[rollback]\nmodel = \"\(Scenes.hash("7"))\"\nimage = \"\(image)\"\n")
        let answer = try Scenes.answer(.rollback, scene)
        #expect(answer.answer == .wrong)
        #expect(
            Scenes.lines(answer.findings) == [
                "previous-not-servable error preflight.toml:3: rollback.model is \(Scenes.hash("7")), churn-6 has \(Scenes.hash("3"))",
                "previous-not-servable error preflight.toml:4: rollback.image is \(Scenes.hash("6")), the image that takes over is registry.example/churn:6",
            ])
        #expect(answer.remedy == "Give the model that the declaration names, or name the one that was given.")
        // The payload digest names the same model.
        scene.declaration = try Scenes.declaration("[rollback]\nmodel = \"\(Scenes.hash("4"))\"\n")
        #expect(try Scenes.answer(.rollback, scene).answer == .answered)
    }

    @Test("a previous model and image that do not match are an outage, and what cannot be proved is undecided")
    func verdicts() throws {
        var scene = try Self.answered()
        scene.previous = try Self.previous(.mismatch)
        let wrong = try Scenes.answer(.rollback, scene)
        #expect(wrong.answer == .wrong)
        #expect(
            Scenes.lines(wrong.findings) == [
                "previous-not-servable error churn-6: churn-6 -> registry.example/churn:6: mismatch: 0 of 0 packages match"
            ])
        scene.previous = try Self.previous(.notProvable)
        let open = try Scenes.answer(.rollback, scene)
        #expect(open.answer == .notAnswered && open.isUndecided && open.findings.isEmpty)
        #expect(
            open.summary == "churn-6 -> registry.example/churn:6: not-provable: 0 of 0 packages match")
    }

    @Test("without both contracts nobody knows whether callers would be refused")
    func unknownChanges() throws {
        var scene = try Self.answered()
        scene.changes = nil
        let answer = try Scenes.answer(.rollback, scene)
        #expect(answer.answer == .notAnswered && answer.findings.isEmpty)
        #expect(answer.summary == "whether the previous model accepts the same requests is not known")
        #expect(answer.evidence.last?.kind == "missing" && answer.evidence.last?.strength == "unknown")
    }

    @Test("every form of a change that breaks the rollback is a sentence")
    func changes() throws {
        func change(_ column: String?, _ previous: String?, _ now: String?, breaks: Bool = true) -> ContractChange {
            ContractChange(
                column: column, kind: "type", previous: previous, now: now, breaksCallers: false,
                breaksRollback: breaks)
        }
        var scene = try Self.answered()
        scene.changes = [
            change("a", "int64", "float64"), change("b", "int64", nil), change("c", nil, "string"),
            change(nil, nil, nil), change("d", "int64", "float64", breaks: false),
        ]
        let answer = try Scenes.answer(.rollback, scene)
        #expect(answer.answer == .wrong)
        #expect(
            Set(answer.findings.map(\.message)) == [
                "the previous model refuses what this one accepts: a: type: int64 became float64",
                "the previous model refuses what this one accepts: b: type: it was int64",
                "the previous model refuses what this one accepts: c: type: it is string",
                "the previous model refuses what this one accepts: type",
            ])
        #expect(Set(answer.findings.map(\.subject)) == ["a", "b", "c", nil])
        #expect(answer.findings.allSatisfy { $0.rule == "rollback-breaks-callers" && $0.file == "churn" })
    }

    // MARK: The switch

    @Test("where nothing switches the question stays open, without a rule")
    func noSwitch() throws {
        var scene = try Self.answered()
        scene.situation.deployment.workloads = []
        for text in ["", "[rollback]\n"] {
            scene.declaration = try Scenes.declaration(text)
            let answer = try Scenes.answer(.rollback, scene)
            #expect(answer.answer == .notAnswered && answer.findings.isEmpty && !answer.isUndecided)
            #expect(answer.summary == "nothing says how it is switched back")
            #expect(answer.remedy?.contains("rollback.switch") ?? false)
        }
    }

    @Test("a declared manifest has to be there and to switch something")
    func declaredManifest() throws {
        let directory = TemporaryDirectory()
        directory.write("k8s/rollout.yaml", Array("a: 1\n".utf8))
        var scene = try Self.answered()
        scene.references = ReferenceRoots([.directory(directory.path)])
        scene.declaration = try Scenes.declaration("[rollback]\nswitch = \"k8s/rollout.yaml\"\n")
        let file = "\(directory.path)/k8s/rollout.yaml"
        scene.situation.declaredSwitch = (.manifest(file), "preflight.toml", nil)
        let empty = try Scenes.answer(.rollback, scene)
        #expect(empty.answer == .notAnswered && empty.findings.isEmpty)
        #expect(empty.summary == "\(file): nothing in it switches between versions")
        scene.situation.deployment.workloads = [
            Scenes.workload("churn", image: "registry.example/churn@\(Scenes.hash("5"))", file: file)
        ]
        let answer = try Scenes.answer(.rollback, scene)
        #expect(answer.answer == .answered)
        #expect(
            answer.evidence.filter { $0.kind == "switch" }.map(\.value) == ["k8s/rollout.yaml", "Deployment churn"])
        for (reference, message) in [
            ("k8s/none.yaml", "k8s/none.yaml is neither in the model nor in the deployment"),
            (
                "../x",
                "../x leaves the model and the deployment: it is absolute, has `..`, or is a link that leads out"
            ),
        ] {
            scene.declaration = try Scenes.declaration("[rollback]\nswitch = \"\(reference)\"\n")
            let lost = try Scenes.answer(.rollback, scene)
            #expect(lost.answer == .wrong)
            #expect(Scenes.lines(lost.findings) == ["dead-reference error preflight.toml:3: \(message)"])
        }
    }

    @Test("a declared alias that no registry has switches nothing")
    func alias() throws {
        var scene = try Self.answered()
        scene.declaration = try Scenes.declaration("[rollback]\nswitch = \"mlflow:churn@champion\"\n")
        scene.situation.declaredSwitch = (
            .alias(model: "churn", alias: "champion"), "preflight.toml", Scenes.line(3)
        )
        let answer = try Scenes.answer(.rollback, scene)
        #expect(
            Scenes.lines(answer.findings) == [
                "alias-without-version error preflight.toml:3: no registry has a model churn"
            ])
        // Where a registry could not be read, the rule is silent, and the question stays open.
        scene.situation.gaps = [
            Gap("", reason: "it is cut", source: FileLocation(file: "mlruns/models/churn/meta.yaml", line: nil))
        ]
        let open = try Scenes.answer(.rollback, scene)
        #expect(open.isUndecided && open.findings.isEmpty)
        let missing = open.evidence.filter { $0.kind == "missing" }.map(\.value)
        #expect(missing == ["mlflow:churn@champion: no registry of the deployment has it"])
        #expect(open.summary == "mlruns/models/churn/meta.yaml: it is cut")
    }

    @Test("an image of the declaration or of the switch without a digest floats")
    func floatingImages() throws {
        var scene = try Self.answered()
        scene.declaration = try Scenes.declaration("[rollback]\nimage = \"registry.example/churn:6\"\n")
        #expect(
            Scenes.lines(try Scenes.answer(.rollback, scene).findings) == [
                "floating-rollback-image error preflight.toml:3: rollback.image registry.example/churn:6 has no digest"
            ])
        scene.declaration = nil
        scene.situation.deployment.workloads = [Scenes.workload("churn", image: "registry.example/churn:6")]
        #expect(
            Scenes.lines(try Scenes.answer(.rollback, scene).findings) == [
                "floating-rollback-image error k8s/deploy.yaml:7: Deployment churn names the image of server without a digest: registry.example/churn:6"
            ])
    }

    @Test("a runbook is an address or a file that is there")
    func runbook() throws {
        var scene = try Self.answered()
        scene.declaration = try Scenes.declaration("[rollback]\nrunbook = \"https://runbooks.example/churn\"\n")
        #expect(
            Scenes.lines(try Scenes.answer(.rollback, scene).evidence).last
                == "runbook claimed preflight.toml:3: https://runbooks.example/churn")
        scene.references = ReferenceRoots([
            .archive(name: "m.tar", documents: [:], paths: ["docs/rollback.md"])
        ])
        scene.declaration = try Scenes.declaration("[rollback]\nrunbook = \"docs/rollback.md#night\"\n")
        #expect(
            Scenes.lines(try Scenes.answer(.rollback, scene).evidence).last
                == "runbook claimed m.tar!docs/rollback.md: docs/rollback.md#night")
        scene.declaration = try Scenes.declaration("[rollback]\nrunbook = \"docs/none.md\"\n")
        #expect(try Scenes.answer(.rollback, scene).findings.map(\.rule) == ["dead-reference"])
    }

    @Test(
        "addresses that a browser opens",
        arguments: [
            ("https://a", true), ("HTTPS://a", true), ("http://a", true), ("https://", false), ("http://", false),
            ("ftp://a", false), ("https:/a", false), ("", false), ("docs/https://a", false),
        ])
    func addresses(_ text: String, _ isAddress: Bool) { #expect(text.isWebAddress == isAddress) }
}
