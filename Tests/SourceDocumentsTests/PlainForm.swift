import SourceDocuments

/// A document's value in a form that tables of cases can hold: `{'a': [1, 1.5, null, true, 'x']}`.
enum PlainForm {
    /// The value of a document; what is wrong with one that is refused.
    static func of(_ read: () throws(DocumentError) -> DocumentNode) -> String {
        do { return text(try read()) } catch { return "refused: \(error.description)" }
    }

    static func text(_ node: DocumentNode) -> String {
        switch node.value {
        case .null: "null"
        case .boolean(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .float(let value): "\(value)"
        case .string(let value): "'\(value)'"
        case .date(let value): value
        case .array, .deferred: "[" + (node.array ?? []).map(text).joined(separator: ", ") + "]"
        case .table(let table):
            "{" + table.members.map { "'\($0.key)': \(text($0.value))" }.joined(separator: ", ") + "}"
        }
    }
}
