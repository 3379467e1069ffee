import ArchiveReading
import EnvironmentInventory
import SourceDocuments

/// A model and the image that is to serve it, as a list names them.
package struct FleetEntry: Sendable, Hashable {
    /// The model, or a lock in its place.
    package var model: String
    /// The image.
    package var image: String
    /// The lock of the training environment.
    package var lock: String?
    /// Directories of wheels, or maps of `pinproof wheels`.
    package var wheels: [String] = []
    /// The model that is served today.
    package var previous: String?
    /// What people call the pair.
    package var name: String?

    /// Creates an entry.
    package init(model: String, image: String) {
        self.model = model
        self.image = image
    }
}

/// What a list or a directory of manifests says: the entries, and what names none.
package struct FleetList: Sendable {
    /// The entries, in the order of the list.
    package var entries: [FleetEntry] = []
    /// What was read and names no model, a sentence each with its place.
    package var notes: [String] = []
    /// What could not be read, a sentence each with its place.
    package var problems: [String] = []

    /// Creates an empty list.
    package init() {}

    private static let keys: Set<String> = ["model", "image", "lock", "wheels", "previous", "name"]

    /// Reads a list: one JSON object a line.
    package init(lines text: SourceText) {
        for (number, line) in text.bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .enumerated()
        {
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
            let place = "\(text.name):\(number + 1)"
            guard let table = try? JSONReader.read(SourceText(name: place, bytes: Array(line)), maximumDepth: 8).table
            else {
                problems.append("\(place): it is not one JSON object a line")
                continue
            }
            guard let model = table["model"]?.string, let image = table["image"]?.string, !model.isEmpty, !image.isEmpty
            else {
                problems.append("\(place): it names no model and image")
                continue
            }
            var entry = FleetEntry(model: model, image: image)
            if let problem = Self.wrongKind(table) {
                problems.append("\(place): \(problem)")
                continue
            }
            entry.lock = table["lock"]?.string
            entry.wheels =
                table["wheels"]?.string.map { [$0] } ?? (table["wheels"]?.array ?? []).compactMap(\.string)
            entry.previous = table["previous"]?.string
            entry.name = table["name"]?.string
            let unknown = table.members.map(\.key).filter { !Self.keys.contains($0) }
            if !unknown.isEmpty { problems.append("\(place): unknown keys: \(unknown.joined(separator: ", "))") }
            entries.append(entry)
        }
    }

    /// What is of another kind than it has to be: to leave a lock out would be to ask for less.
    private static func wrongKind(_ table: DocumentTable) -> String? {
        for key in ["lock", "previous", "name"] {
            if let node = table[key], !node.isNull, node.string == nil { return "\(key) is not a text" }
        }
        guard let wheels = table["wheels"], !wheels.isNull, wheels.string == nil else { return nil }
        let isList = wheels.array?.allSatisfy { $0.string != nil } ?? false
        return isList ? nil : "wheels is not a text or a list of texts"
    }

    /// Reads a list of names: one a line, as text or as a JSON object with the key.
    package static func names(_ text: SourceText, key: String) throws(InputError) -> [String] {
        var names: [String] = []
        for (number, line) in text.bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .enumerated()
        {
            let word = String(decoding: line, as: UTF8.self).trimmed
            if word.isEmpty || word.hasPrefix("#") { continue }
            guard word.hasPrefix("{") else {
                names.append(word)
                continue
            }
            let node = try? JSONReader.read(SourceText(name: text.name, bytes: Array(word.utf8)), maximumDepth: 8)
            guard let name = node?.table?[key]?.string else {
                throw InputError("\(text.name):\(number + 1): the line is not an object with '\(key)'")
            }
            names.append(name)
        }
        return names
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self[...]
        while let first = text.first, first.isWhitespace { text = text.dropFirst() }
        while let last = text.last, last.isWhitespace { text = text.dropLast() }
        return String(text)
    }
}
