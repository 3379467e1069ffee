import EnvironmentInventory
import Testing

@testable import InputContracts

private func array(_ values: [EstimatorValue], _ kind: Character = "f") -> EstimatorValue {
    .array(EstimatorArray(shape: [values.count], kind: kind, itemSize: 8, elements: values))
}

private func texts(_ texts: [String]) -> EstimatorValue { array(texts.map { .text($0) }, "O") }

private func estimator(_ path: String, _ attributes: [String: EstimatorValue]) -> Estimator {
    var attributes = attributes
    attributes["_sklearn_version"] = attributes["_sklearn_version"] ?? .text("1.7.2")
    return Estimator(path: path, offset: 1, attributes: attributes)
}

private func regression(_ names: [String]?, count: Int, version: String = "1.7.2") -> Estimator {
    var attributes: [String: EstimatorValue] = [
        "n_features_in_": .integer(Int64(count)), "_sklearn_version": .text(version), "classes_": texts(["no", "yes"]),
    ]
    if let names { attributes["feature_names_in_"] = texts(names) }
    return estimator("sklearn.linear_model._logistic.LogisticRegression", attributes)
}

private func pipeline(_ steps: [Estimator], version: String = "1.7.2") -> Estimator {
    estimator(
        "sklearn.pipeline.Pipeline",
        [
            "steps": .list(steps.map { .list([.text($0.className), .object($0)]) }),
            "_sklearn_version": .text(version),
        ])
}

private let encoder = "sklearn.preprocessing._encoders."

private func columns(_ handling: String, imputed: Bool = false) -> Estimator {
    let categories = EstimatorValue.list([texts(["e", "n", "s"])])
    var encoder = estimator(
        encoder + "OneHotEncoder",
        [
            "categories_": categories, "handle_unknown": .text(handling), "drop": .none, "n_features_in_": .integer(1),
            "min_frequency": .none, "max_categories": .none,
        ])
    if imputed {
        let imputer = estimator(
            "sklearn.impute._base.SimpleImputer",
            [
                "strategy": .text("most_frequent"), "missing_values": .number(.nan), "statistics_": texts(["n"]),
                "add_indicator": .boolean(false), "n_features_in_": .integer(1),
            ])
        encoder = pipeline([imputer, encoder])
    }
    let scaler = estimator(
        "sklearn.preprocessing._data.MinMaxScaler",
        [
            "data_min_": array([.number(18)]), "data_max_": array([.number(80)]), "scale_": array([.number(1.0 / 62)]),
            "min_": array([.number(-18.0 / 62)]), "clip": .boolean(false), "n_features_in_": .integer(1),
        ])
    let split = estimator(
        "sklearn.compose._column_transformer.ColumnTransformer",
        [
            "n_features_in_": .integer(3), "feature_names_in_": texts(["age", "region", "id"]),
            "transformers_": .list([
                .list([.text("a"), .object(scaler), .list([.text("age")])]),
                .list([.text("b"), .object(encoder), .list([.text("region")])]),
                .list([.text("remainder"), .text("drop"), .list([.text("id")])]),
            ]),
            "_transformer_to_input_indices": .dictionary([
                (.text("a"), .list([.integer(0)])), (.text("b"), .list([.integer(1)])),
                (.text("remainder"), .list([.integer(2)])),
            ]),
        ])
    return pipeline([split, regression(nil, count: 4)])
}

/// The outcomes by column and probe.
private func outcomes(_ estimator: Estimator, serving: String? = nil) throws -> [String: ValueOutcome] {
    let part = try #require(EstimatorContract.part(.object(estimator), file: "m.pkl"))
    let probes = try #require(EstimatorProbes(part, serving: serving))
    var result: [String: ValueOutcome] = [:]
    for probe in probes.all {
        switch probe.column {
        case .name(let name): result["\(name) \(probe.kind.rawValue)"] = probe.outcome
        case .position(let position): result["\(position) \(probe.kind.rawValue)"] = probe.outcome
        case .row: result["\(probe.kind.rawValue)"] = probe.outcome
        }
    }
    return result
}

@Test("the merged contract holds the outcomes, of the version that serves where one is named")
func mergedOutcomes() throws {
    let part = try #require(EstimatorContract.part(.object(columns("error", imputed: true)), file: "m.pkl"))
    let contract = try #require(ContractMerger.merge([part], model: "m").contract)
    let inputs = Dictionary(uniqueKeysWithValues: contract.inputs.map { ($0.name ?? "", $0) })
    #expect(inputs["age"]?.onNull == .error && inputs["age"]?.nullable == false)
    #expect(inputs["age"]?.onOutside == .silent)
    #expect(inputs["region"]?.onUnseen == .error)
    #expect(inputs["id"]?.onNull == .accepted && inputs["id"]?.nullable == true)
    let unmeasured = try #require(ContractMerger.merge([part], model: "m", serving: "99.0").contract)
    #expect(unmeasured.inputs.allSatisfy { $0.onNull == .unknown })
}

