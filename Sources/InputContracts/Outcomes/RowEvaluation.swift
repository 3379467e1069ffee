import EnvironmentInventory

/// Follows a row with one bad value through an estimator of a version of scikit-learn.
struct RowEvaluation {
    /// The version of scikit-learn that serves.
    let version: String
    /// Whether the value that was sent is a missing one.
    var isMissing = true
    /// Whether an ensemble hands the row on, to members that may have been fitted on an array and get the table.
    private var isInEnsemble = false
    /// How deep estimators may hold each other.
    static let maximumDepth = 32

    init(version: String, isMissing: Bool = true) {
        self.version = version
        self.isMissing = isMissing
    }

    /// What `predict`, or `transform` of a model without it, makes of a row.
    func verdict(_ estimator: Estimator, _ row: ProbeRow, depth: Int = 0) -> ProbeVerdict {
        guard depth < Self.maximumDepth, let role = estimator.role else {
            return .unknown("\(estimator.className) has no rule for what it holds")
        }
        switch role {
        case .pipeline(let steps):
            var row = row
            for (index, step) in steps.enumerated() {
                guard let step else { continue }
                if index == steps.count - 1 { return verdict(step, row, depth: depth + 1) }
                switch transform(step, row, depth: depth + 1) {
                case .raises(let why): return .error(why)
                case .unknown(let why): return .unknown(why)
                case .passes(let next): row = next
                }
            }
            return answer(row, by: estimator)
        case .columns, .union:
            switch transform(estimator, row, depth: depth) {
            case .raises(let why): return .error(why)
            case .unknown(let why): return .unknown(why)
            case .passes(let row): return answer(row, by: estimator)
            }
        case .delegate(let inner): return verdict(inner, row, depth: depth + 1)
        case .ensemble(let members): return ensemble(estimator, members, row, depth: depth)
        case .leaf: return leaf(estimator, row, depth: depth)
        }
    }

    /// What an estimator answers that took everything.
    func answer(_ row: ProbeRow, by estimator: Estimator) -> ProbeVerdict {
        if row.isClean {
            return ProbeVerdict(outcome: .accepted, why: row.reason ?? "no estimator reads the column")
        }
        if row.mayBeGone { return .unknown("a selection of features may have left the column out") }
        return ProbeVerdict(
            outcome: .silent, why: "\(estimator.className) answers to a value that training did not have")
    }

    // MARK: Several estimators

    private func ensemble(
        _ estimator: Estimator, _ members: [Estimator], _ row: ProbeRow, depth: Int
    ) -> ProbeVerdict {
        guard let own = estimator.behaviour(version) else {
            return .unknown("\(estimator.className) of \(version) was not measured")
        }
        for cell in row.values {
            switch own[letter(of: cell)] {
            case .raises: return .error("\(estimator.className) refuses \(described(cell))")
            case .unknown: return .unknown("\(estimator.className) treats \(described(cell)) in several ways")
            default: break
            }
        }
        var verdicts: [ProbeVerdict] = []
        var inner = self
        inner.isInEnsemble = true
        let chosen = estimator["estimators_features_"]?.elements
        for (index, member) in members.enumerated() {
            guard let chosen else {
                verdicts.append(inner.verdict(member, row, depth: depth + 1))
                continue
            }
            guard index < chosen.count, let positions = chosen[index].integers else {
                return .unknown("\(estimator.className) does not say which columns its estimators read")
            }
            var part = row
            part.count = positions.count
            if row.isTracked {
                part.cells = [:]
                for (place, position) in positions.enumerated() {
                    if let cell = row.cells[position] { part.cells[place] = cell }
                }
            } else {
                part.mayBeGone = true
            }
            verdicts.append(inner.verdict(member, part, depth: depth + 1))
        }
        let joined = ProbeVerdict.joined(verdicts)
        guard estimator.className.hasPrefix("Stacking"), joined.outcome != .error else { return joined }
        // The answers go to the final estimator, where `passthrough` says so the row beside them.
        var values = estimator["passthrough"]?.boolean == true ? row.values : []
        if row.values.contains(where: \.isHuge), !Self.answersAreBounded(estimator, members) { values.insert(.large) }
        guard !values.isEmpty else { return joined }
        guard let final = estimator.object("final_estimator_") else {
            return .unknown("\(estimator.className) has no readable final estimator")
        }
        return ProbeVerdict.joined([joined, verdict(final, row.spread(values, count: nil), depth: depth + 1)])
    }

