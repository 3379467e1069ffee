import EnvironmentInventory
import Testing

@testable import InputContracts

/// What `Oracle/missing_in_trees.py` prints for each version, a letter each: S answers, E raises, a point where it cannot be fitted.
private let missingInTrees = """
    1.3.2 1.4.2 1.5.2 1.6.1 1.7.2 1.8.0 1.9.1
    sklearn.tree._classes.DecisionTreeClassifier - - SSSSSSS
    sklearn.tree._classes.DecisionTreeClassifier criterion entropy SSSSSSS
    sklearn.tree._classes.DecisionTreeClassifier criterion log_loss SSSSSSS
    sklearn.tree._classes.DecisionTreeClassifier splitter random EEESSSS
    sklearn.tree._classes.DecisionTreeClassifier splitter best SSSSSSS
    sklearn.tree._classes.DecisionTreeRegressor - - SSSSSSS
    sklearn.tree._classes.DecisionTreeRegressor criterion absolute_error EEEEEES
    sklearn.tree._classes.DecisionTreeRegressor criterion friedman_mse SSSSSSS
    sklearn.tree._classes.DecisionTreeRegressor criterion poisson SSSSSSS
    sklearn.tree._classes.DecisionTreeRegressor splitter random EEESSSS
    sklearn.tree._classes.DecisionTreeRegressor splitter best SSSSSSS
    sklearn.tree._classes.ExtraTreeClassifier - - EEESSSS
    sklearn.tree._classes.ExtraTreeClassifier criterion entropy EEESSSS
    sklearn.tree._classes.ExtraTreeClassifier criterion log_loss EEESSSS
    sklearn.tree._classes.ExtraTreeClassifier splitter random EEESSSS
    sklearn.tree._classes.ExtraTreeClassifier splitter best SSSEEEE
    sklearn.tree._classes.ExtraTreeRegressor - - EEESSSS
    sklearn.tree._classes.ExtraTreeRegressor criterion absolute_error EEEEEES
    sklearn.tree._classes.ExtraTreeRegressor criterion friedman_mse EEESSSS
    sklearn.tree._classes.ExtraTreeRegressor criterion poisson EEESSSS
    sklearn.tree._classes.ExtraTreeRegressor splitter random EEESSSS
    sklearn.tree._classes.ExtraTreeRegressor splitter best SSSSEEE
    sklearn.ensemble._forest.RandomForestClassifier - - ESSSSSS
    sklearn.ensemble._forest.RandomForestClassifier criterion entropy ESSSSSS
    sklearn.ensemble._forest.RandomForestClassifier criterion log_loss ESSSSSS
    sklearn.ensemble._forest.RandomForestRegressor - - ESSSSSS
    sklearn.ensemble._forest.RandomForestRegressor criterion absolute_error EEEEEES
    sklearn.ensemble._forest.RandomForestRegressor criterion friedman_mse ESSSSSS
    sklearn.ensemble._forest.RandomForestRegressor criterion poisson ESSSSSS
    sklearn.ensemble._forest.ExtraTreesClassifier - - EEESSSS
    sklearn.ensemble._forest.ExtraTreesClassifier criterion entropy EEESSSS
    sklearn.ensemble._forest.ExtraTreesClassifier criterion log_loss EEESSSS
    sklearn.ensemble._forest.ExtraTreesRegressor - - EEESSSS
    sklearn.ensemble._forest.ExtraTreesRegressor criterion absolute_error EEEEEES
    sklearn.ensemble._forest.ExtraTreesRegressor criterion friedman_mse EEESSSS
    sklearn.ensemble._forest.ExtraTreesRegressor criterion poisson EEESSSS
    sklearn.tree._classes.DecisionTreeClassifier monotonic_cst set .EEEEES
    sklearn.tree._classes.DecisionTreeRegressor monotonic_cst set .EEEEES
    sklearn.tree._classes.ExtraTreeClassifier monotonic_cst set .EEEEES
    sklearn.tree._classes.ExtraTreeRegressor monotonic_cst set .EEEEES
    sklearn.ensemble._forest.RandomForestClassifier monotonic_cst set .EEEEES
    sklearn.ensemble._forest.RandomForestRegressor monotonic_cst set .EEEEES
    sklearn.ensemble._forest.ExtraTreesClassifier monotonic_cst set .EEEEES
    sklearn.ensemble._forest.ExtraTreesRegressor monotonic_cst set .EEEEES
    """

