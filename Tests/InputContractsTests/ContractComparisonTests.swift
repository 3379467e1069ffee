import EnvironmentInventory
import Testing

@testable import InputContracts

/// The changes as `column kind`, with `!` where callers break and `<` where a rollback does.
private func changes(_ left: String, _ right: String) -> [String] {
    changes(signature(columns(left)).contract, signature(columns(right)).contract)
}

private func changes(_ left: InputContract, _ right: InputContract) -> [String] {
    ContractComparison.compare(left, right).map {
        "\($0.column ?? "-") \($0.kind)\($0.breaksCallers ? "!" : "")\($0.breaksRollback ? "<" : "")"
    }
}

@Test(
    "changes of columns",
    arguments: [
        ("a integer", "a long", ["a type<"]), ("a integer", "a double", ["a type<"]),
        ("a float", "a double", ["a type<"]), ("a long", "a double", ["a type!<"]),
        ("a double", "a long", ["a type!<"]), ("a string", "a long", ["a type!<"]),
        ("a long", "a string", ["a type!<"]), ("a binary", "a string", ["a type<"]), ("a long", "a any", ["a type<"]),
        ("a long", "a long,b long", ["b added!"]), ("a long", "a long,b long?", ["b added"]),
        ("a long,b long", "a long", ["b removed<"]), ("a long,b long?", "a long", ["b removed"]),
        ("a long,b long", "b long,a long", ["- order"]), ("a long", "b long", ["a removed<", "b added!"]),
        ("a long?", "a long", ["a required!"]), ("a long", "a long?", ["a required<"]), ("a long", "a long", []),
    ] as [(String, String, [String])])
func columnChanges(_ left: String, _ right: String, _ expected: [String]) {
    #expect(changes(left, right) == expected)
}

@Test("changes of categories, missing values, and of what an estimator takes")
func estimatorChanges() {
    func part(_ values: [String], _ outcome: ValueOutcome) -> InputContract {
        estimator(["a"], by: .exactNames, extra: .error) {
            $0[0].type = .string
            $0[0].categories = .init(values: values.map { .text($0) }, isOpen: false)
            $0[0].onUnseen = outcome
            $0[0].onNull = outcome
        }.contract
    }
    #expect(changes(part(["x", "y"], .error), part(["x"], .error)) == ["a categories!"])
    #expect(changes(part(["x"], .error), part(["x", "y"], .error)) == ["a categories<"])
    #expect(changes(part(["x", "y"], .silent), part(["x"], .silent)) == ["a categories"])
    #expect(changes(part(["x"], .accepted), part(["x"], .error)) == ["a null!"])
    let (one, two) = (
        estimator(["a"], by: .exactNames, extra: .error), estimator(["a", "b"], by: .exactNames, extra: .error)
    )
    #expect(changes(one.contract, two.contract) == ["b added!<"])
    let order = estimator(["b", "a"], by: .exactNames, extra: .error)
    #expect(changes(two.contract, order.contract) == ["- order!<"])
    let positions = estimator([nil, nil], by: .position, extra: .error)
    #expect(changes(positions.contract, estimator([nil], by: .position, extra: .error).contract) == ["1 removed!<"])
}

@Test("changes of tensors and of the form")
func tensorChanges() {
    func tensor(_ type: String, _ shape: String) -> InputContract {
        signature(#"[{"type": "tensor", "tensor-spec": {"dtype": "\#(type)", "shape": \#(shape)}}]"#).contract
    }
    #expect(changes(tensor("float64", "[-1, 3]"), tensor("float64", "[-1, 4]")) == ["0 type!<"])
    #expect(changes(tensor("float64", "[-1, 3]"), tensor("float64", "[-1, -1]")) == ["0 type<"])
    #expect(changes(tensor("float32", "[-1, 3]"), tensor("float64", "[-1, 3]")) == ["0 type!<"])
    let named = signature(columns("a double,b double")).contract
    #expect(changes(named, tensor("float64", "[-1, 2]")) == ["- binding<"])
    #expect(changes(named, tensor("float64", "[-1, 3]")) == ["- binding!<"])
}

@Test("changes of outputs: a class that is gone is an error, a new one a warning")
func outputChanges() {
    func output(_ type: ContractType, _ classes: [String]?) -> InputContract {
        var contract = estimator(["a"]).contract
        contract.outputs = [ContractOutput(name: nil, type: type, classes: classes.map { $0.map { .text($0) } })]
        return contract
    }
    let changed = ContractComparison.compare(output(.string, ["x", "y"]), output(.string, ["y", "z"]))
    #expect(changed.map(\.kind) == ["class-removed", "class-added"])
    #expect(BreakingOutputChange.findings(changed, file: "m").map(\.severity) == [.error, .warning])
    #expect(BreakingInputChange.findings(changed, file: "m").isEmpty)
    #expect(changes(output(.int64, nil), output(.float64, nil)) == ["- output-type!<"])
}

@Test("tensors that have names and are taken by position")
func namedTensorsByPosition() {
    func tensors(_ names: [String?], _ size: Int) -> InputContract {
        estimator(names, by: .position, extra: .error) { inputs in
            for index in inputs.indices { inputs[index].shape = [nil, size] }
        }.contract
    }
    let two = tensors(["left", "right"], 3)
    #expect(changes(two, two).isEmpty)
    #expect(changes(two, tensors(["a", "b"], 3)) == ["left renamed", "right renamed"])
    #expect(changes(two, tensors(["left", "right"], 4)).count == 2)
    #expect(changes(two, tensors(["left"], 3)) == ["right removed!<"])
}
