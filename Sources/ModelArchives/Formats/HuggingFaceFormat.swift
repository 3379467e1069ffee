import EnvironmentInventory
import PythonPackaging
import SourceDocuments

/// Hugging Face model directories (https://huggingface.co/docs/transformers): `config.json` with `transformers_version`,
/// `model_index.json` of diffusers, `adapter_config.json` of peft, `config_sentence_transformers.json`.
enum HuggingFaceFormat: ModelFormat {
    static let name = "hugging-face"

    private static let files = [
        "config.json", "model_index.json", "adapter_config.json", "config_sentence_transformers.json",
        "generation_config.json",
    ]

    static func keeps(_ path: String) -> Bool { files.contains(baseName(path)) }

    static func read(_ tree: ModelTree) throws(DocumentError) -> FileContent? {
        var content = FileContent(name)
        var isFound = false
        for file in tree.files where file.bytes != nil && files.contains(baseName(file.path)) {
            guard let text = tree.text(file.path), let table = try JSONReader.read(text).table else { continue }
            if ["model_type", "architectures", "_class_name", "peft_type"].contains(where: { table[$0] != nil }) {
                isFound = true
            }
            let keys = [
                ("transformers_version", "transformers"), ("_diffusers_version", "diffusers"), ("peft_version", "peft"),
            ]
            for (key, package) in keys {
                if let node = table[key], let version = node.string {
                    content.say(.package, package, version, .claimed, text.name, .line(node.place.line))
                    content.modules.insert(package)
                }
            }
            for member in table["__version__"]?.table?.members ?? [] {
                guard let version = member.value.string else { continue }
                let package = member.key == "pytorch" ? "torch" : NormalizedName.of(member.key)
                content.say(.package, package, version, .claimed, text.name, .line(member.keyPlace.line))
                isFound = true
            }
            if let map = table["auto_map"] {
                content.findings.append(
                    Finding(
                        rule: ModelRules.dangerousGlobal.name, severity: .warning, file: text.name, range: nil,
                        message:
                            "auto_map names code that loading with trust_remote_code runs (line \(map.place.line))",
                        help: "read that code and keep it with the model", ecosystem: .model, subject: "auto_map"))
            }
        }
        return isFound ? content : nil
    }
}
