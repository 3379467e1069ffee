import EnvironmentInventory

/// Whether a file that one version of scikit-learn wrote gives the same answers in another one, as
/// `Tests/InputContractsTests/Oracle/crossing_scores.py` and `measure_estimators.py` have measured it for 1.4 to 1.9.
struct VersionCrossing {
    /// What becomes of the file.
    enum Result: Hashable {
        case same, fails, unknown
    }

    /// The minor versions that wrote it and that serves it.
    let from: Int
    let to: Int

    /// Creates a crossing; nil for versions that were not measured.
    init?(from: String, to: String) {
        guard let from = EstimatorBehaviour.minor(from), let to = EstimatorBehaviour.minor(to) else { return nil }
        self.from = from
        self.to = to
    }

    /// What becomes of an estimator, without those that it holds.
    func result(_ estimator: Estimator) -> Result {
        if from == to { return .same }
        let found = joined(own(estimator), asked(estimator))
        // Files of 1.3 come with numpy 1, and whether it reads those of numpy 2 depends on more than scikit-learn.
        if found == .fails, to == 3 { return .unknown }
        return found
    }

    private func joined(_ results: Result...) -> Result {
        results.contains(.fails) ? .fails : results.contains(.unknown) ? .unknown : .same
    }

    // MARK: An estimator's own state

    private func own(_ estimator: Estimator) -> Result {
        let name = estimator.className
        switch name {
        case "ColumnTransformer": return columnTransformer(estimator)
        case "Pipeline", "FeatureUnion": return table(name)
        case "RFE", "RFECV", "SequentialFeatureSelector", "HalvingGridSearchCV":
            // Their own state is the same in every version that was measured (Oracle/crossing_wrappers.py).
            return to == 3 ? .unknown : .same
        case "SelectFromModel": return selection(estimator)
        case "TunedThresholdClassifierCV":
            // 1.6 has moved the class of its scorer.
            return from >= 6 && to <= 5 ? to == 5 ? .fails : .unknown : to < 5 ? .unknown : .same
        case "SimpleImputer": return imputer(estimator)
        case "RidgeClassifier", "RidgeClassifierCV":
            let found = table(estimator.path)
            return found == .fails && classCount(estimator) > 2 && to == 5 ? .same : found
        default: break
        }
        if name.hasPrefix("HistGradientBoosting") || name.hasPrefix("GradientBoosting") { return boosting(estimator) }
        if name == "SGDClassifier", ["log_loss", "huber", "squared_error"].contains(estimator.text("loss") ?? "") {
            // The file names a class of the loss, which 1.6 has renamed and 1.9 has moved.
            return to < 5 || from < 4 ? .unknown : namesLostLoss ? .fails : .same
        }
        return table(estimator.path)
    }

    /// How many classes it tells apart; 0 where that is not said.
    private func classCount(_ estimator: Estimator) -> Int { estimator["classes_"]?.elements?.count ?? 0 }

    /// Whether the class of a loss in a file is not where it was.
    private var namesLostLoss: Bool { from < 6 && to >= 6 || (6...8).contains(from) && to >= 9 }

    /// An imputer of a constant of numbers, which 1.8 and later wrote, raises in older versions in a table of numbers and not in one of objects.
    private func imputer(_ estimator: Estimator) -> Result {
        let found = table(estimator.path)
        guard found == .same, estimator.text("strategy") == "constant", from >= 8, to < 8 else { return found }
        guard to >= 5, let values = estimator["statistics_"]?.elements else { return .unknown }
        return values.allSatisfy { $0.text != nil } ? .same : .unknown
    }

    /// A selection without a threshold of its own asks a logistic regression for its penalty, which 1.8 has renamed.
    private func selection(_ estimator: Estimator) -> Result {
        guard to != 3, let inner = estimator.object("estimator_") ?? estimator.object("estimator") else {
            return .unknown
        }
        guard inner.className.hasPrefix("LogisticRegression"), estimator["threshold"]?.isNone ?? true else {
            return .same
        }
        if from < 8, to >= 8 { return inner["l1_ratio"]?.isNone ?? false ? .fails : .unknown }
        // Before it the penalty of a newer file is not found, and another threshold is taken.
        return from >= 8 && to < 8 && inner["l1_ratio"]?.number != 0 ? .unknown : .same
    }

    /// Boosted trees hold a loss: that of three classes is found in more versions than the others.
    private func boosting(_ estimator: Estimator) -> Result {
        var found = table(estimator.path)
        let isHistogram = estimator.className.hasPrefix("Hist")
        if classCount(estimator) > 2, estimator.className.hasSuffix("Classifier"), to != 3, from != 3 {
            found = to < 5 ? .unknown : (5...8).contains(from) && to >= 9 ? .fails : .same
        }
        // skops writes a loss by its parameters, and so only a module that is gone is missed.
        if found == .fails, estimator.line != nil, to != 9 { found = from == 5 && to == 7 ? .same : .unknown }
        guard isHistogram, let flags = estimator["is_categorical_"], !flags.isNone else { return found }
        // Its own encoder of categories is a ColumnTransformer with what is named there.
        if from < 4 || to < 5 { return .unknown }
        let isLost = from == 4 && to >= 8 || from > 5 && to == 5 || (5...6).contains(from) && to >= 7
        return isLost ? .fails : found
    }

