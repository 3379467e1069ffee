import EnvironmentInventory
import SourceDocuments
import Testing

@testable import Preflight

@Suite("preflight.toml")
struct DeclarationTests {
    static let head = "schema = \"pinproof/preflight-declaration/1\"\n"
    static let rules: Set<String> = ["untested-range", "no-owner"]

    static func read(_ body: String) throws(DocumentError) -> PreflightDeclaration {
        try PreflightDeclaration(SourceText(name: "preflight.toml", text: head + body), rules: rules)
    }

    @Test("every key of the contract is read with its line")
    func whole() throws {
        let tree = String(repeating: "a", count: 64)
        let declaration = try Self.read(
            """
            [input]
            contract = "schema.json"
            [rollback]
            model = "sha256:\(tree)"
            image = "registry.example/churn@sha256:\(tree)"
            switch = "k8s/rollout.yaml"
            runbook = "docs/rollback.md"
            [monitoring]
            baseline = "baseline.json"
            outputs = ["prediction"]
            alerts = ["rules/churn.yaml#ChurnPredictionShift"]
            [ownership]
            owner = "group:risk-ml"
            on-call = "pagerduty:PXXXXXX"
            runbook = "docs/churn.md"
            [waive]
            untested-range = "2027-01-31 until the new data are there"
            """)
        #expect(declaration.contract?.text == "schema.json" && declaration.contract?.line == 3)
        #expect(declaration.previousModel?.line == 5 && declaration.rollbackSwitch?.text == "k8s/rollout.yaml")
        #expect(declaration.rollbackRunbook?.text == "docs/rollback.md")
        #expect(declaration.monitoringFiles == ["baseline.json", "rules/churn.yaml"])
        #expect(declaration.outputs?.map(\.text) == ["prediction"])
        #expect(declaration.owner?.text == "group:risk-ml" && declaration.onCall?.text == "pagerduty:PXXXXXX")
        #expect(declaration.waivers.map(\.rule) == ["untested-range"])
        #expect(declaration.waivers.first?.reason == "until the new data are there")
    }

    @Test(
        "what is not known by name and type is named with its line",
        arguments: [
            ("[inputs]\n", "inputs is not a key that is known here"),
            ("[input]\nschema = \"x\"\n", "input.schema is not a key that is known here: contract"),
            ("[input]\ncontract = 1\n", "input.contract is a"), ("input = 3\n", "input is a"),
            ("[input]\ncontract = \"\"\n", "input.contract is empty"),
            ("[rollback]\nmodel = \"churn 6\"\n", "rollback.model is not a sha256:HEX"),
            ("[rollback]\nimage = \"Not An Image\"\n", "rollback.image is not a name of an image"),
            ("[monitoring]\noutputs = \"prediction\"\n", "monitoring.outputs is a"),
            ("[monitoring]\noutputs = [1]\n", "monitoring.outputs is a"),
            ("[monitoring]\nalerts = [\"rules.yaml\"]\n", "monitoring.alerts is not a FILE#ALERT"),
            ("[monitoring]\nalerts = [\"#A\"]\n", "monitoring.alerts is not a FILE#ALERT"),
            ("[waive]\nno-such-rule = \"2027-01-31 x\"\n", "waive.no-such-rule names no rule"),
            ("[waive]\nno-owner = \"soon\"\n", "waive.no-owner does not begin with a day"),
            ("[waive]\nno-owner = \"2027-02-29 x\"\n", "waive.no-owner does not begin with a day"),
            ("[waive]\nno-owner = \"2027-01-31\"\n", "waive.no-owner has no reason"),
            ("[waive]\nno-owner = 2027-01-31\n", "waive.no-owner is a"), ("[owner\n", ""),
        ])
    func refused(_ body: String, _ reason: String) {
        do throws(DocumentError) {
            _ = try Self.read(body)
            Issue.record("it was read: \(body)")
        } catch {
            #expect(error.reason.hasPrefix(reason), "\(error)")
            #expect(error.file == "preflight.toml" && (error.place?.line ?? 0) >= 2, "\(error)")
        }
    }

    @Test("without a schema, or with another one, it is refused")
    func schema() {
        for text in ["", "[input]\n", "schema = \"pinproof/preflight-declaration/2\"\n", "schema = 1\n"] {
            #expect(throws: DocumentError.self) {
                try PreflightDeclaration(SourceText(name: "preflight.toml", text: text), rules: [])
            }
        }
    }

    @Test("a waiver counts through its last day")
    func waivers() throws {
        let declaration = try Self.read("[waive]\nno-owner = \"2027-01-31 x\"\n")
        let last = try #require(CalendarDate("2027-01-31"))
        let after = try #require(CalendarDate("2027-02-01"))
        #expect(declaration.waivers(on: last).current.count == 1 && declaration.waivers(on: last).expired.isEmpty)
        #expect(declaration.waivers(on: after).current.isEmpty && declaration.waivers(on: after).expired.count == 1)
    }

    @Test("every prefix and every flipped byte is read or refused, and traps nothing")
    func mutations() {
        let text = Array((Self.head + "[waive]\nno-owner = \"2027-01-31 x\"\n[ownership]\nowner = \"a\"\n").utf8)
        for length in text.indices {
            _ = try? PreflightDeclaration(
                SourceText(name: "p", bytes: Array(text.prefix(length))), rules: Self.rules)
            var flipped = text
            flipped[length] ^= 0x20
            _ = try? PreflightDeclaration(SourceText(name: "p", bytes: flipped), rules: Self.rules)
        }
    }
}

@Suite("Days")
struct CalendarDateTests {
    @Test(
        "days that the calendar has, and others",
        arguments: [
            ("2024-02-29", true), ("2023-02-29", false), ("1900-02-29", false), ("2000-02-29", true),
            ("2026-04-31", false), ("2026-12-31", true), ("2026-00-01", false), ("2026-13-01", false),
            ("0000-01-01", false), ("2026-1-1", false), ("+026-01-01", false), ("2026-01-01T", false), ("", false),
        ])
    func reading(_ text: String, _ isDay: Bool) { #expect((CalendarDate(text)?.description == text) == isDay) }

    @Test("the clock says a day of this century")
    func clock() throws {
        let today = try #require(CalendarDate.today())
        #expect(today.year >= 2024 && today.year < 2100)
    }
}
