import ContentHashing
import EnvironmentInventory
import SourceDocuments
import TestSupport
import Testing

@testable import ContainerImages

/// A store in memory, with or without an index of referrers of its own.
private final class MemoryArtifacts: ArtifactStore {
    var blobs: [Digest: [UInt8]] = [:]
    var manifests: [String: [UInt8]] = [:]
    let keepsReferrers: Bool
    private(set) var writes: [String] = []

    init(keepsReferrers: Bool) { self.keepsReferrers = keepsReferrers }

    func manifest(_ reference: String) throws(ArtifactError) -> [UInt8]? { manifests[reference] }
    func blob(_ digest: Digest) throws(ArtifactError) -> [UInt8]? { blobs[digest] }

    func referrers(_ digest: Digest) throws(ArtifactError) -> [UInt8]? {
        guard keepsReferrers else { return nil }
        var found: [JSONValue] = []
        for (name, bytes) in manifests.sorted(by: { $0.key < $1.key }) {
            guard let own = Digest(name), document(bytes)?.table?["subject"]?.table?.string("digest") == "\(digest)"
            else {
                continue
            }
            found.append(
                ArtifactDocuments.descriptor(
                    ArtifactDocuments.manifestType, own, size: bytes.count,
                    [.init("artifactType", .string(ArtifactDocuments.bundleType))]))
        }
        return Array(ArtifactDocuments.index(found).text().utf8)
    }

    func put(blob: [UInt8], digest: Digest) throws(ArtifactError) {
        blobs[digest] = blob
        writes.append("blob")
    }

    func put(
        manifest: [UInt8], as reference: String, mediaType: String, artifactType: String?
    ) throws(ArtifactError) -> Bool {
        manifests[reference] = manifest
        writes.append("manifest")
        return keepsReferrers && document(manifest)?.table?["subject"] != nil
    }
}

private func document(_ bytes: [UInt8]) -> DocumentNode? { try? JSONReader.read(SourceText(name: "x", bytes: bytes)) }

/// An envelope whose signature is nobody's.
private func envelope(_ predicate: String, type: String = "https://example.org/predicate/v1") -> [UInt8] {
    let payload =
        #"{"_type":"https://in-toto.io/Statement/v1","subject":[],"predicateType":"\#(type)","predicate":\#(predicate)}"#
    return Array(
        #"{"payload":"\#(Base64.encode(Array(payload.utf8)))","payloadType":"application/vnd.in-toto+json","signatures":[{"keyid":"k","sig":"AA=="}]}"#
            .utf8)
}

