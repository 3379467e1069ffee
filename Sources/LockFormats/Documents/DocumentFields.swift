import EnvironmentInventory
import SourceDocuments

/// Typed access to the members of one table; a member of another type is an error with its place.
struct DocumentFields: Sendable {
    let file: String
    let table: DocumentTable
    let range: SourceRange

    init(_ node: DocumentNode, file: String, what: String) throws(LockReadingError) {
        guard let table = node.table else {
            throw LockReadingError(
                file: file, place: node.place, reason: "\(what) must be a table, not \(node.typeName)")
        }
        self.file = file
        self.table = table
        self.range = node.range
    }

    func error(_ reason: String, at place: SourcePosition? = nil) -> LockReadingError {
        LockReadingError(file: file, place: place ?? range.start, reason: reason)
    }

    private func wrongType(_ key: String, _ node: DocumentNode, _ expected: String) -> LockReadingError {
        error("\"\(key)\" must be \(expected), not \(node.typeName)", at: node.place)
    }

    /// A string; nil when the member is missing or null.
    func string(_ key: String) throws(LockReadingError) -> String? {
        if let string = table.string(key) { return string }
        guard let node = table[key], !node.isNull else { return nil }
        guard let string = node.string else { throw wrongType(key, node, "a string") }
        return string
    }

    /// A string or any other scalar as written, `3.10`; nil when the member is missing or null.
    func text(_ key: String) throws(LockReadingError) -> String? {
        if let string = table.string(key) { return string }
        guard let node = table[key], !node.isNull else { return nil }
        guard let text = node.text else { throw wrongType(key, node, "a string") }
        return text
    }

    func requiredString(_ key: String) throws(LockReadingError) -> String {
        guard let string = try string(key) else { throw error("\"\(key)\" is missing") }
        return string
    }

    /// A string that names something, so that it cannot be empty.
    func requiredName(_ key: String) throws(LockReadingError) -> String {
        let name = try requiredString(key)
        if name.isEmpty { throw error("\"\(key)\" is empty", at: table[key]?.place) }
        return name
    }

    func integer(_ key: String) throws(LockReadingError) -> Int64? {
        guard let node = table[key], !node.isNull else { return nil }
        guard let integer = node.integer else { throw wrongType(key, node, "an integer") }
        return integer
    }

    func boolean(_ key: String) throws(LockReadingError) -> Bool? {
        guard let node = table[key], !node.isNull else { return nil }
        guard let boolean = node.boolean else { throw wrongType(key, node, "a boolean") }
        return boolean
    }

    /// The elements of a list; none when the member is missing or null.
    func array(_ key: String) throws(LockReadingError) -> [DocumentNode] {
        guard let node = table[key], !node.isNull else { return [] }
        guard let array = node.array else { throw wrongType(key, node, "a list") }
        return array
    }

    /// A list that is still text; nil when the member is anything else.
    func flatTables(_ key: String) -> FlatTables? {
        if case .deferred(.tables(let tables)) = table[key]?.value { tables } else { nil }
    }

    /// The strings of a list; none when the member is missing.
    func strings(_ key: String) throws(LockReadingError) -> [String] {
        var strings: [String] = []
        for node in try array(key) {
            guard let string = node.text else { throw wrongType(key, node, "a list of strings") }
            strings.append(string)
        }
        return strings
    }

    /// The fields of a table; nil when the member is missing or null.
    func fields(_ key: String) throws(LockReadingError) -> DocumentFields? {
        guard let node = table[key], !node.isNull else { return nil }
        return try DocumentFields(node, file: file, what: "\"\(key)\"")
    }

    /// The fields of each table of a list; none when the member is missing.
    func list(_ key: String) throws(LockReadingError) -> [DocumentFields] {
        var list: [DocumentFields] = []
        for node in try array(key) {
            list.append(try DocumentFields(node, file: file, what: "an entry of \"\(key)\""))
        }
        return list
    }
}

