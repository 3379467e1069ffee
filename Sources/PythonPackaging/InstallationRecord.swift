import ContentHashing
import EnvironmentInventory
import SourceDocuments

/// The RECORD of an installed distribution or a wheel: its files with their hashes.
///
/// Grammar: CSV as Python's `csv` module writes it, `path,algorithm=digest,size`; the digest is URL-safe base64 without
/// padding (https://packaging.python.org/en/latest/specifications/recording-installed-packages/#the-record-file). Lines end
/// with LF or CRLF; a quoted field may contain anything.
package struct InstallationRecord: Sendable {
    /// One row.
    package struct Row: Sendable, Hashable {
        /// The path as written, with `/`.
        package let path: String
        /// The sha256; nil when the row has none, or has another hash.
        package let sha256: SHA256Value?
        /// A hash other than sha256; nil when the row has none, or has a sha256.
        package let otherDigest: Digest?
        /// The size in bytes; nil when the row has none.
        package let size: Int?
        /// The line of the row.
        package let line: Int

        /// The hash; nil when the row has none.
        package var digest: Digest? { sha256?.digest ?? otherDigest }
    }

    /// The rows in their order.
    package let rows: [Row]

    /// Reads a RECORD.
    ///
    /// - Throws: ``RecordError`` with the line of the error.
    package init(_ bytes: [UInt8]) throws(RecordError) {
        var reader = RecordRowReader(bytes: bytes)
        var rows: [Row] = []
        while let fields = try reader.next() {
            if fields.values.count == 1, fields.values[0].isEmpty { continue }
            guard fields.values.count >= 1, fields.values.count <= 3,
                let path = String(validating: fields.values[0], as: UTF8.self), !path.isEmpty
            else { throw RecordError(line: fields.line, reason: "a row must be path, hash, size") }
            let hash = fields.values.count > 1 ? fields.values[1] : []
            let size = fields.values.count > 2 ? fields.values[2] : []
            var sha256: SHA256Value?
            var other: Digest?
            if !hash.isEmpty {
                sha256 = Self.sha256(hash)
                if sha256 == nil { other = Self.digest(hash) }
                if sha256 == nil, other == nil {
                    throw RecordError(line: fields.line, reason: "the hash of \(path) cannot be read")
                }
            }
            var count: Int?
            if !size.isEmpty {
                count = Int(String(decoding: size, as: UTF8.self))
                if count == nil { throw RecordError(line: fields.line, reason: "the size of \(path) is not a number") }
            }
            let slashed = path.utf8.contains(UInt8(ascii: "\\")) ? String(path.map { $0 == "\\" ? "/" : $0 }) : path
            rows.append(Row(path: slashed, sha256: sha256, otherDigest: other, size: count, line: fields.line))
        }
        self.rows = rows
    }

    /// The hash that nearly every row has.
    ///
    /// Wheels that are packed by hand have it in 64 hexadecimal digits, as gmsh's do: in base64 a sha256 has 43 characters.
    private static func sha256(_ field: ArraySlice<UInt8>) -> SHA256Value? {
        guard field.starts(with: "sha256=".utf8) else { return nil }
        let text = field.dropFirst(7)
        if text.count == 64, let digest = Digest(.sha256, hex: String(decoding: text, as: UTF8.self)) {
            return SHA256Value(digest)
        }
        return Base64.decode(text, allowsURLAlphabet: true).flatMap { SHA256Value(bytes: $0) }
    }

    private static func digest(_ field: ArraySlice<UInt8>) -> Digest? {
        guard let equals = field.firstIndex(of: UInt8(ascii: "=")),
            let algorithm = HashAlgorithm(rawValue: String(decoding: field[..<equals], as: UTF8.self))
        else { return nil }
        guard let bytes = Base64.decode(field[(equals + 1)...], allowsURLAlphabet: true) else { return nil }
        return Digest(algorithm, bytes: bytes)
    }
}

/// A RECORD that cannot be read.
package struct RecordError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The line.
    package let line: Int
    /// What is wrong.
    package let reason: String

    /// The reason with the line.
    package var description: String { "line \(line): \(reason)" }
}

/// Rows of comma-separated values (RFC 4180).
struct RecordRowReader {
    let bytes: [UInt8]
    private var index = 0
    private var line = 1

    init(bytes: [UInt8]) { self.bytes = bytes }

    struct Fields {
        let values: [ArraySlice<UInt8>]
        let line: Int
    }

    mutating func next() throws(RecordError) -> Fields? {
        guard index < bytes.count else { return nil }
        if let fields = plain() { return fields }
        let start = line
        var values: [ArraySlice<UInt8>] = []
        var value: [UInt8] = []
        while true {
            guard index < bytes.count else { break }
            let byte = bytes[index]
            if byte == UInt8(ascii: "\""), value.isEmpty {
                value = try quoted()
                continue
            }
            index += 1
            if byte == UInt8(ascii: ",") {
                values.append(value[...])
                value = []
            } else if byte == UInt8(ascii: "\n") {
                line += 1
                break
            } else if byte == UInt8(ascii: "\r"), index < bytes.count, bytes[index] == UInt8(ascii: "\n") {
                continue
            } else {
                value.append(byte)
            }
        }
        values.append(value[...])
        return Fields(values: values, line: start)
    }

    /// A row without a quote or a carriage return inside, as nearly all are: slices of the text; nil for any other.
    private mutating func plain() -> Fields? {
        var values: [ArraySlice<UInt8>] = []
        values.reserveCapacity(3)
        var start = index
        var end = index
        while end < bytes.count, bytes[end] != UInt8(ascii: "\n") {
            let byte = bytes[end]
            if byte == UInt8(ascii: "\"") { return nil }
            if byte == UInt8(ascii: "\r"), end + 1 < bytes.count, bytes[end + 1] != UInt8(ascii: "\n") { return nil }
            if byte == UInt8(ascii: ",") {
                values.append(bytes[start..<end])
                start = end + 1
            }
            end += 1
        }
        // At the end of the text a carriage return belongs to the field, as it does to the slow way.
        let isEnded = end < bytes.count
        let last = isEnded && end > start && bytes[end - 1] == UInt8(ascii: "\r") ? end - 1 : end
        values.append(bytes[start..<last])
        let fields = Fields(values: values, line: line)
        if isEnded { line += 1 }
        index = isEnded ? end + 1 : end
        return fields
    }

    private mutating func quoted() throws(RecordError) -> [UInt8] {
        var value: [UInt8] = []
        let start = line
        index += 1
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "\"") {
                guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { return value }
                index += 1
            }
            if byte == UInt8(ascii: "\n") { line += 1 }
            value.append(byte)
        }
        throw RecordError(line: start, reason: "a quote is not closed")
    }
}
