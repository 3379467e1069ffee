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

    static func read(_ tree: ModelTree) throws(DocumentError) -> ModelFileContent? {
        guard isOneFile(tree.files.map(\.path)), let metadata = tree.text("metadata.json"),
            let config = tree.text("config.json")
        else { return nil }
        var content = ModelFileContent(name)
        if let node = try JSONReader.read(metadata).table?["keras_version"], let version = node.text {
            content.record(
                .package, name: "keras", value: version, strength: .recorded, file: metadata.name,
                place: .line(node.place.line))
        }
        let root = try JSONReader.read(config)
        readConfiguration(root, file: config.name, into: &content)
        if let part = KerasContract.read(root, file: config.name) { content.contracts.append(part) }
        content.modules.insert("keras")
        return content
    }

    /// Reads the classes of a configuration: their modules, and what loading would have to know besides.
    static func readConfiguration(_ root: DocumentNode, file: String, into content: inout ModelFileContent) {
        var pending = [root]
        while let node = pending.popLast() {
            if let elements = node.array { pending += elements }
            guard let table = node.table else { continue }
            let className = table["class_name"]?.string
            if let className, let module = table["module"]?.string {
                if module == "__main__" {
                    content.leaveOut(
                        className, "the class was defined by the program that saved the model", in: file,
                        at: .line(node.place.line))
                } else {
                    content.modules.insert(module)
                }
            } else if let className, !className.hasPrefix("__"),
                table["registered_name"] != nil || className.contains(">")
            {
                content.leaveOut(
                    className, "the class is of no module: the program that loads the model must register it",
                    in: file, at: .line(node.place.line))
            }
            if let path = KerasNames.danger(table) {
                content.findings.append(
                    Finding(
                        rule: ModelRules.dangerousGlobal.name, severity: .warning, file: file, range: nil,
                        message: "loading looks up and may call \(path) (line \(node.place.line))",
                        help: "do not load this file; ask where it comes from", ecosystem: .model, subject: path))
                content.leaveOut(
                    path, "what loading does with it is not known", in: file, at: .line(node.place.line))
            }
            if className == "Lambda" || className == "__lambda__" {
                content.leaveOut(
                    "Lambda", "code that is in the model is not read", in: file, at: .line(node.place.line))
                content.findings.append(
                    Finding(
                        rule: ModelRules.dangerousGlobal.name, severity: .warning, file: file, range: nil,
                        message: "a Lambda layer holds code that loading runs (line \(node.place.line))",
                        help: "do not load this file; ask where it comes from", ecosystem: .model, subject: "Lambda"))
            }
            pending += table.members.map(\.value)
        }
    }
}
