import PythonPackaging
import SourceDocuments

/// BentoML's models and bentos (https://docs.bentoml.com/en/latest/): `model.yaml` with the framework's versions,
/// `bento.yaml` with the service, `env/python/` with the requirements and Python's version; as directories or packed
/// (`.bentomodel`, `.bento`).
enum BentoMLFormat: ModelFormat {
    static let name = "bentoml"

    static func keeps(_ path: String) -> Bool {
        let base = baseName(path)
        return ["model.yaml", "bento.yaml"].contains(base) || path.hasSuffix("env/python/version.txt")
            || path.hasSuffix("env/python/requirements.lock.txt")
    }

    static func read(_ tree: ModelTree) throws(DocumentError) -> ModelFileContent? {
        var content = ModelFileContent(name)
        var isFound = false
        for folder in tree.folders(with: "model.yaml") {
            guard let text = tree.text(folder + "model.yaml") else { continue }
            if try readModel(text, folder, into: &content) { isFound = true }
        }
        for folder in tree.folders(with: "bento.yaml") {
            guard let text = tree.text(folder + "bento.yaml"),
                try readBento(text, tree, folder, into: &content)
            else { continue }
            isFound = true
        }
        return isFound ? content : nil
    }

    private static func readModel(
        _ text: SourceText, _ folder: String, into content: inout ModelFileContent
    ) throws(DocumentError) -> Bool {
        guard let table = try YAMLReader.read(text).table, table["api_version"] != nil || table["context"] != nil,
            let context = table["context"]?.table
        else { return false }
        if let module = table["module"], let value = module.text, !value.isEmpty {
            content.record(
                .flavor, name: name, value: value, strength: .claimed, file: text.name, place: .line(module.place.line))
            let saved: (name: String, loader: NamedObject.Loader)? =
                switch value {
                case "bentoml.sklearn", "bentoml.picklable_model", "bentoml.easyocr": ("saved_model.pkl", .pickle)
                case "bentoml.fastai": ("saved_model.pkl", .torch)
                case "bentoml.pytorch", "bentoml.torchscript", "bentoml.pytorch_lightning": ("saved_model.pt", .torch)
                default: nil
                }
            let pickled = [("custom_objects.pkl", NamedObject.Loader.pickle)] + [saved].compactMap { $0 }
            for (file, loader) in pickled {
                content.objects.append(
                    NamedObject(
                        path: folder + file, loader: loader, manifest: text.name, place: .line(module.place.line)))
            }
            if let options = table["options"] {
                BentoMLOptions(file: text.name).read(options, of: value, into: &content)
            }
            if let modules = frameworks[value] {
                content.modules.formUnion(modules)
            } else {
                content.leaveOut(
                    value, "the framework is not one of BentoML's: what it imports is not known", in: text.name,
                    at: .line(module.place.line))
            }
        }
        for member in context["framework_versions"]?.table?.members ?? [] {
            guard let version = member.value.text else {
                content.leaveUnnamed(
                    member.key, "its version is not text", in: text.name, at: .line(member.keyPlace.line))
                continue
            }
            content.record(
                .package, name: NormalizedName.of(member.key), value: version, strength: .claimed, file: text.name,
                place: .line(member.keyPlace.line))
        }
        recordVersions(of: context, in: text, into: &content)
        return true
    }

    /// The modules that BentoML's framework modules import (https://docs.bentoml.com/en/latest/reference/bentoml/frameworks/).
    private static let frameworks: [String: [String]] = [
        "bentoml.catboost": ["catboost"], "bentoml.detectron": ["detectron2"], "bentoml.diffusers": ["diffusers"],
        "bentoml.easyocr": ["easyocr"], "bentoml.fastai": ["fastai"], "bentoml.flax": ["flax", "jax"],
        "bentoml.keras": ["keras"], "bentoml.lightgbm": ["lightgbm"], "bentoml.mlflow": ["mlflow"],
        "bentoml.onnx": ["onnx", "onnxruntime"], "bentoml.picklable_model": ["cloudpickle"],
        "bentoml.pytorch": ["torch"], "bentoml.pytorch_lightning": ["lightning", "torch"], "bentoml.ray": ["ray"],
        "bentoml.sklearn": ["sklearn", "joblib"], "bentoml.tensorflow": ["tensorflow"],
        "bentoml.tensorflow_v2": ["tensorflow"], "bentoml.torchscript": ["torch"],
        "bentoml.transformers": ["transformers"], "bentoml.xgboost": ["xgboost"],
    ]

    private static func readBento(
        _ text: SourceText, _ tree: ModelTree, _ folder: String, into content: inout ModelFileContent
    ) throws(DocumentError) -> Bool {
        guard let table = try YAMLReader.read(text).table, table["bentoml_version"] != nil else { return false }
        recordVersions(of: table, in: text, into: &content)
        for key in ["docker", "image"] {
            if let node = table[key]?.table?["python_version"], let version = node.text {
                content.record(
                    .interpreter, name: "python", value: version, strength: .claimed, file: text.name,
                    place: .line(node.place.line))
            }
            if let node = table[key]?.table?["base_image"], let image = node.text, !image.isEmpty {
                content.record(
                    .image, name: "base_image", value: image, strength: .claimed, file: text.name,
                    place: .line(node.place.line))
            }
        }
        if let node = table["service"], let service = node.text {
            content.record(
                .code, name: "service", value: service, strength: .claimed, file: text.name,
                place: .line(node.place.line))
        }
        let python = folder + "env/python/"
        if let version = tree.text(python + "version.txt") {
            let value = String(decoding: version.bytes.prefix { $0 > UInt8(ascii: " ") }.prefix(32), as: UTF8.self)
            content.record(
                .interpreter, name: "python", value: value, strength: .claimed, file: version.name, place: .line(1))
        }
        for file in ["requirements.lock.txt", "requirements.txt"] {
            if let requirements = tree.text(python + file) { RequirementLines.read(requirements, into: &content) }
        }
        return true
    }

    private static func recordVersions(
        of table: DocumentTable, in text: SourceText, into content: inout ModelFileContent
    ) {
        if let node = table["bentoml_version"], let version = node.text {
            content.record(
                .package, name: "bentoml", value: version, strength: .claimed, file: text.name,
                place: .line(node.place.line))
        }
        if let node = table["python_version"], let version = node.text {
            content.record(
                .interpreter, name: "python", value: version, strength: .claimed, file: text.name,
                place: .line(node.place.line))
        }
    }
}
