import ArchiveReading
import SourceDocuments

/// safetensors (https://huggingface.co/docs/safetensors/index#format): the length of a JSON header, the header, and the
/// tensors' bytes, which must fill the file without gap or overlap. No library version is recorded.
enum SafetensorsFormat: ModelFormat {
    static let name = "safetensors"
    /// The longest header that the reference implementation reads.
    private static let longestHeader = 100_000_000

    static func detects(_ head: FileHead) -> Bool {
        guard head.bytes.count >= 10 else { return false }
        let length = head.bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return length >= 2 && length <= UInt64(longestHeader) && head.bytes[8] == UInt8(ascii: "{")
            && [UInt8(ascii: "\""), UInt8(ascii: "}"), UInt8(ascii: " ")].contains(head.bytes[9])
    }

    static func readFile(
        _ source: any ByteSource, head: FileHead, file: String
    ) throws(ArchiveReadingError) -> FileContent? {
        let input = PickleInput(source, size: head.size)
        let text = SourceText(name: file, bytes: try input.bytes(try input.number(8)))
        let root: DocumentNode
        do throws(DocumentError) { root = try JSONReader.read(text) } catch {
            throw input.damaged("the header is no JSON: \(error.reason)", at: 8)
        }
        var content = FileContent(name)
        content.say(.format, name, "1", .recorded, file, .offset(0))
        var ranges: [(Int, Int)] = []
        for member in root.table?.members ?? [] {
            if member.key == "__metadata__" {
                for entry in member.value.table?.members ?? [] {
                    if entry.key == CaptureNames.key, let text = entry.value.string {
                        content.captures.append(Array(text.utf8))
                        continue
                    }
                    content.say(.format, entry.key, entry.value.text ?? "", .claimed, file, .offset(8))
                }
                continue
            }
            guard let offsets = member.value.table?["data_offsets"]?.array, offsets.count == 2,
                let start = offsets[0].integer, let end = offsets[1].integer, start >= 0, end >= start
            else { throw input.damaged("the tensor \(member.key) has no proper offsets", at: 8) }
            ranges.append((Int(start), Int(end)))
        }
        ranges.sort { $0 < $1 }
        var position = 0
        for range in ranges {
            guard range.0 == position else { throw input.damaged("the tensors leave a gap or overlap", at: 8) }
            position = range.1
        }
        try input.skip(position)
        guard try input.isAtEnd() else { throw input.damaged("there are bytes behind the last tensor") }
        return content
    }
}
