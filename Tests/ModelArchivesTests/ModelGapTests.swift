import EnvironmentInventory
import Glibc
import TestSupport
import Testing

@testable import ModelArchives

/// A model with something that its format's reader cannot know, and what the gap must say.
struct UnknownEntry: CustomTestStringConvertible, Sendable {
    /// The format's name in ``ModelFormats/all``.
    let format: String
    /// Python statements that write into the directory `F`.
    let lines: String
    /// The subject and the reason of the gap, as far as they are fixed.
    let subject: String
    let reason: String
    /// The file that the gap names; nil where the model is one file with a name of its own.
    let file: String
    let line: Int?

    var testDescription: String { "\(format): \(subject) \(reason)" }

    init(
        _ format: String, _ lines: String, subject: String, reason: String, file: String, line: Int? = nil
    ) {
        self.format = format
        self.lines = lines
        self.subject = subject
        self.reason = reason
        self.file = file
        self.line = line
    }

    private static let mlflow = "flavors:\\n  python_function:\\n    loader_module: mlflow.sklearn\\n"

    static let all: [UnknownEntry] = [
        .init(
            "mlflow", "put('MLmodel', 'flavors:\\n  our_own:\\n    x: 1\\n')", subject: "our_own",
            reason: "flavour is not one of MLflow's", file: "MLmodel", line: 2),
        .init(
            "mlflow", "put('MLmodel', '\(mlflow)'); put('requirements.txt', 'numpy==1.0\\n\\n./local.whl\\n')",
            subject: "./local.whl", reason: "not a requirement with a name", file: "requirements.txt", line: 3),
        .init(
            "mlflow", "put('MLmodel', '\(mlflow)'); put('requirements.txt', '-e .\\n')", subject: "-e .",
            reason: "editable requirement", file: "requirements.txt", line: 1),
        .init(
            "mlflow", "put('MLmodel', '\(mlflow)'); put('requirements.txt', 'git+https://host.example/r.git\\n')",
            subject: "git+https://host.example/r.git", reason: "not a requirement with a name",
            file: "requirements.txt",
            line: 1),
        .init(
            "mlflow", "put('MLmodel', '\(mlflow)'); put('requirements.txt', '--telepathy yes\\n')",
            subject: "--telepathy yes", reason: "option is not known", file: "requirements.txt", line: 1),
        .init(
            "mlflow",
            "put('MLmodel', '\(mlflow)'); put('conda.yaml', 'dependencies:\\n- python=3.11\\n- mkl=2024.0\\n')",
            subject: "mkl=2024.0", reason: "package of conda", file: "conda.yaml", line: 3),
        .init(
            "mlflow", "put('MLmodel', '\(mlflow)'); put('conda.yaml', 'dependencies:\\n- pip:\\n  - /wheels/a.whl\\n')",
            subject: "/wheels/a.whl", reason: "not a requirement with a name", file: "conda.yaml", line: 3),
        .init(
            "mlflow", "put('MLmodel', '\(mlflow)'); put('python_env.yaml', '- python\\n')", subject: "",
            reason: "it is not a table", file: "python_env.yaml"),
        .init(
            "mlflow", "put('MLmodel', '\(mlflow)    env:\\n      virtualenv: python_env.yaml\\n')",
            subject: "python_env.yaml", reason: "does not contain it", file: "MLmodel", line: 4),
        .init(
            "mlflow", "put('MLmodel', '\(mlflow)'); put('model.cloudpickle', b'\\x00\\x01nothing')", subject: "",
            reason: "its format is not known", file: "model.cloudpickle"),
        .init(
            "bentoml", "put('model.yaml', 'api_version: v1\\nmodule: bentoml.telepathy\\ncontext: {}\\n')",
            subject: "bentoml.telepathy", reason: "not one of BentoML's", file: "model.yaml", line: 2),
        .init(
            "bentoml",
            "put('bento.yaml', 'bentoml_version: 1.4.0\\n'); "
                + "put('env/python/requirements.txt', 'bentoml==1.4.0\\n-e src\\n')",
            subject: "-e src", reason: "editable requirement", file: "env/python/requirements.txt", line: 2),
        .init(
            "torchserve", "put('MAR-INF/MANIFEST.json', '{\"model\": {\"handler\": \"telepathy\"}}')",
            subject: "telepathy", reason: "neither TorchServe's own", file: "MAR-INF/MANIFEST.json", line: 1),
        .init(
            "torchserve",
            "put('MAR-INF/MANIFEST.json', '{\"model\": {\"handler\": \"base_handler\", \\n\"requirementsFile\": \"r.txt\"}}')",
            subject: "r.txt", reason: "does not contain it", file: "MAR-INF/MANIFEST.json", line: 2),
        .init(
            "torchserve",
            "put('r.txt', 'a==1'); put('MAR-INF/MANIFEST.json', '{\"model\": {\"handler\": \"base_handler\", \\n\"requirementsFile\": \"r.txt\"}}')",
            subject: "r.txt", reason: "under the name requirements.txt only", file: "MAR-INF/MANIFEST.json", line: 2),
        .init(
            "torchserve", "put('MAR-INF/MANIFEST.json', '[]')", subject: "", reason: "not an object",
            file: "MAR-INF/MANIFEST.json"),
        .init(
            "mlserver", "put('model-settings.json', '{\"name\": \"m\"}')", subject: "", reason: "no implementation",
            file: "model-settings.json"),
        .init(
            "mlserver",
            "put('model-settings.json', '{\"implementation\": \"a.B\",\\n"
                + "\"parameters\": {\"environment_tarball\": \"./e.tar.gz\"}}')",
            subject: "./e.tar.gz", reason: "does not contain it", file: "model-settings.json", line: 2),
        .init(
            "sagemaker",
            "put('m.txt', 'x'); put('code/inference.py', ''); put('code/requirements.txt', 'six==1\\n../six\\n')",
            subject: "../six", reason: "not a requirement with a name", file: "code/requirements.txt", line: 2),
        .init(
            "hugging-face",
            "put('config.json', '{\"model_type\": \"bert\",\\n\"quantization_config\": {\"quant_method\": \"telepathy\"}}')",
            subject: "telepathy", reason: "quantisation", file: "config.json", line: 2),
        .init(
            "hugging-face",
            "put('config.json', '{\"model_type\": \"b\", \"auto_map\": {\\n\"AutoModel\": \"other/repo--m.Class\"}}')",
            subject: "other/repo--m.Class", reason: "another repository", file: "config.json", line: 2),
        .init(
            "packed-environment",
            "put('conda-meta/a-1-0.json', '{\"name\": \"libmkl\", \"version\": \"1\"}'); "
                + "put('conda-meta/b-1-0.json', '{\"name\": \"libfoo\", \"version\": \"1\"}')",
            subject: "libmkl and 1 more", reason: "packages of conda", file: "conda-meta"),
        .init(
            "packed-environment", "put('lib/a-1.dist-info/METADATA', 'Summary: none\\n')", subject: "",
            reason: "no name or no version", file: "lib/a-1.dist-info/METADATA"),
        .init(
            "skops",
            "pack('m.skops', {'schema.json': '{\"_skops_version\": \"0.12\", \"__loader__\": \"TelepathyNode\"}'})",
            subject: "TelepathyNode", reason: "no loader", file: "m.skops!schema.json", line: 1),
        .init(
            "keras",
            "pack('m.keras', {'metadata.json': '{\"keras_version\": \"3.1.0\"}', 'model.weights.h5': b'', 'config.json': "
                + "'{\"module\": null, \"class_name\": \"Odd\", \"registered_name\": \"p>Odd\"}'})",
            subject: "Odd", reason: "must register", file: "m.keras!config.json", line: 1),
        .init(
            "keras",
            "pack('m.keras', {'metadata.json': '{\"keras_version\": \"3.1.0\"}', 'model.weights.h5': b'', 'config.json': "
                + "'{\"module\": \"keras.layers\", \"class_name\": \"Lambda\"}'})",
            subject: "Lambda", reason: "code that is in the model", file: "m.keras!config.json", line: 1),
        .init(
            "pytorch", "pack('m.pt', {'m/data.pkl': b'\\x80\\x02N.', 'm/version': '3', 'm/telepathy': 'x'})",
            subject: "", reason: "no member of this name", file: "m.pt!m/telepathy"),
        .init(
            "pytorch", "pack('m.pt', {'m/data.pkl': b'\\x80\\x02X\\x03\\x00\\x00\\x00odd\\x85Q.', 'm/version': '3'})",
            subject: "odd", reason: "only its own loader", file: "m.pt!m/data.pkl"),
        .init(
            "pytorch-legacy",
            "put('m.pt', b'\\x80\\x02\\x8a\\x0al\\xfc\\x9cF\\xf9 j\\xa8P\\x19.' + b'\\x80\\x02K\\x01.' + b'\\x80\\x02}.' "
                + "+ b'\\x80\\x02X\\x03\\x00\\x00\\x00odd\\x85Q.' + b'\\x80\\x02].')",
            subject: "odd", reason: "only its own loader", file: "m.pt"),
        .init(
            "stable-baselines3", "put('data', '{\"a\": {\":serialized:\": \"*\"}}')", subject: ":serialized:",
            reason: "is not read", file: "data", line: 1),
        .init(
            "hydra", "put('m.pkl', b'N.'); put('config.yaml', 'a: [')",
            subject: "", reason: "it is not read", file: "config.yaml"),
        .init(
            "torch-package", "put('p/.data/extern_modules', 'os'); put('p/a.py', '')", subject: "",
            reason: "in the package is not read", file: "p/a.py"),
        .init(
            "torchscript-code",
            "pack('m.pt', {'m/data.pkl': b'\\x80\\x02N.', 'm/version': '3', 'm/constants.pkl': b'\\x80\\x02).', "
                + "'m/code/a.py': 'torch.save(x)'})",
            subject: "torch.save", reason: "does with files", file: "m.pt!m/code/a.py", line: 1),
        .init(
            "tensorflow-saved-model", "put('saved_model.pb', b'\\x08\\x01\\x12\\x00\\x98\\x06\\x01')",
            subject: "field 99", reason: "not known", file: "saved_model.pb"),
        .init(
            "safetensors",
            "head = b'{\"t\":{\"dtype\":\"I3\",\"shape\":[1],\"data_offsets\":[0,1]}}'; "
                + "put('m.safetensors', len(head).to_bytes(8, 'little') + head + b'x')",
            subject: "I3", reason: "type of the tensor t", file: "m.safetensors"),
        .init(
            "onnx", "put('m.onnx', b'\\x08\\x08\\x3a\\x00\\x42\\x0b\\x0a\\x07our.own\\x10\\x01')", subject: "our.own",
            reason: "operators of this domain", file: "m.onnx"),
        .init(
            "onnx", "put('m.onnx', b'\\x08\\x08\\x3a\\x00\\x98\\x06\\x01')", subject: "field 99", reason: "not known",
            file: "m.onnx"),
        .init(
            "xgboost",
            "put('m.json', '{\"learner\":{\"gradient_booster\":{\"name\":\"telepathy\"}},\"version\":[3,0,0]}')",
            subject: "telepathy", reason: "not one of XGBoost's", file: "m.json", line: 1),
        .init(
            "lightgbm", "put('m.txt', 'tree\\nversion=v9\\nend of trees\\nend of parameters\\n')", subject: "v9",
            reason: "version of the format", file: "m.txt", line: 2),
        .init(
            "catboost", "put('m.json', '{\"features_info\": {}, \"oblivious_trees\": []}')", subject: "model_info",
            reason: "no build information", file: "m.json"),
        .init(
            "keras-hdf5",
            "put('m.h5', hdf5(('keras_version', '2.15.0'), ('model_config', "
                + "'{\"module\": null, \"class_name\": \"Odd\", \"registered_name\": \"p>Odd\"}')))",
            subject: "Odd", reason: "must register", file: "m.h5", line: 1),
        .init(
            "keras-hdf5", "put('m.h5', hdf5(('keras_version', '2.15.0'), ('model_config', 'no JSON')))",
            subject: "model_config", reason: "configuration is not read", file: "m.h5"),
        .init(
            "pickle", "put('m.pkl', b'\\x80\\x02(\\x82\\x07t.')", subject: "extension 7", reason: "copyreg's registry",
            file: "m.pkl"),
        .init(
            "numpy", "put('m.pkl', b'N.'); put('a.npy', b'\\x93NUMPY\\x01\\0\\x04\\0none')", subject: "",
            reason: "may hold objects", file: "a.npy"),
        .init(
            "openvino",
            "put('config.json', '{\"model_type\": \"a\"}'); put('m.xml', '<net/>'); put('m.bin', b'\\x80\\2\\x80\\2cos\\nsystem\\n.')",
            subject: "", reason: "also a pickle", file: "m.bin"),
        .init("pickle", "put('m.pkl', b'\\x80\\x05(\\x97t.')", subject: "", reason: "not in the file", file: "m.pkl"),
        .init(
            "pickle", "put('m.pkl', b'cos\\nsystem\\n' + b'N\\x93.')", subject: "", reason: "name is computed",
            file: "m.pkl"),
        .init(
            "pickle", "put('m.pkl', b'(Pid of a thing\\nt.')", subject: "id of a thing", reason: "only its own loader",
            file: "m.pkl"),
    ]

