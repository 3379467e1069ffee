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
            ("SGDClassifier", "hinge", ValueOutcome.error), ("SGDClassifier", "log_loss", .unknown),
            ("SGDClassifier", "modified_huber", .unknown), ("SGDRegressor", "squared_error", .error),
            ("SGDRegressor", "huber", .unknown),
        ])
    func losses(_ name: String, _ loss: String, _ expected: ValueOutcome) throws {
        let path = "sklearn.linear_model._stochastic_gradient.\(name)"
        #expect(try Self.outcome(path, ["loss": .text(loss)], from: "1.7.2", to: "1.9.1") == expected)
        // In its own version it refuses a missing value, whatever its loss.
        #expect(try Self.outcome(path, ["loss": .text(loss)], from: "1.7.2", to: "1.7.2") == .error)
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

    @Test("a selection that reads renamed parameters fails in 1.8, or does not")
    func renamed() throws {
        let path = "sklearn.feature_selection._from_model.SelectFromModel"
        #expect(try Self.selector(path, from: "1.7.2", to: "1.8.0") == .unknown)
    }
}
