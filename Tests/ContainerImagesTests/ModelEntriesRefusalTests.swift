import ArchiveReading
import ContentHashing
import EnvironmentInventory
import TestSupport
import Testing

@testable import ContainerImages

/// What of a stored model is refused: where layers of an image, or what lies beside a model in its artifact, make other files
/// of it than are read.
@Suite struct ModelEntriesRefusalTests {
    /// A layer of an artifact.
    struct Layer: Sendable {
        let type: String
        var bytes = Array("good".utf8)
        var annotations: [String: String] = [:]

        init(_ type: String, path: String? = nil, key: String = "org.cncf.model.filepath") {
            self.type = type
            if let path { annotations[key] = path }
        }

        /// An archive of entries: `a` is a file, `a/` a directory, `a>b` a link to b, `a=b` a hard link to b.
        init(_ type: String, archive entries: [String]) {
            self.type = type
            bytes = ModelEntriesRefusalTests.archive(entries)
        }
    }

    private let folder = TemporaryDirectory()

    private static let pack = "application/vnd.cncf.model."
    private static let kit = "application/vnd.kitops.modelkit."
    private static let title = "org.opencontainers.image.title"
    private static let table = "containerd.io/snapshot/stargz/toc.digest"

    private static func archive(_ entries: [String]) -> [UInt8] {
        layer { tar in
            for (index, entry) in entries.enumerated() {
                let link = entry.split(separator: ">").map(String.init)
                let hard = entry.split(separator: "=").map(String.init)
                if entry.hasSuffix("/") {
                    tar.directory(String(entry.dropLast()))
                } else if link.count == 2 {
                    tar.link(link[0], to: link[1])
                } else if hard.count == 2 {
                    tar.hardLink(hard[0], to: hard[1])
                } else {
                    tar.file(entry, "\(index)")
                }
            }
        }.archive
    }

    private func blob(_ bytes: [UInt8]) throws -> String {
        let digest = try ContentHash.sha256(of: bytes)
        folder.write("oci/blobs/sha256/\(digest.hex)", bytes)
        return "\"digest\":\"\(digest)\",\"size\":\(bytes.count)"
    }

