import EnvironmentInventory
import InputContracts
import SourceDocuments

/// What a CatBoost model says of its features: in JSON `features_info.float_features`, `categorical_features`, `text_features` and
/// `embedding_features`, each with its name and its place in the row
/// (https://catboost.ai/docs/en/concepts/json_parameters), in `.cbm` the same in FlatBuffers (catboost/libs/model/flatbuffers).
///
/// A hash stands for each category: which categories are known, the file does not say. CatBoost takes a missing number whatever
/// `nan_mode` was, and refuses a missing category (Tests/InputContractsTests/Oracle/saved_models.py).
enum CatBoostContract {
    /// One feature.
    private struct Feature {
        var kind: String
        var name: String?
        var position: Int?
        var line: Int?
    }

    private static let types: [String: ContractType] = [
        "float_features": .float32, "categorical_features": .any, "text_features": .string,
        "embedding_features": .array,
    ]

    /// Reads a model in JSON.
    static func read(_ root: DocumentTable, version: String?, file: String) -> ContractPart? {
        guard let info = root["features_info"]?.table else { return nil }
        var features: [Feature] = []
        for kind in ["float_features", "categorical_features", "text_features", "embedding_features"] {
            for node in info[kind]?.array ?? [] {
                let table = node.table
                features.append(
                    Feature(
                        kind: kind, name: table?.string("feature_id") ?? table?.string("feature_name"),
                        position: table?["flat_feature_index"]?.integer.flatMap { Int(exactly: $0) },
                        line: node.place.line))
            }
        }
        return part(features, version: version, file: file)
    }

    /// Reads the core of a `.cbm`, what follows its length.
    static func read(core: ArraySlice<UInt8>, version: String?, file: String) -> ContractPart? {
        do throws(FlatBufferTable.Damage) {
            let root = try FlatBufferTable(root: core)
            guard try root.text(0) == "FlabuffersModel_v1", let trees = try root.table(1) else { return nil }
            var features: [Feature] = []
            var nameBytes = 0
            // The fields of TModelTrees, and where each feature holds its place in the row and its name.
            for (kind, field, place, name) in [
                ("float_features", 5, 2, 4), ("categorical_features", 4, 1, 2), ("text_features", 12, 1, 2),
                ("embedding_features", 18, 1, 2),
            ] {
                for table in try trees.tables(field, limit: ContractLimits.maximumColumns) {
                    let name = try table.text(name)
                    nameBytes += name?.utf8.count ?? 0
                    guard nameBytes <= ContractLimits.maximumSignatureBytes else { throw FlatBufferTable.Damage() }
                    features.append(Feature(kind: kind, name: name, position: try table.int32(place, default: -1)))
                }
            }
            return part(features, version: version, file: file)
        } catch {
            return unread("the description of its features is damaged", file: file)
        }
    }

    /// The part of a model whose features are not known.
    static func unread(_ reason: String, file: String) -> ContractPart {
        var part = ContractPart(kind: .estimator, file: file, contract: InputContract())
        part.contract.gaps.append(Gap("", reason: reason, source: FileLocation(file: file, line: nil)))
        return part
    }

    private static func part(_ features: [Feature], version: String?, file: String) -> ContractPart? {
        var part = ContractPart(kind: .estimator, file: file, contract: InputContract())
        var inputs: [Int: ContractInput] = [:]
        for feature in features {
            guard let position = feature.position, (0..<ContractLimits.maximumColumns).contains(position),
                inputs[position] == nil
            else {
                part.contract.gaps.append(
                    Gap(
                        feature.kind, reason: "a feature has no place of its own",
                        source: FileLocation(file: file, line: feature.line)))
                return part
            }
            let name = feature.name.flatMap { $0.isEmpty ? nil : $0 }
            var input = ContractInput(name: name, position: position)
            input.type = types[feature.kind] ?? .any
            input.required = true
            input.isRead = true
            switch feature.kind {
            case "float_features":
                input.nullable = true
                input.onNull = .accepted
            case "categorical_features":
                input.nullable = false
                input.onNull = .error
            default: break
            }
            input.sources = [
                ContractSource(
                    file: file, line: feature.line, says: "features_info.\(feature.kind)", strength: "recorded")
            ]
            inputs[position] = input
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
