import EnvironmentInventory
import Testing

@testable import InputContracts

/// What becomes of files that another version of scikit-learn wrote, as `Oracle/crossing_wrappers.py` has shown.
@Suite("Files of another version")
struct CrossingTests {
    private static func outcome(
        _ path: String, _ attributes: [String: EstimatorValue], from: String, to: String
    ) throws -> ValueOutcome {
        var attributes = attributes
        attributes["_sklearn_version"] = .text(from)
        attributes["n_features_in_"] = .integer(2)
        let estimator = Estimator(path: path, offset: 1, attributes: attributes)
        let part = try #require(EstimatorContract.part(.object(estimator), file: "m.pkl"))
        let probes = try #require(EstimatorProbes(part, serving: to))
        return try #require(probes.all.first { $0.kind == .null }).outcome
    }

    @Test(
        "a loss that is not the default names a class that 1.9 does not have",
        arguments: [
            ("SGDClassifier", "hinge", false), ("SGDClassifier", "log_loss", true), ("SGDClassifier", "huber", true),
            ("SGDClassifier", "squared_error", true), ("SGDClassifier", "modified_huber", false),
            ("SGDRegressor", "squared_error", false), ("SGDRegressor", "huber", false),
        ])
    func losses(_ name: String, _ loss: String, _ fails: Bool) throws {
        let path = "sklearn.linear_model._stochastic_gradient.\(name)"
        for (from, to) in [("1.7.2", "1.9.1"), ("1.5.2", "1.7.2"), ("1.4.2", "1.6.1")] {
            #expect(Self.result(path, ["loss": .text(loss)], from, to) == (fails ? .fails : .same), "\(from) \(to)")
        }
        for (from, to) in [("1.9.1", "1.7.2"), ("1.6.1", "1.8.0"), ("1.4.2", "1.5.2")] {
            #expect(Self.result(path, ["loss": .text(loss)], from, to) == .same, "\(from) \(to)")
        }
        // In its own version it refuses a missing value, whatever its loss.
        #expect(try Self.outcome(path, ["loss": .text(loss)], from: "1.7.2", to: "1.7.2") == .error)
    }

    private static func result(
        _ path: String, _ attributes: [String: EstimatorValue], _ from: String, _ to: String, line: Int? = nil
    ) -> VersionCrossing.Result? {
        VersionCrossing(from: from, to: to)?.result(
            Estimator(path: path, offset: line == nil ? 1 : nil, line: line, attributes: attributes))
    }

    private static func classes(_ count: Int) -> EstimatorValue { .list((0..<count).map { .integer(Int64($0)) }) }

