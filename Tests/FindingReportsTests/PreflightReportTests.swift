import EnvironmentInventory
import SourceDocuments
import Testing

@testable import FindingReports

@Suite("The reports of preflight")
struct PreflightReportTests {
    private static func render(_ format: String, _ result: PreflightResult?) throws -> String {
        let format = try #require(PreflightReportFormats.named(format))
        return format.render(try #require(result), style: .plain)
    }

    private static func keys(_ node: DocumentNode?) -> [String] { node?.table?.members.map(\.key) ?? [] }

    /// Where something is known that may be missing: 0 nothing, 1 previous, 2 contract, 3 requests.
    private static func variant(_ number: Int) -> PreflightResult? {
        guard var result = PreflightSamples.result() else { return nil }
        switch number {
        case 1: result.previous = PreflightResult.Previous()
        case 2: result.contract = InputContract()
        case 3: result.requests = PreflightResult.Requests()
        default: break
        }
        return result
    }

    @Test("JSON has every key of the contract, also where nothing is known")
    func json() throws {
        for number in 0...3 {
            let text = try Self.render("json", Self.variant(number))
            let root = try JSONReader.read(SourceText(name: "json", text: text)).table
            #expect(
                root?.members.map(\.key) == [
                    "schema", "verdict", "required", "model", "image", "previous", "questions", "contract", "changes",
                    "probes", "requests", "verification", "findings", "summary",
                ])
            #expect(Self.keys(root?["model"]) == ["format", "name", "treeDigest", "payloadDigest"])
            #expect(Self.keys(root?["image"]) == ["identity"])
            #expect(Self.keys(root?["probes"]) == ["accepted", "rejected", "error", "silent", "unknown"])
            #expect(
                Self.keys(root?["summary"]) == ["answered", "notAnswered", "wrong", "errors", "warnings", "notes"])
            let questions = root?["questions"]?.array ?? []
            #expect(questions.count == 5)
            for question in questions {
                #expect(Self.keys(question) == ["question", "answer", "evidence", "findings"])
                for item in question.table?["evidence"]?.array ?? [] {
                    #expect(Self.keys(item) == ["kind", "value", "strength", "file", "line"])
                }
            }
            #expect(root?["verification"]?.table?.string("schema") == "pinproof/verify/1")
            #expect(root?["findings"]?.array?.first?.table?.string("rule") == "no-output-baseline")
        }
    }

    @Test("text: the verdict, five lines, and the command that mends")
    func text() throws {
        let text = try Self.render("text", PreflightSamples.result())
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines[0].hasPrefix("churn (mlflow) -> churn:bad@sha256:") || lines[0].contains(" -> "))
        #expect(lines[0].hasSuffix("  not ready"))
        #expect(text.contains("3 How do we know it's broken?  not answered  the summary of monitoring\n"))
        #expect(text.contains("to fix: pinproof profile predictions.csv --of churn -o baseline.json\n"))
        #expect(text.contains("prediction  error     no baseline of prediction  preflight.toml [no-output-baseline]\n"))
        #expect(text.hasSuffix("\n4 of 5 questions answered, 1 error\n"))
        let ready = try Self.render("text", PreflightSamples.result(verdict: .ready) { $0.required = [.input] })
        #expect(ready.contains("  ready\n") && ready.contains("answered (not required)"))
    }

    @Test("no format lets a text of the model be more than text", arguments: PreflightReportFormats.all.map { $0.name })
    func hostile(_ name: String) throws {
        let text = try Self.render(name, PreflightSamples.hostileResult())
        #expect(!text.unicodeScalars.contains("\u{1B}") && !text.unicodeScalars.contains("\u{202E}"))
        #expect(text.hasSuffix("\n"))
        switch name {
        case "html":
            #expect(!text.contains("<script") && !text.contains("</style><b>") && !text.contains("\" onload"))
            #expect(text.contains("&lt;script&gt;"))
        case "markdown":
            // A backslash keeps a mark from beginning anything.
            let unescaped = text.replacing("\\<", with: "").replacing("\\]", with: "")
            #expect(!unescaped.contains("<script") && !unescaped.contains("](javascript"))
            let withoutBreaks = text.replacing("@&#8203;", with: "")
            #expect(!withoutBreaks.contains("@here"))
            for line in text.split(separator: "\n") where line.hasPrefix("|") {
                // A bar or a backtick of a name neither ends a cell nor begins code.
                #expect(!line.contains("a|b") && !line.contains(" `x` "), "\(line)")
            }
        case "github":
            for line in text.split(separator: "\n") { #expect(line.hasPrefix("::"), "\(line)") }
        case "junit": #expect(!text.contains("<script") && text.contains("&lt;script&gt;"))
        case "json", "sarif": _ = try JSONReader.read(SourceText(name: name, text: text))
        default: #expect(!text.contains("\nbreak"))
        }
    }

    @Test("at most 50 columns, 20 categories and 200 bytes of a text", arguments: ["text", "markdown", "html"])
    func limits(_ name: String) throws {
        let long = String(repeating: "ö", count: 4000)
        let result = PreflightSamples.result { result in
            var contract = InputContract()
            for index in 0..<60 {
                var input = ContractInput(name: "column-\(index)", position: index)
                input.categories = .init(values: (0..<30).map { .text("category-\($0)") }, isOpen: false)
                contract.inputs.append(input)
            }
            result.contract = contract
            result.probes = (0..<60).map { index in
                ContractProbe(
                    column: .name("column-\(index)"), kind: .null, value: .null, outcome: .error, why: long,
                    version: nil)
            }
            result.questions = result.questions.map { answer in
                var answer = answer
                answer.summary = long
                answer.remedy = long
                answer.evidence = [.init(kind: "owner", value: long, strength: "claimed", file: long, line: 1)]
                if answer.question == .input { return answer }
                answer.findings = [
                    Finding(
                        rule: "no-owner", severity: .error, file: long, range: nil, message: long, help: long,
                        ecosystem: .model, subject: long)
                ]
                return answer
            }
        }
        let verbose = try #require(PreflightReportFormats.named(name)).render(
            try #require(result), style: TerminalStyle(isColored: false, isVerbose: true))
        #expect(verbose.contains("and 10 more"))
        #expect(verbose.contains("column-49") && !verbose.contains("column-50"))
        if name != "text" { #expect(verbose.contains("category-19") && !verbose.contains("category-20")) }
        let runs = verbose.unicodeScalars.split { $0 != "ö" }.map(\.count)
        #expect(runs.count > 60 && runs.allSatisfy { $0 <= 100 })
        #expect(PreflightPage.cut(long).utf8.count <= 200 && PreflightPage.cut("short") == "short")
    }

    @Test("junit and sarif fail what is required and not answered")
    func machines() throws {
        let junit = try Self.render("junit", PreflightSamples.result())
        #expect(junit.contains("<testsuites name=\"pinproof preflight\" tests=\"6\" failures=\"2\">"))
        let sarif = try Self.render("sarif", PreflightSamples.result())
        #expect(sarif.contains("\"question-monitoring\"") && sarif.contains("\"no-output-baseline\""))
        let optional = try Self.render("sarif", PreflightSamples.result { $0.required = [.input] })
        #expect(!optional.contains("\"question-monitoring\""))
    }
}
