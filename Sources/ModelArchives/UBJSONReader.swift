import ArchiveReading
import SourceDocuments

/// Reads a UBJSON document (https://ubjson.org/type-reference/) to its last byte and keeps the values at some paths.
///
/// Positions are those of the first line: a binary file has none.
struct UBJSONReader {
    private let input: PickleInput
    /// Whether the value at a path of keys is kept with everything in it; the elements of lists have the path of the list.
    private let keeps: ([String]) -> Bool
    private var keptBytes = 0
    private static let maximumDepth = 128

    init(input: PickleInput, keeps: @escaping ([String]) -> Bool) {
        self.input = input
        self.keeps = keeps
    }

    /// Reads the document; a table without what is not kept.
    mutating func read() throws(ArchiveReadingError) -> DocumentNode {
        try value(try input.byte(), path: [], isKept: false, depth: 0)
    }

    private static func node(_ value: DocumentNode.Value, raw: String? = nil) -> DocumentNode {
        DocumentNode(value, at: SourcePosition(line: 1, column: 1), raw: raw)
    }

    private mutating func keep(_ bytes: Int) throws(ArchiveReadingError) {
        keptBytes += bytes
        guard keptBytes <= 64 << 20 else { throw input.limit("its description is too long") }
    }

    private mutating func value(
        _ kind: UInt8, path: [String], isKept: Bool, depth: Int
    ) throws(ArchiveReadingError) -> DocumentNode {
        guard depth < Self.maximumDepth else { throw input.limit("values are nested too deep") }
        switch kind {
        case UInt8(ascii: "{"): return try object(path: path, isKept: isKept, depth: depth)
        case UInt8(ascii: "["): return try array(path: path, isKept: isKept, depth: depth)
        default: return try scalar(kind, isKept: isKept)
        }
    }

    /// The declared type and number of the values of a container.
    private mutating func header() throws(ArchiveReadingError) -> (kind: UInt8?, count: Int?) {
        var kind: UInt8?
        var count: Int?
        if try input.peek() == UInt8(ascii: "$") {
            _ = try input.byte()
            kind = try input.byte()
        }
        if try input.peek() == UInt8(ascii: "#") {
            _ = try input.byte()
            count = try length()
        }
        guard kind == nil || count != nil else { throw input.damaged("a typed container has no length") }
        return (kind, count)
    }

    private mutating func object(
        path: [String], isKept: Bool, depth: Int
    ) throws(ArchiveReadingError) -> DocumentNode {
        let (kind, count) = try header()
        var table = DocumentTable()
        var left = count
        while true {
            if let remaining = left {
                if remaining == 0 { break }
                left = remaining - 1
            } else if try input.peek() == UInt8(ascii: "}") {
                _ = try input.byte()
                break
            }
            let length = try length()
            var key = ""
            if isKept || length <= 64 {
                try keep(isKept ? length : 0)
                key = String(decoding: try input.bytes(length), as: UTF8.self)
            } else {
                try input.skip(length)
            }
            let inner = depth < 8 ? path + [key] : path
            let isInnerKept = isKept || keeps(inner)
            let type: UInt8
            if let kind { type = kind } else { type = try input.byte() }
            let value = try value(type, path: inner, isKept: isInnerKept, depth: depth + 1)
            let holdsKept = value.table.map { !$0.members.isEmpty } ?? false
            if isInnerKept || holdsKept {
                guard table.insert(.init(key: key, keyPlace: SourcePosition(line: 1, column: 1), value: value)) else {
                    throw input.damaged("the key \(key) is there twice")
                }
            }
        }
        return Self.node(.table(table))
    }

    private mutating func array(
        path: [String], isKept: Bool, depth: Int
    ) throws(ArchiveReadingError) -> DocumentNode {
        let (kind, count) = try header()
        if let kind, let count, let width = Self.widths[kind], !isKept || width == 0 {
            let (bytes, overflow) = count.multipliedReportingOverflow(by: width)
            guard !overflow else { throw input.damaged("an array is impossibly long") }
            try input.skip(bytes)
            return Self.node(.array([]))
        }
        var elements: [DocumentNode] = []
        var left = count
        while true {
            if let remaining = left {
                if remaining == 0 { break }
                left = remaining - 1
            } else if try input.peek() == UInt8(ascii: "]") {
                _ = try input.byte()
                break
            }
            let type: UInt8
            if let kind { type = kind } else { type = try input.byte() }
            let element = try value(type, path: path, isKept: isKept, depth: depth + 1)
            if isKept {
                try keep(16)
                elements.append(element)
            }
        }
        return Self.node(.array(elements))
    }

    private static let widths: [UInt8: Int] = [
        UInt8(ascii: "Z"): 0, UInt8(ascii: "N"): 0, UInt8(ascii: "T"): 0, UInt8(ascii: "F"): 0, UInt8(ascii: "i"): 1,
        UInt8(ascii: "U"): 1, UInt8(ascii: "C"): 1, UInt8(ascii: "I"): 2, UInt8(ascii: "l"): 4, UInt8(ascii: "d"): 4,
        UInt8(ascii: "L"): 8, UInt8(ascii: "D"): 8,
    ]

    private mutating func length() throws(ArchiveReadingError) -> Int {
        // Only a whole number: a string, whose length is read here too, would go on without an end.
        let kind = try input.byte()
        guard "iUIlL".utf8.contains(kind), case .integer(let length) = try scalar(kind, isKept: true).value,
            let length = Int(exactly: length), length >= 0
        else { throw input.damaged("a length is not a number") }
        return length
    }

    private mutating func bits(_ width: Int) throws(ArchiveReadingError) -> UInt64 {
        var value: UInt64 = 0
        for _ in 0..<width { value = value << 8 | UInt64(try input.byte()) }
        return value
    }

    private mutating func scalar(_ kind: UInt8, isKept: Bool) throws(ArchiveReadingError) -> DocumentNode {
        switch kind {
        case UInt8(ascii: "i"), UInt8(ascii: "U"), UInt8(ascii: "I"), UInt8(ascii: "l"), UInt8(ascii: "L"):
            let width = Self.widths[kind] ?? 0
            let value = try bits(width)
            let shift = UInt64(64 - 8 * width)
            let integer =
                kind == UInt8(ascii: "U") ? Int64(value) : Int64(bitPattern: value << shift) >> Int64(shift)
            return Self.node(.integer(integer), raw: isKept ? String(integer) : nil)
        case UInt8(ascii: "d"):
            return Self.node(.float(Double(Float(bitPattern: UInt32(truncatingIfNeeded: try bits(4))))))
        case UInt8(ascii: "D"): return Self.node(.float(Double(bitPattern: try bits(8))))
        case UInt8(ascii: "T"): return Self.node(.boolean(true), raw: "true")
        case UInt8(ascii: "F"): return Self.node(.boolean(false), raw: "false")
        case UInt8(ascii: "Z"), UInt8(ascii: "N"): return Self.node(.null)
        case UInt8(ascii: "S"), UInt8(ascii: "H"):
            let length = try length()
            guard isKept else {
                try input.skip(length)
                return Self.node(.null)
            }
            try keep(length)
            return Self.node(.string(String(decoding: try input.bytes(length), as: UTF8.self)))
        default:
            guard let width = Self.widths[kind] else { throw input.damaged("no UBJSON type has the byte \(kind)") }
            try input.skip(width)
            return Self.node(.null)
        }
    }
}
