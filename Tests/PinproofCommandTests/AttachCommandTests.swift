import SourceDocuments
import TestSupport
import Testing

@testable import PinproofCommand

/// `attach`: an attestation beside its image in an OCI layout, in both forms, and what refuses it.
struct AttachCommandTests {
    private static let manifest = "9e19e185674e7fb1c1f1dfc0f6eea772f690f91922dac33db202c937d8440194"

    /// A directory with keys, the demo's image as a layout in `image`, and a signed match in `a.json`.
    private static func signed() async throws -> Directory {
        let directory = try Directory(AttestationKeys.files)
        let layout = directory("image")
        try #require(shell("mkdir '\(layout)' && tar -xf '\(Demo.image)' -C '\(layout)'") == 0)
        let run = await pinproof(
            "verify", Demo.model, "oci:\(layout)", "--wheels", Demo.wheels, "--attest", directory("a.json"), "--key",
            directory("key.pem"), "--quiet")
        #expect(run.status == 0, "\(run.diagnostics)")
        return directory
    }

    private static func attach(_ directory: Directory, _ words: String...) async -> ProgramRun {
        await Program.run(["attach", directory("a.json"), "oci:\(directory("image"))"] + words)
    }

    /// The manifests of the layout's index as JSON.
    private static func index(_ directory: Directory) throws -> [DocumentNode] {
        let text = try SourceText(name: "index.json", text: directory.read("image/index.json"))
        return try JSONReader.read(text)["manifests"]?.array ?? []
    }

    private static func blob(_ directory: Directory, _ digest: String) throws -> DocumentNode {
        let text = try directory.read("image/blobs/sha256/\(digest.dropFirst("sha256:".count))")
        return try JSONReader.read(SourceText(name: "blob", text: text))
    }

    private static func find(_ directory: Directory, _ words: String...) async -> ProgramRun {
        await Program.run(
            [
                "verify-attestation", "--image", "oci:\(directory("image"))", "--model", Demo.model, "--key",
                directory("key.pub"),
            ] + words)
    }

    @Test(
        "each form alone and both are found by verify-attestation; a second time nothing is added",
        arguments: [
            ["att"], ["bundle"], ["att", "bundle"],
        ])
    func forms(_ forms: [String]) async throws {
        let directory = try await Self.signed()
        let before = try Self.index(directory).count
        let nothing = await Self.find(directory)
        #expect(nothing.status == 1 && nothing.output.contains("has no attestation beside it"), "\(nothing)")
        let words = forms.count == 2 ? [] : ["--layout", forms[0]]
        let run = await Program.run(["attach", directory("a.json"), "oci:\(directory("image"))"] + words)
        #expect(run.status == 0 && run.diagnostics.isEmpty, "\(run.diagnostics)")
        let lines = run.output.split(separator: "\n")
        #expect(lines.count == forms.count && lines.allSatisfy { $0.hasPrefix("put sha256") }, "\(run.output)")
        #expect(lines.contains { $0.hasPrefix("put sha256-\(Self.manifest).att  ") } == forms.contains("att"))
        #expect(lines.contains { $0.hasSuffix("refers to sha256:\(Self.manifest)") } == forms.contains("bundle"))
        let found = await Self.find(directory)
        #expect(found.status == 0 && found.output.hasPrefix("match: "), "\(found.output)\(found.diagnostics)")
        let after = try Self.index(directory)
        #expect(after.count == before + forms.count)
        let again = await Program.run(["attach", directory("a.json"), "oci:\(directory("image"))"] + words)
        #expect(again.status == 0)
        #expect(try Self.index(directory).count == after.count)
        #expect(await Self.find(directory).status == 0)
        // The image itself is what it was.
        #expect(await pinproof("diff", "oci:\(directory("image"))", Demo.image).status == 0)
    }

