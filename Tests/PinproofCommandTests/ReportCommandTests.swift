import FindingReports
import SourceDocuments
import Testing

@testable import PinproofCommand

/// Each report of each command on the example of `make demo`, and `--report` beside `--format`.
struct ReportCommandTests {
    private static let careless = Demo.path("churn-image-careless.oci.tar")
    private static let base = ["--base", "oci-archive:\(Demo.base)"]

    /// What a refusal, a match and an undecided verdict say in each format.
    private static let verdicts: [(format: String, refused: [String], match: [String], undecided: [String])] = [
        (
            "text",
            ["refused: this image would serve attrs 25.4.0, ", "layer 2: COPY dir:", "to fix: pinproof freeze "],
            ["match: this image serves what loading the model needs: 6 packages at ", "\n6 of 6 packages match"],
            ["not-provable: whether this image serves what training had cannot be determined: ", "to prove it: "]
        ),
        (
            "json", ["\"verdict\": \"mismatch\"", "\"instruction\": \"COPY dir:"], ["\"verdict\": \"match\""],
            ["\"verdict\": \"not-provable\""]
        ),
        (
            "html",
            [
                "<h1>✕ Refused: mismatch</h1>", "<b>cattrs 25.3.0</b>", "Brought by layer 2: <code>COPY dir:",
                "What to do",
            ],
            ["<h1>✓ Match</h1>", "6 packages match", "the base image (<code>base</code>)"],
            ["<h1>? Not provable</h1>", "What would prove it"]
        ),
        (
            "markdown",
            ["### ❌ Pinproof verify: refused, mismatch", "**cattrs 25.3.0**", "To fix: `pinproof freeze ", "🟥🟥🟥🟥🟥🟩"],
            ["### ✅ Pinproof verify: match", "🟩🟩🟩🟩🟩🟩"], ["### ❔ Pinproof verify: not provable", "🟧"]
        ),
        (
            "junit",
            ["<testsuites name=\"pinproof verify\"", "<testcase name=\"cattrs\"", "<failure type=\"mismatch\""],
            ["failures=\"0\">"], ["<failure type=\"not-provable\""]
        ),
        (
            "sarif", ["\"ruleId\": \"refused\"", "\"ruleId\": \"package-differs\"", "\"level\": \"error\""],
            ["\"version\": \"2.1.0\""], ["\"ruleId\": \"not-provable\"", "\"ruleId\": \"package-not-proved\""]
        ),
        (
            "github",
            [
                "::error title=refused::this image would serve attrs 25.4.0",
                "::error title=package-differs::cattrs 26.2.1 -> 25.3.0",
            ],
            ["::notice title=match::this image serves what loading the model needs"], ["::error title=not-provable::"]
        ),
    ]

