import EnvironmentInventory
import SourceDocuments
import Testing

@testable import InputContracts

/// What is said of requests that cannot be read, and of rows that do not fit.
@Suite("Requests that do not fit")
struct RequestProblemTests {
    private static func failure(_ text: String) -> String {
        do throws(RequestReader.Failure) {
            let table = try RequestReader.read(SourceText(name: "r.csv", text: text))
            return "\(table.rows.count) rows"
        } catch { return error.description }
    }

    @Test(
        "what is not a request, with its line",
        arguments: [
            ("", "r.csv: it holds no rows"), (" \n\t\n", "r.csv: it holds no rows"),
            ("\u{FEFF}", "r.csv: it holds no rows"),
            ("a,b,a\n1,2,3\n", "r.csv:1: a column of the header is there twice"),
            ("a\n\"x\n\n", "r.csv:4: a quoted field is not closed"), ("a\n1\n\n2\n", "2 rows"),
            ("{\"a\": 1}\n{\"a\": 2\n", "r.csv:2: "), ("{\"a\": 1}\n\n{\"a\": 2}\n", "2 rows"), ("[]", "0 rows"),
            ("a,b\n", "0 rows"),
        ])
    func failures(_ text: String, _ expected: String) {
        #expect(Self.failure(text).hasPrefix(expected), "\(Self.failure(text))")
    }

    private static func fields(_ text: String) throws -> [[String?]] {
        try RequestReader.read(SourceText(name: "r", text: text)).rows.map { $0.cells.map(\.value.string) }
    }

    @Test("the carriage return of a line's end is none of a field's")
    func carriageReturns() throws {
        #expect(try Self.fields("a,b\r\n1,x\r\n") == [["1", "x"]])
        #expect(try Self.fields("a,b\r\n1,\"x\"\r\n") == [["1", "x"]])
        // In quotation marks it is a part of the field, at its end too.
        #expect(try Self.fields("a,b\n1,\"x\r\"\n") == [["1", "x\r"]])
        #expect(try Self.fields("a,b\r\n1,\"x\r\"\r\n") == [["1", "x\r"]])
        #expect(try Self.fields("a,b\r\n\"x\r\ny\",2\r\n") == [["x\r\ny", "2"]])
        #expect(try Self.fields("a,b\r\n1,\r\n") == [["1", nil]])
        #expect(try Self.fields("a\r\n\r\n1\r\n") == [["1"]])
    }

    /// The rows that do not fit as `row column: message`.
    private static func problems(_ text: String, _ contract: InputContract) throws -> [String] {
        let table = try RequestReader.read(SourceText(name: "r", text: text))
        return RequestValidation.validate(table, against: contract).invalid.map {
            "\($0.row) \($0.column ?? "-"): \($0.message)"
        }
    }

