import ArchiveReading
import Testing

@testable import ModelArchives

@Test(
    "CatBoost's files and Keras' HDF5 say their library",
    arguments: [
        ("cb.cbm", "catboost", "catboost", "1.2.10", ["catboost"]),
        ("cb.json", "catboost", "catboost", "1.2.10", ["catboost"]),
        ("k-earliest.h5", "keras-hdf5", "keras", "3.11.2", ["keras", "tensorflow"]),
        ("k-latest.h5", "keras-hdf5", "keras", "3.11.2", ["keras", "tensorflow"]),
    ] as [(String, String, String, String, [String])])
func librariesAreRead(_ file: String, _ format: String, _ package: String, _ version: String, _ needs: [String]) throws
{
    let model = try ModelReader.read(path: fixtures + file)
    #expect(model.format == format)
    #expect(model.environment.packages.contains { $0.name == package && $0.version == version })
    #expect(model.needs == needs)
    #expect(model.isComplete, "\(model.environment.gaps)")
}

@Test("a CatBoost file that is cut off is refused")
func cutCatBoostIsRefused() throws {
    let folder = ModelFolder()
    let bytes = try readFile(path: fixtures + "cb.cbm", limit: 1 << 20)
    let cut = folder.write("cut.cbm", Array(bytes.prefix(bytes.count / 2)))
    #expect(throws: ModelReadingError.self) { try ModelReader.read(path: cut) }
}

@Test("every flavour of MLflow brings its library into what loading needs")
func flavorsNeedTheirLibraries() throws {
    for (flavor, key, package, module) in [
        ("catboost", "catboost_version", "catboost", "catboost"), ("prophet", "prophet_version", "prophet", "prophet"),
        ("onnx", "onnx_version", "onnx", "onnxruntime"), ("spacy", "spacy_version", "spacy", "spacy"),
        ("tensorflow", "keras_version", "tensorflow", "tensorflow"),
        ("sklearn", "sklearn_version", "scikit-learn", "sklearn"),
        ("h2o", "h2o_version", "h2o", "h2o"), ("transformers", "transformers_version", "transformers", "transformers"),
    ] {
        let folder = ModelFolder()
        let text = "flavors:\n  \(flavor):\n    \(key): 1.2.3\n"
        _ = folder.write("MLmodel", Array(text.utf8))
        let model = try ModelReader.read(path: folder.path)
        #expect(model.environment.packages.contains { $0.name == package && $0.version == "1.2.3" }, "\(flavor)")
        #expect(model.needs.contains(module), "\(flavor): \(model.needs)")
        #expect(model.isComplete, "\(flavor)")
    }
}

@Test(
    "Hugging Face weights need their framework",
    arguments: [
        ("model.safetensors", ["safetensors", "torch", "transformers"]),
        ("tf_model.h5", ["h5py", "tensorflow", "transformers"]),
        ("flax_model.msgpack", ["flax", "jax", "transformers"]),
    ])
func weightsNeedTheirFramework(_ file: String, _ needs: [String]) throws {
    let folder = ModelFolder()
    _ = folder.write("config.json", Array("{\"model_type\": \"bert\"}".utf8))
    let header = "{}"
    _ = folder.write(file, file.hasSuffix("safetensors") ? [2, 0, 0, 0, 0, 0, 0, 0] + Array(header.utf8) : [1, 2, 3])
    #expect(try ModelReader.read(path: folder.path).needs == needs)
}

/// The length of a header that is the magic of zlib (0x178, 0x9C78), of gzip, of bzip2.
@Test(
    "a length that looks like a compression is a length", arguments: [0x178, 0x9C78, 0x8_8B1F, 0x68_5A42])
func safetensorsThatBeginLikeAnotherFormat(_ length: Int) throws {
    let folder = ModelFolder()
    let tensor = "{\"a\": {\"dtype\": \"U8\", \"shape\": [1], \"data_offsets\": [0, 1]},"
    let start = tensor + String(repeating: " ", count: 248 - tensor.utf8.count) + "\"b\":"
    let header = start + "{\"dtype\": \"U8\", \"shape\": [1], \"data_offsets\": [1, 2]}}"
    let bytes = withUnsafeBytes(of: UInt64(length).littleEndian) { Array($0) }
    let blanks = [UInt8](repeating: UInt8(ascii: " "), count: length - header.utf8.count)
    let path = folder.write("w.safetensors", bytes + Array(header.utf8) + blanks + [0, 0])
    #expect(try ModelReader.read(path: path).format == "safetensors")
    #expect(try ModelReader.read(path: folder.path).format == "safetensors")
}

@Test("the image that a bento builds on is a fact", arguments: ["docker", "image"])
func theBaseImageOfABento(_ key: String) throws {
    let folder = ModelFolder()
    let image = "registry.example/base:1@sha256:" + String(repeating: "ab", count: 32)
    let text = "bentoml_version: 1.4.0\nservice: s:S\n\(key):\n  python_version: '3.12'\n  base_image: \(image)\n"
    _ = folder.write("bento.yaml", Array(text.utf8))
    let model = try ModelReader.read(path: folder.path)
    let fact = try #require(model.facts.first { $0.about == .image })
    #expect(fact.name == "base_image" && fact.value == image && fact.place == .line(5))
    _ = folder.write("bento.yaml", Array("bentoml_version: 1.4.0\n\(key):\n  base_image:\n".utf8))
    #expect(try !ModelReader.read(path: folder.path).facts.contains { $0.about == .image })
}
