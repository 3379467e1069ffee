import Glibc
import Testing

@testable import PinproofCommand

/// `verify` and `verify-attestation` on the model and the images of the demo.
struct VerifyCommandTests {
    @Test("a match: the JSON, and status 0")
    func match() async throws {
        let run = await pinproof("verify", Demo.model, Demo.image, "--wheels", Demo.wheels, "--format", "json")
        #expect(run.status == 0)
        #expect(run.diagnostics.isEmpty)
        let document = try run.document()
        #expect(
            document.keys == [
                "schema", "verdict", "required", "identity", "packages", "environment", "modelFiles", "findings",
                "gaps",
                "scope", "inputs", "platforms", "bakedModel", "start", "account", "loading", "summary",
            ])
        #expect(document.string("schema") == "pinproof/verify/1")
        #expect(document.string("verdict") == "match")
        #expect(document.string("required") == "intact")
        #expect(document["identity"]?.keys == ["compared", "model", "image"])
        #expect(
            document["identity", "image"]?.keys == [
                "manifest", "index", "onlyImageOfIndex", "platform", "config", "diffIds",
            ])
        let package = try #require(document["packages", "0"])
        let packageKeys = ["ecosystem", "name", "training", "serving", "evidence", "verdict", "reasons"]
        #expect(package.keys.starts(with: packageKeys))
        #expect(package["training"]?.keys == ["version", "hashes", "contentDigest"])
        #expect(package["serving"]?.keys == ["version", "contentDigest", "location"])
        #expect(document["packages"]?.array?.map { $0.string("evidence") } == Array(repeating: "locked", count: 6))
        #expect(document["summary", "byEvidence"]?.keys == ["locked", "trained", "claimed", "intact", "named"])
        #expect(document["summary", "match"]?.text == "6")
    }

    @Test("one changed byte: a mismatch that names the file, and status 1")
    func mismatch() async throws {
        let run = await pinproof("verify", Demo.model, Demo.changedImage, "--wheels", Demo.wheels, "--color", "never")
        #expect(run.status == 1)
        #expect(
            run.output.hasPrefix("refused: this image would serve waitress 3.0.2 with other files than training had\n"))
        #expect(
            run.output.contains("opt/environment/lib/python3.11/site-packages/waitress/adjustments.py has sha256:1bb2"))
        #expect(
            run.output.hasSuffix(
                "\n5 of 6 packages match at locked (required: intact); 1 note (--verbose)\n"
                    + "to fix: pinproof freeze \(Demo.model) --base python:3.11.2-slim -o serving\n"))
        let document = try await pinproof("verify", Demo.model, Demo.changedImage, "--format", "json").document()
        #expect(document.string("verdict") == "mismatch")
        let wrong = document["packages"]?.array?.filter { $0.string("verdict") == "mismatch" }
        #expect(wrong?.map { $0.string("name") } == ["waitress"])
    }

    @Test("evidence that is not reached: not provable, and status 2")
    func notProvable() async throws {
        let run = await pinproof(
            "verify", Demo.model, Demo.image, "--strict", "--evidence", "locked", "--format", "json")
        #expect(run.status == 2)
        #expect(try run.document().string("verdict") == "not-provable")
        #expect(try run.document().string("required") == "locked")
    }

    @Test("a warning fails a match where --fail-on says so")
    func failOn() async {
        let words = ["verify", Demo.model, Demo.image, "--wheels", Demo.wheels]
        let run = await Program.run(words)
        #expect(run.status == 0)
        #expect(run.output.contains("[unvouched-file]"))
        #expect(await Program.run(words + ["--fail-on", "warning"]).status == 1)
        #expect(await Program.run(words + ["--fail-on", "never"]).status == 0)
    }

    @Test("a lock in place of the model")
    func lock() async throws {
        let run = await pinproof("verify", Demo.lock, Demo.image, "--wheels", Demo.wheels, "--format", "json")
        #expect(run.status == 0)
        #expect(try run.document()["summary", "byEvidence", "locked"]?.text == "6")
    }

    @Test(
        "wrong usage",
        arguments: [
            ([Demo.model, Demo.image, "--evidence", "locekd"], "'locked', 'trained', 'claimed', 'intact' or 'named'"),
            ([Demo.model, Demo.image, "--fail-on", "fatal"], "'error', 'warning', 'note' or 'never'"),
            ([Demo.lock, Demo.image, "--model-path", "/m"], "--model-path compares a model's files"),
            ([Demo.lock, Demo.image, "--model-key", "k.pem"], "--model-key verifies a model's signature"),
            ([Demo.model, Demo.image, "--key", "k.pem"], "--key signs what --attest writes"),
            ([Demo.model], "Missing expected argument '<image>'"),
        ])
    func usage(_ words: [String], _ message: String) async {
        let run = await Program.run(["verify"] + words)
        #expect(run.status == 64)
        #expect(run.output.isEmpty)
        #expect(run.diagnostics.contains(message), "\(run.diagnostics)")
    }

    @Test("a Dockerfile serves nothing: status 2")
    func dockerfile() async {
        let run = await pinproof("verify", Demo.model, Demo.path("careless/Dockerfile"))
        #expect(run.status == 2)
        #expect(run.output.isEmpty)
        #expect(run.diagnostics.contains("the serving side is an image or an installed environment"))
    }
}

/// Keys that OpenSSL made for these tests alone.
enum AttestationKeys {
    static let privateKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgWAEJMZC4upiKMhmC
        FR+ZRxcCYWWG6HsdGe/6qwUqZhChRANCAAQ9u9VaugfGCQ+hE+QHapJ0BY4jVmg1
        6KW1lKZ07VrTcUyht0VGziQQkY9WqazgehUw8aO70qQ1OG1gXW0OABe3
        -----END PRIVATE KEY-----

