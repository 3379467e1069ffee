import ArchiveReading

/// ONNX (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto): of ModelProto the IR version, the producer with its
/// version, the operator sets and the metadata; the graph is read over. Left out: tensors in files beside the model.
enum ONNXFormat: ModelFormat {
    static let name = "onnx"

    /// Field 1, a varint; then the producer's name, or the file's own name says the rest.
    static func detects(_ head: FileHead) -> Bool {
        let bytes = head.bytes
        guard bytes.count >= 4, bytes[0] == 0x08, (1...64).contains(bytes[1]) else { return false }
        return head.fileExtension == "onnx"
    }

    private static let producers: [String: String] = [
        "pytorch": "torch", "skl2onnx": "skl2onnx", "tf2onnx": "tf2onnx", "keras2onnx": "keras2onnx",
        "OnnxMLTools": "onnxmltools", "onnxruntime": "onnxruntime", "onnx.quantize": "onnxruntime",
        "onnxscript": "onnxscript",
    ]

    static func readFile(
        _ source: any ByteSource, head: FileHead, file: String
    ) throws(ArchiveReadingError) -> FileContent? {
        let reader = ProtobufInput(input: PickleInput(source, size: head.size))
        var content = FileContent(name)
        var producer: (name: String, offset: Int)?
        var version: String?
        var hasGraph = false
        while let field = try reader.field(before: nil) {
            switch (field.number, field.wire) {
            case (1, 0): content.say(.format, "onnx-ir", String(field.value), .recorded, file, .offset(0))
            case (2, 2): producer = (try reader.string(field), reader.input.offset)
            case (3, 2): version = try reader.string(field)
            case (ONNXMetadata.field, 2):
                let (key, value) = try reader.entry(field, limit: CaptureNames.largest)
                if key == CaptureNames.key {
                    guard let value else { throw reader.input.damaged("the capture in the metadata is too large") }
                    content.captures.append(value)
                }
            case (8, 2): try readOperators(reader, field, file, into: &content)
            default:
                if field.number == 7 { hasGraph = true }
                try reader.skip(field)
            }
        }
        guard hasGraph else { throw reader.input.truncated() }
        if let producer, let version, !version.isEmpty {
            if let package = producers[producer.name] {
                content.say(.tool, package, version, .recorded, file, .offset(producer.offset))
            } else {
                content.say(.format, producer.name, version, .recorded, file, .offset(producer.offset))
            }
        }
        return content
    }

    private static func readOperators(
        _ reader: ProtobufInput, _ field: ProtobufInput.Field, _ file: String, into content: inout FileContent
    ) throws(ArchiveReadingError) {
        let end = reader.input.offset + field.length
        var domain = ""
        var version: UInt64 = 0
        while let inner = try reader.field(before: end) {
            if inner.number == 1, inner.wire == 2 {
                domain = try reader.string(inner)
            } else {
                if inner.number == 2, inner.wire == 0 { version = inner.value }
                try reader.skip(inner)
            }
        }
        content.say(.format, "opset \(domain.isEmpty ? "ai.onnx" : domain)", String(version), .recorded, file)
    }
}
