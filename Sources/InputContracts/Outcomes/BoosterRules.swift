import EnvironmentInventory

/// The libraries of boosted trees whose models are read, in their own classes and in those for scikit-learn.
package enum BoosterLibrary: String, CaseIterable, Sendable {
    case lightgbm, xgboost

    /// The class of their own models.
    package var boosterPath: String { self == .lightgbm ? "lightgbm.basic.Booster" : "xgboost.core.Booster" }

    /// Whether a class is one of those for scikit-learn.
    fileprivate func isWrapper(_ path: String) -> Bool {
        switch self {
        case .lightgbm:
            ["LGBMClassifier", "LGBMRegressor", "LGBMRanker"].contains { path == "lightgbm.sklearn.\($0)" }
        case .xgboost:
            ["XGBClassifier", "XGBRegressor", "XGBRanker", "XGBRFClassifier", "XGBRFRegressor"].contains {
                path == "xgboost.sklearn.\($0)"
            }
        }
    }

    /// The versions that were measured, from and to, as a major and a minor number
    /// (Tests/InputContractsTests/Oracle/boosted_models.py); between them all behave alike.
    private var measured: [(major: Int, minors: ClosedRange<Int>)] {
        switch self {
        case .lightgbm: [(3, 3...3), (4, 0...7)]
        case .xgboost: [(1, 7...7), (2, 0...1), (3, 0...2)]
        }
    }

    /// Why nothing is known of a model in the versions that serve; nil where the rules hold.
    func doubt(_ estimator: Estimator, serving: String?, scikitLearn: String?) -> ProbeVerdict? {
        let training = estimator.boosterContract?.library?.training
        guard let version = serving ?? training else { return nil }
        guard let numbers = Self.numbers(version),
            measured.contains(where: { $0.major == numbers[0] && $0.minors.contains(numbers[1]) })
        else { return .unknown("\(rawValue) \(version) was not measured") }
        if let training, let written = Self.numbers(training), written[..<2] != numbers[..<2] {
            return .unknown("a model of \(rawValue) \(training) was not measured in \(version)")
        }
        // Their classes for scikit-learn before these versions do not work with scikit-learn since 1.6.
        let first = self == .lightgbm ? [4, 6, 0] : [2, 1, 4]
        if let minor = scikitLearn.flatMap(EstimatorBehaviour.minor), minor >= 6,
            numbers.lexicographicallyPrecedes(first)
        {
            return .unknown("\(rawValue) \(version) was not measured with scikit-learn 1.\(minor)")
        }
        return nil
    }

    /// Three numbers of a version.
    private static func numbers(_ version: String) -> [Int]? {
        let parts = version.split(separator: ".").map { Int($0) }
        guard (2...4).contains(parts.count), let major = parts[0], let minor = parts[1] else { return nil }
        return [major, minor, parts.count > 2 ? parts[2] ?? 0 : 0]
    }
}

extension Estimator {
    /// The library whose model it is; nil for another class.
    var boosterLibrary: BoosterLibrary? {
        BoosterLibrary.allCases.first { path == $0.boosterPath || $0.isWrapper(path) }
    }

    /// Whether it is the library's own class.
    var isBooster: Bool { boosterLibrary?.boosterPath == path }

    /// What the model in it says of its features.
    var boosterContract: InputContract? {
        guard boosterLibrary != nil else { return nil }
        return booster ?? object("_Booster")?.booster
    }
}

