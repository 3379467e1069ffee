import EnvironmentInventory
import SourceDocuments
import Testing

@testable import InputContracts

/// CSV that Python's `csv.writer` wrote, and what its `csv.reader` reads of it, each line a JSON list of both.
private let csvTables = #"""
    ["c0,c1\n\"aü,a\",\n", [["c0", "c1"], ["aü,a", ""]]]
    ["c0,c1,c2,c3\r\nb,\"\t\n\",\" \"\"\",\",,\"\r\n\"\n,\",1 ,, \tb\r\n", [["c0", "c1", "c2", "c3"], ["b", "\t\n", " \"", ",,"], ["\n,", "1 ", "", " \tb"]]]
    ["c0,c1,c2,c3\r\n\"\n\t\",b\ta,ü,\"üa\"\"\"\r\n\tübb,ab\t,\"1\"\" 1,\",1\r\n", [["c0", "c1", "c2", "c3"], ["\n\t", "b\ta", "ü", "üa\""], ["\tübb", "ab\t", "1\" 1,", "1"]]]
    ["c0,c1\n\"\"\"ü\",\"\n \t\n\t\"\n", [["c0", "c1"], ["\"ü", "\n \t\n\t"]]]
    ["c0,c1,c2\nb,\"\t  a\"\"\",\"b\"\"ba\t\"\n,ü\t,\t\ta1\n", [["c0", "c1", "c2"], ["b", "\t  a\"", "b\"ba\t"], ["", "ü\t", "\t\ta1"]]]
    ["c0,c1,c2\r\n\"\t,\t\",\"\"\"baa\",  \r\n", [["c0", "c1", "c2"], ["\t,\t", "\"baa", "  "]]]
    ["c0,c1\r\n\"\"\"\t\"\"1\",\r\n\" a\n\", 1aü\r\n\",\t\",\"\n\n,\"\r\n", [["c0", "c1"], ["\"\t\"1", ""], [" a\n", " 1aü"], [",\t", "\n\n,"]]]
    ["c0,c1,c2\r\n,\"\n,\na\",1\r\n\"b \nü\",\"b\n\",\t\r\n", [["c0", "c1", "c2"], ["", "\n,\na", "1"], ["b \nü", "b\n", "\t"]]]
    ["c0,c1,c2,c3\r\nab,\t,\",\",\"11\n\"\r\n", [["c0", "c1", "c2", "c3"], ["ab", "\t", ",", "11\n"]]]
    ["c0,c1,c2\n1b1\t,\"ü\n\t\",\" a\"\"\n\"\n", [["c0", "c1", "c2"], ["1b1\t", "ü\n\t", " a\"\n"]]]
    ["c0,c1,c2\na,\",b\",\n\"\"\",b\t1\",\",\",ü\n", [["c0", "c1", "c2"], ["a", ",b", ""], ["\",b\t1", ",", "ü"]]]
    ["c0,c1,c2\r\n ,\"ü\nü1\",\t\r\n\t\t, ,\r\n", [["c0", "c1", "c2"], [" ", "ü\nü1", "\t"], ["\t\t", " ", ""]]]
    ["c0,c1,c2\n\",a\t\n \",üaa,\"\t\ta\n\t\"\n\"\"\" \",\t 1,\n", [["c0", "c1", "c2"], [",a\t\n ", "üaa", "\t\ta\n\t"], ["\" ", "\t 1", ""]]]
    ["c0,c1,c2,c3\r\n\"\t\n\",\"1b,\",ü,1 b \r\n\"\n\n\t\"\"ü\", b,\",\"\"\",\r\n", [["c0", "c1", "c2", "c3"], ["\t\n", "1b,", "ü", "1 b "], ["\n\n\t\"ü", " b", ",\"", ""]]]
    ["c0,c1,c2\r\n\"1,ü\",\"1b,\", \r\n", [["c0", "c1", "c2"], ["1,ü", "1b,", " "]]]
    ["c0,c1\n \t,\" \t,\n \"\n\"\n \",\"\nb\"\n\t,\",\"\n", [["c0", "c1"], [" \t", " \t,\n "], ["\n ", "\nb"], ["\t", ","]]]
    ["c0,c1\n\"\"\"\"\",,\",\"\"\"\tü\"\n\t,ü1\n\",11\n\",\"ba\"\"\"\n", [["c0", "c1"], ["\"\",,", "\"\tü"], ["\t", "ü1"], [",11\n", "ba\""]]]
    ["c0,c1\r\n\" \n\",\"\"\"\n\"\r\n", [["c0", "c1"], [" \n", "\"\n"]]]
    ["c0,c1,c2\r\n1 a\t,\", bü \",b\r\n,ba ,\" \nü,\"\r\n", [["c0", "c1", "c2"], ["1 a\t", ", bü ", "b"], ["", "ba ", " \nü,"]]]
    ["c0,c1\n,\"1\"\"\"\n", [["c0", "c1"], ["", "1\""]]]
    ["c0,c1,c2\n,a,\"\t\t,ü\"\n\"ü1 ,\",\", \n\ta\",\n\"ü \"\"\",\"b\"\"\",1\n", [["c0", "c1", "c2"], ["", "a", "\t\t,ü"], ["ü1 ,", ", \n\ta", ""], ["ü \"", "b\"", "1"]]]
    ["c0,c1\n\"ü \"\"\",\"b1 ,\"\n\"a\t\nü\",\",\"\n", [["c0", "c1"], ["ü \"", "b1 ,"], ["a\t\nü", ","]]]
    ["c0,c1\n\"ü,\",\n ü,\"\t,aü\"\n", [["c0", "c1"], ["ü,", ""], [" ü", "\t,aü"]]]
    ["c0,c1,c2\r\n,\"\nü\",\"\n1a\ta\"\r\n\"\n\",\",\",\"\n\t\"\r\n", [["c0", "c1", "c2"], ["", "\nü", "\n1a\ta"], ["\n", ",", "\n\t"]]]
    """#

@Suite("Requests as other programs write them")
struct RequestSpecificationTests {
    private static func read(_ text: String) throws -> RequestTable {
        try RequestReader.read(SourceText(name: "r", text: text))
    }

    @Test("CSV has the rows that Python reads", arguments: csvTables.split(separator: "\n").map(String.init))
    func csv(_ line: String) throws {
        let pair = try #require(try JSONReader.read(SourceText(name: "t", text: line)).array)
        let rows = (pair[1].array ?? []).map { ($0.array ?? []).compactMap(\.string) }
        let table = try Self.read(try #require(pair[0].string))
        #expect(table.rows.map { $0.cells.map(\.name) } == rows.dropFirst().map { _ in rows[0] })
        // A field without anything between its commas is a missing value.
        #expect(table.rows.map { $0.cells.map { $0.value.string ?? "" } } == Array(rows.dropFirst()))
        #expect(table.rows.allSatisfy { $0.problem == nil })
    }

    @Test("an empty field is missing, a quoted empty field is text")
    func emptyFields() throws {
        let cells = try Self.read("a,b\n,\"\"\n").rows[0].cells
        #expect(cells[0].value.isNull && cells[1].value.string == "")
    }

    /// https://www.rfc-editor.org/rfc/rfc6901#section-5 and, as a fragment of a URI, section 6.
    @Test(
        "JSON pointers",
        arguments: [
            ("", "", nil), ("/foo", "/foo", nil), ("/foo/0", "/foo/0", "bar"), ("/", "/", "0"), ("/a~1b", "/a~1b", "1"),
            ("/c%d", "/c%25d", "2"), ("/e^f", "/e%5Ef", "3"), ("/g|h", "/g%7Ch", "4"), ("/i\\j", "/i%5Cj", "5"),
            ("/k\"l", "/k%22l", "6"), ("/ ", "/%20", "7"), ("/m~0n", "/m~0n", "8"),
        ] as [(String, String, String?)])
    func pointers(_ pointer: String, _ fragment: String, _ expected: String?) throws {
        let root = try json(
            #"{"foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, "k\"l": 6, " ": 7, "m~n": 8}"#
        )
        let reader = JSONSchemaReader(root: root, file: "t.json")
        for text in [pointer, fragment] {
            let node = try #require(reader.resolve(pointer: text), "\(text) leads nowhere")
            if let expected { #expect(node.text == expected, "\(text)") }
        }
    }

    @Test("pointers that lead nowhere", arguments: ["foo", "/foo/2", "/foo/-", "/foo/01x", "/x", "/foo/0/y", "/m~n2"])
    func nowhere(_ pointer: String) throws {
        let root = try json(#"{"foo": ["bar", "baz"], "m~n": 8}"#)
        #expect(JSONSchemaReader(root: root, file: "t.json").resolve(pointer: pointer) == nil)
    }

    @Test("a reference of OpenAPI to a path with a parameter")
    func encodedReference() {
        let text = #"""
            {"openapi": "3.1.0", "paths": {"/models/{id}/predict": {"post": {"requestBody": {"content": {"application/json":
            {"schema": {"$ref": "#/components/schemas/A%20Row"}}}}}}},
            "components": {"schemas": {"A Row": {"properties": {"x": {"type": "integer"}}}}}}
            """#
        let source = SourceText(name: "app.json", text: text)
        for fragment in [nil, "/paths/~1models~1{id}~1predict/post", "/paths/~1models~1%7Bid%7D~1predict/post"] {
            let part = SchemaReader.read(source, fragment: fragment)
            #expect(part.contract.inputs.map(\.name) == ["x"] && part.contract.gaps.isEmpty, "\(fragment ?? "")")
        }
    }

    /// The bodies of https://mlflow.org/docs/latest/ml/deployment/deploy-model-locally/#json-input.
    @Test(
        "bodies of MLflow's server",
        arguments: [
            (#"{"dataframe_split": {"index": [0, 1], "columns": ["x"], "data": [[1], [2]]}}"#, ["1", "2"]),
            (#"{"dataframe_records": [{"x": 1}, {"x": 2}], "params": {"top": 1}}"#, ["1", "2"]),
            (#"{"instances": [{"x": 1}, {"x": 2}]}"#, ["1", "2"]), (#"{"inputs": {"x": [1, 2]}}"#, ["1", "2"]),
            (#"{"inputs": {"x": 1}}"#, ["1"]), (#"{"inputs": [{"x": 1}]}"#, ["1"]),
            (#"{"dataframe_split": {"columns": ["x"], "data": []}}"#, []), (#"{"dataframe_records": []}"#, []),
        ] as [(String, [String])])
    func bodies(_ text: String, _ values: [String]) throws {
        let table = try Self.read(text)
        #expect(table.rows.map { $0.cells.map(\.name) } == values.map { _ in ["x"] })
        #expect(table.rows.compactMap { $0.cells.first?.value.text } == values)
    }

    @Test(
        "bodies that are none say why",
        arguments: [
            #"{"dataframe_split": {"columns": ["x"]}}"#, #"{"dataframe_split": {"columns": ["x"], "data": [1]}}"#,
            #"{"dataframe_split": {"columns": ["x"], "data": [[1, 2]]}}"#, #"{"inputs": {"x": [1], "y": [1, 2]}}"#,
            #"{"dataframe_records": {"x": 1}}"#, "[null]",
        ])
    func noBodies(_ text: String) throws {
        let rows = try Self.read(text).rows
        #expect(rows.count == 1 && rows[0].problem != nil)
    }
}
