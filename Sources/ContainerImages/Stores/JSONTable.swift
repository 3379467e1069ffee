import ArchiveReading
import EnvironmentInventory
import SourceDocuments

/// A JSON object whose members have to be of the wanted type; null counts as absent.
///
/// The documents of an image are read by Go's encoding/json, which takes a member in another case for the one that is asked
/// for, and of several the last one (https://pkg.go.dev/encoding/json#Unmarshal): where such a member is met, the document is
/// refused.
struct JSONTable {
    /// What is done with a member whose key is the wanted one in another case.
    enum OtherCase: Sendable {
        /// It is another member.
        case differs
        /// The document is refused.
        case isRefused
        /// It is taken for the wanted one; two of them are refused, as Go takes either.
        case isTaken
    }

    let name: String
    private let node: DocumentNode
    private let table: DocumentTable
    private let otherCase: OtherCase

    init(_ bytes: [UInt8], name: String, otherCase: OtherCase = .differs) throws(DocumentError) {
        try self.init(JSONReader.read(SourceText(name: name, bytes: bytes)), name: name, otherCase: otherCase)
    }

    /// A document of an image, under the limits of its reading.
    init(_ bytes: [UInt8], name: String, limits: ReadingLimits) throws(DocumentError) {
        let text = SourceText(name: name, bytes: bytes)
        try self.init(JSONReader.read(text, maximumDepth: limits.jsonDepth), name: name, otherCase: .isRefused)
    }

    init(_ node: DocumentNode, name: String, otherCase: OtherCase = .differs) throws(DocumentError) {
        guard let table = node.table else {
            throw DocumentError(file: name, place: node.place, reason: "expected a table, found \(node.typeName)")
        }
        self.name = name
        self.node = node
        self.table = table
        self.otherCase = otherCase
    }

    /// The members in their order.
    var members: [DocumentTable.Member] { table.members }

    func has(_ key: String) throws(DocumentError) -> Bool { try present(key) != nil }

    func error(_ reason: String) -> DocumentError { DocumentError(file: name, place: node.place, reason: reason) }

    func string(_ key: String) throws(DocumentError) -> String? { try value(key, "a string", \.string) }
    func boolean(_ key: String) throws(DocumentError) -> Bool? { try value(key, "a boolean", \.boolean) }
    func integer(_ key: String) throws(DocumentError) -> Int? {
        try value(key, "an integer", \.integer).map { Int($0) }
    }

    /// - Parameter otherCase: what counts for the keys of that table; nil for what counts here.
    func table(_ key: String, otherCase: OtherCase? = nil) throws(DocumentError) -> JSONTable? {
        guard let node = try present(key) else { return nil }
        return try JSONTable(node, name: name, otherCase: otherCase ?? self.otherCase)
    }

    func tables(_ key: String) throws(DocumentError) -> [JSONTable] {
        var tables: [JSONTable] = []
        for element in try value(key, "a list", \.array) ?? [] {
            tables.append(try JSONTable(element, name: name, otherCase: otherCase))
        }
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

    /// Finds a member; null counts as absent.
    private func present(_ key: String) throws(DocumentError) -> DocumentNode? {
        var node = table[key]
        if otherCase != .differs {
            for member in table.members where member.key != key && Self.folded(member.key) == Self.folded(key) {
                guard otherCase == .isTaken else {
                    throw DocumentError(
                        file: name, place: member.value.place,
                        reason: "the member '\(member.key)' is taken for '\(key)' by container runtimes")
                }
                guard node == nil else {
                    throw DocumentError(
                        file: name, place: member.keyPlace, reason: "'\(key)' is there twice, in two spellings")
                }
                node = member.value
            }
        }
        guard let node, !node.isNull else { return nil }
        return node
    }

    private func value<Value>(
        _ key: String, _ type: String, _ get: (DocumentNode) -> Value?
    ) throws(DocumentError) -> Value? {
        guard let node = try present(key) else { return nil }
        guard let value = get(node) else {
            throw DocumentError(
                file: name, place: node.place, reason: "'\(key)' has to be \(type), found \(node.typeName)")
        }
        return value
    }

    /// A key as Go compares it: without case, the long s and the Kelvin sign being letters of ASCII.
    static func folded(_ key: String) -> String {
        if key.utf8.allSatisfy({ $0 < 0x80 }) { return key.lowercased() }
        var folded = ""
        for scalar in key.unicodeScalars {
            switch scalar.value {
            case 0x17F: folded += "s"
            case 0x212A: folded += "k"
            default: folded.unicodeScalars.append(scalar)
            }
        }
        return folded.lowercased()
    }
}
