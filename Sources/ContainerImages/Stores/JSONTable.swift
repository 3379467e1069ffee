import ArchiveReading
import SourceDocuments

/// A JSON object whose members have to be of the wanted type; null counts as absent.
struct JSONTable {
    let name: String
    private let node: DocumentNode
    private let table: DocumentTable

    init(_ bytes: [UInt8], name: String) throws(DocumentError) {
        try self.init(JSONReader.read(SourceText(name: name, bytes: bytes)), name: name)
    }

    /// A document of an image, under the limits of its reading.
    init(_ bytes: [UInt8], name: String, limits: ReadingLimits) throws(DocumentError) {
        let text = SourceText(name: name, bytes: bytes)
        try self.init(JSONReader.read(text, maximumDepth: limits.jsonDepth), name: name)
    }

    init(_ node: DocumentNode, name: String) throws(DocumentError) {
        guard let table = node.table else {
            throw DocumentError(file: name, place: node.place, reason: "expected a table, found \(node.typeName)")
        }
        self.name = name
        self.node = node
        self.table = table
    }

    func has(_ key: String) -> Bool { table[key].map { !$0.isNull } ?? false }

    func error(_ reason: String) -> DocumentError { DocumentError(file: name, place: node.place, reason: reason) }

    func string(_ key: String) throws(DocumentError) -> String? { try value(key, "a string", \.string) }
    func boolean(_ key: String) throws(DocumentError) -> Bool? { try value(key, "a boolean", \.boolean) }
    func integer(_ key: String) throws(DocumentError) -> Int? {
        try value(key, "an integer", \.integer).map { Int($0) }
    }

    func table(_ key: String) throws(DocumentError) -> JSONTable? {
        guard let node = present(key) else { return nil }
        return try JSONTable(node, name: name)
    }

    func tables(_ key: String) throws(DocumentError) -> [JSONTable] {
        var tables: [JSONTable] = []
        for element in try value(key, "a list", \.array) ?? [] { tables.append(try JSONTable(element, name: name)) }
        return tables
    }

    func stringList(_ key: String) throws(DocumentError) -> [String] {
        var strings: [String] = []
        for element in try value(key, "a list", \.array) ?? [] {
            guard let string = element.string else {
                throw DocumentError(
                    file: name, place: element.place, reason: "'\(key)' expects strings, found \(element.typeName)")
            }
            strings.append(string)
        }
        return strings
    }

    func strings(_ key: String) throws(DocumentError) -> [String: String] {
        guard let table = try value(key, "a table", \.table) else { return [:] }
        var strings: [String: String] = [:]
        for member in table.members {
            guard let string = member.value.string else {
                throw DocumentError(
                    file: name, place: member.value.place,
                    reason: "'\(key)' expects strings, found \(member.value.typeName)")
            }
            strings[member.key] = string
        }
        return strings
    }

    private func present(_ key: String) -> DocumentNode? {
        guard let node = table[key], !node.isNull else { return nil }
        return node
    }

    private func value<Value>(
        _ key: String, _ type: String, _ get: (DocumentNode) -> Value?
    ) throws(DocumentError) -> Value? {
        guard let node = present(key) else { return nil }
        guard let value = get(node) else {
            throw DocumentError(
                file: name, place: node.place, reason: "'\(key)' has to be \(type), found \(node.typeName)")
        }
        return value
    }
}
