import EnvironmentInventory
import FuzzingSupport
import ModelArchives

/// One input: a model of one file; behind a first byte 0xF0 the files of a model directory. A Swift trap ends the process,
/// which is what libFuzzer looks for; so does a file that was understood and whose digest is missing.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzModel(_ data: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    let input = FuzzInput(data, count)
    let path: String
    if input.bytes.first == 0xF0 {
        path = ScratchFolder.fill(zip(names, input.parts(after: 1)).map { (path: $0, bytes: $1) })
    } else {
        path = ScratchFolder.fill([(path: "model", bytes: input.bytes)]) + "/model"
    }
    guard let model = try? ModelReader.read(path: path) else { return 0 }
    require(model.environment.packages.allSatisfy { !$0.name.isEmpty }, "a package without a name")
    require(!model.files.isEmpty || input.bytes.first == 0xF0, "a model without a file")
    return 0
}

/// What the files of a directory are called, in the order of the input's parts.
private let names = [
    "MLmodel", "model.pkl", "requirements.txt", "conda.yaml", "python_env.yaml", "saved_model.pb", "config.json",
    "model.safetensors", "model.joblib", "metadata.json", "MAR-INF/MANIFEST.json", "model-settings.json", "bento.yaml",
    "model.yaml", "model.onnx", "model.ubj", "env/python/version.txt", "uv.lock", "model.tar.gz",
    "pylock.pinproof.toml",
]
