import EnvironmentInventory
import Testing

@testable import InputContracts

/// Why a signature of MLflow says nothing, with the key that was not understood.
@Suite("Gaps of signatures")
struct MLflowGapTests {
    @Test(
        "entries that are not understood",
        arguments: [
            ("{}", "the JSON text is not a list"), ("1", "the JSON text is not a list"), ("[1]", "entry 0 has no type"),
            (#"[{"type": "long"}, {"name": "b"}]"#, "entry 1 has no type"),
            (#"[{"type": "decimal"}]"#, "entry 0 has the type decimal, which is not known"),
            (#"[{"type": "array"}]"#, "entry 0 has the type array, which is not known"),
            (#"[{"type": "object", "properties": {"a": 1}}]"#, "entry 0 has the type object, which is not known"),
            (#"[{"type": "map", "values": {"type": "x"}}]"#, "entry 0 has the type map, which is not known"),
            (#"[{"type": "tensor"}]"#, "entry 0 is a tensor without a shape"),
            (#"[{"type": "tensor", "tensor-spec": {"dtype": "int64"}}]"#, "entry 0 is a tensor without a shape"),
            (
                #"[{"type": "tensor", "tensor-spec": {"dtype": "complex64", "shape": []}}]"#,
                "entry 0 has the dtype complex64, which is not known"
            ),
            (
                #"[{"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-2]}}]"#,
                "entry 0 has a dimension that is not a number"
            ),
            (
                #"[{"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [1.5]}}]"#,
                "entry 0 has a dimension that is not a number"
            ),
        ])
    func entries(_ text: String, _ reason: String) {
        #expect(signature(text).contract.gaps.map(\.description) == ["MLmodel:3: signature.inputs: \(reason)"])
        let inputs = columns("a long")
        let outputs = signature(inputs, outputs: text).contract
        #expect(outputs.gaps.map(\.description) == ["MLmodel:3: signature.outputs: \(reason)"])
        #expect(outputs.inputs.isEmpty)
    }

    @Test("parameters without a name or a known type")
    func parameters() {
        for text in [#"[{"type": "long"}]"#, #"[{"name": "a"}]"#, #"[{"name": "a", "type": "x"}]"#, "[1]"] {
            #expect(
                signature(columns("a long"), params: text).contract.gaps.map(\.description)
                    == ["MLmodel:3: signature.params: entry 0 has no name or no known type"])
        }
    }

    @Test("text that is not JSON, and a key that is there twice")
    func text() {
        let cut = signature("[").contract.gaps
        #expect(cut.count == 1 && cut[0].reason.hasPrefix("the text is not JSON: "))
        let twice = signature(#"[{"type": "long", "type": "double"}]"#)
        #expect(twice.findings.map(\.rule) == ["contradicting-contract"])
        #expect(
            twice.findings.first?.message.hasPrefix("the signature's inputs: the text is not JSON: duplicate key")
                == true)
    }

    @Test("null, and nothing, are not a signature and no gap")
    func absent() {
        for text in ["null", nil, "[]"] {
            let part = signature(text)
            #expect(part.contract.gaps.isEmpty && part.contract.inputs.isEmpty && part.contract.binding == nil)
        }
    }

    @Test(
        "how requests find the columns",
        arguments: [
            (#"[{"name": "a", "type": "long"}]"#, InputContract.Binding.name, InputContract.ExtraColumns.ignored),
            (#"[{"type": "long"}]"#, .position, .ignored),
            (#"[{"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1]}}]"#, .position, .error),
        ])
    func bindings(_ text: String, _ binding: InputContract.Binding, _ extra: InputContract.ExtraColumns) {
        let contract = signature(text).contract
        #expect(contract.binding == binding && contract.extraColumns == extra && contract.enforcedBy == [.mlflow])
    }

    /// MLflow writes `optional` up to 2.5, then `required`; NumPy names texts with their width.
    @Test("words of older versions and of NumPy")
    func olderWords() {
        func required(_ word: String) -> Bool? {
            signature(#"[{"name": "a", "type": "long"\#(word)}]"#).contract.inputs.first?.required
        }
        #expect(required("") == true && required(#", "optional": true"#) == false)
        #expect(required(#", "optional": false"#) == true && required(#", "required": false"#) == false)
        for (dtype, type) in [
            ("<U5", ContractType.string), (">U1", .string), ("str", .string), ("|S4", .binary), ("bytes", .binary),
            ("bool", .boolean), ("datetime64[ns]", .datetime), ("object", .string), ("uint8", .uint8),
        ] {
            let text = #"[{"type": "tensor", "tensor-spec": {"dtype": "\#(dtype)", "shape": [-1]}}]"#
            #expect(signature(text).contract.inputs.first?.type == type, "\(dtype)")
        }
    }

    @Test("what a missing value does to each scalar type")
    func missing() {
        func outcome(_ type: String) -> ValueOutcome? {
            signature(columns("a \(type)")).contract.inputs.first?.onNull
        }
        #expect(outcome("integer") == .rejected && outcome("long") == .rejected && outcome("boolean") == .silent)
        for type in ["float", "double", "string", "binary", "datetime", "any"] { #expect(outcome(type) == .unknown) }
    }
}