    /// A ColumnTransformer fails with its list of remaining columns, which only 1.5 and 1.6 have, and with a word where later
    /// versions have a fitted transformer.
    private func columnTransformer(_ estimator: Estimator) -> Result {
        guard case .list(let items)? = estimator["transformers_"] else { return .unknown }
        var passesOn = false
        var hasRemainderList = false
        for case .list(let item) in items {
            guard item.count == 3 else { return .unknown }
            passesOn = passesOn || item[1].text == "passthrough" || item[1].object?.isIdentityFunction == true
            hasRemainderList = hasRemainderList || item[2].object?.className == "_RemainderColsList"
        }
        if passesOn, from == 3 || to == 3 { return table("ColumnTransformer+remainder") }
        if hasRemainderList { return (5...6).contains(to) ? .same : .fails }
        return to == 3 ? .unknown : .same
    }

    private func table(_ path: String) -> Result {
        guard let row = BehaviourTable.crossings[path] else { return .unknown }
        if row.isEmpty { return .same }
        for part in row.split(separator: " ") {
            // "5>7!" fails, "5>7?" answers otherwise or was not measured.
            let words = part.dropLast().split(separator: ">").compactMap { Int($0) }
            if words == [from, to] { return part.last == "!" ? .fails : .unknown }
        }
        return .same
    }

    // MARK: What it asks of others

    /// Whether the estimators in it still answer what it asks of them beside `predict` and `transform`.
    private func asked(_ estimator: Estimator) -> Result {
        var left = Self.maximumAnswers
        switch estimator.className {
        case "BaggingClassifier": return probabilities(of: estimator, &left)
        case "VotingClassifier":
            return estimator.text("voting") == "soft" ? probabilities(of: estimator, &left) : .same
        case "ClassifierChain":
            return estimator.text("chain_method") ?? "predict" == "predict"
                ? .same : probabilities(of: estimator, &left)
        case "StackingClassifier":
            guard case .ensemble(let members)? = estimator.role, let methods = estimator["stack_method_"]?.texts,
                methods.count == members.count
            else { return .unknown }
            let asked = zip(methods, members).filter { $0.0 == "predict_proba" }.map(\.1)
            return all(asked) { probabilities($0, depth: 0, &left) }
        case "FixedThresholdClassifier", "TunedThresholdClassifierCV":
            guard case .delegate(let inner)? = estimator.role else { return .unknown }
            return estimator.text("response_method") == "decision_function"
                ? .same : probabilities(inner, depth: 0, &left)
        default: return .same
        }
    }

    /// The most estimators that are asked for one answer: members that hold the same members are asked again for each.
    private static let maximumAnswers = 2000

    private func all(_ members: [Estimator], _ answer: (Estimator) -> Result) -> Result {
        var result = Result.same
        for member in members {
            switch answer(member) {
            case .fails: return .fails
            case .unknown: result = .unknown
            case .same: break
            }
        }
        return result
    }

    private func probabilities(of estimator: Estimator, depth: Int = 0, _ left: inout Int) -> Result {
        guard case .ensemble(let members)? = estimator.role else { return .unknown }
        return all(members) { probabilities($0, depth: depth + 1, &left) }
    }

    /// Whether `predict_proba` of an estimator still answers.
    private func probabilities(_ estimator: Estimator, depth: Int, _ left: inout Int) -> Result {
        left -= 1
        guard left >= 0, depth < 16, from >= 4, to >= 5 else { return .unknown }
        let last = estimator.exit
        switch last.className {
        case "LogisticRegression", "LogisticRegressionCV":
            // 1.8 has removed `multi_class`, which the versions before it read.
            return from >= 8 && to < 8 ? .fails : .same
        case "SVC", "NuSVC":
            // 1.9 writes `probability` as a word, which the versions before it take for yes.
            return last["probability"]?.boolean == true || from < 9 || to >= 9 ? .same : .fails
        case "BaggingClassifier", "VotingClassifier", "MultiOutputClassifier", "SelfTrainingClassifier",
            "OneVsRestClassifier",
            "ClassifierChain":
            return probabilities(of: last, depth: depth, &left)
        case "StackingClassifier":
            return last.object("final_estimator_").map { probabilities($0, depth: depth + 1, &left) } ?? .unknown
        default:
            return last.isOfScikitLearn && BehaviourTable.crossings[last.path] != nil ? .same : .unknown
        }
    }
}

extension Estimator {
    /// Whether it was fitted, as the names of what it learned end; what a search or a calibration started from was not, and answers nothing.
    var isFitted: Bool { attributes.keys.contains { $0.hasSuffix("_") } }
}
