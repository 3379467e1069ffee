import SourceDocuments
import TestSupport
import Testing

@testable import DataProfiles

/// Reads a text as a baseline; an error as text.
private func read(_ text: String, name: String = "b.json") -> Result<BaselineDocument, BaselineError> {
    Result { () throws(BaselineError) in try BaselineReader.read(SourceText(name: name, text: text)) }
}

private func baseline(_ text: String) throws -> Baseline {
    guard case .baseline(let baseline) = try read(text).get() else { throw BaselineError(file: "", reason: "none") }
    return baseline
}

/// 300 rows with a number of 10 buckets, a text of three values, and gaps.
private func sample() throws -> Baseline {
    let text =
        "score,label\n"
        + (0..<300).map { row in
            "\(row % 7 == 0 ? "" : String(Double(row * 37 % 101) / 8)),\(["yes", "no", "no", "\"may\"\"be\""][row % 4])\n"
        }.joined()
    var baseline = try profile(text).baseline
    baseline.file = "b.json"
    baseline.dataSet = "sha256:" + String(repeating: "ab", count: 32) + " rows.csv"
    return baseline
}

@Suite("Baselines")
struct BaselineReaderTests {
    @Test("what is written is read back as it was")
    func roundTrip() throws {
        let made = try sample()
        let back = try baseline(BaselineWriter.json(made).document())
        #expect(back == made)
        #expect(back.digests.map(\.hex) == [String(repeating: "ab", count: 32)])
        #expect(back.isBound(to: back.digests) == true && back.isBound(to: []) == false)
    }

    @Test("names of snake case, numbers as text, types as numbers, fields that are zero left out")
    func protobufForms() throws {
        let read = try baseline(
            """
            {"datasets": [{"num_examples": 4, "features": [{"path": {"step": ["a"]}, "num_stats": {"common_stats":
            {"num_non_missing": "3", "num_missing": 1.0}, "mean": "1", "std_dev": 0.81649658, "max": 2, "median": 1,
            "num_zeros": "1", "histograms": [{"buckets": [{"high_value": 1, "sample_count": 1}, {"low_value": 1, "high_value": 2,
            "sample_count": 2}]}]}}, {"name": "b", "type": 2, "string_stats": {"common_stats": {"num_non_missing": 4},
            "unique": 2, "rank_histogram": {"buckets": [{"label": "x", "sample_count": 3}, {"low_rank": 1, "high_rank": 1,
            "label": "y", "sample_count": 1}]}}}, {"name": "c", "type": "BYTES", "bytesStats": {"commonStats":
            {"numNonMissing": 4}}}]}]}
            """)
        #expect(read.rows == 4 && read.dataSet.isEmpty && !read.namesModel)
        #expect(read.columns.map(\.kind) == [.integer, .text, .bytes])
        #expect(read.columns.map(\.hasDistribution) == [true, true, false])
        #expect(read.column("a")?.numbers?.histogram?.counts == [1, 2])
        #expect(read.column("b")?.categories?.categories.map(\.value) == ["x", "y"])
    }

    /// A document with one number, in which one text is replaced.
    private static let number = """
        {"datasets": [{"name": "d", "numExamples": "10", "features": [{"name": "a", "type": "FLOAT", "numStats": {"commonStats":
        {"numNonMissing": "8", "numMissing": "2"}, "mean": 1.0, "stdDev": 0.5, "numZeros": "1", "min": 0, "median": 1, "max": 2,
        "histograms": [{"buckets": [{"lowValue": 0, "highValue": 1, "sampleCount": 3}, {"lowValue": 1, "highValue": 2,
        "sampleCount": 5}], "type": "STANDARD"}]}}]}]}
        """

