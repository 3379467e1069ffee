import EnvironmentInventory
import InputContracts
import SourceDocuments

/// MLflow's model directories (https://mlflow.org/docs/latest/ml/model/#storage-format): `MLmodel` lists the flavours and
/// their versions, `requirements.txt`, `conda.yaml` and `python_env.yaml` the environment.
///
/// The artifacts are read by the formats of their files; what a flavour's loader imports is in ``MLflowFlavor``.
enum MLflowFormat: ModelFormat {
    static let name = "mlflow"

    private static let texts: Set<String> = [
        "MLmodel", "requirements.txt", "conda.yaml", "conda.yml", "python_env.yaml", "environment.yml",
        "environment.yaml", "input_example.json", "serving_input_example.json",
    ]

    static func keeps(_ path: String) -> Bool {
        isDescription(path) || MLflowObjects.moduleFiles.contains(baseName(path))
    }

    /// Whether a file describes the model, so that no flavour loads it.
    static func isDescription(_ path: String) -> Bool { texts.contains(baseName(path)) || LockFiles.isLock(path) }

    static func read(_ tree: ModelTree) throws(DocumentError) -> ModelFileContent? {
        let folders = tree.folders(with: "MLmodel")
        guard !folders.isEmpty else { return nil }
        var content = ModelFileContent(name)
        for folder in folders { try read(tree, folder, into: &content) }
        return content
    }

    private static func read(
        _ tree: ModelTree, _ folder: String, into content: inout ModelFileContent
    ) throws(DocumentError) {
        var named = MLflowEnvironments()
        if let text = tree.text(folder + "MLmodel") {
            named = try readModel(text, tree, folder: folder, into: &content)
        }
        for file in named.virtualenv {
            if let text = tree.text(folder + file) { try PythonEnvironmentFile.read(text, into: &content) }
        }
        for file in named.conda {
            if let text = tree.text(folder + file) { try CondaYAML.read(text, into: &content) }
        }
        for file in ["input_example.json", "serving_input_example.json"] {
            if let text = tree.text(folder + file) { content.contracts += MLflowExample.read(text) }
        }
        guard let text = tree.text(folder + "requirements.txt") else { return }
        let before = content.facts.count
        RequirementLines.read(text, into: &content)
        let required = Set(content.facts[before...].map(\.name))
        // MLflow lists itself always. Where it was taken out, what serves the model loads it by its own library.
        if !required.isEmpty, required.isDisjoint(with: ["mlflow", "mlflow-skinny"]) {
            content.modules = content.modules.filter { $0.prefix { $0 != "." } != "mlflow" }
        }
    }

    /// Records the environment files that a flavour names and the model does not hold.
    private static func checkEnvironments(
        _ setting: DocumentTable.Member, _ tree: ModelTree, folder: String, in file: String,
        into content: inout ModelFileContent
    ) {
        let names =
            [setting.value.text].compactMap { $0 } + (setting.value.table?.members ?? []).compactMap(\.value.text)
        for name in names {
            let path = NamedObject.plain(name) ?? name
            let reason: String
            if tree[folder + path] == nil {
                reason = "the model names this environment file and does not contain it"
            } else if tree[folder + path]?.bytes == nil {
                reason = "the model names this environment file, and a file of such a name is not read"
            } else {
                continue
            }
            content.leaveUnnamed(name, reason, in: file, at: .line(setting.keyPlace.line))
        }
    }

    /// Reads an MLmodel. Of two signatures MLflow takes the last; which one was meant, nothing says.
    private static func document(
        _ text: SourceText, _ findings: inout [Finding]
    ) throws(DocumentError) -> DocumentNode {
        do throws(DocumentError) { return try YAMLReader.read(text) } catch {
            guard error.reason.hasPrefix("duplicate key") else { throw error }
            let (root, duplicates) = try YAMLReader.readWithDuplicates(text)
            guard duplicates.allSatisfy({ $0.path.first == "signature" }) else { throw error }
            for duplicate in duplicates {
                findings.append(
                    ContradictingContract.finding(
                        "the key \(duplicate.path.joined(separator: ".")) is there twice, and MLflow takes the last one",
                        file: text.name, line: duplicate.place.line, subject: duplicate.path.last))
            }
            return root
        }
    }

    /// The path of what the flavours load, from the root of the model on.
    private static func servedPath(_ flavors: DocumentTable, folder: String) -> String? {
        guard let table = flavors["python_function"]?.table else { return nil }
        for key in ["model_path", "data"] {
            if let path = table.string(key), !path.isEmpty { return folder + path }
        }
        return nil
    }

