import EnvironmentInventory
import SourceDocuments

/// The files that MLflow's flavours load as objects, and the code that they run.
///
/// Read out of the `load_model` and `_load_pyfunc` functions of MLflow 1.30 to 3.18.
struct MLflowObjects {
    let flavors: DocumentTable
    let folder: String
    let file: String
    let tree: ModelTree

    /// The files that are pickles whatever they are called, by flavour and key.
    private static let pickles: [String: [String]] = [
        "python_function": ["python_model"], "statsmodels": ["data"], "pmdarima": ["data"],
        "langchain": ["tools_data", "loader_fn"], "shap": ["serialized_explainer"],
    ]
    /// What a flavour loads where it names no file.
    private static let standard = [
        "statsmodels": "model.statsmodels", "pmdarima": "model.pmd", "fastai": "model.fastai", "catboost": "model.cb",
        "keras": "model", "tensorflow": "model",
    ]

    /// Records what all flavours name.
    func read(into content: inout ModelFileContent) {
        var codes: Set<String> = []
        for flavor in flavors.members {
            guard let table = flavor.value.table else { continue }
            checkPaths(table, into: &content)
            checkFollowed(flavor.key, table, line: flavor.keyPlace.line, into: &content)
            for key in Self.pickles[flavor.key] ?? [] {
                name(table, key, .pickle, or: Self.standard[flavor.key], into: &content)
            }
            readFlavor(flavor.key, table, into: &content)
            readTrusted(table, into: &content)
            readCode(table, into: &content)
            readLoader(table, into: &content)
            if let node = table["code"], let code = node.text, codes.insert(code).inserted {
                MLflowCode(folder: folder, file: file, tree: tree).read(node, into: &content)
            }
            for key in ["pickle_module_name", "keras_module"] {
                guard let node = table[key], let module = node.text else { continue }
                content.modules.insert(module)
                importModule(module, in: file, at: .line(node.place.line), into: &content)
            }
        }
    }

    private func readFlavor(_ name: String, _ table: DocumentTable, into content: inout ModelFileContent) {
        let standard = Self.standard[name]
        switch name {
        case "sklearn": self.name(table, "pickled_model", Self.loader(table), into: &content)
        case "fastai": self.name(table, "data", .torch, or: standard, into: &content)
        case "pytorch": readPyTorch(table, into: &content)
        case "keras", "tensorflow": readKeras(table, or: standard, into: &content)
        case "lightgbm": readLightGBM(table, into: &content)
        case "langchain":
            let isData = ["json", "yaml", "yml"].contains { table["model_data"]?.text?.hasSuffix("." + $0) ?? true }
            let isFolder = table["model_data"]?.text.map { isDirectory($0) } ?? true
            if !isData, !isFolder { self.name(table, "model_data", .pickle, into: &content) }
        case "dspy": readDSPy(table, into: &content)
        case "paddle": readPaddle(table, "pickled_model", into: &content)
        case "catboost": hold(table["data"], or: standard, as: CatBoostFormat.name, into: &content)
        case "onnx": hold(table["data"], as: ONNXFormat.name, into: &content)
        case "xgboost":
            if let node = table["model_class"], let model = node.text, !model.hasPrefix("xgboost.") {
                content.leaveOut(
                    model, "the class that loads the model is not one of XGBoost's", in: file,
                    at: .line(node.place.line))
            }
            hold(table["data"], as: XGBoostFormat.name, into: &content)
        case "transformers": readTransformers(table, into: &content)
        case "python_function": readCommon(table, into: &content)
        // What prophet and openai load is JSON and YAML without tags, whatever lies there.
        default: break
        }
    }

    private static let booster = "lightgbm.basic.Booster"

    private static func loader(_ flavor: DocumentTable?) -> NamedObject.Loader {
        flavor?["serialization_format"]?.text == "skops" ? .skops : .pickle
    }

    /// What the common interface hands to the loader of a flavour.
    private func readCommon(_ table: DocumentTable, into content: inout ModelFileContent) {
        let loader = table["loader_module"]?.text ?? ""
        switch loader {
        case "mlflow.sklearn":
            let loader = Self.loader(flavors["sklearn"]?.table)
            name(table, "model_path", loader, into: &content)
            name(table, "data", loader, into: &content)
        case "mlflow.statsmodels", "mlflow.pmdarima": name(table, "data", .pickle, into: &content)
        case "mlflow.fastai": name(table, "data", .torch, into: &content)
        case "mlflow.pytorch": readPyTorch(table, into: &content)
        case "mlflow.keras", "mlflow.tensorflow": readKeras(table, or: nil, into: &content)
        case "mlflow.lightgbm": readLightGBM(table, into: &content)
        case "mlflow.paddle": for key in ["model_path", "data"] { readPaddle(table, key, into: &content) }
        case "mlflow.catboost": hold(table["data"], as: CatBoostFormat.name, into: &content)
        case "mlflow.onnx": hold(table["data"], as: ONNXFormat.name, into: &content)
        case "mlflow.xgboost": hold(table["data"], as: XGBoostFormat.name, into: &content)
        default: break
        }
    }

    /// A directory with `model.pth`, or the file alone.
    private func readPyTorch(_ table: DocumentTable, into content: inout ModelFileContent) {
        for key in ["model_data", "data"] {
            guard let node = table[key], let path = node.text else { continue }
            if isDirectory(path) {
                append(path + "/model.pth", .torch, node, into: &content)
                readModule(path + "/" + Self.pickleModule, into: &content)
            } else {
                append(path, .torch, node, into: &content)
            }
        }
    }

