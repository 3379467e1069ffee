import EnvironmentInventory
internal import Glibc

/// The results of imputers.
struct ImputerRules {
    /// The version of scikit-learn, and what it does with values that are not missing.
    let evaluation: RowEvaluation

    /// Returns the result of an imputer for a row.
    func transform(_ estimator: Estimator, _ row: ProbeRow) -> ProbeStep {
        let name = estimator.className
        guard let own = estimator.imputerBehaviour(evaluation.version) else {
            return .unknown("\(name) has no rule for scikit-learn \(evaluation.version)")
        }
        guard let missing = estimator["missing_values"] else { return .unknown("\(name) does not say what is missing") }
        let isSimple = name == "SimpleImputer"
        let keepsType = isSimple && ["most_frequent", "constant"].contains(estimator.text("strategy") ?? "")
        if isSimple, !keepsType, !["mean", "median"].contains(estimator.text("strategy") ?? "") {
            return .unknown("\(name) has a strategy of its own")
        }
        let statistics = isSimple ? estimator["statistics_"]?.elements : nil
        if isSimple, statistics == nil { return .unknown("the statistics of \(name) are not readable") }
        guard row.isTracked else { return .unknown("the columns of \(name) have no known places") }
        var result = row
        result.cells = [:]
        var spread: Set<ProbeCell> = []
        let places = places(estimator, statistics, count: row.count)
        result.count = places.count
        for (index, cell) in row.cells {
            var next = cell
            switch cell {
            case .nan, .none:
                if !missing.isNaN {
                    if case .nan = cell, missing.number != nil, !keepsType {
                        return .raises("\(name)(missing_values=\(missing.number ?? 0)) refuses NaN")
                    }
                    return .unknown("\(name) takes something else than NaN as missing")
                }
                if cell == .none, keepsType {
                    // NaN is not equal to itself, and so it is found; None is.
                    next = .none
                } else {
                    let value = statistics.flatMap { $0.indices.contains(index) ? $0[index].scalar : nil }
                    next = .imputed(value)
                    result.reason = "\(name) replaces it"
                }
            case .infinity
            where keepsType && statistics.map({ $0.indices.contains(index) && $0[index].number == nil }) ?? true:
                return .unknown("\(name) of text treats infinity in several ways")
            case .text, .unseen:
                if !keepsType { return .raises("\(name) refuses text") }
            case .boolean:
                if keepsType { return .unknown("\(name) treats truth values in several ways") }
                next = .number(cell == .boolean(true) ? 1 : 0)
            default:
                switch own[evaluation.letter(of: cell)] {
                case .raises: return .raises("\(name) refuses \(evaluation.described(cell))")
                case .answers, .unchanged: break
                default: return .unknown("\(name) treats \(evaluation.described(cell)) in several ways")
                }
                if let value = missing.number, !value.isNaN, cell == .number(value) {
                    return .unknown("the value is what \(name) takes as missing")
                }
            }
            guard let positions = places.positions else {
                spread.insert(next)
                continue
            }
            guard positions.indices.contains(index) else { return .unknown("\(name) has another number of columns") }
            if let position = positions[index] { result.cells[position] = next }
        }
        return places.positions == nil ? .passes(result.spread(spread, count: nil)) : .passes(result)
    }

    /// Returns the positions of an imputer's columns in its result; a column without a statistic is left out.
    private func places(
        _ estimator: Estimator, _ statistics: [EstimatorValue]?, count: Int?
    ) -> (positions: [Int?]?, count: Int?) {
        guard let statistics else {
            // The others leave out what was missing in all rows of training.
            return (nil, nil)
        }
        var positions: [Int?] = []
        var next = 0
        let keepsAll = estimator["keep_empty_features"]?.boolean == true
        for statistic in statistics {
            if statistic.isNaN, !keepsAll {
                positions.append(nil)
            } else {
                positions.append(next)
                next += 1
            }
        }
        guard estimator["add_indicator"]?.boolean == true else { return (positions, next) }
        guard let features = estimator.object("indicator_")?["features_"]?.elements else { return (positions, nil) }
        return (positions, next + features.count)
    }

    /// Returns the result of a MissingIndicator for a row: only which values are missing.
    func indicate(_ estimator: Estimator, _ row: ProbeRow) -> ProbeStep {
        let name = estimator.className
        guard row.isTracked, estimator["missing_values"]?.isNaN ?? false,
            let own = estimator.behaviour(evaluation.version),
            let features = estimator["features_"]?.integers
        else { return .unknown("\(name) has no rule for these parameters") }
        var result = row
        result.cells = [:]
        result.count = features.count
        for (index, cell) in row.cells {
            switch cell {
            case .nan:
                guard let place = features.firstIndex(of: index) else {
                    if estimator["error_on_new"]?.boolean == true, estimator.text("features") == "missing-only" {
                        return .raises("\(name) refuses a missing value in a column that had none")
                    }
                    return .unknown("\(name) has no rule for a column that had no missing values")
                }
                result.cells[place] = .imputed(nil)
                result.reason = "\(name) reports it"
            case .imputed: break
            case .none, .text, .unseen, .boolean:
                return .unknown("\(name) has no rule for \(evaluation.described(cell))")
            default:
                if own[evaluation.letter(of: cell)] == .raises {
                    return .raises("\(name) refuses \(evaluation.described(cell))")
                }
                result.reason = "\(name) reads only whether a value is missing"
            }
        }
        return .passes(result)
    }
}