/// What `Oracle/selector_masks.py masks` prints: the class, its parameter, scores, p values, and the columns that it keeps.
private let selectorMasks = """
    SelectKBest k 5 8.079,5.153,2.858,0.539,3.834,4.085 0.0001,0.0001,0.9975,0.2776,0.0129,0.0823 111011
    SelectPercentile percentile 27 8.079,5.153,2.858,0.539,3.834,4.085 0.0001,0.0001,0.9975,0.2776,0.0129,0.0823 110000
    SelectFpr alpha 0.05 8.079,5.153,2.858,0.539,3.834,4.085 0.0001,0.0001,0.9975,0.2776,0.0129,0.0823 110010
    SelectFdr alpha 0.2 8.079,5.153,2.858,0.539,3.834,4.085 0.0001,0.0001,0.9975,0.2776,0.0129,0.0823 110011
    SelectFwe alpha 0.3 8.079,5.153,2.858,0.539,3.834,4.085 0.0001,0.0001,0.9975,0.2776,0.0129,0.0823 110010
    SelectKBest k 7 8.977,8.442,3.924,4.93,6.767,0.608,5.556,2.715 0.6807,0.0003,0.3133,0.6587,0.0117,0.718,0.6635,0.0 11111011
    SelectPercentile percentile 71 8.977,8.442,3.924,4.93,6.767,0.608,5.556,2.715 0.6807,0.0003,0.3133,0.6587,0.0117,0.718,0.6635,0.0 11011010
    SelectFpr alpha 0.05 8.977,8.442,3.924,4.93,6.767,0.608,5.556,2.715 0.6807,0.0003,0.3133,0.6587,0.0117,0.718,0.6635,0.0 01001001
    SelectFdr alpha 0.2 8.977,8.442,3.924,4.93,6.767,0.608,5.556,2.715 0.6807,0.0003,0.3133,0.6587,0.0117,0.718,0.6635,0.0 01001001
    SelectFwe alpha 0.3 8.977,8.442,3.924,4.93,6.767,0.608,5.556,2.715 0.6807,0.0003,0.3133,0.6587,0.0117,0.718,0.6635,0.0 01001001
    SelectKBest k 0 5.034,4.367,2.033,3.249,8.062,3.165,1.49 0.3408,0.0902,0.51,0.0131,0.0327,0.5118,0.1304 0000000
    SelectPercentile percentile 29 5.034,4.367,2.033,3.249,8.062,3.165,1.49 0.3408,0.0902,0.51,0.0131,0.0327,0.5118,0.1304 1000100
    SelectFpr alpha 0.05 5.034,4.367,2.033,3.249,8.062,3.165,1.49 0.3408,0.0902,0.51,0.0131,0.0327,0.5118,0.1304 0001100
    SelectFdr alpha 0.2 5.034,4.367,2.033,3.249,8.062,3.165,1.49 0.3408,0.0902,0.51,0.0131,0.0327,0.5118,0.1304 0001100
    SelectFwe alpha 0.3 5.034,4.367,2.033,3.249,8.062,3.165,1.49 0.3408,0.0902,0.51,0.0131,0.0327,0.5118,0.1304 0001100
    SelectKBest k 4 2.362,0.145,9.332,0.858,8.449 0.0498,0.8601,0.0637,0.8212,0.172 10111
    SelectPercentile percentile 24 2.362,0.145,9.332,0.858,8.449 0.0498,0.8601,0.0637,0.8212,0.172 00100
    SelectFpr alpha 0.05 2.362,0.145,9.332,0.858,8.449 0.0498,0.8601,0.0637,0.8212,0.172 10000
    SelectFdr alpha 0.2 2.362,0.145,9.332,0.858,8.449 0.0498,0.8601,0.0637,0.8212,0.172 10100
    SelectFwe alpha 0.3 2.362,0.145,9.332,0.858,8.449 0.0498,0.8601,0.0637,0.8212,0.172 10000
    SelectKBest k 3 6.744,6.842,4.638,2.219 0.2633,0.0012,0.3317,0.2565 1110
    SelectPercentile percentile 93 6.744,6.842,4.638,2.219 0.2633,0.0012,0.3317,0.2565 1110
    SelectFpr alpha 0.05 6.744,6.842,4.638,2.219 0.2633,0.0012,0.3317,0.2565 0100
    SelectFdr alpha 0.2 6.744,6.842,4.638,2.219 0.2633,0.0012,0.3317,0.2565 0100
    SelectFwe alpha 0.3 6.744,6.842,4.638,2.219 0.2633,0.0012,0.3317,0.2565 0100
    SelectKBest k 3 7.985,1.94,3.905,7.979 0.0551,0.3629,0.2298,0.8332 1011
    SelectPercentile percentile 99 7.985,1.94,3.905,7.979 0.0551,0.3629,0.2298,0.8332 1011
    SelectFpr alpha 0.05 7.985,1.94,3.905,7.979 0.0551,0.3629,0.2298,0.8332 0000
    SelectFdr alpha 0.2 7.985,1.94,3.905,7.979 0.0551,0.3629,0.2298,0.8332 0000
    SelectFwe alpha 0.3 7.985,1.94,3.905,7.979 0.0551,0.3629,0.2298,0.8332 1000
    SelectKBest k 5 8.088,1.529,7.129,8.476,4.012,5.533 0.1102,0.8807,0.0319,0.065,0.0,0.0742 101111
    SelectPercentile percentile 35 8.088,1.529,7.129,8.476,4.012,5.533 0.1102,0.8807,0.0319,0.065,0.0,0.0742 100100
    SelectFpr alpha 0.05 8.088,1.529,7.129,8.476,4.012,5.533 0.1102,0.8807,0.0319,0.065,0.0,0.0742 001010
    SelectFdr alpha 0.2 8.088,1.529,7.129,8.476,4.012,5.533 0.1102,0.8807,0.0319,0.065,0.0,0.0742 101111
    SelectFwe alpha 0.3 8.088,1.529,7.129,8.476,4.012,5.533 0.1102,0.8807,0.0319,0.065,0.0,0.0742 001010
    SelectKBest k 2 9.35,9.237,3.273,9.889,1.877,8.233 0.0039,0.0665,0.0004,0.6317,0.5693,0.0027 100100
    SelectPercentile percentile 53 9.35,9.237,3.273,9.889,1.877,8.233 0.0039,0.0665,0.0004,0.6317,0.5693,0.0027 110100
    SelectFpr alpha 0.05 9.35,9.237,3.273,9.889,1.877,8.233 0.0039,0.0665,0.0004,0.6317,0.5693,0.0027 101001
    SelectFdr alpha 0.2 9.35,9.237,3.273,9.889,1.877,8.233 0.0039,0.0665,0.0004,0.6317,0.5693,0.0027 111001
    SelectFwe alpha 0.3 9.35,9.237,3.273,9.889,1.877,8.233 0.0039,0.0665,0.0004,0.6317,0.5693,0.0027 101001
    SelectKBest k 2 4.918,5.532,1.063,8.644,2.787,4.471,0.573,0.027 0.0074,0.0399,0.7995,0.7043,0.1109,0.094,0.2967,0.6333 01010000
    SelectPercentile percentile 22 4.918,5.532,1.063,8.644,2.787,4.471,0.573,0.027 0.0074,0.0399,0.7995,0.7043,0.1109,0.094,0.2967,0.6333 01010000
    SelectFpr alpha 0.05 4.918,5.532,1.063,8.644,2.787,4.471,0.573,0.027 0.0074,0.0399,0.7995,0.7043,0.1109,0.094,0.2967,0.6333 11000000
    SelectFdr alpha 0.2 4.918,5.532,1.063,8.644,2.787,4.471,0.573,0.027 0.0074,0.0399,0.7995,0.7043,0.1109,0.094,0.2967,0.6333 11000000
    SelectFwe alpha 0.3 4.918,5.532,1.063,8.644,2.787,4.471,0.573,0.027 0.0074,0.0399,0.7995,0.7043,0.1109,0.094,0.2967,0.6333 10000000
    SelectKBest k 3 7.937,3.99,5.941,7.375 0.126,0.3296,0.3391,0.0 1011
    SelectPercentile percentile 4 7.937,3.99,5.941,7.375 0.126,0.3296,0.3391,0.0 1000
    SelectFpr alpha 0.05 7.937,3.99,5.941,7.375 0.126,0.3296,0.3391,0.0 0001
    SelectFdr alpha 0.2 7.937,3.99,5.941,7.375 0.126,0.3296,0.3391,0.0 0001
    SelectFwe alpha 0.3 7.937,3.99,5.941,7.375 0.126,0.3296,0.3391,0.0 0001
    """

