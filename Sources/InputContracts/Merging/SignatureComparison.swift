import EnvironmentInventory

/// Holds a signature against the estimator behind it.
struct SignatureComparison {
    let signature: ContractPart
    let estimator: ContractPart
    private let columns: [ContractInput]
    private let features: [ContractInput]
    /// The feature of each column by its index; nil where the estimator does not know it.
    private let matches: [Int?]
    /// Whether columns find features by name.
    private let isByName: Bool

    init(signature: ContractPart, estimator: ContractPart) {
        self.signature = signature
        self.estimator = estimator
        columns = signature.contract.inputs
        features = estimator.contract.inputs
        isByName =
            columns.contains { $0.name != nil } && features.contains { $0.name != nil }
            && estimator.contract.binding != .position && columns.allSatisfy { $0.shape == nil }
        if isByName {
            var indices: [String: Int] = [:]
            for (index, feature) in features.enumerated() {
                if let name = feature.name, indices[name] == nil { indices[name] = index }
            }
            matches = columns.map { $0.name.flatMap { indices[$0] } }
        } else {
            let count = features.count
            matches = columns.indices.map { $0 < count ? $0 : nil }
        }
    }

    // MARK: Contradictions

    func findings() -> [Finding] {
        if features.contains(where: { $0.shape != nil }) { return tensorEstimatorFindings() }
        if let tensor = columns.first, columns.count == 1, let shape = tensor.shape { return tensorFindings(shape) }
        guard columns.allSatisfy({ $0.shape == nil }) else { return [] }
        var findings: [Finding] = []
        if isByName {
            findings += nameFindings()
        } else if columns.count != features.count {
            findings.append(
                contradiction(
                    "the signature has \(columns.count) columns, the estimator of \(estimator.file) takes \(features.count)"
                ))
        }
        for (column, match) in zip(columns, matches) {
            guard let match, let message = typeContradiction(column, features[match]) else { continue }
            findings.append(contradiction("\(shown(column)): \(message)", column))
            if findings.count > ContractMerger.maximumFindings { break }
        }
        return findings
    }

    private func nameFindings() -> [Finding] {
        var findings: [Finding] = []
        let known = Set(columns.compactMap(\.name))
        for feature in features where feature.isRead != false && feature.required != false {
            guard let name = feature.name, !known.contains(name) else { continue }
            findings.append(
                contradiction(
                    "the signature lacks the column \(name), which the estimator of \(estimator.file) needs: no request can succeed",
                    subject: name))
            if findings.count >= ContractMerger.maximumFindings { return findings }
        }
        for (column, match) in zip(columns, matches) where column.required != false {
            if match == nil, estimator.contract.extraColumns == .error {
                findings.append(
                    contradiction(
                        "the estimator of \(estimator.file) does not know the column \(shown(column)) and refuses it: no request can succeed",
                        column))
            } else if match == nil || match.map({ features[$0].isRead == false }) ?? false {
                findings.append(
                    UselessColumn.finding(
                        "the signature requires the column \(shown(column)), which no estimator reads",
                        file: signature.file, line: column.sources.first?.line, subject: column.name))
            }
            if findings.count >= ContractMerger.maximumFindings { return findings }
        }
        // MLflow hands the columns on in the order of the signature.
        let order = matches.compactMap { $0 }
        if findings.isEmpty, estimator.contract.binding == .exactNames, order != order.sorted() {
            findings.append(
                contradiction(
                    "the signature has the columns in another order than the estimator of \(estimator.file), which refuses that"
                ))
        }
        return findings
    }

    /// An estimator that takes tensors, as ONNX does: held against columns or tensors of the signature.
    private func tensorEstimatorFindings() -> [Finding] {
        if columns.count == 1, features.count == 1, let left = columns[0].shape, let right = features[0].shape {
            let fits =
                left.count == right.count
                && zip(left, right).allSatisfy { $0 == nil || $1 == nil || $0 == $1 }
            if !fits {
                return [
                    contradiction(
                        "the signature has the shape \(text(left)), the graph of \(estimator.file) takes \(text(right))"
                    )
                ]
            }
            return typeContradiction(columns[0], features[0]).map { [contradiction($0, columns[0])] } ?? []
        }
        if features.count == 1, let shape = features[0].shape, shape.count == 2, let width = shape[1] {
            guard columns.allSatisfy({ $0.shape == nil }), width != columns.count else { return [] }
            return [
                contradiction(
                    "the signature has \(columns.count) columns, the graph of \(estimator.file) takes \(width)")
            ]
        }
        guard columns.contains(where: { $0.name != nil }), features.count > 1 else { return [] }
        let known = Set(columns.compactMap(\.name))
        return features.filter { !known.contains($0.name ?? "") }.prefix(ContractMerger.maximumFindings).map {
            contradiction(
                "the signature lacks the input \($0.name ?? ""), which the graph of \(estimator.file) needs",
                subject: $0.name)
        }
    }

