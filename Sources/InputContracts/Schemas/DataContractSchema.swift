import EnvironmentInventory
import SourceDocuments

/// Reads a table of an Open Data Contract Standard 3.x (https://bitol-io.github.io/open-data-contract-standard/): the
/// properties with `logicalType`, `required`, `logicalTypeOptions`, and the valid values of `quality`.
enum DataContractSchema {
    static func read(
        _ root: DocumentTable, file: String, table name: String?
    ) throws(DocumentError) -> InputContract {
        let tables = root["schema"]?.array?.compactMap(\.table) ?? []
        let wanted = name.map { $0.hasPrefix("/") ? String($0.dropFirst()) : $0 }
        let chosen = tables.filter { table in
            wanted.map { table.string("name") == $0 || table.string("id") == $0 } ?? true
        }
        guard chosen.count == 1, let properties = chosen[0]["properties"]?.array else {
            throw DocumentError(
                file: file, place: root["schema"]?.place,
                reason: "it has \(chosen.count) tables of this name: name one, contract.yaml#TABLE")
        }
        var contract = InputContract()
        for (position, node) in properties.prefix(ContractLimits.maximumColumns + 1).enumerated() {
            guard let table = node.table, let name = table.string("name") else {
                throw DocumentError(file: file, place: node.place, reason: "a property has no name")
            }
            var input = ContractInput(name: name, position: position)
            input.type = type(table.string("logicalType"))
            let isRequired = table["required"]?.boolean ?? false
            input.required = isRequired
            input.nullable = !isRequired
            if isRequired { input.onNull = .rejected }
            let options = table["logicalTypeOptions"]?.table
            let isInteger = input.type == .int64
            let minimum = bound(options, key: "minimum", exclusiveKey: "exclusiveMinimum") {
                ContractRange.above($0, isInteger: isInteger)
            }.max()
            let maximum = bound(options, key: "maximum", exclusiveKey: "exclusiveMaximum") {
                ContractRange.below($0, isInteger: isInteger)
            }.min()
            if minimum != nil || maximum != nil {
                input.range = ContractRange(minimum: minimum, maximum: maximum, kind: .constraint)
                input.onOutside = .rejected
            }
            if let values = validValues(table) {
                input.categories = .init(values: values.map(\.contractScalar), isOpen: false)
                input.onUnseen = .rejected
            }
            input.sources = [
                ContractSource(file: file, line: node.place.line, says: "schema.properties", strength: "claimed")
            ]
            contract.inputs.append(input)
        }
        contract.enforcedBy = [.schema]
        return contract
    }

    /// The bounds of one side. What is excluded is a number of its own, or, until version 3.0.0, a truth value beside the bound
    /// (https://github.com/bitol-io/open-data-contract-standard/tree/main/schema).
    private static func bound(
        _ options: DocumentTable?, key: String, exclusiveKey: String, excluding: (Double) -> Double
    ) -> [Double] {
        let included = options?[key]?.contractNumber
        let isExcluded = options?[exclusiveKey]?.boolean ?? false
        let excluded = options?[exclusiveKey]?.contractNumber
        return [isExcluded ? included.map(excluding) : included, excluded.map(excluding)].compactMap { $0 }
    }

    private static func validValues(_ table: DocumentTable) -> [DocumentNode]? {
        for rule in table["quality"]?.array ?? [] {
            let values = rule.table?["validValues"]?.array ?? rule.table?["arguments"]?.table?["validValues"]?.array
            if let values, !values.isEmpty, values.count <= ContractLimits.maximumCategories { return values }
        }
        return nil
    }

    private static func type(_ name: String?) -> ContractType {
        switch name {
        case "string": .string
        case "integer": .int64
        case "number": .float64
        case "boolean": .boolean
        case "date", "timestamp", "time": .datetime
        case "object": .object
        case "array": .array
        default: .any
        }
    }
}
