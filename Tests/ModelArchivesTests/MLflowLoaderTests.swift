import ArchiveReading
import EnvironmentInventory
import TestSupport
import Testing

@testable import ModelArchives

/// What the flavours of MLflow load and run beside pickles, and what BentoML's options ask for.
@Suite("Loaders of MLflow and BentoML")
struct MLflowLoaderTests {
    private static func read(_ files: [(String, [UInt8])]) throws -> Model {
        let directory = TemporaryDirectory()
        for (name, bytes) in files { directory.write(name, bytes) }
        return try ModelReader.read(path: directory.path)
    }

    /// A model with one flavour, which its loader of the common interface reads.
    private static func model(
        _ flavor: String, _ settings: [String], common: [String] = [], _ files: [(String, [UInt8])]
    ) throws -> Model {
        let lines = settings.map { "    \($0)\n" }.joined()
        let common = (["loader_module: mlflow.\(flavor)"] + common).map { "    \($0)\n" }.joined()
        let text = "flavors:\n  \(flavor):\n    x: 1\n\(lines)  python_function:\n\(common)"
        return try read([("MLmodel", Array(text.utf8))] + files)
    }

    private static func fixture(_ name: String) throws -> [UInt8] {
        try readFile(path: fixtures + name, limit: 1 << 20)
    }

    private static func reasons(_ model: Model) -> [String] { model.environment.gaps.map(\.reason) }

    private static let text: [UInt8] = Array("a: 1\n".utf8)

    // MARK: Flavours that are not followed

    private static let unfollowed: [(String, String)] = [
        ("h2o", "model.h2o/h2o.yaml"), ("spark", "sparkml/metadata/part-00000"), ("johnsnowlabs", "jsl-model/env"),
        ("langchain", "model/steps.yaml"), ("llama_index", "settings.json"), ("paddle", "model.pdmodel"),
        ("promptflow", "flow/flow.dag.yaml"), ("spacy", "model.spacy/config.cfg"), ("diviner", "model.div/a"),
        ("gluon", "data/net-symbol.json"), ("diffusers", "adapter/a"),
    ]

    @Test("a flavour whose loader is not followed is a gap by its name", arguments: unfollowed)
    func gapByName(flavor: String, file: String) throws {
        let reason = "what the flavour \(flavor) loads is not followed"
        let model = try Self.model(flavor, [], [(file, Array("{}".utf8))])
        #expect(Self.reasons(model).filter { $0 == reason }.count == 1)
        #expect(dangerous(model) == (flavor == "promptflow" ? ["promptflow"] : []))
        let common = "flavors:\n  python_function:\n    loader_module: mlflow.\(flavor)\n    data: x\n"
        let other = try Self.read([("MLmodel", Array(common.utf8)), (file, Array("{}".utf8))])
        #expect(Self.reasons(other).contains(reason))
    }

