import ArchiveReading
import ContainerImages
import ContentHashing
import EnvironmentInventory
import TestSupport
import Testing

@testable import Pinproof

/// Models in layouts: images that carry one, ModelKits, ModelPacks, files of ORAS. Each is the same model as its directory.
struct StoredModelTests {
    /// A layer: its bytes, its media type and its annotations as JSON.
    private struct Layer {
        var bytes: [UInt8]
        var type = "application/vnd.oci.image.layer.v1.tar"
        var annotations = "{}"
    }

    private let folder = TemporaryDirectory()

    private static let files = [
        (
            "MLmodel",
            "flavors:\n  python_function:\n    loader_module: mlflow.sklearn\n    python_version: 3.11.7\nmlflow_version: 3.17.2\n"
        ),
        ("requirements.txt", "scikit-learn==1.7.2\n"), ("code/run.sh", "#!/bin/sh\n"), ("notes.txt", "a\n"),
    ]

    /// Writes the model's directory.
    private func writeModel(at place: String) {
        for (name, text) in Self.files { folder.write("\(place)/\(name)", Array(text.utf8)) }
        shell(
            "cd '\(folder.path)/\(place)' && chmod 644 MLmodel requirements.txt notes.txt && chmod 755 code/run.sh && ln -s notes.txt link && mkdir empty"
        )
    }

    private func tar(_ arguments: String, in place: String) throws -> [UInt8] {
        try #require(shell("cd '\(folder.path)/\(place)' && tar -cf ../out.tar \(arguments)") == 0)
        return try #require(folder.bytes(of: "out.tar"))
    }

    private func blob(_ bytes: [UInt8], in layout: String) throws -> String {
        let digest = try ContentHash.sha256(of: bytes)
        folder.write("\(layout)/blobs/sha256/\(digest.hex)", bytes)
        return "\"digest\":\"\(digest)\",\"size\":\(bytes.count)"
    }

    /// Writes a layout of one manifest and returns its name.
    private func layout(_ name: String, config: String?, type: String, _ layers: [Layer]) throws -> String {
        let diffIDs = try layers.map { "\"\(try ContentHash.sha256(of: $0.bytes))\"" }.joined(separator: ",")
        let text =
            config
            ?? "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\(diffIDs)]}}"
        let descriptors = try layers.map { layer in
            "{\"mediaType\":\"\(layer.type)\",\(try blob(layer.bytes, in: name)),\"annotations\":\(layer.annotations)}"
        }
        let manifest =
            "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"\(type)\",\(try blob(Array(text.utf8), in: name))},\"layers\":[\(descriptors.joined(separator: ","))]}"
        let index =
            "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\(try blob(Array(manifest.utf8), in: name))}]}"
        folder.write("\(name)/index.json", Array(index.utf8))
        folder.write("\(name)/oci-layout", Array("{\"imageLayoutVersion\":\"1.0.0\"}".utf8))
        return "oci:\(folder.path)/\(name)"
    }

    private func image(_ name: String, _ layers: [[UInt8]]) throws -> String {
        try layout(
            name, config: nil, type: "application/vnd.oci.image.config.v1+json", layers.map { Layer(bytes: $0) })
    }

    private func files(_ name: String, _ layers: [Layer]) throws -> String {
        try layout(name, config: "{}", type: "application/vnd.oci.empty.v1+json", layers)
    }

    private func read(_ name: String, _ images: ModelImages = .withoutPackages) throws -> SubjectContent {
        var reader = SubjectReader(target: nil)
        reader.modelImages = images
        return try reader.read(name)
    }

    /// Expects that a name is the model of the directory `model`.
    private func expectModel(_ name: String) throws {
        let whole = try #require(try read("\(folder.path)/model").model)
        let stored = try #require(try read(name).model)
        #expect(stored.treeDigest == whole.treeDigest)
        #expect(stored.format == whole.format && stored.facts.map(\.value) == whole.facts.map(\.value))
        #expect(stored.files.map(\.path) == whole.files.map(\.path) && stored.name == name)
    }

