import TestSupport
import Testing

@testable import ModelArchives

/// A file that a manifest names as an object of the model, under a name and with a start that no pickle usually has.
struct NamedFile: CustomTestStringConvertible, Sendable {
    /// `U` and an empty text, `0`, and then the call of posix.system with an empty command.
    static let call = Array("cposix\nsystem\n(V\ntR.".utf8)

    let testDescription: String
    let files: [(name: String, bytes: [UInt8])]
    /// Whether the command is found; else what is in the file is a gap.
    let isRead: Bool

    init(_ name: String, isRead: Bool = true, _ files: [(String, [UInt8])]) {
        testDescription = name
        self.isRead = isRead
        self.files = files.map { (name: $0.0, bytes: $0.1) }
    }

    private static func ascii(_ text: String) -> [UInt8] { Array(text.utf8) }

    private static func mlflow(_ flavor: String, _ settings: String, loader: String = "mlflow.sklearn") -> [UInt8] {
        ascii("flavors:\n  python_function:\n    loader_module: \(loader)\n  \(flavor):\n    \(settings)\n")
    }

    private static let starts: [(String, [UInt8])] = [
        ("protocol 0", []), ("protocol 2", [0x80, 2]), ("PROTO twice", [0x80, 2, 0x80, 2]),
        ("U first", [0x55, 0, 0x30]),
        ("FRAME first", [0x95, UInt8(call.count), 0, 0, 0, 0, 0, 0, 0]),
        ("bytearray first", [0x96] + [UInt8](repeating: 0, count: 8) + [0x30]),
        ("POP after NEWTRUE", [0x88, 0x30]), ("protocol 1", [0x80, 1]),
    ]
    private static let configuration = ascii("{\"model_type\": \"bert\", \"transformers_version\": \"4.30.0\"}")
    private static let safetensors = [2, 0, 0, 0, 0, 0, 0, 0] + ascii("{}")

