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
            guard let table = layer.table, table.string("class_name") == "InputLayer",
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
        part.contract.inputs = inputs
        part.contract.binding = inputs.count == 1 ? .position : .name
        part.contract.library = .init(name: "keras")
        return part
    }
}
