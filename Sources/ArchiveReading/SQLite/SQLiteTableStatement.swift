/// Reads the names of the columns from a `CREATE TABLE` statement as SQLite keeps it in its schema.
///
/// Grammar: https://www.sqlite.org/lang_createtable.html. SQLite keeps the statement as it was written, and `ALTER TABLE` edits it.
enum SQLiteTableStatement {
    /// Returns the names in the order of the records; nil where the statement is of another form.
    static func columnNames(_ statement: [UInt8]) -> [String]? {
        guard let open = statement.firstIndex(of: UInt8(ascii: "(")) else { return nil }
        var names: [String] = []
        var depth = 0
        var start = open + 1
        var index = open
        while index < statement.count {
            switch statement[index] {
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"):
                depth -= 1
                if depth == 0 { return add(statement[start..<index], to: &names) ? names : nil }
            case UInt8(ascii: ","):
                if depth == 1 {
                    guard add(statement[start..<index], to: &names) else { return nil }
                    start = index + 1
                }
            case let quote where closing[quote] != nil:
                guard let end = statement[(index + 1)...].firstIndex(of: closing[quote] ?? quote) else { return nil }
                index = end
            default: break
            }
            index += 1
        }
        return nil
    }

    private static let closing: [UInt8: UInt8] = [
        UInt8(ascii: "\""): UInt8(ascii: "\""), UInt8(ascii: "`"): UInt8(ascii: "`"),
        UInt8(ascii: "["): UInt8(ascii: "]"), UInt8(ascii: "'"): UInt8(ascii: "'"),
    ]
    private static let constraints: Set<String> = ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"]

    /// Adds the name that a definition begins with; false where there is none.
    private static func add(_ definition: ArraySlice<UInt8>, to names: inout [String]) -> Bool {
        let text = definition.drop { $0 <= UInt8(ascii: " ") }
        guard let first = text.first else { return false }
        if let close = closing[first] {
            guard let end = text.dropFirst().firstIndex(of: close) else { return false }
            names.append(String(decoding: text[(text.startIndex + 1)..<end], as: UTF8.self))
            return true
        }
        let word = String(decoding: text.prefix { $0 > UInt8(ascii: " ") && $0 != UInt8(ascii: "(") }, as: UTF8.self)
        if !constraints.contains(word.uppercased()) { names.append(word) }
        return !word.isEmpty
    }
}
