import EnvironmentInventory
import SourceDocuments
import Testing

@testable import FindingReports

/// The reports of data and a baseline, in the four formats of `diff`.
@Suite("Reports of drift")
struct DriftReportTests {
    private static let drift: DataDrift = {
        var drift = DataDrift(
            baseline: "baseline.json", baselineRows: 1000, data: "today.csv", dataRows: nil,
            thresholds: [.init(.psi, 0.2), .init(.js, 1)])
        var age = DataDrift.Column(column: "age", psi: 0.52428561, jensenShannon: 0.1, lInfinity: 0.25)
        age.above = true
        drift.columns = [age, .init(column: "region", psi: 0.00004, jensenShannon: 0, lInfinity: 1)]
        drift.problems = [
            .init(.missingColumn, column: "plan", message: "the baseline has it, and the data does not"),
            .init(.newCategory, column: "region", message: "the baseline does not have 'x' (3)"),
        ]
        return drift
    }()

    @Test("text: columns in line, remarks, and a sum")
    func text() throws {
        let text = try #require(DriftReport.render(Self.drift, format: "text", style: .plain))
        #expect(
            text == """
                baseline  baseline.json  1000 rows
                data      today.csv  an unknown number of rows

                above age     psi 0.5243  js 0.1000  linf 0.2500
                      region  psi 0.0000  js 0.0000  linf 1.0000

                missing-column  plan: the baseline has it, and the data does not
                new-category  region: the baseline does not have 'x' (3)

                1 of 2 columns above psi=0.2, js=1; 2 remarks

                """)
    }

    @Test("text without columns and remarks")
    func empty() throws {
        let drift = DataDrift(baseline: "b", baselineRows: 1, data: "d", dataRows: 0, thresholds: [])
        let text = try #require(DriftReport.render(drift, format: "text", style: .plain))
        #expect(text == "baseline  b  1 row\ndata      d  0 rows\n\n\n0 of 0 columns above \n")
    }

    @Test("JSON has the numbers as they are")
    func json() throws {
        let text = try #require(DriftReport.render(Self.drift, format: "json", style: .plain))
        let root = try #require(try JSONReader.read(SourceText(name: "d", text: text)).table)
        #expect(root.string("schema") == "pinproof/drift/1" && root["rows"]?.table?["data"]?.isNull == true)
        let columns = try #require(root["columns"]?.array)
        #expect(columns.map { $0.table?["column"]?.string } == ["age", "region"])
        #expect(columns.map { $0.table?["above"]?.boolean } == [true, false])
        #expect(columns[1].table?["psi"]?.text.flatMap { Double($0) } == 0.00004)
        #expect(root["problems"]?.array?.map { $0.table?["problem"]?.string } == ["missing-column", "new-category"])
        #expect(root["summary"]?.table?["above"]?.integer == 1 && root["summary"]?.table?["problems"]?.integer == 2)
        #expect(root["thresholds"]?.array?.map { $0.table?["measure"]?.string } == ["psi", "js"])
    }

    @Test("Markdown: two tables whose cells hold text only")
    func markdown() throws {
        var drift = Self.drift
        drift.columns[0].column = "a|b"
        drift.problems[0].message = "<b> @all | [x](y)"
        let text = try #require(DriftReport.render(drift, format: "markdown", style: .plain))
        #expect(text.hasPrefix("### Pinproof drift: 1 of 2 columns above psi=0.2, js=1; 2 remarks\n"))
        #expect(text.contains("| **above** | <code>a&#124;b</code> | 0.5243 | 0.1000 | 0.2500 |\n"))
        #expect(
            text.contains("| missing-column | `plan` | \\<b\\> @&#8203;all \\| \\[x\\](y) |\n"))
    }

    @Test("the page says at its top what was found")
    func page() throws {
        func page(_ drift: DataDrift) throws -> String {
            try #require(DriftReport.render(drift, format: "html", style: .plain))
        }
        let text = try page(Self.drift)
        #expect(
            text.contains("<code>age</code>")
                && text.contains("1000 rows in the baseline, an unknown number of rows in the data."))
        #expect(!text.contains("<script src") && !text.contains("http://"))
        var hostile = Self.drift
        hostile.columns[0].column = "<script>x</script>"
        #expect(try !page(hostile).contains("<script>x"))
    }

    @Test("a format that diff does not have is none")
    func unknown() { #expect(DriftReport.render(Self.drift, format: "sarif", style: .plain) == nil) }

    @Test(
        "four places behind the point, whatever the size",
        arguments: [
            (0.0, "0.0000"), (0.00005, "0.0001"), (0.99995, "1.0000"), (12.3456789, "12.3457"),
            (1e17, "1e+17"), (1e10, "10000000000.0000"),
        ])
    func places(_ value: Double, _ shown: String) throws {
        var drift = DataDrift(baseline: "b", baselineRows: 1, data: "d", dataRows: 1)
        drift.columns = [.init(column: "a", psi: value, jensenShannon: 0, lInfinity: 0)]
        let text = try #require(DriftReport.render(drift, format: "text", style: .plain))
        #expect(text.contains("  psi \(shown)  js 0.0000"), "\(text)")
    }
}
