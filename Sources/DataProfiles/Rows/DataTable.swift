import ArchiveReading
import ParallelWork
import SourceDocuments

/// A file of rows: CSV with a header, or JSON lines. It is read from front to end, as often as needed, and never held whole.
package struct DataTable: Sendable {
    /// How the rows are written.
    package enum Format: String, Sendable {
        case csv = "CSV"
        case jsonLines = "JSON lines"
    }

    /// What a reading found besides the values.
    package struct Shape: Sendable {
        /// The names of the columns; an empty one in CSV stands for a column without a name.
        package var columns: [String]
        /// How many rows there are.
        package var rows: Int
    }

    /// The name as given.
    package let name: String
    /// How the rows are written.
    package let format: Format
    private let file: RegularFile
    private let cancellation: Cancellation?

    /// Opens a file and tells by its first bytes how the rows are written.
    package init(path: String, cancellation: Cancellation? = nil) throws(DataReadingError) {
        let head: [UInt8]
        do throws(ArchiveReadingError) {
            file = try RegularFile(path: path)
            head = try file.bytes(at: 0, count: min(file.size, 4096))
        } catch { throw DataReadingError(error) }
        name = path
        self.cancellation = cancellation
        for (magic, what) in Self.otherFormats where head.starts(with: magic) {
            throw DataReadingError("\(path): it is \(what): CSV or JSON lines are read")
        }
        var text = head[...]
        if text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
        let first = text.first { !$0.isASCIIBlank && $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        switch first {
        case UInt8(ascii: "{")?: format = .jsonLines
        case UInt8(ascii: "[")?:
            throw DataReadingError("\(path): it begins as a JSON list: JSON lines have one object a line")
        default: format = .csv
        }
    }

    /// The first bytes of files that hold rows in other ways.
    private static let otherFormats: [(magic: [UInt8], what: String)] = [
        (Array("PAR1".utf8), "a Parquet file"), (Array("ARROW1".utf8), "an Arrow file"),
        (Array("Obj".utf8) + [1], "an Avro file"),
        ([0x1F, 0x8B], "compressed by gzip"), ([0x28, 0xB5, 0x2F, 0xFD], "compressed by zstd"),
        ([0x50, 0x4B, 3, 4], "a zip archive or a spreadsheet"), ([0xFF, 0xFE], "text in UTF-16"),
        ([0xFE, 0xFF], "text in UTF-16"), ([0xD0, 0xCF, 0x11, 0xE0], "a spreadsheet"),
        ([0x89] + Array("HDF".utf8), "an HDF5 file"),
    ]

    /// Reads all rows and hands each value to a closure, with its column, the column's name and the number of
    /// its row, the first being 1.
    ///
    /// A column of JSON lines that an object does not have is not handed on.
    package func read(
        _ body: (Int, String, Cell, Int) throws(DataReadingError) -> Void
    ) throws(DataReadingError) -> Shape {
        var row = 0
        let cancellation = cancellation
        func checked(column: Int, name: String, cell: Cell, row number: Int) throws(DataReadingError) {
            if number != row {
                row = number
                if number & 0xFFF == 0, cancellation?.isCancelled == true { throw DataReadingError("cancelled") }
            }
            try body(column, name, cell, number)
        }
        switch format {
        case .csv:
            var reader = CSVReader(name: name)
            try reader.read(FileByteSource(file), checked)
            return Shape(columns: reader.columns, rows: reader.rows)
        case .jsonLines:
            var reader = JSONLinesReader(name: name)
            try reader.read(FileByteSource(file), checked)
            return Shape(columns: reader.columns, rows: reader.rows)
        }
    }
}

extension ByteSource {
    /// Reads all bytes, without a byte order mark at the start, and throws the first error of the closure.
    func forEachPieceOfText(
        _ body: (UnsafeRawBufferPointer) throws(DataReadingError) -> Void
    ) throws(DataReadingError) {
        var failure: DataReadingError?
        var isFirst = true
        do throws(ArchiveReadingError) {
            try forEachPiece { (piece) throws(ArchiveReadingError) in
                guard failure == nil else { return }
                let start = isFirst && piece.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
                isFirst = false
                do throws(DataReadingError) {
                    try body(UnsafeRawBufferPointer(rebasing: piece[start...]))
                } catch { failure = error }
            }
        } catch { throw DataReadingError(error) }
        if let failure { throw failure }
    }
}