    /// Writes the model into a directory and reads it.
    func read() throws -> Model {
        let folder = ModelFolder()
        guard mkdir("\(folder.path)/m", 0o755) == 0 else { throw Failure.cannotWrite }
        let script = """
            import os, zipfile
            F = '\(folder.path)/m/'
            def put(name, data):
                os.makedirs(os.path.dirname(F + name), exist_ok=True)
                open(F + name, 'wb').write(data.encode() if isinstance(data, str) else data)
            def hdf5(*attributes):
                data = b''
                for name, value in attributes:
                    name, value = name.encode() + b'\\0', value.encode()
                    kind = b'\\x13\\0\\0\\0' + len(value).to_bytes(4, 'little')
                    sizes = b''.join(n.to_bytes(2, 'little') for n in (len(name), len(kind), 4))
                    body = b'\\x03\\0' + sizes + b'\\0' + name + kind + b'\\x02\\0\\0\\0' + value
                    data += b'\\x0c' + len(body).to_bytes(2, 'little') + b'\\0' + body
                start = b'\\x89HDF\\r\\n\\x1a\\n\\x02\\x08\\x08\\0' + bytes(8) + b'\\xff' * 8 + bytes(8)
                start += (48).to_bytes(8, 'little') + bytes(4)
                return start + b'OHDR\\x02\\x02' + len(data).to_bytes(4, 'little') + data + bytes(36)
            def pack(name, members):
                with zipfile.ZipFile(F + name, 'w') as archive:
                    for member, data in members.items(): archive.writestr(member, data)
            \(lines)
            """
        let file = folder.write("make.py", Array(script.utf8))
        guard system("python3 '\(file)'") == 0 else { throw Failure.cannotWrite }
        return try ModelReader.read(path: "\(folder.path)/m")
    }

