import EnvironmentInventory

/// Makes the contract that an estimator itself states.
package enum EstimatorContract {
    /// The columns of the widest model that is read.
    static let maximumColumns = 100_000

    /// Returns what an estimator says about its inputs; nil for a value that is none.
    package static func part(_ value: EstimatorValue, file: String) -> ContractPart? {
        guard let estimator = value.object, isEstimator(estimator) else { return nil }
        var contract = contract(estimator, file: file)
        if estimator.entrance.boosterLibrary != nil, estimator.entrance.boosterContract == nil {
            contract.gaps.append(
                Gap(
                    estimator.entrance.className, reason: "the booster in it cannot be read",
                    source: FileLocation(file: file, line: estimator.line)))
        }
        guard let count = estimator.inputCount, count >= 0, count <= maximumColumns else {
            contract.gaps.append(
                Gap(
                    estimator.className, reason: "the estimator does not say how many columns it takes",
                    source: FileLocation(file: file, line: estimator.line)))
            var part = ContractPart(kind: .estimator, file: file, contract: contract)
            part.estimator = estimator
            return part
        }
        let names = estimator.inputNames
        if let names, names.count != count {
            contract.gaps.append(
                Gap(
                    estimator.className, reason: "it has \(names.count) names of columns and takes \(count) columns",
                    source: FileLocation(file: file, line: estimator.line)))
        }
        let uses = ColumnUses(estimator, count: count).uses
        let entrance = estimator.entrance
        for position in 0..<count {
            let name = names.flatMap { $0.count == count ? $0[position] : nil }
            contract.inputs.append(input(name, position, uses[position], entrance: entrance, file: file))
        }
        bind(&contract, entrance: entrance, names: names)
        var part = ContractPart(kind: .estimator, file: file, contract: contract)
        part.estimator = estimator
        return part
    }

    /// Returns a part that says that the file holds an object whose inputs are not read.
    package static func unread(file: String) -> ContractPart {
        var contract = InputContract()
        contract.gaps.append(
            Gap(
                "", reason: "the file holds objects of a known library, and its value is not one estimator",
                source: FileLocation(file: file, line: nil)))
        return ContractPart(kind: .estimator, file: file, contract: contract)
    }

    private static func isEstimator(_ estimator: Estimator) -> Bool {
        estimator.isOfScikitLearn || estimator.attributes["n_features_in_"] != nil
            || estimator.attributes["_sklearn_version"] != nil || estimator.attributes["feature_names_in_"] != nil
            || estimator.boosterLibrary != nil
    }

    private static func contract(_ estimator: Estimator, file: String) -> InputContract {
        var contract = InputContract()
        contract.library =
            estimator.boosterLibrary.map { library in
                InputContract.LibraryVersion(
                    name: library.rawValue, training: estimator.boosterContract?.library?.training)
            } ?? InputContract.LibraryVersion(name: "scikit-learn", training: estimator.version)
        contract.outputs = outputs(estimator)
        return contract
    }

    /// The one output, of `predict`; none for a transformer.
    private static func outputs(_ estimator: Estimator) -> [ContractOutput] {
        let exit = estimator.exit
        let classes =
            estimator["classes_"] ?? exit["classes_"] ?? (exit.boosterLibrary == .lightgbm ? exit["_classes"] : nil)
        if let elements = classes?.elements {
            let scalars = elements.compactMap(\.scalar)
            guard scalars.count == elements.count, !scalars.isEmpty else { return [] }
            let type: ContractType =
                switch scalars[0] {
                case .text: .string
                case .integer: .int64
                case .boolean: .boolean
                case .number: .float64
                case .null: .any
                }
            return [ContractOutput(name: nil, type: type, classes: scalars)]
        }
        if let library = exit.boosterLibrary {
            guard exit.className.hasSuffix("Classifier") else {
                let own = exit.boosterContract?.outputs ?? []
                return exit.isBooster
                    ? own : [ContractOutput(name: nil, type: library == .xgboost ? .float32 : .float64)]
            }
            guard let count = exit["n_classes_"]?.integer, (1...10_000).contains(count) else { return [] }
            // XGBoost takes and gives the numbers of the classes.
            return [ContractOutput(name: nil, type: .int64, classes: (0..<count).map { .integer(Int64($0)) })]
        }
        let regressors = ["Regressor", "Regression", "Ridge", "Lasso", "ElasticNet", "SVR", "RidgeCV", "LassoCV"]
        if regressors.contains(where: { exit.className.hasSuffix($0) }) {
            return [ContractOutput(name: nil, type: .float64)]
        }
        return []
    }

    private static func input(
        _ name: String?, _ position: Int, _ use: ColumnUses.Use, entrance: Estimator, file: String
    ) -> ContractInput {
        var input = ContractInput(name: name, position: position)
        input.type = use.type ?? .any
        input.isRead = use.isRead
        if let categories = use.categories {
            input.categories = ContractInput.Categories(values: categories, isOpen: use.isOpen)
        }
        if let range = use.range {
            input.range = ContractRange(minimum: range.minimum, maximum: range.maximum, kind: .training)
        }
        input.sources = [
            source(
                entrance,
                entrance.boosterLibrary != nil
                    ? "\(entrance.className).feature_names"
                    : name == nil
                        ? "\(entrance.className).n_features_in_" : "\(entrance.className).feature_names_in_",
                file)
        ]
        input.sources += use.sources.prefix(8).map { source($0.estimator, $0.says, file) }
        return input
    }

    private static func source(_ estimator: Estimator, _ says: String, _ file: String) -> ContractSource {
        ContractSource(file: file, line: estimator.line, offset: estimator.offset, says: says, strength: "recorded")
    }

    /// How columns are found, and what becomes of others.
    private static func bind(_ contract: inout InputContract, entrance: Estimator, names: [String]?) {
        if entrance.boosterLibrary != nil, let booster = entrance.boosterContract {
            contract.binding = booster.binding
            contract.extraColumns = booster.extraColumns
            for index in contract.inputs.indices { contract.inputs[index].required = true }
            return
        }
        guard names != nil else {
            contract.binding = .position
            contract.extraColumns = .error
            for index in contract.inputs.indices { contract.inputs[index].required = true }
            return
        }
        if case .columns(let split)? = entrance.role {
            contract.binding = .name
            contract.extraColumns = .ignored
            let needed = Set(
                split.parts.flatMap { part -> [Int] in
                    if case .drop = part.use { return [] }
                    return part.columns
                })
            for index in contract.inputs.indices { contract.inputs[index].required = needed.contains(index) }
        } else {
            contract.binding = .exactNames
            contract.extraColumns = entrance.isOfScikitLearn ? .error : .unknown
            for index in contract.inputs.indices { contract.inputs[index].required = true }
        }
    }
}