    /// A directory, whose files have the names that Keras gives them, or the file alone.
    private func readKeras(_ table: DocumentTable, or standard: String?, into content: inout ModelFileContent) {
        let node = table["data"]
        guard let path = node?.text ?? standard else { return }
        guard isDirectory(path) else {
            if node != nil || tree[folder + path] != nil { append(path, .keras, node, into: &content) }
            return
        }
        // In it a directory, or a file without an ending.
        if !isDirectory(path + "/model") { append(path + "/model", .keras, node, into: &content) }
        readModule(path + "/" + Self.kerasModule, into: &content)
    }

    /// A Booster is text; an estimator of its scikit-learn interface is pickled.
    private func readLightGBM(_ table: DocumentTable, into content: inout ModelFileContent) {
        let flavor = flavors["lightgbm"]?.table
        let model = flavor?["model_class"]?.text ?? Self.booster
        if model == Self.booster {
            hold(table["data"], as: LightGBMFormat.name, into: &content)
        } else {
            name(table, "data", Self.loader(flavor), into: &content)
        }
    }

    /// A pickle, or a directory that DSPy saves, with a pickle in it
    /// (https://github.com/mlflow/mlflow/blob/v3.18.0/mlflow/dspy/load.py,
    /// https://github.com/stanfordnlp/dspy/blob/3.0.4/dspy/utils/saving.py).
    private func readDSPy(_ table: DocumentTable, into content: inout ModelFileContent) {
        let node = table["model_path"]
        let path = node?.text ?? "data/model.pkl"
        if path.hasSuffix(".pkl") || !isDirectory(path) { return append(path, .pickle, node, into: &content) }
        append(path + "/program.pkl", .pickle, node, into: &content)
        append("data/dspy_config.pkl", .pickle, node, into: &content)
    }

    /// The parameters beside a network are pickled, and so is what `paddle.jit.save` notes of them (`_load_persistable_vars` of
    /// https://github.com/PaddlePaddle/Paddle/blob/v2.6.2/python/paddle/jit/translated_layer.py).
    private func readPaddle(_ table: DocumentTable, _ key: String, into content: inout ModelFileContent) {
        guard let node = table[key], let path = node.text else { return }
        for ending in [".pdparams", ".pdopt", ".pdiparams.info"] {
            append(path + ending, .pickle, node, into: &content)
        }
    }

    /// Models as code: MLflow runs a file of the model's own directory, by the name that it had elsewhere.
    private func readCode(_ table: DocumentTable, into content: inout ModelFileContent) {
        guard let node = table["model_code_path"], !node.isNull else { return }
        let path = baseName(node.text ?? "")
        let place = FactPlace.line(node.place.line)
        content.record(.code, name: "model_code_path", value: path, strength: .claimed, file: file, place: place)
        content.findings.append(
            Finding(
                rule: ModelRules.dangerousGlobal.name, severity: .warning, file: file, range: nil,
                message: "loading runs the code in \(path) (line \(node.place.line))",
                help: "read that code and keep it with the model", ecosystem: .model, subject: "model_code_path"))
    }

    /// The module that MLflow imports and calls: one of the model's own code, which comes first in the search path
    /// (``MLflowCode``), or one of an installed package.
    private func readLoader(_ table: DocumentTable, into content: inout ModelFileContent) {
        guard let node = table["loader_module"], let module = node.text else { return }
        // It is needed wherever it lies: what imports a file of the model may need all that training names.
        content.modules.insert(module)
        let top = String(module.prefix { $0 != "." })
        // MLflow itself is loaded by then.
        guard top != "mlflow", let code = table["code"]?.text, !code.isEmpty else { return }
        let parts = code.pathNames.filter { $0 != "." }
        guard tree.mayHold(module: top, below: folder + parts.joined(separator: "/")) else { return }
        // A loader beside its model is usual with MLflow (`code_paths`): a note, where a script that runs is a warning.
        content.findings.append(
            Finding(
                rule: ModelRules.dangerousGlobal.name, severity: .note, file: file, range: nil,
                message: "loading runs the module \(module) of \(code) (line \(node.place.line))",
                help: "read that code and keep it with the model", ecosystem: .model, subject: "loader_module"))
    }

    func isDirectory(_ path: String) -> Bool {
        let plain = NamedObject(path: folder + path, loader: .pickle, manifest: file, place: nil).plainPath
        guard let plain else { return false }
        return tree.files.contains { $0.path.hasBytePrefix(plain + "/") }
    }

    private func name(
        _ table: DocumentTable, _ key: String, _ loader: NamedObject.Loader, or standard: String? = nil,
        into content: inout ModelFileContent
    ) {
        let node = table[key]
        if let node {
            if !node.isNull { append(node.text ?? "", loader, node, into: &content) }
        } else if let standard {
            append(standard, loader, nil, into: &content)
        }
    }

    private func append(
        _ path: String, _ loader: NamedObject.Loader, _ node: DocumentNode?,
        into content: inout ModelFileContent
    ) {
        content.objects.append(
            NamedObject(
                path: whole(path), loader: loader, manifest: file, place: (node?.place.line).map { .line($0) }))
    }

    /// The path from the root of the tree on. Python joins an absolute path to nothing.
    func whole(_ path: String) -> String { path.hasPrefix("/") || path.isEmpty ? path : folder + path }
}
