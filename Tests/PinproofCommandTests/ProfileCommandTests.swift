import Testing

@testable import PinproofCommand

/// `profile`, and `diff` with a baseline.
struct ProfileCommandTests {
    private static let rows =
        "prediction,score\n" + (0..<400).map { "\($0 % 10 < 7 ? "ok" : "fraud"),0.\($0 % 10)\n" }.joined()
    private static let changed =
        "prediction,score\n" + (0..<400).map { "\($0 % 20 < 19 ? "ok" : "fraud"),0.\($0 % 10)\n" }.joined()

    @Test("the baseline of a model names its digest")
    func profile() async throws {
        let directory = try Directory(["p.csv": Self.rows])
        let run = await pinproof("profile", directory("p.csv"), "--of", Demo.model)
        #expect(run.status == 0 && run.diagnostics.isEmpty)
        let document = try run.document()
        #expect(document.keys == ["datasets"])
        #expect(document["datasets", "0"]?.keys == ["name", "numExamples", "features"])
        #expect(document.string("datasets", "0", "name")?.hasPrefix("sha256:") == true)
        #expect(document.string("datasets", "0", "name")?.hasSuffix(" p.csv") == true)
        #expect(document.string("datasets", "0", "numExamples") == "400")
        #expect(document.string("datasets", "0", "features", "0", "type") == "STRING")
        #expect(document.string("datasets", "0", "features", "1", "type") == "FLOAT")
        let plain = try await pinproof("profile", directory("p.csv")).document()
        #expect(plain.string("datasets", "0", "name") == "p.csv")
    }

    @Test("drift: status 1 above the bound, 0 below it")
    func drift() async throws {
        let directory = try Directory(["p.csv": Self.rows, "q.csv": Self.changed])
        #expect(await pinproof("profile", directory("p.csv"), "-o", directory("b.json")).status == 0)
        #expect(await pinproof("diff", directory("b.json"), directory("p.csv")).status == 0)
        #expect(await pinproof("diff", directory("b.json"), directory("b.json")).status == 0)
        let run = await pinproof("diff", directory("b.json"), directory("q.csv"), "--format", "json")
        #expect(run.status == 1)
        let document = try run.document()
        #expect(
            document.keys == ["schema", "baseline", "data", "rows", "thresholds", "columns", "problems", "summary"])
        #expect(document.string("schema") == "pinproof/drift/1")
        #expect(document["columns", "0"]?.keys == ["column", "psi", "jensenShannon", "lInfinity", "above"])
        #expect(document["columns", "0", "above"]?.boolean == true)
        #expect(document["columns", "1", "above"]?.boolean == false)
        #expect(await pinproof("diff", directory("b.json"), directory("q.csv"), "--drift", "psi=0.6").status == 0)
        #expect(
            await pinproof("diff", directory("b.json"), directory("q.csv"), "--drift", "psi=0.6,linf=0.2").status == 1)
    }

    @Test(
        "text, Markdown and HTML",
        arguments: [
            ("text", "baseline  "), ("markdown", "### Pinproof drift: 1 of 2 columns above psi=0.2"), ("html", "<!"),
        ])
    func formats(_ format: String, _ start: String) async throws {
        let directory = try Directory(["p.csv": Self.rows, "q.csv": Self.changed])
        _ = await pinproof("profile", directory("p.csv"), "-o", directory("b.json"))
        let run = await pinproof("diff", directory("b.json"), directory("q.csv"), "--format", format)
        #expect(run.status == 1 && run.output.hasPrefix(start))
        #expect(run.output.contains("prediction") && run.output.contains("0.5243"))
    }

    @Test("names from the data are text in every format", arguments: ["text", "json", "markdown", "html"])
    func hostileNames(_ format: String) async throws {
        let directory = try Directory(["p.csv": "\"<script>x|`@here\u{1B}[2J\"\n1\n2\n"])
        _ = await pinproof("profile", directory("p.csv"), "-o", directory("b.json"))
        let run = await pinproof("diff", directory("b.json"), directory("p.csv"), "--format", format)
        #expect(run.status == 0 && !run.output.contains("\u{1B}"))
        if format != "json", format != "text" { #expect(!run.output.contains("<script>x")) }
        if format == "markdown" { #expect(!run.output.contains("@here")) }
    }

    @Test(
        "what cannot be read: status 2",
        arguments: [
            ("a,b\n1\n", "p.csv:2: row 1 has 1 field"), ("{\"a\": 1}\n{\n", "p.csv:2: row 2 is not JSON"),
            ("a\ninf\n", "the number is not finite"),
        ])
    func unread(_ text: String, _ message: String) async throws {
        let directory = try Directory(["p.csv": text])
        let run = await pinproof("profile", directory("p.csv"), "-o", directory("b.json"))
        #expect(run.status == 2 && run.diagnostics.contains(message))
        #expect(try directory.names == ["p.csv"])
    }

    @Test("nested values are named: status 2, with the baseline of the other columns")
    func nested() async throws {
        let directory = try Directory(["p.jsonl": "{\"a\": 1, \"b\": {}}\n"])
        let run = await pinproof("profile", directory("p.jsonl"))
        #expect(run.status == 2 && run.diagnostics.contains("column 'b' is left out"))
        #expect(try run.document()["datasets", "0", "features"]?.array?.count == 1)
    }

    @Test("a damaged baseline, one of a tool that is not read, and data that is not there: status 2")
    func damagedBaselines() async throws {
        let directory = try Directory(["p.csv": Self.rows, "w.bin": "WHY1", "b.json": "{\"datasets\": [{\"x\": 1}]}"])
        #expect(await pinproof("diff", directory("b.json"), directory("p.csv")).status == 2)
        let unread = await pinproof("diff", directory("w.bin"), directory("p.csv"))
        #expect(unread.status == 2 && unread.diagnostics.contains("whylogs"))
        _ = await pinproof("profile", directory("p.csv"), "-o", directory("b.json"))
        #expect(await pinproof("diff", directory("b.json"), directory("none.csv")).status == 2)
    }

    @Test("--drift without a baseline, and bounds that are none: wrong usage")
    func usage() async throws {
        let directory = try Directory(["p.csv": Self.rows])
        #expect(await pinproof("diff", Demo.lock, Demo.image, "--drift", "psi=0.1").status == 64)
        for bound in ["psi", "psi=x", "psi=-1", "kl=1", "psi=nan", ""] {
            #expect(await pinproof("diff", directory("p.csv"), directory("p.csv"), "--drift", bound).status == 64)
        }
        let model = await pinproof("profile", directory("p.csv"), "--of", Demo.lock)
        #expect(model.status == 2 && model.diagnostics.contains("a baseline is of a model"))
    }
}
