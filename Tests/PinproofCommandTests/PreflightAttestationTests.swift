import ContentHashing
import SourceDocuments
import TestSupport
import Testing

@testable import PinproofCommand

/// `verify-attestation` of what `preflight --attest` writes (docs/attestation.md).
struct PreflightAttestationTests {
    /// A deployment that is ready, with its signed answers in `a.json`.
    private static func attested(_ words: [String] = []) async throws -> PreflightFixture {
        let fixture = try await PreflightFixture()
        for (name, text) in AttestationKeys.files { try fixture.directory.write(text, to: name) }
        fixture.words = ["--attest", fixture.directory("a.json"), "--key", fixture.directory("key.pem")] + words
        let run = await fixture.run()
        #expect(run.status == 0, "\(run.output.prefix(200)) \(run.diagnostics)")
        return fixture
    }

    private static func check(_ fixture: PreflightFixture, _ words: String...) async -> ProgramRun {
        await Program.run(
            ["verify-attestation", fixture.directory("a.json"), "--key", fixture.directory("key.pub")] + words)
    }

    @Test("signed answers that are ready are accepted: the JSON, the text, and what may be demanded")
    func accepted() async throws {
        let fixture = try await Self.attested()
        let json = await Self.check(fixture, "--image", Demo.image, "--model", Demo.model, "--format", "json")
        #expect(json.status == 0, "\(json.output) \(json.diagnostics)")
        let document = try json.document()
        #expect(document.string("verdict") == "ready" && document["accepted"]?.text == "true")
        #expect(
            document["questions"]?.array?.map { $0.string("question") ?? "" } == [
                "input", "rollback", "monitoring", "environment", "ownership",
            ])
        for question in document["questions"]?.array ?? [] {
            #expect(question.string("answer") == "answered" && question.table?["required"]?.boolean == true)
        }
        let payload = try #require(document.string("payloadDigest"))
        #expect(payload.hasPrefix("sha256:"))
        let text = await Self.check(fixture, "--image", Demo.image, "--model", Demo.model)
        #expect(text.output.hasPrefix("ready: \(fixture.directory("a.json")) is signed with the key"))
        #expect(text.output.contains("\nownership: answered\n"))
        // The model by each of its digests, and by another one.
        let tree = fixture.tree
        #expect(await Self.check(fixture, "--no-image", "--model", payload).status == 0)
        #expect(await Self.check(fixture, "--no-image", "--model", tree).status == 0)
        let other = "sha256:" + String(repeating: "0", count: 64)
        #expect(await Self.check(fixture, "--no-image", "--model", other).status == 1)
        #expect(await Self.check(fixture, "--image", Demo.changedImage, "--no-model").status == 1)
        // The demands on its verification are those on a verification itself.
        #expect(await Self.check(fixture, "--no-image", "--no-model", "--evidence", "trained").status == 1)
        #expect(await Self.check(fixture, "--no-image", "--no-model", "--evidence", "intact").status == 0)
        #expect(await Self.check(fixture, "--no-image", "--no-model", "--strict").status == 1)
        let key = await Program.run([
            "verify-attestation", fixture.directory("a.json"), "--key", fixture.directory("other.pub"), "--no-image",
            "--no-model",
        ])
        #expect(key.status == 1 && key.output.contains("no signature of the envelope"))
    }

    @Test("a verdict that was made without a question is accepted only where that is said")
    func fewerQuestions() async throws {
        let fixture = try await Self.attested(["--require", "environment,ownership"])
        let all = await Self.check(fixture, "--no-image", "--no-model")
        #expect(all.status == 1)
        for question in ["input", "rollback", "monitoring"] {
            #expect(all.output.contains("the verdict was made without the question \(question)\n"), "\(all.output)")
        }
        #expect(await Self.check(fixture, "--no-image", "--no-model", "--require", "environment").status == 0)
        #expect(await Self.check(fixture, "--no-image", "--no-model", "--require", "input").status == 1)
        #expect(await Self.check(fixture, "--no-image", "--no-model", "--require", "speed").status == 64)
    }

    @Test("answers that are not ready: status 1, what is not provable: status 2")
    func notReady() async throws {
        let fixture = try await Self.attested()
        fixture.hasPrevious = false
        #expect(await fixture.run().status == 1)
        let refused = await Self.check(fixture, "--no-image", "--no-model")
        #expect(refused.status == 1)
        #expect(refused.output.hasPrefix("not-ready: ") && refused.output.contains("\nrollback: not answered\n"))
        fixture.hasPrevious = true
        fixture.words += ["--strict", "--evidence", "locked"]
        #expect(await fixture.run().status == 2)
        let open = await Self.check(fixture, "--no-image", "--no-model")
        #expect(open.status == 2 && open.output.hasPrefix("not-provable: "), "\(open.output)")
    }

    /// A change of the statement, and what is said of it: nil for a statement that is not a statement of preflight any more.
    static let forgeries: [(old: String, new: String, said: String?)] = [
        ("\"answer\": \"answered\"", "\"answer\": \"wrong\"", "the verdict is ready, and input is wrong"),
        (
            "\"answer\": \"answered\"", "\"answer\": \"not-answered\"",
            "the verdict is ready, and input is not-answered"
        ),
        ("\"answer\": \"answered\"", "\"answer\": \"fine\"", nil),
        ("\"question\": \"input\"", "\"question\": \"rollback\"", nil),
        ("\"question\": \"input\"", "\"question\": \"speed\"", nil),
        (
            "\"verification\": {\n      \"verdict\": \"match\"",
            "\"verification\": {\n      \"verdict\": \"mismatch\"",
            "the verdict is ready, and that of the verification is mismatch"
        ),
        ("\"payloadDigest\": \"sha256:", "\"payloadDigest\": \"md5:", nil),
        ("\"treeDigest\": \"sha256:", "\"treeDigest\": \"sha256:00", "the subjects are not those of the predicate"),
        ("\"verdict\": \"ready\"", "\"verdict\": \"match\"", nil),
        ("\"required\": [", "\"required\": [\"speed\", ", nil),
        (
            "https://pinproof.dev/preflight/v1", "https://pinproof.dev/preflight/v2",
            "the statement is https://pinproof.dev/preflight/v2"
        ),
        (
            "https://pinproof.dev/preflight/v1", "https://pinproof.dev/verification/v1", nil
        ),
    ]

    @Test("a statement whose verdict its own answers do not bear is refused, signed or not")
    func forged() async throws {
        let fixture = try await Self.attested()
        let envelope = try SignedEnvelope(
            JSONReader.read(SourceText(name: "a.json", text: fixture.directory.read("a.json"))), file: "a.json")
        let statement = String(decoding: envelope.payload, as: UTF8.self)
        let key = try PrivateKey(pem: Array(AttestationKeys.privateKey.utf8), name: "key.pem", password: nil)
        func sign(_ text: String) throws {
            let signed = try SignedEnvelope(
                signing: Array(text.utf8), type: SignedEnvelope.statementType, with: key, name: "key.pem")
            try fixture.directory.write(signed.json.document(), to: "a.json")
        }
        try sign(statement)
        #expect(await Self.check(fixture, "--image", Demo.image, "--model", Demo.model).status == 0)
        for (old, new, said) in Self.forgeries {
            let range = try #require(statement.firstRange(of: old), "the statement has no \(old)")
            try sign(statement[..<range.lowerBound] + new + statement[range.upperBound...])
            let run = await Self.check(fixture, "--no-image", "--no-model")
            #expect(run.status == (said == nil ? 2 : 1), "\(new): \(run.output) \(run.diagnostics)")
            if let said { #expect(run.output.contains(said), "\(new): \(run.output)") }
        }
    }

    @Test("a flipped byte of a signed envelope is never accepted as another answer")
    func flipped() async throws {
        let fixture = try await Self.attested()
        let text = Array(try fixture.directory.read("a.json").utf8)
        var random = SeededGenerator(seed: 22)
        for _ in 0..<fuzzRounds(15) {
            var changed = text
            changed[random.next(0...text.count - 1)] ^= UInt8(1 << random.next(0...6))
            try fixture.directory.write(String(decoding: changed, as: UTF8.self), to: "a.json")
            let run = await Self.check(fixture, "--image", Demo.image, "--model", fixture.tree)
            // What holds no part of the statement may be another: a blank, the identifier of the key.
            guard run.status == 0 else { continue }
            #expect(run.output.hasPrefix("ready: ") && run.output.contains("\ninput: answered\n"))
        }
    }
}

