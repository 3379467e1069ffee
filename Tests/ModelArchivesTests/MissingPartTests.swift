import EnvironmentInventory
import TestSupport
import Testing

@testable import ModelArchives

/// Parts of a model that its files name and that are not in it.
struct MissingPartTests {
    private static func read(_ files: [(String, [UInt8])]) throws -> Model {
        let folder = TemporaryDirectory()
        for (name, bytes) in files { _ = folder.write(name, bytes) }
        return try ModelReader.read(path: folder.path)
    }

    private static func gaps(_ model: Model) -> [String] { model.environment.gaps.map(\.subject) }

    // MARK: ONNX

    private static func field(_ number: Int, _ bytes: [UInt8]) -> [UInt8] {
        func varint(_ value: Int) -> [UInt8] {
            value < 128 ? [UInt8(value)] : [UInt8(value & 0x7F | 0x80)] + varint(value >> 7)
        }
        return varint(number << 3 | 2) + varint(bytes.count) + bytes
    }

    private static func entry(_ key: String, _ value: String) -> [UInt8] {
        field(13, field(1, Array(key.utf8)) + field(2, Array(value.utf8)))
    }

    private static func tensor(_ location: String?, _ more: [UInt8] = []) -> [UInt8] {
        field(8, [0x77]) + (location.map { entry("location", $0) } ?? []) + more + [0x70, 1]
    }

    private static func model(graph: [UInt8], _ more: [UInt8] = []) -> [UInt8] {
        [8, 8] + field(8, [0x10, 17]) + field(7, graph + field(2, [0x67])) + more
    }

    @Test("a tensor in a file that is not in the model is a gap, wherever it stands")
    func externalData() throws {
        let places: [(String, ([UInt8]) -> [UInt8])] = [
            ("initializer", { Self.model(graph: Self.field(5, $0)) }),
            ("sparse initializer", { Self.model(graph: Self.field(15, Self.field(1, $0))) }),
            ("indices", { Self.model(graph: Self.field(15, Self.field(2, $0))) }),
            ("attribute", { Self.model(graph: Self.field(1, Self.field(5, Self.field(5, $0)))) }),
            ("tensors", { Self.model(graph: Self.field(1, Self.field(5, Self.field(10, $0)))) }),
            (
                "sparse attribute",
                { Self.model(graph: Self.field(1, Self.field(5, Self.field(22, Self.field(1, $0))))) }
            ),
            ("subgraph", { Self.model(graph: Self.field(1, Self.field(5, Self.field(6, Self.field(5, $0))))) }),
            ("subgraphs", { Self.model(graph: Self.field(1, Self.field(5, Self.field(11, Self.field(5, $0))))) }),
            ("function", { Self.model(graph: [], Self.field(25, Self.field(7, Self.field(5, Self.field(5, $0))))) }),
            ("default of a function", { Self.model(graph: [], Self.field(25, Self.field(11, Self.field(5, $0)))) }),
            ("training", { Self.model(graph: [], Self.field(20, Self.field(1, Self.field(5, $0)))) }),
        ]
        for (place, make) in places {
            for location in ["w.bin", "../w.bin", "/etc/w.bin", "x/../../w.bin"] {
                let model = try Self.read([("m/m.onnx", make(Self.tensor(location)))])
                #expect(Self.gaps(model) == [location], "\(place)")
            }
            let whole = try Self.read([("m/m.onnx", make(Self.tensor("./w.bin"))), ("m/w.bin", [1, 2, 3, 4])])
            #expect(whole.isComplete, "\(place)")
        }
    }

    @Test("a tensor behind the end of its file, in two files, or in none is a gap")
    func externalRanges() throws {
        func read(_ tensor: [UInt8]) throws -> [String] {
            Self.gaps(try Self.read([("m.onnx", Self.model(graph: Self.field(5, tensor))), ("w", [1, 2, 3, 4])]))
        }
        #expect(try read(Self.tensor("w", Self.entry("offset", "2") + Self.entry("length", "2"))).isEmpty)
        for (offset, length) in [("3", "2"), ("-1", "2"), ("9", "0"), ("9223372036854775807", "9"), ("x", "1")] {
            let range = Self.entry("offset", offset) + Self.entry("length", length)
            #expect(try read(Self.tensor("w", range)) == ["w"], "\(offset) \(length)")
        }
        #expect(try read(Self.tensor("w", Self.entry("location", "v"))) == ["v"])
        #expect(try read(Self.tensor("v", Self.entry("location", "w"))) == ["v"])
        #expect(try read(Self.tensor(nil)) == [""])
    }