/// What `Oracle/selector_masks.py functions` prints: a function of numpy and what it makes of eight numbers.
private let numpyFunctions = """
    log1p nan nan -inf -0.2876820724517809 0.4054651081081644 0.9162907318741551 3.4339872044851463 inf
    log nan nan nan nan -0.6931471805599453 0.4054651081081644 3.4011973816621555 inf
    sqrt nan nan nan nan 0.7071067811865476 1.224744871391589 5.477225575051661 inf
    exp 0.0 0.0820849986238988 0.36787944117144233 0.7788007830714049 1.6487212707001282 4.4816890703380645 10686474581524.463 inf
    expm1 -1.0 -0.9179150013761012 -0.6321205588285577 -0.22119921692859512 0.6487212707001282 3.481689070338065 10686474581523.463 inf
    abs inf 2.5 1.0 0.25 0.5 1.5 30.0 inf
    square inf 6.25 1.0 0.0625 0.25 2.25 900.0 inf
    log2 nan nan nan nan -1.0 0.5849625007211562 4.906890595608519 inf
    log10 nan nan nan nan -0.3010299956639812 0.17609125905568124 1.4771212547196624 inf
    tanh -1.0 -0.9866142981514303 -0.7615941559557649 -0.24491866240370913 0.46211715726000974 0.9051482536448665 1.0 1.0
    sin nan -0.5984721441039565 -0.8414709848078965 -0.24740395925452294 0.479425538604203 0.9974949866040544 -0.9880316240928618 nan
    cos nan -0.8011436155469337 0.5403023058681398 0.9689124217106447 0.8775825618903728 0.0707372016677029 0.15425144988758405 nan
    cbrt -inf -1.3572088082974534 -1.0 -0.6299605249474366 0.7937005259840998 1.1447142425533319 3.107232505953859 inf
    exp2 0.0 0.1767766952966369 0.5 0.8408964152537145 1.4142135623730951 2.8284271247461903 1073741824.0 inf
    fabs inf 2.5 1.0 0.25 0.5 1.5 30.0 inf
    floor -inf -3.0 -1.0 -1.0 0.0 1.0 30.0 inf
    ceil -inf -2.0 -1.0 -0.0 1.0 2.0 30.0 inf
    trunc -inf -2.0 -1.0 -0.0 0.0 1.0 30.0 inf
    rint -inf -2.0 -1.0 -0.0 0.0 2.0 30.0 inf
    negative inf 2.5 1.0 0.25 -0.5 -1.5 -30.0 -inf
    positive -inf -2.5 -1.0 -0.25 0.5 1.5 30.0 inf
    reciprocal -0.0 -0.4 -1.0 -4.0 2.0 0.6666666666666666 0.03333333333333333 0.0
    arctan -1.5707963267948966 -1.1902899496825317 -0.7853981633974483 -0.24497866312686414 0.4636476090008061 0.982793723247329 1.5374753309166493 1.5707963267948966
    arcsinh -inf -1.6472311463710958 -0.881373587019543 -0.24746646154726346 0.48121182505960347 1.1947632172871092 4.09462222433053 inf
    sinh -inf -6.0502044810397875 -1.1752011936438014 -0.2526123168081683 0.5210953054937474 2.1292794550948173 5343237290762.231 inf
    cosh inf 6.132289479663686 1.5430806348152437 1.0314130998795732 1.1276259652063807 2.352409615243247 5343237290762.231 inf
    deg2rad -inf -0.04363323129985824 -0.017453292519943295 -0.004363323129985824 0.008726646259971648 0.026179938779914945 0.5235987755982988 inf
    sign -1.0 -1.0 -1.0 -1.0 1.0 1.0 1.0 1.0
    isnan 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0
    isinf 1.0 0.0 0.0 0.0 0.0 0.0 0.0 1.0
    isfinite 0.0 1.0 1.0 1.0 1.0 1.0 1.0 0.0
    nan_to_num -1.7976931348623157e+308 -2.5 -1.0 -0.25 0.5 1.5 30.0 1.7976931348623157e+308
    """

