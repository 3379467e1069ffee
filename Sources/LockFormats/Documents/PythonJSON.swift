import SourceDocuments

/// Writes a document as Python's `json.dumps(value, sort_keys=True)` does, for the hashes that Poetry, pdm and Pipenv take over
/// what a project declares (https://docs.python.org/3/library/json.html#json.dumps).
struct PythonJSON {
    /// What a hash is taken over: members of the project's file beside values of the tool's own.
    indirect enum Value {
        case node(DocumentNode)
        case null
        case string(String)
        case list([Value])
        case table([String: Value])

        init(_ node: DocumentNode?, orElse value: Value) { self = node.map { .node($0) } ?? value }
    }

    /// Whether there are no spaces after commas and colons.
    let isCompact: Bool
    private var bytes: [UInt8] = []
    /// Whether a value has no form in JSON, as a date.
    private var isImpossible = false

    private init(isCompact: Bool) { self.isCompact = isCompact }

    /// The text in bytes; nil for a value that JSON does not have.
    static func bytes(_ value: Value, isCompact: Bool = false) -> [UInt8]? {
        var writer = PythonJSON(isCompact: isCompact)
        writer.write(value)
        return writer.isImpossible ? nil : writer.bytes
    }

    private mutating func write(_ value: Value) {
        switch value {
        case .node(let node): write(node)
        case .null: put("null")
        case .string(let string): write(string)
        case .list(let values): writeList(values) { $0.write($1) }
        case .table(let table): writeTable(table.map { ($0.key, $0.value) }) { $0.write($1) }
        }
    }

    /// The depth is that of the document, which its reader limits.
    private mutating func write(_ node: DocumentNode) {
        switch node.value {
        case .null: put("null")
        case .boolean(let boolean): put(boolean ? "true" : "false")
        case .integer(let integer): put(String(integer))
        case .float(let float): put(float.description)
        case .string(let string): write(string)
        case .date: isImpossible = true
        case .array(let nodes): writeList(nodes) { $0.write($1) }
        case .deferred(let list): writeList(list.nodes) { $0.write($1) }
        case .table(let table): writeTable(table.members.map { ($0.key, $0.value) }) { $0.write($1) }
        }
    }

    private mutating func writeList<Element>(_ list: [Element], _ writeElement: (inout PythonJSON, Element) -> Void) {
        put("[")
        for (index, element) in list.enumerated() {
            if index > 0 { put(isCompact ? "," : ", ") }
            writeElement(&self, element)
        }
        put("]")
    }

    private mutating func writeTable<Element>(
        _ members: [(String, Element)], _ writeElement: (inout PythonJSON, Element) -> Void
    ) {
        put("{")
        // Python orders by code points, which is the order of UTF-8.
        let sorted = members.sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
        for (index, member) in sorted.enumerated() {
            if index > 0 { put(isCompact ? "," : ", ") }
            write(member.0)
            put(isCompact ? ":" : ": ")
            writeElement(&self, member.1)
        }
        put("}")
    }

    private mutating func put(_ text: String) { bytes.append(contentsOf: text.utf8) }

    /// A string with everything outside of ASCII as `\uXXXX`.
    private mutating func write(_ string: String) {
        put("\"")
        for unit in string.utf16 {
            switch unit {
            case UInt16(UInt8(ascii: "\"")): put("\\\"")
            case UInt16(UInt8(ascii: "\\")): put("\\\\")
            case UInt16(UInt8(ascii: "\n")): put("\\n")
            case UInt16(UInt8(ascii: "\r")): put("\\r")
            case UInt16(UInt8(ascii: "\t")): put("\\t")
            case 0x08: put("\\b")
            case 0x0C: put("\\f")
            case UInt16(UInt8(ascii: " "))...UInt16(UInt8(ascii: "~")): bytes.append(UInt8(truncatingIfNeeded: unit))
            default:
                let hexadecimal = String(unit, radix: 16)
                put("\\u" + String(repeating: "0", count: max(0, 4 - hexadecimal.count)) + hexadecimal)
            }
        }
        put("\"")
    }
}
