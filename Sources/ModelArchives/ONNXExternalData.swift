import ArchiveReading
import EnvironmentInventory
import SourceDocuments

/// The files in which an ONNX model keeps tensors (https://github.com/onnx/onnx/blob/main/docs/ExternalData.md), collected from
/// every message that can hold one (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
struct ONNXExternalData {
    /// The messages of a model on the way to its tensors.
    enum Message {
        case training, graph, node, attribute, sparse, tensor

        /// The message in a field; nil for one that has no tensors.
        func part(_ number: Int) -> Message? {
            switch (self, number) {
            case (.training, 1), (.training, 2), (.attribute, 6), (.attribute, 11): .graph
            case (.graph, 1): .node
            case (.node, 5): .attribute
            case (.graph, 5), (.attribute, 5), (.attribute, 10), (.sparse, 1), (.sparse, 2): .tensor
            case (.graph, 15), (.attribute, 22), (.attribute, 23): .sparse
            default: nil
            }
        }
    }

    /// The files as they are written, each with the end of what is kept in it; empty for a tensor that names none.
    private(set) var files: [String: Int] = [:]
    private static let maximumDepth = 100

    /// Reads a message whose field was just read.
    mutating func read(
        _ reader: ProtobufInput, _ field: ProtobufInput.Field, as message: Message, depth: Int = 0
    ) throws(ArchiveReadingError) {
        guard depth < Self.maximumDepth else {
            throw reader.input.damaged("messages are nested in more than \(Self.maximumDepth) others")
        }
        if message == .tensor {
            _ = try readTensor(reader, field)
            return
        }
        let end = reader.input.offset + field.length
        while let inner = try reader.field(before: end) {
            if inner.wire == 2, let part = message.part(inner.number) {
                try read(reader, inner, as: part, depth: depth + 1)
            } else {
                try reader.skip(inner)
            }
        }
    }

    /// Reads a tensor; returns its name. A file that it names counts whether its place is said to be there or not: of fields
    /// that are there twice, readers take different ones.
    mutating func readTensor(
        _ reader: ProtobufInput, _ field: ProtobufInput.Field
    ) throws(ArchiveReadingError) -> String? {
        let end = reader.input.offset + field.length
        var name: String?
        var locations: [String] = []
        var isExternal = false
        var (start, length): (Int?, Int?) = (0, 0)
        while let inner = try reader.field(before: end) {
            switch (inner.number, inner.wire) {
            case (8, 2): name = try reader.string(inner)
            case (13, 2):
                let (key, value) = try reader.entry(inner, limit: 4096)
                let text = value.map { String(decoding: $0, as: UTF8.self) } ?? ""
                switch key {
                case "location": locations.append(text)
                case "offset": start = Int(text)
                case "length": length = Int(text)
                default: break
                }
            case (14, 0): isExternal = inner.value != 0
            default: try reader.skip(inner)
            }
        }
        if isExternal, locations.isEmpty { locations = [""] }
        // What is no number, or no place in a file, is behind every end.
        var last = Int.max
        if let start, let length, start >= 0, length >= 0 {
            let (sum, overflow) = start.addingReportingOverflow(length)
            if !overflow { last = sum }
        }
        for location in locations { files[location] = max(files[location] ?? 0, last) }
        return name
    }
}

/// A file beside a model's file, in which a part of the model is kept.
struct ExternalFile {
    /// The path as written, from the folder of the model's file on; empty where none is named.
    let path: String
    /// The end of what is kept in it.
    let end: Int
}

extension ModelTree {
    /// A gap for each part that the model's files keep in a file which the model does not hold.
    var missingParts: [Gap] {
        files.flatMap { file -> [Gap] in
            guard let parts = file.content?.externals, !parts.isEmpty else { return [] }
            let folder = String(Substring(file.path.utf8.dropLast(baseName(file.path).utf8.count)))
            return parts.compactMap { part in
                guard let reason = problem(of: part, in: folder) else { return nil }
                return Gap(part.path, reason: reason, source: FileLocation(file: shown(file.path), line: nil))
            }
        }
    }

    private func problem(of part: ExternalFile, in folder: String) -> String? {
        if part.path.isEmpty { return "it keeps tensors in a file, and names none" }
        guard let path = NamedObject.plain(part.path) else {
            return "it keeps tensors in this file, which is outside of the model"
        }
        guard let found = self[folder + path] else {
            return "it keeps tensors in this file, which is not in the model"
        }
        return found.size < part.end ? "it keeps tensors in this file behind its end" : nil
    }
}