/// What LightGBM and XGBoost do with bad values: they check types and the columns, hardly any values.
package struct BoosterRules {
    private let estimator: Estimator
    private let library: BoosterLibrary
    private let contract: InputContract
    /// Whether it was fitted on a table with names.
    let isNamed: Bool
    /// Whether an ensemble may give it a table all the same.
    private let isInEnsemble: Bool

    /// The rules of a model; nil for another class, and where its features are not known.
    init?(_ estimator: Estimator, isInEnsemble: Bool = false) {
        guard let library = estimator.boosterLibrary, let contract = estimator.boosterContract else { return nil }
        self.estimator = estimator
        self.library = library
        self.contract = contract
        self.isInEnsemble = isInEnsemble
        // LightGBM numbers the columns of an array.
        isNamed = [contract.inputs.first, contract.inputs.last].contains { input in
            guard let input, let name = input.name else { return false }
            return library == .xgboost || name != "Column_\(input.position)"
        }
    }

    /// Whether a column has to be one of pandas' categories.
    func isCategory(_ input: ContractInput) -> Bool {
        guard isNamed else { return false }
        switch library {
        case .xgboost: return input.categories != nil || input.type == .any || input.type == .string
        case .lightgbm:
            // Codes of categories are written in order; pandas' categories may be texts, numbers or truth values.
            return input.categories != nil && input.sources.contains { $0.says == Self.pandas } || input.type == .string
        }
    }

    /// What a source of LightGBM's categories says where pandas had them.
    package static let pandas = "pandas_categorical"

    // MARK: Values

    /// What it makes of a row.
    func verdict(_ row: ProbeRow, isMissing: Bool) -> ProbeVerdict {
        if row.mayBeGone { return .unknown("a selection of features may have left the column out") }
        if let count = row.count, count != contract.inputs.count {
            return .unknown("\(estimator.className) takes another number of columns")
        }
        return .joined(
            row.cells.map { index, cell in
                guard row.isTracked, contract.inputs.indices.contains(index) else {
                    return contract.inputs.contains(where: isCategory)
                        ? .unknown("\(estimator.className) has categories, and nothing says in which column")
                        : number(cell, nil, isMissing: isMissing)
                }
                let input = contract.inputs[index]
                return isCategory(input)
                    ? category(cell, input, isMissing: isMissing) : number(cell, input, isMissing: isMissing)
            })
    }

    private var name: String { estimator.className }

    private func missing(_ isMissing: Bool) -> ProbeVerdict {
        if let missing = estimator["missing"], missing.number.map({ !$0.isNaN }) ?? true {
            return .unknown("\(name) has another value for what is missing")
        }
        return ProbeVerdict(outcome: isMissing ? .accepted : .silent, why: "\(name) takes missing values itself")
    }

    private func number(_ cell: ProbeCell, _ input: ContractInput?, isMissing: Bool) -> ProbeVerdict {
        let silent = ProbeVerdict(outcome: .silent, why: "\(name) answers to a value that training did not have")
        switch cell {
        case .nan, .none: return missing(isMissing)
        case .imputed: return ProbeVerdict(outcome: .accepted, why: "an imputer takes it")
        case .text, .unseen: return .error("\(name) takes numbers only")
        case .boolean:
            return isNamed || isInEnsemble
                ? .unknown("pandas decides what becomes of a truth value among numbers") : silent
        case .infinity, .large:
            return isLimited ? .unknown("its data structure may refuse infinity") : checked(input, silent)
        case .number(let value):
            return isLimited && abs(value) > 3.4e38
                ? .unknown("its data structure may refuse what is infinite in 32 bits") : checked(input, silent)
        case .moderate: return checked(input, silent)
        }
    }

    /// Whether it may be called with XGBoost's own matrix, which refuses infinity.
    private var isLimited: Bool {
        guard library == .xgboost else { return false }
        if estimator.isBooster { return true }
        guard let booster = estimator["booster"], !booster.isNone else { return false }
        return booster.text != "gbtree"
    }

    /// A number in a column of truth values makes it one of objects, which is refused.
    private func checked(_ input: ContractInput?, _ verdict: ProbeVerdict) -> ProbeVerdict {
        guard isNamed || isInEnsemble, let input else { return verdict }
        let mayBeTruth: Bool
        if library == .xgboost {
            mayBeTruth = input.type == .boolean
        } else {
            let range = input.range
            mayBeTruth = input.categories == nil && (range == nil || range?.minimum == 0 && range?.maximum == 1)
        }
        return mayBeTruth ? .unknown("the column may be one of truth values") : verdict
    }

    private func category(_ cell: ProbeCell, _ input: ContractInput, isMissing: Bool) -> ProbeVerdict {
        switch cell {
        case .nan, .none: return missing(isMissing)
        case .imputed: return ProbeVerdict(outcome: .accepted, why: "an imputer takes it")
        case .unseen, .number:
            guard let categories = input.categories else { return .unknown("\(name) does not say its categories") }
            guard library == .xgboost else {
                return ProbeVerdict(outcome: .silent, why: "\(name) takes an unknown category as missing")
            }
            // It looks for the first category that is not before the value.
            if case .number = cell { return .error("\(name) refuses a category after the last one") }
            let texts = categories.values.compactMap { value -> String? in
                if case .text(let text) = value { text } else { nil }
            }
            guard texts.count == categories.values.count else {
                return .unknown("\(name) has categories of several types")
            }
            let value = EstimatorProbes.unseenText(Set(texts))
            return texts.contains { value.utf8.lexicographicallyPrecedes($0.utf8) }
                ? ProbeVerdict(outcome: .silent, why: "\(name) takes an unknown category for the one after it")
                : .error("\(name) refuses a category after the last one")
        default: return .unknown("\(name) has categories in this column")
        }
    }

    // MARK: Columns

    /// What it makes of a request with other columns.
    func verdict(_ form: RowForms.Form) -> ProbeVerdict {
        switch form {
        case .extra, .missing:
            if case .dictionary(let pairs)? = estimator["_other_params"],
                pairs.contains(where: { $0.key.text == "predict_disable_shape_check" })
            {
                return .unknown("\(name) may have been told not to check the columns")
            }
            return .error("\(name) checks the \(library == .xgboost && isNamed ? "names" : "number") of the columns")
        case .reordered:
            return library == .xgboost && isNamed
                ? .error("\(name) checks the names and the order of the columns")
                : ProbeVerdict(outcome: .silent, why: "\(name) knows columns by their places only")
        case .array: return array
        }
    }

    private var array: ProbeVerdict {
        guard isNamed else { return ProbeVerdict(outcome: .accepted, why: "the model was fitted on an array") }
        let categories = contract.inputs.filter(isCategory)
        if categories.contains(where: { $0.type == .string }) {
            return .error("\(name) refuses text that is no category of pandas")
        }
        guard categories.isEmpty else { return .unknown("\(name) would read categories as numbers") }
        if isLimited { return .unknown("its data structure may refuse an array without names") }
        return ProbeVerdict(outcome: .accepted, why: "\(name) takes an array as well")
    }
}