    @Test("boosted trees of three classes hold a loss that more versions find")
    func boosting() {
        let paths = [
            "sklearn.ensemble._gb.GradientBoostingClassifier",
            "sklearn.ensemble._hist_gradient_boosting.gradient_boosting.HistGradientBoostingClassifier",
        ]
        for path in paths {
            for (from, to) in [("1.4.2", "1.6.1"), ("1.5.2", "1.7.2"), ("1.5.2", "1.8.0")] {
                #expect(Self.result(path, ["classes_": Self.classes(2)], from, to) == .fails, "\(path) \(from) \(to)")
                #expect(Self.result(path, ["classes_": Self.classes(3)], from, to) == .same, "\(path) \(from) \(to)")
            }
            for from in ["1.5.2", "1.6.1", "1.7.2", "1.8.0"] {
                #expect(Self.result(path, ["classes_": Self.classes(2)], from, "1.9.1") == .fails)
                #expect(Self.result(path, ["classes_": Self.classes(3)], from, "1.9.1") == .fails)
            }
            #expect(Self.result(path, ["classes_": Self.classes(3)], "1.4.2", "1.9.1") == .same)
            // skops writes the loss by its parameters.
            #expect(Self.result(path, ["classes_": Self.classes(2)], "1.5.2", "1.7.2", line: 1) == .same)
            #expect(Self.result(path, ["classes_": Self.classes(2)], "1.5.2", "1.9.1", line: 1) == .fails)
            #expect(Self.result(path, ["classes_": Self.classes(2)], "1.5.2", "1.6.1", line: 1) == .unknown)
        }
        let own: [String: EstimatorValue] = ["classes_": Self.classes(3), "is_categorical_": .list([.boolean(true)])]
        for (from, to, expected) in [
            ("1.9.1", "1.5.2", VersionCrossing.Result.fails), ("1.7.2", "1.5.2", .fails), ("1.6.1", "1.7.2", .fails),
            ("1.7.2", "1.8.0", .same), ("1.9.1", "1.7.2", .same), ("1.4.2", "1.8.0", .fails), ("1.4.2", "1.7.2", .same),
        ] { #expect(Self.result(paths[1], own, from, to) == expected, "\(from) \(to)") }
    }

    @Test("an imputer of a constant number reads what 1.8 no longer writes")
    func imputers() {
        func imputer(_ strategy: String, _ value: EstimatorValue, _ from: String, _ to: String) -> VersionCrossing
            .Result?
        {
            Self.result(
                "sklearn.impute._base.SimpleImputer", ["strategy": .text(strategy), "statistics_": .list([value])],
                from, to)
        }
        for to in ["1.5.2", "1.6.1", "1.7.2"] {
            for from in ["1.8.0", "1.9.1"] {
                #expect(imputer("constant", .number(0), from, to) == .unknown)
                #expect(imputer("constant", .text("none"), from, to) == .same)
                #expect(imputer("most_frequent", .number(0), from, to) == .same)
                #expect(imputer("constant", .number(0), to, from) == .fails)
                #expect(imputer("mean", .number(0), to, from) == .fails)
            }
        }
    }

    private static func fitted(
        _ path: String, _ attributes: [String: EstimatorValue] = [:]
    ) -> EstimatorValue {
        .object(
            Estimator(
                path: "sklearn." + path, offset: 1,
                attributes: attributes.merging(["n_features_in_": .integer(2)]) { $1 }))
    }

    @Test("what asks for probabilities meets a LogisticRegression of 1.8 that older versions cannot ask")
    func probabilities() {
        let regression = Self.fitted("linear_model._logistic.LogisticRegression")
        let forest = Self.fitted("ensemble._forest.RandomForestClassifier")
        let vectors = Self.fitted("svm._classes.SVC", ["probability": .text("deprecated")])
        let pipeline = Self.fitted("pipeline.Pipeline", ["steps": .list([.list([.text("a"), regression])])])
        func holds(_ members: [EstimatorValue], _ more: [String: EstimatorValue] = [:]) -> [String: EstimatorValue] {
            more.merging(["estimators_": .list(members)]) { $1 }
        }
        let predictions: EstimatorValue = .list([.text("predict_proba"), .text("predict_proba")])
        let decisions: EstimatorValue = .list([.text("decision_function"), .text("predict_proba")])
        let cases: [(String, [String: EstimatorValue], VersionCrossing.Result)] = [
            ("ensemble._bagging.BaggingClassifier", holds([regression]), .fails),
            ("ensemble._bagging.BaggingClassifier", holds([pipeline]), .fails),
            ("ensemble._bagging.BaggingClassifier", holds([forest]), .same),
            ("ensemble._voting.VotingClassifier", holds([forest, regression], ["voting": .text("soft")]), .fails),
            ("ensemble._voting.VotingClassifier", holds([forest, regression], ["voting": .text("hard")]), .same),
            (
                "ensemble._stacking.StackingClassifier", holds([regression, forest], ["stack_method_": predictions]),
                .fails
            ),
            (
                "ensemble._stacking.StackingClassifier", holds([regression, forest], ["stack_method_": decisions]),
                .same
            ),
            ("ensemble._stacking.StackingClassifier", holds([regression, forest]), .unknown),
            ("model_selection._classification_threshold.FixedThresholdClassifier", ["estimator_": regression], .fails),
            (
                "model_selection._classification_threshold.FixedThresholdClassifier",
                ["estimator_": regression, "response_method": .text("decision_function")], .same
            ),
            ("multiclass.OneVsRestClassifier", holds([regression]), .same),
        ]
        for (path, attributes, expected) in cases {
            for (from, to) in [("1.9.1", "1.7.2"), ("1.8.0", "1.5.2")] {
                #expect(Self.result("sklearn." + path, attributes, from, to) == expected, "\(path) \(from) \(to)")
            }
            let isUnknown = expected == .unknown
            #expect(
                Self.result("sklearn." + path, attributes, "1.7.2", "1.9.1") == (isUnknown ? .unknown : .same),
                "\(path)")
        }
        // Ten members that each hold the same ten, and so on: more answers than can be asked for.
        var nested = forest
        for _ in 0..<12 {
            let members = holds([EstimatorValue](repeating: nested, count: 10), ["voting": .text("soft")])
            nested = Self.fitted("ensemble._voting.VotingClassifier", members)
        }
        #expect(
            Self.result("sklearn.ensemble._bagging.BaggingClassifier", holds([nested]), "1.9.1", "1.7.2") == .unknown)
        // 1.9 writes `probability` as a word.
        let bag = holds([vectors])
        #expect(Self.result("sklearn.ensemble._bagging.BaggingClassifier", bag, "1.9.1", "1.8.0") == .fails)
        #expect(Self.result("sklearn.ensemble._bagging.BaggingClassifier", bag, "1.8.0", "1.7.2") == .same)
        #expect(Self.result("sklearn.ensemble._voting.VotingClassifier", bag, "1.9.1", "1.7.2") == .same)
    }

    @Test("what a search started from was not fitted, and decides nothing")
    func unfitted() throws {
        func object(_ path: String, _ attributes: [String: EstimatorValue]) -> EstimatorValue {
            .object(
                Estimator(
                    path: path, offset: 1, attributes: attributes.merging(["_sklearn_version": .text("1.9.1")]) { $1 }))
        }
        let path = "sklearn.linear_model._base.LinearRegression"
        let search: [String: EstimatorValue] = [
            "estimator": object("sklearn.compose._column_transformer.ColumnTransformer", [:]),
            "best_estimator_": object(path, ["n_features_in_": .integer(2)]),
        ]
        let found = try Self.outcome("sklearn.model_selection._search.GridSearchCV", search, from: "1.9.1", to: "1.5.2")
        #expect(found == .error)
    }

    private static func selector(_ path: String, from: String, to: String) throws -> ValueOutcome {
        let inner = Estimator(
            path: "sklearn.linear_model._logistic.LogisticRegression", offset: 1,
            attributes: ["_sklearn_version": .text(from), "n_features_in_": .integer(2)])
        let attributes: [String: EstimatorValue] = [
            "estimator": .object(inner), "estimator_": .object(inner),
            "support_": .list([.boolean(true), .boolean(true)]),
        ]
        return try outcome(path, attributes, from: from, to: to)
    }

    @Test(
        "selections answer in every version",
        arguments: ["_rfe.RFE", "_rfe.RFECV", "_sequential.SequentialFeatureSelector"],
        [("1.5.2", "1.9.1"), ("1.9.1", "1.5.2"), ("1.3.2", "1.7.2"), ("1.7.2", "1.7.2")])
    func selections(_ name: String, _ versions: (String, String)) throws {
        let found = try Self.selector("sklearn.feature_selection.\(name)", from: versions.0, to: versions.1)
        // NaN is refused, and None passes the check and meets the next estimator: where one is left, both are the same.
        #expect(found == (name == "_sequential.SequentialFeatureSelector" ? .unknown : .error))
    }

    @Test("what a version after the measured ones does is unknown")
    func unmeasured() throws {
        #expect(try Self.selector("sklearn.feature_selection._rfe.RFE", from: "1.7.2", to: "1.10.0") == .unknown)
        #expect(try Self.selector("sklearn.feature_selection._rfe.RFE", from: "1.7.2", to: "1.3.2") == .unknown)
    }

    @Test("a selection without a threshold reads a parameter of a logistic regression that 1.8 has renamed")
    func renamed() throws {
        let path = "sklearn.feature_selection._from_model.SelectFromModel"
        #expect(try Self.selector(path, from: "1.7.2", to: "1.8.0") == .unknown)
        func selection(
            _ inner: String, _ ratio: EstimatorValue, _ from: String, _ to: String, threshold: EstimatorValue = .none
        ) -> VersionCrossing.Result? {
            let inner = Self.fitted(inner, ["l1_ratio": ratio])
            return Self.result(path, ["estimator_": inner, "threshold": threshold], from, to)
        }
        let regression = "linear_model._logistic.LogisticRegression"
        for to in ["1.8.0", "1.9.1"] {
            for from in ["1.5.2", "1.7.2"] {
                #expect(selection(regression, .none, from, to) == .fails)
                #expect(selection(regression, .none, from, to, threshold: .text("median")) == .same)
                #expect(selection(regression, .number(0.5), from, to) == .unknown)
                #expect(selection("linear_model._coordinate_descent.Lasso", .none, from, to) == .same)
                #expect(selection("ensemble._forest.RandomForestClassifier", .none, from, to) == .same)
                #expect(selection(regression, .number(0), to, from) == .same)
                #expect(selection(regression, .integer(1), to, from) == .unknown)
            }
        }
    }
}
