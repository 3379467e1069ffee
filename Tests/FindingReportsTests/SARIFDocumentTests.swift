import EnvironmentInventory
import SourceDocuments
import Testing

@testable import FindingReports

/// SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html), section by section.
struct SARIFDocumentTests {
    private static func run(_ document: String) throws -> [String: DocumentNode] {
        let root = try JSONReader.read(SourceText(name: "sarif", text: document))
        // 3.13.2, 3.13.4: the version, and an array of runs.
        #expect(root.table?["version"]?.string == "2.1.0")
        let runs = try #require(root.table?["runs"]?.array)
        #expect(runs.count == 1)
        return members(runs[0])
    }

    private static func members(_ node: DocumentNode?) -> [String: DocumentNode] {
        Dictionary((node?.table?.members ?? []).map { ($0.key, $0.value) }) { first, _ in first }
    }

    @Test("every report has what each object must have", arguments: ReportSamples.meaningful)
    func required(text: String) throws {
        let reports = ReportSamples.reports("sarif", text)
        #expect(reports.map(\.command) == ["check", "verify", "match", "fleet", "preflight"])
        for (command, document) in reports {
            let run = try Self.run(document)
            // 3.14.6, 3.18.2, 3.19.8: a tool, its driver, its name.
            let driver = Self.members(Self.members(run["tool"])["driver"])
            #expect(driver["name"]?.string?.isEmpty == false)
            let rules = (driver["rules"]?.array ?? []).map { Self.members($0) }
            let identifiers = rules.compactMap { $0["id"]?.string }
            // 3.49.3: each rule has an id; 3.19.23: no two are the same.
            #expect(identifiers.count == rules.count)
            #expect(Set(identifiers).count == identifiers.count, "\(command)")
            for rule in rules {
                for key in ["shortDescription", "fullDescription", "help"] {
                    // 3.12.3: a multiformat message has a text.
                    #expect(Self.members(rule[key])["text"]?.string?.isEmpty == false, "\(command) \(key)")
                }
            }
            for result in run["results"]?.array ?? [] { try Self.check(result, identifiers, run) }
        }
    }

