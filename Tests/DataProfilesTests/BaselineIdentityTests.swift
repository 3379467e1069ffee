import EnvironmentInventory
import SourceDocuments
import Testing

@testable import DataProfiles

/// Which file is a baseline, of which model it is, and what is written of its columns.
@Suite("What a baseline is, and of which model")
struct BaselineIdentityTests {
    private static let hex = String(repeating: "ab", count: 32)

    @Test(
        "the digests that the name of a data set holds",
        arguments: [
            ("", 0, false), ("churn", 0, false), ("sha256:", 0, true), ("sha256:" + hex, 1, true),
            ("rows.csv of sha256:\(hex), made anew", 1, true), ("sha256:\(hex)a", 0, true),
            ("sha256:" + hex.dropLast(), 0, true), ("sha256:\(hex.uppercased())", 1, true),
            ("sha256:\(hex) sha256:\(hex)", 2, true), ("sha256:sha256:\(hex)", 1, true),
            ("SHA256:\(hex)", 0, false), ("sha512:\(hex)", 0, false), ("sha256:é\(hex)", 0, true),
        ])
    func digests(_ name: String, _ count: Int, _ namesModel: Bool) throws {
        var baseline = Baseline(file: "b", format: .statisticsList)
        baseline.dataSet = name
        #expect(baseline.digests.count == count && baseline.namesModel == namesModel)
        let digest = try #require(Digest("sha256:" + Self.hex))
        #expect(baseline.digests.allSatisfy { $0 == digest })
        // One that names a model and no whole digest is bound to no model, and is not unbound.
        #expect(baseline.isBound(to: [digest]) == (namesModel ? count > 0 : nil))
        #expect(baseline.isBound(to: []) == (namesModel ? false : nil))
    }

    @Test(
        "the first bytes of a baseline",
        arguments: [
            ("{\"datasets\":[", true), (" \t\r\n{ \"datasets\" : [ {", true), ("\u{FEFF}{\"datasets\": [", true),
            ("{\"datasets\": {", false), ("{\"dataset\": [", false), ("[{\"datasets\": [", false), ("", false),
            ("{", false), ("{\"datasets\"", false), ("{\"a\": 1, \"datasets\": [", false),
        ])
    func beginning(_ text: String, _ isBaseline: Bool) {
        #expect(BaselineReader.beginsAsBaseline(Array(text.utf8)) == isBaseline)
    }

    @Test(
        "files of other tools by name and first bytes",
        arguments: [
            ("WHY1", "x.bin", "whylogs"), ("WHY", "x.bin", nil), (" WHY1", "x", nil),
            ("PAR1 nannyml.drift", "r.parquet", "NannyML"), ("PAR1 evidently", "r.parquet", nil),
            ("PAR1", "nann.yml", nil), ("a: 1", "conf/nann.yml", "NannyML"), ("", "nannyml.yaml", "NannyML"),
            ("", "nannyml.yml", "NannyML"), ("", "my-nannyml.yml", nil),
            ("reference_data: r\nanalysis_data: a\n", "c.yml", "NannyML"), ("reference_data: r\n", "c.yml", nil),
        ] as [(String, String, String?)])
    func otherHeads(_ text: String, _ name: String, _ tool: String?) {
        #expect(OtherBaselines.tool(name: name, head: Array(text.utf8)) == tool)
    }

    @Test("a pickle is NannyML's only where it names the library")
    func pickles() {
        #expect(OtherBaselines.tool(name: "c.pkl", head: [0x80, 4] + Array("cnannyml.base\nX".utf8)) == "NannyML")
        #expect(OtherBaselines.tool(name: "c.pkl", head: [0x80, 4] + Array("csklearn\nX".utf8)) == nil)
    }

