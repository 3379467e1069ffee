import EnvironmentInventory

/// What becomes of a request whose columns are other ones: more, fewer, in another order, without names.
struct RowForms {
    /// The version of scikit-learn that serves.
    let version: String

    /// A change of the columns.
    enum Form {
        case extra
        /// The column of this position is not there.
        case missing(Int)
        case reordered
        /// An array in place of a table with names.
        case array
    }

    /// What a model makes of it.
    func verdict(_ estimator: Estimator, _ form: Form, depth: Int = 0) -> ProbeVerdict {
        guard depth < RowEvaluation.maximumDepth, let role = estimator.role else {
            return .unknown("\(estimator.className) has no rule for what it holds")
        }
        switch role {
        case .pipeline(let steps):
            // Steps that hand on what they are given leave the decision to the next one.
            for (index, step) in steps.enumerated() {
                guard let step else { continue }
                let handsOn = step.isIdentityFunction || FunctionRules.function(step) != nil && !step.checksItsInput
                if handsOn, index + 1 < steps.count {
                    // With `set_output` it may give columns the names that they had in training.
                    if case .reordered = form, step.attributes["_sklearn_output_config"] != nil {
                        return .unknown("\(step.className) may rename columns")
                    }
                    continue
                }
                return verdict(step, form, depth: depth + 1)
            }
            return .unknown("the pipeline has no step that reads")
        case .columns(let split): return columns(estimator, split, form)
        case .union(let members):
            guard members.allSatisfy({ $0 != nil }) else { return .unknown("\(estimator.className) hands columns on") }
            return .joined(members.compactMap { $0 }.map { verdict($0, form, depth: depth + 1) })
        case .delegate(let inner): return verdict(inner, form, depth: depth + 1)
        case .ensemble(let members):
            // What was measured of an ensemble was measured with estimators of scikit-learn in it.
            if members.contains(where: { !$0.entrance.isOfScikitLearn }) {
                return .unknown("\(estimator.className) holds estimators of another library")
            }
            let own = leaf(estimator, form)
            guard own.outcome == .accepted || (own.outcome == .silent && isByPosition(estimator)) else { return own }
            // After its own check the others are given an array, or the table itself.
            if estimator.attributes["estimators_features_"] != nil { return own }
            var verdicts = members.map { verdict($0, form, depth: depth + 1) }
            if estimator.className.hasPrefix("Stacking"), estimator["passthrough"]?.boolean == true {
                guard verdicts.contains(where: { $0.outcome == .error }) || isArray(form) else {
                    return .unknown("\(estimator.className) hands the columns on to its final estimator")
                }
            }
            if verdicts.isEmpty { verdicts = [own] }
            return .joined(verdicts)
        case .leaf: return leaf(estimator, form)
        }
    }

    private func isArray(_ form: Form) -> Bool { if case .array = form { true } else { false } }

    private func isByPosition(_ estimator: Estimator) -> Bool { estimator.inputNames == nil }

    private func probe(_ form: Form, isNamed: Bool) -> EstimatorBehaviour.Probe {
        switch form {
        case .extra: isNamed ? .extra : .wide
        case .missing: isNamed ? .missing : .narrow
        case .reordered: .reordered
        case .array: .array
        }
    }

    private func leaf(_ estimator: Estimator, _ form: Form) -> ProbeVerdict {
        let name = estimator.className
        guard estimator.isOfScikitLearn else {
            return BoosterRules(estimator)?.verdict(form) ?? .unknown("\(estimator.path) is not of scikit-learn")
        }
        guard let own = estimator.formBehaviour(version) else {
            return .unknown("\(name) has no rule for scikit-learn \(version)")
        }
        if name.hasPrefix("HistGradientBoosting"), estimator.object("_preprocessor") != nil {
            // Its own encoder is a ColumnTransformer, which finds columns by name.
            guard let split = CategoricalTrees.encoder(estimator) else {
                return .unknown("\(name) encodes some columns itself")
            }
            return columns(estimator, split, form)
        }
        let isNamed = estimator.attributes["feature_names_in_"] != nil || estimator.inputNames != nil
        if !isNamed {
            switch form {
            case .array: return ProbeVerdict(outcome: .accepted, why: "the model was fitted on an array")
            case .reordered:
                return own[.wide] == .raises
                    ? ProbeVerdict(outcome: .silent, why: "\(name) knows columns by their places only")
                    : .unknown("\(name) does not check its columns")
            default: break
            }
        }
        switch own[probe(form, isNamed: isNamed)] {
        case .raises: return .error("\(name) checks the \(isNamed ? "names and the order" : "number") of the columns")
        case .unchanged: return ProbeVerdict(outcome: .accepted, why: "\(name) answers as without the change")
        default: return .unknown("\(name) has no rule for the change")
        }
    }

