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
        "python_function": ["python_model"], "statsmodels": ["data"], "pmdarima": ["data"], "dspy": ["model_path"],
        "langchain": ["tools_data", "loader_fn"], "shap": ["serialized_explainer"],
    ]

    /// Records what all flavours name.
    func read(into content: inout ModelFileContent) {
        for flavor in flavors.members {
            guard let table = flavor.value.table else { continue }
            for key in Self.pickles[flavor.key] ?? [] { name(table, key, .pickle, into: &content) }
            switch flavor.key {
            case "sklearn": name(table, "pickled_model", Self.loader(table), into: &content)
            case "fastai": name(table, "data", .torch, into: &content)
            case "pytorch": readPyTorch(table, into: &content)
            case "keras", "tensorflow": readKeras(table, into: &content)
            case "lightgbm":
                // A Booster is text; an estimator of its scikit-learn interface is pickled.
                let model = table["model_class"]?.text ?? Self.booster
                if model != Self.booster { name(table, "data", Self.loader(table), into: &content) }
            case "langchain":
                let isData = ["json", "yaml", "yml"].contains { table["model_data"]?.text?.hasSuffix("." + $0) ?? true }
                let isFolder = table["model_data"]?.text.map { isDirectory($0) } ?? true
                if !isData, !isFolder { name(table, "model_data", .pickle, into: &content) }
            case "paddle": readPaddle(table, into: &content)
            case "xgboost":
                if let node = table["model_class"], let model = node.text, !model.hasPrefix("xgboost.") {
                    content.leaveOut(
                        model, "the class that loads the model is not one of XGBoost's", in: file,
                        at: .line(node.place.line))
                }
            case "python_function": readCommon(table, into: &content)
            default: break
            }
            readCode(table, into: &content)
            readLoader(table, into: &content)
            for key in ["pickle_module_name", "keras_module"] {
                if let module = table[key]?.text { content.modules.insert(module) }
            }
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
        default: break
        }
    }

    /// A directory with `model.pth`, or the file alone.
    private func readPyTorch(_ table: DocumentTable, into content: inout ModelFileContent) {
        for key in ["model_data", "data"] {
            guard let node = table[key], let path = node.text else { continue }
            if isDirectory(path) {
                append(path + "/model.pth", .torch, node, into: &content)
            } else {
                append(path, .torch, node, into: &content)
            }
        }
    }

    /// A directory, whose files have the names that Keras gives them, or the file alone.
    private func readKeras(_ table: DocumentTable, into content: inout ModelFileContent) {
        guard let node = table["data"], let path = node.text, !isDirectory(path) else { return }
        append(path, .keras, node, into: &content)
    }

    /// The parameters beside a network are pickled.
    private func readPaddle(_ table: DocumentTable, into content: inout ModelFileContent) {
        guard let node = table["pickled_model"], let path = node.text else { return }
        for ending in [".pdparams", ".pdopt"] {
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
    /// (`_add_code_from_conf_to_system_path` of
    /// https://github.com/mlflow/mlflow/blob/v3.17.2/mlflow/utils/model_utils.py), or one of an installed package.
    private func readLoader(_ table: DocumentTable, into content: inout ModelFileContent) {
        guard let node = table["loader_module"], let module = node.text else { return }
        // It is needed wherever it lies: what imports a file of the model may need all that training names.
        content.modules.insert(module)
        let top = String(module.prefix { $0 != "." })
        // MLflow itself is loaded by then.
        guard top != "mlflow", let code = table["code"]?.text, !code.isEmpty else { return }
        let parts = code.pathNames.filter { $0 != "." }
        if code.hasPrefix("/") || parts.contains("..") {
            content.leaveOut(code, "the code of the model lies outside of it", in: file, at: .line(node.place.line))
        }
        guard tree.mayHold(module: top, below: folder + parts.joined(separator: "/")) else { return }
        // A loader beside its model is usual with MLflow (`code_paths`): a note, where a script that runs is a warning.
        content.findings.append(
            Finding(
                rule: ModelRules.dangerousGlobal.name, severity: .note, file: file, range: nil,
                message: "loading runs the module \(module) of \(code) (line \(node.place.line))",
                help: "read that code and keep it with the model", ecosystem: .model, subject: "loader_module"))
    }

    private func isDirectory(_ path: String) -> Bool {
        let plain = NamedObject(path: folder + path, loader: .pickle, manifest: file, place: nil).plainPath
        guard let plain else { return false }
        return tree.files.contains { $0.path.hasBytePrefix(plain + "/") }
    }

    private func name(
        _ table: DocumentTable, _ key: String, _ loader: NamedObject.Loader, into content: inout ModelFileContent
    ) {
        guard let node = table[key], !node.isNull else { return }
        append(node.text ?? "", loader, node, into: &content)
    }

    private func append(
        _ path: String, _ loader: NamedObject.Loader, _ node: DocumentNode,
        into content: inout ModelFileContent
    ) {
        // Python joins an absolute path to nothing.
        let whole = path.hasPrefix("/") || path.isEmpty ? path : folder + path
        content.objects.append(
            NamedObject(
                path: whole, loader: loader, manifest: file, place: .line(node.place.line)))
    }
}
