import ArchiveReading
import SourceDocuments

/// Reads CSV (RFC 4180, https://www.rfc-editor.org/rfc/rfc4180) row by row: a header, fields separated by commas, lines that
/// end in LF or CR LF, a byte order mark or none.
///
/// A row of another length, a quote in the middle of a field, text after a closing quote, a lone CR, NUL and text that is
/// not UTF-8 are refused with their line.
struct CSVReader {
    /// The most fields of a row.
    static let maximumFields = 100_000
    /// The most bytes of a row.
    static let maximumRowBytes = 16 << 20

    /// The most bytes of a row of this reader.
    var rowLimit = Self.maximumRowBytes

    private enum State { case start, plain, quoted, afterQuote, afterReturn }

    private let name: String
    private var state = State.start
    private var row: [UInt8] = []
    private var ends: [Int] = []
    private var wasQuoted = false
    private var line = 1
    private var rowLine = 1
    private var isDamaged = false
    private var blanks: [Int] = []
    private var problems: RowProblems
    /// The names of the header.
    private(set) var columns: [String] = []
    private var hasHeader = false
    /// How many rows follow the header.
    private(set) var rows = 0

    init(name: String) {
        self.name = name
        problems = RowProblems(name: name)
    }

    /// Reads all rows and hands each field to a closure, with its column, the column's name and the number of
    /// its row, the first being 1.
    mutating func read(
        _ source: any ByteSource, _ body: (Int, String, Cell, Int) throws(DataReadingError) -> Void
    ) throws(DataReadingError) {
        try source.forEachPieceOfText { (piece) throws(DataReadingError) in
            try take(piece.bindMemory(to: UInt8.self), body)
        }
        try finish(body)
    }

