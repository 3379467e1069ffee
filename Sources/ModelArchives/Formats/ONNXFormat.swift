import ArchiveReading

/// ONNX (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto): of ModelProto the IR version, the producer with its
/// version, the operator sets, the metadata, and of the graph its inputs and outputs, and the files in which tensors are kept.
enum ONNXFormat: ModelFormat {
    static let name = "onnx"

    /// Field 1, a varint; then the producer's name, or the file's own name says the rest.
    static func detects(_ head: FileHead) -> Bool {
        let bytes = head.bytes
        guard bytes.count >= 4, bytes[0] == 0x08, (1...64).contains(bytes[1]) else { return false }
        return head.fileExtension == "onnx"
    }

    /// The domains whose operators ONNX and ONNX Runtime have.
    private static let domains: Set<String> = [
        "", "ai.onnx", "ai.onnx.ml", "ai.onnx.training", "ai.onnx.preview", "ai.onnx.preview.training",
        "com.microsoft", "com.microsoft.nchwc", "com.microsoft.experimental", "com.microsoft.dml",
        "com.ms.internal.nhwc", "org.pytorch.aten",
    ]

    private static let producers: [String: String] = [
        "pytorch": "torch", "skl2onnx": "skl2onnx", "tf2onnx": "tf2onnx", "keras2onnx": "keras2onnx",
        "OnnxMLTools": "onnxmltools", "onnxruntime": "onnxruntime", "onnx.quantize": "onnxruntime",
        "onnxscript": "onnxscript",
    ]

    static func readFile(
        _ source: any ByteSource, head: FileHead, file: String
    ) throws(ArchiveReadingError) -> ModelFileContent? {
        let reader = ProtobufInput(input: PickleInput(source, size: head.size))
        var content = ModelFileContent(name)
        var producer: (name: String, offset: Int)?
        var version: String?
        var hasGraph = false
        var graph = ONNXContract()
        var domains: [String] = []
        var functions: Set<String> = []
        while let field = try reader.field(before: nil) {
            switch (field.number, field.wire) {
            case (1, 0):
                content.record(
                    .format, name: "onnx-ir", value: String(field.value), strength: .recorded, file: file,
                    place: .offset(0))
            case (2, 2): producer = (try reader.string(field), reader.input.offset)
            case (3, 2): version = try reader.string(field)
            case (ONNXMetadata.field, 2):
                let (key, value) = try reader.entry(field, limit: CaptureNames.maximumSize)
                if key == CaptureNames.key {
                    guard let value else { throw reader.input.damaged("the capture in the metadata is too large") }
                    content.captures.append(value)
                }
            case (8, 2): domains.append(try readOperators(reader, field, file, into: &content))
            case (25, 2): functions.insert(try readFunction(reader, field, &graph.external))
            case (20, 2): try graph.external.read(reader, field, as: .training)
            case (7, 2):
                hasGraph = true
                try graph.readGraph(reader, field)
            default:
                if ![4, 5, 6, 26].contains(field.number) {
                    content.leaveOut(
                        "field \(field.number)", "the message has a field that is not known", in: file,
                        at: .offset(reader.input.offset))
                }
                try reader.skip(field)
            }
        }
        guard hasGraph else { throw reader.input.truncated() }
        for domain in domains where !Self.domains.contains(domain) && !functions.contains(domain) {
            if domain == "ai.onnx.contrib" {
                content.modules.insert("onnxruntime_extensions")
            } else {
                content.leaveOut(domain, "no library is known that has the operators of this domain", in: file)
            }
        }
        content.externals = graph.external.files.map { ExternalFile(path: $0.key, end: $0.value) }
            .sorted { $0.path < $1.path }
        if let part = graph.part(file: file) { content.contracts.append(part) }
        if let producer, let version, !version.isEmpty {
            if let package = producers[producer.name] {
                content.record(
                    .tool, name: package, value: version, strength: .recorded, file: file,
                    place: .offset(producer.offset))
            } else {
                content.record(
                    .format, name: producer.name, value: version, strength: .recorded, file: file,
                    place: .offset(producer.offset))
            }
        }
        return content
    }

    private static func readOperators(
        _ reader: ProtobufInput, _ field: ProtobufInput.Field, _ file: String, into content: inout ModelFileContent
    ) throws(ArchiveReadingError) -> String {
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
        content.record(
            .format, name: "opset \(domain.isEmpty ? "ai.onnx" : domain)", value: String(version), strength: .recorded,
            file: file)
        return domain
    }

    /// Returns the domain of a function that the model defines itself (FunctionProto, field 10).
    private static func readFunction(
        _ reader: ProtobufInput, _ field: ProtobufInput.Field, _ external: inout ONNXExternalData
    ) throws(ArchiveReadingError) -> String {
        let end = reader.input.offset + field.length
        var domain = ""
        while let inner = try reader.field(before: end) {
            switch (inner.number, inner.wire) {
            case (7, 2): try external.read(reader, inner, as: .node)
            case (10, 2): domain = try reader.string(inner)
            case (11, 2): try external.read(reader, inner, as: .attribute)
            default: try reader.skip(inner)
            }
        }
        return domain
    }
}
