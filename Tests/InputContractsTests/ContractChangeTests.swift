import EnvironmentInventory
import SourceDocuments
import Testing

@testable import InputContracts

/// Every kind of change between two contracts, with what a person reads of both sides.
@Suite("Changes of contracts")
struct ContractChangeTests {
    /// `column kind: previous -> now`, with `!` where callers break and `<` where a rollback does.
    private static func changes(_ left: InputContract, _ right: InputContract) -> [String] {
        ContractComparison.compare(left, right).map {
            "\($0.column ?? "-") \($0.kind): \($0.previous ?? "-") -> \($0.now ?? "-")\($0.breaksCallers ? "!" : "")\($0.breaksRollback ? "<" : "")"
        }
    }

    private static func column(_ change: (inout ContractInput) -> Void) -> InputContract {
        var contract = signature(columns("a double")).contract
        change(&contract.inputs[0])
        return contract
    }

    @Test("a range that gets narrower breaks callers, one that gets wider a rollback")
    func ranges() {
        func range(_ minimum: Double?, _ maximum: Double?, _ kind: ContractRange.Kind = .constraint) -> InputContract {
            Self.column { $0.range = ContractRange(minimum: minimum, maximum: maximum, kind: kind) }
        }
        let none = Self.column { _ in }
        #expect(Self.changes(range(0, 9), range(0, 5)) == ["a range: 0.0 to 9.0 -> 0.0 to 5.0!"])
        #expect(Self.changes(range(0, 5), range(0, 9)) == ["a range: 0.0 to 5.0 -> 0.0 to 9.0<"])
        #expect(Self.changes(range(0, 9), range(1, 10)) == ["a range: 0.0 to 9.0 -> 1.0 to 10.0!<"])
        #expect(Self.changes(none, range(0, nil)) == ["a range: - -> 0.0 to !"])
        #expect(Self.changes(range(nil, 3), none) == ["a range:  to 3.0 -> -<"])
        // What training saw refuses nothing.
        #expect(Self.changes(range(0, 9, .training), range(0, 5, .training)) == ["a range: 0.0 to 9.0 -> 0.0 to 5.0"])
        #expect(Self.changes(range(0, 9, .training), range(0, 9)) == ["a range: 0.0 to 9.0 -> 0.0 to 9.0!"])
        #expect(Self.changes(range(0, 9), range(0, 9)) == [])
    }

    @Test("what a missing value does, where both sides know it")
    func nulls() {
        func null(_ outcome: ValueOutcome) -> InputContract { Self.column { $0.onNull = outcome } }
        #expect(Self.changes(null(.accepted), null(.error)) == ["a null: accepted -> error!"])
        #expect(Self.changes(null(.rejected), null(.accepted)) == ["a null: rejected -> accepted<"])
        #expect(Self.changes(null(.accepted), null(.silent)) == ["a null: accepted -> silent"])
        #expect(Self.changes(null(.unknown), null(.error)) == [])
        #expect(Self.changes(null(.accepted), null(.unknown)) == [])
    }

