import ArchiveReading
import ContentHashing
import Glibc
import TestSupport
import Testing

@testable import ModelArchives

/// Signatures of OpenSSF Model Signing, made by its own tool (Fixtures/README.md).
struct ModelSigningTests {
    private static func key(_ name: String) throws -> PublicKey {
        try PublicKey(pem: try readFile(path: fixtures + name, limit: 1 << 16), name: name)
    }

    /// The signed model with its signature, in a folder of its own.
    private static func copy() -> (folder: ModelFolder, path: String) {
        let folder = ModelFolder()
        system("cp -r '\(fixtures)signed' '\(fixtures)signed.sig' '\(folder.path)/' && chmod -R u+w '\(folder.path)'")
        return (folder, folder.path + "/signed")
    }

    private static func findings(_ model: Model) -> [String] {
        model.findings.filter { ModelRules.ofSignatures.contains($0.rule) || $0.rule == "unverified-signature" }
            .map { "\($0.rule) \($0.severity.rawValue) \(baseName($0.file))" }
    }

    @Test func aSignatureBesideTheModelIsFoundAndVerified() throws {
        let model = try ModelReader.read(path: fixtures + "signed", key: try Self.key("signed.pub"))
        let signature = try #require(model.signature)
        #expect(signature.isVerified == true)
        #expect(signature.resources.map(\.path) == ["model.pkl", "requirements.txt", "sub/w.safetensors"])
        #expect(Self.findings(model).isEmpty)
    }

    @Test func withoutAKeyOnlyTheHashesAreCompared() throws {
        let model = try ModelReader.read(path: fixtures + "signed/")
        #expect(model.signature?.isVerified == nil)
        #expect(Self.findings(model) == ["unverified-signature note signed.sig"])
    }

    @Test func anotherKeyRefutesTheSignature() throws {
        let model = try ModelReader.read(path: fixtures + "signed", key: try Self.key("other.pub"))
        #expect(model.signature?.isVerified == false)
        #expect(Self.findings(model) == ["invalid-signature error signed.sig"])
    }

    @Test(arguments: [
        ("printf x >> requirements.txt", "changed-after-signing error requirements.txt"),
        ("rm requirements.txt", "changed-after-signing error signed"),
        ("touch added.py", "unsigned-file error added.py"), ("mkdir .git; touch .git/HEAD", nil),
        ("mv ../signed.sig model.sig", nil), ("mv ../signed.sig signature.sigstore", nil),
        ("mv sub/w.safetensors .", "changed-after-signing error signed"),
    ])
    func whatTheSignatureDoesNotCoverIsFound(_ change: String, _ expected: String?) throws {
        let (folder, path) = Self.copy()
        #expect(system("cd '\(path)' && \(change)") == 0)
        let model = try ModelReader.read(path: path, key: try Self.key("signed.pub"))
        #expect(model.signature?.isVerified == true)
        if let expected {
            #expect(Self.findings(model).contains(expected))
        } else {
            #expect(Self.findings(model).isEmpty)
        }
        withExtendedLifetime(folder) {}
    }

    /// The signature holds for the folder, however it was packed.
    @Test func anArchiveOfTheFolderIsCompared() throws {
        let (folder, path) = Self.copy()
        #expect(system("cd '\(folder.path)' && tar czf signed.tar.gz signed && cp signed.sig signed.tar.gz.sig") == 0)
        let model = try ModelReader.read(path: path + ".tar.gz", key: try Self.key("signed.pub"))
        #expect(model.signature?.isVerified == true)
        #expect(Self.findings(model).isEmpty)
    }

    /// Whatever is written in place of a signature: none, or one that is refused, never one that verifies.
    @Test func aBrokenSignatureVerifiesNothing() throws {
        let (folder, path) = Self.copy()
        let key = try Self.key("signed.pub")
        let bytes = try readFile(path: fixtures + "signed.sig", limit: 1 << 16)
        for index in stride(from: 0, to: bytes.count, by: 13) {
            var changed = bytes
            changed[index] ^= 1
            for text in [changed, Array(bytes[..<index])] {
                try write(text, to: folder.path + "/signed.sig")
                guard let model = try? ModelReader.read(path: path, key: key) else { continue }
                // A hint or a media type may change; what is signed may not.
                if model.signature?.isVerified == true { #expect(Self.findings(model).isEmpty) }
            }
        }
        for text in ["", "{}", "[]", "\u{0}", "-----BEGIN PGP SIGNATURE-----\n", "{\"mediaType\": 1}"] {
            try write(Array(text.utf8), to: folder.path + "/signed.sig")
            #expect(try ModelReader.read(path: path, key: key).signature == nil)
        }
    }

    private func write(_ bytes: [UInt8], to path: String) throws {
        let file = try #require(fopen(path, "w"))
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
    }
}

/// The cache of the Hugging Face hub: links into `blobs` are followed, and no others.
struct HuggingFaceCacheTests {
    private static func cache(_ commands: String) -> (folder: ModelFolder, snapshot: String) {
        let folder = ModelFolder()
        let repository = folder.path + "/models--org--net"
        system(
            """
            mkdir -p '\(repository)/blobs' '\(repository)/snapshots/1234/sub' && cd '\(repository)' && \
            sum=$(sha256sum '\(fixtures)w.safetensors' | cut -c1-64) && cp '\(fixtures)w.safetensors' blobs/$sum && \
            printf '{"model_type": "bert", "transformers_version": "4.40.1"}' > blobs/0123456789012345678901234567890123456789 && \
            cd snapshots/1234 && ln -s ../../blobs/$sum model.safetensors && \
            ln -s ../../../blobs/$sum sub/other.safetensors && \
            ln -s ../../blobs/0123456789012345678901234567890123456789 config.json && \(commands)
            """)
        return (folder, repository + "/snapshots/1234")
    }

    @Test func aSnapshotIsReadThroughItsLinks() throws {
        let (folder, snapshot) = Self.cache("true")
        let model = try ModelReader.read(path: snapshot)
        #expect(model.format == "hugging-face")
        #expect(model.files.map(\.path) == ["config.json", "model.safetensors", "sub/other.safetensors"])
        #expect(model.environment.packages.map { "\($0.name) \($0.version ?? "?")" } == ["transformers 4.40.1"])
        withExtendedLifetime(folder) {}
    }

    @Test(arguments: [
        "printf x >> ../../blobs/$sum", "ln -s /etc/passwd config.txt", "ln -s ../../../secret config.txt",
        "ln -s ../../blobs/../../secret config.txt", "ln -s ../../blobs/$(printf %040d 7) none.json",
        "ln -s /etc/passwd ../../blobs/$(printf %040d 7) && ln -s ../../blobs/$(printf %040d 7) config.txt",
    ])
    func whatLeadsElsewhereOrIsNotItsNameIsRefused(_ commands: String) {
        let (folder, snapshot) = Self.cache(commands)
        #expect(throws: ModelReadingError.self) { _ = try ModelReader.read(path: snapshot) }
        withExtendedLifetime(folder) {}
    }
}