@Test("a linear model refuses what is not a number, and other names than those of training")
func linearModel() throws {
    let found = try outcomes(regression(["a", "b"], count: 2))
    #expect(found["a null"] == .error)
    #expect(found["a text"] == .error)
    #expect(found["a infinity"] == .error)
    #expect(found["a huge"] == .silent)
    #expect(found["a boolean"] == .silent)
    #expect(found["b missing"] == .error)
    #expect(found["extra"] == .error)
    #expect(found["reordered"] == .error)
    #expect(found["array"] == .accepted)
}

@Test("a model that was fitted on an array knows places only")
func placesOnly() throws {
    let found = try outcomes(regression(nil, count: 2))
    #expect(found["1 null"] == .error)
    #expect(found["reordered"] == .silent)
    #expect(found["extra"] == .error)
    #expect(found["array"] == .accepted)
}

@Test(
    "what an encoder does with an unknown category decides",
    arguments: [("error", ValueOutcome.error), ("ignore", .silent), ("infrequent_if_exist", .silent)])
func unseenCategories(_ handling: String, _ outcome: ValueOutcome) throws {
    let found = try outcomes(columns(handling))
    #expect(found["region unseen"] == outcome)
    #expect(found["region null"] == outcome)
    #expect(found["age null"] == .error)
    #expect(found["age outside"] == .silent)
    #expect(found["id null"] == .accepted)
    #expect(found["id missing"] == .accepted)
    #expect(found["age missing"] == .error)
    #expect(found["extra"] == .accepted)
    #expect(found["reordered"] == .accepted)
    #expect(found["array"] == .error)
}

@Test("None is not imputed and NaN is: without knowing which comes nothing is predicted")
func imputedText() throws {
    #expect(try outcomes(columns("error", imputed: true))["region null"] == .unknown)
    #expect(try outcomes(columns("error", imputed: true))["region unseen"] == .error)
}

@Test("a tree takes missing values since 1.3, a forest since 1.4, and both refuse what 32 bits do not hold")
func trees() throws {
    func forest(_ version: String) -> Estimator {
        estimator(
            "sklearn.ensemble._forest.RandomForestClassifier",
            [
                "n_features_in_": .integer(1), "criterion": .text("gini"), "_sklearn_version": .text(version),
                "monotonic_cst": .none,
            ])
    }
    #expect(try outcomes(forest("1.3.2"))["0 null"] == .error)
    #expect(try outcomes(forest("1.7.2"))["0 null"] == .accepted)
    #expect(try outcomes(forest("1.7.2"))["0 huge"] == .error)
    #expect(try outcomes(forest("1.3.2"), serving: "1.4.2").values.allSatisfy { $0 == .error })
}

@Test("a version that was not measured, and a class that is not of scikit-learn, are unknown")
func unknownVersions() throws {
    #expect(try outcomes(regression(["a"], count: 1, version: "1.2.2")).values.allSatisfy { $0 == .unknown })
    #expect(try outcomes(regression(["a"], count: 1), serving: "2.0.0").values.allSatisfy { $0 == .unknown })
    #expect(try outcomes(regression(["a"], count: 1), serving: "1.9.dev0").values.allSatisfy { $0 == .unknown })
    let own = estimator("mine.Model", ["n_features_in_": .integer(1)])
    #expect(try outcomes(own).values.allSatisfy { $0 == .unknown })
    #expect(try outcomes(pipeline([own, regression(nil, count: 1)]))["0 null"] == .unknown)
}

@Test("findings name what raises, what is silent and what changes with the version")
func findingsOfProbes() throws {
    let part = try #require(EstimatorContract.part(.object(columns("ignore")), file: "m.pkl"))
    let probes = try #require(EstimatorProbes(part, serving: nil))
    let found = EstimatorFindings.all(
        probes.completed, serving: probes.all, training: probes.all, isCalledByPosition: true, file: "m.pkl")
    #expect(
        found.map { "\($0.rule) \($0.severity) \($0.subject ?? "")" } == [
            "breaking-null note age", "silent-unseen-category warning region", "untested-range note age",
            "names-lost warning ",
        ])
    #expect(probes.completed.inputs.map(\.onNull) == [.error, .silent, .accepted])
    let before = [
        ContractProbe(column: .name("a"), kind: .null, value: .null, outcome: .error, why: "", version: "1.5.2")
    ]
    let after = [
        ContractProbe(column: .name("a"), kind: .null, value: .null, outcome: .accepted, why: "", version: "1.7.2")
    ]
    #expect(
        EstimatorFindings.outcomeChanges(after, before, file: "m").map(\.rule) == ["outcome-changes-with-version"])
}

@Test("estimators that hold themselves, or nothing, end")
func hostileEstimators() throws {
    let empty = estimator("sklearn.pipeline.Pipeline", ["n_features_in_": .integer(1)])
    #expect(try outcomes(empty)["0 null"] == .unknown)
    var nested = regression(nil, count: 1)
    for _ in 0..<200 { nested = pipeline([nested]) }
    #expect(EstimatorContract.part(.object(nested), file: "m.pkl") != nil)
    let wide = estimator(
        "sklearn.linear_model._logistic.LogisticRegression", ["n_features_in_": .integer(Int64.max)])
    #expect(EstimatorContract.part(.object(wide), file: "m.pkl")?.contract.gaps.count == 1)
}
