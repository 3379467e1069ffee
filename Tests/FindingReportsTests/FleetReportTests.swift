import EnvironmentInventory
import SourceDocuments
import TestSupport
import Testing

@testable import FindingReports

/// `fleet report` in every format.
struct FleetReportTests {
    private static func row(
        _ name: String, _ verdict: Verdict?, reasons: [String] = [], models: [String] = [], images: [String] = []
    ) -> FleetReport.Row {
        FleetReport.Row(
            pair: "p-\(name)", name: name, model: "s3://b/\(name)", image: "docker://r.example/\(name):1",
            pinned: "docker://r.example/\(name)@sha256:0", verdict: verdict, reasons: reasons, sameModels: models,
            sameImages: images)
    }

    private static let mixed = FleetReport(
        rows: [
            row("good", .match, models: ["s3://b/other"]), row("lost", nil),
            row("open", .notProvable, reasons: ["no lock"]),
            row(
                "bad", .mismatch, reasons: ["numpy: 1.0 -> 2.0", "six: rebuilt"], images: ["docker://r.example/copy:1"]),
        ], notes: ["a.yaml:1: Service s names no model"], problems: ["b.yaml:1: not closed"])
    private static let clean = FleetReport(rows: [row("good", .match)], notes: [], problems: [])
    private static let empty = FleetReport(rows: [], notes: [], problems: [])

    private static func render(_ name: String, _ report: FleetReport, isVerbose: Bool = false) throws -> String {
        let format = try #require(FleetReportFormats.all.first { $0.name == name })
        return format.render(report, style: TerminalStyle(isColored: false, isVerbose: isVerbose))
    }

    @Test("the text lists what does not match, and with --verbose what does")
    func text() throws {
        #expect(
            try Self.render("text", Self.mixed) == """
                mismatch: bad: s3://b/bad on docker://r.example/bad:1
                  numpy: 1.0 -> 2.0
                  six: rebuilt
                  the same: docker://r.example/copy:1
                not-recorded: lost: s3://b/lost on docker://r.example/lost:1
                not-provable: open: s3://b/open on docker://r.example/open:1
                  no lock
                unread: b.yaml:1: not closed

                4 pairs: 1 match, 1 mismatch, 1 not-provable, 1 not-recorded; 1 could not be read; 1 manifest names no model

                """)
        #expect(try Self.render("text", Self.clean) == "1 pair: 1 match\n")
        #expect(try Self.render("text", Self.empty) == "0 pairs: none\n")
        #expect(
            try Self.render("text", Self.clean, isVerbose: true)
                == "match: good: s3://b/good on docker://r.example/good:1\n\n1 pair: 1 match\n")
        let verbose = try Self.render("text", Self.mixed, isVerbose: true)
        #expect(verbose.contains("\n  the same: s3://b/other\n"))
        #expect(verbose.contains("\nnote: a.yaml:1: Service s names no model\n"))
    }

    @Test("the JSON has each pair with its verdict, null where none is recorded")
    func json() throws {
        let text = try Self.render("json", Self.mixed)
        let root = try #require(JSONReader.read(SourceText(name: "report", text: text)).table)
        #expect(root.members.map(\.key) == ["schema", "verdict", "summary", "pairs", "notes", "problems"])
        #expect(root["verdict"]?.string == "mismatch")
        #expect(root["summary"]?.table?.members.map { $0.value.text ?? "" } == ["1", "1", "1", "1"])
        let pairs = root["pairs"]?.array?.compactMap(\.table) ?? []
        #expect(pairs.map { $0["name"]?.string } == ["bad", "lost", "open", "good"])
        #expect(pairs.map { $0["verdict"]?.string } == ["mismatch", nil, "not-provable", "match"])
        #expect(pairs.allSatisfy { $0.members.count == 9 })
        #expect(pairs[0]["reasons"]?.array?.compactMap(\.string) == ["numpy: 1.0 -> 2.0", "six: rebuilt"])
        #expect(pairs[0]["pinned"]?.string == "docker://r.example/bad@sha256:0")
        #expect(pairs[3]["sameModels"]?.array?.compactMap(\.string) == ["s3://b/other"])
        for (report, verdict) in [(Self.clean, "match"), (Self.empty, "not-provable")] {
            let text = try Self.render("json", report)
            #expect(try JSONReader.read(SourceText(name: "r", text: text)).table?["verdict"]?.string == verdict)
        }
    }

    @Test("JUnit has a case for each pair and each problem; what is no match fails")
    func junit() throws {
        let root = try XMLElement.parse(try Self.render("junit", Self.mixed))
        #expect(root.attributes["tests"] == "5" && root.attributes["failures"] == "4")
        let cases = root.all("testcase")
        #expect(cases.count == 5)
        #expect(
            cases.map { $0.all("failure").first?.attributes["type"] } == [
                "mismatch", "not-recorded", "not-provable", nil, "unread",
            ])
        #expect(cases[0].all("failure").first?.attributes["message"] == "numpy: 1.0 -> 2.0; six: rebuilt")
        let clean = try XMLElement.parse(try Self.render("junit", Self.clean))
        #expect(clean.attributes["failures"] == "0" && clean.all("failure").isEmpty)
    }

    @Test("SARIF has a result for each pair that does not match, and a rule for each result")
    func sarif() throws {
        let text = try Self.render("sarif", Self.mixed)
        let run = try #require(JSONReader.read(SourceText(name: "r", text: text)).table?["runs"]?.array?.first?.table)
        let results = run["results"]?.array?.compactMap(\.table) ?? []
        #expect(
            Set(results.compactMap { $0["ruleId"]?.string }) == ["refused", "not-recorded", "not-provable"])
        #expect(results.count == 4 && results.allSatisfy { $0["level"]?.string == "error" })
        let rules = run["tool"]?.table?["driver"]?.table?["rules"]?.array?.compactMap { $0.table?["id"]?.string } ?? []
        let named = results.compactMap { $0["ruleId"]?.string }
        #expect(named.allSatisfy { rules.contains($0) })
        #expect(text.contains("bad: s3://b/bad: numpy: 1.0 -> 2.0; six: rebuilt"))
        let clean = try Self.render("sarif", Self.clean)
        #expect(clean.contains("\"results\": []"))
    }

    @Test("Markdown and HTML have every pair, every problem and every note", arguments: ["markdown", "html"])
    func pages(_ format: String) throws {
        let page = try Self.render(format, Self.mixed)
        for piece in [
            "b/bad", "b/lost", "b/open", "b/good", "six: rebuilt", "not closed", "names no model",
            "not-recorded",
        ] {
            #expect(page.contains(piece), "\(piece)")
        }
        #expect(page.contains(format == "html" ? "<!" : "### Pinproof: 4 pairs: 1 match, 1 mismatch"))
        #expect(try Self.render(format, Self.empty).contains("0 pairs: none"))
    }

    @Test("what pairs are called reaches no format as markup or as an escape sequence")
    func hostile() throws {
        let name = "<script>|`x`\u{1B}[2J\n::error::"
        let report = FleetReport(rows: [Self.row(name, nil, reasons: [name])], notes: [name], problems: [name])
        for format in FleetReportFormats.all {
            let text = format.render(report, style: TerminalStyle(isColored: false, isVerbose: true))
            #expect(!text.contains("\u{1B}"), "\(format.name)")
            if ["html", "junit", "markdown"].contains(format.name) {
                #expect(!text.contains("<script>|"), "\(format.name)")
            }
            if format.name == "text" { #expect(!text.contains("\n::error::")) }
        }
    }
}
