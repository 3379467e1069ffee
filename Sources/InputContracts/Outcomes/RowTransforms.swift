import EnvironmentInventory

extension RowEvaluation {
    /// Returns the result of `transform` of an estimator for a row.
    func transform(_ estimator: Estimator, _ row: ProbeRow, depth: Int) -> ProbeStep {
        guard depth < Self.maximumDepth, let role = estimator.role else {
            return .unknown("\(estimator.className) has no rule for what it holds")
        }
        switch role {
        case .pipeline(let steps):
            var row = row
            for case let step? in steps {
                switch transform(step, row, depth: depth + 1) {
                case .passes(let next): row = next
                case let other: return other
                }
            }
            return .passes(row)
        case .columns(let split): return columns(estimator, split, row, depth: depth)
        case .union(let members):
            return weighted(estimator, joined(members.map { ($0, row) }, depth: depth))
        case .delegate(let inner): return transform(inner, row, depth: depth + 1)
        case .ensemble:
            // As a transformer it gives the answers of the others.
            let verdict = verdict(estimator, row, depth: depth + 1)
            switch verdict.outcome {
            case .error: return .raises(verdict.why)
            case .unknown, .rejected: return .unknown(verdict.why)
            case .accepted, .silent:
                return row.isClean
                    ? .passes(row.spread([], count: nil)) : .passes(row.spread([.moderate], count: nil))
            }
        case .leaf: return leafTransform(estimator, row)
        }
    }

    /// Returns the results of transformers, multiplied by their weights.
    private func weighted(_ estimator: Estimator, _ step: ProbeStep) -> ProbeStep {
        guard !(estimator["transformer_weights"]?.isNone ?? true), case .passes(var row) = step else { return step }
        guard isWeightedLightly(estimator), !row.values.contains(.text), !row.values.contains(.unseen) else {
            return .unknown("\(estimator.className) weights its results")
        }
        row.cells = row.cells.mapValues { cell in
            if case .number(let value) = cell { return abs(value) < 1e12 ? .moderate : .large }
            return cell
        }
        return .passes(row)
    }

    /// Whether no weight makes another kind of number of one.
    private func isWeightedLightly(_ estimator: Estimator) -> Bool {
        guard case .dictionary(let pairs)? = estimator["transformer_weights"] else { return false }
        return pairs.allSatisfy { pair in
            pair.value.number.map { abs($0) > 1e-3 && abs($0) < 1e3 } ?? false
        }
    }

    // MARK: Columns

    private func columns(_ estimator: Estimator, _ split: ColumnSplit, _ row: ProbeRow, depth: Int) -> ProbeStep {
        guard row.isTracked else {
            return row.isClean
                ? .passes(row.spread([], count: nil)) : .unknown("\(estimator.className) reads columns by their places")
        }
        var parts: [(Estimator?, ProbeRow)] = []
        for part in split.parts {
            if case .drop = part.use { continue }
            var inner = row
            inner.count = part.columns.count
            inner.cells = [:]
            for (place, column) in part.columns.enumerated() {
                if let cell = row.cells[column] { inner.cells[place] = cell }
            }
            if case .transformer(let transformer) = part.use {
                parts.append((transformer, inner))
            } else {
                parts.append((nil, inner))
            }
        }
        return weighted(estimator, joined(parts, depth: depth))
    }

    /// Concatenates the results of several transformers; an estimator that is nil passes its row on unchanged.
    private func joined(_ parts: [(Estimator?, ProbeRow)], depth: Int) -> ProbeStep {
        var result = ProbeRow(count: 0)
        var doubt: String?
        for (transformer, row) in parts {
            var next = row
            if let transformer {
                switch transform(transformer, row, depth: depth + 1) {
                case .raises(let why): return .raises(why)
                case .unknown(let why):
                    doubt = doubt ?? why
                    continue
                case .passes(let row): next = row
                }
            }
            if result.isTracked, next.isTracked || next.cells.isEmpty, let start = result.count {
                for (place, cell) in next.cells { result.cells[start + place] = cell }
                if let added = next.count {
                    result.count = start + added
                } else {
                    // The columns after it have no known positions, and those before it keep theirs.
                    result.count = nil
                }
            } else if !next.cells.isEmpty {
                result = result.spread(result.values.union(next.values), count: nil)
            }
            result.mayBeGone = result.mayBeGone || next.mayBeGone
            result.reason = result.reason ?? next.reason
        }
        if let doubt { return .unknown(doubt) }
        return .passes(result)
    }

    // MARK: One transformer