    private static func check(_ node: DocumentNode, _ rules: [String], _ run: [String: DocumentNode]) throws {
        let result = members(node)
        let rule = try #require(result["ruleId"]?.string)
        // 3.27.6: the index is that of the rule with this id.
        if let index = result["ruleIndex"]?.integer { #expect(rules[Int(index)] == rule) }
        #expect(!rules.contains(rule) || result["ruleIndex"] != nil)
        // 3.27.10: none, note, warning, error.
        #expect(["none", "note", "warning", "error"].contains(result["level"]?.string ?? ""))
        // 3.27.11: a message; 3.11.8: with a text.
        #expect(members(result["message"])["text"]?.string != nil)
        // 3.27.25: from 0.0 to 100.0.
        let rank = try #require(result["rank"]?.integer)
        #expect((0...100).contains(rank))
        // 3.27.17: values are strings.
        for (_, value) in members(result["partialFingerprints"]) { #expect(value.string?.isEmpty == false) }
        for location in result["locations"]?.array ?? [] {
            let physical = members(members(location)["physicalLocation"])
            try check(artifact: members(physical["artifactLocation"]), run)
            try check(region: members(physical["region"]))
        }
        for fix in result["fixes"]?.array ?? [] {
            // 3.55.3: a fix has at least one change, 3.56.3: a change at least one replacement.
            let changes = members(fix)["artifactChanges"]?.array ?? []
            #expect(!changes.isEmpty)
            for change in changes {
                try check(artifact: members(members(change)["artifactLocation"]), run)
                let replacements = members(change)["replacements"]?.array ?? []
                #expect(!replacements.isEmpty)
                for replacement in replacements { try check(region: members(members(replacement)["deletedRegion"])) }
            }
        }
    }

    private static func check(artifact: [String: DocumentNode], _ run: [String: DocumentNode]) throws {
        let uri = try #require(artifact["uri"]?.string)
        // RFC 3986, appendix A: what a URI reference may hold.
        let allowed = "-._~:/?#[]@!$&'()*+,;=%"
        #expect(uri.utf8.allSatisfy { $0.isASCIIAlphanumeric || allowed.utf8.contains($0) }, "\(uri)")
        let bytes = Array(uri.utf8)
        for index in bytes.indices where bytes[index] == UInt8(ascii: "%") {
            #expect(
                index + 2 < bytes.count && bytes[index + 1].hexDigitValue != nil
                    && bytes[index + 2].hexDigitValue != nil)
        }
        // 4.2: the first segment of a relative reference has no colon.
        #expect(!(uri.split(separator: "/").first ?? "").contains(":"), "\(uri)")
        guard let base = artifact["uriBaseId"]?.string else { return }
        // 3.14.14: the base is defined, and ends with a slash.
        let bases = members(run["originalUriBaseIds"])
        #expect(members(bases[base])["uri"]?.string?.hasSuffix("/") == true)
        #expect(!uri.hasPrefix("/"))
    }

    private static func check(region: [String: DocumentNode]) throws {
        // 3.30.5 to 3.30.8: lines and columns begin at 1, and an end is not before its start.
        let start = (try #require(region["startLine"]?.integer), try #require(region["startColumn"]?.integer))
        let end = (try #require(region["endLine"]?.integer), try #require(region["endColumn"]?.integer))
        #expect(start.0 >= 1 && start.1 >= 1)
        #expect(end >= start)
    }

    private static let columns: [(line: String, bytes: Range<Int>, columns: [Int64])] = [
        ("FROM python", 6..<12, [6, 12]),
        ("# \u{e9} FROM", 6..<10, [5, 9]),
        ("\u{1F600} a", 6..<7, [3, 4]),
        ("\u{65E5}\u{672C} x", 8..<9, [4, 5]),
        ("e\u{301} x", 5..<6, [4, 5]),
        ("\tx", 2..<3, [2, 3]),
    ]

    @Test("columns count code points, as columnKind says (3.14.17)", arguments: columns)
    func columnKind(line: String, bytes: Range<Int>, columns: [Int64]) throws {
        let finding = Finding(
            rule: "r", severity: .error, file: "f",
            range: SourceRange(
                start: SourcePosition(line: 1, column: bytes.lowerBound),
                end: SourcePosition(line: 1, column: bytes.upperBound)), message: "m")
        let result = CheckResult(
            require: .exact, findings: [finding], files: [], suppressed: 0,
            texts: ["f": SourceText(name: "f", text: line)])
        let run = try Self.run(SARIFReport.render(result, style: .plain))
        #expect(run["columnKind"]?.string == "unicodeCodePoints")
        let location = Self.members(Self.members(run["results"]?.array?.first)["locations"]?.array?.first)
        let region = Self.members(Self.members(location["physicalLocation"])["region"])
        #expect([region["startColumn"]?.integer, region["endColumn"]?.integer] == columns)
    }

    private static let pathsCases: [(path: String, uri: String)] = [
        ("Dockerfile", "Dockerfile"),
        ("./a/Dockerfile", "a/Dockerfile"),
        ("a b/c", "a%20b/c"),
        ("100%.txt", "100%25.txt"),
        ("a?b#c", "a%3Fb%23c"),
        ("a:b/c", "a%3Ab/c"),
        ("caf\u{e9}", "caf%C3%A9"),
        ("a\\b", "a%5Cb"),
        ("a\"b", "a%22b"),
        ("[x]", "%5Bx%5D"),
        ("../up", "../up"),
    ]

    @Test("a path is a relative reference (RFC 3986)", arguments: pathsCases)
    func paths(path: String, uri: String) {
        #expect(SARIFReport.percentEncodedPath(path) == uri)
    }

    @Test("a finding with a replacement has a fix that puts it there")
    func fixes() throws {
        let finding = ReportSamples.finding("x", file: "f", replacement: "python:3.11")
        let result = CheckResult(
            require: .exact, findings: [finding], files: [], suppressed: 0,
            texts: ["f": SourceText(name: "f", text: "# x\nFROM python\n")])
        let run = try Self.run(SARIFReport.render(result, style: .plain))
        let fix = Self.members(Self.members(run["results"]?.array?.first)["fixes"]?.array?.first)
        let change = Self.members(fix["artifactChanges"]?.array?.first)
        let replacement = Self.members(change["replacements"]?.array?.first)
        #expect(Self.members(replacement["insertedContent"])["text"]?.string == "python:3.11")
        let region = Self.members(replacement["deletedRegion"])
        #expect(region["startLine"]?.integer == 2 && region["startColumn"]?.integer == 6)
        #expect(region["endLine"]?.integer == 2 && region["endColumn"]?.integer == 12)
    }
}
