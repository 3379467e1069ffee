import ArchiveReading
import SourceDocuments

/// safetensors (https://huggingface.co/docs/safetensors/index#format): the length of a JSON header, the header, and the
/// tensors' bytes, which must fill the file without gap or overlap. No library version is recorded.
enum SafetensorsFormat: ModelFormat {
    static let name = "safetensors"
    /// The longest header that the reference implementation reads.
    private static let maximumHeaderLength = 100_000_000

    /// The bits of one element (https://docs.rs/safetensors/latest/safetensors/tensor/enum.Dtype.html).
    private static let bits: [String: Int] = [
        "BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "I16": 16, "U16": 16, "F16": 16,
        "BF16": 16, "I32": 32, "U32": 32, "F32": 32, "F64": 64, "I64": 64, "U64": 64, "C64": 64, "F4": 4,
        "F6_E2M3": 6, "F6_E3M2": 6, "F8_E5M2FNUZ": 8, "F8_E4M3FNUZ": 8,
    ]

    /// Returns the product of a shape's axes; nil for what is not a shape.
    private static func elements(_ shape: DocumentNode?) -> Int? {
        guard let axes = shape?.array else { return nil }
        var count = 1
        for axis in axes {
            guard let length = length(axis) else { return nil }
            let (product, overflow) = count.multipliedReportingOverflow(by: length)
            guard !overflow else { return nil }
            count = product
        }
        return count
    }

    /// A number of digits alone; nil for anything else, and for `-0`, which is a float to the library.
    private static func length(_ node: DocumentNode) -> Int? {
        guard let value = node.integer, value >= 0, node.raw?.utf8.first != UInt8(ascii: "-") else { return nil }
        return Int(exactly: value)
    }

    static func detects(_ head: FileHead) -> Bool {
        guard head.bytes.count >= 10 else { return false }
        let length = head.bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return length >= 2 && length <= UInt64(maximumHeaderLength) && head.bytes[8] == UInt8(ascii: "{")
            && [UInt8(ascii: "\""), UInt8(ascii: "}"), UInt8(ascii: " ")].contains(head.bytes[9])
    }

    /// Whether a file that begins like a compressed one is safetensors all the same: the length of a header of 376 bytes is
    /// the magic of zlib.
    ///
    /// - Parameter isContainer: whether what it begins like could go on as safetensors do. A stream of zlib cannot: zeros behind
    ///   the magic are no block of it. There the file's name decides.
    static func isCertain(_ head: FileHead, isContainer: Bool) -> Bool {
        detects(head) && (!isContainer || head.fileExtension == name)
    }

    static func readFile(
        _ source: any ByteSource, head: FileHead, file: String
    ) throws(ArchiveReadingError) -> ModelFileContent? {
        let input = PickleInput(source, size: head.size)
        let prefix = try input.bytes(8)
        let header = try input.bytes(prefix.reversed().reduce(0) { $0 << 8 | Int($1) })
        let text = SourceText(name: file, bytes: header)
        let root: DocumentNode
        do throws(DocumentError) { root = try JSONReader.read(text) } catch {
            throw input.damaged("the header is not JSON: \(error.reason)", at: 8)
        }
        var content = ModelFileContent(name)
        content.record(.format, name: name, value: "1", strength: .recorded, file: file, place: .offset(0))
        var ranges: [(Int, Int)] = []
        for member in root.table?.members ?? [] {
            if member.key == "__metadata__" {
                // The library takes nothing but texts by name; null is as good as none.
                if member.value.isNull { continue }
                guard let entries = member.value.table?.members else {
                    throw input.damaged("__metadata__ is not an object", at: 8)
                }
                for entry in entries {
                    guard let value = entry.value.string else {
                        throw input.damaged("the entry \(entry.key) of __metadata__ is not a text", at: 8)
                    }
                    if entry.key == CaptureNames.key {
                        content.captures.append(Array(value.utf8))
                        continue
                    }
                    content.record(
                        .format, name: entry.key, value: value, strength: .claimed, file: file, place: .offset(8))
                }
                continue
            }
            guard let tensor = member.value.table, let offsets = tensor["data_offsets"]?.array, offsets.count == 2,
                let start = length(offsets[0]), let end = length(offsets[1]), end >= start
            else { throw input.damaged("the tensor \(member.key) has no proper offsets", at: 8) }
            ranges.append((Int(start), Int(end)))
            guard let type = tensor["dtype"]?.string, let bits = bits[type] else {
                content.leaveOut(
                    tensor["dtype"]?.text ?? "", "the type of the tensor \(member.key) is not known", in: file,
                    at: .offset(8))
                continue
            }
            guard let count = elements(tensor["shape"]) else {
                throw input.damaged("the tensor \(member.key) has no proper shape", at: 8)
            }
            let (size, overflow) = count.multipliedReportingOverflow(by: bits)
            guard !overflow, size.isMultiple(of: 8), size / 8 == Int(end) - Int(start) else {
                throw input.damaged("the tensor \(member.key) has a shape that does not fit its offsets", at: 8)
            }
        }
        ranges.sort { $0 < $1 }
        var position = 0
        for range in ranges {
            guard range.0 == position else { throw input.damaged("the tensors leave a gap or overlap", at: 8) }
            position = range.1
        }
        if TentativePickle.mayBegin(prefix),
            let pickle = try TentativePickle.named(input, behind: prefix + header, file: file)
        {
            content.findings += pickle.findings
            content.leaveOut("", "it is also a pickle, for whoever loads it as one", in: file)
        }
        let (end, overflow) = position.addingReportingOverflow(8 + header.count)
        guard !overflow, end >= input.offset else {
            throw input.damaged("the tensors end before the end of the file, or nowhere")
        }
        try input.skip(end - input.offset)
        guard try input.isAtEnd() else { throw input.damaged("there are bytes after the last tensor") }
        return content
    }
}
