/// The type of a value with its parts, as MLflow's signatures know it (https://mlflow.org/docs/latest/ml/model/signatures/).
package indirect enum ContractStructure: Sendable, Hashable {
    /// A value without parts.
    case scalar(ContractType)
    /// A list of values of one type.
    case array(ContractStructure)
    /// Named values.
    case object([Property])
    /// Any names, with values of one type.
    case map(ContractStructure)

    /// A value of an object.
    package struct Property: Sendable, Hashable {
        /// The name.
        package var name: String
        /// The type.
        package var structure: ContractStructure
        /// Whether every object has it.
        package var isRequired: Bool

        /// Creates a property.
        package init(name: String, structure: ContractStructure, isRequired: Bool) {
            self.name = name
            self.structure = structure
            self.isRequired = isRequired
        }
    }

    /// The type of the value as a whole.
    package var type: ContractType {
        switch self {
        case .scalar(let type): type
        case .array: .array
        case .object, .map: .object
        }
    }

    /// The type as a person reads it: `int64`, `array<string>`, `{a: int64, b?: string}`.
    package var description: String {
        switch self {
        case .scalar(let type): type.rawValue
        case .array(let element): "array<\(element.description)>"
        case .map(let element): "map<\(element.description)>"
        case .object(let properties):
            "{"
                + properties.map { "\($0.name)\($0.isRequired ? "" : "?"): \($0.structure.description)" }
                .joined(separator: ", ") + "}"
        }
    }
}
