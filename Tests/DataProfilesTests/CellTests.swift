import ArchiveReading
import TestSupport
import Testing

@testable import DataProfiles

/// Single fields of rows, the files that hold rows in other ways, and the limits of their readers.
@Suite("Fields and files of rows")
struct CellTests {
    private static func cell(_ text: String) -> (kind: Cell.Kind, number: Double) {
        Array(text.utf8).withUnsafeBufferPointer { bytes in
            let cell = Cell(field: bytes)
            return (cell.kind, cell.number)
        }
    }

    /// https://pandas.pydata.org/docs/reference/api/pandas.read_csv.html, na_values
    @Test(
        "what pandas.read_csv takes for a missing value",
        arguments: [
            "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A",
            "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
        ])
    func missing(_ text: String) { #expect(Self.cell(text).kind == .missing) }

    @Test("what is like one and is none", arguments: ["Null", "none", "NAN", " NA", "NA ", "-", "#", "<na>", "n.a."])
    func notMissing(_ text: String) { #expect(Self.cell(text).kind == .text) }

    @Test(
        "numbers to the last digit",
        arguments: [
            ("0.1", 0.1), ("-0.3", -0.3), ("123456789012345", 123456789012345), ("4.35", 4.35),
            ("0.1234567890123456789", 0.1234567890123456789), ("1e23", 1e23), ("9007199254740993.0", 9007199254740992),
            ("2.2250738585072014e-308", 2.2250738585072014e-308), ("1e-400", 0),
            ("17976931348623157e292", 1.7976931348623157e308),
            ("+.5e1", 5), (" 7\t", 7), ("00012", 12), ("0.00000000000000000000001", 1e-23),
        ])
    func numbers(_ text: String, _ value: Double) { #expect(Self.cell(text).number == value) }

    @Test(
        "infinities",
        arguments: [
            ("inf", Double.infinity), ("+Inf", .infinity), ("-INF", -.infinity), ("Infinity", .infinity),
            ("-infinity", -.infinity), ("1e400", .infinity), ("-1e400", -.infinity),
        ])
    func infinities(_ text: String, _ value: Double) {
        let (kind, number) = Self.cell(text)
        #expect(kind == .float && number == value)
    }

    @Test(
        "text that begins as a number",
        arguments: [
            "1e", "1e+", "1.2.3", "1,2", "+", "-.", "..", "1 000", "0x1", "1_0", "١٢", "--1", "1-", "infin", "+-1",
        ])
    func texts(_ text: String) { #expect(Self.cell(text).kind == .text) }

    private static func refusal(_ bytes: [UInt8]) -> String {
        let directory = TemporaryDirectory()
        let path = directory.write("d", bytes)
        do throws(DataReadingError) {
            _ = try DataTable(path: path)
            return "-"
        } catch {
            return String(error.description.dropFirst(path.count + 2))
        }
    }

    @Test(
        "files that hold rows in other ways are named",
        arguments: [
            ("PAR1", "a Parquet file"), ("ARROW1", "an Arrow file"), ("Obj\u{1}", "an Avro file"),
            ("PK\u{3}\u{4}", "a zip archive or a spreadsheet"),
        ])
    func otherFormats(_ head: String, _ what: String) {
        #expect(Self.refusal(Array(head.utf8) + [0, 1]) == "it is \(what): CSV or JSON lines are read")
    }

    @Test(
        "binary files are named by their first bytes",
        arguments: [
            ([0x1F, 0x8B], "compressed by gzip"), ([0x28, 0xB5, 0x2F, 0xFD], "compressed by zstd"),
            ([0xFF, 0xFE], "text in UTF-16"), ([0xFE, 0xFF], "text in UTF-16"),
            ([0xD0, 0xCF, 0x11, 0xE0], "a spreadsheet"), ([0x89, 0x48, 0x44, 0x46], "an HDF5 file"),
        ] as [([UInt8], String)])
    func binaries(_ head: [UInt8], _ what: String) {
        #expect(Self.refusal(head) == "it is \(what): CSV or JSON lines are read")
    }

    @Test("a JSON list is not JSON lines; what begins with a brace is, and anything else is CSV")
    func formats() throws {
        #expect(
            Self.refusal(Array("\u{FEFF} \r\n[{}]".utf8))
                == "it begins as a JSON list: JSON lines have one object a line")
        let directory = TemporaryDirectory()
        for (text, format) in [
            ("\u{FEFF}\n {\"a\": 1}\n", DataTable.Format.jsonLines), ("a,b\n", .csv), ("", .csv), ("\u{FEFF}", .csv),
        ] {
            #expect(try DataTable(path: directory.write("d", Array(text.utf8))).format == format, "\(text)")
        }
    }

    private static func reading(_ bytes: [UInt8]) -> String {
        let directory = TemporaryDirectory()
        let path = directory.write("d", bytes)
        do throws(DataReadingError) {
            let shape = try DataTable(path: path).read { (_, _, _, _) throws(DataReadingError) in }
            return "\(shape.rows) rows of \(shape.columns.count)"
        } catch { return error.description.replacing(path, with: "d") }
    }

    @Test("a row or a line beyond the limit is refused, and one at it is not")
    func longRows() throws {
        let limit = 4096
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: limit + 1)
        func csv(_ bytes: [UInt8]) -> String {
            var reader = CSVReader(name: "d")
            reader.rowLimit = limit
            do throws(DataReadingError) {
                try reader.read(MemoryByteSource(bytes, name: "d")) { (_, _, _, _) throws(DataReadingError) in }
                return "\(reader.rows) rows"
            } catch { return error.description }
        }
        #expect(csv(Array("a\n".utf8) + long) == "d:2: the row has more than \(limit) bytes")
        #expect(csv(Array("a\n\"".utf8) + long) == "d:2: the row has more than \(limit) bytes")
        #expect(csv(Array("a\n".utf8) + long.dropLast()) == "1 rows")
        var lines = JSONLinesReader(name: "d")
        lines.lineLimit = limit
        let error = #expect(throws: DataReadingError.self) {
            try lines.read(MemoryByteSource(Array("{\"a\": \"".utf8) + long, name: "d")) {
                (_, _, _, _) throws(DataReadingError) in
            }
        }
        #expect(error?.description == "d:1: the line has more than \(limit) bytes")
        #expect(CSVReader(name: "d").rowLimit == 16 << 20 && JSONLinesReader(name: "d").lineLimit == 16 << 20)
    }

    @Test("more columns than the limit are refused")
    func manyColumns() {
        let limit = CSVReader.maximumFields
        let commas = [UInt8](repeating: UInt8(ascii: ","), count: limit)
        #expect(Self.reading(commas) == "d:1: the row has more than \(limit) fields")
        #expect(Self.reading(Array(commas.dropLast()) + [UInt8(ascii: "\n")]) == "0 rows of \(limit)")
    }

    @Test(
        "damaged rows of CSV that no other test has",
        arguments: [
            ("a\r", "d:1: a carriage return that no line feed follows"),
            ("a,b\n1,2\r", "d:2: a carriage return that no line feed follows"),
            ("a\r,b\n", "d:1: a carriage return that no line feed follows"),
            ("a\tb\n", "d:1: the names are not separated by commas: 'a\tb'"),
            ("\"a", "d:1: a quote is not closed before the end of the file"),
            ("a,\"\n\n\n", "d:1: a quote is not closed before the end of the file"),
            ("\n", "d:1: it is empty"), ("a,b\n\n1,2\n", "d:2: the line is empty, and the header has 2 names"),
            // One damage a row is enough.
            ("a,b\n1\"\"\",2\n", "d:2: a quote in the middle of a field that does not begin with one"),
        ])
    func damaged(_ text: String, _ reason: String) {
        if text == "\n" {
            // A line without a name is a header of one column without a name.
            #expect(Self.reading(Array(text.utf8)) == "0 rows of 1")
        } else {
            #expect(Self.reading(Array(text.utf8)) == reason)
        }
    }

    @Test(
        "damaged JSON lines",
        arguments: [
            ("{\"a\": 1}\n\n \r\n{\"a\"", "d:4: row 2 is not JSON: column 5: "),
            ("{\"a\": 1}\n\"x\"\n", "d:2: row 2 is a string, and an object was expected"),
            ("{\"a\": 1}\nnull\n3\n", "d:2: row 2 is null, and an object was expected\nd:3: row 3 is "),
        ])
    func damagedLines(_ text: String, _ reason: String) {
        #expect(Self.reading(Array(text.utf8)).hasPrefix(reason), "\(Self.reading(Array(text.utf8)))")
    }

    @Test("what is not UTF-8 in JSON lines is refused with its line")
    func notText() {
        #expect(
            Self.reading(Array("{\"a\": 1}\n{\"a\": \"".utf8) + [0xFF] + Array("\"}\n".utf8))
                .hasPrefix("d:2: row 2 is not JSON: "))
    }
}
