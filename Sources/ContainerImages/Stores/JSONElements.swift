import EnvironmentInventory
import SourceDocuments

/// Reads the objects of a list in the outermost object of a JSON document one after the other: as one tree they take eighty
/// times the memory of their text.
///
/// Where the list and its elements are is found by brackets and quotes alone. Each element is then read by ``JSONReader``, and
/// so is the document without them, with its brackets: the whole is JSON where all of these are.
struct JSONElements {
    /// The bytes of the document without the elements; writers have a few hundred.
    private static let maximumOtherBytes = 64 << 10
    /// The bytes of one element; as many has the extended header of an entry of a tar.
    private static let maximumElementBytes = 1 << 20

    /// The document, with an empty list in the list's place.
    let document: JSONTable
    private let bytes: [UInt8]
    private let name: String
    private let limits: ReadingLimits
    /// Where the next element is looked for, and where the list's last bracket is.
    private var index: Int
    private let end: Int
    private var isFirst = true

    /// Begins to read the list of a key; where the key is not there, or null, there are no elements.
    init(of key: String, in bytes: [UInt8], name: String, limits: ReadingLimits) throws(DocumentError) {
        let list = Self.list(of: key, in: bytes)
        let range = list ?? bytes.count..<bytes.count
        guard bytes.count - range.count <= Self.maximumOtherBytes else {
            throw DocumentError(
                file: name, place: nil,
                reason: "it has more than \(Self.maximumOtherBytes) bytes that are no element of its list '\(key)'")
        }
        var others = Array(bytes[..<range.lowerBound])
        others += bytes[range.upperBound...]
        let document = try JSONTable(others, name: name, limits: limits)
        if list == nil, try document.has(key) { throw document.error("'\(key)' has to be a list") }
        self.document = document
        self.bytes = bytes
        self.name = name
        self.limits = limits
        index = range.lowerBound
        end = range.upperBound
    }

    /// Reads the next element; nil behind the last one.
    mutating func next() throws(DocumentError) -> JSONTable? {
        skipSpace()
        if index == end { return nil }
        if !isFirst {
            guard bytes[index] == UInt8(ascii: ",") else { throw error("a comma or ] was expected") }
            index += 1
            skipSpace()
        }
        isFirst = false
        guard index < end, bytes[index] == UInt8(ascii: "{"),
            let behind = Self.placeBehind(bracketAt: index, in: bytes), behind <= end
        else { throw error("an element of a list is no object") }
        guard behind - index <= Self.maximumElementBytes else {
            throw error("an element of a list has more than \(Self.maximumElementBytes) bytes")
        }
        let element = try JSONTable(Array(bytes[index..<behind]), name: name, limits: limits)
        index = behind
        return element
    }

    private func error(_ reason: String) -> DocumentError { DocumentError(file: name, place: nil, reason: reason) }

    private mutating func skipSpace() {
        while index < end, Self.isSpace(bytes[index]) { index += 1 }
    }

    // MARK: Places

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\n")
            || byte == UInt8(ascii: "\r")
    }

    /// What stands between the brackets of the list of a key of the outermost object; nil where there is none.
    private static func list(of key: String, in bytes: [UInt8]) -> Range<Int>? {
        let wanted = Array("\"\(key)\"".utf8)
        guard var index = bytes.firstIndex(of: UInt8(ascii: "{")) else { return nil }
        index += 1
        // Whether the last string was the key, and whether its value comes next.
        var isKey = false
        var isValue = false
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "\""):
                let behind = placeBehind(quoteAt: index, in: bytes)
                isKey = bytes[index..<behind].elementsEqual(wanted)
                isValue = false
                index = behind
            case UInt8(ascii: ":"):
                isValue = isKey
                isKey = false
                index += 1
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                guard let behind = placeBehind(bracketAt: index, in: bytes) else { return nil }
                if isValue, byte == UInt8(ascii: "[") { return index + 1..<behind - 1 }
                isKey = false
                isValue = false
                index = behind
            case UInt8(ascii: "]"), UInt8(ascii: "}"): return nil
            default:
                if !isSpace(byte) {
                    isKey = false
                    isValue = false
                }
                index += 1
            }
        }
        return nil
    }

    /// The place behind a list or an object; nil where it has no end.
    private static func placeBehind(bracketAt start: Int, in bytes: [UInt8]) -> Int? {
        var depth = 0
        var index = start
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                index = placeBehind(quoteAt: index, in: bytes)
                continue
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                depth -= 1
                if depth == 0 { return index + 1 }
            default: break
            }
            index += 1
        }
        return nil
    }

    /// The place behind a string; the end of the text where it has no end.
    private static func placeBehind(quoteAt start: Int, in bytes: [UInt8]) -> Int {
        var index = start + 1
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""): return index + 1
            case UInt8(ascii: "\\"): index += 2
            default: index += 1
            }
        }
        return bytes.count
    }
}
