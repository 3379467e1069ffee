import EnvironmentInventory
import SourceDocuments

extension MLflowObjects {
    /// The texts that name a module which loading imports: `_load_pyfunc` of
    /// https://github.com/mlflow/mlflow/blob/v3.18.0/mlflow/tensorflow/__init__.py, and `_load_model` of
    /// https://github.com/mlflow/mlflow/blob/v3.18.0/mlflow/pytorch/__init__.py.
    static let kerasModule = "keras_module.txt"
    static let pickleModule = "pickle_module_info.txt"
    static let moduleFiles: Set<String> = [kerasModule, pickleModule]

    /// The packages whose modules MLflow itself writes there.
    private static let packages: Set<String> = [
        "keras", "tensorflow", "tf_keras", "keras_core", "mlflow", "cloudpickle", "pickle", "dill", "joblib", "torch",
    ]

    /// Names a module that a text beside the model names.
    func readModule(_ path: String, into content: inout ModelFileContent) {
        guard let plain = NamedObject.plain(folder + path), let found = tree[plain] else { return }
        let shown = tree.shown(plain)
        guard let bytes = found.bytes else {
            return content.leaveOut("", "it names a module that loading imports, and it is not read", in: shown)
        }
        let name = String(decoding: bytes.prefix(256).filter { $0 > UInt8(ascii: " ") }, as: UTF8.self)
        importModule(name, in: shown, at: nil, into: &content)
    }

