/// Reads the names of the columns from a `CREATE TABLE` statement as SQLite keeps it in its schema.
///
/// Grammar: https://www.sqlite.org/lang_createtable.html. SQLite keeps the statement as it was written, and `ALTER TABLE` edits it.
enum SQLiteTableStatement {
    /// Returns the names in the order of the records; nil where the statement is of another form.
    static func columnNames(_ statement: [UInt8]) -> [String]? {
        let statement = withoutComments(statement)
        var names: [String] = []
        var depth = 0
        var start = 0
        var index = 0
        while index < statement.count {
            switch statement[index] {
            case UInt8(ascii: "("):
                if depth == 0 { start = index + 1 }
                depth += 1
            case UInt8(ascii: ")"):
                guard depth > 0 else { return nil }
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

    /// The statement with a blank in place of each comment (https://www.sqlite.org/lang_comment.html).
    private static func withoutComments(_ statement: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(statement.count)
        var index = 0
        while index < statement.count {
            let rest = statement[index...]
            if rest.starts(with: "--".utf8) {
                index = rest.firstIndex(of: UInt8(ascii: "\n")) ?? statement.count
                output.append(UInt8(ascii: " "))
            } else if rest.starts(with: "/*".utf8) {
                index += 2
                while index < statement.count, !statement[index...].starts(with: "*/".utf8) { index += 1 }
                index += 2
                output.append(UInt8(ascii: " "))
            } else if let close = closing[statement[index]] {
                let end = rest.dropFirst().firstIndex(of: close) ?? statement.count - 1
                output += statement[index...end]
                index = end + 1
            } else {
                output.append(statement[index])
                index += 1
            }
        }
        return output
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
            // A quote that is written twice is one of the name.
            var name: [UInt8] = []
            var rest = text.dropFirst()
            while let end = rest.firstIndex(of: close) {
                name += rest[..<end]
                rest = rest[(end + 1)...]
                guard first == close, rest.first == close else {
                    names.append(String(decoding: name, as: UTF8.self))
                    return true
                }
                name.append(close)
                rest = rest.dropFirst()
            }
            return false
        }
        let word = String(decoding: text.prefix { $0 > UInt8(ascii: " ") && $0 != UInt8(ascii: "(") }, as: UTF8.self)
        if !constraints.contains(word.uppercased()) { names.append(word) }
        return !word.isEmpty
    }
}
