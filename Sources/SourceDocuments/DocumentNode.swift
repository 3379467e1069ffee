/// A value of a JSON, TOML or YAML document with its position.
package struct DocumentNode: Sendable {
    /// What the value is.
    package enum Value: Sendable {
        /// JSON `null`, YAML `null` or `~`.
        case null
        case boolean(Bool)
        case integer(Int64)
        case float(Double)
        case string(String)
        /// A TOML date or time, as it is written.
        case date(String)
        case array([DocumentNode])
        /// A list that is still text: ``DocumentNode/array`` reads it.
        indirect case deferred(DeferredList)
        case table(DocumentTable)
    }

    /// The value.
    package let value: Value
    /// The range from the value's first byte to the position after its last one.
    package let range: SourceRange
    /// A number, boolean, null or date as it is written, so that `3.10` does not become 3.1; nil for everything else.
    package let raw: String?

    /// Creates a node from its value, its range and its text as written.
    package init(_ value: Value, range: SourceRange, raw: String? = nil) {
        self.value = value
        self.range = range
        self.raw = raw
    }

    /// Creates a node whose end is unknown.
    package init(_ value: Value, at place: SourcePosition, raw: String? = nil) {
        self.init(value, range: SourceRange(start: place, end: place), raw: raw)
    }

    /// Where the value starts.
    package var place: SourcePosition { range.start }

    /// A scalar as text: the string, or the number, boolean or date as it is written; nil for null, lists and tables.
    package var text: String? {
        switch value {
        case .string(let string): string
        case .null, .array, .deferred, .table: nil
        default: raw
        }
    }
}

/// The members of a JSON object, TOML table or YAML mapping, in document order.
///
/// Keys are unique: the readers refuse a document that has one twice.
package struct DocumentTable: Sendable {
    /// One key with its value.
    package struct Member: Sendable {
        /// The key.
        package let key: String
        /// The position of the key.
        package let keyPlace: SourcePosition
        /// The value.
        package let value: DocumentNode

        /// Creates a member.
        package init(key: String, keyPlace: SourcePosition, value: DocumentNode) {
            self.key = key
            self.keyPlace = keyPlace
            self.value = value
        }
    }

    /// The members in document order.
    package private(set) var members: [Member] = []
    private var indices: [String: Int] = [:]
    private static let searchedCount = 16

    /// Creates an empty table.
    package init() {}

    /// Adds a member; returns false, and adds nothing, when the key is there already.
    package mutating func insert(_ member: Member) -> Bool {
        // Most tables are tiny: linear search is faster than hashing and allocates nothing.
        if members.count < Self.searchedCount {
            if index(of: member.key) != nil { return false }
            if members.isEmpty { members.reserveCapacity(8) }
            members.append(member)
            return true
        }
        if indices.isEmpty {
            for (index, member) in members.enumerated() { indices[member.key] = index }
        }
        if indices[member.key] != nil { return false }
        indices[member.key] = members.count
        members.append(member)
        return true
    }

    /// The value of a key, or nil.
    package subscript(key: String) -> DocumentNode? { index(of: key).map { members[$0].value } }

    /// The member of a key, or nil.
    package func member(_ key: String) -> Member? { index(of: key).map { members[$0] } }

    /// The string of a key; nil when it is missing or of another type.
    package func string(_ key: String) -> String? {
        guard let index = index(of: key), case .string(let string) = members[index].value.value else { return nil }
        return string
    }

    private func index(of key: String) -> Int? {
        if members.count > Self.searchedCount { return indices[key] }
        // By index: to look at a member in a closure would copy it.
        for index in members.indices where members[index].key == key { return index }
        return nil
    }
}

extension DocumentNode {
    /// The name of the value's type, for error texts.
    package var typeName: String {
        switch value {
        case .null: "null"
        case .boolean: "a boolean"
        case .integer: "an integer"
        case .float: "a number"
        case .string: "a string"
        case .date: "a date"
        case .array, .deferred: "a list"
        case .table: "a table"
        }
    }

    /// The string, or nil when the value is something else.
    package var string: String? { if case .string(let string) = value { string } else { nil } }
    /// The integer, or nil when the value is something else.
    package var integer: Int64? { if case .integer(let integer) = value { integer } else { nil } }
    /// The boolean, or nil when the value is something else.
    package var boolean: Bool? { if case .boolean(let boolean) = value { boolean } else { nil } }
    /// The elements, or nil when the value is something else.
    package var array: [DocumentNode]? {
        switch value {
        case .array(let array): array
        case .deferred(let list): list.nodes
        default: nil
        }
    }
    /// The members, or nil when the value is something else.
    package var table: DocumentTable? { if case .table(let table) = value { table } else { nil } }
    /// Whether the value is null.
    package var isNull: Bool { if case .null = value { true } else { false } }
}

/// An error in a document, with its position.
package struct DocumentError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The name of the document.
    package let file: String
    /// The position of the error; nil when it concerns the whole document.
    package let place: SourcePosition?
    /// A short description without the position.
    package let reason: String

    /// Creates an error.
    package init(file: String, place: SourcePosition?, reason: String) {
        self.file = file
        self.place = place
        self.reason = reason
    }

    /// `file:line:column: reason`.
    package var description: String {
        guard let place else { return "\(file): \(reason)" }
        return "\(file):\(place.line):\(place.column): \(reason)"
    }
}
