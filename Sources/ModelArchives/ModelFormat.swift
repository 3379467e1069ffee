import ArchiveReading
import SourceDocuments

/// A model format: one file, a tree of files, or both. A new format is a file in `Formats/` and a line in
/// ``ModelFormats/all``.
protocol ModelFormat: SendableMetatype {
    /// The name that `inspect` prints.
    static var name: String { get }
    /// Whether a file of this path is kept for ``read(_:)``: a small text that describes the model.
    static func keeps(_ path: String) -> Bool
    /// Whether the first bytes are those of a file of this format.
    static func detects(_ head: FileHead) -> Bool
    /// Reads such a file; the caller skips what is left. Returns nil if the first bytes matched by coincidence.
    static func readFile(_ source: any ByteSource, head: FileHead, file: String) throws(ArchiveReadingError)
        -> ModelFileContent?
    /// Reads a tree of files; nil if it is not of this format.
    static func read(_ tree: ModelTree) throws(DocumentError) -> ModelFileContent?
    /// Whether a zip archive with such members is one file to its library, not a package of files.
    static func isOneFile(_ members: [String]) -> Bool
}

extension ModelFormat {
    static func keeps(_ path: String) -> Bool { false }
    static func detects(_ head: FileHead) -> Bool { false }
    static func readFile(_ source: any ByteSource, head: FileHead, file: String) throws(ArchiveReadingError)
        -> ModelFileContent?
    { nil }
    static func read(_ tree: ModelTree) throws(DocumentError) -> ModelFileContent? { nil }
    static func isOneFile(_ members: [String]) -> Bool { false }
}

/// The formats, containers before the files in them; the first that matches names the model.
enum ModelFormats {
    static let all: [any ModelFormat.Type] = [
        MLflowFormat.self,
        BentoMLFormat.self,
        TorchServeFormat.self,
        MLServerFormat.self,
        SageMakerFormat.self,
        HuggingFaceFormat.self,
        PackedEnvironmentFormat.self,
        SkopsFormat.self,
        StableBaselinesFormat.self,
        TorchPackageFormat.self,
        KerasFormat.self,
        KerasHDF5Format.self,
        PyTorchFormat.self,
        TorchScriptCode.self,
        PyTorchLegacyFormat.self,
        SavedModelFormat.self,
        SafetensorsFormat.self,
        ONNXFormat.self,
        XGBoostFormat.self,
        LightGBMFormat.self,
        CatBoostFormat.self,
        NumpyFormat.self,
        OpenVINOFormat.self,
        PickleFormat.self,
        HydraFormat.self,
    ]
}

/// The last component of a path.
func baseName(_ path: String) -> String { path.pathNames.last.map(String.init) ?? path }
