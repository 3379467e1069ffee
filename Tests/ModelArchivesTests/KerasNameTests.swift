import SourceDocuments
import Testing

@testable import ModelArchives

/// Entries of a Keras configuration that are no layers of it.
@Suite("Names in Keras' configurations")
struct KerasNameTests {
    private func content(_ entry: String) throws -> ModelFileContent {
        let text = "{\"module\": \"keras\", \"class_name\": \"Sequential\", \"config\": {\"layers\": [\(entry)]}}"
        var content = ModelFileContent("keras")
        KerasFormat.readConfiguration(
            try JSONReader.read(SourceText(name: "config.json", bytes: Array(text.utf8))), file: "config.json",
            into: &content)
        return content
    }

    @Test(
        "what loading looks up outside of Keras and its kind is a finding and a gap",
        arguments: [
            (#"{"module": "os", "class_name": "function", "config": "system"}"#, "os.system"),
            (
                #"{"module": "builtins", "class_name": "function", "config": "exec", "registered_name": "function"}"#,
                "builtins.exec"
            ),
            (#"{"module": "subprocess", "class_name": "Popen", "config": {}}"#, "subprocess.Popen"),
            (#"{"module": "zipfile", "class_name": "ZipFile", "config": {}}"#, "zipfile.ZipFile"),
            (#"{"module": "keras.utils", "class_name": "function", "config": "get_file"}"#, "keras.utils.get_file"),
            (
                #"{"module": "keras.src.utils.python_utils", "class_name": "function", "config": "func_load"}"#,
                "keras.src.utils.python_utils.func_load"
            ),
            (#"{"module": "numpy", "class_name": "function", "config": "load"}"#, "numpy.load"),
            (#"{"module": "torch.hub", "class_name": "function", "config": "load"}"#, "torch.hub.load"),
            (
                #"{"class_name": "TFOpLambda", "config": {"name": "x", "function": "io.write_file"}}"#,
                "tf.io.write_file"
            ),
            (
                #"{"class_name": "TFOpLambda", "config": {"name": "x", "function": "numpy_function"}}"#,
                "tf.numpy_function"
            ),
            (
                #"{"class_name": "Dense", "build_config": {"f": {"module": "os", "class_name": "function", "config": "popen"}}}"#,
                "os.popen"
            ),
            (#"{"module": "keras", "class_name": "function", "config": "utils.get_file"}"#, "keras.utils.get_file"),
            (#"{"module": "a", "class_name": "function", "config": "os.system"}"#, "a.os.system"),
            (#"{"module": "torch", "class_name": "function", "config": "hub.load"}"#, "torch.hub.load"),
            (#"{"module": "keras", "class_name": "saving.load_model", "config": {}}"#, "keras.saving.load_model"),
            (
                #"{"class_name": "layers.TFOpLambda", "config": {"name": "x", "function": "io.write_file"}}"#,
                "tf.io.write_file"
            ),
            (#"{"module": "keras", "class_name": "layers.Lambda", "config": {}}"#, "Lambda"),
            (
                #"{"module": "keras.layers", "class_name": "TFSMLayer", "config": {"name": "x"}}"#,
                "keras.layers.TFSMLayer"
            ),
            (#"{"class_name": "layers.TorchModuleWrapper", "config": {}}"#, "keras.layers.TorchModuleWrapper"),
        ])
    func dangerous(_ entry: String, _ path: String) throws {
        let content = try content(entry)
        #expect(content.findings.map(\.subject) == [path])
        #expect(content.gaps.map(\.subject) == [path])
    }

    @Test(
        "what Keras writes is none",
        arguments: [
            #"{"module": "keras.layers", "class_name": "Dense", "config": {"activation": "relu"}, "registered_name": null}"#,
            #"{"module": "builtins", "class_name": "function", "config": "relu", "registered_name": "function"}"#,
            #"{"module": "keras", "class_name": "layers.Dense", "config": {}}"#,
            #"{"module": "my_package.layers", "class_name": "Own", "config": {}, "registered_name": "my_package>Own"}"#,
            #"{"module": "my_package.losses", "class_name": "function", "config": "loss", "registered_name": "loss"}"#,
            #"{"class_name": "TFOpLambda", "config": {"name": "tf.math.add", "function": "math.add"}}"#,
            #"{"class_name": "__tuple__", "items": [1, 2]}"#, #"{"class_name": "Dense", "config": {"name": "io"}}"#,
        ])
    func expected(_ entry: String) throws {
        let content = try content(entry)
        #expect(content.findings.isEmpty && content.gaps.isEmpty)
    }

    @Test("words that lie in a file outside of the model are a gap")
    func words() throws {
        let layer = { (words: String) -> String in
            #"{"module": "keras.layers", "class_name": "StringLookup", "config": {"vocabulary": \#(words)}}"#
        }
        #expect(try content(layer(#""/tmp/v.txt""#)).gaps.map(\.subject) == ["/tmp/v.txt"])
        for words in [#"["a", "b"]"#, "null", #""""#] {
            #expect(try content(layer(words)).gaps.isEmpty)
        }
    }

    @Test("a class that was registered under a package is a gap")
    func registered() throws {
        #expect(try content(#"{"class_name": "Custom>Own", "config": {}}"#).gaps.map(\.subject) == ["Custom>Own"])
    }
}
