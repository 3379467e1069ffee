import EnvironmentInventory

/// Holds a schema beside the model against what the model itself says, and adds its constraints.
struct SchemaComparison {
    let base: ContractPart
    let schema: ContractPart

    /// Adds the constraints of the schema, and returns what contradicts.
    func apply(to contract: inout InputContract) -> [Finding] {
        var findings: [Finding] = []
        var known: [String: ContractInput] = [:]
        for input in schema.contract.inputs { if let name = input.name { known[name] = known[name] ?? input } }
        let names = Set(contract.inputs.compactMap(\.name))
        for index in contract.inputs.indices {
            guard let name = contract.inputs[index].name else { continue }
            guard let constraint = known[name] else {
                if contract.inputs[index].required != false, schema.contract.extraColumns == .error {
                    findings.append(
                        ContradictingContract.finding(
                            "the schema \(schema.file) does not let the column \(name) through, which the model needs",
                            file: schema.file, subject: name))
                }
                continue
            }
            if let left = contract.inputs[index].isNumber, let right = constraint.isNumber, left != right {
                findings.append(
                    ContradictingContract.finding(
                        "\(name): \(base.file) says \(contract.inputs[index].type.rawValue), the schema says \(constraint.type.rawValue)",
                        file: schema.file, line: constraint.sources.first?.line, subject: name))
            }
            Self.add(constraint, to: &contract.inputs[index])
        }
        for input in schema.contract.inputs where input.required == true {
            guard let name = input.name, !names.contains(name), !names.isEmpty else { continue }
            findings.append(
                UselessColumn.finding(
                    "the schema requires the column \(name), which the model does not know", file: schema.file,
                    line: input.sources.first?.line, subject: name))
        }
        for enforcement in schema.contract.enforcedBy where !contract.enforcedBy.contains(enforcement) {
            contract.enforcedBy.append(enforcement)
        }
        if schema.contract.extraColumns == .error { contract.extraColumns = .error }
        return Array(findings.prefix(ContractMerger.maximumFindings))
    }

    private static func add(_ constraint: ContractInput, to input: inout ContractInput) {
        if input.type == .any { input.type = constraint.type }
        if constraint.required == true { input.required = true }
        if constraint.nullable == false {
            input.nullable = false
            input.onNull = .rejected
        }
        if let categories = constraint.categories, !categories.isOpen {
            input.categories = categories
            input.onUnseen = .rejected
        }
        if let range = constraint.range {
            input.range = range
            input.onOutside = .rejected
        }
        input.sources += constraint.sources
    }
}
