import EnvironmentInventory
import SourceDocuments

/// Reads a DataFrameSchema of pandera as YAML (https://pandera.readthedocs.io/en/stable/schema_inference.html): columns with
/// their dtype, `nullable`, `required` and checks.
enum PanderaSchema {
    static func read(_ root: DocumentTable, file: String) throws(DocumentError) -> InputContract {
        var contract = InputContract()
        let columns = root["columns"]?.table?.members ?? []
        for (position, member) in columns.prefix(ContractLimits.maximumColumns + 1).enumerated() {
            var input = ContractInput(name: member.key, position: position)
            guard let table = member.value.table else {
                throw DocumentError(file: file, place: member.keyPlace, reason: "the column is not a table")
            }
            if let dtype = table["dtype"]?.text {
                input.type = ContractType(numpyName: dtype) ?? (dtype.hasPrefix("string") ? .string : .any)
            }
            input.required = table["required"]?.boolean ?? true
            let isNullable = table["nullable"]?.boolean ?? false
            input.nullable = isNullable
            input.onNull = isNullable ? .unknown : .rejected
            for (name, value) in checks(table["checks"]) { apply(name, value, to: &input) }
            input.sources = [
                ContractSource(file: file, line: member.keyPlace.line, says: "columns", strength: "claimed")
            ]
            contract.inputs.append(input)
        }
        if root["strict"]?.boolean == true { contract.extraColumns = .error }
        contract.enforcedBy = [.schema]
        return contract
    }

    /// The checks by name: a mapping, or since 0.20 a list with `check_name`.
    private static func checks(_ node: DocumentNode?) -> [(name: String, value: DocumentNode)] {
        if let table = node?.table { return table.members.map { ($0.key, $0.value) } }
        return (node?.array ?? []).compactMap { check in
            guard let table = check.table,
                let name = table["options"]?.table?.string("check_name") ?? table.string("check_name")
            else { return nil }
            return (name, check)
        }
    }

    private static func apply(_ name: String, _ node: DocumentNode, to input: inout ContractInput) {
        let value = node.table?["value"] ?? node
        let isInteger = [.int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64].contains(input.type)
        func bound(_ minimum: Double?, _ maximum: Double?) {
            let old = input.range
            input.range = ContractRange(
                minimum: minimum ?? old?.minimum, maximum: maximum ?? old?.maximum, kind: .constraint)
            input.onOutside = .rejected
        }
        switch name {
        case "greater_than_or_equal_to", "ge": bound(value.contractNumber, nil)
        case "greater_than", "gt":
            bound(value.contractNumber.map { ContractRange.above($0, isInteger: isInteger) }, nil)
        case "less_than_or_equal_to", "le": bound(nil, value.contractNumber)
        case "less_than", "lt": bound(nil, value.contractNumber.map { ContractRange.below($0, isInteger: isInteger) })
        case "in_range":
            let ends = [node.table?["min_value"]?.contractNumber, node.table?["max_value"]?.contractNumber]
            let isOpen = ["include_min", "include_max"].map { node.table?[$0]?.boolean == false }
            bound(
                ends[0].map { isOpen[0] ? ContractRange.above($0, isInteger: isInteger) : $0 },
                ends[1].map { isOpen[1] ? ContractRange.below($0, isInteger: isInteger) : $0 })
        case "isin":
            let values = value.array ?? node.table?["allowed_values"]?.array ?? []
            guard !values.isEmpty, values.count <= ContractLimits.maximumCategories else { return }
            input.categories = .init(values: values.map(\.contractScalar), isOpen: false)
            input.onUnseen = .rejected
        default: break
        }
    }
}
