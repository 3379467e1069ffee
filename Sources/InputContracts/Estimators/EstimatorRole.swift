/// What an estimator does with the estimators that it is made of.
enum EstimatorRole {
    /// Runs steps one after the other; nil for one that hands everything on.
    case pipeline([Estimator?])
    /// Gives columns to transformers and puts their results beside each other.
    case columns(ColumnSplit)
    /// Gives everything to each and puts the results beside each other.
    case union([Estimator?])
    /// Hands everything to one other, and answers what that answers.
    case delegate(Estimator)
    /// Hands everything to each of several others.
    case ensemble([Estimator])
    /// Is not made of others, or of others in a way that has no rule.
    case leaf
}

extension Estimator {
    /// Whether scikit-learn has the class.
    var isOfScikitLearn: Bool { path.hasPrefix("sklearn.") }

    /// What it does with the estimators in it; nil where it should hold some and they are not readable.
    var role: EstimatorRole? {
        guard isOfScikitLearn else { return .leaf }
        switch className {
        case "Pipeline":
            guard let steps = named("steps") else { return nil }
            return .pipeline(steps)
        case "FeatureUnion": return named("transformer_list").map { .union($0) }
        case "ColumnTransformer": return ColumnSplit(self).map { .columns($0) }
        case "GridSearchCV", "RandomizedSearchCV", "HalvingGridSearchCV", "HalvingRandomSearchCV":
            return object("best_estimator_").map { .delegate($0) }
        case "FixedThresholdClassifier", "TunedThresholdClassifierCV":
            return object("estimator_").map { .delegate($0) }
        case "FrozenEstimator": return object("estimator").map { .delegate($0) }
        case "TransformedTargetRegressor": return object("regressor_").map { .delegate($0) }
        case "VotingClassifier", "VotingRegressor", "MultiOutputClassifier", "MultiOutputRegressor",
            "OneVsRestClassifier", "OneVsOneClassifier", "StackingClassifier", "StackingRegressor", "BaggingClassifier",
            "BaggingRegressor", "AdaBoostClassifier", "AdaBoostRegressor", "ClassifierChain", "RegressorChain":
            guard let members = attributes["estimators_"]?.objects, !members.isEmpty else { return nil }
            return .ensemble(members)
        case "SelfTrainingClassifier":
            return (object("estimator_") ?? object("base_estimator_")).map { .ensemble([$0]) }
        case "CalibratedClassifierCV":
            guard let members = attributes["calibrated_classifiers_"]?.objects, !members.isEmpty else { return nil }
            let inner = members.compactMap { $0.object("estimator") ?? $0.object("base_estimator") }
            return inner.count == members.count ? .ensemble(inner) : nil
        default: return .leaf
        }
    }

    /// The second elements of pairs of a name and an estimator; nil in it for `passthrough`, `drop` and None.
    private func named(_ attribute: String) -> [Estimator?]? {
        guard case .list(let pairs)? = attributes[attribute] else { return nil }
        var result: [Estimator?] = []
        for case .list(let pair) in pairs {
            guard pair.count >= 2 else { return nil }
            if let object = pair[1].object {
                result.append(object)
            } else if pair[1].isNone || pair[1].text == "passthrough" {
                result.append(nil)
            } else if pair[1].text == "drop" {
                continue
            } else {
                return nil
            }
        }
        return result.isEmpty && !pairs.isEmpty && attribute == "steps" ? nil : result
    }

    /// The estimator that the rows meet first: the first step, the best candidate.
    var entrance: Estimator {
        var current = self
        for _ in 0..<32 {
            switch current.role {
            case .pipeline(let steps)?:
                guard let first = steps.lazy.compactMap({ $0 }).first else { return current }
                current = first
            case .delegate(let inner)?: current = inner
            case .ensemble(let members)?:
                if current.attributes["n_features_in_"] != nil { return current }
                guard let first = members.first else { return current }
                current = first
            case .union(let members)?:
                guard let first = members.lazy.compactMap({ $0 }).first else { return current }
                current = first
            default: return current
            }
        }
        return current
    }