    @Test func anImageCarriesAModel() throws {
        writeModel(at: "model")
        // The lower layer has other files, which the upper one replaces and whites out.
        folder.write("low/models/MLmodel", Array("flavors: {}\n".utf8))
        folder.write("low/models/old/weights.bin", [1, 2, 3])
        folder.write("low/models/code/left.py", [0x0A])
        folder.write("low/bin/sh", [1])
        shell(
            "cd '\(folder.path)' && mkdir -p up && cp -a model up/models && touch up/models/.wh.old up/models/code/.wh..wh..opq"
        )
        let layers = [try tar("models bin", in: "low"), try tar("models", in: "up")]
        try expectModel(try image("car", layers))
        // One directory inside of it is the model, as in an archive.
        shell("cd '\(folder.path)' && mkdir -p one/models && cp -a model one/models/churn")
        try expectModel(try image("one-directory", [tar("models", in: "one")]))
    }

    /// A name that begins with an accent, whose slash before it is no slash for a `String`; the same name in two forms.
    @Test func namesOfAnImagesModelAreBytes() throws {
        func digest(_ name: String, _ content: String, _ whiteout: String) throws -> Digest {
            shell("cd '\(folder.path)' && rm -rf low up && mkdir -p low/models up/models")
            folder.write("low/models/MLmodel", Array("flavors: {}\n".utf8))
            folder.write("low/models/\(name)", Array(content.utf8))
            shell("cd '\(folder.path)' && touch 'up/models/.wh.\(whiteout)'")
            let car = try image("car", [try tar("models", in: "low"), try tar("models", in: "up")])
            guard case .model(let model) = try read(car) else { throw InputError("no model") }
            return model.treeDigest
        }
        for name in ["\u{301}m", "caf\u{E9}"] {
            #expect(try digest(name, "good", "x") != digest(name, "evil", "x"))
            #expect(try digest(name, "good", "cafe\u{301}") != digest(name, "evil", "cafe\u{301}"))
            #expect(try digest(name, "good", name) == digest(name, "evil", name))
        }
    }

    /// The entry of the directory replaces the link; without it runtimes disagree whether the file goes through the link.
    @Test(
        "what could be written into the model through a link is refused",
        arguments: ["models", "./x/../models", "/", "n", "srv"], [true, false])
    func linksIntoAnImagesModel(_ target: String, _ replacesTheLink: Bool) throws {
        folder.write("low/models/MLmodel", Array("flavors: {}\n".utf8))
        shell("cd '\(folder.path)' && ln -s '\(target)' low/m && ln -s models low/n")
        let written = "m/\(target == "/" ? "models/" : "")MLmodel"
        folder.write("up/\(written)", Array("flavors: {a: {}}\n".utf8))
        let lower = try tar("models m n", in: "low")
        guard replacesTheLink else {
            let car = try image("car", [lower, try tar(written, in: "up")])
            #expect(throws: (any Error).self) { try read(car) }
            return
        }
        let alone = try read(image("alone", [lower]))
        let both = try read(image("car", [lower, try tar("m", in: "up")]))
        guard case .model(let honest) = alone, case .model(let model) = both else { throw InputError("no model") }
        #expect(model.treeDigest == honest.treeDigest)
    }

    @Test func aModelKitIsRead() throws {
        writeModel(at: "model")
        let model = Layer(
            bytes: try tar("--exclude=code .", in: "model"), type: "application/vnd.kitops.modelkit.model.v1.tar")
        let part = Layer(
            bytes: try tar("code", in: "model"), type: "application/vnd.kitops.modelkit.modelpart.v1.tar+gzip")
        let docs = Layer(bytes: [1], type: "application/vnd.kitops.modelkit.docs.v1.tar")
        let name = try layout(
            "kit", config: "{\"manifestVersion\":\"1.0.0\"}", type: "application/vnd.kitops.modelkit.config.v1+json",
            [model, part, docs])
        try expectModel(name)
    }

    @Test func aModelPackIsRead() throws {
        writeModel(at: "model")
        var layers = try ["MLmodel", "requirements.txt", "notes.txt"].map { file in
            Layer(
                bytes: try #require(folder.bytes(of: "model/\(file)")),
                type: "application/vnd.cncf.model.weight.config.v1.raw",
                annotations: "{\"org.cncf.model.filepath\":\"\(file)\"}")
        }
        layers.append(
            Layer(bytes: try tar("code link empty", in: "model"), type: "application/vnd.cncf.model.weight.v1.tar"))
        layers.append(Layer(bytes: [1], type: "application/vnd.cncf.model.dataset.v1.tar"))
        try expectModel(
            try layout("pack", config: "{}", type: "application/vnd.cncf.model.config.v1+json", layers))
    }

