import SourceDocuments
import Testing

@testable import DataProfiles

/// What a baseline is refused for, with the text and the position that a person reads.
@Suite("Errors of baselines")
struct BaselineErrorTests {
    /// The description of the error of a text; `-` when it is read.
    private static func error(_ text: String) -> String {
        do throws(BaselineError) {
            let document = try BaselineReader.read(SourceText(name: "b.json", text: text))
            guard case .baseline = document else { return "other" }
            return "-"
        } catch { return error.description }
    }

    /// A statistics list whose only data set has these members.
    private static func list(_ members: String) -> String { #"{"datasets": [{"# + members + "}]}" }

    /// A data set of 4 rows with one feature of these members.
    private static func feature(_ members: String) -> String {
        list(#""numExamples": 4, "features": [{"# + members + "}]")
    }

    /// A number of 4 rows from 0 to 2, its statistics with further members.
    private static func number(_ members: String, common: String = #""numNonMissing": 4"#) -> String {
        feature(
            #""name": "a", "type": "FLOAT", "numStats": {"commonStats": {"# + common
                + #"}, "mean": 1, "stdDev": 0.5, "min": 0, "median": 1, "max": 2"# + members + "}")
    }

    /// A text of 4 rows, its statistics with further members.
    private static func text(_ members: String) -> String {
        feature(
            #""name": "a", "type": "STRING", "stringStats": {"commonStats": {"numNonMissing": 4}"# + members + "}")
    }

    @Test(
        "the data set",
        arguments: [
            (#"{"datasets": [], "x": 1}"#, "b.json:1:18: statistics: the key 'x' is not known"),
            (#"{"datasets": []}"#, "b.json:1:1: statistics: 'datasets' is empty: there is no data set"),
            (#"{"datasets": [1]}"#, "b.json:1:15: data set is an integer, and an object was expected"),
            (
                #"{"datasets": [{"name": "a"}, {"name": "b"}]}"#,
                "b.json:1:1: statistics: it has 2 data sets, and a baseline is one of them"
            ),
            (
                #"{"datasets": [{"name": "All Examples"}, {"name": "All Examples"}]}"#,
                "b.json:1:1: statistics: it has 2 data sets, and a baseline is one of them"
            ),
            (list(#""name": 1"#), "b.json:1:16: data set: 'name' is an integer, and text was expected"),
            (list(#""numExamples": true"#), "b.json:1:16: data set: 'numExamples' is not a whole number"),
            (list(#""numExamples": -1"#), "b.json:1:16: data set: 'numExamples' is negative: -1"),
            (
                list(#""numExamples": "9223372036854775808""#),
                "b.json:1:16: data set: 'numExamples' is not a whole number"
            ),
            (list(#""features": 1"#), "b.json:1:16: data set: 'features' is an integer, and a list was expected"),
            (list(#""features": []"#), "b.json:1:15: data set: it has no features"),
            (list(#""name": null"#), "b.json:1:15: data set: it has no features"),
        ])
    func dataSets(_ text: String, _ error: String) { #expect(Self.error(text) == error) }

    @Test(
        "a feature",
        arguments: [
            (feature(#""type": "INT""#), "feature 1: it has no name"),
            (feature(#""path": {"step": []}"#), "feature 1: it has no name"),
            (feature(#""path": {"step": [1]}"#), "feature 1: a step of the path is not text"),
            (feature(#""path": {"steps": []}"#), "feature 1: the key 'steps' is not known"),
            (feature(#""path": 1"#), "feature 1 is an integer, and an object was expected"),
            (feature(#""name": "a""#), "feature 1: feature 'a' has no statistics"),
            (
                feature(#""name": "a", "numStats": {}, "bytesStats": {}"#),
                "feature 1: feature 'a' has statistics of several kinds"
            ),
            (
                feature(#""name": "a", "type": 5, "numStats": {}"#),
                "feature 1: 'type' is none of INT, FLOAT, STRING, BYTES and STRUCT"
            ),
            (
                feature(#""name": "a", "type": -1, "numStats": {}"#),
                "feature 1: 'type' is none of INT, FLOAT, STRING, BYTES and STRUCT"
            ),
            (
                feature(#""name": "a", "type": "BYTES", "numStats": {}"#),
                "feature 'a': statistics of numbers, and the type is BYTES"
            ),
            (
                feature(#""name": "a", "type": "FLOAT", "stringStats": {}"#),
                "feature 'a': statistics of text, and the type is FLOAT"
            ),
            (feature(#""name": "a", "numStats": {}"#), "feature 'a': it has no 'commonStats'"),
            (feature(#""name": "a", "structStats": {"x": 1}"#), "feature 'a': the key 'x' is not known"),
            (
                feature(#""name": "a", "bytesStats": {"commonStats": {"numNonMissing": 3}}"#),
                "data set: the counts do not add up: feature 'a' has 3 values and gaps, and the data set 4 rows"
            ),
            (
                feature(
                    #""name": "a", "bytesStats": {"commonStats": {"numNonMissing": 9223372036854775807, "numMissing": 1}}"#
                ), "data set: feature 'a': its counts are beyond 64 bits"
            ),
            (
                list(
                    #""features": [{"name": "a", "bytesStats": {"commonStats": {}}}, {"path": {"step": ["a"]}, "bytesStats": {"commonStats": {}}}]"#
                ), "feature 2: the feature 'a' is there twice"
            ),
        ])
    func features(_ text: String, _ reason: String) {
        #expect(Self.error(text).hasSuffix(": \(reason)"), "\(Self.error(text))")
    }

    @Test("what is written otherwise and means the same is read")
    func accepted() {
        for text in [
            Self.number(""), Self.text(""), Self.number(#", "num_zeros": 1"#),
            Self.number(#", "histograms": []"#), Self.number(#", "histograms": [{"buckets": []}]"#),
            Self.number(#", "histograms": [{"type": 1, "buckets": [{"highValue": 2, "sampleCount": 4}]}]"#),
            Self.feature(#""name": "a", "type": 2, "stringStats": {"commonStats": {"numNonMissing": 4}}"#),
            Self.feature(#""name": "a", "type": "INT", "stringStats": {"commonStats": {"numNonMissing": 4}}"#),
            Self.feature(#""name": "a", "structStats": {"commonStats": {"numMissing": 4}}"#),
            // A nested feature is counted in its parent.
            Self.feature(#""name": "a.b", "bytesStats": {"commonStats": {"numNonMissing": 9}}"#),
        ] { #expect(Self.error(text) == "-", "\(text)") }
    }

    @Test(
        "statistics of numbers",
        arguments: [
            (number("", common: #""numNonMissing": 4, "totNumValues": 5"#), "4 rows have 5 values, 1 at most each"),
            (number(#", "histograms": 1"#), "'histograms' is an integer, and a list was expected"),
            (number(#", "histograms": [{"numUndefined": 1}]"#), "undefined values are not read"),
            (
                number(#", "histograms": [{"type": 2, "buckets": []}]"#),
                "the type of a histogram is neither STANDARD nor QUANTILES"
            ),
            (
                number(#", "histograms": [{"buckets": [{"highValue": "x"}]}]"#), "'highValue' is not a number"
            ),
            (
                number(#", "histograms": [{"buckets": [{"highValue": 2, "sampleCount": 3}]}]"#),
                "the counts do not add up: its buckets hold 3.0 values, and 4.0 are known"
            ),
            (
                number(#", "histograms": [{"numNan": 1, "buckets": [{"highValue": 2, "sampleCount": 4}]}]"#),
                "the counts do not add up: its buckets hold 4.0 values, and 3.0 are known"
            ),
            (
                number(
                    #", "histograms": [{"buckets": [{"highValue": 2, "sampleCount": 4}]}, {"type": 0, "buckets": [{"highValue": 2, "sampleCount": 4}]}]"#
                ), "it has two STANDARD histograms"
            ),
            (
                number(
                    #", "histograms": [{"buckets": [{"highValue": 0.5, "sampleCount": 2}, {"lowValue": 0.5, "highValue": 2, "sampleCount": 2}]}]"#
                ), "the buckets of the STANDARD histogram are not of one width: 0.0 to 0.5"
            ),
            (
                number(
                    #", "histograms": [{"buckets": [{"highValue": 1, "sampleCount": 2}, {"lowValue": 1.5, "highValue": 2, "sampleCount": 2}]}]"#
                ), "buckets of the STANDARD histogram leave a gap: one ends at 1.0, the next begins at 1.5"
            ),
            (
                number(
                    #", "histograms": [{"type": "QUANTILES", "buckets": [{"highValue": 1, "sampleCount": 2}, {"lowValue": 0.5, "highValue": 2, "sampleCount": 2}]}]"#
                ), "buckets of the QUANTILES histogram overlap: one ends at 1.0, the next begins at 0.5"
            ),
            (
                number(#", "histograms": [{"buckets": [{"lowValue": 3, "highValue": 2, "sampleCount": 4}]}]"#),
                "a bucket of the STANDARD histogram ends before it begins: 3.0 to 2.0"
            ),
            (
                number(#", "histograms": [{"buckets": [{"lowValue": -1, "highValue": 2, "sampleCount": 4}]}]"#),
                "its buckets go from -1.0 to 2.0, and 'min' and 'max' are 0.0 and 2.0"
            ),
            (number(#", "numZeros": 5"#), "'numZeros' 5 is impossible"),
            (number(#", "numZeros": 1.5"#), "'numZeros' is not a whole number"),
        ])
    func numbers(_ text: String, _ reason: String) {
        #expect(Self.error(text).hasSuffix(": \(reason)"), "\(Self.error(text))")
    }

    @Test(
        "statistics of text",
        arguments: [
            (
                text(#", "topValues": [{"value": "x", "frequency": 3}, {"value": "x", "frequency": 1}]"#),
                "'topValues' has 'x' twice"
            ),
            (
                text(#", "topValues": [{"value": "x", "frequency": 1}, {"value": "y", "frequency": 3}]"#),
                "the counts of 'topValues' do not descend at 'y'"
            ),
            (
                text(#", "topValues": [{"value": "x", "frequency": 5}]"#),
                "the counts do not add up: 'topValues' holds 5.0 values, and 4 are known"
            ),
            (text(#", "topValues": [{"value": 1}]"#), "'value' is an integer, and text was expected"),
            (text(#", "topValues": [{"frequency": -1}]"#), "'frequency' is negative: -1.0"),
            (
                text(#", "unique": 1, "topValues": [{"value": "x", "frequency": 2}, {"value": "y", "frequency": 2}]"#),
                "'unique' is 1, and 2 values are counted"
            ),
            (
                text(#", "unique": 4, "topValues": [{"value": "x", "frequency": 3}]"#),
                "the counts do not add up: 3.0 of 4 values are those of 1 of 4 texts"
            ),
            (
                text(#", "unique": 1, "topValues": [{"value": "x", "frequency": 3}]"#),
                "the counts do not add up: 3.0 of 4 values are those of 1 of 1 texts"
            ),
            (
                text(#", "rankHistogram": {"buckets": [{"lowRank": 1, "highRank": 1}]}"#),
                "buckets of ranks overlap or leave a gap: 1 to 1 after 0"
            ),
            (
                text(#", "rankHistogram": {"buckets": [{"lowRank": 0, "highRank": 9223372036854775807}]}"#),
                "buckets of ranks overlap or leave a gap: 0 to 9223372036854775807 after 0"
            ),
            (
                text(
                    #", "topValues": [{"value": "x", "frequency": 3}], "rankHistogram": {"buckets": [{"label": "x", "sampleCount": 4}]}"#
                ), "'topValues' and 'rankHistogram' differ in 'x'"
            ),
        ])
    func texts(_ text: String, _ reason: String) {
        #expect(Self.error(text).hasSuffix("feature 'a': \(reason)"), "\(Self.error(text))")
    }

    /// Statistics of SageMaker with one feature of these members.
    private static func sageMaker(_ members: String) -> String {
        #"{"dataset": {"item_count": 4}, "features": [{"inferred_type": "Integral""# + members + "}]}"
    }

    @Test(
        "SageMaker",
        arguments: [
            (sageMaker(""), "feature 1: it has no name"),
            (sageMaker(#", "name": 1"#), "feature 1: 'name' is an integer, and text was expected"),
            (
                #"{"dataset": {"item_count": 4}, "features": [{"inferred_type": "Int", "name": "a"}]}"#,
                "feature 1: 'inferred_type' is none of Boolean, Fractional, Integral, String, Unknown"
            ),
            (
                sageMaker(#", "name": "a"}, {"inferred_type": "String", "name": "a""#),
                "feature 2: the feature 'a' is there twice"
            ),
            (
                sageMaker(#", "name": "a", "string_statistics": {"common": {"num_present": 3}}"#),
                "feature 1: the counts do not add up: 3 values and gaps, and the data set has 4 rows"
            ),
            (
                sageMaker(
                    #", "name": "a", "numerical_statistics": {"common": {"num_present": 4}, "mean": 3, "max": 2}"#),
                "feature 'a': 'mean' 3.0 is not between 'min' and 'max'"
            ),
            (
                sageMaker(
                    #", "name": "a", "string_statistics": {"common": {"num_present": 4}, "distribution": {"categorical": {"buckets": [{"value": "x", "count": 5}]}}}"#
                ), "feature 'a': the counts do not add up: 'distribution' holds 5.0 values, and 4 are known"
            ),
        ])
    func sageMakers(_ text: String, _ reason: String) {
        #expect(Self.error(text).hasSuffix(": \(reason)"), "\(Self.error(text))")
    }
}