    private func leafTransform(_ estimator: Estimator, _ row: ProbeRow) -> ProbeStep {
        let name = estimator.className
        guard estimator.isOfScikitLearn else {
            return row.isClean
                ? .passes(row.spread([], count: nil)) : .unknown("\(estimator.path) is not of scikit-learn")
        }
        if row.cells.isEmpty {
            var row = row
            row.count = TransformerRules.width(estimator, row.count)
            return .passes(row)
        }
        switch name {
        case "OneHotEncoder", "OrdinalEncoder", "TargetEncoder":
            return EncoderRules.transform(estimator, row)
        case "SimpleImputer", "KNNImputer", "IterativeImputer":
            return ImputerRules(evaluation: self).transform(estimator, row)
        case "MissingIndicator": return ImputerRules(evaluation: self).indicate(estimator, row)
        case "FunctionTransformer": return FunctionRules.transform(estimator, row)
        case "CountVectorizer", "TfidfVectorizer", "HashingVectorizer":
            for cell in row.values where [.nan, .none].contains(cell) && TransformerRules.isPlainVectorizer(estimator) {
                return .raises("\(name) refuses \(described(cell))")
            }
            return .unknown("\(name) has no rule for \(row.values.first.map { described($0) } ?? "the value")")
        default: break
        }
        guard let own = estimator.behaviour(version) else {
            return .unknown("\(name) has no rule for scikit-learn \(version)")
        }
        var result = row
        result.cells = [:]
        result.count = TransformerRules.width(estimator, row.count)
        let isElementwise = TransformerRules.elementwise.contains(name)
        var spread: Set<ProbeCell> = []
        for (index, cell) in row.cells {
            switch own[letter(of: cell)] {
            case .raises: return .raises("\(name) of scikit-learn \(version) refuses \(described(cell))")
            case .unknown: return .unknown("\(name) treats \(described(cell)) in several ways")
            default: break
            }
            let isSelector = SelectorRules.wrappers.contains(name)
            if LeafRules.isConstrained(name) || LeafRules.holdsOthers(name) && !isSelector {
                guard case .imputed = cell else { return .unknown("\(name) has no rule for \(described(cell))") }
            }
            guard let next = TransformerRules.value(estimator, cell, at: row.isTracked ? index : nil) else {
                return .unknown("\(name) has no rule for \(described(cell))")
            }
            if isElementwise { result.cells[index] = next } else { spread.insert(next) }
        }
        if TransformerRules.selectors.contains(name) { return SelectorRules.select(estimator, result, row) }
        if isElementwise { return .passes(result) }
        return .passes(result.spread(spread, count: result.count))
    }
}

/// The results of scikit-learn's transformers for values that they accept.
enum TransformerRules {
    /// Classes that keep each column in its place.
    static let elementwise: Set<String> = selectors.union([
        "StandardScaler", "MinMaxScaler", "MaxAbsScaler", "RobustScaler", "PowerTransformer", "QuantileTransformer",
        "Binarizer", "KBinsDiscretizer",
    ])
    /// Classes that leave columns out.
    static let selectors = SelectorRules.ownRules.union(SelectorRules.wrappers)
    /// Classes with a rule that have no `predict`.
    static let names: Set<String> = elementwise.union([
        "OneHotEncoder", "OrdinalEncoder", "TargetEncoder", "SimpleImputer", "KNNImputer", "IterativeImputer",
        "MissingIndicator", "FunctionTransformer", "CountVectorizer", "TfidfVectorizer", "HashingVectorizer",
    ])

    /// Whether a vectorizer looks at its documents with its own functions.
    static func isPlainVectorizer(_ estimator: Estimator) -> Bool {
        estimator["lowercase"]?.boolean == true && estimator["preprocessor"]?.isNone ?? false
            && estimator["tokenizer"]?.isNone ?? false && estimator.text("analyzer") != nil
            && estimator.text("input") == "content"
    }

    /// Returns how many columns a transformer returns for `count` columns; nil if that is not known.
    static func width(_ estimator: Estimator, _ count: Int?) -> Int? {
        switch estimator.className {
        case "StandardScaler", "MinMaxScaler", "MaxAbsScaler", "RobustScaler", "PowerTransformer",
            "QuantileTransformer",
            "Binarizer", "Normalizer", "OrdinalEncoder":
            return count
        case "KBinsDiscretizer":
            return estimator.text("encode") == "ordinal" ? count : nil
        case "TargetEncoder":
            guard let count, estimator.text("target_type_") == "multiclass" else { return count }
            guard let classes = estimator["classes_"]?.elements?.count else { return nil }
            return count.multipliedReportingOverflow(by: classes).partialValue
        case "OneHotEncoder": return EncoderRules.width(estimator)
        case "FunctionTransformer":
            return estimator.isIdentityFunction || FunctionRules.function(estimator) != nil ? count : nil
        case "SimpleImputer":
            guard let statistics = estimator["statistics_"]?.elements, statistics.count == count,
                estimator["add_indicator"]?.boolean == false, !statistics.contains(where: \.isNaN)
            else { return nil }
            return count
        default: return nil
        }
    }

