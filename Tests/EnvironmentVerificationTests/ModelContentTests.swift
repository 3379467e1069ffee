import ContentHashing
import EnvironmentInventory
import Testing

@testable import ContainerImages
@testable import EnvironmentVerification
@testable import ModelArchives

/// Models in an image that have neither the name nor the bytes of the one that was given.
struct ModelContentTests {
    private static func files(_ contents: [String: [UInt8]]) throws -> FileSystemIndex {
        var layer = LayerContents()
        for (path, bytes) in contents.sorted(by: { $0.key < $1.key }) {
            layer.append(
                LayerEntry(
                    path: Array(path.utf8), kind: .file, mode: 0o644, uid: 0, gid: 0, modified: 0,
                    content: Int32(layer.contents.count)))
            layer.contents.append(
                LayerFileContent(
                    size: bytes.count, sha256: try #require(SHA256Value(try ContentHash.sha256(of: bytes))),
                    head: ModelHead.kept(bytes, size: bytes.count),
                    data: KeptFiles.all.keeping(Array(path.utf8)) == .whole ? bytes : nil))
        }
        var stack = LayerStack(image: "image")
        try stack.apply(layer, name: "layer")
        return FileSystemIndex(stack.finish())
    }

    /// A pickle of protocol 4 whose first global is of a module.
    private static func pickle(_ module: String, _ name: String = "Model") -> [UInt8] {
        [0x80, 4, 0x95, 40, 0, 0, 0, 0, 0, 0, 0, 0x8C, UInt8(module.utf8.count)] + Array(module.utf8)
            + [0x94, 0x8C, UInt8(name.utf8.count)] + Array(name.utf8) + [0x94, 0x93, 0x94, 0x29, 0x81, 0x2E]
    }

    /// The local header of an archive's member.
    private static let torch: [UInt8] = {
        var bytes = Array("PK".utf8) + [3, 4]
        bytes += [UInt8](repeating: 0, count: 22)
        bytes += [8, 0, 0, 0]
        return bytes + Array("data.pkl".utf8)
    }()

    static let cases: [(String, [UInt8], Bool)] = [
        ("clf.pkl", pickle("sklearn.pipeline", "Pipeline"), true), ("clf.bin", pickle("xgboost.sklearn"), true),
        ("model", pickle("__main__"), true), ("lambda.pkl", pickle("cloudpickle.cloudpickle"), true),
        ("old.pkl", [0x80, 2] + Array("csklearn.svm._classes\nSVC\nq\0)\u{81}.".utf8), true),
        (
            "dict.pkl",
            [0x80, 4, 0x95, 90, 0, 0, 0, 0, 0, 0, 0, 0x7D, 0x94, 0x8C, 1, 0x6D, 0x94] + pickle("sklearn.svm")[11...],
            true
        ),
        // Plain data.
        (
            "vocabulary.pkl",
            [0x80, 4, 0x95, 20, 0, 0, 0, 0, 0, 0, 0, 0x7D, 0x94, 0x8C, 3] + Array("cat".utf8) + [
                0x94, 0x4B, 1, 0x73, 0x2E,
            ], false
        ),
        ("array.pkl", pickle("numpy.core.multiarray", "_reconstruct"), false),
        ("table.pkl", pickle("pandas.core.frame", "DataFrame"), false),
        ("list.pkl", [0x80, 4, 0x5D, 0x94, 0x2E], false),
        ("clf.joblib", [0x78, 0x9C, 1, 2, 3], true), ("net.onnx", [8, 7, 0x12, 4], true),
        ("w.safetensors", [0x40, 0, 0, 0, 0, 0, 0, 0] + Array("{\"a\":1}".utf8), true),
        ("a.cbm", Array("CBM1....".utf8), true), ("renamed.dat", Array("CBM1....".utf8), true),
        ("net.h5", [0x89] + Array("HDF\r\n\u{1A}\n".utf8), true),
        ("data.nc", [0x89] + Array("HDF\r\n\u{1A}\n".utf8), false),
        ("net.pt", Array("PK".utf8) + [3, 4, 0], true), ("app.zip", Array("PK".utf8) + [3, 4, 0], false),
        ("lg.dat", Array("tree\nversion=v4\n".utf8), true), ("x.bin", Array("cuuid\nget\n(tR.".utf8), true),
        ("m.pkl.z", [0x78, 0x9C, 1], true), ("m.pkl", [0x78, 0x9C, 1], true), ("data.csv.z", [0x78, 0x9C, 1], false),
        ("torch.dat", torch, true),
        ("notes.txt", Array("sklearn".utf8), false), ("serve.py", Array("import sklearn\n".utf8), false),
        ("empty.onnx", [], false), ("data.csv", Array("a,b\n".utf8), false),
    ]

    @Test("a model is told by its content, where that says nothing by its name", arguments: cases.indices)
    func contents(index: Int) throws {
        let (name, bytes, isModel) = Self.cases[index]
        let entry = try #require(try Self.files(["srv/" + name: bytes]).lookup("srv/" + name))
        #expect(ModelContent.isModel(entry) == isModel, "\(name)")
    }

    private static func compare(_ image: [String: [UInt8]], at path: String? = nil) throws
        -> Verification.BakedModel?
    {
        let own = pickle("sklearn.svm", "SVC")
        var training = TrainingSide(name: "m", identity: nil, environment: Environment())
        let digest = try #require(SHA256Value(ContentHash.sha256(of: own)))
        training.files = [ModelFile(path: "model.pkl", sha256: digest, size: own.count)]
        var serving = ServingSide(name: "i", identity: nil, environment: Environment())
        let index = try files(image)
        serving.fileSystem = index
        return BakedModelSearch(training: training, serving: serving, isStrict: false, owners: FileOwners(index))
            .compare(at: path)
    }

    @Test(
        "a model of another name beside an honest copy is several, alone another one; a package's is nobody's concern")
    func strangers() throws {
        let own = Self.pickle("sklearn.svm", "SVC")
        let other = Self.pickle("sklearn.ensemble", "Forest")
        let both = try #require(try Self.compare(["srv/model.pkl": own, "srv/real/clf.joblib": other]))
        #expect(both.state == .several && both.verdict == .notProvable && both.path == "/srv/real")
        #expect(try Self.compare(["srv/model.pkl": own, "srv/clf.pkl": other], at: "/srv/model.pkl")?.state == .same)
        let alone = try #require(try Self.compare(["srv/clf.pkl": other]))
        #expect(alone.state == .other && alone.verdict == .notProvable)
        #expect(try Self.compare(["srv/model.pkl": own, "srv/words.pkl": Self.pickle("numpy.core")])?.state == .same)
        let site = "usr/lib/python3/site-packages"
        let packaged = [
            "srv/model.pkl": own, "\(site)/x/m.pkl": other, "\(site)/x-1.dist-info/RECORD": Array("x/m.pkl,,\n".utf8),
        ]
        #expect(try Self.compare(packaged)?.state == .same)
        let renamed = try #require(try Self.compare(["srv/renamed.bin": own, "srv/copy.pkl": own]))
        #expect(renamed.state == .same && renamed.verdict == .match)
    }

    @Test("the finding names the other model")
    func finding() throws {
        let baked = try #require(try Self.compare(["srv/clf.pkl": Self.pickle("sklearn.ensemble")]))
        let findings = EnvironmentVerifier.modelFindings(
            baked, TrainingSide(name: "m", identity: nil, environment: Environment()),
            ServingSide(name: "i", identity: nil, environment: Environment()))
        #expect(findings.map(\.rule) == ["foreign-model"] && findings[0].message.contains("/srv/clf.pkl"))
    }
}