    /// Names a module that loading imports by its name, where it is not one of the libraries that MLflow saves models with.
    func importModule(
        _ module: String, in file: String, at place: FactPlace?, into content: inout ModelFileContent
    ) {
        if module.isEmpty || Self.packages.contains(String(module.prefix { $0 != "." })) { return }
        let isName = module.utf8.allSatisfy {
            $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".")
        }
        if isName { content.modules.insert(module) }
        let finding = Finding(
            rule: ModelRules.dangerousGlobal.name, severity: .warning, file: file, range: nil,
            message: "loading imports the module \(module)" + (place.map { " (\($0))" } ?? ""),
            help: "read that module, or have the model saved with a module of its library", ecosystem: .model,
            subject: module)
        // Two flavours name one directory.
        if !content.findings.contains(finding) { content.findings.append(finding) }
    }

    /// Holds the file that a flavour names against the format that its library reads. Nothing is loaded of a file that is not
    /// there.
    func hold(
        _ node: DocumentNode?, or standard: String? = nil, as format: String, into content: inout ModelFileContent
    ) {
        guard let path = node?.text ?? standard, !path.hasPrefix("/"), let plain = NamedObject.plain(folder + path)
        else { return }
        guard let found = tree[plain] else {
            if isDirectory(path) {
                content.leaveOut(
                    path, "the model names this directory as its object, and its loader reads a file", in: file,
                    at: (node?.place.line).map { .line($0) })
            }
            return
        }
        var objects = NamedObjects(tree)
        if let read = objects.read(found).content, !read.isTentative, read.format == format { return }
        content.leaveOut(
            "", "\(file) names it as a model of \(format), and it is not read as one", in: tree.shown(plain))
    }

    /// The keys that name files or directories.
    private static let paths = [
        "data", "model_data", "model_path", "model_binary", "pickled_model", "saved_model_dir", "peft_adaptor",
        "adapter_weights", "serialized_explainer", "python_model",
    ]

    /// Names what a flavour loads of another place than the model.
    func checkPaths(_ table: DocumentTable, into content: inout ModelFileContent) {
        for key in Self.paths {
            guard let node = table[key], let path = node.text,
                path.hasPrefix("/") || path.pathNames.contains(where: { $0 == ".." })
            else { continue }
            content.leaveOut(
                whole(path), "the model names this file as its object, and it is not in the model", in: file,
                at: .line(node.place.line))
        }
    }

    /// Names a flavour, or a loader of the common interface, whose files are not read here.
    func checkFollowed(
        _ flavor: String, _ table: DocumentTable, line: Int, into content: inout ModelFileContent
    ) {
        var name = flavor
        if flavor == "python_function" {
            let parts = (table["loader_module"]?.text ?? "").split(separator: ".", omittingEmptySubsequences: false)
            guard parts.first == "mlflow", parts.count > 1, parts[1] != "pyfunc" else { return }
            name = String(parts[1])
            // What the flavour itself says is told there.
            if flavors[name]?.table != nil { return }
        }
        let known = MLflowFlavor.named(name)
        // Another flavour than MLflow's is told as such.
        if known?.isFollowed ?? (flavor != "python_function") { return }
        // A model as code is that code alone, which is a finding.
        let codes = [table["model_code_path"], flavors["python_function"]?.table?["model_code_path"]]
        let isCode = codes.contains { node in node.map { !$0.isNull } ?? false }
        if name == "langchain", isCode { return }
        guard tree.files.contains(where: { $0.path.hasBytePrefix(folder) && !MLflowFormat.isDescription($0.path) })
        else { return }
        content.leaveOut(name, "what the flavour \(name) loads is not followed", in: file, at: .line(line))
        guard name == "promptflow" else { return }
        content.findings.append(
            Finding(
                rule: ModelRules.dangerousGlobal.name, severity: .warning, file: file, range: nil,
                message: "loading runs the code that the flow of the model names (line \(line))",
                help: "read that code and keep it with the model", ecosystem: .model, subject: name))
    }

    /// Names the weights that loading fetches, or takes from another directory: a flavour with the revision of a repository was
    /// saved without them (`_load_model` of https://github.com/mlflow/mlflow/blob/v3.18.0/mlflow/transformers/__init__.py).
    func readTransformers(_ table: DocumentTable, into content: inout ModelFileContent) {
        if let node = table["local_base_model_path"], let path = node.text, !path.isEmpty {
            return content.leaveOut(
                path, "the weights lie outside of the model", in: file, at: .line(node.place.line))
        }
        guard let node = table["source_model_name"], let name = node.text else { return }
        let isSaved = table["source_model_revision"] == nil && isDirectory(table["model_binary"]?.text ?? "pipeline")
        if isSaved { return }
        content.leaveOut(
            name, "the weights are not in the model: loading fetches them", in: file, at: .line(node.place.line))
    }

    /// How many trusted names have a finding or a gap each.
    private static let namedTypes = 64

    /// Judges the names that MLflow has skops trust, which it takes out of the model itself (`_load_model_from_local_file` of
    /// https://github.com/mlflow/mlflow/blob/v3.18.0/mlflow/sklearn/__init__.py).
    func readTrusted(_ table: DocumentTable, into content: inout ModelFileContent) {
        guard table["serialization_format"]?.text == "skops", let node = table["skops_trusted_types"], !node.isNull
        else { return }
        guard let items = node.array else {
            return content.leaveOut(
                "skops_trusted_types", "the names that skops is told to trust are no list", in: file,
                at: .line(node.place.line))
        }
        var told: Set<String> = []
        for item in items {
            let name = item.text ?? ""
            let trust = SkopsNames.trust(of: name)
            guard trust != .plain, told.insert(name).inserted else { continue }
            guard told.count <= Self.namedTypes else {
                content.leaveOut(
                    name, "the model has skops trust more names than are told here", in: file,
                    at: .line(item.place.line))
                break
            }
            guard trust == .dangerous else {
                content.leaveOut(
                    name, "the model has skops trust this name, and what loading does with it is not known", in: file,
                    at: .line(item.place.line))
                continue
            }
            content.findings.append(
                Finding(
                    rule: ModelRules.dangerousGlobal.name, severity: .warning, file: file, range: nil,
                    message: "the model has skops trust \(name) (line \(item.place.line))",
                    help: "read what it does before you load the model", ecosystem: .model, subject: name))
        }
    }
}
