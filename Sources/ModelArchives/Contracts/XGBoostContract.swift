import EnvironmentInventory
import InputContracts
import SourceDocuments

/// What an XGBoost model says of its features: `learner.feature_names`, `feature_types`, `learner_model_param.num_feature`,
/// the objective, and since 3.1 the categories (https://xgboost.readthedocs.io/en/stable/tutorials/saving_model.html).
///
/// A category is written as its UTF-8 codes with offsets, or as a number. XGBoost refuses other names and another order;
/// missing values are taken natively. Since 3.1 it looks categories up in the sorted list of training: what sorts after the last one
/// is refused, and what sorts before it is taken for its neighbour (Tests/InputContractsTests/Oracle/boosted_models.py).
enum XGBoostContract {
    /// The paths of a UBJSON document that ``read(_:version:file:)`` needs.
    static func keeps(_ path: [String]) -> Bool {
        switch path {
        case ["learner", "feature_names"], ["learner", "feature_types"], ["learner", "learner_model_param"],
            ["learner", "objective"], ["learner", "gradient_booster", "name"],
            ["learner", "gradient_booster", "model", "cats"], ["version"],
            // dart keeps a gbtree inside.
            ["learner", "gradient_booster", "gbtree", "model", "cats"]:
            true
        default: false
        }
    }

    static func read(_ learner: DocumentTable, version: String?, file: String) -> ContractPart? {
        var part = ContractPart(kind: .estimator, file: file, contract: InputContract())
        let names = texts(learner["feature_names"])
        let types = texts(learner["feature_types"])
        guard let count = learner["learner_model_param"]?.table?["num_feature"]?.text.flatMap({ Int($0) }), count > 0
        else { return nil }
        let line = learner["feature_names"]?.place.line ?? learner["learner_model_param"]?.place.line
        func giveUp(_ subject: String, _ reason: String) -> ContractPart {
            part.contract.gaps.append(
                Gap(subject, reason: reason, source: FileLocation(file: file, line: line)))
            return part
        }
        guard count <= ContractLimits.maximumColumns else {
            return giveUp("num_feature", "it has more than \(ContractLimits.maximumColumns) features")
        }
        guard [0, count].contains(names.count), [0, count].contains(types.count) else {
            return giveUp(
                "feature_names", "it has \(names.count) names and \(types.count) types for \(count) features")
        }
        let booster = learner["gradient_booster"]?.table
        let model = booster?["model"]?.table ?? booster?["gbtree"]?.table?["model"]?.table
        let encodings = model?["cats"]?.table?["enc"]?.array
        var contract = InputContract()
        for position in 0..<count {
            var input = ContractInput(name: names.isEmpty ? nil : names[position], position: position)
            let kind = types.isEmpty ? nil : types[position]
            switch kind {
            case "int": input.type = .int64
            case "i": input.type = .boolean
            case "c": input.type = .any
            case "float", "q": input.type = .float64
            case nil: input.type = .float32
            default: return giveUp(kind ?? "", "the type of the feature \(position) is not known")
            }
            if kind == "c" {
                if let encodings, encodings.count == count, let table = encodings[position].table {
                    switch categories(table) {
                    case .damaged: return giveUp("cats.enc", "the categories of the feature \(position) cannot be read")
                    case .undecodable: input.type = .string
                    case .values(let values):
                        guard let first = values.first else { break }
                        if case .text = first { input.type = .string } else { input.type = .int64 }
                        input.categories = .init(values: values, isOpen: false)
                        // A text or number that stands before the last known one is taken for another category.
                        input.onUnseen = .silent
                    }
                } else if (encodings?.count ?? 0) > 0 {
                    return giveUp("cats.enc", "it has categories for another number of features")
                }
            }
            input.required = true
            input.nullable = true
            input.onNull = .accepted
            input.isRead = true
            input.sources = [
                ContractSource(
                    file: file, line: line,
                    says: "learner.\(names.isEmpty ? "learner_model_param.num_feature" : "feature_names")",
                    strength: "recorded")
            ]
            contract.inputs.append(input)
        }
        contract.binding = names.isEmpty ? .position : .exactNames
        contract.extraColumns = .error
        contract.outputs = outputs(learner)
        contract.library = .init(name: "xgboost", training: version)
        part.contract = contract
        part.findings = ContractPart.duplicateColumns(contract.inputs, file: file)
        return part
    }

    private static func texts(_ node: DocumentNode?) -> [String] { (node?.array ?? []).compactMap(\.string) }

    private enum Categories {
        case values([ContractScalar])
        /// XGBoost 3.2 counts characters where it means bytes, and so cuts texts beyond ASCII in two.
        case undecodable
        case damaged
    }

    /// The categories of one feature.
    private static func categories(_ table: DocumentTable) -> Categories {
        guard let values = table["values"]?.array, values.count <= 64 << 20 else { return .damaged }
        guard let offsets = table["offsets"]?.array else {
            guard values.count <= ContractLimits.maximumCategories else { return .damaged }
            let scalars = values.map(\.contractScalar)
            return scalars.contains(.null) ? .damaged : .values(scalars)
        }
        if offsets.isEmpty { return values.isEmpty ? .values([]) : .damaged }
        guard offsets.count - 1 <= ContractLimits.maximumCategories else { return .damaged }
        var bytes: [UInt8] = []
        for value in values {
            // Signed codes: -61 is 0xC3.
            guard let code = value.integer, let byte = Int8(exactly: code) else {
                guard let code = value.integer, let byte = UInt8(exactly: code) else { return .damaged }
                bytes.append(byte)
                continue
            }
            bytes.append(UInt8(bitPattern: byte))
        }
        var result: [ContractScalar] = []
        for (start, end) in zip(offsets, offsets.dropFirst()) {
            guard let start = start.integer.flatMap({ Int(exactly: $0) }),
                let end = end.integer.flatMap({ Int(exactly: $0) }), start >= 0, end >= start, end <= bytes.count
            else { return .damaged }
            guard let text = String(validating: bytes[start..<end], as: UTF8.self) else { return .undecodable }
            result.append(.text(text))
        }
        return .values(result)
    }

    private static func outputs(_ learner: DocumentTable) -> [ContractOutput] {
        guard let objective = learner["objective"]?.table?.string("name") else { return [] }
        let parameters = learner["learner_model_param"]?.table
        let classes = parameters?["num_class"]?.text.flatMap { Int($0) } ?? 0
        let targets = parameters?["num_target"]?.text.flatMap { Int($0) } ?? 1
        var shape: [Int?] = [nil]
        if objective == "multi:softprob", classes > 1 { shape.append(classes) }
        if targets > 1 { shape.append(targets) }
        return [ContractOutput(name: nil, type: .float32, shape: shape)]
    }
}
