import EnvironmentInventory
import SourceDocuments

@testable import InputContracts

/// A part of MLflow's signature from the JSON texts of its keys.
func signature(_ inputs: String?, outputs: String? = nil, params: String? = nil) -> ContractPart {
    var table = DocumentTable()
    let place = SourcePosition(line: 3, column: 3)
    for (key, text) in [("inputs", inputs), ("outputs", outputs), ("params", params)] {
        guard let text else { continue }
        _ = table.insert(.init(key: key, keyPlace: place, value: DocumentNode(.string(text), at: place)))
    }
    return MLflowSignature.read(table, file: "MLmodel")
}

/// Columns as `age long, region string?`, the question mark for an optional one.
func columns(_ text: String) -> String {
    "["
        + text.split(separator: ",").map { column in
            let words = column.split(separator: " ")
            let isOptional = words[1].hasSuffix("?")
            let type = isOptional ? words[1].dropLast() : words[1]
            return "{\"type\": \"\(type)\", \"name\": \"\(words[0])\", \"required\": \(!isOptional)}"
        }.joined(separator: ", ") + "]"
}

/// The part of an estimator with inputs of the type float64.
func estimator(
    _ names: [String?], by binding: InputContract.Binding = .name, extra: InputContract.ExtraColumns = .ignored,
    _ change: (inout [ContractInput]) -> Void = { _ in }
) -> ContractPart {
    var contract = InputContract()
    contract.inputs = names.enumerated().map { position, name in
        var input = ContractInput(name: name, position: position)
        input.type = .float64
        return input
    }
    change(&contract.inputs)
    contract.binding = binding
    contract.extraColumns = extra
    return ContractPart(kind: .estimator, file: "model.pkl", contract: contract)
}

/// A document of a JSON text.
func json(_ text: String) throws -> DocumentNode {
    try JSONReader.read(SourceText(name: "t.json", bytes: Array(text.utf8)))
}