    private mutating func take(
        _ bytes: UnsafeBufferPointer<UInt8>, _ body: (Int, String, Cell, Int) throws(DataReadingError) -> Void
    ) throws(DataReadingError) {
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            switch state {
            case .quoted:
                let start = index
                while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
                    if bytes[index] == UInt8(ascii: "\n") { line += 1 }
                    index += 1
                }
                row.append(contentsOf: bytes[start..<index])
                try checkSize()
                if index < bytes.count {
                    state = .afterQuote
                    index += 1
                }
                continue
            case .afterQuote where byte == UInt8(ascii: "\""):
                row.append(byte)
                state = .quoted
            case .afterReturn where byte != UInt8(ascii: "\n"):
                try damage("a carriage return that no line feed follows")
                state = .plain
                continue
            case .start, .plain, .afterQuote, .afterReturn:
                switch byte {
                case UInt8(ascii: ","):
                    try endField()
                case UInt8(ascii: "\n"):
                    try endField()
                    try endRow(body)
                    line += 1
                    rowLine = line
                case UInt8(ascii: "\r"):
                    state = .afterReturn
                case UInt8(ascii: "\"") where state == .start:
                    state = .quoted
                    wasQuoted = true
                case UInt8(ascii: "\""):
                    try damage("a quote in the middle of a field that does not begin with one")
                    row.append(byte)
                default:
                    if state == .afterQuote { try damage("text follows the closing quote of a field") }
                    state = .plain
                    let start = index
                    while index < bytes.count {
                        switch bytes[index] {
                        case UInt8(ascii: ","), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\""): break
                        default:
                            index += 1
                            continue
                        }
                        break
                    }
                    row.append(contentsOf: bytes[start..<index])
                    try checkSize()
                    continue
                }
            }
            index += 1
        }
    }

    private mutating func finish(
        _ body: (Int, String, Cell, Int) throws(DataReadingError) -> Void
    ) throws(DataReadingError) {
        switch state {
        case .quoted: try problems.add(line: rowLine, "a quote is not closed before the end of the file")
        case .afterReturn: try problems.add(line: rowLine, "a carriage return that no line feed follows")
        case .start where row.isEmpty && ends.isEmpty && !wasQuoted: break
        case .start, .plain, .afterQuote:
            try endField()
            try endRow(body)
        }
        try problems.finish()
        guard hasHeader else { throw DataReadingError("\(name): it is empty: a header of column names was expected") }
    }

    private func checkSize() throws(DataReadingError) {
        guard row.count <= rowLimit else {
            throw DataReadingError(
                problems.reasons + ["\(name):\(rowLine): the row has more than \(rowLimit) bytes"])
        }
    }

    /// Notes what is wrong with the row once.
    private mutating func damage(_ reason: String) throws(DataReadingError) {
        guard !isDamaged else { return }
        isDamaged = true
        try problems.add(line: line, reason)
    }

    private mutating func endField() throws(DataReadingError) {
        ends.append(row.count)
        state = .start
        guard ends.count <= Self.maximumFields else {
            throw DataReadingError(
                problems.reasons + ["\(name):\(rowLine): the row has more than \(Self.maximumFields) fields"])
        }
    }

    private mutating func endRow(
        _ body: (Int, String, Cell, Int) throws(DataReadingError) -> Void
    ) throws(DataReadingError) {
        let isBlank = ends.count == 1 && row.isEmpty && !wasQuoted
        defer {
            row.removeAll(keepingCapacity: true)
            ends.removeAll(keepingCapacity: true)
            wasQuoted = false
            isDamaged = false
        }
        if isBlank, hasHeader {
            // At the end of a file they mean nothing.
            blanks.append(rowLine)
            return
        }
        if !isDamaged { try checkText() }
        guard hasHeader else { return try takeHeader() }
        for blank in blanks {
            if columns.count > 1 {
                try problems.add(line: blank, "the line is empty, and the header has \(columns.count) names")
            } else {
                rows += 1
                try body(0, columns[0], Cell(.missing), rows)
            }
        }
        blanks.removeAll()
        rows += 1
        if isDamaged { return }
        guard ends.count == columns.count else {
            return try problems.add(
                line: rowLine,
                "row \(rows) has \(ends.count) field\(ends.count == 1 ? "" : "s"), and the header has "
                    + "\(columns.count) name\(columns.count == 1 ? "" : "s")")
        }
        // A row that is only read to find more damage is handed to nobody.
        guard problems.reasons.isEmpty else { return }
        let result = row.withUnsafeBufferPointer { bytes -> Result<Void, DataReadingError> in
            var start = 0
            for (column, end) in ends.enumerated() {
                let cell = Cell(field: UnsafeBufferPointer(rebasing: bytes[start..<end]))
                do throws(DataReadingError) { try body(column, columns[column], cell, rows) } catch {
                    return .failure(error)
                }
                start = end
            }
            return .success(())
        }
        try result.get()
    }

    private mutating func checkText() throws(DataReadingError) {
        if row.allSatisfy({ $0 < 0x80 && $0 != 0 }) { return }
        if row.contains(0) { return try damage("the row has a NUL byte: it is not text") }
        if String(validating: row, as: UTF8.self) == nil { try damage("the row is not UTF-8") }
    }

    private mutating func takeHeader() throws(DataReadingError) {
        hasHeader = true
        var start = 0
        var lines: [String: Int] = [:]
        for (index, end) in ends.enumerated() {
            let column = String(decoding: row[start..<end], as: UTF8.self)
            start = end
            if !column.isEmpty, let first = lines.updateValue(index + 1, forKey: column) {
                try problems.add(line: rowLine, "columns \(first) and \(index + 1) have the name '\(column)'")
            }
            columns.append(column)
        }
        if columns.count == 1, let only = columns.first, only.contains(";") || only.contains("\t") {
            throw DataReadingError(
                "\(name):\(rowLine): the names are not separated by commas: '\(only.prefix(80))'")
        }
        // Beyond the header nothing can be told from a damaged one.
        try problems.finish()
    }
}
