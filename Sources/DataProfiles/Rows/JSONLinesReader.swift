import ArchiveReading
import SourceDocuments

/// Reads JSON lines (https://jsonlines.org): one object a line, whose keys are the columns.
struct JSONLinesReader {
    /// The most bytes of a line.
    static let maximumLineBytes = 16 << 20
    /// The most columns.
    static let maximumColumns = 100_000

    /// The most bytes of a line of this reader.
    var lineLimit = Self.maximumLineBytes

    private let name: String
    private var pending: [UInt8] = []
    private var line = 0
    private var problems: RowProblems
    private var indices: [String: Int] = [:]
    /// The keys in the order in which they were met.
    private(set) var columns: [String] = []
    /// How many objects there are.
    private(set) var rows = 0

    init(name: String) {
        self.name = name
        problems = RowProblems(name: name)
    }

    /// Reads all rows and hands each value to a closure, with its column, the column's name and the number of
    /// its row, the first being 1.
    mutating func read(
        _ source: any ByteSource, _ body: (Int, String, Cell, Int) throws(DataReadingError) -> Void
    ) throws(DataReadingError) {
        try source.forEachPieceOfText { (piece) throws(DataReadingError) in
            var bytes = piece[...]
            while let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
                pending.append(contentsOf: bytes[bytes.startIndex..<end])
                bytes = bytes[(end + 1)...]
                try take(body)
            }
            pending.append(contentsOf: bytes)
            guard pending.count <= lineLimit else {
                throw DataReadingError("\(name):\(line + 1): the line has more than \(lineLimit) bytes")
            }
        }
        if !pending.isEmpty { try take(body) }
        try problems.finish()
        guard rows > 0 else { throw DataReadingError("\(name): it is empty: one JSON object a line was expected") }
    }

    private mutating func take(
        _ body: (Int, String, Cell, Int) throws(DataReadingError) -> Void
    ) throws(DataReadingError) {
        line += 1
        let bytes = pending
        pending.removeAll(keepingCapacity: true)
        let isEmpty = bytes.allSatisfy { $0.isASCIIBlank || $0 == UInt8(ascii: "\r") }
        if isEmpty { return }
        rows += 1
        let node: DocumentNode
        do throws(DocumentError) {
            node = try JSONReader.read(SourceText(name: name, bytes: bytes))
        } catch {
            let column = error.place.map { "column \($0.column): " } ?? ""
            return try problems.add(line: line, "row \(rows) is not JSON: \(column)\(error.reason)")
        }
        guard let table = node.table else {
            return try problems.add(line: line, "row \(rows) is \(node.typeName), and an object was expected")
        }
        guard problems.reasons.isEmpty else { return }
        for member in table.members {
            let index: Int
            if let known = indices[member.key] {
                index = known
            } else {
                guard columns.count < Self.maximumColumns else {
                    throw DataReadingError("\(name):\(line): more than \(Self.maximumColumns) columns")
                }
                index = columns.count
                indices[member.key] = index
                columns.append(member.key)
            }
            try hand(member.value, column: index, name: member.key, body)
        }
    }

    private func hand(
        _ node: DocumentNode, column: Int, name: String,
        _ body: (Int, String, Cell, Int) throws(DataReadingError) -> Void
    ) throws(DataReadingError) {
        func text(_ kind: Cell.Kind, _ text: String, number: Double = 0) throws(DataReadingError) {
            var text = text
            let result = text.withUTF8 { bytes -> Result<Void, DataReadingError> in
                do throws(DataReadingError) {
                    try body(column, name, Cell(kind, number: number, bytes: bytes), rows)
                    return .success(())
                } catch { return .failure(error) }
            }
            try result.get()
        }
        switch node.value {
        case .null: try body(column, name, Cell(.missing), rows)
        case .boolean(let value): try text(.text, value ? "true" : "false")
        case .integer(let value): try text(.integer, node.raw ?? String(value), number: Double(value))
        case .float(let value): try text(.float, node.raw ?? value.description, number: value)
        case .string(let value): try text(.text, value)
        case .date(let value): try text(.text, value)
        case .array, .deferred, .table: try body(column, name, Cell(.nested), rows)
        }
    }
}
