import ArchiveReading
import ContainerImages
import EnvironmentInventory
import SourceDocuments

/// Tells files that a server could load as a model from others, by what their first bytes were told for when they were read
/// and, where these say nothing, by their names.
///
/// A pickle is a model when it looks up names of a library that fits or runs models, of the program itself, or others that
/// are called; plain data, arrays and tables among them, are none.
enum ModelContent {
    /// Whether a file could be loaded as a model.
    static func isModel(_ entry: FileSystemIndex.Entry) -> Bool {
        guard entry.kind == .file, entry.size > 0 else { return false }
        let head = entry.head
        if ModelHead.isModel(head) || head.starts(with: catBoost) || head.starts(with: gguf) { return true }
        let name = PosixPath.lastComponent(entry.path)
        let suffix = suffix(name[...])
        if head.starts(with: zip) { return zipped.contains(suffix) }
        if head.starts(with: hdf5) { return suffix == "h5" || suffix == "hdf5" || suffix == "keras" }
        if ModelHead.isPacked(head) {
            let inner = compressed.contains(suffix) ? self.suffix(name.dropLast(suffix.count + 1)) : suffix
            return named.contains(inner) || pickled.contains(inner)
        }
        // A script, a library and bytecode have heads of other kinds.
        return head.isEmpty && (named.contains(suffix) || name == "saved_model.pb")
    }

    private static func suffix(_ name: Substring) -> String {
        name.lastIndex(of: ".").map { name[name.index(after: $0)...].lowercased() } ?? ""
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

    /// What pickles are called, and compressed files: of one that cannot be read further its name is all that there is.
    private static let pickled: Set<String> = ["pkl", "pickle", "dill", "sav", "cloudpickle"]
    private static let compressed: Set<String> = ["gz", "bz2", "xz", "lzma", "z", "lz4", "zst"]
}
