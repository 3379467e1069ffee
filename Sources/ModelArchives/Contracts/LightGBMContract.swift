import EnvironmentInventory
import InputContracts
import SourceDocuments

/// What a LightGBM text says of its features: `feature_names`, `feature_infos` with the range of training or the codes of the
/// categories, `[categorical_feature: 3,4]` and `pandas_categorical` (src/boosting/gbdt_model_text.cpp of LightGBM).
///
/// LightGBM checks the number of features, not their names; it takes missing values natively and makes one of a category
/// that it does not know.
struct LightGBMContract {
    private var lines: [String: (text: String, line: Int)] = [:]
    private var number = 0
    private static let keys: Set<String> = [
        "feature_names", "feature_infos", "max_feature_idx", "objective", "num_class", "num_tree_per_iteration",
        "[categorical_feature", "pandas_categorical",
    ]

    /// The longest line that is kept.
    static let maximumLineBytes = ContractLimits.maximumSignatureBytes

    /// Whether a line that starts with these bytes is kept.
    static func keeps(_ start: ArraySlice<UInt8>) -> Bool {
        let key = start.prefix { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: ":") }
        return key.count < 32 && keys.contains(String(decoding: key, as: UTF8.self))
    }

    /// Takes a line that is kept; the first of its key counts.
    mutating func take(_ line: ArraySlice<UInt8>, number: Int) {
        guard let end = line.firstIndex(where: { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ":") }) else { return }
        let key = String(decoding: line[..<end], as: UTF8.self)
        if lines[key] == nil {
            lines[key] = (String(decoding: line[line.index(after: end)...], as: UTF8.self), number)
        }
    }

    func read(file: String) -> ContractPart? {
        guard let names = lines["feature_names"] else { return nil }
        var part = ContractPart(kind: .estimator, file: file, contract: InputContract())
        func giveUp(_ subject: String, _ reason: String) -> ContractPart {
            part.contract.gaps.append(
                Gap(subject, reason: reason, source: FileLocation(file: file, line: lines[subject]?.line)))
            return part
        }
        let features = names.text.split(separator: " ").map(String.init)
        let infos = (lines["feature_infos"]?.text ?? "").split(separator: " ").map(String.init)
        guard features.count <= ContractLimits.maximumColumns else {
            return giveUp("feature_names", "it has more than \(ContractLimits.maximumColumns) features")
        }
        guard let last = lines["max_feature_idx"].flatMap({ Int($0.text) }), last >= 0, last == features.count - 1,
            infos.isEmpty || infos.count == features.count
        else { return giveUp("feature_infos", "it has another number of entries than there are features") }
        let pandas: [[ContractScalar]]
        switch pandasCategories() {
        case .some(let values): pandas = values
        case nil: return giveUp("pandas_categorical", "the list of categories cannot be read")
        }
        let declared = categoricalFeatures()
        var contract = InputContract()
        for (position, name) in features.enumerated() {
            var input = ContractInput(name: name, position: position)
            input.type = .float64
            let info = infos.isEmpty ? "none" : infos[position]
            if info.hasPrefix("[") {
                guard let range = Self.range(info) else {
                    return giveUp("feature_infos", "the range of \(name) cannot be read")
                }
                input.range = range
                if range.minimum != nil || range.maximum != nil { input.onOutside = .silent }
            }
            let isCategorical = declared.contains(position) || info.contains(":") && !info.hasPrefix("[")
            if isCategorical {
                input.type = .int64
                input.range = nil
                input.onOutside = nil
                if let index = declared.firstIndex(of: position), pandas.count == declared.count {
                    input.categories = .init(values: pandas[index], isOpen: false)
                    if pandas[index].contains(where: { if case .text = $0 { true } else { false } }) {
                        input.type = .string
                    } else if pandas[index].contains(where: { if case .number = $0 { true } else { false } }) {
                        input.type = .float64
                    } else if !pandas[index].isEmpty,
                        pandas[index].allSatisfy({ if case .boolean = $0 { true } else { false } })
                    {
                        input.type = .boolean
                    }
                } else if !pandas.isEmpty {
                    return giveUp("pandas_categorical", "nothing says which feature has which categories")
                } else if info != "none" {
                    guard let codes = Self.codes(info) else {
                        return giveUp("feature_infos", "the categories of \(name) cannot be read")
                    }
                    input.categories = .init(values: codes, isOpen: false)
                }
                if input.categories != nil { input.onUnseen = .silent }
            }
            input.required = true
            input.nullable = true
            input.onNull = .accepted
            input.isRead = true
            input.sources = [
                ContractSource(file: file, line: names.line, says: "feature_names", strength: "recorded")
            ]
            let isOfPandas = input.categories != nil && !pandas.isEmpty
            let says = isOfPandas ? BoosterRules.pandas : "feature_infos"
            if input.range != nil || input.categories != nil, let line = lines[says]?.line {
                input.sources.append(ContractSource(file: file, line: line, says: says, strength: "recorded"))
            }
            contract.inputs.append(input)
        }
        contract.binding = .position
        contract.extraColumns = .error
        contract.outputs = outputs()
        contract.library = .init(name: "lightgbm")
        part.contract = contract
        part.findings = ContractPart.duplicateColumns(contract.inputs, file: file)
        return part
    }

    /// `[18:79]`; an end that is not finite is none.
    private static func range(_ info: String) -> ContractRange? {
        guard info.hasSuffix("]") else { return nil }
        let ends = info.dropFirst().dropLast().split(separator: ":", omittingEmptySubsequences: false)
        guard ends.count == 2, let minimum = Double(String(ends[0])), let maximum = Double(String(ends[1])) else {
            return nil
        }
        // No training data lies in a range that ends before it begins.
        if minimum.isFinite, maximum.isFinite, minimum > maximum { return nil }
        return ContractRange(minimum: minimum, maximum: maximum, kind: .training)
    }

    /// `-1:0:2`; -1 stands for missing values.
    private static func codes(_ info: String) -> [ContractScalar]? {
        var result: [Int64] = []
        for code in info.split(separator: ":", omittingEmptySubsequences: false) {
            guard let value = Int64(code), result.count < ContractLimits.maximumCategories else { return nil }
            if value >= 0 { result.append(value) }
        }
        return result.sorted().map { .integer($0) }
    }

    /// The positions in `[categorical_feature: 3,4,6]`.
    private func categoricalFeatures() -> [Int] {
        guard let text = lines["[categorical_feature"]?.text else { return [] }
        return text.filter { $0 != "]" && $0 != " " }.split(separator: ",").compactMap { Int($0) }
    }

    /// The lists of `pandas_categorical`, none for null; nil for damage.
    private func pandasCategories() -> [[ContractScalar]]? {
        guard let (text, _) = lines["pandas_categorical"] else { return [] }
        guard let root = try? JSONReader.read(SourceText(name: "", bytes: Array(text.utf8))) else { return nil }
        if root.isNull { return [] }
        guard let lists = root.array else { return nil }
        var result: [[ContractScalar]] = []
        for list in lists {
            guard let values = list.array, values.count <= ContractLimits.maximumCategories else { return nil }
            result.append(values.map(\.contractScalar))
        }
        return result
    }

    private func outputs() -> [ContractOutput] {
        guard let (objective, _) = lines["objective"] else { return [] }
        let classes = lines["num_class"].flatMap { Int($0.text) } ?? 1
        let isMulticlass = objective.hasPrefix("multiclass") && classes > 1
        return [ContractOutput(name: nil, type: .float64, shape: isMulticlass ? [nil, classes] : [nil])]
    }
}
