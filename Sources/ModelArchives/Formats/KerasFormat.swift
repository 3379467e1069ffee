import EnvironmentInventory
import SourceDocuments

/// Keras v3 files (https://keras.io/guides/serialization_and_saving/): a zip with `metadata.json`, `config.json` and the
/// weights in HDF5, which hold no code and are only hashed.
enum KerasFormat: ModelFormat {
    static let name = "keras"

    static func keeps(_ path: String) -> Bool { ["metadata.json", "config.json"].contains(baseName(path)) }

    static func isOneFile(_ members: [String]) -> Bool {
        members.contains("metadata.json") && members.contains("config.json")
            && members.contains { $0.hasPrefix("model.weights.") }
    }

    static func read(_ tree: ModelTree) throws(DocumentError) -> FileContent? {
        guard isOneFile(tree.files.map(\.path)), let metadata = tree.text("metadata.json"),
            let config = tree.text("config.json")
        else { return nil }
        var content = FileContent(name)
        if let node = try JSONReader.read(metadata).table?["keras_version"], let version = node.text {
            content.say(.package, "keras", version, .recorded, metadata.name, .line(node.place.line))
        }
        var pending = [try JSONReader.read(config)]
        while let node = pending.popLast() {
            if let elements = node.array { pending += elements }
            guard let table = node.table else { continue }
            if let module = table["module"]?.string, table["class_name"] != nil { content.modules.insert(module) }
            if table["class_name"]?.string == "Lambda" {
                content.findings.append(
                    Finding(
                        rule: ModelRules.dangerousGlobal.name, severity: .warning, file: config.name, range: nil,
                        message: "a Lambda layer holds code that loading runs (line \(node.place.line))",
                        help: "do not load this file; ask where it comes from", ecosystem: .model, subject: "Lambda"))
            }
            pending += table.members.map(\.value)
        }
        content.modules.insert("keras")
        return content
    }
}