    @Test("where nothing is to load, and where the model is code, no flavour is a gap")
    func nothingToLoad() throws {
        for (flavor, _) in Self.unfollowed { #expect(try Self.model(flavor, ["data: x"], []).isComplete) }
        let code = try Self.model("langchain", ["model_code_path: /a/agent.py"], [("agent.py", [])])
        #expect(code.isComplete)
        #expect(dangerous(code) == ["model_code_path"])
    }

    @Test("another loader of MLflow is a gap, one of pyfunc is none")
    func otherLoaders() throws {
        for (loader, isGap) in [
            ("mlflow.prompt.promptlab_model", true), ("mlflow.pyfunc.model", false),
            ("mlflow.pyfunc.loaders.chat_agent", false), ("scorer", false),
        ] {
            let text = "flavors:\n  python_function:\n    loader_module: \(loader)\n"
            let model = try Self.read([("MLmodel", Array(text.utf8)), ("notes.txt", Self.text)])
            #expect(model.isComplete != isGap, "\(loader)")
        }
    }

    @Test("a path that leaves the model is a gap", arguments: ["/etc/x", "../x", "a/../../x"])
    func leaving(path: String) throws {
        for key in ["data", "model_data", "model_binary", "saved_model_dir"] {
            #expect(try !Self.model("tensorflow", ["\(key): \(path)"], []).isComplete, "\(key)")
        }
    }

    @Test("what Paddle notes of the parameters is a pickle")
    func paddle() throws {
        for common in [[], ["model_path: model"]] {
            let settings = common.isEmpty ? ["pickled_model: model"] : []
            let model = try Self.model(
                "paddle", settings, common: common, [("model.pdiparams.info", NamedFile.call)])
            #expect(dangerous(model) == ["posix.system"])
        }
    }

    // MARK: Modules

    @Test(
        "a module that a text or a key names is told, where it is no library's",
        arguments: [
            ("tensorflow", "data: data", "data/keras_module.txt"),
            ("pytorch", "model_data: data", "data/pickle_module_info.txt"),
            ("keras", "data: data", "data/keras_module.txt"),
        ])
    func modules(flavor: String, setting: String, file: String) throws {
        let evil = try Self.model(flavor, [setting], common: ["data: data"], [(file, Array("evil.mod".utf8))])
        #expect(dangerous(evil) == ["evil.mod"])
        #expect(evil.needs.contains("evil"))
        for name in [
            "keras", "tensorflow.keras", "keras._tf_keras.keras", "mlflow.pytorch.pickle_module", "cloudpickle",
        ] {
            let plain = try Self.model(flavor, [setting], [(file, Array(name.utf8))])
            #expect(dangerous(plain).isEmpty && plain.isComplete, "\(name)")
        }
        for key in ["keras_module", "pickle_module_name"] {
            #expect(dangerous(try Self.model(flavor, ["\(key): evil.mod"], [])) == ["evil.mod"])
            #expect(dangerous(try Self.model(flavor, ["\(key): keras"], [])).isEmpty)
        }
    }

    @Test(
        "a module of the model's code with the name of a library is told",
        arguments: [
            ("code/sklearn/__init__.py", "sklearn", Severity.warning), ("code/numpy.py", "numpy", .warning),
            ("code/scipy.cpython-311-x86_64-linux-gnu.so", "scipy", .warning), ("code/bz2.py", "bz2", .warning),
            ("code/types.py", "types", .note), ("code/joblib.pyc", "joblib", .warning),
        ])
    func shadows(file: String, subject: String, severity: Severity) throws {
        let model = try Self.model("sklearn", ["code: code"], common: ["code: code"], [(file, [])])
        let findings = model.findings.filter { $0.rule == "dangerous-global" }
        #expect(findings.map(\.subject) == [subject])
        #expect(findings.map(\.severity) == [severity])
    }

    @Test(
        "code under names of its own is no finding",
        arguments: [
            "code/scorer.py", "code/sklearn_utils.py", "code/own/numpy.py", "code/sklearn/readme.py", "code/numpy.txt",
            "other/numpy.py", "code/mlflow/__init__.py", "code/own/__init__.py",
        ])
    func ownCode(file: String) throws {
        let model = try Self.model("sklearn", ["code: code"], [(file, [])])
        #expect(dangerous(model).isEmpty && model.isComplete)
    }

    @Test("code that lies outside of the model, or in a file that is not read, is a gap")
    func otherCode() throws {
        for code in ["/a", "../code", "requirements.txt"] {
            #expect(try !Self.model("sklearn", ["code: \(code)"], [("requirements.txt", [])]).isComplete, "\(code)")
        }
    }

    // MARK: Files

    private static let held: [(String, String, String, String)] = [
        ("catboost", "data: model.cb", "model.cb", "cb.cbm"), ("catboost", "y: 1", "model.cb", "cb.json"),
        ("onnx", "data: model.onnx", "model.onnx", "m.onnx"), ("xgboost", "data: model.xgb", "model.xgb", "x.ubj"),
        ("xgboost", "data: model.json", "model.json", "x.json"),
        ("lightgbm", "data: model.lgb", "model.lgb", "lightgbm.txt"),
        ("keras", "data: data", "data/model", "k-latest.h5"),
        ("tensorflow", "data: data", "data/model", "k-earliest.h5"),
    ]

    @Test("a file that a flavour names is of its format, or a gap", arguments: held)
    func namedFile(flavor: String, setting: String, file: String, fixture: String) throws {
        let honest = try Self.model(flavor, [setting], [(file, Self.fixture(fixture))])
        #expect(!Self.reasons(honest).contains { $0.contains("names it") })
        for bytes in [Array("GARBAGE".utf8), NamedFile.call] {
            // By another name: its own may promise a format.
            let isONNX = flavor == "onnx"
            let other = try Self.model(
                flavor, [isONNX ? "data: model.data" : setting], [(isONNX ? "model.data" : file, bytes)])
            #expect(Self.reasons(other).contains { $0.contains("names it") }, "\(Self.reasons(other))")
        }
    }

    @Test("the common interface hands over files of the same formats")
    func common() throws {
        for flavor in ["catboost", "onnx", "xgboost", "lightgbm", "tensorflow"] {
            let model = try Self.model(flavor, [], common: ["data: m"], [("m", Array("GARBAGE".utf8))])
            #expect(Self.reasons(model).count == 1, "\(flavor)")
            #expect(try Self.model(flavor, [], common: ["data: m"], []).isComplete, "\(flavor)")
        }
    }

    @Test("what a flavour loads where it names no file is a pickle", arguments: ["statsmodels", "pmdarima", "fastai"])
    func standardNames(flavor: String) throws {
        let names = ["statsmodels": "model.statsmodels", "pmdarima": "model.pmd", "fastai": "model.fastai"]
        let name = try #require(names[flavor])
        #expect(dangerous(try Self.model(flavor, [], [(name, NamedFile.call)])) == ["posix.system"])
    }

    @Test("a directory that DSPy saves holds pickles")
    func directoryOfDSPy() throws {
        let plain: [UInt8] = [0x80, 4, 0x7D, 0x94, 0x2E]
        func read(_ program: [UInt8], _ settings: [UInt8]) throws -> Model {
            try Self.model(
                "dspy", ["model_path: data/model"],
                [
                    ("data/model/program.pkl", program), ("data/model/metadata.json", Array("{}".utf8)),
                    ("data/dspy_config.pkl", settings),
                ])
        }
        let honest = try read(plain, plain)
        #expect(honest.isComplete && dangerous(honest).isEmpty, "\(Self.reasons(honest))")
        #expect(dangerous(try read(NamedFile.call, plain)) == ["posix.system"])
        #expect(dangerous(try read(plain, NamedFile.call)) == ["posix.system"])
    }

    @Test("a model of transformers without its weights is a gap")
    func transformers() throws {
        let files = [
            ("model/config.json", Array(#"{"model_type": "bert", "transformers_version": "4.57.0"}"#.utf8)),
            ("model/model.safetensors", [2, 0, 0, 0, 0, 0, 0, 0] + Array("{}".utf8)),
        ]
        let name = "source_model_name: org/bert"
        let saved = try Self.model("transformers", [name, "model_binary: model"], files)
        #expect(saved.isComplete, "\(Self.reasons(saved))")
        let gaps: [[String]] = [
            [name, "source_model_revision: 0123"], [name, "source_model_revision: 0123", "model_binary: model"],
            [name, "model_binary: other"], [name],
        ]
        for settings in gaps {
            let model = try Self.model("transformers", settings, files)
            #expect(model.environment.gaps.map(\.subject) == ["org/bert"], "\(settings)")
        }
        let local = try Self.model("transformers", [name, "local_base_model_path: /models/bert"], files)
        #expect(local.environment.gaps.map(\.subject) == ["/models/bert"])
    }

    // MARK: BentoML

    private static func bento(_ framework: String, _ options: String) throws -> Model {
        let text = "api_version: v2\nmodule: bentoml.\(framework)\ncontext: {}\noptions: \(options)\n"
        return try read([("model.yaml", Array(text.utf8))])
    }

    @Test(
        "options that name code are told",
        arguments: [
            ("diffusers", "{pipeline_class: evil.mod.Cls}", "evil.mod.Cls", true),
            ("diffusers", "{scheduler_class: diffusers.utils.run}", "diffusers.utils.run", true),
            ("diffusers", "{custom_pipeline: evil/repo}", "evil/repo", false),
            ("diffusers", "{load_pretrained_extra_kwargs: {trust_remote_code: true}}", "trust_remote_code", true),
            ("diffusers", "{load_pretrained_extra_kwargs: {custom_pipeline: evil/repo}}", "evil/repo", false),
            ("transformers", "{task: t, kwargs: {trust_remote_code: true}}", "trust_remote_code", true),
            ("transformers", "{kwargs: {attn_implementation: evil/k}}", "attn_implementation", false),
            ("transformers", "{kwargs: {model_kwargs: {attn_implementation: evil/k}}}", "attn_implementation", false),
        ])
    func options(framework: String, options: String, subject: String, isComplete: Bool) throws {
        let model = try Self.bento(framework, options)
        #expect(dangerous(model) == [subject])
        #expect(model.isComplete == isComplete)
    }

    @Test(
        "options of another place, or that are not known, are gaps",
        arguments: [
            ("diffusers", "{lora_weights: other/lora}"), ("diffusers", "[a]"),
            ("transformers", "{kwargs: {tokenizer: evil/repo}}"), ("transformers", "{kwargs: {model_kwargs: [a]}}"),
            ("transformers", "{kwargs: x}"),
        ])
    func otherOptions(framework: String, options: String) throws {
        let model = try Self.bento(framework, options)
        #expect(dangerous(model).isEmpty && Self.reasons(model).count == 1)
    }

    @Test(
        "plain options are none of it",
        arguments: [
            ("diffusers", "{}"), ("diffusers", "{pipeline_class: StableDiffusionPipeline, scheduler_class: null}"),
            ("diffusers", "{pipeline_class: diffusers.StableDiffusionPipeline, torch_dtype: float16, lora_dir: null}"),
            ("transformers", "{task: fill-mask, tf: [], pt: [AutoModel], default: {}, type: text, kwargs: {}}"),
            ("transformers", "{kwargs: {trust_remote_code: false, device_map: auto, attn_implementation: sdpa}}"),
            ("sklearn", "{pipeline_class: evil.mod.Cls}"),
        ])
    func plainOptions(framework: String, options: String) throws {
        let model = try Self.bento(framework, options)
        #expect(dangerous(model).isEmpty && model.isComplete)
    }
}
