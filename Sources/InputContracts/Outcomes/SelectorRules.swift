/// What selections of features make of a row: a check that is the same for all of them, and the columns that they keep.
enum SelectorRules {
    /// Classes whose columns follow from scores or variances.
    static let ownRules: Set<String> = [
        "VarianceThreshold", "SelectKBest", "SelectPercentile", "SelectFdr", "SelectFpr", "SelectFwe",
        "GenericUnivariateSelect",
    ]
    /// Classes that ask another estimator.
    static let wrappers: Set<String> = ["SelectFromModel", "RFE", "RFECV", "SequentialFeatureSelector"]

    /// What a selection that asks another estimator does: it refuses missing values where that one does, as its tags say
    /// (https://github.com/scikit-learn/scikit-learn/blob/1.7.2/sklearn/feature_selection/_base.py#L99); nil for another class.
    static func behaviour(_ estimator: Estimator, _ version: String) -> EstimatorBehaviour? {
        guard estimator.isOfScikitLearn, wrappers.contains(estimator.className),
            let inner = estimator.object("estimator") ?? estimator.object("estimator_"),
            let takesMissing = takesMissing(inner, version)
        else { return nil }
        let like = takesMissing ? "_variance_threshold.VarianceThreshold" : "_univariate_selection.SelectKBest"
        return EstimatorBehaviour("sklearn.feature_selection." + like, version: version)
    }

    /// Whether the tags of an estimator say that it takes missing values; nil where they are not known.
    private static func takesMissing(_ inner: Estimator, _ version: String) -> Bool? {
        guard inner.isOfScikitLearn, case .leaf? = inner.role else { return nil }
        if let constraint = inner["monotonic_cst"], !constraint.isNone { return nil }
        if inner.className.hasPrefix("HistGradientBoosting") { return true }
        if inner.path.hasPrefix("sklearn.tree.") || inner.path.hasPrefix("sklearn.ensemble._forest.") {
            return inner.takesMissing(version)
        }
        return inner.behaviour(version)?[.nan] == .raises ? false : nil
    }

    /// The columns that a selector keeps.
    static func select(_ estimator: Estimator, _ result: ProbeRow, _ row: ProbeRow) -> ProbeStep {
        guard row.isTracked, let mask = mask(estimator) else {
            var unknown = result.spread(result.values, count: nil)
            unknown.mayBeGone = true
            return .passes(unknown)
        }
        var kept = result
        kept.cells = [:]
        var place = 0
        for (index, isKept) in mask.enumerated() where isKept {
            if let cell = result.cells[index] { kept.cells[place] = cell }
            place += 1
        }
        kept.count = place
        if kept.cells.isEmpty { kept.reason = "\(estimator.className) leaves the column out" }
        return .passes(kept)
    }

    /// Which columns are kept; nil where that does not follow from the file.
    static func mask(_ estimator: Estimator) -> [Bool]? {
        switch estimator.className {
        case "VarianceThreshold":
            guard let variances = estimator["variances_"]?.numbers, let threshold = estimator["threshold"]?.number,
                threshold > 0 || variances.allSatisfy({ $0 == 0 || $0 > 1e-9 })
            else { return nil }
            return variances.map { $0 > threshold }
        case "SelectKBest":
            guard let scores = estimator["scores_"]?.numbers else { return nil }
            if estimator.text("k") == "all" { return scores.map { _ in true } }
            guard let count = estimator["k"]?.integer, count >= 0 else { return nil }
            let clean = scores.map { $0.isNaN ? -Double.greatestFiniteMagnitude : $0 }
            // The last of a stable order from the lowest to the highest, as numpy's mergesort gives it.
            let order = clean.indices.sorted { (clean[$0], $0) < (clean[$1], $1) }
            let kept = Set(order.suffix(count))
            return clean.indices.map { kept.contains($0) }
        case "SelectPercentile":
            guard let scores = estimator["scores_"]?.numbers, let percentile = estimator["percentile"]?.number else {
                return nil
            }
            return percentileMask(scores, percentile)
        case "SelectFpr", "SelectFwe", "SelectFdr":
            guard let values = estimator["pvalues_"]?.numbers, let alpha = estimator["alpha"]?.number,
                values.allSatisfy({ !$0.isNaN })
            else { return nil }
            if estimator.className == "SelectFpr" { return values.map { $0 < alpha } }
            if estimator.className == "SelectFwe" { return values.map { $0 < alpha / Double(values.count) } }
            let sorted = values.sorted()
            let step = alpha / Double(values.count)
            let below = zip(1..., sorted).filter { rank, value in value <= step * Double(rank) }
            guard let limit = below.last?.1 else { return values.map { _ in false } }
            return values.map { $0 <= limit }
        case "RFE", "RFECV", "SequentialFeatureSelector": return estimator["support_"]?.booleans
        default: return nil
        }
    }

    /// The highest scores, so many percent of them (numpy's `percentile` with linear interpolation); nil where scores at the
    /// threshold are equal, of which the first few are kept.
    static func percentileMask(_ scores: [Double], _ percentile: Double) -> [Bool]? {
        guard !scores.isEmpty, (0...100).contains(percentile) else { return nil }
        if percentile == 100 { return scores.map { _ in true } }
        if percentile == 0 { return scores.map { _ in false } }
        let clean = scores.map { $0.isNaN ? -Double.greatestFiniteMagnitude : $0 }
        let sorted = clean.sorted()
        let place = Double(sorted.count - 1) * ((100 - percentile) / 100)
        let lower = Int(place.rounded(.down))
        let part = place - Double(lower)
        guard sorted.indices.contains(lower) else { return nil }
        // At a score itself rounding decides.
        guard part > 1e-6, part < 1 - 1e-6, sorted.indices.contains(lower + 1), sorted[lower] < sorted[lower + 1] else {
            return nil
        }
        return clean.map { $0 > sorted[lower] }
    }
}
