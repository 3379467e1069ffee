import ArchiveReading
import ParallelWork
import SourceDocuments

/// Adds an entry to the `__metadata__` of a safetensors file, or replaces it
/// (https://huggingface.co/docs/safetensors/index#format): the header's other bytes and the tensors stay.
enum SafetensorsMetadata {
    /// The longest header that the reference implementation reads.
    private static let maximumHeaderLength = 100_000_000
    private static let table = "__metadata__"

    static func pieces(
        adding key: String, _ value: [UInt8], to file: RegularFile
    ) throws(ArchiveReadingError) -> [FilePiece] {
        let length = try file.bytes(at: 0, count: 8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard let count = Int(exactly: length), count >= 2, count <= min(maximumHeaderLength, file.size - 8) else {
            throw ArchiveReadingError(
                archive: file.path, offset: 0, reason: .damaged("the header's length is impossible"))
        }
        let text = SourceText(name: file.path, bytes: try file.bytes(at: 8, count: count))
        let root: DocumentNode
        do throws(DocumentError) { root = try JSONReader.read(text) } catch {
            throw ArchiveReadingError(
                archive: file.path, offset: 8, reason: .damaged("the header is not JSON: \(error.reason)"))
        }
        guard let members = root.table else {
            throw ArchiveReadingError(archive: file.path, offset: 8, reason: .damaged("the header is not an object"))
        }
        let entry = "\(JSONValue.string(key).text()):\(JSONValue.string(String(decoding: value, as: UTF8.self)).text())"
        let change: (range: Range<Int>, text: String)
        if let node = members[table] {
            guard let metadata = node.table, let start = text.offset(of: node.place) else {
                throw ArchiveReadingError(
                    archive: file.path, offset: 8, reason: .damaged("\(table) is not an object"))
            }
            if let old = metadata.member(key), let from = text.offset(of: old.keyPlace),
                let to = text.offset(of: old.value.range.end)
            {
                change = (from..<to, entry)
            } else {
                change = ((start + 1)..<(start + 1), entry + (metadata.members.isEmpty ? "" : ","))
            }
        } else {
            guard let start = text.offset(of: root.place) else {
                throw ArchiveReadingError(
                    archive: file.path, offset: 8, reason: .damaged("the header is not an object"))
            }
            change = (
                (start + 1)..<(start + 1),
                "\"\(table)\":{\(entry)}" + (members.members.isEmpty ? "" : ",")
            )
        }
        var header = Array(text.bytes[..<change.range.lowerBound]) + Array(change.text.utf8)
        header += text.bytes[change.range.upperBound...]
        while header.last == UInt8(ascii: " ") { header.removeLast() }
        // The tensors begin at a multiple of eight bytes.
        header += [UInt8](repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
        guard header.count <= maximumHeaderLength else {
            throw ArchiveReadingError(
                archive: file.path, reason: .limit("the header would have more than \(maximumHeaderLength) bytes"))
        }
        let size = (0..<8).map { UInt8(truncatingIfNeeded: UInt64(header.count) >> UInt64(8 * $0)) }
        return [.new(size), .new(header), .old((8 + count)..<file.size)]
    }
}

extension SourceText {
    /// Returns the byte offset of a position; nil if it is outside of the text.
    fileprivate func offset(of place: SourcePosition) -> Int? {
        guard let line = offsets(ofLine: place.line) else { return nil }
        let offset = line.lowerBound + place.column - 1
        return offset <= bytes.count ? offset : nil
    }
}