    static let all: [NamedFile] =
        starts.flatMap { start, bytes in
            ["version", "byteorder", "model.txt", "model.bin", "model", "a/config.yml", "m.onnx", "d.npy"].map { name in
                NamedFile(
                    "sklearn: \(name), \(start)",
                    [("MLmodel", mlflow("sklearn", "pickled_model: \(name)")), (name, bytes + call)])
            }
                + ["pytorch_model.bin", "training_args.bin", "a/optimizer.bin"].map { name in
                    NamedFile(
                        "Hugging Face: \(name), \(start)", [("config.json", configuration), (name, bytes + call)])
                } + [
                    NamedFile(
                        "TorchServe: \(start)",
                        [
                            (
                                "MAR-INF/MANIFEST.json",
                                ascii("{\"model\": {\"handler\": \"image_classifier\", \"serializedFile\": \"w.txt\"}}")
                            ),
                            ("w.txt", bytes + call),
                        ])
                ]
        }
        + [
            ("statsmodels", "data: m"), ("pmdarima", "data: ./m"),
            ("fastai", "data: m"), ("dspy", "model_path: m"), ("langchain", "tools_data: m"),
            ("langchain", "model_data: m"),
            ("shap", "serialized_explainer: m"), ("pytorch", "model_data: m"),
            ("lightgbm", "model_class: lightgbm.sklearn.LGBMClassifier\n    data: m"),
        ].map { flavor, settings in
            NamedFile("\(flavor) \(settings)", [("MLmodel", mlflow(flavor, settings)), ("m", call)])
        } + [
            NamedFile(
                "sklearn by the common interface",
                [
                    ("MLmodel", ascii("flavors: {python_function: {loader_module: mlflow.sklearn, model_path: m}}")),
                    ("m", call),
                ]),
            NamedFile(
                "lightgbm by skops", isRead: false,
                [
                    ("MLmodel", mlflow("lightgbm", "model_class: a.B\n    serialization_format: skops\n    data: m")),
                    ("m", call),
                ]),
            NamedFile("paddle", [("MLmodel", mlflow("paddle", "pickled_model: model")), ("model.pdparams", call)]),
            NamedFile(
                "MLServer",
                [
                    (
                        "model-settings.json",
                        ascii(
                            "{\"implementation\": \"mlserver_sklearn.SKLearnModel\", \"parameters\": {\"uri\": \"./m.v1\"}}"
                        )
                    ),
                    ("m.v1", call),
                ]),
            NamedFile(
                "BentoML",
                [
                    ("model.yaml", ascii("api_version: v1\nmodule: bentoml.sklearn\ncontext: {}\n")),
                    ("saved_model.pkl", [0x55, 0, 0x30] + call),
                ]),
            NamedFile(
                "part of an index",
                [
                    ("config.json", configuration),
                    ("model.safetensors.index.json", ascii("{\"weight_map\": {\"a\": \"part\"}}")), ("part", call),
                ]),
            NamedFile(
                "named by its ending only",
                [("MLmodel", mlflow("sklearn", "sklearn_version: 1.0")), ("m.pkl", [0x55, 0, 0x30] + call)]),
            NamedFile(
                "broken off",
                [("MLmodel", mlflow("sklearn", "pickled_model: m")), ("m", Array(call.dropLast()) + [0xFF])]),
            NamedFile(
                "no pickle", isRead: false,
                [("MLmodel", mlflow("sklearn", "pickled_model: m")), ("m", [0xEF, 0xBB, 0xBF] + call)]),
            NamedFile(
                "outside", isRead: false, [("MLmodel", mlflow("sklearn", "pickled_model: ../m")), ("m", [0x4E, 0x2E])]),
            NamedFile(
                "absolute", isRead: false, [("MLmodel", mlflow("sklearn", "pickled_model: /m")), ("m", [0x4E, 0x2E])]),
            NamedFile(
                "directory", isRead: false,
                [("MLmodel", mlflow("sklearn", "pickled_model: d")), ("d/m", [0x4E, 0x2E])]),
            NamedFile(
                "other format", isRead: false, [("MLmodel", mlflow("sklearn", "pickled_model: m")), ("m", safetensors)]),
            NamedFile(
                "text", isRead: false,
                [
                    ("MLmodel", mlflow("sklearn", "pickled_model: requirements.txt")),
                    ("requirements.txt", ascii("numpy==1\n")),
                ]),
            NamedFile("Keras", isRead: false, [("MLmodel", mlflow("keras", "data: m")), ("m", [0x89])]),
            NamedFile(
                "OpenVINO without its network", isRead: false,
                [("config.json", configuration), ("openvino_model.bin", [1, 2])]),
        ]
        // An XML beside it excepts only the numbers of a network.
        + [
            ("pytorch_model", "<net/>"), ("training_args", "<net/>"), ("a/adapter_model-1", "<net/>"),
            ("openvino_model", ""), ("openvino_model", "<network/>"), ("openvino_model", "<a><net/></a>"),
            ("openvino_model", "<!-- <net> --><x/>"), ("openvino_model", "<?xml version=\"1.0\"?>\n<net name=\"m\">"),
        ].map { name, xml in
            NamedFile(
                "XML beside \(name): \(xml)",
                [
                    ("config.json", configuration), ("\(name).xml", ascii(xml)),
                    ("\(name).bin", [0x80, 2, 0x80, 2] + call),
                ])
        } + [
            NamedFile(
                "class of XGBoost's flavour", isRead: false,
                [("MLmodel", mlflow("xgboost", "data: m.json\n    model_class: os.x"))])
        ]
}

