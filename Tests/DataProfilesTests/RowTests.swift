import TestSupport
import Testing

@testable import DataProfiles

/// What rows hold, as text: `column=kind:text`, in the order of the file.
func rows(_ text: String, file: String = "rows.csv") throws -> (cells: [String], shape: DataTable.Shape) {
    let directory = TemporaryDirectory()
    let table = try DataTable(path: directory.write(file, Array(text.utf8)))
    var cells: [String] = []
    let shape = try table.read { (column, name, cell, row) throws(DataReadingError) in
        cells.append("\(row) \(name)=\(cell.kind):\(cell.text)")
        #expect(column >= 0)
    }
    return (cells, shape)
}

/// The reasons why rows are refused, without the directory.
func refusal(_ text: String, file: String = "rows.csv") -> [String] {
    do {
        _ = try rows(text, file: file)
        return []
    } catch let error as DataReadingError {
        return error.reasons.map { reason in
            reason.firstRange(of: file).map { String(reason[$0.lowerBound...]) } ?? reason
        }
    } catch { return ["\(error)"] }
}

@Suite("CSV")
struct CSVTests {
    @Test("quotes, commas and line feeds in quotes, CR LF, a byte order mark, no line feed at the end")
    func plain() throws {
        let (cells, shape) = try rows("\u{FEFF}a,\"b \"\"x\"\"\"\r\n\"1\n2\",\"p,q\"\r\n 3 ,-4.5e1")
        #expect(shape.columns == ["a", "b \"x\""] && shape.rows == 2)
        #expect(cells == ["1 a=text:1\n2", "1 b \"x\"=text:p,q", "2 a=integer: 3 ", "2 b \"x\"=float:-4.5e1"])
    }

    @Test(
        "numbers, text and what stands for nothing",
        arguments: [
            ("1", "integer"), ("+7", "integer"), ("-0", "integer"), ("007", "integer"), ("1.", "float"),
            (".5", "float"),
            ("1e5", "float"), ("1E-3", "float"), ("9223372036854775807", "integer"), ("9223372036854775808", "float"),
            ("inf", "float"), ("-Infinity", "float"), ("1e999", "float"), ("", "missing"), ("NaN", "missing"),
            ("null", "missing"), ("NA", "missing"), ("#N/A", "missing"), ("None", "missing"), ("none", "text"),
            ("1e", "text"), ("1.2.3", "text"), ("0x10", "text"), ("1_000", "text"), (".", "text"), ("-", "text"),
            (" ", "text"), ("True", "text"), ("1 2", "text"), ("infinite", "text"),
        ])
    func kinds(_ field: String, _ kind: String) throws {
        #expect(try rows("a,b\n\(field),1\n").cells.first == "1 a=\(kind):\(kind == "missing" ? "" : field)")
    }

    @Test("numbers have the value that Swift reads")
    func values() throws {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<2000 {
            let digits = generator.next(1...20)
            var text = (0..<digits).map { _ in String(generator.next(0...9)) }.joined()
            if generator.next(0...1) == 1 {
                text.insert(".", at: text.index(text.startIndex, offsetBy: generator.next(0...digits)))
            }
            if generator.next(0...3) == 0 { text += "e\(generator.next(-30...30))" }
            if generator.next(0...2) == 0 { text = "-" + text }
            let read = Array(text.utf8).withUnsafeBufferPointer { NumberText.read($0) }
            #expect(read?.value == Double(text), "\(text)")
        }
    }