extension Estimator {
    /// The measured behaviour of an imputer; its metric is the one that knows missing values.
    fileprivate func imputerBehaviour(_ version: String) -> EstimatorBehaviour? {
        if let metric = attributes["metric"], metric.text != "nan_euclidean" { return nil }
        return EstimatorBehaviour(path, version: version)
    }
}

/// The results of a FunctionTransformer with a function of numpy.
enum FunctionRules {
    private static let functions: [String: @Sendable (Double) -> Double] = [
        "log1p": { log1p($0) }, "log": { log($0) }, "sqrt": { $0.squareRoot() }, "exp": { exp($0) },
        "expm1": { expm1($0) }, "abs": { abs($0) }, "absolute": { abs($0) }, "square": { $0 * $0 },
        "log2": { log2($0) }, "log10": { log10($0) }, "tanh": { tanh($0) }, "sin": { sin($0) }, "cos": { cos($0) },
        "cbrt": { cbrt($0) }, "exp2": { exp2($0) }, "fabs": { abs($0) }, "floor": { $0.rounded(.down) },
        "ceil": { $0.rounded(.up) }, "trunc": { $0.rounded(.towardZero) }, "rint": { $0.rounded(.toNearestOrEven) },
        "negative": { -$0 }, "positive": { $0 }, "reciprocal": { 1 / $0 }, "arctan": { atan($0) },
        "arcsinh": { asinh($0) }, "sinh": { sinh($0) }, "cosh": { cosh($0) }, "deg2rad": { $0 * .pi / 180 },
        "sign": { $0.isNaN || $0 == 0 ? $0 : $0 < 0 ? -1 : 1 }, "isnan": { $0.isNaN ? 1 : 0 },
        "isinf": { $0.isInfinite ? 1 : 0 }, "isfinite": { $0.isFinite ? 1 : 0 },
        "nan_to_num": {
            let largest = Double.greatestFiniteMagnitude
            return $0.isNaN ? 0 : $0.isInfinite ? ($0 < 0 ? -largest : largest) : $0
        },
    ]

    /// The function of numpy; nil for another one, or one that is given arguments.
    static func function(_ estimator: Estimator) -> (@Sendable (Double) -> Double)? {
        guard estimator["validate"]?.boolean != nil, estimator["kw_args"]?.isNone ?? false,
            case .name(let path)? = estimator["func"], path.hasPrefix("numpy"),
            let name = path.split(separator: ".").last
        else { return nil }
        return functions[String(name)]
    }

    /// Returns its result for a row.
    static func transform(_ estimator: Estimator, _ row: ProbeRow) -> ProbeStep {
        if estimator.isIdentityFunction { return .passes(row) }
        guard let function = function(estimator) else {
            return .unknown("the function of FunctionTransformer has no rule")
        }
        var result = row
        for (index, cell) in row.cells {
            if estimator.checksItsInput {
                switch cell {
                case .nan, .none, .infinity, .text, .unseen:
                    return .raises("FunctionTransformer(validate=True) refuses it")
                case .boolean(let value):
                    result.cells[index] = self.cell(function(value ? 1 : 0))
                    continue
                default: break
                }
            }
            switch cell {
            case .nan: result.cells[index] = self.cell(function(.nan))
            case .imputed: result.cells[index] = .imputed(nil)
            case .none, .text, .unseen:
                // numpy.nan_to_num returns values that are not numbers unchanged.
                if !takesAnything(estimator) {
                    return .raises("the function of FunctionTransformer takes numbers only")
                }
            case .boolean, .moderate, .large: return .unknown("the function of FunctionTransformer has no rule for it")
            case .number(let value): result.cells[index] = self.cell(function(value))
            case .infinity(let isNegative):
                result.cells[index] = self.cell(function(isNegative ? -Double.infinity : Double.infinity))
            }
        }
        return .passes(result)
    }

    private static func takesAnything(_ estimator: Estimator) -> Bool {
        guard case .name(let path)? = estimator["func"] else { return false }
        return path.hasSuffix(".nan_to_num")
    }

    private static func cell(_ value: Double) -> ProbeCell {
        value.isNaN ? .nan : value.isInfinite ? .infinity(isNegative: value < 0) : .number(value)
    }
}