    private func text(_ shape: [Int?]) -> String {
        "[" + shape.map { $0.map(String.init) ?? "-1" }.joined(separator: ", ") + "]"
    }

    private func tensorFindings(_ shape: [Int?]) -> [Finding] {
        guard shape.count == 2, let width = shape[1], width != features.count else { return [] }
        return [
            contradiction(
                "the signature has \(width) columns, the estimator of \(estimator.file) takes \(features.count)")
        ]
    }

    private func typeContradiction(_ column: ContractInput, _ feature: ContractInput) -> String? {
        guard let left = column.type.isNumber, let right = feature.isNumber, left != right else { return nil }
        return left
            ? "the signature says \(column.type.rawValue), the estimator of \(estimator.file) knows texts"
            : "the signature says \(column.type.rawValue), the estimator of \(estimator.file) takes numbers"
    }

    private func shown(_ column: ContractInput) -> String { column.name ?? String(column.position) }

    private func contradiction(
        _ message: String, _ column: ContractInput? = nil, subject: String? = nil
    ) -> Finding {
        let source = column?.sources.first ?? columns.first?.sources.first
        return ContradictingContract.finding(
            message, file: signature.file, line: source?.line, subject: subject ?? column?.name)
    }

    // MARK: Merging

    /// Adds what the estimator knows to the contract of the signature.
    func enrich(_ contract: inout InputContract) {
        contract.library = estimator.contract.library ?? contract.library
        let outputs = estimator.contract.outputs
        if contract.outputs.isEmpty {
            contract.outputs = outputs
        } else if contract.outputs.count == 1, outputs.count == 1, contract.outputs[0].classes == nil {
            contract.outputs[0].classes = outputs[0].classes
        }
        guard features.allSatisfy({ $0.shape == nil }) else { return }
        guard columns.allSatisfy({ $0.shape == nil }) else {
            if columns.count == 1, !features.isEmpty, features.allSatisfy({ $0.onNull == features[0].onNull }) {
                contract.inputs[0].onNull = features[0].onNull
                contract.inputs[0].nullable = features[0].nullable
            }
            if estimator.contract.extraColumns == .error { contract.extraColumns = .error }
            return
        }
        for (index, match) in matches.enumerated() {
            guard let match else {
                // Nobody reads it.
                if isByName, estimator.contract.extraColumns == .ignored {
                    contract.inputs[index].isRead = false
                    if contract.inputs[index].onNull == .unknown { contract.inputs[index].onNull = .accepted }
                }
                continue
            }
            Self.add(features[match], to: &contract.inputs[index])
        }
    }

    private static func add(_ feature: ContractInput, to input: inout ContractInput) {
        if input.type == .any { input.type = feature.type }
        input.isRead = feature.isRead
        input.categories = input.categories ?? feature.categories
        input.range = input.range ?? feature.range
        if input.onNull == .unknown { input.onNull = feature.onNull }
        input.nullable = input.nullable ?? feature.nullable
        input.onUnseen = input.onUnseen ?? feature.onUnseen
        input.onOutside = input.onOutside ?? feature.onOutside
        input.sources += feature.sources
    }
}

extension ContractType {
    /// Whether the values are numbers; nil for what is neither number nor text.
    var isNumber: Bool? {
        switch self {
        case .string: false
        case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64, .float16, .float32, .float64: true
        case .boolean, .binary, .datetime, .object, .array, .any: nil
        }
    }
}

extension ContractInput {
    /// Whether the values are numbers, by the type or by the categories; nil where nothing says it.
    var isNumber: Bool? {
        if let known = type.isNumber { return known }
        guard let values = categories?.values.filter({ $0 != .null }), !values.isEmpty else { return nil }
        if values.allSatisfy({ if case .text = $0 { true } else { false } }) { return false }
        let areNumbers = values.allSatisfy { value in
            switch value {
            case .integer, .number: true
            default: false
            }
        }
        return areNumbers ? true : nil
    }
}