    @Test("messages that are nested without end are refused")
    func nesting() {
        var graph: [UInt8] = []
        for _ in 0..<60 { graph = Self.field(1, Self.field(5, Self.field(6, graph))) }
        #expect(throws: ModelReadingError.self) { try Self.read([("m.onnx", Self.model(graph: graph))]) }
    }

    // MARK: Hugging Face

    private static let weights: [UInt8] = [2, 0, 0, 0, 0, 0, 0, 0] + Array("{}".utf8)
    private static let config = (
        "config.json", Array(#"{"model_type": "llama", "transformers_version": "4.40.0"}"#.utf8)
    )

    @Test(
        "code that settings name is a finding, in another repository a gap",
        arguments: ["tokenizer_config.json", "preprocessor_config.json", "processor_config.json", "config.json"])
    func settings(_ file: String) throws {
        let base = #""model_type": "llama", "transformers_version": "4.40.0""#
        for (text, gaps) in [
            (#""auto_map": {"AutoTokenizer": ["other/code--tok.X", null]}"#, ["other/code--tok.X"]),
            (#""auto_map": ["other/code--tok.X", null]"#, ["other/code--tok.X"]),
            (#""custom_pipelines": {"t": {"impl": "other/code--p.P"}}"#, ["other/code--p.P"]),
            (#""auto_map": {"AutoModel": "tok.X"}"#, []),
        ] {
            let model = try Self.read([
                Self.config, (file, Array("{\(base), \(text)}".utf8)), ("model.safetensors", Self.weights),
            ])
            #expect(Self.gaps(model) == gaps, "\(text)")
            #expect(model.findings.contains { $0.rule == "dangerous-global" && $0.file.hasSuffix(file) }, "\(text)")
        }
    }

    @Test("settings without code are none of it, settings that cannot be read are a gap")
    func plainSettings() throws {
        func gaps(_ text: String) throws -> [String] {
            let model = try Self.read([
                Self.config, ("tokenizer_config.json", Array(text.utf8)), ("model.safetensors", Self.weights),
            ])
            #expect(!model.findings.contains { $0.rule == "dangerous-global" })
            return model.environment.gaps.map(\.reason)
        }
        #expect(try gaps(#"{"tokenizer_class": "X", "model_max_length": 1000000000000000019884624838656}"#).isEmpty)
        #expect(try gaps("[").count == 1)
    }

    @Test(
        "libraries that settings name are needs, and modules of Python's own are findings",
        arguments: [
            ("adapter_config.json", #"{"auto_mapping": {"parent_library": "own.models"}}"#, "own", nil),
            ("adapter_config.json", #"{"megatron_core": "own.core", "megatron_config": {"a": 1}}"#, "own", nil),
            ("adapter_config.json", #"{"megatron_core": "own.core", "megatron_config": null}"#, nil, nil),
            ("adapter_config.json", #"{"auto_mapping": {"parent_library": "antigravity"}}"#, nil, "antigravity"),
            ("adapter_config.json", #"{"auto_mapping": null, "megatron_core": "megatron.core"}"#, nil, nil),
            ("model_index.json", #"{"_class_name": "P", "unet": ["own", "U"]}"#, "own", nil),
            ("model_index.json", #"{"_class_name": "P", "unet": ["antigravity", "U"]}"#, nil, "antigravity"),
            ("model_index.json", #"{"_class_name": "P", "s": ["stable_diffusion", "S"]}"#, "diffusers", nil),
            (
                "model_index.json", #"{"_class_name": "P", "s": [null, null], "t": ["transformers", "T"]}"#,
                "transformers", nil
            ),
        ] as [(String, String, String?, String?)])
    func libraries(_ file: String, _ text: String, _ need: String?, _ finding: String?) throws {
        let text = text.dropLast() + #", "peft_type": "LORA"}"#
        let model = try Self.read([(file, Array(text.utf8)), ("adapter_model.safetensors", Self.weights)])
        let usual: Set<String> = ["safetensors", "torch"]
        let others = Set(model.needs).subtracting(usual).subtracting(need == "transformers" ? [] : ["transformers"])
        #expect(others == Set([need].compactMap { $0 }))
        #expect(model.findings.compactMap(\.subject) == [finding].compactMap { $0 })
        #expect(model.isComplete == (finding == nil))
    }

    @Test("the model that an adapter changes is a gap, unless MLflow keeps it beside the adapter")
    func adapter() throws {
        let adapter = Array(#"{"peft_type": "LORA", "base_model_name_or_path": "other/base"}"#.utf8)
        let alone = try Self.read([("adapter_config.json", adapter), ("adapter_model.safetensors", Self.weights)])
        #expect(Self.gaps(alone) == ["other/base"])
        let kept = try Self.read([
            ("peft/adapter_config.json", adapter), ("peft/adapter_model.safetensors", Self.weights),
            ("model/config.json", Self.config.1), ("model/model.safetensors", Self.weights),
        ])
        #expect(Self.gaps(kept).isEmpty)
    }

    @Test("files of weights that an index names and that are missing or outside are gaps")
    func index() throws {
        func gaps(_ name: String, _ parts: [String], _ files: [String]) throws -> [String] {
            let map = parts.map { "\"\($0)w\": \"\($0)\"" }.joined(separator: ", ")
            let index = Array("{\"weight_map\": {\(map)}}".utf8)
            return Self.gaps(
                try Self.read([Self.config, ("model.\(name).index.json", index)] + files.map { ($0, Self.weights) }))
        }
        #expect(try gaps("safetensors", ["a.safetensors"], ["a.safetensors"]).isEmpty)
        #expect(
            try gaps("safetensors", ["a.safetensors", "b.safetensors"], ["a.safetensors"]) == ["b.safetensors"])
        #expect(try gaps("safetensors", ["../a.safetensors"], ["a.safetensors"]) == ["../a.safetensors"])
        #expect(try gaps("bin", ["a.bin"], []) == ["a.bin"])
        // transformers takes safetensors first.
        #expect(try gaps("bin", ["a.bin"], ["model.safetensors"]).isEmpty)
    }

    @Test(
        "code that other files of a model name or hold is a finding",
        arguments: [
            (
                "modules.json", #"[{"type": "sentence_transformers.models.Transformer"}, {"type": "own.Module"}]"#,
                "own.Module"
            ),
            ("2_Router/router_config.json", #"{"types": {"a": "own.Module"}}"#, "own.Module"),
            ("0_Words/wordembedding_config.json", #"{"tokenizer_class": "own.Words"}"#, "own.Words"),
            ("2_Dense/config.json", #"{"activation_function": "os.getcwd"}"#, "os.getcwd"),
            ("x/config.json", #"{"sentence_transformers": {"activation_fn": "own.f"}}"#, "own.f"),
            ("custom_generate/generate.py", "def generate(): ...", "custom_generate"),
            ("model_index.json", #"{"_class_name": ["pipeline", "P"]}"#, "_class_name"),
            ("modules.json", #"[{"type": "sentence_transformers.models.Pooling"}]"#, nil),
            ("modules.json", #"[{"type": "module"}, {"type": 1}]"#, nil),
            ("2_Dense/config.json", #"{"activation_function": "torch.nn.modules.activation.Tanh"}"#, nil),
            ("x/config.json", #"{"activation_function": "gelu_new"}"#, nil),
            ("model_index.json", #"{"_class_name": "P", "unet": ["diffusers", "U"]}"#, nil),
        ] as [(String, String, String?)])
    func ownCode(file: String, text: String, subject: String?) throws {
        let model = try Self.read([Self.config, (file, Array(text.utf8)), ("model.safetensors", Self.weights)])
        #expect(
            model.findings.filter { $0.rule == "dangerous-global" }.map(\.subject) == [subject].filter { $0 != nil })
    }

    @Test("classes of installed packages are needed, those of other repositories are gaps")
    func otherClasses() throws {
        func model(_ type: String, _ more: [String] = []) throws -> Model {
            let list = ("modules.json", Array(#"[{"type": "\#(type)"}]"#.utf8))
            return try Self.read([list] + more.map { ($0, []) })
        }
        #expect(try model("other/code--own.Module").environment.gaps.map(\.subject) == ["other/code--own.Module"])
        #expect(try model("own.Module").modules.contains("own"))
        #expect(!(try model("own.Module", ["own.py"]).modules.contains("own")))
        let pipeline = try Self.read([
            ("model_index.json", Array(#"{"_class_name": "P", "unet": ["own", "U"]}"#.utf8)), ("unet/own.py", []),
        ])
        #expect(pipeline.findings.filter { $0.rule == "dangerous-global" }.map(\.subject) == ["unet"])
    }
}