@Suite("Attestations beside an image")
struct AttestationStoreTests {
    private let image = Array(#"{"schemaVersion":2,"config":{},"layers":[]}"#.utf8)

    private func store(_ artifacts: MemoryArtifacts) throws -> (store: AttestationStore, digest: Digest) {
        let digest = try ContentHash.sha256(of: image)
        artifacts.manifests["\(digest)"] = image
        return (AttestationStore(image: "app", manifest: digest, index: nil, store: artifacts), digest)
    }

    @Test("both forms are written and found", arguments: [true, false])
    func roundTrip(keepsReferrers: Bool) throws {
        let artifacts = MemoryArtifacts(keepsReferrers: keepsReferrers)
        let (store, digest) = try store(artifacts)
        var problems: [String] = []
        #expect(try store.envelopes(of: digest, problems: &problems).isEmpty)
        let made = envelope("{}")
        let dry = try store.attach(made, to: [digest], layouts: [.att, .bundle], isDry: true) { _ in false }
        #expect(dry.count == 2 && dry.allSatisfy { $0.hasPrefix("would put ") } && artifacts.writes.isEmpty)
        _ = try store.attach(made, to: [digest], layouts: [.att, .bundle], isDry: false) { _ in false }
        let found = try store.envelopes(of: digest, problems: &problems)
        #expect(found.count == 2 && problems.isEmpty)
        #expect(found.last?.envelope == made)
        let tag = "sha256-\(digest.hex)"
        #expect((artifacts.manifests[tag] == nil) == keepsReferrers)
        let attached = try #require(artifacts.manifests[tag + ".att"].flatMap(document))
        #expect(attached.table?["layers"]?.array?.count == 1)
        let layer = try #require(attached.table?["layers"]?.array?.first?.table)
        #expect(layer.string("mediaType") == "application/vnd.dsse.envelope.v1+json")
        #expect(layer["annotations"]?.table?.string("dev.cosignproject.cosign/signature") == "")
        #expect(layer["annotations"]?.table?.string("predicateType") == "https://example.org/predicate/v1")
        // The same envelope again changes nothing.
        _ = try store.attach(made, to: [digest], layouts: [.att, .bundle], isDry: false) { _ in false }
        #expect(try store.envelopes(of: digest, problems: &problems).count == 2)
    }

    @Test("what others put there stays, what is older is replaced", arguments: [true, false])
    func extends(keepsReferrers: Bool) throws {
        let artifacts = MemoryArtifacts(keepsReferrers: keepsReferrers)
        let (store, digest) = try store(artifacts)
        let (foreign, older, newer) = (envelope("{\"a\":1}"), envelope("{\"b\":1}"), envelope("{\"b\":2}"))
        for one in [foreign, older] {
            _ = try store.attach(one, to: [digest], layouts: [.att, .bundle], isDry: false) { _ in false }
        }
        _ = try store.attach(newer, to: [digest], layouts: [.att, .bundle], isDry: false) { $0 == older }
        let attached = try #require(artifacts.manifests["sha256-\(digest.hex).att"].flatMap(document))
        let layers = (attached.table?["layers"]?.array ?? []).compactMap { $0.table?.string("digest") }
        #expect(layers == [foreign, newer].compactMap { try? ContentHash.sha256(of: $0).description })
        let configuration = attached.table?["config"]?.table?.string("digest").flatMap { Digest($0) }.flatMap {
            artifacts.blobs[$0]
        }
        let identifiers = configuration.flatMap(document)?.table?["rootfs"]?.table?["diff_ids"]?.array?.compactMap(
            \.string)
        #expect(identifiers == layers)
    }

    @Test("what is at a tag and is something else is left alone", arguments: ["[]", "{}", "{\"layers\": [{}]}", "x"])
    func leftAlone(_ text: String) throws {
        let artifacts = MemoryArtifacts(keepsReferrers: false)
        let (store, digest) = try store(artifacts)
        artifacts.manifests["sha256-\(digest.hex).att"] = Array(text.utf8)
        artifacts.manifests["sha256-\(digest.hex)"] = Array(text.utf8)
        #expect(throws: ArtifactError.self) {
            try store.attach(envelope("{}"), to: [digest], layouts: [.att], isDry: false) { _ in false }
        }
        #expect(throws: ArtifactError.self) {
            try store.attach(envelope("{}"), to: [digest], layouts: [.bundle], isDry: false) { _ in false }
        }
        #expect(artifacts.manifests["sha256-\(digest.hex).att"] == Array(text.utf8))
    }

    @Test("a blob that is not what its digest says is named and not used")
    func damaged() throws {
        let artifacts = MemoryArtifacts(keepsReferrers: false)
        let (store, digest) = try store(artifacts)
        let made = envelope("{}")
        _ = try store.attach(made, to: [digest], layouts: [.att], isDry: false) { _ in false }
        artifacts.blobs[try ContentHash.sha256(of: made)] = envelope("{\"forged\":1}")
        var problems: [String] = []
        #expect(try store.envelopes(of: digest, problems: &problems).isEmpty)
        #expect(problems.count == 1 && problems[0].contains("damaged"))
    }

    @Test(
        "what is not an envelope is refused",
        arguments: ["", "{}", "{\"payload\":\"AA==\",\"payloadType\":\"x\",\"signatures\":[{\"sig\":\"AA==\"}]}"])
    func noEnvelope(_ text: String) throws {
        let (store, digest) = try store(MemoryArtifacts(keepsReferrers: true))
        #expect(throws: ArtifactError.self) {
            try store.attach(Array(text.utf8), to: [digest], layouts: [.att], isDry: false) { _ in false }
        }
    }

    @Test("an OCI layout keeps attestations, and its image stays the one that is meant")
    func layout() throws {
        let folder = TemporaryFolder()
        var tar = TarBytes()
        tar.file("etc/os-release", "ID=debian\n")
        try writeLayout(folder, "oci", layers: [tar.archive])
        let name = try #require(ImageName("oci:\(folder.path)/oci"))
        let before = try ImageDigestSource.resolve(name)
        let store = try AttestationStore(name, platform: nil, limits: ReadingLimits(), registry: RegistryOptions())
        _ = try store.attach(envelope("{}"), to: [store.manifest], layouts: [.att, .bundle], isDry: false) { _ in false
        }
        var problems: [String] = []
        #expect(try store.envelopes(of: store.manifest, problems: &problems).count == 2)
        #expect(try ImageDigestSource.resolve(name).digest == before.digest)
        let index = try #require(document(try folder.read("oci/index.json"))?.table?["manifests"]?.array)
        #expect(index.count == 3)
        _ = try store.attach(envelope("{}"), to: [store.manifest], layouts: [.att, .bundle], isDry: false) { _ in false
        }
        #expect(document(try folder.read("oci/index.json"))?.table?["manifests"]?.array?.count == 3)
    }
}