    @Test("bodies that are none say why")
    func bodies() throws {
        let contract = signature(columns("a long")).contract
        for (text, expected) in [
            (#"{"dataframe_split": {"columns": ["a"]}}"#, "dataframe_split has no list of data"),
            (#"{"dataframe_split": [1]}"#, "dataframe_split has no list of data"),
            (#"{"dataframe_split": {"columns": ["a"], "data": [1]}}"#, "a row of dataframe_split is not a list"),
            (#"{"dataframe_split": {"columns": ["a"], "data": [[1, 2]]}}"#, "the row has 2 values for 1 columns"),
            (#"{"dataframe_records": {"a": 1}}"#, "dataframe_records is not a list"),
            (#"{"instances": {"a": 1}}"#, "instances is not a list"),
            (#"{"inputs": {"a": [1], "b": [1, 2]}}"#, "the columns of inputs have different lengths"),
            (#"{"inputs": {"a": [1], "b": 1}}"#, "-"), ("[null]", "the row is null"),
        ] {
            let expected = expected == "-" ? [] : ["1 -: \(expected)"]
            #expect(try Self.problems(text, contract) == expected, "\(text)")
        }
    }

    @Test("rows of named columns")
    func named() throws {
        let known = estimator(["a", "b"], by: .exactNames, extra: .error) { $0[1].required = false }.contract
        #expect(try Self.problems(#"[{"a": 1}]"#, known) == [])
        #expect(try Self.problems(#"[{"b": 1}]"#, known) == ["1 a: the column is missing"])
        #expect(try Self.problems("[{}]", known) == ["1 a: the column is missing"])
        #expect(
            try Self.problems(#"[{"a": 1, "c": 1}]"#, known) == [
                "1 c: the model refuses a column that it does not know"
            ]
        )
        #expect(
            try Self.problems(#"{"dataframe_split": {"columns": ["a", "a"], "data": [[1, 2]]}}"#, known)
                == ["1 a: the column is there twice"])
    }

    @Test("rows without names go by position")
    func positioned() throws {
        let counted = estimator([nil, nil], by: .position, extra: .error).contract
        #expect(try Self.problems("[[1, 2]]", counted) == [])
        #expect(try Self.problems("[[1]]", counted) == ["1 -: the row has 1 values, the model takes 2"])
        #expect(try Self.problems("[[1, 2, 3]]", counted) == ["1 -: the row has 3 values, the model takes 2"])
        #expect(try Self.problems("[[1, \"x\"]]", counted) == ["1 1: \"x\" is not of type float64"])
        // MLflow takes more columns than its signature counts.
        let mlflow = signature(#"[{"type": "long"}]"#).contract
        #expect(try Self.problems("[[1, 2]]", mlflow) == [])
        // Names are not looked at where columns are counted.
        #expect(try Self.problems(#"[{"x": 1, "y": 2}]"#, counted) == [])
    }

    @Test("rows of a single tensor")
    func tensors() throws {
        func tensor(_ shape: String) -> InputContract {
            signature(#"[{"type": "tensor", "tensor-spec": {"dtype": "int32", "shape": \#(shape)}}]"#).contract
        }
        #expect(try Self.problems("[[1, 2]]", tensor("[-1, 2]")) == [])
        #expect(try Self.problems("[[1]]", tensor("[-1, 2]")) == ["1 -: the row has 1 values, 2 belong here"])
        #expect(try Self.problems("[[1, 2, 3]]", tensor("[-1, -1]")) == [])
        #expect(
            try Self.problems("[[[1], [2, 3]]]", tensor("[-1, 2, 1]")) == [
                "1 -: a list has 2 values, 1 belong there"
            ])
        #expect(try Self.problems("[7, 1.5]", tensor("[-1]")) == ["2 -: 1.5 is not of type int32"])
        #expect(try Self.problems("[[1, 2]]", tensor("[-1]")) == ["1 -: one value belongs here, not 2"])
    }

    @Test("several named tensors: each value has the dimensions after the first")
    func namedTensors() throws {
        let contract = signature(
            #"[{"name": "a", "type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1, 2]}},"#
                + #"{"name": "b", "type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1]}}]"#
        ).contract
        #expect(try Self.problems(#"{"inputs": {"a": [[1, 2], [3, 4]], "b": [1, 2]}}"#, contract) == [])
        #expect(
            try Self.problems(#"{"inputs": {"a": [[1, 2], [3]], "b": [1, 2]}}"#, contract)
                == ["2 a: a list has 1 values, 2 belong there"])
        #expect(try Self.problems(#"{"instances": [{"a": [1, 2]}]}"#, contract) == ["1 b: the column is missing"])
    }

    @Test("columns of a body are one row to a model that takes lists")
    func whole() throws {
        let contract = signature(#"[{"name": "a", "type": "array", "items": {"type": "long"}}]"#).contract
        let table = try RequestReader.read(SourceText(name: "r", text: #"{"inputs": {"a": [1, 2, 3]}}"#))
        let result = RequestValidation.validate(table, against: contract)
        #expect(result.rows == 1 && result.valid == 1)
    }

    @Test("fifty findings, and one that counts the others")
    func findings() {
        var requests = PreflightResult.Requests()
        requests.invalid = (1...53).map { .init(row: $0, column: $0 == 1 ? nil : "a", rule: "r", message: "m") }
        let findings = RequestValidation.findings(requests, file: "r.csv")
        #expect(findings.count == 51)
        #expect(findings[0].message == "row 1: m" && findings[0].subject == nil)
        #expect(findings[1].message == "row 2: a: m" && findings[1].subject == "a")
        #expect(findings[50].message == "3 more values do not fit" && findings[50].file == "r.csv")
        requests.invalid.removeLast(3)
        #expect(RequestValidation.findings(requests, file: "r.csv").count == 50)
        #expect(
            RequestValidation.findings(requests, file: "r.csv", limit: 0).map(\.message) == [
                "50 more values do not fit"
            ])
    }
}
