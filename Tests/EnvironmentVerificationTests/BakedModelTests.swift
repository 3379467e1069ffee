import ContentHashing
import EnvironmentInventory
import Testing

@testable import ContainerImages
@testable import EnvironmentVerification
@testable import ModelArchives

/// What an image has of a model, in every shape.
struct BakedModelTests {
    /// An image of files with their texts.
    private static func files(_ texts: [String: String]) throws -> FileSystemIndex {
        var layer = LayerContents()
        for (path, text) in texts.sorted(by: { $0.key < $1.key }) {
            let bytes = Array(text.utf8)
            layer.append(
                LayerEntry(
                    path: Array(path.utf8), kind: .file, mode: 0o644, uid: 0, gid: 0, modified: 0,
                    content: Int32(layer.contents.count)))
            layer.contents.append(
                LayerFileContent(
                    size: bytes.count, sha256: try #require(SHA256Value(try ContentHash.sha256(of: bytes))), head: [],
                    data: KeptFiles.all.keeping(Array(path.utf8)) == .whole ? bytes : nil))
        }
        var stack = LayerStack(image: "image")
        try stack.apply(layer, name: "layer")
        return FileSystemIndex(stack.finish())
    }

    private static func compare(
        _ model: [String: String], _ image: [String: String], at path: String? = nil, isStrict: Bool = false
    ) throws -> Verification.BakedModel? {
        var training = TrainingSide(name: "m", identity: nil, environment: Environment())
        training.files = try model.sorted { $0.key < $1.key }.map { path, text in
            let digest = try #require(SHA256Value(ContentHash.sha256(of: Array(text.utf8))))
            return ModelFile(path: path, sha256: digest, size: text.utf8.count)
        }
        var serving = ServingSide(name: "i", identity: nil, environment: Environment())
        let index = try files(image)
        serving.fileSystem = index
        return BakedModelSearch(
            training: training, serving: serving, isStrict: isStrict, owners: FileOwners(index)
        ).compare(at: path)
    }

    /// A model of many files, all with one name and one content: the work for each does not grow with their number.
    @Test(.timeLimit(.minutes(5))) func manyFilesOfOneName() throws {
        let model = Dictionary(uniqueKeysWithValues: (0..<4000).map { ("d\($0)/model.bin", "weights") })
        let image = Dictionary(uniqueKeysWithValues: model.map { ("srv/m/" + $0.key, $0.value) })
        let baked = try #require(try Self.compare(model, image))
        #expect(baked.state == .same && baked.same == model.count && baked.path == "/srv/m", "\(baked.path)")
    }

    @Test("a file whose name has another Unicode form is one that the model does not have")
    func unicodeForms() throws {
        let model = ["caf\u{E9}.pkl": "weights", "MLmodel": "flavors"]
        let image = ["srv/caf\u{E9}.pkl": "weights", "srv/MLmodel": "flavors", "srv/\u{65}x": ""]
        #expect(try Self.compare(model, image, isStrict: true)?.files.map(\.path) == ["ex"])
        let renamed = ["srv/cafe\u{301}.pkl": "weights", "srv/MLmodel": "flavors"]
        let found = try #require(try Self.compare(model, renamed, at: "/srv"))
        #expect(found.verdict == .mismatch && found.files.map(\.kind) == [.added, .missing], "\(found)")
    }

    typealias State = Verification.BakedModel.State
    private static let one = ["model.pkl": "weights"]
    private static let directory = ["MLmodel": "flavors", "model.pkl": "weights", "requirements.txt": "numpy"]

    @Test(
        "a model of one file",
        arguments: [
            (["srv/model.pkl": "weights"], State.same, Verdict.match),
            (["srv/model.pkl": "other"], .other, .mismatch),
            (["srv/renamed.bin": "weights"], .same, .match),
            (["srv/data.bin": "other"], .absent, .match),
            // A decoy does not help.
            (["srv/model.pkl": "other", "opt/model.pkl": "weights"], .several, .notProvable),
            // The files of packages are theirs.
            (
                [
                    "lib/python3.11/site-packages/x/model.pkl": "other",
                    "lib/python3.11/site-packages/x-1.dist-info/RECORD": "x/model.pkl,,\n",
                ], .absent, .match
            ),
        ] as [([String: String], State, Verdict)])
    func single(image: [String: String], state: State, verdict: Verdict) throws {
        let baked = try #require(try Self.compare(Self.one, image))
        #expect(baked.state == state && baked.verdict == verdict, "\(baked)")
    }

