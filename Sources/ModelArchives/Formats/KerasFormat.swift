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

    /// Whether Keras finds a configuration in an archive: it opens `config.json`, and nothing says that the other files have to
    /// be there (`_load_model_from_fileobj` of keras/src/saving/saving_lib.py).
    static func isArchive(_ tree: ModelTree) -> Bool {
        guard let text = tree.text("config.json") else { return false }
        return isOneFile(tree.files.map(\.path)) || (try? ModelJSON.read(text)).map { isConfiguration($0) } ?? false
    }

    /// Whether a description is one of an object of Keras: it needs `class_name` and `config`
    /// (`deserialize_keras_object` of keras/src/saving/serialization_lib.py); transformers and diffusers write neither.
    private static func isConfiguration(_ root: DocumentNode) -> Bool {
        guard let table = root.table, table["class_name"]?.string != nil else { return false }
        return table["config"] != nil || table["module"] != nil
    }

    static func read(_ tree: ModelTree) throws(DocumentError) -> ModelFileContent? {
        var content = ModelFileContent(name)
        var isFound = false
        for folder in tree.folders(with: "config.json") {
            guard let config = tree.text(folder + "config.json") else { continue }
            let metadata = tree.text(folder + "metadata.json")
            let isWhole = folder.isEmpty && metadata != nil && isOneFile(tree.files.map(\.path))
            guard let root = try ModelJSON.read(config, into: &content) else {
                isFound = isFound || isWhole
                continue
            }
            guard isWhole || isConfiguration(root) else { continue }
            isFound = true
            if let metadata, let node = try ModelJSON.read(metadata).table?["keras_version"], let version = node.text {
                content.record(
                    .package, name: "keras", value: version, strength: .recorded, file: metadata.name,
                    place: .line(node.place.line))
            }
            readConfiguration(root, file: config.name, into: &content)
            if let part = KerasContract.read(root, file: config.name) { content.contracts.append(part) }
            content.modules.insert("keras")
        }
        return isFound ? content : nil
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
            for path in KerasNames.files(table) {
                content.leaveOut(
                    path.string ?? "", "loading reads this file, which is not in the model", in: file,
                    at: .line(path.place.line))
            }
            if let className, KerasNames.last(className) == "Lambda" || className == "__lambda__" {
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