    @Test(
        "documents of other tools by their keys",
        arguments: [
            (#"{"expectations": []}"#, "Great Expectations"), (#"{"expectations": {}}"#, nil),
            (#"{"expectation_suite_name": null}"#, "Great Expectations"),
            (#"{"suite": {}, "metrics_ids": []}"#, "Evidently"), (#"{"suite": {}, "metadata": {}}"#, "Evidently"),
            (#"{"suite": 1, "metadata": {}}"#, nil), (#"{"suite": {}}"#, nil),
            (#"{"metrics": {"a": {"metric_config": {}}}}"#, "Evidently"),
            (#"{"tests": [{"name": "evidently:test:x"}]}"#, "Evidently"),
            (#"{"metric_results": [{"type": "DataDriftPreset"}]}"#, "Evidently"),
            (#"{"metrics": [1, 2, {"name": "x"}]}"#, nil), (#"{"metrics": [{"metric": "ColumnMetricX"}]}"#, nil),
            // Only the first four are looked at.
            (#"{"metrics": [1, 2, 3, 4, {"metric_id": 1}]}"#, nil), (#"{"metrics": "Metric"}"#, nil),
        ] as [(String, String?)])
    func otherDocuments(_ text: String, _ tool: String?) throws {
        let document = try JSONReader.read(SourceText(name: "r.json", text: text))
        #expect(OtherBaselines.tool(document: try #require(document.table)) == tool)
    }

    @Test("features without a type are of some other program")
    func otherFeatures() throws {
        for text in [
            #"{"features": [], "x": "inferred_type"}"#, #"{"features": [{"name": "a"}], "inferred_type": 1}"#,
            #"{"features": {"inferred_type": 1}}"#, #"{"features": [1], "inferred_type": 1}"#,
        ] { #expect(try BaselineReader.read(SourceText(name: "x.json", text: text)) == .other, "\(text)") }
    }

    // MARK: What is written

    private static func written(_ columns: [ColumnProfile], rows: Int?) throws -> Baseline {
        var baseline = Baseline(file: "b.json", format: .statisticsList, rows: rows)
        baseline.columns = columns
        let text = SourceText(name: "b.json", text: BaselineWriter.json(baseline).document())
        guard case .baseline(let read) = try BaselineReader.read(text) else {
            throw BaselineError(file: "b.json", reason: "it is not a baseline")
        }
        return read
    }

    @Test("columns of bytes and of objects, and those without a value, are read back as they were")
    func otherKinds() throws {
        var columns = [ColumnProfile(name: "b", kind: .bytes), ColumnProfile(name: "s", kind: .structure)]
        for index in columns.indices { (columns[index].present, columns[index].missing) = (3, 2) }
        var empty = ColumnProfile(name: "e", kind: .float)
        empty.missing = 5
        columns.append(empty)
        let read = try Self.written(columns, rows: 5)
        #expect(read.columns.map(\.kind) == [.bytes, .structure, .float])
        #expect(read.columns.map(\.present) == [3, 3, 0] && read.columns.map(\.missing) == [2, 2, 5])
        #expect(read.columns.map(\.hasDistribution) == [false, false, true])
        #expect(read.columns.map(\.completeness) == [0.6, 0.6, 0])
    }

    @Test("texts after the thousandth rank are counted together, and stay so")
    func manyTexts() throws {
        var column = ColumnProfile(name: "t")
        column.present = 1500
        column.categories = CategorySummary(
            unique: 1500, categories: (0..<1500).map { .init(value: "v\($0 + 10_000)", count: 1) })
        let categories = try #require(try Self.written([column], rows: 1500).columns.first?.categories)
        #expect(categories.categories.count == 1000 && categories.others == 500 && categories.unique == 1500)
        #expect(categories.categories.first?.value == "v10000" && categories.categories.last?.value == "v10999")
    }

    @Test("a number of texts that is not known stays so")
    func unknownUnique() throws {
        var column = ColumnProfile(name: "t")
        column.present = 10
        column.categories = CategorySummary(unique: nil, categories: [.init(value: "a", count: 7)], others: 3)
        let categories = try #require(try Self.written([column], rows: 10).columns.first?.categories)
        #expect(categories.unique == nil && categories.others == 3 && categories.categories.map(\.count) == [7])
    }
}
