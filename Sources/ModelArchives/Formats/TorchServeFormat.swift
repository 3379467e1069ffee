import SourceDocuments

/// TorchServe's model archives (https://docs.pytorch.org/serve/, torch-model-archiver): `MAR-INF/MANIFEST.json` in a zip
/// (`.mar`), a tar.gz or a directory.
enum TorchServeFormat: ModelFormat {
    static let name = "torchserve"

    static func keeps(_ path: String) -> Bool { path.hasSuffix("MAR-INF/MANIFEST.json") }

    static func read(_ tree: ModelTree) throws(DocumentError) -> FileContent? {
        let folders = tree.folders(with: "MAR-INF/MANIFEST.json")
        guard !folders.isEmpty else { return nil }
        var content = FileContent(name)
        for folder in folders {
            guard let text = tree.text(folder + "MAR-INF/MANIFEST.json"),
                let table = try JSONReader.read(text).table
            else { continue }
            if let node = table["archiverVersion"], let version = node.text {
                content.say(
                    .tool, "torch-model-archiver", version, .claimed, text.name, .line(node.place.line))
            }
            guard let model = table["model"]?.table else { continue }
            if let node = model["handler"], let handler = node.text {
                content.say(.code, "handler", handler, .claimed, text.name, .line(node.place.line))
            }
            let requirements = model["requirementsFile"]?.text ?? "requirements.txt"
            if let text = tree.text(folder + requirements) { RequirementLines.read(text, into: &content) }
        }
        return content
    }
}
