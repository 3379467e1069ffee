import ArchiveReading
import ContainerImages
import EnvironmentInventory
import SourceDocuments

/// Tells files that a server could load as a model from others, by their first bytes and, where these say nothing, by their
/// names.
///
/// A pickle is a model when the first names in it are those of a library that fits or runs models, or of the program itself;
/// plain data, arrays and tables among them, are none.
enum ModelContent {
    /// Whether a file could be loaded as a model.
    static func isModel(_ entry: FileSystemIndex.Entry) -> Bool {
        guard entry.kind == .file, entry.size > 0 else { return false }
        let name = PosixPath.lastComponent(entry.path)
        let suffix = name.lastIndex(of: ".").map { name[name.index(after: $0)...].lowercased() } ?? ""
        let head = entry.head
        if head.count > 2, head[0] == 0x80, (2...5).contains(head[1]) { return namesLibrary(head) }
        if head.starts(with: Self.catBoost) || head.starts(with: Self.gguf) { return true }
        if head.starts(with: Self.zip) { return zipped.contains(suffix) }
        if head.starts(with: Self.hdf5) { return suffix == "h5" || suffix == "hdf5" || suffix == "keras" }
        // A script, a library and bytecode have heads of other kinds.
        return head.isEmpty && (named.contains(suffix) || name == "saved_model.pb")
    }

    private static let catBoost = Array("CBM1".utf8)
    private static let gguf = Array("GGUF".utf8)
    private static let zip = Array("PK".utf8) + [3, 4]
    private static let hdf5 = [0x89] + Array("HDF".utf8)

    /// Formats that are zip archives: of PyTorch, Keras, skops, TorchServe.
    private static let zipped: Set<String> = ["pt", "pth", "pt2", "ckpt", "keras", "skops", "mar"]

    /// Formats whose first bytes are of many kinds, joblib's compressed files among them.
    private static let named: Set<String> = [
        "onnx", "safetensors", "joblib", "ubj", "bst", "tflite", "cbm", "lgb", "xgb", "pmml",
    ]

    private static let libraries: Set<String> = [
        "__main__", "sklearn", "xgboost", "lightgbm", "catboost", "torch", "keras", "tensorflow", "statsmodels",
        "cloudpickle", "dill", "mlflow", "prophet", "pmdarima", "imblearn", "sktime", "transformers", "spacy", "gensim",
        "implicit", "surprise", "econml", "causalml", "river", "fastai", "autogluon", "pycaret", "lifelines", "tpot",
        "flaml", "hmmlearn", "pyod", "skorch", "hdbscan", "umap", "mlxtend", "category_encoders", "feature_engine",
        "sklearn_pandas", "h2o", "pyspark", "onnx", "joblib",
    ]

    /// Whether a word of the beginning of a pickle is a module of such a library: names stand there as text, behind the
    /// opcode of a global or as a short string (https://github.com/python/cpython/blob/main/Lib/pickletools.py).
    private static func namesLibrary(_ head: [UInt8]) -> Bool {
        var word: [UInt8] = []
        func isKnown(_ word: [UInt8], startsWithOpcode: Bool) -> Bool {
            let name = String(decoding: word, as: UTF8.self)
            if libraries.contains(name) { return true }
            // `csklearn` is the opcode of a global with its module behind it.
            return startsWithOpcode && name.hasPrefix("c") && libraries.contains(String(name.dropFirst()))
        }
        for (index, byte) in (head + [0]).enumerated() {
            let isLetter =
                byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            if isLetter {
                word.append(byte)
                continue
            }
            // A module's name ends at a full stop, at a line's end, or at the next opcode.
            if !word.isEmpty, byte < 0x20 || byte > 0x7E || byte == UInt8(ascii: ".") || index == head.count,
                isKnown(word, startsWithOpcode: true)
            {
                return true
            }
            word = []
        }
        return false
    }
}
