import EnvironmentInventory
import SourceDocuments
import Testing

@testable import InputContracts

/// The sentences about files of one model that say different things of its inputs.
@Suite("Contradictions of contracts")
struct ContradictionTests {
    private static func messages(_ parts: ContractPart...) -> [String] {
        ContractMerger.merge(parts, model: "m").findings.filter {
            $0.rule != "silent-coercion" && $0.rule != "unenforced-contract"
        }
        .map { "\($0.file): \($0.message)" }
    }

    private static func tensor(_ shape: String, _ type: String = "float64") -> ContractPart {
        signature(#"[{"type": "tensor", "tensor-spec": {"dtype": "\#(type)", "shape": \#(shape)}}]"#)
    }

    /// An estimator that takes tensors, as ONNX does.
    private static func graph(_ inputs: [(String, [Int?], ContractType)]) -> ContractPart {
        estimator(inputs.map(\.0)) { found in
            for index in found.indices { (found[index].shape, found[index].type) = (inputs[index].1, inputs[index].2) }
        }
    }

    @Test("columns that one of them lacks")
    func lacking() {
        #expect(
            Self.messages(signature(columns("a double")), estimator(["a", "b"])) == [
                "MLmodel: the signature lacks the column b, which the estimator of model.pkl needs: no request can succeed"
            ])
        #expect(
            Self.messages(signature(columns("a double,x double")), estimator(["a"], by: .exactNames, extra: .error))
                == [
                    "MLmodel: the estimator of model.pkl does not know the column x and refuses it: no request can succeed"
                ])
        #expect(
            Self.messages(signature(columns("a double,x double")), estimator(["a"])) == [
                "MLmodel: the signature requires the column x, which no estimator reads"
            ])
        #expect(
            Self.messages(signature(columns("a double,b double")), estimator([nil], by: .position)) == [
                "MLmodel: the signature has 2 columns, the estimator of model.pkl takes 1"
            ])
    }

    @Test("order and kinds of values")
    func kinds() {
        #expect(
            Self.messages(
                signature(columns("b double,a double")), estimator(["a", "b"], by: .exactNames, extra: .error)
            ) == [
                "MLmodel: the signature has the columns in another order than the estimator of model.pkl, which refuses that"
            ])
        #expect(
            Self.messages(signature(columns("a string")), estimator(["a"]))
                == ["MLmodel: a: the signature says string, the estimator of model.pkl takes numbers"])
        let texts = estimator(["a"]) { $0[0].type = .string }
        #expect(
            Self.messages(signature(columns("a long")), texts)
                == ["MLmodel: a: the signature says int64, the estimator of model.pkl knows texts"])
        // Neither number nor text says nothing.
        #expect(Self.messages(signature(columns("a boolean")), estimator(["a"])) == [])
    }

    @Test("tensors against columns and graphs")
    func tensors() {
        #expect(
            Self.messages(Self.tensor("[-1, 4]"), estimator([nil, nil], by: .position))
                == ["MLmodel: the signature has 4 columns, the estimator of model.pkl takes 2"])
        #expect(Self.messages(Self.tensor("[-1, -1]"), estimator([nil, nil], by: .position)) == [])
        #expect(
            Self.messages(Self.tensor("[-1, 4]"), Self.graph([("x", [nil, 3], .float64)]))
                == ["MLmodel: the signature has the shape [-1, 4], the graph of model.pkl takes [-1, 3]"])
        #expect(Self.messages(Self.tensor("[-1, 4]"), Self.graph([("x", [nil, nil], .float64)])) == [])
        #expect(
            Self.messages(signature(columns("a double,b double")), Self.graph([("x", [nil, 3], .float64)]))
                == ["MLmodel: the signature has 2 columns, the graph of model.pkl takes 3"])
        #expect(
            Self.messages(
                signature(columns("a double,b double")), Self.graph([("a", [nil], .float64), ("c", [nil], .float64)]))
                == ["MLmodel: the signature lacks the input c, which the graph of model.pkl needs"])
    }

    private static func schema(_ text: String) -> ContractPart {
        SchemaReader.read(SourceText(name: "schema.json", text: text))
    }

    @Test("a schema in front of the model")
    func schemas() {
        let model = signature(columns("a long,b string"))
        #expect(
            Self.messages(
                model, Self.schema(#"{"properties": {"a": {"type": "string"}, "b": {"type": "string"}}}"#))
                == ["schema.json: a: MLmodel says int64, the schema says string"])
        #expect(
            Self.messages(
                model, Self.schema(#"{"properties": {"a": {"type": "integer"}}, "additionalProperties": false}"#)) == [
                    "schema.json: the schema schema.json does not let the column b through, which the model needs"
                ])
        #expect(
            Self.messages(
                model,
                Self.schema(
                    #"{"required": ["z"], "properties": {"a": {"type": "integer"}, "b": {"type": "string"}, "z": {"type": "integer"}}}"#
                )) == ["schema.json: the schema requires the column z, which the model does not know"])
    }

    @Test("the constraints of a schema are added to what the model says")
    func constraints() throws {
        let reading = ContractMerger.merge(
            [
                signature(columns("a any,b long?")),
                Self.schema(
                    #"{"required": ["b"], "properties": {"a": {"enum": ["x"]}, "b": {"type": "integer", "minimum": 3}}, "additionalProperties": false}"#
                ),
            ], model: "m")
        let contract = try #require(reading.contract)
        #expect(contract.inputs[0].type == .string && contract.inputs[0].categories?.values == [.text("x")])
        #expect(contract.inputs[0].onUnseen == .rejected && contract.inputs[0].onNull == .rejected)
        #expect(contract.inputs[1].required == true && contract.inputs[1].range?.minimum == 3)
        #expect(contract.inputs[1].onOutside == .rejected && contract.extraColumns == .error)
        #expect(contract.enforcedBy == [.mlflow, .schema] && contract.inputs[1].sources.count == 2)
    }

    @Test("a second MLmodel, several estimators, and an example that does not fit")
    func several() throws {
        let part = signature(columns("a long"))
        let second = ContractPart(kind: .signature, file: "sub/MLmodel", contract: part.contract)
        #expect(
            Self.messages(part, second)
                == ["sub/MLmodel: sub/MLmodel is a second MLmodel beside MLmodel: nothing says which one is served"])
        let other = ContractPart(kind: .estimator, file: "other.pkl", contract: estimator(["z"]).contract)
        let reading = ContractMerger.merge([estimator(["a"]), other], model: "m")
        #expect(
            reading.gaps.map(\.description) == [
                "model.pkl, other.pkl: several estimators take inputs, and nothing says which one takes the requests"
            ])
        var example = ContractPart(kind: .example, file: "input_example.json", contract: InputContract())
        example.rows = RequestReader.body(
            try json(#"{"columns": ["a"], "data": [["x"]]}"#), isSplit: true)
        #expect(
            Self.messages(part, example)
                == ["input_example.json: the example does not fit: row 1: a: \"x\" is not of type int64"])
    }

    @Test("what MLflow turns into another value is said of each column, fifty times")
    func coercions() {
        func messages(_ contract: ContractPart) -> [String] {
            ContractMerger.merge([contract], model: "m").findings.filter { $0.rule == "silent-coercion" }.map(\.message)
        }
        #expect(
            messages(signature(columns("a boolean,b integer,c long,d double"))) == [
                "a: MLflow's server turns \"false\" into True and null into False",
                "b: MLflow's server turns 3000000000 into -1294967296 and 70.5 into 70",
                "c: MLflow's server turns 70.5 into 70 and \"70\" into 70",
            ])
        let many = (0..<53).map { "c\($0) long" }.joined(separator: ",")
        let found = messages(signature(columns(many)))
        #expect(found.count == 51 && found.contains("3 more columns take another value than was sent"))
    }

    @Test("nothing that checks, and nothing that says")
    func absent() {
        func messages(_ parts: ContractPart...) -> [String] {
            ContractMerger.merge(parts, model: "m").findings.map { "\($0.file): \($0.message)" }
        }
        #expect(
            messages() == ["m: nothing in the model says what columns it takes; only a schema beside it could"])
        #expect(
            messages(estimator(["a"])) == ["model.pkl: the model takes 1 input, and nothing in front of it checks them"]
        )
        #expect(
            messages(estimator(["a", "b"]))
                == ["model.pkl: the model takes 2 inputs, and nothing in front of it checks them"])
    }
}