    enum Failure: Error { case cannotWrite }
}

@Test("what a format's reader cannot know is a gap of the model", arguments: UnknownEntry.all)
func unknownEntryIsAGap(_ entry: UnknownEntry) throws {
    let model = try entry.read()
    let gap = model.environment.gaps.first { $0.subject == entry.subject && $0.reason.contains(entry.reason) }
    #expect(gap != nil, "\(model.environment.gaps.map(\.description))")
    #expect(gap?.source?.file == entry.file)
    #expect(gap?.source?.line == entry.line)
    #expect(!model.isComplete)
}

@Test("every format has an entry that its reader cannot know")
func everyFormatHasAnUnknownEntry() {
    let tested = Set(UnknownEntry.all.map(\.format))
    #expect(ModelFormats.all.map { $0.name }.filter { !tested.contains($0) } == [])
}

@Test("a capture lists what was installed: an unnamed requirement is not a gap beside it, unread code still is")
func captureClosesUnnamedRequirements() throws {
    let capture = """
        lock-version = '1.0'
        created-by = 'pinproof'
        packages = []
        [tool.pinproof]
        capture-version = '1'
        pinproof-version = '0.1.0'
        environment = 'venv'
        [tool.pinproof.python]
        implementation = 'cpython'
        version = '3.11.7'
        [tool.pinproof.platform]
        os = 'linux'
        arch = 'amd64'
        """.split(separator: "\n").joined(separator: "\\n")
    let requirements = UnknownEntry(
        "mlflow",
        "put('MLmodel', 'flavors:\\n  python_function:\\n    loader_module: mlflow.sklearn\\n'); "
            + "put('requirements.txt', '-e .\\n'); put('m.pkl', b'\\x80\\x05(\\x97t.'); "
            + "put('pylock.toml', \"\(capture)\")",
        subject: "", reason: "", file: "")
    let model = try requirements.read()
    #expect(model.environment.python?.version == "3.11.7", "\(model.findings.map(\.message))")
    #expect(model.environment.gaps.map(\.reason) == ["a buffer of the pickle is not in the file"])
}

@Test("two readers of one line make one gap")
func gapsAreDeduplicated() {
    let line = FileLocation(file: "r.txt", line: 1)
    let first = Gap("-e .", reason: "one", source: line)
    let whole = Gap("a", reason: "x", source: FileLocation(file: "r.txt", line: nil))
    let other = Gap("b", reason: "x", source: FileLocation(file: "r.txt", line: nil))
    #expect(
        Gap.deduplicated([first, whole, Gap("-e .", reason: "two", source: line), other, whole]) == [
            first, whole, other,
        ])
}
