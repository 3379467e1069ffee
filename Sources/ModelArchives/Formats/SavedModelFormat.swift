import ArchiveReading

/// TensorFlow's SavedModel (https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/protobuf/meta_graph.proto):
/// `tensorflow_version` out of the meta information of every graph in `saved_model.pb`. Graphs are skipped.
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
        while let field = try reader.field(before: nil) {
            switch (field.number, field.wire) {
            case (1, 0):
                content.record(
                    .format, name: "saved-model", value: String(field.value), strength: .recorded, file: file,
                    place: .offset(0))
            case (2, 2):
                graphs += 1
                try readGraph(reader, field, file: file, into: &content, contract: &contract)
            default:
                content.leaveOut("field \(field.number)", unknownField, in: file, at: .offset(reader.input.offset))
                try reader.skip(field)
            }
        }
        guard graphs > 0 else { throw reader.input.damaged("it holds no graph") }
        if let part = contract.part(file: file) { content.contracts.append(part) }
        return content
    }

    private static let unknownField = "the message has a field that is not known"

    private static func readGraph(
        _ reader: ProtobufInput, _ field: ProtobufInput.Field, file: String, into content: inout ModelFileContent,
        contract: inout SavedModelContract
    ) throws(ArchiveReadingError) {
        let end = reader.input.offset + field.length
        while let inner = try reader.field(before: end) {
            if inner.number == 5, inner.wire == 2 {
                try contract.readEntry(reader, inner)
                continue
            }
            guard inner.number == 1, inner.wire == 2 else {
                // Graph, saver, collections, signatures, assets and objects name what TensorFlow itself has.
                if !(2...7).contains(inner.number) {
                    content.leaveOut(
                        "field \(inner.number)", unknownField, in: file, at: .offset(reader.input.offset))
                }
                try reader.skip(inner)
                continue
            }
            let innerEnd = reader.input.offset + inner.length
            while let meta = try reader.field(before: innerEnd) {
                if meta.number == 5, meta.wire == 2 {
                    let offset = reader.input.offset
                    content.record(
                        .package, name: "tensorflow", value: try reader.string(meta), strength: .recorded, file: file,
                        place: .offset(offset))
                } else {
                    try reader.skip(meta)
                }
            }
        }
    }
}