    private func columns(_ estimator: Estimator, _ split: ColumnSplit, _ form: Form) -> ProbeVerdict {
        let used = Set(
            split.parts.flatMap { part -> [Int] in
                if case .drop = part.use { return [] }
                return part.columns
            })
        let name = estimator.className
        guard split.isNamed else {
            switch form {
            case .extra, .missing: return .error("\(name) checks the number of the columns")
            case .array: return ProbeVerdict(outcome: .accepted, why: "the model was fitted on an array")
            case .reordered:
                guard split.parts.allSatisfy({ isNumeric($0) }) else {
                    return .unknown("\(name) would read other columns than those of training")
                }
                return ProbeVerdict(outcome: .silent, why: "\(name) knows columns by their places only")
            }
        }
        switch form {
        case .extra: return ProbeVerdict(outcome: .accepted, why: "\(name) takes columns by name and ignores others")
        case .reordered: return ProbeVerdict(outcome: .accepted, why: "\(name) takes columns by name")
        case .missing(let position):
            return used.contains(position)
                ? .error("\(name) misses the column")
                : ProbeVerdict(outcome: .accepted, why: "no estimator reads the column")
        case .array:
            var allByPlace = true
            for part in split.parts {
                if case .drop = part.use { continue }
                switch part.key {
                case .names: return .error("\(name) finds columns by name in a table only")
                case .places: break
                case .unknown: allByPlace = false
                }
            }
            guard allByPlace, split.parts.allSatisfy({ isNumeric($0) }) else {
                return .unknown("\(name) has no rule for an array")
            }
            return ProbeVerdict(outcome: .accepted, why: "\(name) finds its columns by their places")
        }
    }

    /// Whether a part reads numbers, and gives the same for a table as for an array.
    private func isNumeric(_ part: ColumnSplit.Part) -> Bool {
        switch part.use {
        case .drop: return true
        case .passthrough: return false
        case .transformer(let transformer):
            let steps: [Estimator]
            if case .pipeline(let list)? = transformer.role {
                steps = list.compactMap { $0 }
            } else {
                steps = [transformer]
            }
            let numeric: Set<String> = [
                "StandardScaler", "MinMaxScaler", "MaxAbsScaler", "RobustScaler", "PowerTransformer", "PCA",
                "QuantileTransformer", "PolynomialFeatures", "Normalizer", "KNNImputer", "IterativeImputer",
            ]
            guard let first = steps.first else { return false }
            if first.className == "OrdinalEncoder" {
                return first["categories_"]?.elements?.allSatisfy { $0.numbers != nil } ?? false
            }
            // HistGradientBoosting's own check of its numbers.
            if first.className == "FunctionTransformer", part.name == "numerical" { return true }
            let isImputer =
                first.className == "SimpleImputer" && ["mean", "median"].contains(first.text("strategy") ?? "")
            return numeric.contains(first.className) || isImputer
        }
    }
}

extension Estimator {
    /// The measured behaviour as to the columns, which no parameter changes.
    fileprivate func formBehaviour(_ version: String) -> EstimatorBehaviour? {
        if className == "FunctionTransformer" { return checksItsInput ? .checked : nil }
        if className == "HashingVectorizer" { return nil }
        return SelectorRules.behaviour(self, version) ?? EstimatorBehaviour(path, version: version)
    }
}
