import ArchiveReading
import TestSupport
import Testing

@testable import ModelArchives

/// Classes that settings of GluonTS, AllenNLP and Coqui TTS name, programs of jsonnet, and old models of XGBoost.
@Suite("Classes that settings of other libraries name")
struct NamedClassTests {
    private func gaps(_ model: Model) -> [String] { model.environment.gaps.map(\.subject) }

    // MARK: GluonTS

    private static func object(_ name: String, _ kind: String = "instance", _ rest: String = "") -> String {
        #"{"__kind__": "\#(kind)", "class": "\#(name)"\#(rest)}"#
    }

    private static let decoded: [(String, String, String)] = [
        ("parameters.json", object("os.system", "instance", #", "args": ["id"]"#), "os.system"),
        ("predictor.json", #"{"a": [\#(object("subprocess.Popen"))]}"#, "subprocess.Popen"),
        ("input_transform.json", object("own.Step", "stateful"), "own.Step"),
        ("any.json", object("evil", "type"), "evil"),
        ("any.json", object("own-code.f", "type"), "own-code.f"),
        ("any.json", object("torch.hub.load", "type"), "torch.hub.load"),
        (
            "any.json", object("gluonts.time_feature.holiday.pd.read_pickle"),
            "gluonts.time_feature.holiday.pd.read_pickle"
        ),
        ("any.json", object("gluonts.core.serde.load_json"), "gluonts.core.serde.load_json"),
        ("any.json", object("gluonts.meta._base.subprocess.Popen"), "gluonts.meta._base.subprocess.Popen"),
        ("any.json", object("builtins.getattr", "instance", #", "args": ["os", "system"]"#), "builtins.getattr"),
        (
            "any.json",
            object(
                "builtins.getattr", "instance",
                #", "args": [\#(object("torch.Tensor", "type")), "__init__"]"#), "builtins.getattr"
        ),
        ("gluonts-config.json", #"{"model": {}, "type": "evil.Predictor"}"#, "evil.Predictor"),
        ("type.txt", "evil.Predictor", "evil.Predictor"),
        ("m/type.txt", "evil.Predictor\nx\n", "evil.Predictor"),
        ("any.json", #"{"\u005f_kind__": "instance", "class": "os.system"}"#, "os.system"),
    ]

    @Test("what GluonTS imports and calls is told", arguments: decoded)
    func decodes(name: String, text: String, subject: String) throws {
        #expect(dangerous(try readTensorModel([(name, text)])) == [subject])
    }

    private static let honestPredictors: [(String, String)] = [
        ("predictor.json", object("gluonts.torch.model.predictor.PyTorchPredictor", "instance", #", "args": []"#)),
        ("any.json", object("gluonts.time_feature._base.hour_of_day", "type")),
        ("any.json", object("gluonts.transform.feature.target_transformation_length", "type")),
        ("any.json", object("numpy.float32", "type")), ("any.json", object("numpy.dtype")),
        ("any.json", object("pandas.Timestamp")), ("any.json", object("pandas.tseries.frequencies.to_offset")),
        ("any.json", object("builtins.tuple", "instance", #", "args": [[1]]"#)),
        ("any.json", object("functools.partial", "instance", #", "args": []"#)),
        ("any.json", object("pathlib.PosixPath", "instance", #", "args": ["x"]"#)),
        ("any.json", object("torch.distributions.studentT.StudentT", "type")),
        (
            "any.json",
            object(
                "builtins.getattr", "instance",
                #", "args": \#(object("builtins.tuple", "instance", #", "args": [[\#(object("gluonts.a.B")), "f"]]"#))"#
            )
        ),
        ("gluonts-config.json", #"{"model": {}, "type": "gluonts.torch.model.predictor.PyTorchPredictor"}"#),
        ("type.txt", "gluonts.mx.model.predictor.SymbolBlockPredictor\n"), ("type.txt", "regression\n"),
        ("type.txt", "v1.2"), ("type.txt", "a text. of words"), ("any.json", #"{"class": "os.system"}"#),
        ("other.txt", "evil.Predictor"),
    ]

    @Test("what GluonTS writes is no finding", arguments: honestPredictors)
    func predictors(name: String, text: String) throws {
        let model = try readTensorModel([(name, text)])
        #expect(dangerous(model).isEmpty)
        #expect(model.isComplete)
    }

    // MARK: AllenNLP

    private static let typed: [(String, String)] = [
        (#"{"model": {"type": "subprocess.Popen", "args": ["id"]}}"#, "subprocess.Popen"),
        (#"{"model": {"type": "x", "encoder": [{"type": "evil.mod.Cls"}]}}"#, "evil.mod.Cls"),
        (#"{"model": {"type": "x"}, "vocabulary": {"type": "own-code.Vocabulary"}}"#, "own-code.Vocabulary"),
        (#"{"dataset_reader": {"type": "evil.Reader"}, "model": {"type": "x"}}"#, "evil.Reader"),
        (#"{"dataset_reader": {"type": "x"}, "model": "evil.Model"}"#, "evil.Model"),
        (#"{"dataset_reader": "evil.Reader"}"#, "evil.Reader"),
        (#"{"dataset_reader": {"type": "x"}, "model": {"type": "x", "activation": "evil.run"}}"#, "evil.run"),
        (#"{"dataset_reader": {"type": "x"}, "model": {"type": "x", "metrics": ["a", "evil.M"]}}"#, "evil.M"),
        (#"{"model": {"type": "allennlp.common.util.import_module"}}"#, "allennlp.common.util.import_module"),
    ]

    @Test("what AllenNLP imports is told", arguments: typed)
    func types(text: String, subject: String) throws {
        #expect(dangerous(try readTensorModel([("config.json", text)])) == [subject])
    }

    @Test(
        "what AllenNLP writes, and settings of others, are no finding",
        arguments: [
            #"{"dataset_reader": {"type": "snli", "indexers": {"t": {"type": "single_id"}}}, "model": {"type": "x"}}"#,
            #"{"dataset_reader": {"type": "x"}, "model": {"type": "x", "vec": "glove.6B.txt", "model_file": "a.b"}}"#,
            #"""
            {"dataset_reader": {"type": "x"}, "train_data_path": "a.jsonl", "trainer": {"no_grad": ["bert.encoder"]},
             "model": {"type": "x", "initializer": {"regexes": [["a.weight", {"type": "xavier"}], ["b.c", "prevent"]]}}}
            """#,
            #"{"model": {"type": "allennlp.models.basic_classifier.BasicClassifier"}}"#,
            #"{"model": {"type": "allennlp_models.rc.models.bidaf.BidirectionalAttentionFlow"}}"#,
            #"{"model": {"type": "image_v1", "name": "a.b"}}"#, #"{"model": {"type": "qwen2.5"}}"#,
            #"{"model": {"type": "a/b.json"}}"#, #"{"model_type": "bert", "rope": {"type": "a.b"}, "model": "a.b"}"#,
        ])
    func honestTypes(text: String) throws {
        let model = try readTensorModel([("config.json", text)])
        #expect(dangerous(model).isEmpty)
        #expect(model.isComplete)
    }

    @Test("an archive that AllenNLP takes a part of is a gap")
    func archives() throws {
        let text = #"""
            {"dataset_reader": {"type": "x"},
             "model": {"type": "x", "e": {"_pretrained": {"archive_file": "https://e/m.tar.gz", "module_path": "e"}}}}
            """#
        #expect(gaps(try readTensorModel([("config.json", text)])) == ["https://e/m.tar.gz"])
    }

    // MARK: Coqui TTS

    @Test("what Coqui TTS imports is told, and what it fetches is a gap")
    func coqui() throws {
        func settings(_ members: String) throws -> Model {
            try readTensorModel([("config.json", #"{"model": "vits", "# + members + "}")])
        }
        let evil = try settings(#""characters": {"characters_class": "evil.mod.Cls"}"#)
        #expect(dangerous(evil) == ["evil.mod.Cls"])
        for name in ["TTS.tts.models.vits.VitsCharacters", "TTS.tts.utils.text.characters.Graphemes"] {
            let honest = try settings(
                #""characters": {"characters_class": "\#(name)"}, "model_args": {"speakers_file": "/home/me/s.pth"}"#
            )
            #expect(dangerous(honest).isEmpty && honest.isComplete)
        }
        let plain = try settings(#""characters": {"characters_class": null}, "model_args": {"d_vector_file": []}"#)
        #expect(plain.isComplete)
        for key in ["speaker_encoder_model_path", "speakers_file", "speaker_encoder_config_path"] {
            let fetched = try settings(#""model_args": {"\#(key)": "https://e/s.pth"}"#)
            #expect(gaps(fetched) == ["https://e/s.pth"])
        }
        #expect(gaps(try settings(#""d_vector_file": ["s3://e/d.pth"]"#)) == ["s3://e/d.pth"])
    }

    // MARK: jsonnet

    @Test("a program of jsonnet beside a model is a gap", arguments: ["a.jsonnet", "conf/b.libsonnet", "C.JSONNET"])
    func jsonnet(name: String) throws {
        let model = try readTensorModel([(name, "local a = 1; {}")])
        #expect(model.environment.gaps.map(\.source?.file) == [name])
        #expect(try readTensorModel([("lib/site-packages/x/a.jsonnet", "{}")]).isComplete)
        #expect(try readTensorModel([("jsonnet.txt", "{}"), ("jsonnet", "{}")]).isComplete)
    }

    // MARK: XGBoost

    private static func binary(objective: String = "reg:linear", booster: String = "gbtree") -> [UInt8] {
        func text(_ text: String) -> [UInt8] { [UInt8(text.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(text.utf8) }
        return [0, 0, 0, 0x3F] + [UInt8](repeating: 1, count: 132) + text(objective) + text(booster)
    }

    private func files(_ files: [(String, [UInt8])]) throws -> Model {
        let directory = TemporaryDirectory()
        directory.write("model.safetensors", tensorWeights)
        for (name, bytes) in files { directory.write(name, bytes) }
        return try ModelReader.read(path: directory.path)
    }

    private static let oldModels: [(String, [UInt8])] = [
        ("m.model", binary()), ("m", binary(objective: "binary:logistic", booster: "gblinear")),
        ("m.dat", [0x62, 0x69, 0x6E, 0x66] + binary(booster: "dart")),
        ("m.bin", [0x62, 0x69, 0x6E, 0x66, 0, 0, 0, 0]), ("m.model", [0x62, 0x69, 0x6E, 0x66]),
        ("m.txt", [UInt8]("bs64\tAAAA".utf8)), ("m.bst", [0, 0, 0, 0x3F, 1, 0]), ("m.xgb", [5, 0, 1]),
        ("m.deprecated", [5, 0, 1]),
    ]

    @Test("an old model of XGBoost is a gap under any name", arguments: oldModels)
    func oldXGBoost(name: String, bytes: [UInt8]) throws {
        let model = try files([(name, bytes)])
        #expect(model.environment.gaps.map(\.source?.file) == [name])
        #expect(model.environment.gaps.allSatisfy { $0.reason.contains("XGBoost") })
    }

    private static let otherFiles: [(String, [UInt8])] = [
        ("tokenizer.model", [0x0A, 0x0E, 0x0A, 5, 0x3C, 0x75, 0x6E, 0x6B, 0x3E, 0x15, 0, 0, 0, 0, 0x18, 2]),
        ("spiece.model", [0x0A, 0x0C, 0x0A, 3, 0x3C, 0x73, 0x3E, 0x15, 0, 0, 0, 0]),
        ("m.bst", [UInt8]("% BibTeX style\nENTRY {}\n".utf8)), ("m.txt", [UInt8]("binfmt settings\n".utf8)),
        ("m.model", binary(booster: "own")), ("m.dat", [UInt8](repeating: 3, count: 300)),
    ]

    @Test("pieces of words, text and other numbers are none", arguments: otherFiles)
    func honestModels(name: String, bytes: [UInt8]) throws {
        #expect(try files([(name, bytes)]).isComplete)
    }

    @Test("models that are read are no gap under the names of XGBoost's")
    func readModels() throws {
        for (fixture, name) in [("x.json", "m.xgb"), ("x.ubj", "m.bst"), ("lightgbm.txt", "m.model")] {
            let model = try files([(name, try readFile(path: fixtures + fixture, limit: 1 << 20))])
            #expect(!model.environment.gaps.contains { $0.reason.contains("old binary form") }, "\(name)")
        }
    }

    // MARK: Hugging Face

    private static let fetched: [(String, String, String)] = [
        (
            "processor_config.json",
            #"{"audio_tokenizer": {"audio_tokenizer_class": "DacModel", "audio_tokenizer_name_or_path": "evil/a"}}"#,
            "evil/a"
        ),
        (
            "audio_tokenizer_config.json",
            #"{"audio_tokenizer_class": "DacModel", "audio_tokenizer_name_or_path": "evil/a"}"#, "evil/a"
        ),
        ("config.json", #"{"model_type": "detr", "use_timm_backbone": false, "backbone": "evil/b"}"#, "evil/b"),
        ("config.json", #"{"model_type": "x", "v": {"model_type": "y", "backbone": "evil/b"}}"#, "evil/b"),
    ]

    @Test("a part of a model that loading takes from another repository is a gap", arguments: fetched)
    func fetches(name: String, text: String, subject: String) throws {
        let model = try readTensorModel([(name, text)])
        #expect(gaps(model) == [subject])
        #expect(dangerous(model).isEmpty)
    }

    @Test("the tokenizer of a prompt is a gap, and code of its repository is told")
    func prompts() throws {
        func adapter(_ members: String) throws -> Model {
            try readTensorModel([("adapter_config.json", #"{"peft_type": "PROMPT_TUNING", "# + members + "}")])
        }
        let name = #""tokenizer_name_or_path": "evil/t""#
        #expect(gaps(try adapter(#""prompt_tuning_init": "TEXT", "# + name)) == ["evil/t"])
        #expect(try adapter(#""prompt_tuning_init": "RANDOM", "# + name).isComplete)
        let trusted = try adapter(
            #""prompt_tuning_init": "TEXT", "tokenizer_kwargs": {"trust_remote_code": true}, "# + name)
        #expect(dangerous(trusted) == ["trust_remote_code"])
    }

    @Test(
        "what transformers writes of backbones and tokenizers is no gap",
        arguments: [
            ("config.json", #"{"model_type": "detr", "backbone": "resnet50", "use_timm_backbone": true}"#),
            ("config.json", #"{"model_type": "x", "backbone": null, "backbone_config": {"model_type": "resnet"}}"#),
            ("config.json", #"{"model_type": "x", "backbone": "a/b", "backbone_config": {"model_type": "resnet"}}"#),
            ("config.json", #"{"model_type": "x", "_name_or_path": "owner/name"}"#),
            ("processor_config.json", #"{"processor_class": "P", "audio_tokenizer": null}"#),
            ("tokenizer_config.json", #"{"name_or_path": "owner/name", "tokenizer_class": "T"}"#),
        ])
    func honestSettings(name: String, text: String) throws {
        let model = try readTensorModel([(name, text)])
        #expect(gaps(model).isEmpty && dangerous(model).isEmpty)
    }

    // MARK: skops

    private func trusted(_ types: String, format: String = "skops") throws -> Model {
        let text = "flavors:\n  sklearn:\n    serialization_format: \(format)\n    skops_trusted_types: \(types)\n"
        return try readTensorModel([("MLmodel", text)])
    }

    @Test(
        "a name that a model has skops trust, and that runs code, is told",
        arguments: [
            "os.system", "subprocess.Popen", "builtins.exec", "builtins.getattr", "joblib.load", "own.code.run",
            "importlib.import_module",
        ])
    func trusts(name: String) throws {
        #expect(dangerous(try trusted("[numpy.dtype, \(name), \(name)]")) == [name])
        #expect(dangerous(try trusted("[\(name)]", format: "cloudpickle")).isEmpty)
    }

    @Test("classes and functions that MLflow's models name there are none, and other forms are a gap")
    func honestTrust() throws {
        let names = [
            "collections.OrderedDict", "lightgbm.basic.Booster", "lightgbm.sklearn.LGBMClassifier", "numpy.dtype",
            "own.Scaler", "xgboost.core.Booster", "sklearn._loss._loss.CyHalfBinomialLoss", "functools.partial",
            "scipy.sparse._csr.csr_matrix", "sklearn.utils.validation.check_array",
            "sklearn.calibration._CalibratedClassifier", "sklearn.tree._tree.Tree",
        ]
        let honest = try trusted("[\(names.joined(separator: ", "))]")
        #expect(dangerous(honest).isEmpty && gaps(honest).isEmpty)
        #expect(try trusted("null").isComplete)
        #expect(gaps(try trusted("true")) == ["skops_trusted_types"])
        #expect(gaps(try trusted("[threading.Thread]")) == ["threading.Thread"])
    }
}