    @Test(
        "a model of several files",
        arguments: [
            (["MLmodel": "flavors", "model.pkl": "weights", "requirements.txt": "numpy"], State.same, Verdict.match),
            (["MLmodel": "flavors", "model.pkl": "weights"], .same, .match),
            (["model.pkl": "weights"], .same, .match),
            (["MLmodel": "flavors", "model.pkl": "changed", "requirements.txt": "numpy"], .other, .mismatch),
            (["MLmodel": "flavors", "model.pkl": "changed"], .other, .mismatch),
            (["MLmodel": "flavors", "renamed.pkl": "changed"], .other, .mismatch),
            (["MLmodel": "flavors", "renamed.pkl": "weights"], .same, .match),
            (["MLmodel": "changed", "model.pkl": "weights"], .other, .mismatch),
            (["notes.txt": "nothing"], .absent, .match),
        ] as [([String: String], State, Verdict)])
    func several(image: [String: String], state: State, verdict: Verdict) throws {
        let placed = Dictionary(uniqueKeysWithValues: image.map { ("srv/model/" + $0.key, $0.value) })
        let baked = try #require(try Self.compare(Self.directory, placed))
        #expect(baked.state == state && baked.verdict == verdict, "\(baked)")
    }

    @Test("a given path is the one that counts, also beside a decoy")
    func given() throws {
        let image = ["srv/model.pkl": "other", "opt/model.pkl": "weights"]
        #expect(try Self.compare(Self.one, image, at: "/opt/model.pkl")?.state == .same)
        #expect(try Self.compare(Self.one, image, at: "/srv/model.pkl")?.verdict == .mismatch)
        #expect(try Self.compare(Self.one, image, at: "/none")?.verdict == .mismatch)
        #expect(try Self.compare(Self.directory, ["srv/m/model.pkl": "weights"], at: "srv/m")?.verdict == .mismatch)
        #expect(try Self.compare([:], image) == nil)
    }

    @Test("what stands beside a model of one file is none of it, also where the file was hashed as an archive could be")
    func oneFile() throws {
        let image = try Self.files(["srv/model.pkl": "weights", "srv/serve.py": "code"])
        let digest = try ContentHash.sha256(of: Array("weights".utf8))
        for archive in [nil, digest] {
            var training = TrainingSide(name: "m", identity: nil, environment: Environment())
            training.files = [ModelFile(path: "model.pkl", sha256: try #require(SHA256Value(digest)), size: 7)]
            training.archive = archive
            var serving = ServingSide(name: "i", identity: nil, environment: Environment())
            serving.fileSystem = image
            let baked = BakedModelSearch(training: training, serving: serving, isStrict: true, owners: nil)
                .compare(at: nil)
            #expect(baked?.state == .same && baked?.files.isEmpty ?? false)
        }
    }

    @Test("the same bytes under another name are not a difference, and what does not decide is not an error")
    func renamed() throws {
        let one = try #require(try Self.compare(Self.one, ["srv/other.bin": "weights"], isStrict: true))
        #expect(one.state == .same && one.files.isEmpty)
        let tree = ["srv/MLmodel": "flavors", "srv/renamed.pkl": "weights", "srv/requirements.txt": "numpy"]
        #expect(try Self.compare(Self.directory, tree, isStrict: true)?.files.isEmpty ?? false)
        let less = try #require(
            try Self.compare(Self.directory, ["srv/MLmodel": "flavors", "srv/model.pkl": "weights"]))
        let findings = EnvironmentVerifier.modelFindings(
            less, TrainingSide(name: "m", identity: nil, environment: Environment()),
            ServingSide(name: "i", identity: nil, environment: Environment()))
        #expect(less.verdict == .match && findings.map(\.severity) == [.note], "\(findings.map(\.message))")
    }

    @Test("an added file counts when everything does")
    func added() throws {
        let image = Dictionary(uniqueKeysWithValues: Self.directory.map { ("srv/" + $0.key, $0.value) })
        let more = image.merging(["srv/extra.txt": "x"]) { first, _ in first }
        #expect(try Self.compare(Self.directory, more)?.verdict == .match)
        #expect(try Self.compare(Self.directory, more, isStrict: true)?.verdict == .mismatch)
    }
}
