import SourceDocuments

/// MLServer's model directories (https://mlserver.readthedocs.io/en/latest/reference/model-settings.html): `model-settings.json`
/// with the runtime, the model, and optionally an environment packed by conda-pack.
enum MLServerFormat: ModelFormat {
    static let name = "mlserver"

    static func keeps(_ path: String) -> Bool { baseName(path) == "model-settings.json" }

    static func read(_ tree: ModelTree) throws(DocumentError) -> ModelFileContent? {
        let folders = tree.folders(with: "model-settings.json")
        guard !folders.isEmpty else { return nil }
        var content = ModelFileContent(name)
        for folder in folders {
            guard let text = tree.text(folder + "model-settings.json") else { continue }
            guard let table = try JSONReader.read(text).table else {
                content.leaveOut("", "the settings are not an object", in: text.name)
                continue
            }
            if let part = MLServerContract.read(table, file: text.name) { content.contracts.append(part) }
            if let node = table["implementation"], let implementation = node.text {
                content.record(
                    .flavor, name: name, value: implementation, strength: .claimed, file: text.name,
                    place: .line(node.place.line))
                content.modules.insert(implementation)
                // MLServer puts the folder of the settings into the search path while it imports the runtime
                // (https://github.com/SeldonIO/MLServer/blob/1.7.1/mlserver/settings.py, `_extra_sys_path`).
                let top = String(implementation.prefix { $0 != "." })
                if tree.mayHold(module: top, below: folder) {
                    content.findings.append(.code(of: implementation, in: text.name, severity: .note))
                }
            } else {
                content.leaveOut("", "the settings name no implementation", in: text.name)
            }
            if let node = table["parameters"]?.table?["environment_tarball"], let path = node.text,
                tree[folder + path.trimmingDotSlash] == nil
            {
                content.leaveUnnamed(
                    path, "the settings name this environment and the model does not contain it", in: text.name,
                    at: .line(node.place.line))
            }
            if let node = table["parameters"]?.table?["uri"], let path = node.text?.trimmingDotSlash,
                let implementation = table["implementation"]?.text, implementation.hasPrefix("mlserver_sklearn."),
                !tree.files.contains(where: { $0.path.hasBytePrefix(folder + path + "/") }), ![".", ""].contains(path)
            {
                content.objects.append(
                    NamedObject(
                        path: path.hasPrefix("/") ? path : folder + path, loader: .pickle, manifest: text.name,
                        place: .line(node.place.line)))
            }
            if let text = tree.text(folder + "requirements.txt") { RequirementLines.read(text, into: &content) }
            for file in ["environment.yml", "environment.yaml", "conda.yaml"] {
                if let text = tree.text(folder + file) { try CondaYAML.read(text, into: &content) }
            }
        }
        return content
    }
}

extension String {
    /// The path without a leading `./`.
    fileprivate var trimmingDotSlash: String { hasPrefix("./") ? String(dropFirst(2)) : self }
}
