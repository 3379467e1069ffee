import SourceDocuments

/// Documents in the form that the programs in `Oracle` write.
enum CanonicalForm {
    /// The value of a document; "-" when it is refused.
    static func of(_ read: () throws(DocumentError) -> DocumentNode) -> String {
        do { return of(try read()) } catch { return "-" }
    }

    static func of(_ node: DocumentNode) -> String {
        switch node.value {
        case .null: return "null"
        case .boolean(let boolean): return boolean ? "b1" : "b0"
        case .integer(let integer): return "i\(integer)"
        case .float(let float): return float.isNaN ? "fnan" : "f" + String(float.bitPattern, radix: 16)
        case .string(let string): return "s" + Hexadecimal.encode(Array(string.utf8))
        case .date(let written): return "d" + moment(written)
        case .array, .deferred: return "[" + (node.array ?? []).map(of).joined(separator: ",") + "]"
        case .table(let table):
            let members = table.members.map { Hexadecimal.encode(Array($0.key.utf8)) + ":" + of($0.value) }
            return "{" + members.sorted().joined(separator: ",") + "}"
        }
    }

    /// The tree of a YAML document, in which scalars are texts.
    static func tree(_ node: DocumentNode) -> String {
        switch node.value {
        case .array, .deferred: return "[" + (node.array ?? []).map(tree).joined(separator: ",") + "]"
        case .table(let table):
            let members = table.members.map { Hexadecimal.encode(Array($0.key.utf8)) + ":" + tree($0.value) }
            return "{" + members.joined(separator: ",") + "}"
        default: return Hexadecimal.encode(Array((node.text ?? node.raw ?? "").utf8))
        }
    }

    /// A date or time as Python's isoformat writes it.
    private static func moment(_ written: String) -> String {
        var bytes = written.utf8.map { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "t") ? UInt8(ascii: "T") : $0 }
        if let last = bytes.last, last | 0x20 == UInt8(ascii: "z") { bytes = bytes.dropLast() + Array("+00:00".utf8) }
        if bytes.count > 16, bytes.suffix(6).elementsEqual("-00:00".utf8) { bytes[bytes.count - 6] = UInt8(ascii: "+") }
        if let dot = bytes.firstIndex(of: UInt8(ascii: ".")) {
            let end = bytes[(dot + 1)...].firstIndex { !$0.isASCIIDigit } ?? bytes.count
            var fraction = Array(bytes[(dot + 1)..<end].prefix(6))
            while fraction.count < 6 { fraction.append(UInt8(ascii: "0")) }
            let isZero = fraction.allSatisfy { $0 == UInt8(ascii: "0") }
            bytes.replaceSubrange(dot..<end, with: isZero ? [] : [UInt8(ascii: ".")] + fraction)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
