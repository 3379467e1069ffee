import TestSupport
import Testing

@testable import ModelArchives

/// Configurations that name what loading calls, and models of formats that are not read, beside one that is.
@Suite("Configurations that name what is called, and models that are not read")
struct UnreadModelTests {
    @Test(
        "a function or a class of no known library is told, in every spelling",
        arguments: [
            ("model_config.yaml", "target: nemo.core.Model\npre:\n  _target_: os.system\n  command: id\n", "os.system"),
            ("model_config.yaml", "target: os.system\n", "os.system"),
            ("config.yaml", "model: {target: subprocess.Popen, params: {args: id}}\n", "subprocess.Popen"),
            ("config.yaml", "a: [{class_path: own.Net}]\n", "own.Net"),
            ("config.yaml", "_target_: torch.hub.load\n", "torch.hub.load"),
            ("config.yaml", "_target_: ${oc.env:X}\n", "${oc.env:X}"),
            ("config.yaml", "_target_: torch.package.PackageImporter\n", "torch.package.PackageImporter"),
            ("x/hparams.yaml", "\"_target_\": \"builtins.exec\"\n", "builtins.exec"),
            ("hparams.yaml", "a: !!python/object/apply:os.system [id]\n", "python"),
            ("config.yml", "a: &x {_target_: os.system}\nb: *x\n", "os.system"),
            ("configs/inference.json", #"{"net": {"_target_": "UNet", "x": "$__import__('os')"}}"#, "$"),
            ("configs/train.yaml", "net: {_target_: os.system}\n", "os.system"),
            ("config.json", #"{"model": {"_target_": "os.system"}}"#, "os.system"),
        ])
    func calls(name: String, text: String, subject: String) throws {
        let model = try readTensorModel([(name, text)])
        #expect(dangerous(model) == [subject])
    }

    @Test(
        "classes of libraries, and files that name nothing, are no finding",
        arguments: [
            ("model_config.yaml", "target: nemo.core.Model\noptim: {_target_: torch.optim.AdamW, lr: 1}\n"),
            ("config.yaml", "target: speed\nparams_count: 3\n"), ("config.yaml", "lr: 0.1\nnames: [a, b]\n"),
            ("configs/train.json", #"{"net": {"_target_": "UNet", "size": 3}}"#),
            ("configs/x.json", #"{"price": "$5"}"#), ("hparams.yaml", "note: say hello!\n"),
            ("other.yaml", "target: os.system\n"), ("meta.json", "{}"), ("config.cfg", "[x]\n"),
        ])
    func noCalls(name: String, text: String) throws {
        let model = try readTensorModel([(name, text)])
        #expect(dangerous(model).isEmpty)
        #expect(model.isComplete)
    }

    @Test("what NeMo loads is needed, and a model is more than its configuration")
    func nemo() throws {
        let model = try readTensorModel([
            ("model_config.yaml", "target: nemo.core.Model\no: {_target_: torch.optim.AdamW}\n")
        ])
        #expect(model.needs == ["nemo", "torch"])
        #expect(throws: ModelReadingError.self) {
            let directory = TemporaryDirectory()
            directory.write("config.yaml", Array("_target_: os.system\n".utf8))
            _ = try ModelReader.read(path: directory.path)
        }
    }

    @Test("of many calls the first have a finding each, and the rest one")
    func manyCalls() throws {
        let text = (0..<100).map { "a\($0): {_target_: own.f\($0)}\n" }.joined()
        let findings = try readTensorModel([("config.yaml", text)]).findings.filter { $0.rule == "dangerous-global" }
        #expect(findings.count == 65)
        #expect(findings.contains { $0.message.contains("36 others") })
    }

    @Test("a configuration that is no YAML is a gap")
    func damaged() throws {
        #expect(try readTensorModel([("config.yaml", "a: [")]).environment.gaps.map(\.source?.file) == ["config.yaml"])
    }

    @Test(
        "models of other formats are gaps by their first bytes and by their names",
        arguments: [
            ("a.gguf", "GGUF\u{3}\0\0\0"), ("weights", "GGUF\u{3}\0\0\0"), ("a.tflite", "\u{1C}\0\0\0TFL3"),
            ("b", "\u{1C}\0\0\0TFL3"), ("c.data", "\u{1C}\0\0\0ORTM"), ("d", "tjgg"), ("e.engine", "ftrt"),
            ("f.rds", "X\n"), ("g", "RDX3\nX\n"), ("h.pte", "x"), ("i.llamafile", "MZqFpD"), ("j.ptl", "x"),
        ])
    func unread(name: String, text: String) throws {
        let model = try readTensorModel([(name, text)])
        #expect(!model.isComplete)
        #expect(model.environment.gaps.map(\.source?.file) == [name])
    }

    @Test("a pipeline of spaCy is a gap")
    func spaCy() throws {
        for text in [#"{"spacy_version": ">=3.7", "pipeline": []}"#, "{", #"{"pipeline": ["ner"]}"#] {
            let model = try readTensorModel([("nlp/meta.json", text), ("nlp/config.cfg", "[nlp]\n")])
            #expect(model.environment.gaps.map(\.source?.file) == ["nlp/meta.json"])
        }
    }

    @Test(
        "kernels that transformers fetches are code of another repository",
        arguments: [
            #"{"model_type": "llama", "attn_implementation": "evil/kernel"}"#,
            #"{"model_type": "llama", "_attn_implementation": "evil/kernel:f"}"#,
            #"{"model_type": "llama", "attn_implementation": {"text_config": "evil/kernel@main"}}"#,
        ])
    func kernels(text: String) throws {
        let model = try readTensorModel([("config.json", text)])
        #expect(!model.isComplete)
        #expect(dangerous(model).count == 1)
        let plain = try readTensorModel([("config.json", #"{"model_type": "llama", "attn_implementation": "sdpa"}"#)])
        #expect(plain.isComplete && dangerous(plain).isEmpty)
    }

    @Test("many files of code of torch.package are all counted")
    func manyFilesOfCode() throws {
        let files = (0..<70).map { ("p/m\($0).py", "") } + [("p/.data/extern_modules", "os")]
        let findings = try readTensorModel(files).findings.filter { $0.rule == "dangerous-global" }
        #expect(findings.count == 65)
        #expect(findings.last?.message.contains("and 5 files more") == true)
    }
}
