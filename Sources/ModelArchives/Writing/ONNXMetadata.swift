import ArchiveReading
import ParallelWork
import SourceDocuments

/// Adds an entry to the `metadata_props` of an ONNX model, or replaces it: field 14 of ModelProto, a message of key (1) and
/// value (2) (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto). All other fields stay as they are; a field may stand
/// anywhere in a message (https://protobuf.dev/programming-guides/encoding/#order).
enum ONNXMetadata {
    /// The number of `metadata_props` in ModelProto.
    static let field = 14

    static func pieces(
        adding key: String, _ value: [UInt8], to file: RegularFile
    ) throws(ArchiveReadingError) -> [FilePiece] {
        let reader = ProtobufInput(input: PickleInput(FileByteSource(file), size: file.size))
        var pieces: [FilePiece] = []
        var kept = 0
        var start = 0
        while let found = try reader.field(before: nil) {
            let end = reader.input.offset + found.length
            if found.number == field, found.wire == 2 {
                let (name, _) = try reader.entry(found, limit: 0)
                if name == key {
                    if kept < start { pieces.append(.old(kept..<start)) }
                    kept = end
                }
            } else {
                try reader.skip(found)
            }
            start = end
        }
        if kept < file.size { pieces.append(.old(kept..<file.size)) }
        let name = Array(key.utf8)
        let entry = lengthDelimited(1, name) + lengthDelimited(2, value)
        return pieces + [.new(lengthDelimited(field, entry))]
    }

    private static func lengthDelimited(_ number: Int, _ data: [UInt8]) -> [UInt8] {
        varint(UInt64(number << 3 | 2)) + varint(UInt64(data.count)) + data
    }

    private static func varint(_ value: UInt64) -> [UInt8] {
        var value = value
        var bytes: [UInt8] = []
        while value >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        return bytes + [UInt8(value)]
    }
}