    @Test func filesOfORASAreRead() throws {
        writeModel(at: "model")
        let unpacked = Layer(
            bytes: try tar("code link empty", in: "model"),
            annotations: "{\"org.opencontainers.image.title\":\"rest\",\"io.deis.oras.content.unpack\":\"true\"}")
        let plain = try ["MLmodel", "requirements.txt", "notes.txt"].map { file in
            Layer(
                bytes: try #require(folder.bytes(of: "model/\(file)")),
                annotations: "{\"org.opencontainers.image.title\":\"\(file)\"}")
        }
        try expectModel(try files("oras", plain + [unpacked]))
        let archive = Layer(
            bytes: try tar(".", in: "model"), annotations: "{\"org.opencontainers.image.title\":\"model.tar\"}")
        try expectModel(try files("oras-tar", [archive]))
    }

    @Test func anImageStaysAnImage() throws {
        folder.write("root/bin/sh", [1])
        let plain = try image("plain", [tar("bin", in: "root")])
        guard case .image = try read(plain, .all) else {
            Issue.record("an image without /models is an image")
            return
        }
        #expect(throws: InputError.self) { try read("model:" + plain) }
        writeModel(at: "serving/models")
        folder.write(
            "serving/usr/lib/python3/dist-packages/a-1.dist-info/METADATA", Array("Name: a\nVersion: 1\n".utf8))
        let serving = try image("serving-image", [tar("models usr", in: "serving")])
        guard case .image = try read(serving) else {
            Issue.record("an image with packages is an image where both can be meant")
            return
        }
        for (name, images) in [(serving, ModelImages.all), ("model:" + serving, .none)] {
            guard case .model = try read(name, images) else {
                Issue.record("it is a model where only that can be meant")
                return
            }
        }
        // A directory that holds no model does not make one.
        folder.write("notes/models/readme.txt", [0x61])
        guard case .image = try read(try image("notes-image", [tar("models", in: "notes")]), .all) else {
            Issue.record("there is no model in it")
            return
        }
    }

    @Test("what leaves the model, and what is not what its digest says, is refused")
    func damage() throws {
        let title = "{\"org.opencontainers.image.title\":\"../MLmodel\"}"
        #expect(throws: InputError.self) { try read(try files("out", [Layer(bytes: [1], annotations: title)])) }
        let name = try files(
            "changed",
            [Layer(bytes: Array("flavors: {}\n".utf8), annotations: "{\"org.opencontainers.image.title\":\"MLmodel\"}")]
        )
        let digest = try ContentHash.sha256(of: Array("flavors: {}\n".utf8))
        folder.write("changed/blobs/sha256/\(digest.hex)", Array("flavors: []\n".utf8))
        let error = #expect(throws: InputError.self) { try read(name) }
        #expect(error?.description.contains("sha256") == true)
        folder.write("changed/blobs/sha256/\(digest.hex)", Array("flavors".utf8))
        #expect(throws: InputError.self) { try read(name) }
        let kit = try layout(
            "empty-kit", config: "{}", type: "application/vnd.kitops.modelkit.config.v1+json",
            [Layer(bytes: [1], type: "application/vnd.kitops.modelkit.docs.v1.tar")])
        #expect(throws: InputError.self) { try read(kit) }
        shell("cd '\(folder.path)' && mkdir -p linked/etc && ln -s etc linked/models")
        #expect(throws: InputError.self) {
            try read("model:" + (try image("linked-image", [tar("models etc", in: "linked")])))
        }
    }

    @Test("every cut of every blob is an error")
    func cuts() throws {
        writeModel(at: "model")
        shell("cd '\(folder.path)' && mkdir -p up && cp -a model up/models")
        let bytes = try tar("models", in: "up")
        let name = try image("cut", [bytes])
        let digest = try ContentHash.sha256(of: bytes)
        for length in stride(from: 0, to: bytes.count, by: 701) {
            folder.write("cut/blobs/sha256/\(digest.hex)", Array(bytes.prefix(length)))
            #expect(throws: InputError.self) { try read("model:" + name) }
        }
        for place in stride(from: 3, to: bytes.count, by: 997) {
            var flipped = bytes
            flipped[place] ^= 1
            folder.write("cut/blobs/sha256/\(digest.hex)", flipped)
            #expect(throws: InputError.self) { try read("model:" + name) }
        }
    }
}