    @Test(
        "damaged rows are named with their line",
        arguments: [
            ("a,b\n1\n", "rows.csv:2: row 1 has 1 field, and the header has 2 names"),
            ("a,b\n1,2,3\n", "rows.csv:2: row 1 has 3 fields, and the header has 2 names"),
            ("a,b\n\"1\n\n\",2\n3\n", "rows.csv:5: row 2 has 1 field, and the header has 2 names"),
            ("a,b\n\"1,2\n", "rows.csv:2: a quote is not closed before the end of the file"),
            ("a,b\n1\"x,2\n", "rows.csv:2: a quote in the middle of a field that does not begin with one"),
            ("a,b\n\"1\"x,2\n", "rows.csv:2: text follows the closing quote of a field"),
            ("a,b\r1,2\n", "rows.csv:1: a carriage return that no line feed follows"),
            ("a,b\n1,2\n\n3,4\n", "rows.csv:3: the line is empty, and the header has 2 names"),
            ("a,b\n1,\0\n", "rows.csv:2: the row has a NUL byte: it is not text"),
            ("a,a\n1,2\n", "rows.csv:1: columns 1 and 2 have the name 'a'"),
            ("a;b\n1;2\n", "rows.csv:1: the names are not separated by commas: 'a;b'"),
            ("", "rows.csv: it is empty: a header of column names was expected"),
        ])
    func damaged(_ text: String, _ reason: String) { #expect(refusal(text).first == reason) }

    @Test("text that is not UTF-8 is refused")
    func encoding() throws {
        let directory = TemporaryDirectory()
        let table = try DataTable(path: directory.write("x.csv", Array("a,b\n".utf8) + [0xFF, 0x2C, 0x31, 0x0A]))
        #expect(throws: DataReadingError.self) { try table.read { (_, _, _, _) throws(DataReadingError) in } }
    }

    @Test("twenty damaged rows are named, then no more")
    func many() {
        let reasons = refusal("a,b\n" + String(repeating: "1\n", count: 100))
        #expect(reasons.count == 21)
        #expect(reasons.last == "rows.csv: the rows after these were not read")
    }

    @Test("an empty line of one column is a missing value, and nothing at the end of a file")
    func blanks() throws {
        #expect(try rows("a\n1\n\n2\n").shape.rows == 3)
        #expect(try rows("a\n1\n\n\n").shape.rows == 1)
        #expect(try rows("a,b\n1,2\n\n\n").shape.rows == 1)
        #expect(try rows("a\n\"\"\n").shape.rows == 1)
    }

    @Test(
        "a file that holds rows in another way is named",
        arguments: [("PAR1", "Parquet"), ("[1]", "JSON list"), ("PK\u{3}\u{4}", "zip")])
    func others(_ text: String, _ word: String) { #expect(refusal(text).first?.contains(word) == true) }

    @Test("pieces of any size give the same rows")
    func pieces() throws {
        let long = (0..<30_000).map { "\($0),\"a \"\"\($0)\"\"\nb\"\r\n" }.joined()
        let (cells, shape) = try rows("n,t\r\n" + long)
        #expect(shape.rows == 30_000 && cells.count == 60_000)
        #expect(cells.last == "30000 t=text:a \"29999\"\nb")
    }
}

@Suite("JSON lines")
struct JSONLinesTests {
    @Test("objects with other keys, values of every type, a last line without a line feed")
    func plain() throws {
        let (cells, shape) = try rows(
            "{\"a\": 1, \"b\": \"x\"}\r\n\n{\"b\": null, \"c\": [1], \"a\": 2.5, \"d\": true}")
        #expect(shape.columns == ["a", "b", "c", "d"] && shape.rows == 2)
        #expect(
            cells == [
                "1 a=integer:1", "1 b=text:x", "2 b=missing:", "2 c=nested:", "2 a=float:2.5", "2 d=text:true",
            ])
    }

    @Test(
        "damaged lines are named",
        arguments: [
            (
                "{\"a\": 1}\n{\"a\": \n",
                "rows.csv:2: row 2 is not JSON: column 7: the text ends where a value was expected"
            ),
            ("{\"a\": 1}\n[1]\n", "rows.csv:2: row 2 is a list, and an object was expected"),
            ("{\"a\": NaN}\n", "rows.csv:1: row 1 is not JSON: column 7: a JSON value was expected"),
            ("{\"a\": 1, \"a\": 2}\n", "rows.csv:1: row 1 is not JSON: column 10: duplicate key \"a\""),
        ])
    func damaged(_ text: String, _ reason: String) { #expect(refusal(text).first == reason) }
}
