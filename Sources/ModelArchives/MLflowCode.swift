import EnvironmentInventory
import PythonPackaging
import SourceDocuments

/// The code that a model of MLflow brings along (`code_paths`): its directory comes first in the search path before the library
/// of a flavour is imported (`_add_code_from_conf_to_system_path` of
/// https://github.com/mlflow/mlflow/blob/v3.18.0/mlflow/utils/model_utils.py), so that a module with the name of a library is
/// what loading imports.
struct MLflowCode {
    let folder: String
    let file: String
    let tree: ModelTree

    /// What the libraries of the flavours import, besides the standard library.
    private static let libraries: Set<String> = [
        "numpy", "scipy", "pandas", "joblib", "threadpoolctl", "cloudpickle", "skops", "dill", "h5py", "tf_keras",
        "jax",
        "flax", "torchvision", "torchaudio", "tokenizers", "safetensors", "huggingface_hub", "accelerate", "peft",
        "lightning", "pyarrow", "patsy", "matplotlib", "polars", "narwhals", "ml_dtypes", "optree", "numba", "llvmlite",
        "cmdstanpy", "langchain_core", "langchain_community", "thinc",
    ]
    /// Modules of the standard library that are loaded by then or that no library imports, and that projects call their own so.
    private static let usual: Set<String> = [
        "calendar", "code", "logging", "parser", "platform", "profile", "queue", "resource", "secrets", "signal",
        "site",
        "statistics", "test", "token", "trace", "types",
    ]
    private static let endings = [".py", ".pyc", ".so", ".pyd"]

    /// Names the modules of the code that a flavour names which stand in the place of a library.
    func read(_ node: DocumentNode, into content: inout ModelFileContent) {
        guard let code = node.text, !code.isEmpty else { return }
        let place = FactPlace.line(node.place.line)
        let parts = code.pathNames.filter { $0 != "." }
        if code.hasPrefix("/") || parts.contains(where: { $0 == ".." }) {
            return content.leaveOut(code, "the code of the model lies outside of it", in: file, at: place)
        }
        let path = folder + parts.joined(separator: "/")
        if tree.links.contains(where: { $0.path == path || path.hasBytePrefix($0.path + "/") }) {
            content.leaveOut(code, "the code of the model lies behind a link", in: file, at: place)
        }
        var names: Set<String> = []
        if !parts.isEmpty, let found = tree[path] {
            guard let archive = found.tree else {
                return content.leaveOut(code, "the code of the model is a file that is not read", in: file, at: place)
            }
            names = modules(of: archive, below: "")
        } else {
            names = modules(of: tree, below: parts.isEmpty ? folder : path + "/")
        }
        for name in names.sorted() where name != "mlflow" {
            let isStandard = StandardLibrary.contains(name)
            guard isStandard || Self.libraries.contains(name) || MLflowFlavor.modules.contains(name) else { continue }
            content.findings.append(
                Finding(
                    rule: ModelRules.dangerousGlobal.name,
                    severity: isStandard && Self.usual.contains(name) ? .note : .warning, file: file, range: nil,
                    message: "loading may import \(name) of \(code), not the library (line \(node.place.line))",
                    help: "do not load this model; ask where it comes from", ecosystem: .model, subject: name))
        }
    }

    /// The modules at the top of a directory. A directory without `__init__` does not hide a package of the same name.
    private func modules(of tree: ModelTree, below prefix: String) -> Set<String> {
        var names: Set<String> = []
        let length = prefix.utf8.count
        for file in tree.files where file.path.hasBytePrefix(prefix) {
            let parts = Substring(file.path.utf8.dropFirst(length)).pathNames
            guard let first = parts.first, let last = parts.last, Self.endings.contains(where: { last.hasSuffix($0) })
            else { continue }
            if parts.count == 1 {
                names.insert(String(first.prefix { $0 != "." }))
            } else if parts.count == 2, last.hasPrefix("__init__.") {
                names.insert(String(first))
            }
        }
        for link in tree.links where link.path.hasBytePrefix(prefix) {
            let parts = Substring(link.path.utf8.dropFirst(length)).pathNames
            guard let first = parts.first, parts.count == 1 else { continue }
            names.insert(String(first.prefix { $0 != "." }))
        }
        return names
    }
}
