import EnvironmentInventory
import InputContracts
import SourceDocuments

/// The input layers of a Keras configuration: `batch_shape` and `dtype` of each `InputLayer`, in the order of `input_layers`
/// (https://keras.io/api/models/model_saving_apis/model_config_serialization/).
enum KerasContract {
    static func read(_ root: DocumentNode, file: String) -> ContractPart? {
        guard let config = root.table?["config"]?.table, let layers = config["layers"]?.array else { return nil }
        var part = ContractPart(kind: .estimator, file: file, contract: InputContract())
        var inputs: [ContractInput] = []
        for layer in layers {
            guard let table = layer.table, table.string("class_name").map({ KerasNames.last($0) }) == "InputLayer",
                let settings = table["config"]?.table
            else { continue }
            var input = ContractInput(name: settings.string("name"), position: inputs.count)
            // The dtype is a name, or a policy with one.
            let dtype = settings.string("dtype") ?? settings["dtype"]?.table?["config"]?.table?.string("name")
            guard let shape = (settings["batch_shape"] ?? settings["batch_input_shape"])?.array,
                let type = ContractType(numpyName: dtype ?? "float32"), inputs.count < ContractLimits.maximumColumns
            else {
                part.contract.gaps.append(
                    Gap(
                        input.name ?? "", reason: "the input layer has no shape or no known type",
                        source: FileLocation(file: file, line: layer.place.line)))
                return part
            }
            input.type = type
            input.shape = shape.map { $0.integer.flatMap { Int(exactly: $0) } }
            input.required = true
            input.isRead = true
            input.sources = [
                ContractSource(file: file, line: layer.place.line, says: "InputLayer", strength: "recorded")
            ]
            inputs.append(input)
        }
        guard !inputs.isEmpty else { return nil }
        part.contract.inputs = ordered(inputs, by: config["input_layers"])
        part.contract.binding = inputs.count == 1 ? .position : .name
        part.contract.library = .init(name: "keras")
        return part
    }

    /// The inputs in the order of `input_layers`: `[name, 0, 0]`, lists of such, or a dictionary of them by its sorted keys.
    private static func ordered(_ inputs: [ContractInput], by node: DocumentNode?) -> [ContractInput] {
        guard let node, inputs.count > 1 else { return inputs }
        var names: [String] = []
        // The last is the next: a stack in place of recursion.
        var pending = [node]
        while let next = pending.popLast(), names.count <= inputs.count {
            if let table = next.table {
                pending += table.members.sorted { $0.key > $1.key }.map(\.value)
            } else if let first = next.array?.first?.string {
                names.append(first)
            } else if let list = next.array {
                pending += list.reversed()
            }
        }
        let byName = Dictionary(grouping: inputs) { $0.name ?? "" }
        let found = names.compactMap { byName[$0]?.first }
        guard names.count == inputs.count, found.count == inputs.count, Set(names).count == names.count else {
            return inputs
        }
        return found.enumerated().map { position, input in
            var input = input
            input.position = position
            return input
        }
    }
}