    @Test("categories are listed, twenty of them")
    func categories() {
        func known(_ values: [ContractScalar]) -> InputContract {
            Self.column {
                $0.categories = .init(values: values, isOpen: false)
                $0.onUnseen = .error
            }
        }
        #expect(
            Self.changes(known([.text("x"), .null]), known([.integer(1), .number(1.5), .boolean(true)]))
                == ["a categories: x, null -> 1, 1.5, true!<"])
        let many = known((0..<23).map { .integer($0) })
        let list = (0..<20).map(String.init).joined(separator: ", ")
        #expect(Self.changes(many, known([])) == ["a categories: \(list) and 3 more -> !"])
        // A missing value is not a category.
        #expect(Self.changes(known([.null]), known([])) == ["a categories: null -> "])
    }

    @Test("needs and types as words")
    func words() {
        let optional = Self.column { $0.required = false }
        let unknown = Self.column { $0.required = nil }
        let needed = Self.column { $0.required = true }
        #expect(Self.changes(optional, needed) == ["a required: optional -> required!"])
        #expect(Self.changes(needed, unknown) == ["a required: required -> unknown"])
        #expect(Self.changes(optional, unknown) == ["a required: optional -> unknown!"])
        let list = Self.column {
            $0.type = .array
            $0.structure = .array(.scalar(.string))
        }
        #expect(Self.changes(needed, list) == ["a type: float64 -> array<string>!<"])
        let shape = Self.column { $0.shape = [nil, 3] }
        #expect(
            Self.changes(shape, Self.column { $0.shape = [nil, 4] }).first
                == "a type: float64[-1, 3] -> float64[-1, 4]!<")
    }

    @Test("forms of requests, by what each side takes")
    func forms() {
        let named = signature(columns("a double")).contract
        let unnamed = signature(#"[{"type": "double"}]"#).contract
        let tensor = signature(#"[{"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1, 1]}}]"#).contract
        let namedTensor = signature(
            #"[{"name": "a", "type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1, 1]}}]"#
        ).contract
        #expect(Self.changes(named, unnamed) == ["- binding: named columns -> unnamed columns<"])
        #expect(Self.changes(unnamed, named) == ["- binding: unnamed columns -> named columns!"])
        #expect(Self.changes(named, tensor) == ["- binding: named columns -> unnamed tensors!<"])
        #expect(Self.changes(tensor, namedTensor) == ["- binding: unnamed tensors -> named tensors!<"])
    }

    @Test("more columns than the model counts, fewer, and one that an optional column fills")
    func positions() {
        func counted(_ types: String...) -> InputContract {
            signature("[" + types.map { #"{"type": "\#($0)"}"# }.joined(separator: ", ") + "]").contract
        }
        #expect(Self.changes(counted("long"), counted("long", "double")) == ["1 added: - -> float64!"])
        #expect(Self.changes(counted("long", "double"), counted("long")) == ["1 removed: float64 -> -<"])
        #expect(Self.changes(counted("long"), counted("string")) == ["0 type: int64 -> string!<"])
    }

    @Test("a column that has another name at its position is renamed where positions count")
    func renamed() {
        var (left, right) = (signature(columns("a long,b long")).contract, signature(columns("a long,c long")).contract)
        (left.binding, right.binding) = (.position, .position)
        #expect(Self.changes(left, right) == ["b renamed: b -> c"])
    }

    @Test("twenty names of an order are written out")
    func orders() {
        let names = (0..<22).map { "c\($0)" }
        let left = estimator(names, by: .exactNames, extra: .error).contract
        let right = estimator(names.reversed(), by: .exactNames, extra: .error).contract
        let found = ContractComparison.compare(left, right)
        #expect(found.map(\.kind) == ["order"])
        #expect(found.first?.previous == names.prefix(20).joined(separator: ", ") + " and 2 more")
    }

    // MARK: Parameters and outputs

    @Test("parameters of a request")
    func parameters() {
        func parameter(_ type: String, _ shape: String = "") -> InputContract {
            signature(columns("a double"), params: #"[{"name": "p", "type": "\#(type)"\#(shape)}]"#).contract
        }
        let none = signature(columns("a double")).contract
        #expect(Self.changes(none, parameter("long")) == ["p parameter-added: - -> int64"])
        #expect(Self.changes(parameter("long"), none) == ["p parameter-removed: int64 -> -"])
        #expect(Self.changes(parameter("integer"), parameter("long")) == ["p parameter-type: int32 -> int64<"])
        #expect(Self.changes(parameter("long"), parameter("float")) == ["p parameter-type: int64 -> float32<"])
        #expect(Self.changes(parameter("double"), parameter("float")) == ["p parameter-type: float64 -> float32!"])
        #expect(Self.changes(parameter("string"), parameter("long")) == ["p parameter-type: string -> int64!<"])
        #expect(
            Self.changes(parameter("long"), parameter("long", #", "shape": [-1]"#))
                == ["p parameter-type: int64 -> int64!<"])
        #expect(Self.changes(parameter("long"), parameter("long")) == [])
    }

    @Test("answers: removed, added, of another type or shape, and their classes")
    func outputs() {
        func answers(_ outputs: [ContractOutput]) -> InputContract {
            var contract = signature(columns("a double")).contract
            contract.outputs = outputs
            return contract
        }
        func one(_ type: ContractType, _ shape: [Int?]? = nil, _ classes: [ContractScalar]? = nil) -> InputContract {
            answers([ContractOutput(name: "p", type: type, shape: shape, classes: classes)])
        }
        #expect(Self.changes(one(.int64), answers([])) == ["p output-removed: int64 -> -!"])
        #expect(Self.changes(answers([]), one(.int64, [nil, 3])) == ["p output-added: - -> int64[-1, 3]"])
        #expect(Self.changes(one(.int64), one(.string)) == ["p output-type: int64 -> string!<"])
        #expect(Self.changes(one(.int64), one(.any)) == ["p output-type: int64 -> any"])
        #expect(Self.changes(one(.int64, [3]), one(.int64, [4])) == ["p output-shape: int64[3] -> int64[4]!<"])
        #expect(
            Self.changes(one(.int64, nil, [.integer(0), .integer(1)]), one(.int64, nil, [.integer(1), .integer(2)]))
                == ["p class-removed: 0 -> -!", "p class-added: - -> 2"])
        #expect(Self.changes(one(.int64, nil, [.integer(0)]), one(.int64)) == [])
    }

    @Test("answers without a name go by their place")
    func unnamedOutputs() {
        func answers(_ types: ContractType...) -> InputContract {
            var contract = signature(columns("a double")).contract
            contract.outputs = types.map { ContractOutput(name: nil, type: $0) }
            return contract
        }
        #expect(
            Self.changes(answers(.int64, .string), answers(.int64, .float64)) == ["- output-type: string -> float64!<"])
        #expect(Self.changes(answers(.int64), answers(.int64, .float64)) == ["- output-added: - -> float64"])
        #expect(Self.changes(answers(.int64, .string), answers(.int64)) == ["- output-removed: string -> -!"])
    }

    // MARK: MLflow's types

    /// `_enforce_schema` of mlflow 3.17.2 and 2.22.0.
    @Test("types that MLflow lets through for another one")
    func types() {
        let passing: [(ContractType, ContractType)] = [
            (.int32, .int64), (.int32, .float64), (.float32, .float64), (.binary, .string), (.binary, .boolean),
        ]
        for left in ContractType.allCases {
            for right in ContractType.allCases {
                let expected =
                    left == right || right == .any || passing.contains { $0.0 == left && $0.1 == right }
                #expect(MLflowAcceptance.passes(left, as: right) == expected, "\(left) as \(right)")
            }
        }
    }

    @Test("values with parts pass where each part does")
    func structures() {
        func object(_ properties: (String, ContractType, Bool)...) -> ContractStructure {
            .object(properties.map { .init(name: $0.0, structure: .scalar($0.1), isRequired: $0.2) })
        }
        func passes(_ sent: ContractStructure, _ declared: ContractStructure) -> Bool {
            MLflowAcceptance.passes(sent, as: declared)
        }
        #expect(passes(.array(.scalar(.int32)), .array(.scalar(.int64))))
        #expect(!passes(.array(.scalar(.int64)), .array(.scalar(.int32))))
        #expect(!passes(.array(.scalar(.int64)), .map(.scalar(.int64))))
        #expect(
            passes(.map(.scalar(.float32)), .map(.scalar(.float64))) && passes(.map(.scalar(.string)), .scalar(.any)))
        #expect(passes(object(("a", .int64, true)), object(("a", .int64, false))))
        #expect(!passes(object(("a", .int64, false)), object(("a", .int64, true))))
        #expect(!passes(object(("a", .int64, true), ("b", .int64, true)), object(("a", .int64, true))))
        #expect(passes(object(("a", .int64, true)), object(("a", .int64, true), ("b", .int64, false))))
        #expect(!passes(object(("a", .int64, true)), object(("a", .int64, true), ("b", .int64, true))))
    }

    @Test(
        "tensors of one shape as another one",
        arguments: [
            ([nil, 3], [nil, 3], true), ([nil, 3], [nil, nil], true), ([nil, nil], [nil, 3], false),
            ([2, 3], [nil, 3], true),
            ([nil, 3], [nil, 4], false), ([nil], [nil, 1], false), ([], [], true),
        ] as [([Int?], [Int?], Bool)])
    func shapes(_ sent: [Int?], _ declared: [Int?], _ passes: Bool) {
        #expect(MLflowAcceptance.passes(sent, as: declared) == passes)
    }
}
