import SourceDocuments

/// TorchServe's model archives (https://docs.pytorch.org/serve/, torch-model-archiver): `MAR-INF/MANIFEST.json` in a zip
/// (`.mar`), a tar.gz or a directory.
enum TorchServeFormat: ModelFormat {
    static let name = "torchserve"

    static func keeps(_ path: String) -> Bool { path.hasSuffix("MAR-INF/MANIFEST.json") }

    static func read(_ tree: ModelTree) throws(DocumentError) -> ModelFileContent? {
        let folders = tree.folders(with: "MAR-INF/MANIFEST.json")
        guard !folders.isEmpty else { return nil }
        var content = ModelFileContent(name)
        for folder in folders {
            guard let text = tree.text(folder + "MAR-INF/MANIFEST.json") else { continue }
            guard let table = try JSONReader.read(text).table else {
                content.leaveOut("", "the manifest is not an object", in: text.name)
                continue
            }
            if let node = table["archiverVersion"], let version = node.text {
                content.record(
                    .tool, name: "torch-model-archiver", value: version, strength: .claimed, file: text.name,
                    place: .line(node.place.line))
            }
            guard let model = table["model"]?.table else {
                content.leaveOut("", "the manifest names no model", in: text.name)
                continue
            }
            if let node = model["handler"], let handler = node.text {
                content.record(
                    .code, name: "handler", value: handler, strength: .claimed, file: text.name,
                    place: .line(node.place.line))
                read(handler, tree, folder, in: text.name, at: .line(node.place.line), into: &content)
            }
            if let node = model["serializedFile"], let path = node.text, !path.isEmpty {
                content.objects.append(
                    NamedObject(
                        path: folder + path, loader: .torch, manifest: text.name, place: .line(node.place.line)))
            }
            if let node = model["modelFile"], let path = node.text, !path.isEmpty, tree[folder + path] == nil {
                content.leaveOut(
                    path, "the archive names this code and does not contain it", in: text.name,
                    at: .line(node.place.line))
            }
            let named = model["requirementsFile"]
            if let requirements = tree.text(folder + (named?.text ?? "requirements.txt")) {
                RequirementLines.read(requirements, into: &content)
            } else if let named {
                let isThere = tree[folder + (named.text ?? "")] != nil
                content.leaveUnnamed(
                    named.text ?? "",
                    isThere
                        ? "the archive's requirements file is read under the name requirements.txt only"
                        : "the archive names this requirements file and does not contain it", in: text.name,
                    at: .line(named.place.line))
            }
        }
        return content
    }

    /// The handlers that TorchServe brings along (https://docs.pytorch.org/serve/default_handlers.html), and what they
    /// import besides PyTorch.
    private static let handlers: [String: [String]] = [
        "image_classifier": ["torchvision"], "image_segmenter": ["torchvision"], "object_detector": ["torchvision"],
        "text_classifier": ["torchtext"], "base_handler": [], "vision_handler": ["torchvision"],
        "text_handler": ["torchtext"],
    ]

    private static func read(
        _ handler: String, _ tree: ModelTree, _ folder: String, in file: String, at place: FactPlace,
        into content: inout ModelFileContent
    ) {
        if let modules = handlers[handler] {
            content.modules.formUnion(["torch"] + modules)
            return
        }
        // `handler.py`, or `handler:function` of handler.py.
        let module = String(handler.prefix { $0 != ":" })
        let path = module.hasSuffix(".py") ? module : module + ".py"
        if tree[folder + path] == nil, tree[folder + baseName(path)] == nil {
            content.leaveOut(handler, "the handler is neither TorchServe's own nor in the archive", in: file, at: place)
        }
    }
}