extension DocumentFields {
    /// Returns a gap for every member of a file whose key the reader does not know and whose value lists packages: tables
    /// with a name. Other unknown members say nothing about what is installed.
    func gaps(besides known: Set<String>) -> [Gap] {
        table.members.compactMap { member in
            guard !known.contains(member.key), let list = member.value.array,
                list.contains(where: { $0.table?["name"]?.string != nil })
            else { return nil }
            return Gap(
                member.key, reason: "Pinproof does not know this list of packages",
                source: FileLocation(file: file, line: member.keyPlace.line))
        }
    }
}

/// The documents that locks are written in, with the errors of locks.
enum LockText {
    static func toml(_ text: SourceText) throws(LockReadingError) -> DocumentFields {
        try root(text) { (text: SourceText) throws(DocumentError) in try TOMLReader.read(text) }
    }

    static func json(_ text: SourceText) throws(LockReadingError) -> DocumentFields {
        try root(text) { (text: SourceText) throws(DocumentError) in try JSONReader.read(text) }
    }

    static func yaml(_ text: SourceText) throws(LockReadingError) -> DocumentFields {
        try root(text) { (text: SourceText) throws(DocumentError) in try YAMLReader.read(text) }
    }

    /// What was made of the items of a list up to the first one that is wrong, or to the end.
    ///
    /// One thread fills it, and who reads it comes after that.
    final class Items<Made: Sendable>: @unchecked Sendable {
        private(set) var made: [Made] = []
        private(set) var error: LockReadingError?

        func add(
            _ node: DocumentNode, of key: String, in file: String,
            _ make: (DocumentFields) throws(LockReadingError) -> Made
        ) {
            guard error == nil else { return }
            do throws(LockReadingError) {
                made.append(try make(DocumentFields(node, file: file, what: "an entry of \"\(key)\"")))
            } catch { self.error = error }
        }
    }

    /// A document with what is made of the tables of one of its lists.
    static func yaml<Made: Sendable>(
        _ text: SourceText, itemsOf key: String,
        _ make: @escaping @Sendable (DocumentFields) throws(LockReadingError) -> Made
    ) throws(LockReadingError) -> (root: DocumentFields, items: [Items<Made>]) {
        var items: [Items<Made>] = []
        let root = try root(text) { (text: SourceText) throws(DocumentError) in
            let read = try YAMLReader.read(text, itemsOf: key, taker: { Items<Made>() }) { node, items in
                items.add(node, of: key, in: text.name, make)
            }
            items = read.takers
            return read.root
        }
        return (root, items)
    }

    private static func root(
        _ text: SourceText, _ read: (SourceText) throws(DocumentError) -> DocumentNode
    ) throws(LockReadingError) -> DocumentFields {
        let node: DocumentNode
        do throws(DocumentError) { node = try read(text) } catch { throw LockReadingError(error) }
        if node.isNull || node.table?.members.isEmpty == true {
            throw LockReadingError(file: text.name, place: SourcePosition(line: 1, column: 1), reason: "is empty")
        }
        return try DocumentFields(node, file: text.name, what: "the file")
    }

    /// The last component of a URL or path, percent-decoded, without query and fragment.
    static func fileName(ofURL url: String) -> String? {
        var url = url
        return url.withUTF8 { fileName(ofURL: $0) }
    }

    /// The last component of a URL or path that is given as UTF-8.
    static func fileName(ofURL bytes: UnsafeBufferPointer<UInt8>) -> String? {
        var start = 0
        var end = bytes.count
        for (index, byte) in bytes.enumerated() {
            if byte == UInt8(ascii: "#") || byte == UInt8(ascii: "?") {
                end = index
                break
            }
            if byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\\") { start = index + 1 }
        }
        if start == end { return nil }
        return PercentEncoding.decode(String(decoding: bytes[start..<end], as: UTF8.self))
    }

    /// A text in lower case; nearly every name is already, and to find that out is cheap.
    static func lowercased(_ text: String) -> String {
        text.utf8.contains { $0 >= 0x80 || (0x41...0x5A).contains($0) } ? text.lowercased() : text
    }

}
