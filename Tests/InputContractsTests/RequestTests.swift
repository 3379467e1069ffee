import EnvironmentInventory
import SourceDocuments
import Testing

@testable import InputContracts

private func read(_ text: String) throws -> RequestTable {
    try RequestReader.read(SourceText(name: "r", bytes: Array(text.utf8)))
}

/// The invalid rows as `row column`.
private func invalid(_ text: String, _ contract: InputContract) throws -> [String] {
    RequestValidation.validate(try read(text), against: contract).invalid.map { "\($0.row) \($0.column ?? "-")" }
}

@Test(
    "every form of requests has the same rows",
    arguments: [
        "{\"a\": 1, \"b\": \"x\"}\n{\"a\": 2, \"b\": \"y\"}\n", "[{\"a\": 1, \"b\": \"x\"}, {\"a\": 2, \"b\": \"y\"}]",
        "{\"dataframe_split\": {\"columns\": [\"a\", \"b\"], \"data\": [[1, \"x\"], [2, \"y\"]]}}",
        "{\"dataframe_records\": [{\"a\": 1, \"b\": \"x\"}, {\"a\": 2, \"b\": \"y\"}]}",
        "{\"instances\": [{\"a\": 1, \"b\": \"x\"}, {\"a\": 2, \"b\": \"y\"}]}",
        "{\"inputs\": {\"a\": [1, 2], \"b\": [\"x\", \"y\"]}}", "a,b\n1,x\n2,y\n", "a,b\r\n1,\"x\"\r\n2,y",
    ])
func formsOfRequests(_ text: String) throws {
    let table = try read(text)
    #expect(table.rows.count == 2)
    #expect(table.rows.map { $0.cells.map(\.name) } == [["a", "b"], ["a", "b"]])
    #expect(table.rows.map { $0.cells[1].value.string } == ["x", "y"])
    let contract = signature(columns("a long,b string")).contract
    #expect(RequestValidation.validate(table, against: contract).valid == 2)
}

@Test("rows that do not fit, counted from 1")
func invalidRows() throws {
    let contract = signature(columns("a integer,b string,c boolean?,d datetime?")).contract
    let good = #"{"a": 1, "b": "x"}"#
    #expect(try invalid("\(good)\n\(#"{"a": 70.5, "b": "x"}"#)", contract) == ["2 a"])
    #expect(try invalid(#"[{"a": 3000000000, "b": "x"}]"#, contract) == ["1 a"])
    #expect(try invalid(#"[{"a": null, "b": 5}]"#, contract) == ["1 a", "1 b"])
    #expect(try invalid(#"[{"a": 70.0, "b": "x", "extra": 1}]"#, contract) == [])
    #expect(try invalid(#"[{"a": true, "b": "x", "c": "false"}]"#, contract) == ["1 a", "1 c"])
    #expect(try invalid(#"[{"b": "x", "d": "2020-13-01"}]"#, contract) == ["1 d", "1 a"])
    #expect(try invalid("a,b,c,d\n1,x,True,2020-01-31\nz,,,\n1,2\n", contract) == ["2 a", "3 -"])
    #expect(try invalid(#"{"dataframe_split": {"columns": ["a", "b"], "data": [[1]]}}"#, contract) == ["1 -"])
    #expect(try invalid("[null]", contract) == ["1 -"])
}

@Test("categories, ranges that a schema sets, tensors")
func valuesThatAreRefused() throws {
    let known = estimator(["a", "b"], by: .exactNames, extra: .error) {
        $0[0].range = ContractRange(minimum: 0, maximum: 9, kind: .constraint)
        $0[0].onNull = .error
        $0[1].type = .string
        $0[1].categories = .init(values: [.text("x")], isOpen: false)
    }
    #expect(
        try invalid(#"[{"a": 10, "b": "x"}, {"a": 9, "b": "z"}, {"a": 1, "b": "x"}]"#, known.contract) == [
            "1 a", "2 b",
        ])
    #expect(try invalid(#"[{"a": null, "b": "x", "c": 1}]"#, known.contract) == ["1 a", "1 c"])
    let tensor = signature(#"[{"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1, 2]}}]"#).contract
    #expect(try invalid(#"{"inputs": [[1, 2], [1], [1, "x"]]}"#, tensor) == ["2 -", "3 -"])
}

@Test(
    "what is not a request", arguments: ["", "  \n", "{\"a\": ", "a,a\n1,2\n", "a\n\"x\n", "{\"a\": 1}\n{\"a\": \n"])
func unreadableRequests(_ text: String) {
    #expect(throws: RequestReader.Failure.self) { try read(text) }
}