    /// Writes a layout of one manifest and returns its name; with a configuration of nil it is an image.
    private func layout(
        _ layers: [Layer], config: String? = nil, type: String = "application/vnd.oci.image.config.v1+json",
        annotations: [String: String] = [:]
    ) throws -> String {
        func text(_ annotations: [String: String]) -> String {
            annotations.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\"\($0.value)\"" }.joined(separator: ",")
        }
        let diffIDs = try layers.map { "\"\(try ContentHash.sha256(of: $0.bytes))\"" }.joined(separator: ",")
        let image =
            "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\(diffIDs)]}}"
        let written = try layers.map { layer in
            "{\"mediaType\":\"\(layer.type)\",\(try blob(layer.bytes)),\"annotations\":{\(text(layer.annotations))}}"
        }
        let described =
            "{\"mediaType\":\"\(type)\",\(try blob(Array((config ?? image).utf8))),\"annotations\":{\(text(annotations))}}"
        let manifest =
            "{\"schemaVersion\":2,\"config\":\(described),\"layers\":[\(written.joined(separator: ","))]}"
        let index =
            "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\(try blob(Array(manifest.utf8)))}]}"
        folder.write("oci/index.json", Array(index.utf8))
        folder.write("oci/oci-layout", Array("{\"imageLayoutVersion\":\"1.0.0\"}".utf8))
        return "oci:\(folder.path)/oci"
    }

    private func image(_ layers: [[String]]) throws -> String {
        try layout(layers.map { Layer("application/vnd.oci.image.layer.v1.tar", archive: $0) })
    }

    /// The files of a model with their bytes, and its directories with a slash.
    private func entries(_ name: String) throws -> [String: [UInt8]] {
        let image = try #require(ImageName(name))
        let reader = try ModelArtifact.open(image).entries()
        var found: [String: [UInt8]] = [:]
        while let entry = try reader.next() {
            if entry.kind == .directory {
                found[entry.path + "/"] = []
            } else {
                found[entry.path] = try EntryByteSource(reader, name: entry.path).readAll(limit: 1 << 20)
            }
        }
        return found
    }

    /// What is said of a model; nil where it is read.
    private func refusal(_ name: String) -> String? {
        do {
            _ = try entries(name)
            return nil
        } catch { return "\(error)" }
    }

    @Test(
        "the layers of a model are refused as those of an image are",
        arguments: [
            ([["models/a"], [".wh..wh..opq", "models/b"]], "hides all lower layers at the root"),
            ([["models/a"], ["models/a", "models/.wh.a"]], "a whiteout of what its own layer holds"),
            ([["models/a"], ["models/.wh.a", "models/a"]], "a layer that has a whiteout of it"),
            ([["models/r/a", "models/l>r"], ["models/l/a"]], "of a lower layer"),
            ([["models/d/a"], ["models/d", "models/d/"]], "a directory again that its own layer replaced"),
            ([["models/a"], [".wh..wh.plnk/x"]], "a name of AUFS"),
            ([["models/a", "opt/x", "lib>opt"], ["lib/y"]], "of a lower layer"),
            ([["models/a", "lib>models"], ["lib/y"]], "of a lower layer"),
            ([["models/a", "lib>models"], ["lib/.wh.a"]], "of a lower layer"),
        ])
    func imagesAreJudgedAsImages(layers: [[String]], reason: String) throws {
        let name = try image(layers)
        let found = try #require(refusal(name))
        #expect(found.contains(reason), "\(found)")
        #expect(throws: ImageReadingError.self) { try readImage(name) }
    }

    @Test(
        "a hard link to what upper layers replace or hide is refused",
        arguments: [
            [["models/a", "models/b=models/a"], ["models/a"]],
            [["models/a", "models/b=models/a"], ["models/.wh.a"]],
            [["models/d/a", "models/b=models/d/a"], ["models/d/.wh..wh..opq", "models/d/a"]],
        ])
    func hardLinksOverLayers(layers: [[String]]) throws {
        let name = try image(layers)
        let found = try #require(refusal(name))
        #expect(found.contains("the layers make something else of '/models/b'"), "\(found)")
        // It is clear what the image is; only the model is given in another order.
        #expect(throws: Never.self) { try readImage(name) }
    }

    @Test(
        "a link in its own layer, whose files are written below it, is refused",
        arguments: [
            [["models/r/a", "models/l>r", "models/l/a"]],
            [["models/a", "lib>models", "lib/b"]], [["models/a", "lib>models", "lib/a"]],
            [["models/a", "models/b"], ["lib>models", "lib/.wh.a"]],
            [["models/a", "x>lib", "lib>models", "x/d/b"]], [["models/a"], ["lib>/models", "lib/a"]],
        ])
    func entriesBelowLinks(layers: [[String]]) throws {
        let found = refusal(try image(layers))
        #expect(found != nil)
    }

    @Test(
        "what all runtimes make the same files of is read",
        arguments: [
            ([["models/a", "models/b=models/a"], ["models/c"]], ["a", "b", "c"]),
            ([["models/a", "models/b"], ["models/.wh.a", "models/b"]], ["b"]),
            ([["models/d/a", "models/d/b"], ["models/d/.wh..wh..opq", "models/d/c"]], ["d/c"]),
            ([["models/d/a"], ["models/d"], ["models/d/", "models/d/b"]], ["d/", "d/b"]),
            ([["models/d/a"], ["models/.wh.d"], ["models/d/b"]], ["d/b"]),
            ([["models/", "models/d/", "models/d/a", "models/l>d"], ["models/e"]], ["d/", "d/a", "e", "l"]),
            ([["models/m", "models/d/a"], ["models/d/.wh.a"]], ["d/", "m"]),
            ([["models/m", "usr/lib/x", "lib>usr/lib"], ["usr/lib/y"]], ["m"]),
            ([["models/m", "lib>models"], ["lib/", "lib/y"]], ["m"]),
            ([["models/m", "lib>models", "lib/d/"]], ["d/", "m"]),
        ])
    func honestImages(layers: [[String]], files: [String]) throws {
        let name = try image(layers)
        let found = try entries(name)
        #expect(found.keys.sorted() == files)
        #expect(throws: Never.self) { try readImage(name) }
    }

    @Test("the table of contents of a layer is held against it")
    func tables() throws {
        func name(_ content: String, digest: [UInt8]? = nil) throws -> String {
            let table =
                "{\"version\":1,\"entries\":[{\"name\":\"models/a\",\"type\":\"reg\",\"mode\":420,\"modtime\":\"2023-11-14T22:13:20Z\",\"size\":4,\"digest\":\"\(try ContentHash.sha256(of: Array(content.utf8)))\"}]}"
            var tar = TarBytes()
            tar.file("models/a", "good")
            tar.file("stargz.index.json", table)
            var layer = Layer("application/vnd.oci.image.layer.v1.tar")
            layer.bytes = tar.archive
            layer.annotations[Self.table] = "\(try ContentHash.sha256(of: digest ?? Array(table.utf8)))"
            return try layout([layer])
        }
        let good = try entries(name("good"))
        #expect(good == ["a": Array("good".utf8)])
        let evil = try name("evil")
        let differs = try #require(refusal(evil))
        #expect(differs.contains("says something else of 'models/a'"), "\(differs)")
        let unnamed = try name("good", digest: [1])
        let other = try #require(refusal(unnamed))
        #expect(other.contains("table of contents"), "\(other)")
    }

    private static func raw(_ kind: String, _ path: String) -> Layer { Layer("\(pack)\(kind).v1.raw", path: path) }

    private static func tar(_ kind: String, _ entries: [String]) -> Layer {
        Layer("\(pack)\(kind).v1.tar", archive: entries)
    }

    private static let packs: [(layers: [Layer], files: [String])] = [
        ([raw("weight", "m")], ["m"]),
        ([Layer("\(pack)weight.v1.raw", path: "m", key: "org.cnai.model.filepath")], ["m"]),
        ([Layer("\(pack)weight.v1.raw", path: "m", key: title)], ["m"]),
        ([tar("weight", ["d/", "d/m"])], ["d/", "d/m"]),
        ([raw("weight", "m"), raw("dataset", "data.csv")], ["data.csv", "m"]),
        ([raw("weight", "d/m"), raw("dataset", "data.csv")], ["d/m"]),
        ([raw("weight", "m"), raw("dataset", "data/a.csv")], ["m"]),
        (
            [tar("dataset", ["data/", "data/a", "data/b>a"]), tar("weight", ["m", "data/"])],
            ["data/", "data/a", "data/b", "m"]
        ),
        ([raw("weight", "m"), Layer("text/plain")], ["m"]),
    ]

    private func packed(_ layers: [Layer]) throws -> String {
        try layout(layers, config: "{}", type: "\(Self.pack)config.v1+json")
    }

    @Test("a ModelPack's layers are the files that modctl extracts", arguments: packs)
    func honestPacks(layers: [Layer], files: [String]) throws {
        let found = try entries(packed(layers))
        #expect(found.keys.sorted() == files)
    }

    @Test("a type that ends in .raw is the file itself, and the older key comes before the title")
    func rawLayers() throws {
        var layer = Layer("\(Self.pack)weight.v1.tar.raw", path: "m")
        layer.bytes = Self.archive(["x"])
        layer.annotations[Self.title] = "README.txt"
        let first = try entries(packed([layer]))
        #expect(first == ["m": layer.bytes])
        layer.annotations = ["org.cnai.model.filepath": "n", Self.title: "README.txt", "org.cncf.model.filepath": ""]
        let second = try entries(packed([layer]))
        #expect(second == ["n": layer.bytes])
    }

    private static let packsWithMore: [[Layer]] = [
        [raw("weight", "d/m"), raw("dataset", "d/m")],
        [raw("dataset", "D/./M"), raw("weight", "d/m")],
        [raw("weight", "d/m"), raw("dataset", "d")],
        [raw("weight", "d/m"), raw("dataset", "d/m/x")],
        [raw("weight", "m"), raw("dataset", "../m")],
        [raw("weight", "m"), raw("dataset", "n"), tar("dataset", ["n"])],
        [raw("weight", "m"), raw("dataset", "n"), raw("dataset", "N")],
        [raw("weight", "d/m"), raw("dataset", "d/n"), raw("dataset", "d/n/x")],
        [raw("weight", "m"), tar("dataset", ["data/a", "n=data/a"])],
        [raw("weight", "d/m"), tar("dataset", ["a", "d/m"])],
        [raw("weight", "d/m"), tar("dataset", ["d>e"])],
        [raw("weight", "d/m"), tar("dataset", ["e>d", "e/m"])],
        [raw("weight", "m"), tar("dataset", ["e>m", "e"])],
        [raw("weight", "m"), tar("dataset", ["x", "e=m"])],
        [raw("weight", "m"), Layer("application/x.v1.raw", path: "n")],
        [raw("weight", "m"), Layer("application/x.v1.tar", archive: ["n"])],
        [Layer("\(pack)weight.v1.zip", path: "m")],
        [raw("weight", "m"), Layer("\(kit)model.v1.tar", archive: ["n"])],
    ]

    @Test("a data set in the place of a file of the model is refused", arguments: packsWithMore)
    func packWithMore(layers: [Layer]) throws {
        let found = refusal(try packed(layers))
        #expect(found != nil)
    }

    @Test(
        "what else a ModelKit unpacks is beside its model, or it is refused",
        arguments: [
            ("{}", "code.v1.tar", ["src/", "src/a.py"], false),
            ("{\"model\":{\"path\":\"./a:b\"}}", "docs.v1.tar", ["README.md"], false),
            ("{\"model\":{\"path\":\"model\"}}", "dataset.v1.tar", ["models/", "models/data.csv"], false),
            ("{}", "code.v1.tar", ["model/m"], true), ("{}", "code.v1.tar+gzip", ["MODEL/m"], true),
            ("{}", "unknown.v1.tar", ["model"], true),
            ("{\"model\":{\"path\":\"ghcr.io/a/b:1\"}}", "code.v1.tar", ["src/a.py"], true),
            ("{\"model\":{\"path\":\"b@sha256:1\"}}", "code.v1.tar", ["src/a.py"], true),
            ("[]", "code.v1.tar", ["src/a.py"], true),
        ])
    func kits(kitfile: String, type: String, beside: [String], isRefused: Bool) throws {
        let layers = [
            Layer("\(Self.kit)\(type)", archive: beside),
            Layer("\(Self.kit)model.v1.tar", archive: ["model/", "model/m"]),
        ]
        let name = try layout(layers, config: kitfile, type: "\(Self.kit)config.v1+json")
        if isRefused {
            let found = refusal(name)
            #expect(found != nil)
        } else {
            let found = try entries(name)
            #expect(found.keys.sorted() == ["model/", "model/m"])
        }
    }

    @Test(
        "what a ModelKit unpacks into the directories of its model is a part of it",
        arguments: [
            // Its model, what lies beside it, and what is read of that.
            (["m"], ["config.json", "src/a.py"], ["config.json"]), (["m"], ["README.md"], ["README.md"]),
            (["model/m"], ["config.json", "src/model/x"], []),
            (["model/m"], ["model/modeling_x.py", "model/config.json"], ["model/config.json", "model/modeling_x.py"]),
            (["model/m"], ["model/code/own.py"], ["model/code/own.py"]),
            (["model/data/m"], ["model/MLmodel", "MLmodel"], ["model/MLmodel"]),
            (["model/", "model/data/m"], ["model/code/own.py"], ["model/code/own.py"]),
            (["MLmodel", "data/m"], ["data/x/y", "lib/own.py"], ["data/x/y", "lib/own.py"]),
            (["m", "data/n"], ["data/x/y", "lib/own.py", "code/own.py"], ["code/own.py", "data/x/y"]),
            (["modules.json"], ["1_Pooling/config.json"], ["1_Pooling/config.json"]),
            (["m"], ["MLmodel", "lib/own.py"], ["MLmodel", "lib/own.py"]),
            (["model/m"], ["model/x>../src/x", "src/x"], ["model/x"]),
        ] as [([String], [String], [String])])
    func besideInside(model: [String], beside: [String], inside: [String]) throws {
        for type in ["code.v1.tar", "docs.v1.tar", "dataset.v1.tar", "other.v1.tar"] {
            let layers = [
                Layer("\(Self.kit)\(type)", archive: beside), Layer("\(Self.kit)model.v1.tar", archive: model),
            ]
            let found = try entries(layout(layers, config: "{}", type: "\(Self.kit)config.v1+json"))
            #expect(found.keys.sorted() == (model + inside).sorted())
            // The archive above writes the number of each entry into its file.
            for path in inside where !beside.contains("\(path)>../src/x") {
                #expect(found[path] == beside.firstIndex(of: path).map { Array("\($0)".utf8) })
            }
        }
    }

    @Test("a manifest beside the model that comes after what it may name is refused")
    func lateManifests() throws {
        func kit(_ model: [String]) throws -> String? {
            let layers = [
                Layer("\(Self.kit)code.v1.tar", archive: ["lib/own.py", "MLmodel"]),
                Layer("\(Self.kit)model.v1.tar", archive: model),
            ]
            return refusal(try layout(layers, config: "{}", type: "\(Self.kit)config.v1+json"))
        }
        #expect(try kit(["m"])?.contains("'MLmodel' may name 'lib/own.py'") == true)
        #expect(try kit(["model/m"]) == nil)
    }

    /// KitOps packs data sets before code, and many layers have a README.
    @Test(
        "files that data sets have for themselves, and texts for people that are there twice, are no refusal",
        arguments: [
            (["data/a.csv", "meta.json"], [], true), (["README.md", "LICENSE"], ["README.md", "LICENSE"], true),
            (["config.json"], ["config.json"], false), (["requirements.txt"], ["requirements.txt"], false),
        ] as [([String], [String], Bool)])
    func ordinaryNeighbours(code: [String], docs: [String], isRead: Bool) throws {
        let layers = [
            Layer("\(Self.kit)code.v1.tar", archive: code), Layer("\(Self.kit)docs.v1.tar", archive: docs),
            Layer("\(Self.kit)model.v1.tar", archive: ["m"]),
        ]
        let told = refusal(try layout(layers, config: "{}", type: "\(Self.kit)config.v1+json"))
        #expect((told == nil) == isRead, "\(told ?? "")")
    }

    @Test("files of ORAS that ORAS would write more of are refused")
    func filesOfORAS() throws {
        let file = Layer("application/octet-stream", path: "m", key: Self.title)
        let type = "application/vnd.oci.empty.v1+json"
        let plain = try entries(layout([file], config: "{}", type: type))
        #expect(plain.keys.sorted() == ["m"])
        let titled = try layout([file], config: "{}", type: type, annotations: [Self.title: "extra.pkl"])
        let told = try #require(refusal(titled))
        #expect(told.contains("its configuration has a title"), "\(told)")
        for manifest in [
            "application/vnd.oci.image.manifest.v1+json", "application/vnd.oci.image.index.v1+json",
            "application/vnd.docker.distribution.manifest.v2+json", "application/vnd.oci.artifact.manifest.v1+json",
        ] {
            let nested = Layer(manifest, path: "n", key: Self.title)
            let name = try layout([file, nested], config: "{}", type: type)
            let found = try #require(refusal(name))
            #expect(found.contains("is a manifest"), "\(found)")
        }
    }
}
