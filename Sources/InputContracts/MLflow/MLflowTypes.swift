import EnvironmentInventory
import SourceDocuments

/// The types of MLflow's signatures (https://github.com/mlflow/mlflow/blob/master/mlflow/types/schema.py).
package enum MLflowTypes {
    /// The scalar types with the names that a signature writes.
    package static let scalars: [(name: String, type: ContractType)] = [
        ("boolean", .boolean), ("integer", .int32), ("long", .int64), ("float", .float32), ("double", .float64),
        ("string", .string), ("binary", .binary), ("datetime", .datetime), ("any", .any),
    ]

    /// Returns MLflow's name of a type; nil where it has none.
    package static func name(of type: ContractType) -> String? { scalars.first { $0.type == type }?.name }

    /// Returns the type of a column, property or parameter: `{"type": "long"}`, `{"type": "array", "items": {...}}`,
    /// `{"type": "object", "properties": {...}}`, `{"type": "map", "values": {...}}`; nil for what is not known.
    ///
    /// The reader of the document bounds the depth.
    static func structure(_ table: DocumentTable) -> ContractStructure? {
        guard let type = table.string("type") else { return nil }
        switch type {
        case "array": return table["items"]?.table.flatMap(structure).map { .array($0) }
        case "map": return table["values"]?.table.flatMap(structure).map { .map($0) }
        case "object":
            guard let properties = table["properties"]?.table else { return nil }
            var result: [ContractStructure.Property] = []
            for member in properties.members {
                guard let table = member.value.table, let structure = structure(table) else { return nil }
                result.append(
                    .init(name: member.key, structure: structure, isRequired: table["required"]?.boolean ?? true))
            }
            return .object(result)
        default: return scalars.first { $0.name == type }.map { .scalar($0.type) }
        }
    }
}
