import TestSupport
import Testing

@testable import ModelArchives

/// Code that settings of Hugging Face's formats name below their top, and settings as Python's json writes them.
@Suite("Code that nested settings of Hugging Face name")
struct HuggingFaceNestedTests {
    /// A model of one tensor with files beside it, and a plain `config.json` where none is given.
    private func read(_ files: [(String, String)]) throws -> Model {
        try readTensorModel([("config.json", #"{"model_type": "bert", "architectures": ["B"]}"#)] + files)
    }

    private func gaps(_ model: Model) -> [String] { model.environment.gaps.map(\.subject) }

    @Test(
        "kernels of parts are code of another repository",
        arguments: [
            ("config.json", #"{"model_type": "llava", "text_config": {"attn_implementation": "evil/k"}}"#),
            ("config.json", #"{"model_type": "x", "vision_config": {"_attn_implementation": "evil/k"}}"#),
            ("config.json", #"{"model_type": "x", "a": {"b": [[{"experts_implementation": "evil/k"}]]}}"#),
            ("config.json", #"{"model_type": "x", "attn_implementation": {"text_config": {"": "evil/k"}}}"#),
            ("config.json", #"{"model_type": "x", "t": {"_attn_implementation_internal": "evil/k"}}"#),
            ("sentence_bert_config.json", #"{"max_seq_length": 5, "model_args": {"attn_implementation": "evil/k"}}"#),
            ("0/sentence_roberta_config.json", #"{"config_kwargs": {"attn_implementation": "evil/k"}}"#),
        ])
    func kernels(name: String, text: String) throws {
        let model = try read([(name, text)])
        #expect(dangerous(model).count == 1)
        #expect(gaps(model) == ["evil/k"])
    }

    /// `from_pretrained` of a class that is named needs no `model_type`; settings of other programs have other files beside them.
    @Test("settings without a mark count where transformers reads them")
    func unmarked() throws {
        for key in ["attn_implementation", "_attn_implementation"] {
            #expect(dangerous(try readTensorModel([("config.json", "{\"\(key)\": \"evil/k\"}")])).count == 1)
        }
        let map = #"{"auto_map": {"AutoModel": "evil/r--m.E"}}"#
        #expect(dangerous(try readTensorModel([("elsewhere/config.json", map)])) == ["auto_map"])
        let part = #"{"text_config": {"attn_implementation": "evil/k"}}"#
        #expect(dangerous(try readTensorModel([("config.json", part)])).count == 1)
        let other = #"{"activation_fn": "my.Layer"}"#
        #expect(dangerous(try readTensorModel([("config.json", other)])) == ["my.Layer"])
        #expect(dangerous(try readTensorModel([("training/config.json", other)])).isEmpty)
        #expect(dangerous(try readTensorModel([("config.json", #"{"hidden_size": 8}"#)])).isEmpty)
    }

    @Test(
        "code of parts is told once a file",
        arguments: [
            ("processor_config.json", #"{"image_processor": {"auto_map": {"AutoImageProcessor": "evil/r--m.E"}}}"#),
            ("processor_config.json", #"{"video_processor": {"auto_map": {"AutoVideoProcessor": "evil/r--m.E"}}}"#),
            ("processor_config.json", #"{"tokenizer": {"auto_map": ["evil/r--m.E", null]}}"#),
            (
                "preprocessor_config.json",
                #"{"auto_map": {"AutoImageProcessor": {"torchvision": "evil/r--m.E", "pil": null}}}"#
            ),
            ("config.json", #"{"model_type": "x", "llm_config": {"auto_map": {"AutoConfig": "evil/r--m.E"}}}"#),
            (
                "config.json",
                #"{"model_type": "x", "auto_map": {"A": "m.E"}, "llm_config": {"auto_map": {"A": "evil/r--m.E"}}}"#
            ),
            ("modular_config.json", #"{"_class_name": "B", "auto_map": {"ModularPipelineBlocks": "evil/r--m.E"}}"#),
        ])
    func maps(name: String, text: String) throws {
        let model = try read([(name, text)])
        #expect(dangerous(model) == ["auto_map"])
        #expect(gaps(model) == ["evil/r--m.E"])
    }

    @Test(
        "what the libraries write is no finding and no gap",
        arguments: [
            (
                "config.json",
                #"{"model_type": "llava", "text_config": {"_attn_implementation": "sdpa"}, "auto_map": {}}"#
            ),
            ("config.json", #"{"model_type": "x", "attn_implementation": {"": "eager", "t": "flash_attention_2"}}"#),
            ("config.json", #"{"model_type": "x", "auto_map": null, "label2id": {"auto_map": 3, "a/b": 1}}"#),
            (
                "config.json",
                #"{"model_type": "x", "sbert_ce_default_activation_function": "torch.nn.modules.linear.Identity"}"#
            ),
            ("config.json", #"{"model_type": "x", "types": {"a": "b.c"}}"#),
            ("config.json", #"{"types": {"q": "sentence_transformers.models.Dense"}, "structure": {"q": ["q"]}}"#),
            ("config.json", #"{"model_type": "x", "quantization_config": {"quant_method": "modelopt"}}"#),
            (
                "generation_config.json",
                #"{"_from_model_config": true, "temperature": Infinity, "x": [-Infinity, NaN]}"#
            ),
            ("preprocessor_config.json", #"{"image_mean": [0.5], "size": {"height": 224}, "x": NaN}"#),
            (
                "sentence_bert_config.json",
                #"{"max_seq_length": 512, "tokenizer_name_or_path": null, "model_args": {"torch_dtype": "float16"}}"#
            ),
            (
                "sentence_bert_config.json",
                #"{"model_args": {"trust_remote_code": true, "use_kernels": false, "gguf_file": null}}"#
            ),
            (
                "modular_model_index.json",
                #"{"_class_name": "P", "u": ["diffusers", "U", {"repo": null, "type_hint": ["diffusers", "U"]}]}"#
            ),
        ])
    func plain(name: String, text: String) throws {
        let model = try read([(name, text)])
        #expect(dangerous(model).isEmpty)
        #expect(gaps(model).isEmpty)
    }

    @Test(
        "functions and classes that sentence-transformers makes are told",
        arguments: [
            (#"{"model_type": "bert", "sbert_ce_default_activation_function": "evil.mod.Fn"}"#, "evil.mod.Fn"),
            (#"{"types": {"q": "evil.mod.Cls"}, "structure": {"q": ["q"]}, "parameters": {}}"#, "evil.mod.Cls"),
        ])
    func classes(text: String, subject: String) throws {
        #expect(dangerous(try read([("config.json", text)])) == [subject])
    }

    @Test(
        "arguments that make loading read something else are gaps",
        arguments: [
            (#"{"tokenizer_name_or_path": "evil/repo"}"#, "evil/repo"),
            (#"{"model_kwargs": {"use_kernels": true}}"#, "use_kernels"),
            (#"{"config_args": {"_configuration_file": "other.json"}}"#, "_configuration_file"),
            (#"{"model_args": {"adapter_kwargs": {"a": 1}}}"#, "adapter_kwargs"),
        ])
    func arguments(text: String, subject: String) throws {
        #expect(gaps(try read([("sentence_bert_config.json", text)])) == [subject])
    }

    @Test("parts of a modular pipeline are imported, and come from where it says")
    func modular() throws {
        func index(_ part: String) throws -> Model {
            try read([("modular_model_index.json", #"{"_class_name": "P", "unet": "# + part + "}")])
        }
        let fetched = try index(#"["diffusers", "U", {"repo": "evil/repo", "type_hint": ["diffusers", "U"]}]"#)
        #expect(gaps(fetched) == ["evil/repo"])
        #expect(dangerous(fetched).isEmpty)
        #expect(try index(#"["own", "U", {"subfolder": "unet"}]"#).needs.contains("own"))
        #expect(try index(#"["diffusers", "U", {"type_hint": ["own", "U"]}]"#).needs.contains("own"))
        #expect(try dangerous(index(#"[null, null, {"type_hint": ["antigravity", "U"]}]"#)) == ["antigravity"])
        #expect(try gaps(index(#"["diffusers", "U", {"type_hint": {"os": 1, "system": 2}}]"#)) == ["unet"])
        #expect(try gaps(index(#"[null, null, {"pretrained_model_name_or_path": ["a", "b"]}]"#)) == ["unet"])
    }

    @Test("of many kernels the first have a gap each, and the rest one")
    func manyKernels() throws {
        let parts = (0..<100).map { #""t\#($0)": {"attn_implementation": "e/k\#($0)"}"# }.joined(separator: ",\n")
        let model = try read([("config.json", #"{"model_type": "x", \#(parts)}"#)])
        #expect(dangerous(model).count == 1)
        #expect(gaps(model).count == 65)
        #expect(model.environment.gaps.contains { $0.reason.contains("35 others") })
    }

    private func content(_ text: String) throws -> ModelFileContent {
        let tree = ModelTree(kind: .directory, prefix: "")
        tree.append(
            ModelTreeFile(path: "config.json", sha256: nil, size: text.utf8.count, bytes: Array(text.utf8)))
        return try #require(try HuggingFaceFormat.read(tree))
    }

    @Test("a description with infinities is read like any other")
    func infinities() throws {
        let honest = try content(
            #"{"model_type": "mamba2", "transformers_version": "4.48.0", "time_step_limit": [0.0, Infinity]}"#)
        #expect(honest.gaps.isEmpty && honest.findings.isEmpty)
        #expect(honest.facts.map(\.value) == ["4.48.0"])
        let evil = try content(#"{"model_type": "x", "a": NaN, "t": {"attn_implementation": "evil/k"}}"#)
        #expect(evil.gaps.map(\.subject) == ["evil/k"] && evil.findings.count == 1)
    }

    @Test(
        "a document of too many values is a gap, and the model is read",
        arguments: ["generation_config.json", "tokenizer_config.json"])
    func manyValues(name: String) throws {
        let items = String(repeating: #"{"a":1},"#, count: ModelJSON.maximumValues / 9 + 2)
        let model = try read([(name, #"{"x": [\#(items)1]}"#)])
        #expect(model.environment.gaps.map(\.source?.file) == [name])
        #expect(model.environment.gaps.allSatisfy { $0.reason.contains("more than \(ModelJSON.maximumValues) values") })
        #expect(model.format == "hugging-face")
    }
}