/// A deployment of which a byte is another: what is read then is said, and never ready with an answer that nobody gave.
struct PreflightDamageTests {
    static let names = ["preflight.toml", "schema.json", "baseline.json", "k8s/deploy.yaml", "rules/churn.yaml"]

    /// The evidence of every answer as `question kind value`.
    private static func evidence(_ run: ProgramRun) throws -> [String] {
        try run.document()["questions"]?.array?.flatMap { question -> [String] in
            (question["evidence"]?.array ?? []).map { item in
                "\(question.string("question") ?? "") \(item.string("kind") ?? "") \(item.string("value") ?? "")"
            }
        } ?? []
    }

    @Test("flipped bytes of each file", arguments: names)
    func flipped(_ name: String) async throws {
        let fixture = try await PreflightFixture()
        let clean = await fixture.run()
        #expect(clean.status == 0)
        let before = try Self.evidence(clean)
        let text = Array(try fixture.directory.read(name).utf8)
        var random = SeededGenerator(seed: UInt64(name.utf8.count))
        for _ in 0..<fuzzRounds(2) {
            let place = random.next(0...text.count - 1)
            var changed = text
            changed[place] ^= UInt8(1 << random.next(0...4))
            try fixture.directory.write(String(decoding: changed, as: UTF8.self), to: name)
            let run = await fixture.run()
            #expect([0, 1, 2].contains(run.status), "\(name) at \(place)")
            guard run.status == 0 else { continue }
            let (verdict, answers, _) = try PreflightFixture.outcome(run)
            #expect(verdict == "ready" && answers.values.allSatisfy { $0 == "answered" })
            // A value that is another now is in the file as it is written, and shown.
            let now = try Self.evidence(run)
            #expect(now.count == before.count, "\(name) at \(place): \(now)")
        }
    }
}
