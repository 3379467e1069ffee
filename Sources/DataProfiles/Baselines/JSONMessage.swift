import SourceDocuments

/// An object of a baseline whose keys are known: an unknown one is an error, as it is for the reader of protocol buffers
/// (https://protobuf.dev/programming-guides/json/).
struct JSONMessage {
    /// What it is, for errors: `feature 'age'`.
    let name: String
    private let table: DocumentTable
    private let place: SourcePosition
    private let file: String

    /// - Parameters:
    ///   - keys: the keys that may be there, in lowerCamelCase; they may also be written in snake_case.
    ///   - isOpen: whether other keys are allowed.
    init(
        _ node: DocumentNode, name: String, file: String, keys: Set<String>, isOpen: Bool = false
    ) throws(BaselineError) {
        guard let table = node.table else {
            throw BaselineError(
                file: file, place: node.place, reason: "\(name) is \(node.typeName), and an object was expected")
        }
        self.name = name
        self.file = file
        place = node.place
        var members = DocumentTable()
        for member in table.members {
            let key = keys.contains(member.key) ? member.key : Self.camelCase(member.key)
            guard keys.contains(key) else {
                if isOpen { continue }
                throw BaselineError(
                    file: file, place: member.keyPlace, reason: "\(name): the key '\(member.key)' is not known")
            }
            guard members.insert(.init(key: key, keyPlace: member.keyPlace, value: member.value)) else {
                throw BaselineError(
                    file: file, place: member.keyPlace, reason: "\(name): the key '\(key)' is there twice")
            }
        }
        self.table = members
    }

    private static func camelCase(_ key: String) -> String {
        var result = ""
        var isUpper = false
        for character in key {
            if character == "_" {
                isUpper = true
            } else {
                result += isUpper ? character.uppercased() : String(character)
                isUpper = false
            }
        }
        return result
    }

    /// An error of the message, at one of its keys or at its beginning.
    func error(_ reason: String, at key: String? = nil) -> BaselineError {
        BaselineError(
            file: file, place: key.flatMap { table.member($0)?.keyPlace } ?? place, reason: "\(name): \(reason)")
    }

    /// The value of a key; nil when it is absent or null.
    func node(_ key: String) -> DocumentNode? {
        guard let node = table[key], !node.isNull else { return nil }
        return node
    }

    /// A text; empty when it is absent.
    func string(_ key: String) throws(BaselineError) -> String {
        guard let node = node(key) else { return "" }
        guard let string = node.string else {
            throw error("'\(key)' is \(node.typeName), and text was expected", at: key)
        }
        return string
    }

    /// A number that is not negative and has no fraction, as a number or as text; nil when it is absent.
    func count(_ key: String) throws(BaselineError) -> Int? {
        guard let node = node(key) else { return nil }
        let value: Int? =
            switch node.value {
            case .integer(let integer): Int(exactly: integer)
            case .float(let float): Int(exactly: float)
            case .string(let text): Int(text)
            default: nil
            }
        guard let value else { throw error("'\(key)' is not a whole number", at: key) }
        guard value >= 0 else { throw error("'\(key)' is negative: \(value)", at: key) }
        return value
    }

    /// A finite number; nil when it is absent.
    func number(_ key: String) throws(BaselineError) -> Double? {
        guard let node = node(key) else { return nil }
        let value: Double? =
            switch node.value {
            case .integer(let integer): Double(integer)
            case .float(let float): float
            case .string(let text): Double(text)
            default: nil
            }
        guard let value else { throw error("'\(key)' is not a number", at: key) }
        guard value.isFinite else { throw error("'\(key)' is not a finite number", at: key) }
        return value
    }

    /// A finite number that is not negative; nil when it is absent.
    func amount(_ key: String) throws(BaselineError) -> Double? {
        guard let value = try number(key) else { return nil }
        guard value >= 0 else { throw error("'\(key)' is negative: \(value)", at: key) }
        return value
    }

    /// The elements of a list; none when it is absent.
    func list(_ key: String) throws(BaselineError) -> [DocumentNode] {
        guard let node = node(key) else { return [] }
        guard let array = node.array else {
            throw error("'\(key)' is \(node.typeName), and a list was expected", at: key)
        }
        return array
    }

    /// A message inside of this one; nil when it is absent.
    func message(
        _ key: String, name: String? = nil, keys: Set<String>, isOpen: Bool = false
    ) throws(BaselineError) -> JSONMessage? {
        guard let node = node(key) else { return nil }
        return try JSONMessage(node, name: name ?? self.name, file: file, keys: keys, isOpen: isOpen)
    }

    /// The messages of a list.
    func messages(
        _ key: String, name: String, keys: Set<String>, isOpen: Bool = false
    ) throws(BaselineError) -> [JSONMessage] {
        var result: [JSONMessage] = []
        for node in try list(key) {
            result.append(try JSONMessage(node, name: name, file: file, keys: keys, isOpen: isOpen))
        }
        return result
    }
}
