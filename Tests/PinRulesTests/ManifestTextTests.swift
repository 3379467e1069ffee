import EnvironmentInventory
import SourceDocuments
import Testing

@testable import PinRules

/// The texts of manifests: HCL, JSON with comments, templates and variables.
@Suite("Texts of manifests")
struct ManifestTextTests {
    private static func hcl(_ text: String) throws -> DocumentNode {
        try HCLReader.read(SourceText(name: "docker-bake.hcl", text: text))
    }

    /// https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md
    @Test(
        "values of HCL",
        arguments: [
            (#"a = "x""#, "x"), (#"a="x""#, "x"), ("a = 7", "7"), ("a = true", "true"), ("a = -7", nil),
            (#"a = "x\"y\\z""#, #"x"y\z"#), (#"a = "x\n\ty""#, "x\n\ty"), (#"a = "" # comment"#, ""),
            (#"a = "x" // comment"#, "x"), (#"a = /* c */ "x""#, "x"), (#"a = "x${b}""#, "x${b}"),
            (#"a = upper("x")"#, nil), (#"a = "x" + "y""#, nil), (#"a = b ? "x" : "y""#, nil), ("a = b", nil),
            ("a = null", nil), ("a = <<EOT\nx\ny\nEOT\n", "x\ny\n"), ("a = <<EOT\nEOT", ""),
            ("a = <<-EOT\n    x\n\n      y\n    EOT\n", "x\n\n  y\n"), ("a = <<EOT\nEOTX\n  EOT\n", "EOTX\n"),
            ("a = <<EOT\r\nx\r\nEOT\r\n", "x\r\n"), ("a = 1 << 2", nil),
        ] as [(String, String?)])
    func values(_ text: String, _ value: String?) throws {
        #expect(try Self.hcl(text)[keys: "a"]?.string == value, "\(text)")
    }

    @Test("what follows a here-document is read, and its text has its place")
    func heredocs() throws {
        let root = try Self.hcl("target \"a\" {\n  x = <<EOT\nFROM b\nEOT\n  y = \"z\"\n}\n")
        let target = root[keys: "target", "a"]
        #expect(target?[keys: "y"]?.string == "z")
        #expect(target?[keys: "x"]?.range.start == SourcePosition(line: 3, column: 1))
        #expect(target?[keys: "x"]?.range.end == SourcePosition(line: 4, column: 1))
    }

    @Test("lists, objects and blocks")
    func structures() throws {
        let root = try Self.hcl(
            """
            group "default" { targets = ["a", "b",] }
            target "a" {
              args = { X = "1", "Y-Z" : "2" }
              list = [
                "p", # one
                upper("q"),
              ]
            }
            target "b" {}
            variable "V" { default = "7" }
            """)
        #expect(root.members.map(\.key) == ["group", "target", "variable"])
        #expect(root[keys: "target"]?.members.map(\.key) == ["a", "b"])
        #expect(root[keys: "target", "a", "args"]?.members.map { $0.value.string } == ["1", "2"])
        #expect(root[keys: "target", "a", "list"]?.array?.map(\.string) == ["p", nil])
        #expect(root[keys: "group", "default", "targets"]?.array?.compactMap(\.string) == ["a", "b"])
        #expect(root[keys: "variable", "V", "default"]?.text == "7")
    }

    @Test(
        "what is not a HCL",
        arguments: [
            ("a", "'{' or '=' was expected"), ("= 1", "a name was expected"), ("a {", "'}' is missing"),
            ("a = \"x", "the string is not closed"), ("a = \"x\ny\"", "the string is not closed"),
            ("a = [1", "']' is missing"), ("a = <<EOT\nx\n", "the here-document EOT is not closed"),
            (String(repeating: "a {", count: 70), "blocks are nested too deeply"),
            ("a = " + String(repeating: "[", count: 70), "lists are nested too deeply"), ("}", "a name was expected"),
        ])
    func refused(_ text: String, _ reason: String) {
        let error = #expect(throws: DocumentError.self) { try Self.hcl(text) }
        #expect(error?.reason == reason && error?.file == "docker-bake.hcl")
    }

    @Test("an inline Dockerfile of a bake file is read; one that an expression makes is not, and says so")
    func inlineDockerfiles() throws {
        func findings(_ value: String) throws -> [String] {
            let text = SourceText(name: "docker-bake.hcl", text: "target \"a\" {\n  dockerfile-inline = \(value)\n}\n")
            let context = BuildContext { _ in .missing }
            let reading = try #require(
                Manifests.read(ManifestSource(text: text, neighbours: context, checkout: context))?.reading)
            return reading.judged(require: .exact).findings.map { "\($0.rule) \($0.subject ?? "")" }
        }
        #expect(try findings("templatefile(\"x\")") == ["unread-command inline Dockerfile"])
        #expect(try findings("\"FROM a:1\"") == [])
    }

    // MARK: JSON with comments

    @Test(
        "comments and last commas are blanks, and every place stays",
        arguments: [
            (#"{"a": 1, // x"# + "\n}", #"{"a": 1      "# + "\n}"), (#"{"a": /* x */ 1}"#, #"{"a":         1}"#),
            ("{/* a\nb */}", "{    \n    }"), (#"["a", ]"#, #"["a"  ]"#), (#"["//", "/*"]"#, #"["//", "/*"]"#),
            (#"["\"//"]"#, #"["\"//"]"#), ("[1,2]", "[1,2]"), ("// x", "    "), ("/* x", "    "), ("/", "/"), ("", ""),
            (#"{"a": 1,/* c */}"#, #"{"a": 1        }"#), (#"["a\"#, #"["a\"#), ("[1,,]", "[1, ]"),
        ])
    func comments(_ text: String, _ plain: String) {
        let result = JSONWithComments.plain(SourceText(name: "d.json", text: text))
        #expect(String(decoding: result.bytes, as: UTF8.self) == plain)
        #expect(result.bytes.count == text.utf8.count)
    }

    // MARK: Templates

    @Test(
        "actions of templates are taken out, and every place stays",
        arguments: [
            ("{{- if .x }}\na: 1\n{{- end }}\n", "            \na: 1\n          \n"),
            ("a: {{ .x }}\n", "a: ${_____}\n"), ("a: {{ .x }}-{{ .y }}", "a: ${_____}-${_____}"),
            ("{% if x %}\nb", "          \nb"), ("a: {{ .x\n .y }}", "a:      \n      "), ("{{", "  "),
            ("a {{", "a   "),
            ("a: { b: 1 }", "a: { b: 1 }"), ("{{}}x", "${_}x"), ("", ""), ("é{{ x }}", "é${____}"),
        ])
    func actions(_ text: String, _ expected: String) {
        let context = BuildContext { _ in .missing }
        let source = ManifestSource(
            text: SourceText(name: "v.yaml", text: text), neighbours: context, checkout: context)
        let plain = String(decoding: source.withoutActions.text.bytes, as: UTF8.self)
        #expect(plain.utf8.count == text.utf8.count)
        #expect(plain == expected)
    }

    /// https://docs.docker.com/reference/compose-file/interpolation/
    @Test(
        "variables inside of variables",
        arguments: [
            ("${A:+${A}}", "1", true), ("${A:+${X}}", "${X}", false), ("${A+${X:-d}}", "d", true),
            ("${E:+${X}}", "", true), ("${X:-${Y:-${A}}}", "1", true), ("${X:-a}${Y:-b}", "ab", true),
            ("${X:-}", "", true), ("$", "${}", false), ("$$", "$", true), ("${A}$A$$A", "11$A", true),
            ("${E?e}", "", true), ("${E:?e}", "${E}", false),
        ])
    func variables(_ text: String, _ expanded: String, _ isKnown: Bool) {
        let result = Interpolation.expand(text, ["A": "1", "E": ""])
        #expect(result.text == expanded && result.isKnown == isKnown, "\(text): \(result)")
    }

    @Test("defaults inside of defaults have an end")
    func depth() {
        let text = String(repeating: "${X:-", count: 40) + "d" + String(repeating: "}", count: 40)
        #expect(!Interpolation.expand(text, [:]).isKnown)
    }

    // MARK: Pragmas

    private static func finding(_ rule: String, _ line: Int) -> Finding {
        let place = SourcePosition(line: line, column: 1)
        return Finding(
            rule: rule, severity: .error, file: "f", range: SourceRange(start: place, end: place), message: "m")
    }

    @Test(
        "which line a pragma speaks for",
        arguments: [
            ("x # pinproof: allow a", [1, 2]), ("# pinproof: allow a\nx\nx", [1, 2]),
            ("x\n# pinproof: allow b, a -- why\nx", [2, 3]), ("x #pinproof: allow a", [1, 2]),
            ("x# pinproof: allow a", []), ("\"# pinproof: allow a\"", []), ("# see pinproof: allow a", []),
            ("# pinproof: deny a", []), ("# pinproof: allow b", []), ("# pinproof: allow b -- a", []),
            ("pinproof: allow a", []), ("\t# pinproof:  allow a\t", [1, 2]), ("# pinproof: allow a\r", [1, 2]),
        ] as [(String, [Int])])
    func pragmas(_ text: String, _ lines: [Int]) {
        let pragmas = Pragmas(SourceText(name: "f", text: text))
        #expect((1...4).filter { pragmas.allow(Self.finding("a", $0)) } == lines)
    }

    @Test("above an instruction a pragma speaks for all of its lines")
    func instructions() {
        let text = "# pinproof: allow a\n# note\nRUN x \\\n  y \\\n  z\nRUN w\n"
        let pragmas = Pragmas(SourceText(name: "Dockerfile", text: text), spans: [3...5, 6...6])
        #expect((1...7).filter { pragmas.allow(Self.finding("a", $0)) } == [1, 2, 3, 4, 5])
        let apart = Pragmas(SourceText(name: "Dockerfile", text: "# pinproof: allow a\n\nRUN x\n"), spans: [3...3])
        #expect(!apart.allow(Self.finding("a", 3)))
    }

    @Test("hadolint's pragmas by its codes, for the next instruction or for the file")
    func hadolint() {
        func lines(_ text: String) -> [Int] {
            let pragmas = Pragmas(SourceText(name: "Dockerfile", text: text), spans: [2...3, 4...4])
            return (1...4).filter { pragmas.allow(Self.finding("floating-apt-package", $0)) }
        }
        #expect(lines("# hadolint ignore=DL3008\nRUN x \\\n y\nRUN z\n") == [2, 3])
        #expect(lines("# hadolint global ignore=DL3008\nRUN x \\\n y\nRUN z\n") == [1, 2, 3, 4])
        #expect(lines("# hadolint ignore = DL9999, DL3008 # why\nRUN x \\\n y\nRUN z\n") == [2, 3])
        #expect(lines("# hadolint ignore=DL3013\nRUN x \\\n y\nRUN z\n") == [])
        #expect(lines("# hadolint shell=bash\nRUN x \\\n y\nRUN z\n") == [])
    }

    @Test("a finding without a line is allowed by a pragma for the file only")
    func wholeFile() {
        let whole = Finding(rule: "floating-apt-package", severity: .error, file: "f", range: nil, message: "m")
        #expect(!Pragmas(SourceText(name: "f", text: "# pinproof: allow floating-apt-package")).allow(whole))
        #expect(Pragmas(SourceText(name: "f", text: "# hadolint global ignore=DL3008")).allow(whole))
    }
}