private func words(_ text: String) -> [[String]] {
    text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
}

private func numbers(_ text: String) -> EstimatorValue {
    let values = text.split(separator: ",").compactMap { Double($0) }
    return .array(EstimatorArray(shape: [values.count], kind: "f", itemSize: 8, elements: values.map { .number($0) }))
}

@Suite("Rules held against scikit-learn's own answers")
struct OracleTableTests {
    @Test("missing values in trees and forests of every measured version", arguments: words(missingInTrees).dropFirst())
    func trees(_ row: [String]) throws {
        let versions = words(missingInTrees)[0]
        try #require(row.count == 4 && row[3].count == versions.count)
        var attributes: [String: EstimatorValue] = ["n_features_in_": .integer(3)]
        // The defaults, as every file has them.
        attributes["criterion"] = .text(row[0].hasSuffix("Regressor") ? "squared_error" : "gini")
        if row[0].contains(".tree.") {
            attributes["splitter"] = .text(row[0].contains("ExtraTree") ? "random" : "best")
        }
        attributes["monotonic_cst"] = EstimatorValue.none
        if row[1] != "-" { attributes[row[1]] = row[2] == "set" ? .list([.integer(1)]) : .text(row[2]) }
        for (version, letter) in zip(versions, row[3]) where letter != "." {
            attributes["_sklearn_version"] = .text(version)
            let tree = Estimator(path: row[0], offset: 1, attributes: attributes)
            let part = try #require(EstimatorContract.part(.object(tree), file: "m.pkl"))
            let probes = try #require(EstimatorProbes(part, serving: nil)).all.filter { $0.kind == .null }
            #expect(probes.count == 3)
            let real: ValueOutcome = letter == "S" ? .accepted : .error
            for probe in probes { #expect([real, .unknown].contains(probe.outcome), "\(version): \(probe.outcome)") }
            // Of one parameter nothing is unknown, but for one that 1.6 treats in two ways.
            if version != "1.6.1" { #expect(probes.allSatisfy { $0.outcome == real }, "\(version)") }
        }
    }

    @Test("the columns that selections keep", arguments: words(selectorMasks))
    func masks(_ row: [String]) throws {
        try #require(row.count == 6)
        let number = try #require(Double(row[2]))
        let value: EstimatorValue = Int64(row[2]).map { .integer($0) } ?? .number(number)
        let selector = Estimator(
            path: "sklearn.feature_selection._univariate_selection.\(row[0])", offset: 1,
            attributes: ["scores_": numbers(row[3]), "pvalues_": numbers(row[4]), row[1]: value])
        let mask = SelectorRules.mask(selector)?.map { $0 ? "1" : "0" }.joined()
        // A percentile at a score itself is left open.
        #expect(mask == row[5] || row[0] == "SelectPercentile" && mask == nil)
    }

    @Test("numpy's functions", arguments: words(numpyFunctions))
    func functions(_ row: [String]) throws {
        let transformer = Estimator(
            path: "sklearn.preprocessing._function_transformer.FunctionTransformer", offset: 1,
            attributes: [
                "func": .name("numpy.\(row[0])"), "kw_args": EstimatorValue.none, "validate": .boolean(false),
            ])
        let function = try #require(FunctionRules.function(transformer))
        let inputs = [-Double.infinity, -2.5, -1, -0.25, 0.5, 1.5, 30, .infinity]
        try #require(row.count == 1 + inputs.count)
        for (input, text) in zip(inputs, row.dropFirst()) {
            let (found, real) = (function(input), try #require(Double(text)))
            let isSame =
                found.isNaN ? real.isNaN : found == real || abs(found - real) <= 1e-14 * max(1, abs(real))
            #expect(isSame, "\(row[0])(\(input)) is \(real), not \(found)")
        }
        // Of NaN only these make something else: numpy.isnan, isfinite and isinf say it, nan_to_num takes it away.
        let ofNaN = ["isnan": 1.0, "isinf": 0, "isfinite": 0, "nan_to_num": 0][row[0]]
        #expect(ofNaN.map { function(.nan) == $0 } ?? function(.nan).isNaN, "\(row[0])")
    }
}