    @Test("verify in every format: a refusal", arguments: verdicts.map { ($0.format, $0.refused) })
    func refused(_ format: String, _ pieces: [String]) async {
        let run = await Program.run(["verify", Demo.model, Self.careless, "--format", format] + Self.base)
        #expect(run.status == 1)
        #expect(run.diagnostics.isEmpty)
        for piece in pieces { #expect(run.output.contains(piece), "\(piece)") }
        #expect(run.output.hasSuffix("\n"))
    }

    @Test("verify in every format: a match has no word of a refusal", arguments: verdicts.map { ($0.format, $0.match) })
    func match(_ format: String, _ pieces: [String]) async {
        let run = await Program.run(["verify", Demo.model, Demo.image, "--format", format] + Self.base)
        #expect(run.status == 0)
        for piece in pieces { #expect(run.output.contains(piece), "\(piece)") }
        for piece in ["refused:", "Refused", "<failure", "::error", "\"level\": \"error\""] {
            #expect(!run.output.contains(piece), "\(piece)")
        }
    }

    @Test(
        "verify in every format: what cannot be told is not a match",
        arguments: verdicts.map { ($0.format, $0.undecided) }
    )
    func undecided(_ format: String, _ pieces: [String]) async {
        let run = await Program.run(
            ["verify", Demo.model, Demo.image, "--evidence", "trained", "--format", format] + Self.base)
        #expect(run.status == 2)
        for piece in pieces { #expect(run.output.contains(piece), "\(piece)") }
        for piece in ["match: this image", "✓ Match", "✅", "title=match"] {
            #expect(!run.output.contains(piece), "\(piece)")
        }
    }

    @Test("every format of verify is asked for above")
    func complete() {
        #expect(Self.verdicts.map(\.format).sorted() == VerificationReportFormats.all.map { $0.name }.sorted())
    }

    @Test("the demo's first match has no warning, and its text is four lines at most")
    func quietMatch() async {
        let run = await Program.run(
            ["verify", Demo.model, Demo.image, "--wheels", Demo.wheels, "--evidence", "locked"] + Self.base)
        #expect(run.status == 0)
        #expect(run.output.split(separator: "\n").count <= 2, "\(run.output)")
        #expect(!run.output.contains("warning"))
    }

    @Test("--verbose adds the identities, what matches, and the command")
    func verbose() async {
        let run = await Program.run(["verify", Demo.model, Self.careless, "--verbose"] + Self.base)
        for piece in [
            "\nmanifest  sha256:", "\nconfig    sha256:", "\nmodel     sha256:", "\nmatch\n  bottle  0.13.4",
            "\nagain     pinproof verify \(Demo.model) ", "\nfiles     ", "training has 26.2.1 (uv.lock:23)",
        ] { #expect(run.output.contains(piece), "\(piece)") }
        #expect(run.diagnostics.hasPrefix("pinproof: exit status 1 after "))
    }

    @Test("a lock, a capture and an environment in place of the model", arguments: [Demo.lock, Demo.image])
    func otherTraining(_ training: String) async {
        let run = await Program.run(["verify", training, Self.careless] + Self.base)
        #expect(run.status == 1)
        #expect(run.output.hasPrefix("refused: this image would serve attrs 25.4.0"))
        #expect(run.output.contains(training == Demo.lock ? "; the lock has 26.1.0" : "; training had 26.1.0"))
    }

    // MARK: - Further reports

    @Test("--report writes what --format prints, for every format of verify")
    func reports() async throws {
        let directory = try Directory()
        let formats = VerificationReportFormats.all.map { $0.name }
        let words = ["verify", Demo.model, Self.careless] + Self.base
        let files = formats.flatMap { ["--report", "\($0)=\(directory($0))"] }
        let run = await Program.run(words + files + ["--format", "github"])
        #expect(run.status == 1)
        for format in formats {
            let printed = await Program.run(words + ["--format", format, "--color", "never"])
            #expect(try directory.read(format) == printed.output, "\(format)")
        }
    }

    @Test("a report that cannot be written is an error, and no result is lost silently")
    func unwritable() async {
        let run = await Program.run(
            ["verify", Demo.model, Demo.image, "--report", "json=/nonexistent/report.json"] + Self.base)
        #expect(run.status == 2)
        #expect(run.diagnostics.contains("/nonexistent/report.json"))
    }

    // MARK: - diff and inspect

    @Test(
        "diff in every format",
        arguments: [
            ("text", ["changed pypi cattrs", "26.2.1 → 25.3.0", "  manifest sha256:", "4 changed, 1 removed, 3 same"]),
            ("json", ["\"schema\": \"pinproof/diff/1\"", "\"kind\": \"removed\""]),
            ("markdown", ["### Pinproof diff: 4 changed", "| changed | pypi `cattrs` | `26.2.1` | `25.3.0` |"]),
            ("html", ["↓ major", "<dd class=\"digest\">manifest sha256:", ">Packages</th>", ">Files</th>"]),
        ])
    func diff(_ format: String, _ pieces: [String]) async {
        let run = await pinproof("diff", Demo.image, Self.careless, "--format", format)
        #expect(run.status == 1)
        for piece in pieces { #expect(run.output.contains(piece), "\(piece)") }
        #expect(DifferenceReportFormats.named(format) != nil)
    }

    @Test("settings of images are blocks in text")
    func settings() async {
        let run = await pinproof("diff", Demo.base, Demo.image)
        #expect(run.status == 1)
        #expect(run.output.contains("\nadded   User\n  + 10001\n"), "\(run.output)")
        #expect(run.output.contains("\nchanged Env PATH\n  - /usr/local/bin:/usr/bin:/bin\n  + /opt/environment/bin:"))
    }

    @Test(
        "inspect as CycloneDX: the subject, the graph, the hashes",
        arguments: [Demo.model, Demo.image, Demo.lock])
    func cycloneDX(_ subject: String) async throws {
        let run = await pinproof("inspect", subject, "--format", "cyclonedx")
        #expect(run.status == 0)
        let bom = try run.document()
        let references = bom["components"]?.array?.compactMap { $0.string("bom-ref") } ?? []
        #expect(Set(references).count == references.count)
        let graph = bom["dependencies"]?.array?.compactMap { $0.string("ref") } ?? []
        #expect(graph.first == "pinproof:subject")
        #expect(Set(graph).isSubset(of: Set(references + ["pinproof:subject"])))
        for entry in bom["dependencies"]?.array ?? [] {
            for needed in entry["dependsOn"]?.array?.compactMap(\.string) ?? [] { #expect(references.contains(needed)) }
        }
        if subject == Demo.image {
            #expect(bom.string("metadata", "component", "purl")?.hasPrefix("pkg:oci/churn@sha256%3A") == true)
            #expect(graph.contains("pkg:pypi/cattrs@26.2.1"))
        }
        if subject == Demo.model { #expect(bom.string("components", "0", "type") == "machine-learning-model") }
        if subject == Demo.lock { #expect(bom["compositions", "0", "aggregate"]?.string == "unknown") }
    }

    // MARK: - freeze

    @Test("freeze --quiet prints nothing, and writes the same")
    func quietFreeze() async throws {
        let directory = try Directory()
        let words = ["freeze", Demo.lock, "--base", FreezeCommandTests.base, "--python", "3.11"]
        let run = await Program.run(words + ["-q", "-o", directory("quiet")])
        #expect(run.status == 0)
        #expect(run.output.isEmpty && run.diagnostics.isEmpty)
        _ = await Program.run(words + ["-o", directory("loud")])
        #expect(try directory.read("quiet/Dockerfile") == directory.read("loud/Dockerfile"))
    }
}