    /// Reads an MLmodel; returns the files of the environment that MLflow reads with it.
    private static func readModel(
        _ text: SourceText, _ tree: ModelTree, folder: String, into content: inout ModelFileContent
    ) throws(DocumentError) -> MLflowEnvironments {
        var contradictions: [Finding] = []
        let root = try document(text, &contradictions)
        guard let table = root.table, let flavors = table["flavors"]?.table else {
            throw DocumentError(file: text.name, place: root.place, reason: "MLmodel has no table of flavours")
        }
        if let node = table["mlflow_version"], let version = node.text {
            // The tool that saved the model; where serving needs it, the requirements name it.
            content.record(
                .tool, name: "mlflow", value: version, strength: .claimed, file: text.name,
                place: .line(node.place.line))
        }
        for member in flavors.members {
            content.record(
                .flavor, name: "mlflow", value: member.key, strength: .claimed, file: text.name,
                place: .line(member.keyPlace.line))
            let flavor = MLflowFlavor.named(member.key)
            if let flavor {
                content.modules.formUnion(flavor.modules)
            } else {
                content.leaveOut(
                    member.key, "the flavour is not one of MLflow's: what its loader imports is not known",
                    in: text.name, at: .line(member.keyPlace.line))
            }
            for setting in member.value.table?.members ?? [] {
                if setting.key == "env" {
                    checkEnvironments(setting, tree, folder: folder, in: text.name, into: &content)
                }
                guard let value = setting.value.text else { continue }
                let place = FactPlace.line(setting.keyPlace.line)
                switch setting.key {
                case "python_version":
                    content.record(
                        .interpreter, name: "python", value: value, strength: .claimed, file: text.name, place: place)
                case "serialization_format" where ["cloudpickle", "skops"].contains(value):
                    // MLflow loads such a model by the module of that name.
                    content.modules.insert(value)
                case "loader_module":
                    content.record(
                        .code, name: "loader_module", value: value, strength: .claimed, file: text.name, place: place)
                default:
                    if let package = flavor?.versions[setting.key] {
                        content.record(
                            .package, name: package, value: value, strength: .claimed, file: text.name, place: place)
                    }
                }
            }
        }
        MLflowObjects(flavors: flavors, folder: folder, file: text.name, tree: tree).read(into: &content)
        let environments = MLflowEnvironments(flavors["python_function"]?.table?["env"], in: text.name, into: &content)
        if let signature = table["signature"]?.table {
            var part = MLflowSignature.read(signature, file: text.name)
            part.findings += contradictions
            if let version = table["mlflow_version"]?.text {
                part.contract.library = .init(name: "mlflow", training: version)
            }
            part.servedPath = servedPath(flavors, folder: tree.shown(folder))
            content.contracts.append(part)
            for member in signature.members {
                guard let value = member.value.text else { continue }
                content.record(
                    .signature, name: member.key, value: value, strength: .claimed, file: text.name,
                    place: .line(member.keyPlace.line))
            }
        }
        return environments
    }
}

/// The files of its environment that MLflow reads of a model, from the model's folder on: those that `env` of the common
/// interface names (`_get_python_env_file` and `_get_conda_env_file` of MLflow 3.17); another file there is no evidence.
struct MLflowEnvironments {
    /// What MLflow reads where a model names none, and what older versions wrote.
    private(set) var virtualenv = ["python_env.yaml"]
    private(set) var conda = ["conda.yaml", "conda.yml"]

    init() {}

    /// Reads `env`: a path, of conda's file, or a table of paths.
    init(_ node: DocumentNode?, in file: String, into content: inout ModelFileContent) {
        guard let node, !node.isNull else { return }
        if let path = node.text {
            conda = [NamedObject.plain(path)].compactMap { $0 }
        } else if let table = node.table {
            virtualenv = [table["virtualenv"]?.text.flatMap { NamedObject.plain($0) }].compactMap { $0 }
            conda = [table["conda"]?.text.flatMap { NamedObject.plain($0) }].compactMap { $0 }
            for member in table.members where member.value.text == nil {
                content.leaveUnnamed(
                    member.key, "the environment file is not named by a path", in: file,
                    at: .line(member.keyPlace.line))
            }
        } else {
            content.leaveUnnamed(
                "env", "the environment files are not named by paths", in: file, at: .line(node.place.line))
        }
    }
}
