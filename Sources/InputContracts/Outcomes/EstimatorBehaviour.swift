/// What an estimator of one version of scikit-learn does with bad values, as scikit-learn itself has shown
/// (`Tests/InputContractsTests/Oracle/measure_estimators.py`).
struct EstimatorBehaviour {
    /// What was done to a request.
    enum Probe: Int {
        case nan, none, infinity, negativeInfinity, huge, text, boolean, extra, missing, reordered, array, wide, narrow
    }

    /// What came of it.
    enum Letter: UInt8 {
        case raises = 0x45  // E
        case answers = 0x53  // S
        case answersNaN = 0x4E  // N
        case answersInfinity = 0x49  // I
        case unchanged = 0x3D  // =
        case unknown = 0x3F  // ?
    }

    private let letters: [UInt8]

    /// Looks a class up; nil for a class or a version that was not measured.
    init?(_ path: String, version: String) {
        guard let minor = Self.minor(version), let row = BehaviourTable.rows[path] else { return nil }
        for part in row.split(separator: " ") {
            let words = part.split(separator: ":")
            guard words.count == 2 else { continue }
            let ends = words[0].split(separator: "-").compactMap { Int($0) }
            guard let first = ends.first, let last = ends.last, (first...max(first, last)).contains(minor) else {
                continue
            }
            letters = Array(words[1].utf8)
            return
        }
        return nil
    }

    private init(letters: String) { self.letters = Array(letters.utf8) }

    /// What scikit-learn's own check of an input does where no parameter widens it.
    static let checked = EstimatorBehaviour(letters: "EEEESESEEE=EE")

    /// The same where missing values are taken.
    static let checkedButMissing = EstimatorBehaviour(letters: "SSEESESEEE=EE")

    /// What the estimator does.
    subscript(_ probe: Probe) -> Letter {
        letters.indices.contains(probe.rawValue) ? Letter(rawValue: letters[probe.rawValue]) ?? .unknown : .unknown
    }

    /// The minor version of scikit-learn 1 that was measured; nil for another version.
    static func minor(_ version: String) -> Int? {
        let parts = version.split(separator: ".")
        guard parts.count >= 2, parts[0] == "1", let minor = Int(parts[1]), BehaviourTable.minors.contains(minor),
            parts.dropFirst(2).allSatisfy({ Int($0) != nil || $0.hasPrefix("post") })
        else { return nil }
        return minor
    }
}

extension Estimator {
    /// The measured behaviour, where no parameter makes the class behave otherwise.
    func behaviour(_ version: String) -> EstimatorBehaviour? {
        guard isOfScikitLearn else { return nil }
        if let selector = SelectorRules.behaviour(self, version) { return selector }
        if className.hasPrefix("KNeighbors"), attributes["metric"]?.text == "nan_euclidean" {
            // This metric leaves missing values out, and the check lets them through since 1.6.
            return (EstimatorBehaviour.minor(version) ?? 0) >= 6 ? .checkedButMissing : nil
        }
        guard isOrdinary else { return nil }
        return EstimatorBehaviour(path, version: version)
    }

    /// Whether a FunctionTransformer checks what it is given.
    var checksItsInput: Bool { attributes["validate"]?.boolean == true }

    /// Whether the parameters that decide about the check of inputs are as they were when the class was measured.
    private var isOrdinary: Bool {
        for name in ["metric", "kernel", "affinity"] {
            guard let value = attributes[name] else { continue }
            switch value {
            case .none, .object: continue
            case .text(let text):
                if ["precomputed", "nan_euclidean", "haversine", "hamming", "jaccard"].contains(text) { return false }
            default: return false
            }
        }
        if attributes["kernel"]?.text == "poly", (attributes["degree"]?.number ?? 3) > 4 { return false }
        if attributes["handle_missing"]?.text.map({ $0 != "error" }) ?? false { return false }
        return true
    }

    /// Whether it is made of decision trees, which compute with 32 bits.
    var isOfTrees: Bool {
        path.hasPrefix("sklearn.tree.") || path.hasPrefix("sklearn.ensemble._forest.")
            || path.hasPrefix("sklearn.ensemble._gb.") || path.hasPrefix("sklearn.ensemble._iforest.")
    }

    /// Whether a tree or a forest takes missing values, as Tests/InputContractsTests/Oracle/missing_in_trees.py has measured it;
    /// nil for another class and for parameters that were not measured.
    func takesMissing(_ version: String) -> Bool? {
        let isForest = path.hasPrefix("sklearn.ensemble._forest.")
        guard isForest || path.hasPrefix("sklearn.tree."), let minor = EstimatorBehaviour.minor(version) else {
            return nil
        }
        var newest = 0
        if let criterion = attributes["criterion"] {
            switch criterion.text {
            case "gini", "entropy", "log_loss", "squared_error", "friedman_mse", "poisson": break
            case "absolute_error": newest += 1
            default: return nil
            }
        }
        if let constraint = attributes["monotonic_cst"], !constraint.isNone { newest += 1 }
        let isExtra = className.hasPrefix("ExtraTree") || className == "RandomTreesEmbedding"
        var first = isExtra ? 6 : isForest ? 4 : 3
        if !isForest, let splitter = attributes["splitter"] {
            switch (splitter.text, isExtra) {
            case ("best", false), ("random", true): break
            case ("random", false): first = 6
            // It took them as long as only this splitter did.
            case ("best", true): return minor == 6 ? nil : minor < 6 && newest == 0
            default: return nil
            }
        }
        if minor < first { return false }
        // Since 1.9 with one of them, and nothing says it of both.
        return newest == 0 ? true : minor < 9 ? false : newest == 1 ? true : nil
    }
}
