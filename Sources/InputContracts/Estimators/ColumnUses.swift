import EnvironmentInventory

/// What the estimators of a model say about each column of the input.
struct ColumnUses {
    /// What is known of one column.
    struct Use {
        var isRead = false
        var isDropped = false
        var type: ContractType?
        /// The values that an encoder knows.
        var categories: [ContractScalar]?
        var isOpen = false
        /// The values of training.
        var range: (minimum: Double, maximum: Double)?
        var isImputed = false
        var sources: [(estimator: Estimator, says: String)] = []
    }

    private(set) var uses: [Use]

    /// Follows the columns of an input through an estimator.
    init(_ estimator: Estimator, count: Int) {
        uses = Array(repeating: Use(), count: count)
        follow(estimator, (0..<count).map { $0 }, depth: 0)
    }

    /// Follows columns; returns which column of the input each column of the result holds with its own values, and nil
    /// where that is not known.
    @discardableResult
    private mutating func follow(_ estimator: Estimator, _ columns: [Int?], depth: Int) -> [Int?]? {
        guard depth < 32, let role = estimator.role else {
            markRead(columns)
            return nil
        }
        switch role {
        case .pipeline(let steps):
            var current: [Int?]? = columns
            for case let step? in steps {
                guard let now = current else { break }
                current = follow(step, now, depth: depth + 1)
            }
            return current
        case .columns(let split): return follow(split, columns, depth: depth)
        case .union(let members):
            var results: [Int?]? = []
            for member in members {
                guard let member else {
                    results? += columns
                    continue
                }
                if let result = follow(member, columns, depth: depth + 1) { results? += result } else { results = nil }
            }
            return results
        case .delegate(let inner): return follow(inner, columns, depth: depth + 1)
        case .ensemble(let members):
            let chosen = estimator.attributes["estimators_features_"]?.elements
            for (index, member) in members.prefix(64).enumerated() {
                if let chosen {
                    guard index < chosen.count, let positions = chosen[index].integers,
                        positions.allSatisfy({ columns.indices.contains($0) })
                    else {
                        markRead(columns)
                        continue
                    }
                    follow(member, positions.map { columns[$0] }, depth: depth + 1)
                } else {
                    follow(member, columns, depth: depth + 1)
                }
            }
            return nil
        case .leaf: return leaf(estimator, columns)
        }
    }

    private mutating func follow(_ split: ColumnSplit, _ columns: [Int?], depth: Int) -> [Int?]? {
        guard split.count == columns.count else {
            markRead(columns)
            return nil
        }
        var results: [Int?]? = []
        for part in split.parts {
            let chosen = part.columns.map { columns[$0] }
            switch part.use {
            case .drop: for case let column? in chosen { uses[column].isDropped = true }
            case .passthrough:
                markRead(chosen)
                results? += chosen
            case .transformer(let transformer):
                if let result = follow(transformer, chosen, depth: depth + 1) {
                    results? += result
                } else {
                    results = nil
                }
            }
        }
        return results
    }

    private mutating func markRead(_ columns: [Int?]) { for case let column? in columns { uses[column].isRead = true } }

    private mutating func leaf(_ estimator: Estimator, _ columns: [Int?]) -> [Int?]? {
        markRead(columns)
        guard estimator.isOfScikitLearn else {
            booster(estimator, columns)
            return nil
        }
        switch estimator.className {
        case "OneHotEncoder", "OrdinalEncoder", "TargetEncoder": encoder(estimator, columns)
        case "SimpleImputer", "KNNImputer", "IterativeImputer": return imputer(estimator, columns)
        case "MinMaxScaler":
            ranges(
                estimator, columns: columns, says: "data_min_", minima: estimator["data_min_"]?.numbers,
                maxima: estimator["data_max_"]?.numbers)
        case "KBinsDiscretizer":
            let edges = estimator["bin_edges_"]?.elements?.map { $0.numbers ?? [] }
            ranges(
                estimator, columns: columns, says: "bin_edges_", minima: edges?.map { $0.first ?? .nan },
                maxima: edges?.map { $0.last ?? .nan })
        case "QuantileTransformer":
            let ends = Self.quantiles(estimator, count: columns.count)
            ranges(estimator, columns: columns, says: "quantiles_", minima: ends?.minima, maxima: ends?.maxima)
        case "FunctionTransformer":
            if estimator.isIdentityFunction { return columns }
            if FunctionRules.function(estimator) != nil { numeric(columns) }
        case "CountVectorizer", "TfidfVectorizer", "HashingVectorizer":
            for case let column? in columns { uses[column].type = .string }
        default:
            if let split = CategoricalTrees.encoder(estimator), split.count == columns.count {
                // Its own encoder knows the categories, and takes others as missing values.
                for part in split.parts {
                    guard case .transformer(let inner) = part.use, inner.className == "OrdinalEncoder" else { continue }
                    encoder(inner, part.columns.map { columns[$0] })
                }
            }
            numeric(columns)
        }
        return nil
    }