    @Test("the manifests have the media types of cosign and of sigstore's bundles, and digests of what is there")
    func documents() async throws {
        let directory = try await Self.signed()
        #expect(await Self.attach(directory).status == 0)
        var kinds: Set<String> = []
        for entry in try Self.index(directory) {
            let digest = try #require(entry.string("digest"))
            let manifest = try Self.blob(directory, digest)
            if digest.hasSuffix(Self.manifest) { continue }
            let type = manifest.string("layers", "0", "mediaType") ?? ""
            kinds.insert(type)
            let envelope = try Self.blob(directory, try #require(manifest.string("layers", "0", "digest")))
            if type == "application/vnd.dsse.envelope.v1+json" {
                #expect(
                    entry.string("annotations", "org.opencontainers.image.ref.name") == "sha256-\(Self.manifest).att")
                #expect(envelope.string("payloadType") == "application/vnd.in-toto+json")
            } else {
                #expect(manifest.string("subject", "digest") == "sha256:\(Self.manifest)")
                #expect(envelope["dsseEnvelope"] != nil)
            }
        }
        #expect(
            kinds == [
                "application/vnd.dsse.envelope.v1+json", "application/vnd.dev.sigstore.bundle.v0.3+json",
            ])
    }

    @Test("--dry-run says the same and writes nothing")
    func dry() async throws {
        let directory = try await Self.signed()
        let before = try directory.read("image/index.json")
        let dry = await Self.attach(directory, "--dry-run")
        #expect(dry.status == 0)
        #expect(try directory.read("image/index.json") == before)
        let wet = await Self.attach(directory)
        #expect(dry.output.replacing("would put", with: "put") == wet.output)
    }

    @Test("an attestation of another image is refused: status 1, and nothing is written")
    func another() async throws {
        let directory = try await Self.signed()
        let layout = directory("other")
        try #require(shell("mkdir '\(layout)' && tar -xf '\(Demo.changedImage)' -C '\(layout)'") == 0)
        let before = try directory.read("other/index.json")
        let run = await pinproof("attach", directory("a.json"), "oci:\(layout)")
        #expect(run.status == 1 && run.output.isEmpty)
        #expect(
            run.diagnostics.hasPrefix("pinproof: \(directory("a.json")) is not about oci:\(layout): sha256:"),
            "\(run.diagnostics)")
        #expect(try directory.read("other/index.json") == before)
    }

    @Test("what cannot be attached, or attached to: status 2, and nothing is written")
    func unreadable() async throws {
        let directory = try await Self.signed()
        let text = try directory.read("a.json")
        let image = "oci:\(directory("image"))"
        let before = try directory.read("image/index.json")
        try directory.write(String(text.prefix(text.count / 2)), to: "cut.json")
        try directory.write(text.replacing("\"signatures\"", with: "\"signs\""), to: "unsigned.json")
        try directory.write("{}", to: "empty.json")
        try directory.write("[1]", to: "list.json")
        let statement = await pinproof(
            "verify", Demo.model, image, "--wheels", Demo.wheels, "--attest", directory("bare.json"), "--quiet")
        #expect(statement.status == 0)
        let cases =
            ["cut.json", "unsigned.json", "empty.json", "list.json", "bare.json", "key.pem", "gone.json"]
            .map { (directory($0), image) }
            + [
                (directory("a.json"), Demo.image), (directory("a.json"), "oci:\(directory("gone"))"),
                (directory("a.json"), directory.path), (directory("a.json"), "docker-archive:\(Demo.image)"),
            ]
        for (file, image) in cases {
            let run = await pinproof("attach", file, image)
            #expect(run.status == 2 && run.output.isEmpty, "\(file) \(image): \(run)")
            #expect(run.diagnostics.hasPrefix("pinproof: "), "\(run.diagnostics)")
        }
        #expect(try directory.read("image/index.json") == before)
    }

    @Test(
        "wrong usage",
        arguments: [
            ([], "Missing expected argument '<statement>'"), (["a"], "Missing expected argument '<image>'"),
            (["a", "b", "--layout", "x"], "Please provide one of 'att' and 'bundle'"),
            (["a", "b", "--layout", "att,"], "--layout"), (["a", "b", "--layout", ""], "--layout"),
            (["a", "b", "c"], "Unexpected argument 'c'"), (["a", "b", "--extra", "x"], "Unknown option '--extra'"),
        ])
    func usage(_ words: [String], _ message: String) async {
        let run = await Program.run(["attach"] + words)
        #expect(run.status == 64 && run.output.isEmpty)
        #expect(run.diagnostics.contains(message), "\(run.diagnostics)")
    }
}