    /// Whether no answer of a stack's members grows with what they are given: probabilities, and answers of trees and neighbours.
    private static func answersAreBounded(_ estimator: Estimator, _ members: [Estimator]) -> Bool {
        let methods = estimator["stack_method_"]?.texts ?? []
        return members.indices.allSatisfy { index in
            let name = members[index].exit.className
            return methods.indices.contains(index) && methods[index] == "predict_proba" || members[index].exit.isOfTrees
                || name.hasPrefix("HistGradientBoosting") || name.hasPrefix("KNeighbors")
        }
    }

    // MARK: One estimator that answers

    private func leaf(_ estimator: Estimator, _ row: ProbeRow, depth: Int) -> ProbeVerdict {
        if row.isClean { return answer(row, by: estimator) }
        if ["RFE", "RFECV"].contains(estimator.className), let inner = estimator.object("estimator_") {
            // It answers with the estimator that it was fitted with, given the columns that it keeps.
            switch transform(estimator, row, depth: depth + 1) {
            case .raises(let why): return .error(why)
            case .unknown(let why): return .unknown(why)
            case .passes(let kept): return verdict(inner, kept, depth: depth + 1)
            }
        }
        if !estimator.isOfScikitLearn {
            return BoosterRules(estimator, isInEnsemble: isInEnsemble)?.verdict(row, isMissing: isMissing)
                ?? .unknown("\(estimator.path) is not of scikit-learn")
        }
        guard let own = estimator.behaviour(version) else {
            return .unknown("\(estimator.className) has no rule for scikit-learn \(version)")
        }
        // What only transforms ends a pipeline too.
        if TransformerRules.names.contains(estimator.className) {
            switch transform(estimator, row, depth: 0) {
            case .raises(let why): return .error(why)
            case .unknown(let why): return .unknown(why)
            case .passes(let row): return answer(row, by: estimator)
            }
        }
        var verdicts: [ProbeVerdict] = []
        for (index, cell) in row.cells { verdicts.append(leaf(estimator, own, cell, at: row.isTracked ? index : nil)) }
        let joined = ProbeVerdict.joined(verdicts)
        if row.mayBeGone { return .unknown("a selection of features may have left the column out") }
        return joined
    }

    private func leaf(
        _ estimator: Estimator, _ own: EstimatorBehaviour, _ cell: ProbeCell, at index: Int?
    ) -> ProbeVerdict {
        let name = estimator.className
        if case .imputed = cell { return ProbeVerdict(outcome: .accepted, why: "an imputer takes it") }
        if let verdict = CategoricalTrees(evaluation: self).verdict(estimator, cell, at: index) { return verdict }
        if cell == .nan || cell == .none, let verdict = missingInTrees(estimator) { return verdict }
        if estimator.isOfTrees, own[.huge] == .raises, let verdict = treeLimit(estimator, cell) { return verdict }
        if LeafRules.isConstrained(name), own[letter(of: cell)] != .raises {
            return .unknown("\(name) takes only some numbers")
        }
        if name.hasPrefix("Dummy") {
            return LeafRules.readsNothing(estimator)
                ? ProbeVerdict(outcome: .accepted, why: "\(name) reads no column")
                : .unknown("\(name) answers at random")
        }
        if LeafRules.holdsOthers(name) {
            return .unknown("\(name) holds estimators in a way that has no rule")
        }
        switch own[letter(of: cell)] {
        case .raises: return .error("\(name) of scikit-learn \(version) refuses \(described(cell))")
        case .unknown: return .unknown("\(name) treats \(described(cell)) in several ways")
        case .unchanged, .answers, .answersNaN, .answersInfinity:
            if cell == .nan || cell == .none {
                return ProbeVerdict(
                    outcome: isMissing ? .accepted : .silent, why: "\(name) takes missing values itself")
            }
            return ProbeVerdict(outcome: .silent, why: "\(name) answers to \(described(cell))")
        }
    }

