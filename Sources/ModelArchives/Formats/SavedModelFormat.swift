import ArchiveReading
import SourceDocuments

/// TensorFlow's SavedModel (https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/protobuf/meta_graph.proto):
/// `tensorflow_version` out of the meta information of every graph in `saved_model.pb`, and the operators on files in the graphs
/// (``SavedModelGraph``).
enum SavedModelFormat: ModelFormat {
    static let name = "tensorflow-saved-model"

    static func detects(_ head: FileHead) -> Bool { baseName(head.path) == "saved_model.pb" }

    static func readFile(
        _ source: any ByteSource, head: FileHead, file: String
    ) throws(ArchiveReadingError) -> ModelFileContent? {
        let reader = ProtobufInput(input: PickleInput(source, size: head.size))
        var content = ModelFileContent(name)
        content.modules.insert("tensorflow")
        var graphs = 0
        var contract = SavedModelContract()
        var graph = SavedModelGraph()
        while let field = try reader.field(before: nil) {
            switch (field.number, field.wire) {
            case (1, 0):
                content.record(
                    .format, name: "saved-model", value: String(field.value), strength: .recorded, file: file,
                    place: .offset(0))
            case (2, 2):
                graphs += 1
                let end = reader.input.offset + field.length
                while let inner = try reader.field(before: end) {
                    switch (inner.number, inner.wire) {
                    case (2, 2): try graph.read(reader, inner)
                    case (5, 2): try contract.readEntry(reader, inner)
                    default: try readPart(reader, inner, file: file, into: &content)
                    }
                }
            default:
                content.leaveOut("field \(field.number)", unknownField, in: file, at: .offset(reader.input.offset))
                try reader.skip(field)
            }
        }
        guard graphs > 0 else { throw reader.input.damaged("it holds no graph") }
        graph.record(in: file, into: &content)
        if let part = contract.part(file: file) { content.contracts.append(part) }
        return content
    }

    private static let unknownField = "the message has a field that is not known"

    /// Other spellings of the file, which TensorFlow reads before `saved_model.pb` or where there is none
    /// (https://github.com/tensorflow/tensorflow/blob/v2.18.0/tensorflow/cc/saved_model/reader.cc).
    static func read(_ tree: ModelTree) throws(DocumentError) -> ModelFileContent? {
        var content = ModelFileContent("")
        for file in tree.files {
            let folder = file.path.dropLast(baseName(file.path).utf8.count)
            let isRead = tree["\(folder)saved_model.pb"] != nil
            switch baseName(file.path) {
            case "saved_model.cpb": break
            case "saved_model.pbtxt" where !isRead: break
            default: continue
            }
            content.leaveOut("", "a SavedModel in this form is not read", in: tree.shown(file.path))
        }
        return content.gaps.isEmpty ? nil : content
    }

    /// Reads a field of a graph that is neither its operators nor a signature.
    private static func readPart(
        _ reader: ProtobufInput, _ inner: ProtobufInput.Field, file: String, into content: inout ModelFileContent
    ) throws(ArchiveReadingError) {
        guard inner.number == 1, inner.wire == 2 else {
            // Saver, collections, assets and objects name what TensorFlow itself has.
            if !(2...7).contains(inner.number) {
                content.leaveOut("field \(inner.number)", unknownField, in: file, at: .offset(reader.input.offset))
            }
            return try reader.skip(inner)
        }
        let end = reader.input.offset + inner.length
        while let meta = try reader.field(before: end) {
            guard meta.number == 5, meta.wire == 2 else {
                try reader.skip(meta)
                continue
            }
            let offset = reader.input.offset
            content.record(
                .package, name: "tensorflow", value: try reader.string(meta), strength: .recorded, file: file,
                place: .offset(offset))
        }
    }
}
