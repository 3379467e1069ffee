import EnvironmentInventory
import InputContracts
import SourceDocuments

/// What a CatBoost model in JSON says of its features: `features_info.float_features`, `categorical_features` and
/// `text_features`, each with its name and its place in the row
/// (https://catboost.ai/docs/en/concepts/json_parameters).
///
/// A hash stands for each category: which categories are known, the file does not say.
enum CatBoostContract {
    static func read(_ root: DocumentTable, version: String?, file: String) -> ContractPart? {
        guard let node = root["features_info"], let info = node.table else { return nil }
        var part = ContractPart(kind: .estimator, file: file, contract: InputContract())
        var inputs: [Int: ContractInput] = [:]
        for (key, type) in [
            ("float_features", ContractType.float32), ("categorical_features", .any), ("text_features", .string),
        ] {
            for feature in info[key]?.array ?? [] {
                guard let table = feature.table,
                    let position = table["flat_feature_index"]?.integer.flatMap({ Int(exactly: $0) }),
                    (0..<ContractLimits.maximumColumns).contains(position), inputs[position] == nil
                else {
                    part.contract.gaps.append(
                        Gap(
                            key, reason: "a feature has no place of its own",
                            source: FileLocation(file: file, line: feature.place.line)))
                    return part
                }
                let name = table.string("feature_id") ?? table.string("feature_name")
                var input = ContractInput(name: name?.isEmpty ?? true ? nil : name, position: position)
                input.type = type
                input.required = true
                input.isRead = true
                input.sources = [
                    ContractSource(
                        file: file, line: feature.place.line, says: "features_info.\(key)", strength: "recorded")
                ]
                inputs[position] = input
            }
        }
        // Features that no tree uses may be left out.
        guard !inputs.isEmpty, inputs.keys.max() == inputs.count - 1 else { return nil }
        var contract = InputContract()
        contract.inputs = inputs.values.sorted { $0.position < $1.position }
        contract.library = .init(name: "catboost", training: version)
        part.contract = contract
        part.findings = ContractPart.duplicateColumns(contract.inputs, file: file)
        return part
    }
}
