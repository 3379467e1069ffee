import EnvironmentInventory
import SourceDocuments
import Testing

@testable import InputContracts

/// The findings of a signature and an estimator, as `rule subject`.
private func findings(_ parts: ContractPart...) -> [String] {
    ContractMerger.merge(parts, model: "m").findings.filter {
        !["silent-coercion", "unenforced-contract"].contains($0.rule)
    }
    .map { "\($0.rule) \($0.subject ?? "-")" }
}

@Suite("signature against estimator")
struct SignatureAgainstEstimator {
    @Test("a column that the estimator needs, and one that nothing reads")
    func columnsThatOneSideLacks() {
        #expect(findings(signature(columns("a double")), estimator(["a", "b"])) == ["contradicting-contract b"])
        #expect(findings(signature(columns("a double,x double")), estimator(["a"])) == ["useless-column x"])
        #expect(findings(signature(columns("a double,x double?")), estimator(["a"])) == [])
        #expect(
            findings(signature(columns("a double,x double")), estimator(["a"], by: .exactNames, extra: .error))
                == ["contradicting-contract x"])
        let dropped = estimator(["a", "b"]) { $0[1].isRead = false }
        #expect(findings(signature(columns("a double,b double")), dropped) == ["useless-column b"])
        #expect(findings(signature(columns("a double")), dropped) == [])
    }

    @Test("another number, another order, number against text")
    func otherContradictions() {
        #expect(findings(signature(columns("a double,b double")), estimator([nil], by: .position)).count == 1)
        #expect(
            findings(signature(columns("b double,a double")), estimator(["a", "b"], by: .exactNames, extra: .error))
                == ["contradicting-contract -"])
        #expect(findings(signature(columns("b double,a double")), estimator(["a", "b"])) == [])
        #expect(findings(signature(columns("a string")), estimator(["a"])) == ["contradicting-contract a"])
        let texts = estimator(["a"]) {
            $0[0].type = .any
            $0[0].categories = .init(values: [.text("x")], isOpen: false)
        }
        #expect(findings(signature(columns("a long")), texts) == ["contradicting-contract a"])
        #expect(findings(signature(columns("a string")), texts) == [])
        let tensor = #"[{"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1, 4]}}]"#
        #expect(findings(signature(tensor), estimator([nil, nil], by: .position)) == ["contradicting-contract -"])
        #expect(findings(signature(tensor), estimator([nil, nil, nil, nil], by: .position)) == [])
    }

    @Test("what the estimator knows is added")
    func estimatorFactsAreAdded() throws {
        let known = estimator(["a", "b"]) {
            $0[0].onNull = .error
            $0[1].type = .string
            $0[1].categories = .init(values: [.text("x")], isOpen: false)
            $0[1].onUnseen = .silent
        }
        let reading = ContractMerger.merge([signature(columns("b string,a long")), known], model: "m")
        let contract = try #require(reading.contract)
        #expect(contract.inputs.map(\.name) == ["b", "a"])
        #expect(contract.inputs[0].categories?.values == [.text("x")] && contract.inputs[0].onUnseen == .silent)
        #expect(contract.inputs[1].onNull == .rejected)
        #expect(contract.enforcedBy == [.mlflow])
        #expect(reading.findings.map(\.rule) == ["silent-coercion"])
    }
}

@Test("no contract, an unenforced one, and gaps")
func contractsThatLackSomething() {
    #expect(findings() == ["no-input-contract -"])
    let alone = ContractMerger.merge([estimator(["a"])], model: "m")
    #expect(alone.findings.map(\.rule) == ["unenforced-contract"])
    #expect(alone.contract?.enforcedBy == [InputContract.Enforcement.none])
    let gap = Gap("x", reason: "not understood")
    let unread = ContractMerger.merge([signature(columns("a long"))], gaps: [gap], model: "m")
    #expect(unread.contract == nil && unread.gaps == [gap])
    var other = estimator(["z"])
    other = ContractPart(kind: .estimator, file: "other.pkl", contract: other.contract)
    #expect(ContractMerger.merge([estimator(["a"]), other], model: "m").contract == nil)
    var served = signature(columns("z double"))
    served.servedPath = "other.pkl"
    #expect(findings(served, estimator(["a"]), other) == [])
}

@Test("an example has to fit, a second MLmodel contradicts")
func examplesAndSecondSignatures() throws {
    func example(_ text: String) throws -> ContractPart {
        var part = ContractPart(kind: .example, file: "input_example.json", contract: InputContract())
        part.rows = RequestReader.body(try json(text), isSplit: true)
        return part
    }
    let part = signature(columns("a long,b string"))
    #expect(findings(part, try example(#"{"columns": ["a", "b"], "data": [[1, "x"]]}"#)) == [])
    #expect(
        findings(part, try example(#"{"columns": ["a", "b"], "data": [["1", "x"]]}"#)) == ["contradicting-contract a"])
    #expect(findings(part, try example(#"{"columns": ["a"], "data": [[1]]}"#)) == ["contradicting-contract b"])
    let second = ContractPart(kind: .signature, file: "sub/MLmodel", contract: part.contract)
    #expect(findings(part, second) == ["contradicting-contract -"])
    let inner = ContractPart(kind: .signature, file: "artifacts/inner/MLmodel", contract: part.contract)
    #expect(findings(part, inner) == [])
}

@Test("an example with Python's NaN is read, a cut one is a gap")
func unusualExamples() {
    func example(_ text: String) -> [ContractPart] {
        MLflowExample.read(.init(name: "input_example.json", bytes: Array(text.utf8)))
    }
    let rows = example(#"{"columns": ["a", "b"], "data": [[NaN, "NaN \" NaN"], [-Infinity, "x"]]}"#)
    #expect(rows.first?.rows?.rows.map { $0.cells[0].value.isNull } == [true, true])
    #expect(rows.first?.rows?.rows[0].cells[1].value.string == "NaN \" NaN")
    let cut = example(#"{"columns": ["a"], "data": [[1"#)
    #expect(cut.first?.contract.gaps.count == 1)
    #expect(ContractMerger.merge([signature(columns("a long"))] + cut, model: "m").contract == nil)
    #expect(example("[1, 2]").isEmpty)
}