    @Test(
        "what cannot be is not a baseline",
        arguments: [
            ("\"mean\": 1.0", "\"mean\": \"NaN\"", "not a finite number"),
            ("\"mean\": 1.0", "\"mean\": 1e999", "not a finite number"),
            ("\"mean\": 1.0", "\"mean\": 3.0", "not between"),
            ("\"mean\": 1.0", "\"mean\": 0.2", "impossible with its buckets"),
            ("\"numMissing\": \"2\"", "\"numMissing\": \"-2\"", "negative"),
            ("\"numMissing\": \"2\"", "\"numMissing\": \"3\"", "do not add up"),
            ("\"numMissing\": \"2\"", "\"numMissing\": 2.5", "not a whole number"),
            ("\"sampleCount\": 3", "\"sampleCount\": -3", "negative"),
            ("\"sampleCount\": 3", "\"sampleCount\": 4", "do not add up"),
            ("\"sampleCount\": 3", "\"sampleCount\": \"Infinity\"", "not a finite number"),
            ("\"lowValue\": 1", "\"lowValue\": 0.5", "overlap"),
            ("\"lowValue\": 1", "\"lowValue\": 1.5", "leave a gap"),
            ("\"highValue\": 1", "\"highValue\": -1", "ends before it begins"),
            ("\"stdDev\": 0.5", "\"stdDev\": 5", "impossible"), ("\"stdDev\": 0.5", "\"stdDev\": -0.5", "negative"),
            ("\"min\": 0", "\"min\": 4", "greater than 'max'"), ("\"max\": 2", "\"max\": 3", "'min' and 'max' are"),
            ("\"median\": 1", "\"median\": 7", "not between"),
            ("\"numZeros\": \"1\"", "\"numZeros\": \"9\"", "impossible"),
            ("\"type\": \"FLOAT\"", "\"type\": \"FLOAU\"", "none of INT"),
            ("\"type\": \"FLOAT\"", "\"type\": \"STRING\"", "the type is STRING"),
            ("\"type\": \"STANDARD\"", "\"type\": \"STANDART\"", "neither STANDARD"),
            ("\"commonStats\"", "\"commonStatt\"", "is not known"),
            ("\"numExamples\": \"10\"", "\"numExamples\": \"1O\"", "not a whole number"),
            ("\"features\": [", "\"features\": {\"x\": [", ""), ("\"name\": \"a\", ", "", "has no name"),
            ("\"min\": 0", "\"min\": 0, \"min\": 0", "duplicate key"),
            ("\"min\": 0", "\"min\": 0, \"m_in\": 0", "is not known"),
            ("\"stdDev\": 0.5", "\"stdDev\": 0.5, \"std_dev\": 0.5", "is there twice"),
        ])
    func impossible(_ old: String, _ new: String, _ reason: String) {
        let range = Self.number.firstRange(of: old)
        #expect(range != nil)
        var text = Self.number
        if let range { text.replaceSubrange(range, with: new) }
        switch read(text) {
        case .success(let document): Issue.record("\(new): \(document)")
        case .failure(let error): #expect(error.description.contains(reason), "\(error.description)")
        }
    }

    @Test(
        "texts whose counts cannot be",
        arguments: [
            ("\"unique\": \"3\"", "\"unique\": \"2\""), ("\"unique\": \"3\"", "\"unique\": \"4\""),
            ("\"label\": \"no\"", "\"label\": \"yes\""), ("\"value\": \"no\"", "\"value\": \"on\""),
            ("\"frequency\": 150.0", "\"frequency\": 151.0"), ("\"lowRank\": \"1\"", "\"lowRank\": \"2\""),
            ("\"sampleCount\": 150.0", "\"sampleCount\": 15.0"),
        ])
    func impossibleTexts(_ old: String, _ new: String) throws {
        var text = BaselineWriter.json(try sample()).document()
        let range = try #require(text.firstRange(of: old))
        text.replaceSubrange(range, with: new)
        #expect(throws: BaselineError.self) { try baseline(text) }
    }

    @Test("a cut file is an error, and never half of a baseline")
    func truncated() throws {
        let text = Array(BaselineWriter.json(try sample()).document().utf8)
        for end in stride(from: 40, to: text.count - 3, by: 97) {
            let result = Result { () throws(BaselineError) in
                try BaselineReader.read(SourceText(name: "b.json", bytes: Array(text[..<end])))
            }
            guard case .failure = result else {
                Issue.record("cut after \(end) bytes: \(result)")
                continue
            }
        }
    }

    @Test("a changed digit of a count is an error; other changes never end the program")
    func flipped() throws {
        let made = try sample()
        let text = Array(BaselineWriter.json(made).document().utf8)
        var generator = SeededGenerator(seed: 3)
        var unseen = 0
        let rounds = fuzzRounds(600)
        for _ in 0..<rounds {
            var bytes = text
            bytes[generator.next(0...bytes.count - 1)] ^= UInt8(1 << generator.next(0...7))
            let result = Result { () throws(BaselineError) in
                try BaselineReader.read(SourceText(name: "b.json", bytes: bytes))
            }
            guard case .success(.baseline(let read)) = result else { continue }
            // A name may change, and a digit far behind the point.
            for (one, other) in zip(read.columns, made.columns)
            where one.present != other.present || one.missing != other.missing {
                unseen += 1
            }
            if read.rows != made.rows { unseen += 1 }
        }
        #expect(unseen == 0)
    }