    /// What a model of LightGBM or XGBoost says of columns that reach it with their own values.
    private mutating func booster(_ estimator: Estimator, _ columns: [Int?]) {
        guard let inputs = estimator.boosterContract?.inputs, inputs.count == columns.count else { return }
        for (input, column) in zip(inputs, columns) {
            guard let column else { continue }
            if uses[column].type == nil { uses[column].type = input.type }
            var isNew = false
            if uses[column].categories == nil, let categories = input.categories {
                uses[column].categories = categories.values
                isNew = true
            }
            if uses[column].range == nil, let minimum = input.range?.minimum, let maximum = input.range?.maximum {
                uses[column].range = (minimum, maximum)
                isNew = true
            }
            let says = estimator.boosterLibrary == .lightgbm ? "feature_infos" : "cats.enc"
            if isNew { uses[column].sources.append((estimator, "\(estimator.className).\(says)")) }
        }
    }

    /// The first and the last row of a QuantileTransformer's quantiles, in either order of the axes.
    private static func quantiles(_ estimator: Estimator, count: Int) -> (minima: [Double], maxima: [Double])? {
        guard case .array(let array)? = estimator["quantiles_"], array.shape.count == 2, array.shape[1] == count,
            array.shape[0] > 0, let numbers = estimator["quantiles_"]?.numbers,
            array.shape[0].multipliedReportingOverflow(by: count) == (numbers.count, false)
        else { return nil }
        guard array.isFortran else { return (Array(numbers.prefix(count)), Array(numbers.suffix(count))) }
        let rows = array.shape[0]
        return ((0..<count).map { numbers[$0 * rows] }, (0..<count).map { numbers[$0 * rows + rows - 1] })
    }

    private mutating func numeric(_ columns: [Int?]) {
        for case let column? in columns where uses[column].type == nil && uses[column].categories == nil {
            uses[column].type = .float64
        }
    }

    private mutating func encoder(_ estimator: Estimator, _ columns: [Int?]) {
        guard let lists = estimator["categories_"]?.elements, lists.count == columns.count else { return }
        for (list, column) in zip(lists, columns) {
            guard let column, let elements = list.elements else { continue }
            let scalars = elements.compactMap(\.scalar)
            guard scalars.count == elements.count, uses[column].categories == nil else { continue }
            uses[column].categories = scalars
            let handling = estimator.text("handle_unknown") ?? "error"
            uses[column].isOpen = estimator.className == "TargetEncoder" || handling != "error"
            uses[column].type = Self.type(of: scalars)
            uses[column].sources.append((estimator, "\(estimator.className).categories_"))
        }
    }

    private static func type(of scalars: [ContractScalar]) -> ContractType {
        let known = scalars.filter { scalar in
            if case .number(let value) = scalar { return !value.isNaN }
            return scalar != .null
        }
        if known.isEmpty { return .any }
        if known.allSatisfy({ if case .text = $0 { true } else { false } }) { return .string }
        if known.allSatisfy({ if case .boolean = $0 { true } else { false } }) { return .boolean }
        if known.allSatisfy({ if case .integer = $0 { true } else { false } }) { return .int64 }
        let isNumeric = known.allSatisfy {
            switch $0 {
            case .integer, .number: true
            default: false
            }
        }
        return isNumeric ? .float64 : .any
    }

    private mutating func imputer(_ estimator: Estimator, _ columns: [Int?]) -> [Int?]? {
        let says = estimator.className == "SimpleImputer" ? "SimpleImputer.strategy" : estimator.className
        for case let column? in columns {
            uses[column].isImputed = true
            uses[column].sources.append((estimator, says))
        }
        let isNumeric = !["most_frequent", "constant"].contains(estimator.text("strategy") ?? "mean")
        if estimator.className != "SimpleImputer" || isNumeric { numeric(columns) }
        // A column without a statistic is left out, and indicators come at the end.
        guard estimator.className == "SimpleImputer", let statistics = estimator["statistics_"]?.elements,
            statistics.count == columns.count, !statistics.contains(where: \.isNaN)
        else { return nil }
        guard estimator["add_indicator"]?.boolean == true else { return columns }
        guard let indicator = estimator.object("indicator_"), let features = indicator["features_"]?.elements else {
            return nil
        }
        return columns + features.map { _ in nil }
    }

    private mutating func ranges(
        _ estimator: Estimator, columns: [Int?], says: String, minima: [Double]?, maxima: [Double]?
    ) {
        numeric(columns)
        guard let minima, let maxima, minima.count == columns.count, maxima.count == columns.count else { return }
        for (index, column) in columns.enumerated() {
            guard let column, uses[column].range == nil, minima[index].isFinite, maxima[index].isFinite,
                minima[index] <= maxima[index]
            else { continue }
            uses[column].range = (minima[index], maxima[index])
            uses[column].sources.append((estimator, "\(estimator.className).\(says)"))
        }
    }
}

extension EstimatorValue {
    /// The value as a scalar of a contract; nil for a list or an object.
    var scalar: ContractScalar? {
        switch self {
        case .none: .null
        case .boolean(let value): .boolean(value)
        case .integer(let value): .integer(value)
        case .number(let value): .number(value)
        case .text(let text): .text(text)
        default: nil
        }
    }
}
