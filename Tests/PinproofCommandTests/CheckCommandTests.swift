import Testing

@testable import PinproofCommand

/// `check` on the careless Dockerfile of the demo.
struct CheckCommandTests {
    private static let careless = Demo.path("careless")

    @Test("the JSON, and status 1 for errors")
    func document() async throws {
        let run = await pinproof("check", Self.careless, "--format", "json")
        #expect(run.status == 1)
        #expect(run.diagnostics.isEmpty)
        let document = try run.document()
        #expect(document.keys.starts(with: ["schema", "require", "findings", "files", "summary"]))
        #expect(document.string("schema") == "pinproof/check/1")
        #expect(document.string("require") == "exact")
        let finding = try #require(document["findings", "0"])
        #expect(
            finding.keys == [
                "rule", "severity", "file", "line", "column", "endLine", "endColumn", "message", "help", "ecosystem",
                "subject", "strength", "usedBy",
            ])
        #expect(finding.string("rule") == "floating-apt-package")
        #expect(finding.string("file") == "\(Self.careless)/Dockerfile")
        #expect(finding["line"]?.text == "2" && finding["column"]?.text == "42")
        #expect(document["findings"]?.array?.count == 5)
        #expect(document.string("files", "0", "kind") == "dockerfile")
        #expect(document["summary", "errors"]?.text == "5")
    }

    @Test(
        "two results that go to one place are wrong usage",
        arguments: [["json=-", "text=-"], ["json=a", "sarif=a"], ["json=x", "text=y", "markdown=x"]])
    func outputs(places: [String]) async {
        let run = await Program.run(["check", Self.careless] + places.flatMap { ["-o", $0] })
        #expect(run.status == 64)
        #expect(run.diagnostics.contains("two results cannot go to"))
    }

    @Test("the base of links loses its user and its token")
    func linkBase() async {
        let run = await pinproof(
            "check", Self.careless, "--format", "markdown", "--link-base", "https://u:secret@index.example/r")
        #expect(!run.output.contains("secret"))
    }

    @Test("the text marks what floats and sums up")
    func text() async {
        let run = await pinproof("check", Self.careless, "--color", "never")
        #expect(
            run.output.hasPrefix(
                """
                \(Self.careless)/Dockerfile:2:42: error: apt-get install curl floats: it has no version [floating-apt-package]
                 2 | RUN apt-get update && apt-get install -y curl
                   |                                          ^~~~

                """))
        #expect(run.output.hasSuffix("\n5 errors in 1 file\n"))
        let colored = await pinproof("check", Self.careless, "--color", "always")
        #expect(colored.output.contains("\u{1B}[1;31merror\u{1B}[0m"))
        #expect(colored.status == 1)
    }

    @Test(
        "every other format",
        arguments: [
            ("sarif", "\"version\": \"2.1.0\""), ("github", "::error file="), ("gitlab", "\"fingerprint\""),
            ("junit", "<testsuites"), ("markdown", "floating-apt-package"),
        ])
    func formats(_ format: String, _ content: String) async {
        let run = await pinproof("check", Self.careless, "--format", format)
        #expect(run.status == 1)
        #expect(run.output.contains(content), "\(run.output.prefix(300))")
    }

    @Test(
        "what decides the status",
        arguments: [
            (["--fail-on", "never"], 0), (["--ignore", "floating-apt-package,unverified-download"], 1),
            (["--select", "floating-image"], 0), (["--select", "image-without-digest", "--require", "hashed"], 1),
        ] as [([String], Int32)])
    func status(_ words: [String], _ status: Int32) async {
        let run = await Program.run(["check", Self.careless] + words)
        #expect(run.status == status)
    }

    @Test("a written baseline accepts everything: status 0, and 0 with it afterwards")
    func baseline() async throws {
        let directory = try Directory()
        let written = await pinproof("check", Self.careless, "--write-baseline", directory("baseline.json"))
        #expect(written.status == 0)
        #expect(try directory.read("baseline.json").contains("\"schema\": \"pinproof/baseline/1\""))
        let run = await pinproof("check", Self.careless, "--baseline", directory("baseline.json"))
        #expect(run.status == 0)
        #expect(run.output.contains("5 suppressed"))
    }

    @Test("--fix pins what an earlier run knows, in place, and reports the rest")
    func fix() async throws {
        let digest = "sha256:" + String(repeating: "ab", count: 32)
        let directory = try Directory([
            "Dockerfile": "FROM python:3.11\nRUN pip install numpy\n",
            "pinproof.toml": "require = \"hashed\"\n[images]\n\"python:3.11\" = \"\(digest)\"\n",
        ])
        let run = await pinproof("check", directory.path, "--fix", "--format", "json")
        #expect(run.status == 1)
        #expect(run.diagnostics.contains("fixed \(directory("Dockerfile")):1: python:3.11 -> python:3.11@\(digest)\n"))
        #expect(try directory.read("Dockerfile") == "FROM python:3.11@\(digest)\nRUN pip install numpy\n")
        #expect(try run.document()["findings"]?.array?.map { $0.string("rule") } == ["floating-python-package"])
    }

    @Test("a file that cannot be read ends with 2, and is a finding among the others")
    func unreadable() async throws {
        let run = await pinproof("check", "/nonexistent/Dockerfile", Self.careless, "--format", "json")
        #expect(run.status == 2)
        #expect(run.diagnostics.hasPrefix("pinproof: /nonexistent/Dockerfile: "))
        let rules = try run.document()["findings"]?.array?.compactMap { $0.string("rule") } ?? []
        #expect(rules.count == 6 && rules.contains("unreadable-file"))
    }

    @Test(
        "wrong usage",
        arguments: [
            (["--select", "no-such-rule"], "there is no rule 'no-such-rule'; pinproof rules lists them"),
            (["--ignore", "no-such-rule"], "there is no rule 'no-such-rule'; pinproof rules lists them"),
            (["--require", "floating"], "Please provide one of 'exact' and 'hashed'"),
            (["--fail-on", "fatal"], "Please provide one of 'error', 'warning', 'note' or 'never'"),
            (["--format", "yaml"], "  - sarif"),
            (["--build-arg", "=x"], "--build-arg"),
            (["--fetch"], "--fetch, --mirror, --commit, --from-lock and --lock belong to --fix and --diff"),
            (["--fix", "--mirror", "docker.io"], "--mirror"),
        ])
    func usage(_ words: [String], _ message: String) async {
        let run = await Program.run(["check", Self.careless] + words)
        #expect(run.status == 64)
        #expect(run.output.isEmpty)
        #expect(run.diagnostics.contains(message), "\(run.diagnostics)")
    }
}