    @Test(
        "what is not a baseline is something else",
        arguments: ["", "[]", "{}", "{\"datasets\": {}}", "a,b\n1,2\n", "{\"default\": {\"datasets\": 1}}", "\u{80}"])
    func others(_ text: String) throws { #expect(try read(text).get() == .other) }

    @Test("several data sets are refused unless one of them is the whole")
    func slices() throws {
        let one = Self.number.split(separator: "\n").joined(separator: " ")
        let dataSet = String(one.dropFirst(14).dropLast(2))
        #expect(throws: BaselineError.self) { try baseline("{\"datasets\": [\(dataSet), \(dataSet)]}") }
        let whole = "{\"name\": \"All Examples\"" + dataSet.dropFirst("{\"name\": \"d\"".count)
        #expect(try baseline("{\"datasets\": [\(dataSet), \(whole)]}").dataSet == "All Examples")
        #expect(throws: BaselineError.self) { try baseline("{\"datasets\": []}") }
    }

    @Test("a column whose rows have several values has no distribution")
    func severalValues() throws {
        var text = Self.number
        let range = try #require(text.firstRange(of: "\"numMissing\": \"2\""))
        text.replaceSubrange(range, with: "\"numMissing\": \"2\", \"maxNumValues\": \"3\", \"totNumValues\": \"12\"")
        #expect(try baseline(text).column("a")?.hasDistribution == false)
    }
}

@Suite("Baselines of other tools")
struct OtherBaselineTests {
    @Test("SageMaker's statistics and constraints")
    func sageMaker() throws {
        let statistics = try baseline(
            """
            {"version": 0.0, "dataset": {"item_count": 10}, "features": [{"name": "age", "inferred_type": "Integral",
            "numerical_statistics": {"common": {"num_present": 9, "num_missing": 1}, "mean": 4.0, "sum": 36.0, "std_dev": 2.5,
            "min": 0.0, "max": 8.0, "distribution": {"kll": {"buckets": [{"lower_bound": 0.0, "upper_bound": 4.0, "count": 4.0},
            {"lower_bound": 4.0, "upper_bound": 8.0, "count": 5.0}], "sketch": {"parameters": {"c": 0.64, "k": 2048.0},
            "data": [[0.0]]}}}}}, {"name": "plan", "inferred_type": "String", "string_statistics": {"common":
            {"num_present": 10, "num_missing": 0}, "distinct_count": 2.0, "distribution": {"categorical": {"buckets":
            [{"value": "a", "count": 3}, {"value": "b", "count": 7}]}}}}]}
            """)
        #expect(statistics.format == .sageMakerStatistics && statistics.rows == 10)
        #expect(statistics.column("age")?.numbers?.histogram?.counts == [4, 5])
        #expect(statistics.column("plan")?.categories?.categories.map(\.value) == ["b", "a"])
        let constraints = try baseline(
            """
            {"version": 0.0, "features": [{"name": "age", "inferred_type": "Integral", "completeness": 1.0, "num_constraints":
            {"is_non_negative": true}}], "monitoring_config": {"evaluate_constraints": "Enabled"}}
            """)
        #expect(constraints.format == .sageMakerConstraints && constraints.rows == nil)
        #expect(constraints.columns.map(\.name) == ["age"])
    }

    @Test(
        "SageMaker's counts have to add up",
        arguments: [
            ("\"count\": 5.0", "\"count\": 50.0"), ("\"item_count\": 10", "\"item_count\": 100"),
            ("\"count\": 5.0", "\"count\": -5.0"),
        ])
    func sageMakerCounts(_ old: String, _ new: String) throws {
        var text = """
            {"dataset": {"item_count": 10}, "features": [{"name": "age", "inferred_type": "Integral", "numerical_statistics":
            {"common": {"num_present": 10, "num_missing": 0}, "mean": 4.0, "std_dev": 2.5, "min": 0.0, "max": 8.0, "distribution":
            {"kll": {"buckets": [{"lower_bound": 0.0, "upper_bound": 4.0, "count": 5.0}, {"lower_bound": 4.0, "upper_bound": 8.0,
            "count": 5.0}]}}}}]}
            """
        #expect(try baseline(text).columns.count == 1)
        let range = try #require(text.firstRange(of: old))
        text.replaceSubrange(range, with: new)
        #expect(throws: BaselineError.self) { try baseline(text) }
    }

    @Test(
        "files of tools that are not read are named",
        arguments: [
            ("WHY1\u{1}\u{2}", "profile.bin", "whylogs"),
            ("{\"metrics\": [{\"metric\": \"DatasetDriftMetric\", \"result\": {}}]}", "report.json", "Evidently"),
            (
                "{\"metrics\": [{\"metric_id\": \"ValueDrift(column=x)\", \"value\": 1}], \"tests\": {}}",
                "report.json", "Evidently"
            ),
            ("{\"expectation_suite_name\": \"s\", \"expectations\": []}", "suite.json", "Great Expectations"),
            ("input:\n  reference_data:\n    path: r.csv\n  analysis_data:\n    path: a.csv\n", "nann.yml", "NannyML"),
        ])
    func unread(_ text: String, _ name: String, _ tool: String) throws {
        #expect(try read(text, name: name).get() == .unread(tool: tool))
    }
}