@Test("what a manifest names as an object is read as its loader reads it, or is a gap", arguments: NamedFile.all)
func namedFileIsReadOrAGap(_ file: NamedFile) throws {
    let directory = TemporaryDirectory()
    for (name, bytes) in file.files { directory.write(name, bytes) }
    let model = try ModelReader.read(path: directory.path)
    let found = model.findings.filter { $0.rule == "dangerous-global" && $0.subject == "posix.system" }
    #expect(found.count == (file.isRead ? 1 : 0), "\(model.findings.map(\.message))")
    if !file.isRead { #expect(!model.isComplete) }
}

@Test("what MLflow saves with skops is read as skops", arguments: ["sklearn", "lightgbm"])
func objectsOfSkops(flavor: String) throws {
    let directory = TemporaryDirectory()
    shell("cp '\(fixtures)lr.skops' '\(directory.path)/model.skops'")
    let key = flavor == "sklearn" ? "pickled_model" : "data"
    directory.write(
        "MLmodel",
        Array(
            ("flavors:\n  python_function:\n    loader_module: mlflow.\(flavor)\n    data: model.skops\n  \(flavor):\n"
                + "    model_class: a.B\n    serialization_format: skops\n    \(key): model.skops\n").utf8))
    let model = try ModelReader.read(path: directory.path)
    #expect(model.isComplete, "\(model.environment.gaps.map(\.description))")
}

@Test("a pickle that nothing names does not count, and neither do the files of a model that is one to its library")
func unnamedFilesDoNotCount() throws {
    let directory = TemporaryDirectory()
    directory.write("MLmodel", Array("flavors: {python_function: {loader_module: mlflow.sklearn, model_path: m}}".utf8))
    directory.write("m", [0x4E, 0x2E])
    directory.write("notes.txt", NamedFile.call)
    directory.write("config.json", Array("{\"model_type\": \"bert\"}".utf8))
    directory.write("openvino_model.bin", [1, 2])
    directory.write("openvino_model.xml", Array("<net/>".utf8))
    let model = try ModelReader.read(path: directory.path)
    #expect(model.isComplete, "\(model.environment.gaps.map(\.description))")
    #expect(!model.findings.contains { $0.rule == "dangerous-global" })
}

@Test("nothing is loaded of a file that is not there")
func missingFileIsNoGap() throws {
    let directory = TemporaryDirectory()
    directory.write("MLmodel", Array("flavors: {pytorch: {model_data: data, pytorch_version: 2.1.0}}".utf8))
    #expect(try ModelReader.read(path: directory.path).environment.gaps.isEmpty)
}

@Test("a link to a pickle that is named is the pickle")
func linkToANamedPickle() throws {
    let directory = TemporaryDirectory()
    directory.write("MLmodel", Array("flavors: {python_function: {loader_module: mlflow.sklearn, model_path: m}}".utf8))
    directory.write("real", NamedFile.call)
    shell("ln -s real '\(directory.path)/m'")
    let model = try ModelReader.read(path: directory.path)
    #expect(model.isComplete, "\(model.environment.gaps.map(\.description))")
    #expect(model.findings.contains { $0.subject == "posix.system" })
}

@Test("code that MLflow runs to load a model is a finding")
func modelAsCode() throws {
    let directory = TemporaryDirectory()
    directory.write(
        "MLmodel",
        Array(
            "flavors:\n  python_function:\n    loader_module: mlflow.pyfunc.model\n    model_code_path: /a/agent.py\n"
                .utf8))
    directory.write("agent.py", Array("import os\n".utf8))
    let model = try ModelReader.read(path: directory.path)
    #expect(model.findings.contains { $0.rule == "dangerous-global" && $0.subject == "model_code_path" })
}

@Test(
    "a loader that lies in the model's own code is a finding, and needed as any other",
    arguments: [
        ("code: code", "code/evil.py", true), ("code: ./code/", "code/evil/__init__.py", true),
        ("code: code", "code/evil.cpython-311-x86_64-linux-gnu.so", true), ("code: .", "evil.py", true),
        ("code: code.zip", "code.zip", true), ("code: code", "code/other.py", false), ("env: e", "code/evil.py", false),
        ("code: code", "code/evil.txt", false), ("code: ''", "evil.py", false),
    ])
func loaderInCode(_ setting: String, _ file: String, _ isFound: Bool) throws {
    let directory = TemporaryDirectory()
    directory.write(
        "MLmodel", Array("flavors:\n  python_function:\n    loader_module: evil.sub\n    \(setting)\n".utf8))
    directory.write(file, Array("import os\n".utf8))
    let model = try ModelReader.read(path: directory.path)
    #expect(model.findings.contains { $0.rule == "dangerous-global" && $0.subject == "loader_module" } == isFound)
    #expect(model.needs.contains("evil"))
}

@Test("a loader of MLflow's own is not looked for in the model's code")
func loaderOfMLflow() throws {
    let directory = TemporaryDirectory()
    directory.write(
        "MLmodel",
        Array(
            "flavors:\n  python_function:\n    loader_module: mlflow.pyfunc.model\n    code: code\n    model_code_path: /a/agent.py\n"
                .utf8))
    directory.write("code/mlflow/pyfunc/model.py", [])
    directory.write("agent.py", Array("import os\n".utf8))
    let model = try ModelReader.read(path: directory.path)
    #expect(model.findings.contains { $0.rule == "dangerous-global" && $0.subject == "model_code_path" })
    #expect(!model.findings.contains { $0.subject == "loader_module" })
}
