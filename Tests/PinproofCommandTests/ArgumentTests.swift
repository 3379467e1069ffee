import FindingReports
import Pinproof
import TestSupport
import Testing

@testable import PinproofCommand

/// The values that options take: what they mean, and what is refused.
struct ArgumentTests {
    @Test(
        "sizes",
        arguments: [
            ("1", 1), ("4096", 4096), ("1K", 1024), ("1k", 1024), ("3M", 3 << 20), ("2g", 2 << 30), ("1T", 1 << 40),
            ("8388607T", 8_388_607 << 40), ("9223372036854775807", Int.max), ("007", 7), ("8388608T", nil), ("0", nil),
            ("0K", nil), ("-1", nil), ("+1", nil), ("", nil), ("K", nil), ("1.5G", nil), ("1 K", nil), ("1KB", nil),
            ("1KK", nil), ("1P", nil), ("0x10", nil), ("9223372036854775808", nil), ("٣", nil), ("1e3", nil),
        ] as [(String, Int?)])
    func sizes(_ text: String, _ bytes: Int?) { #expect(ByteCount(argument: text)?.value == bytes) }

    @Test(
        "ages",
        arguments: [
            ("0s", 0), ("30s", 30), ("5m", 300), ("12h", 43200), ("90d", 7_776_000), ("2w", 1_209_600), ("90", nil),
            ("", nil), ("d", nil), ("-1d", nil), ("+1d", nil), ("1D", nil), ("1.5d", nil), ("1y", nil), ("1 d", nil),
            ("99999999999d", nil),
        ] as [(String, Int?)])
    func ages(_ text: String, _ seconds: Int?) { #expect(Age(argument: text)?.seconds == seconds) }

    @Test(
        "bounds of drift",
        arguments: [
            ("psi=0.2", ["psi 0.2"]), ("js=0", ["js 0.0"]), ("linf=1,psi=.5", ["linf 1.0", "psi 0.5"]), ("psi", nil),
            ("psi=", nil), ("psi=-1", nil), ("psi=nan", nil), ("psi=inf", nil), ("ks=1", nil), ("", nil),
            ("psi=1,", nil),
            ("=1", nil), ("psi=1=2", nil), ("PSI=1", nil),
        ] as [(String, [String]?)])
    func bounds(_ text: String, _ bounds: [String]?) {
        let found = DriftBounds(argument: text)?.thresholds.map { "\($0.measure.rawValue) \($0.value)" }
        #expect(found == bounds)
    }

    @Test(
        "commits of actions: the action with its reference, and a whole commit id",
        arguments: [
            ("a/b@v1=\(String(repeating: "0", count: 40))", true),
            ("a/b/c@main=\(String(repeating: "f", count: 64))", true),
            ("a/b@x=y=\(String(repeating: "0", count: 40))", true),
            ("a/b@v1=\(String(repeating: "0", count: 39))", false),
            ("a/b@v1=\(String(repeating: "F", count: 40))", false), ("a/b=\(String(repeating: "0", count: 40))", false),
            ("a@v1=\(String(repeating: "0", count: 40))", false), ("a/b@v1", false), ("", false),
        ])
    func commits(_ text: String, _ isValid: Bool) { #expect((ActionCommit(argument: text) != nil) == isValid) }

    @Test(
        "digests of images",
        arguments: [
            ("python:3.11=sha256:\(String(repeating: "0", count: 64))", true),
            ("r.example:5000/a/b=sha256:\(String(repeating: "a", count: 64))", true),
            ("python:3.11=sha512:\(String(repeating: "0", count: 128))", false),
            ("python:3.11=sha256:\(String(repeating: "0", count: 63))", false), ("python:3.11", false),
            ("=sha256:\(String(repeating: "0", count: 64))", false),
            ("UPPER=sha256:\(String(repeating: "0", count: 64))", false),
        ])
    func digests(_ text: String, _ isValid: Bool) { #expect((ImageDigest(argument: text) != nil) == isValid) }

    @Test("names with values, lists of words, rules and questions")
    func lists() {
        #expect(NamedValue(argument: "A=b=c").map { [$0.name, $0.value] } == ["A", "b=c"])
        #expect(NamedValue(argument: "A=").map { [$0.name, $0.value] } == ["A", ""])
        #expect(
            NamedValue(argument: "A") == nil && NamedValue(argument: "=b") == nil && NamedValue(argument: "") == nil)
        #expect(CommandWords(argument: #"["a", "b c"]"#)?.words == ["a", "b c"])
        for text in ["a", "[]", "[1]", #"["a", null]"#, #"{"a": "b"}"#, #"["a""#, ""] {
            #expect(CommandWords(argument: text) == nil, "\(text)")
        }
        #expect(RuleNames(argument: "a, b,c")?.names == ["a", "b", "c"])
        #expect(QuestionNames(argument: "ownership, input")?.questions.map(\.rawValue) == ["input", "ownership"])
        #expect(QuestionNames(argument: "input,") == nil && QuestionNames(argument: "x") == nil)
        #expect(AttachLayouts(argument: "bundle,att")?.layouts.map(\.rawValue) == ["bundle", "att"])
        #expect(ReportFile<CheckReportFormats>(argument: "json=a=b")?.path == "a=b")
        #expect(ReportFile<CheckReportFormats>(argument: "json=") == nil)
        #expect(ReportFile<CheckReportFormats>(argument: "yaml=a") == nil)
    }

    @Test(
        "mirrors",
        arguments: [
            ("m.example", true), ("m.example:5000/prefix/", true), ("quay.io=m.example", true),
            ("*=localhost:5000", true),
            ("localhost", true), ("", false), ("=m.example", false), ("m", false), ("https://m.example", false),
            ("quay.io=", false), ("m.example/UPPER", false),
        ])
    func mirrors(_ text: String, _ isValid: Bool) { #expect((RegistryMirror(text) != nil) == isValid) }

    /// The options of a command that take a value, and the values that help lists of each.
    private static func options(_ command: [String]) async -> [(name: String, values: [String])] {
        let help = await HelpPages.page(command).output
        var options: [(name: String, values: [String])] = []
        var text = ""
        for line in help.split(separator: "\n") {
            if line.hasPrefix("  -"),
                // What help says of an option may name another one.
                let value = line.firstRange(of: " <"),
                let name = line[..<value.lowerBound].split(whereSeparator: { " ,".contains($0) }).last,
                name.hasPrefix("--")
            {
                options.append((String(name), []))
                text = ""
            }
            text += " " + line.drop { $0 == " " }
            // The list may go on in the next line.
            guard !options.isEmpty, let start = text.firstRange(of: "(values: "),
                let end = text[start.upperBound...].firstIndex(of: ")")
            else { continue }
            options[options.count - 1].values = text[start.upperBound..<end].prefix { $0 != ";" }
                .split(separator: ",").map { $0.filter { $0 != " " } }
            text = ""
        }
        return options
    }

    private static let commands =
        ProgramTests.commands.map { [$0] } + [
            ["fleet", "plan"], ["fleet", "index"], ["fleet", "verify"], ["fleet", "report"], ["cache", "prune"],
        ]

    @Test("an option without its value, or with a value that help does not list, is wrong usage", arguments: commands)
    func everyOption(_ command: [String]) async {
        let options = await Self.options(command)
        #expect(options.count > 2 && options.contains { $0.name == "--output" })
        for (index, (name, values)) in options.enumerated() {
            // An error of the parser's writes its help, a twentieth of a second: all options are for the nightly run.
            guard !values.isEmpty || index.isMultiple(of: fuzzRounds(1) > 1 ? 1 : 12) else { continue }
            guard !values.isEmpty else {
                let missing = await Program.run(command + [name])
                #expect(missing.status == 64 && missing.output.isEmpty, "\(command) \(name)")
                #expect(missing.diagnostics.hasPrefix("Error: Missing value for '"), "\(name): \(missing.diagnostics)")
                continue
            }
            let wrong = await Program.run(command + [name, "no-such-value"])
            #expect(wrong.status == 64 && wrong.output.isEmpty, "\(command) \(name)")
            #expect(
                wrong.diagnostics.contains("'no-such-value'") && wrong.diagnostics.contains(name),
                "\(wrong.diagnostics)")
            for value in values { #expect(wrong.diagnostics.contains(value), "\(name): \(value)") }
        }
    }
}
