import EnvironmentInventory
import PythonPackaging
import SourceDocuments

/// What Keras looks up, and may call, for an entry of a configuration: a class, a function, an operation of TensorFlow
/// (`_retrieve_class_or_fn` of keras/src/saving/serialization_lib.py).
enum KerasNames {
    /// Why loading an entry would run what no layer needs; nil for one that is as expected.
    static func danger(_ table: DocumentTable) -> String? {
        guard let className = table.string("class_name") else { return nil }
        let config = table["config"]
        if loaders.contains(last(className)) { return "keras.layers.\(last(className))" }
        if operations.contains(last(className)) {
            // A layer that calls a function of TensorFlow by its name.
            let inner = config?.table
            for key in ["function", "symbol", "api_name", "name"] {
                if let function = inner?.string(key), isDangerousOperation(function) { return "tf.\(function)" }
            }
            return nil
        }
        let isFunction = className == "function" || className == "builtin_function_or_method"
        let written = (isFunction ? config?.string ?? config?.table?.string("name") : nil) ?? className
        guard let module = table.string("module"), !module.isEmpty else { return nil }
        let top = String(module.prefix { $0 != "." })
        let path = "\(module).\(written)"
        // A name may be dotted: Keras looks it up as one with its module.
        let name = last(written)
        let inner = String(path.dropLast(name.count + 1))
        for (module, name) in [(module, written), (inner, name)]
        where DangerousNames.contains(PickleGlobal(module: module, name: name, offset: 0)) { return path }
        // Keras writes no class of Python's own; a function of the user's has the module builtins.
        let isPlain = isFunction ? top == "builtins" : plain.contains(path)
        if StandardLibrary.contains(top), top != "__main__", !isPlain { return path }
        if reaching.contains(name), keras.contains(top) || isFunction { return path }
        if isFunction, !keras.contains(top), calls.contains(name) { return path }
        return nil
    }

    /// The files that an entry's configuration has loading read: a list of words, where it is a text, is the path of one
    /// (`IndexLookup.set_vocabulary` of https://github.com/keras-team/keras/blob/v3.8.0/keras/src/layers/preprocessing/index_lookup.py).
    static func files(_ table: DocumentTable) -> [DocumentNode] {
        guard table["class_name"]?.string != nil, let config = table["config"]?.table else { return [] }
        return ["vocabulary", "filepath", "merges"].compactMap { config[$0] }.filter { $0.string?.isEmpty == false }
    }

    /// The last part of a dotted name.
    static func last(_ name: String) -> String { name.split(separator: ".").last.map(String.init) ?? name }

    private static let keras: Set<String> = ["keras", "tf_keras", "keras_core"]
    /// Classes of Python that may stand for a plain value.
    private static let plain: Set<String> = [
        "builtins.slice", "builtins.type", "builtins.tuple", "builtins.list", "builtins.dict", "builtins.set",
        "builtins.range", "builtins.int", "builtins.float", "builtins.str", "builtins.bool", "builtins.complex",
        "builtins.bytes", "collections.OrderedDict", "collections.defaultdict",
    ]
    /// Functions of other libraries that no layer calls.
    private static let calls: Set<String> = [
        "load", "loads", "save", "savez", "savetxt", "fromfile", "tofile", "memmap", "loadtxt", "genfromtxt",
        "read_file",
        "write_file", "read_pickle", "to_pickle", "system", "popen", "run", "exec", "eval", "execute", "call", "spawn",
    ]
    /// Layers that load a SavedModel of anywhere, or a pickle (https://keras.io/api/layers/backend_specific_layers/).
    private static let loaders: Set<String> = ["TFSMLayer", "TorchModuleWrapper"]
    private static let operations: Set<String> = ["TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer"]
    /// Functions of Keras that fetch, write, load or unmarshal something.
    private static let reaching: Set<String> = [
        "get_file", "urlretrieve", "func_load", "extract_archive", "extract_open_archive", "load_model", "load_weights",
        "save_model", "save_weights", "model_from_json", "enable_unsafe_deserialization", "load_op_library",
        "load_library", "numpy_function", "py_function", "py_func", "import_module", "pip_install", "export_model",
    ]

    private static let files = ["file", "write", "save", "restore"]

    private static func isDangerousOperation(_ function: String) -> Bool {
        let parts = function.split(separator: ".").map(String.init)
        guard let last = parts.last else { return false }
        if reaching.contains(last) || ["WriteFile", "ReadFile", "PyFunc", "EagerPyFunc"].contains(last) { return true }
        return parts.contains("saved_model") || parts.dropLast().contains("io") && files.contains { last.contains($0) }
    }
}