        """
    static let publicKey = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEPbvVWroHxgkPoRPkB2qSdAWOI1Zo
        NeiltZSmdO1a03FMobdFRs4kEJGPVqms4HoVMPGju9KkNThtYF1tDgAXtw==
        -----END PUBLIC KEY-----

        """
    static let otherKey = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAErs+dNTPTRcgAIx0Jhb6/kmm8TniD
        kjK3IIhceiIC9V88U6s6sfDhB9h7AEWWPPDVF8w/BdFN7nIWXKNJAf8E0A==
        -----END PUBLIC KEY-----

        """

    /// The files of the keys: `key.pem`, `key.pub` and the public key of another one, `other.pub`.
    static let files = ["key.pem": privateKey, "key.pub": publicKey, "other.pub": otherKey]
}

/// Attestations of `verify --attest`.
struct AttestationCommandTests {
    private static func attested(_ image: String) async throws -> (directory: Directory, run: ProgramRun) {
        let directory = try Directory(AttestationKeys.files)
        let run = await pinproof(
            "verify", Demo.model, image, "--wheels", Demo.wheels, "--attest", directory("a.json"), "--key",
            directory("key.pem"))
        return (directory, run)
    }

    private static let anything = ["--no-image", "--no-model"]

    @Test("a signed match is accepted: the JSON, the text, and status 0")
    func accepted() async throws {
        let (directory, run) = try await Self.attested(Demo.image)
        #expect(run.status == 0)
        let words = [
            "verify-attestation", directory("a.json"), "--key", directory("key.pub"), "--image", Demo.image, "--model",
            Demo.model,
        ]
        let json = await Program.run(words + ["--format", "json"])
        #expect(json.status == 0)
        let document = try json.document()
        #expect(
            document.keys == [
                "schema", "file", "accepted", "signed", "verdict", "required", "version", "payloadDigest", "questions",
                "subjects", "compared", "problems",
            ])
        #expect(document.string("schema") == "pinproof/verify-attestation/1")
        #expect(document["accepted"]?.text == "true")
        #expect(document["subjects", "0"]?.keys == ["name", "digest"])
        #expect(document["compared"]?.array?.map { $0.string("what") } == ["image", "model"])
        #expect(document["compared", "0"]?.keys == ["what", "name", "same"])
        let text = await Program.run(words)
        #expect(text.output.hasPrefix("match: \(directory("a.json")) is signed with the key"))
        // Less than was demanded, and as much.
        #expect(await Program.run(words + ["--evidence", "trained"]).status == 1)
        #expect(await Program.run(words + ["--evidence", "intact"]).status == 0)
        #expect(await Program.run(words + ["--strict"]).status == 1)
        #expect(await Program.run(words + ["--scope", "named"]).status == 0)
        #expect(text.output.contains("\nsubject   churn-image.oci.tar  sha256:9e19e185"))
    }

    @Test("another key, another image, a mismatch: status 1")
    func refused() async throws {
        let (directory, _) = try await Self.attested(Demo.image)
        let file = directory("a.json")
        let other = ["verify-attestation", file, "--key", directory("other.pub")]
        // What is not compared has to be said.
        #expect(await Program.run(other).status == 64)
        #expect(await Program.run(other + ["--image", Demo.image]).status == 64)
        #expect(await Program.run(other + ["--no-image", "--image", Demo.image, "--no-model"]).status == 64)
        let otherKey = await Program.run(other + Self.anything)
        #expect(otherKey.status == 1)
        #expect(otherKey.output.hasPrefix("refused: \(file)\n  no signature of the envelope is that of "))
        let otherImage = await pinproof(
            "verify-attestation", file, "--key", directory("key.pub"), "--image", Demo.changedImage,
            "--no-model")
        #expect(otherImage.status == 1)
        #expect(otherImage.output.contains("churn-image-changed.oci.tar is not the one of the attestation"))
        let (changed, run) = try await Self.attested(Demo.changedImage)
        #expect(run.status == 1)
        let mismatch = await Program.run(
            ["verify-attestation", changed("a.json"), "--key", changed("key.pub")] + Self.anything)
        #expect(mismatch.status == 1)
        #expect(mismatch.output.hasPrefix("mismatch: "))
    }

    @Test("an attestation or key that cannot be read: status 2")
    func unreadable() async throws {
        let (directory, _) = try await Self.attested(Demo.image)
        let key = await Program.run(
            ["verify-attestation", directory("a.json"), "--key", directory("none.pub")] + Self.anything)
        #expect(key.status == 2)
        let file = await Program.run(
            ["verify-attestation", directory("key.pub"), "--key", directory("key.pub")] + Self.anything)
        #expect(file.status == 2)
        #expect(file.diagnostics.hasPrefix("pinproof: \(directory("key.pub"))"))
    }

    @Test("without a key the statement is written unsigned")
    func unsigned() async throws {
        let directory = try Directory()
        let run = await pinproof(
            "verify", Demo.model, Demo.image, "--wheels", Demo.wheels, "--attest", directory("a.json"), "--quiet")
        #expect(run.status == 0)
        #expect(try directory.read("a.json").hasPrefix("{\n  \"_type\": \"https://in-toto.io/Statement/v1\""))
    }

    @Test("a key that cannot be used is reported before the image is read")
    func badKey() async throws {
        let directory = try Directory(["key.pem": "no key\n"])
        let run = await pinproof(
            "verify", Demo.model, "/nonexistent", "--attest", directory("a.json"), "--key", directory("key.pem"))
        #expect(run.status == 2)
        #expect(run.diagnostics.hasPrefix("pinproof: \(directory("key.pem"))"))
        #expect(try directory.names == ["key.pem"])
    }
}