    /// What a tree or a forest makes of a missing value; nil for another class.
    private func missingInTrees(_ estimator: Estimator) -> ProbeVerdict? {
        let name = estimator.className
        guard estimator.isOfTrees, name != "IsolationForest", !name.hasPrefix("GradientBoosting") else { return nil }
        switch estimator.takesMissing(version) {
        case true:
            return ProbeVerdict(outcome: isMissing ? .accepted : .silent, why: "\(name) takes missing values itself")
        case false: return .error("\(name) of scikit-learn \(version) refuses missing values")
        default: return .unknown("\(name) with these parameters was not measured")
        }
    }

    /// Trees compute with 32 bits: what does not fit is refused as infinite.
    private func treeLimit(_ estimator: Estimator, _ cell: ProbeCell) -> ProbeVerdict? {
        switch cell {
        case .number(let value):
            let size = abs(value)
            if size > 3.41e38 {
                return .error("\(estimator.className) refuses a number that is too large for 32 bits")
            }
            return size < 3.40e38
                ? ProbeVerdict(outcome: .silent, why: "\(estimator.className) answers to a number out of range")
                : .unknown("the number is at the limit of 32 bits")
        case .large: return .unknown("the number may be too large for 32 bits")
        default: return nil
        }
    }

    /// The probe that was measured for a value.
    func letter(of cell: ProbeCell) -> EstimatorBehaviour.Probe {
        switch cell {
        case .nan: .nan
        case .none: .none
        case .infinity(let isNegative): isNegative ? .negativeInfinity : .infinity
        case .number(let value): abs(value) >= 1e15 ? .huge : .boolean
        case .large: .huge
        case .moderate, .boolean, .imputed: .boolean
        case .text, .unseen: .text
        }
    }

    /// A value as a person reads it.
    func described(_ cell: ProbeCell) -> String {
        switch cell {
        case .nan: "NaN"
        case .none: "None"
        case .infinity: "infinity"
        case .number, .moderate, .large: "a number out of the range of training"
        case .text: "text"
        case .unseen: "a category that training did not have"
        case .boolean: "a truth value"
        case .imputed: "an imputed value"
        }
    }
}

/// Classes whose measured behaviour holds with limits.
enum LeafRules {
    /// Whether only some numbers are taken, so that one measured number says nothing about another.
    static func isConstrained(_ name: String) -> Bool {
        [
            "CategoricalNB", "RadiusNeighborsClassifier", "RadiusNeighborsRegressor", "PoissonRegressor",
            "GammaRegressor",
            "TweedieRegressor", "NMF", "MiniBatchNMF", "LatentDirichletAllocation", "AdditiveChi2Sampler",
            "SkewedChi2Sampler", "ComplementNB", "IsotonicRegression",
        ].contains(name)
    }

    /// Whether it holds other estimators that decide.
    static func holdsOthers(_ name: String) -> Bool {
        [
            "OutputCodeClassifier", "RANSACRegressor", "SelectFromModel", "RFE", "RFECV", "SequentialFeatureSelector",
        ].contains(name)
    }

    /// Whether its answer is the same whatever a row holds
    /// (https://scikit-learn.org/stable/modules/generated/sklearn.dummy.DummyClassifier.html).
    static func readsNothing(_ estimator: Estimator) -> Bool {
        guard estimator.path.hasPrefix("sklearn.dummy.") else { return false }
        return ["most_frequent", "prior", "constant", "mean", "median", "quantile"].contains(
            estimator.text("strategy") ?? "")
    }
}