    /// The value in the result of a transformer that does not refuse it; nil where there is no rule.
    static func value(_ estimator: Estimator, _ cell: ProbeCell, at index: Int?) -> ProbeCell? {
        let name = estimator.className
        if selectors.contains(name) { return cell }
        // These refuse an array of truth values alone, and take them among numbers.
        if case .boolean = cell, ["KBinsDiscretizer", "FastICA", "CCA", "PLSCanonical"].contains(name) { return nil }
        switch cell {
        case .imputed: return .imputed(nil)
        case .nan, .none: return elementwise.contains(name) ? .nan : nil
        case .infinity, .text, .unseen: return nil
        case .boolean(let value): return self.value(estimator, .number(value ? 1 : 0), at: index)
        case .number(let value):
            if let scaled = scaled(estimator, value, at: index) { return scaled }
            return abs(value) >= 1e15 ? moved(estimator, .large) : moved(estimator, .moderate)
        case .moderate, .large: return moved(estimator, cell)
        }
    }

    /// Returns the result for a number whose value is not known.
    private static func moved(_ estimator: Estimator, _ cell: ProbeCell) -> ProbeCell? {
        switch estimator.className {
        case "Binarizer", "KBinsDiscretizer", "QuantileTransformer", "Normalizer", "RandomTreesEmbedding", "RBFSampler",
            "Nystroem":
            return .moderate
        case "SplineTransformer":
            return ["constant", "periodic"].contains(estimator.text("extrapolation") ?? "")
                ? .moderate : cell == .moderate && estimator.text("extrapolation") != "error" ? .moderate : nil
        case "PowerTransformer":
            return cell == .moderate && estimator.text("method") == "yeo-johnson" ? .moderate : nil
        case "PolynomialFeatures":
            // To the fourth power the largest probe is still a number of 64 bits.
            guard let degree = estimator["degree"]?.integer, degree <= 4 else {
                return cell == .moderate ? .moderate : nil
            }
            return cell
        case "StandardScaler", "MinMaxScaler", "MaxAbsScaler", "RobustScaler", "PCA", "TruncatedSVD", "FastICA",
            "FactorAnalysis", "IncrementalPCA", "SparsePCA", "MiniBatchSparsePCA", "GaussianRandomProjection",
            "SparseRandomProjection", "LinearDiscriminantAnalysis", "KMeans", "MiniBatchKMeans", "PLSRegression",
            "FeatureAgglomeration", "NeighborhoodComponentsAnalysis":
            return cell
        default: return cell == .moderate ? .moderate : nil
        }
    }

    /// A scaled number; nil for a transformer that does not scale, or whose scale is not known.
    private static func scaled(_ estimator: Estimator, _ value: Double, at index: Int?) -> ProbeCell? {
        guard let index else { return nil }
        func number(_ attribute: String) -> Double? {
            guard let numbers = estimator[attribute]?.elements, numbers.indices.contains(index) else { return nil }
            return numbers[index].number
        }
        var result: Double
        switch estimator.className {
        case "StandardScaler":
            result = value
            if estimator["with_mean"]?.boolean == true {
                guard let mean = number("mean_") else { return nil }
                result -= mean
            }
            if estimator["with_std"]?.boolean == true {
                guard let scale = number("scale_"), scale != 0 else { return nil }
                result /= scale
            }
        case "MinMaxScaler":
            guard let scale = number("scale_"), let minimum = number("min_") else { return nil }
            if estimator["clip"]?.boolean == true { return .moderate }
            result = value * scale + minimum
        case "MaxAbsScaler":
            guard let scale = number("scale_"), scale != 0, estimator["clip"]?.boolean != true else { return nil }
            result = value / scale
        case "RobustScaler":
            result = value
            if estimator["with_centering"]?.boolean == true {
                guard let center = number("center_") else { return nil }
                result -= center
            }
            if estimator["with_scaling"]?.boolean == true {
                guard let scale = number("scale_"), scale != 0 else { return nil }
                result /= scale
            }
        default: return nil
        }
        return result.isFinite ? .number(result) : nil
    }
}