    /// The names of the columns that it was fitted on; nil without names.
    var inputNames: [String]? {
        if let names = attributes["feature_names_in_"]?.texts { return names }
        let entrance = entrance
        if let names = entrance === self ? nil : entrance.attributes["feature_names_in_"]?.texts { return names }
        guard let inputs = entrance.boosterContract?.inputs else { return nil }
        let names = inputs.compactMap(\.name)
        return names.isEmpty || names.count != inputs.count ? nil : names
    }

    /// How many columns it was fitted on; nil where nothing says it.
    var inputCount: Int? {
        let entrance = entrance
        let own =
            attributes["n_features_in_"]?.integer ?? entrance.attributes["n_features_in_"]?.integer
            // A selection that asks another estimator was fitted on the same columns.
            ?? entrance.object("estimator_")?.attributes["n_features_in_"]?.integer
        return own ?? entrance.boosterContract?.inputs.count ?? inputNames?.count
    }

    /// The estimator whose answer is the answer: the last step, the best candidate.
    var exit: Estimator {
        var current = self
        for _ in 0..<32 {
            switch current.role {
            case .pipeline(let steps)?:
                guard let last = steps.last, let last else { return current }
                current = last
            case .delegate(let inner)? where current.className != "TransformedTargetRegressor": current = inner
            default: return current
            }
        }
        return current
    }
}

/// The transformers of a ColumnTransformer, each with its columns.
struct ColumnSplit {
    /// What becomes of some columns.
    struct Part {
        /// The name.
        let name: String
        /// What they are given to.
        let use: Use
        /// The positions among the columns of the input.
        let columns: [Int]
        /// How it says which columns it takes.
        let key: Key
    }

    /// How columns are said.
    enum Key {
        case names, places, unknown

        /// Reads the third element of a fitted transformer.
        init(_ value: EstimatorValue) {
            switch value {
            case .text: self = .names
            case .integer: self = .places
            case .list, .array:
                guard let elements = value.elements, let first = elements.first else {
                    self = .unknown
                    return
                }
                switch first {
                case .text: self = .names
                case .integer, .boolean: self = .places
                default: self = .unknown
                }
            default: self = .unknown
            }
        }
    }

    /// What columns are given to.
    enum Use {
        case drop
        case passthrough
        case transformer(Estimator)
    }

    /// The parts, in the order of their results.
    let parts: [Part]
    /// Whether it was fitted on a table with names.
    let isNamed: Bool
    /// How many columns it was fitted on.
    let count: Int

    /// Reads a fitted ColumnTransformer; nil where its columns are not to be known.
    init?(_ estimator: Estimator) {
        guard case .list(let items)? = estimator["transformers_"],
            let count = estimator["n_features_in_"]?.integer, count >= 0, count <= 100_000
        else { return nil }
        var indices: [String: [Int]] = [:]
        if case .dictionary(let pairs)? = estimator["_transformer_to_input_indices"] {
            for pair in pairs {
                guard let name = pair.key.text else { return nil }
                if let list = pair.value.integers { indices[name] = list }
            }
        }
        var parts: [Part] = []
        for case .list(let item) in items {
            guard item.count == 3, let name = item[0].text else { return nil }
            let use: Use
            if let object = item[1].object {
                // Since 1.4 the fitted list holds a FunctionTransformer in place of the word.
                use = object.isIdentityFunction ? .passthrough : .transformer(object)
            } else if item[1].text == "drop" {
                use = .drop
            } else if item[1].text == "passthrough" {
                use = .passthrough
            } else {
                return nil
            }
            guard let columns = indices[name], columns.allSatisfy({ $0 >= 0 && $0 < count }) else {
                if case .drop = use { continue }
                return nil
            }
            if columns.isEmpty { continue }
            parts.append(Part(name: name, use: use, columns: columns, key: Key(item[2])))
        }
        guard parts.count <= items.count else { return nil }
        self.parts = parts
        self.count = count
        isNamed = estimator.attributes["feature_names_in_"] != nil
    }
}

extension Estimator {
    /// Whether it is a FunctionTransformer without a function, which hands everything on.
    var isIdentityFunction: Bool {
        className == "FunctionTransformer" && isOfScikitLearn && (attributes["func"]?.isNone ?? false)
            && attributes["validate"]?.boolean != true
    }
}
