import ArchiveReading
import SourceDocuments

/// One way to keep a model: as one file, as a tree of files, or both. A new format is a file in `Formats/` and a line in
/// ``ModelFormats/all``.
protocol ModelFormat: SendableMetatype {
    /// The name as `inspect` says it.
    static var name: String { get }
    /// Whether a file of this path is kept for ``read(_:)``: a small text that describes the model.
    static func keeps(_ path: String) -> Bool
    /// Whether the first bytes are those of a file of this format.
    static func detects(_ head: FileHead) -> Bool
    /// Reads such a file; what it leaves unread is read over afterwards. Nil when the
    /// first bytes were a coincidence.
    static func readFile(_ source: any ByteSource, head: FileHead, file: String) throws(ArchiveReadingError)
        -> FileContent?
    /// What a tree of files tells; nil when it is not of this format.
    static func read(_ tree: ModelTree) throws(DocumentError) -> FileContent?
    /// Whether a zip archive with such members is one file to its library, not a package of files.
    static func isOneFile(_ members: [String]) -> Bool
}

extension ModelFormat {
    static func keeps(_ path: String) -> Bool { false }
    static func detects(_ head: FileHead) -> Bool { false }
    static func readFile(_ source: any ByteSource, head: FileHead, file: String) throws(ArchiveReadingError)
        -> FileContent?
    { nil }
    static func read(_ tree: ModelTree) throws(DocumentError) -> FileContent? { nil }
    static func isOneFile(_ members: [String]) -> Bool { false }
}

/// The formats, packages before the files that lie in them: the first that a model has gives it its name.
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
        KerasFormat.self,
        PyTorchFormat.self,
        PyTorchLegacyFormat.self,
        SavedModelFormat.self,
        SafetensorsFormat.self,
        ONNXFormat.self,
        XGBoostFormat.self,
        LightGBMFormat.self,
        PickleFormat.self,
    ]
}

/// The last component of a path.
func baseName(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
