import ArchiveReading
import EnvironmentInventory

/// The operators of a graph that read or write files of any name, or call Python, as loading (initializers) or calling runs them.
///
/// GraphDef, NodeDef and FunctionDef of https://github.com/tensorflow/tensorflow/tree/v2.18.0/tensorflow/core/framework. What every
/// SavedModel has for its variables and tables is none of them: SaveV2, RestoreV2, MergeV2Checkpoints, InitializeTableFromTextFileV2.
struct SavedModelGraph {
    /// The operators that were met, each once, with the byte of the first.
    private var met: [(name: String, offset: Int)] = []

    private static let dangerous: Set<String> = [
        "WriteFile", "ReadFile", "MatchingFiles", "PyFunc", "PyFuncStateless", "EagerPyFunc", "LoadDataset",
        "SaveDataset",
        "SaveDatasetV2", "DatasetToTFRecord", "ExperimentalDatasetToTFRecord", "SnapshotDataset", "SnapshotDatasetV2",
        "WholeFileReader", "WholeFileReaderV2", "TextLineReader", "TextLineReaderV2", "TFRecordReader",
        "TFRecordReaderV2", "FixedLengthRecordReader", "FixedLengthRecordReaderV2", "LMDBReader", "TextLineDataset",
        "TFRecordDataset", "TFRecordDatasetV2", "FixedLengthRecordDataset", "FixedLengthRecordDatasetV2", "CSVDataset",
        "CSVDatasetV2", "ExperimentalCSVDataset", "SqlDataset", "ExperimentalSqlDataset", "LMDBDataset",
        "ExperimentalLMDBDataset", "MatchingFilesDataset", "ExperimentalMatchingFilesDataset",
        "CreateSummaryFileWriter", "CreateSummaryDbWriter", "DataServiceDataset", "DataServiceDatasetV2",
        "DataServiceDatasetV3", "DataServiceDatasetV4", "ImmutableConst", "FileSystemSetConfiguration",
    ]
    /// Operators that write to a file only where an attribute says so.
    private static let writers: Set<String> = [
        "PrintV2", "DebugIdentity", "DebugIdentityV2", "DebugIdentityV3", "DebugNanCount", "DebugNumericSummary",
    ]
    private static let longestAttribute = 64 << 10
    private static let most = 64

    /// Reads the GraphDef whose field was just read.
    mutating func read(_ reader: ProtobufInput, _ field: ProtobufInput.Field) throws(ArchiveReadingError) {
        let end = reader.input.offset + field.length
        while let part = try reader.field(before: end) {
            switch (part.number, part.wire) {
            case (1, 2): try readNode(reader, part)
            case (2, 2): try readLibrary(reader, part)
            default: try reader.skip(part)
            }
        }
    }

    private mutating func readLibrary(
        _ reader: ProtobufInput, _ field: ProtobufInput.Field
    ) throws(ArchiveReadingError) {
        let end = reader.input.offset + field.length
        while let part = try reader.field(before: end) {
            guard part.number == 1, part.wire == 2 else {
                try reader.skip(part)
                continue
            }
            let functionEnd = reader.input.offset + part.length
            while let inner = try reader.field(before: functionEnd) {
                if inner.number == 3, inner.wire == 2 {
                    try readNode(reader, inner)
                } else {
                    try reader.skip(inner)
                }
            }
        }
    }

    private mutating func readNode(
        _ reader: ProtobufInput, _ field: ProtobufInput.Field
    ) throws(ArchiveReadingError) {
        let offset = reader.input.offset
        let end = offset + field.length
        var name = ""
        var namesFile = false
        while let part = try reader.field(before: end) {
            switch (part.number, part.wire) {
            case (2, 2): name = try reader.string(part)
            case (5, 2) where part.length <= Self.longestAttribute:
                let bytes = try reader.input.bytes(part.length)
                namesFile = namesFile || Self.holds(bytes, Array("file:".utf8))
            case (5, 2):
                // No writer of these operators needs so long a one; what is in it is not known.
                namesFile = true
                try reader.skip(part)
            default: try reader.skip(part)
            }
        }
        let isOwn = name.contains(">")
        guard isOwn || Self.dangerous.contains(name) || namesFile && Self.writers.contains(name),
            met.count < Self.most, !met.contains(where: { $0.name == name })
        else { return }
        met.append((name, offset))
    }

    private static func holds(_ bytes: [UInt8], _ needle: [UInt8]) -> Bool {
        guard bytes.count >= needle.count, let first = needle.first else { return false }
        return (0...bytes.count - needle.count).contains { bytes[$0] == first && bytes[$0...].starts(with: needle) }
    }

    /// Names what was met.
    func record(in file: String, into content: inout ModelFileContent) {
        for item in met {
            guard !item.name.contains(">") else {
                content.leaveOut(
                    item.name, "an operator of another library than TensorFlow is not known", in: file,
                    at: .offset(item.offset))
                continue
            }
            content.findings.append(
                Finding(
                    rule: ModelRules.dangerousGlobal.name, severity: .warning, file: file, range: nil,
                    message: "loading or calling the model may run the operator \(item.name) (byte \(item.offset))",
                    help: "do not load this file; ask where it comes from", ecosystem: .model, subject: item.name))
            content.leaveOut(
                item.name, "what the graph does outside of the model is not read", in: file, at: .offset(item.offset))
        }
    }
}
