import SourceDocuments
import TestSupport
import Testing

@testable import PinproofCommand

/// What does not depend on `--format`: exit statuses (docs/json.md), the bytes of `--output`, the same bytes for the same input, and
/// the counts that the formats of one run have in common.
struct FormatAgreementTests {
    private static let careless = Demo.path("careless")
    private static let wheels = ["--wheels", Demo.wheels]

    /// A command on the demo, its formats, and its exit status in all of them.
    private static let runs: [(words: [String], formats: [String], status: Int32)] = [
        (["check", careless], ["text", "json", "sarif", "github", "gitlab", "junit", "markdown"], 1),
        (
            ["check", careless, "--fail-on", "never"],
            ["text", "json", "sarif", "github", "gitlab", "junit", "markdown"], 0
        ),
        (["check", Demo.lock], ["text", "json", "sarif", "github", "gitlab", "junit", "markdown"], 0),
        (["check", Demo.path("nothing-here")], ["text", "json", "sarif", "github", "gitlab", "junit", "markdown"], 2),
        (["inspect", Demo.model], ["text", "json", "cyclonedx"], 0),
        (["inspect", Demo.lock], ["text", "json", "cyclonedx"], 0),
        (["inspect", Demo.image], ["text", "json", "cyclonedx"], 0),
        (["inspect", Demo.path("nothing-here")], ["text", "json", "cyclonedx"], 2),
        (["diff", Demo.image, Demo.image], ["text", "json", "markdown", "html"], 0),
        (["diff", Demo.image, Demo.changedImage], ["text", "json", "markdown", "html"], 1),
        (["diff", Demo.lock, Demo.path("nothing-here")], ["text", "json", "markdown", "html"], 2),
        (
            ["verify", Demo.model, Demo.image] + wheels,
            ["text", "json", "html", "markdown", "junit", "sarif", "github"], 0
        ),
        (
            ["verify", Demo.model, Demo.changedImage] + wheels,
            ["text", "json", "html", "markdown", "junit", "sarif", "github"], 1
        ),
        (
            ["verify", Demo.model, Demo.image, "--strict", "--evidence", "locked"],
            ["text", "json", "html", "markdown", "junit", "sarif", "github"], 2
        ),
    ]

    @Test("each format has the same exit status, and the same bytes again and in --output", arguments: runs.indices)
    func formats(index: Int) async throws {
        let (words, formats, status) = Self.runs[index]
        let isMissing = words.last?.hasSuffix("nothing-here") == true
        let directory = try Directory()
        // Each run of verify is a whole one: half of the formats each time, the other half for the next status.
        let isWhole = words[0] != "verify"
        for (number, format) in formats.enumerated() where isWhole || (number + index).isMultiple(of: 2) {
            let printed = await Program.run(words + ["--format", format])
            #expect(printed.status == status, "\(words[0]) --format \(format): \(printed.diagnostics)")
            // What is read goes to standard output, what went wrong to standard error.
            if isMissing { #expect(!printed.diagnostics.isEmpty) }
            if !printed.output.isEmpty {
                #expect(printed.output.hasSuffix("\n"))
                try Self.checkKind(printed, format, command: words[0])
            }
            // Every run is a whole command: the file is tried for one format of each command, another one each time.
            if isMissing || format != formats[(isWhole ? index : index % 2) % formats.count] { continue }
            let written = await Program.run(words + ["--format", format, "-o", directory("report")])
            #expect(written.status == status)
            #expect(written.output.isEmpty)
            #expect(try directory.read("report") == printed.output, "\(words[0]) --format \(format)")
        }
        #expect(try directory.names.allSatisfy { $0 == "report" })
    }

    /// JSON, SARIF and CycloneDX are JSON, and say first what they are.
    private static func checkKind(_ run: ProgramRun, _ format: String, command: String) throws {
        guard ["json", "sarif", "cyclonedx", "gitlab"].contains(format) else { return }
        let document = try run.document()
        switch format {
        case "json":
            #expect(document.keys.first == "schema")
            #expect(document.string("schema") == "pinproof/\(command)/1")
        case "sarif": #expect(document.string("version") == "2.1.0")
        case "cyclonedx":
            #expect(document.string("bomFormat") == "CycloneDX")
            #expect(document.string("specVersion") == "1.6")
        default: #expect(document.array != nil)
        }
    }

    @Test("check: every format has each finding once")
    func checkCounts() async throws {
        func output(_ format: String) async -> ProgramRun {
            await pinproof("check", Self.careless, "--format", format, "--color", "never")
        }
        let json = try await output("json").document()
        let findings = try #require(json["findings"]?.array)
        #expect(findings.count > 3)
        let errors = findings.count { $0.string("severity") == "error" }
        #expect(json["summary", "errors"]?.text == "\(errors)")
        #expect(try await output("sarif").document()["runs", "0", "results"]?.array?.count == findings.count)
        #expect(try await output("gitlab").document().array?.count == findings.count)
        let commands = await output("github").output.split(separator: "\n")
        #expect(commands.count == findings.count)
        #expect(commands.count { $0.hasPrefix("::error ") } == errors)
        let junit = try XMLElement.parse(await output("junit").output)
        #expect(junit.all("failure").count + junit.all("system-out").count == findings.count)
        let headings = await output("text").output.split(separator: "\n").filter { line in
            ["error", "warning", "note"].contains { line.contains(": \($0): ") }
        }
        #expect(headings.count == findings.count)
        for finding in findings {
            let rule = try #require(finding.string("rule"))
            #expect(headings.contains { $0.hasSuffix("[\(rule)]") })
            #expect(commands.contains { $0.contains("title=\(rule)::") })
        }
    }

    @Test("verify: every format names each package that differs")
    func verifyCounts() async throws {
        let words = ["verify", Demo.model, Demo.path("churn-image-careless.oci.tar")]
        let json = try await Program.run(words + ["--format", "json"]).document()
        let wrong = (json["packages"]?.array ?? []).filter { $0.string("verdict") == "mismatch" }
            .compactMap { $0.string("name") }
        #expect(!wrong.isEmpty)
        #expect(json["summary", "mismatch"]?.text == "\(wrong.count)")
        for format in ["text", "html", "markdown", "junit", "sarif", "github"] {
            let output = await Program.run(words + ["--format", format]).output
            for name in wrong { #expect(output.contains(name), "\(format) does not name \(name)") }
        }
        let junit = try XMLElement.parse(await Program.run(words + ["--format", "junit"]).output)
        for name in wrong {
            let test = junit.all("testcase").first { $0.attributes["name"] == name }
            #expect(test?.all("failure").isEmpty == false, "\(name)")
        }
    }

    @Test("CycloneDX lists the packages of the JSON, each with a reference of its own")
    func components() async throws {
        for subject in [Demo.model, Demo.image, Demo.lock] {
            let json = try await pinproof("inspect", subject, "--format", "json").document()
            let bill = try await pinproof("inspect", subject, "--format", "cyclonedx").document()
            let packages = (json["environment", "packages"]?.array ?? []).compactMap { $0.string("name") }
            let components = bill["components"]?.array ?? []
            let names = components.compactMap { $0.string("name") }
            #expect(!packages.isEmpty)
            #expect(Set(packages).isSubset(of: Set(names)))
            let references = components.compactMap { $0.string("bom-ref") }
            #expect(Set(references).count == references.count)
            // A dependency names components and the subject only.
            let known = Set(references + [bill.string("metadata", "component", "bom-ref") ?? ""])
            for entry in bill["dependencies"]?.array ?? [] {
                #expect(known.contains(entry.string("ref") ?? ""))
                for target in entry["dependsOn"]?.array ?? [] { #expect(known.contains(target.string ?? "")) }
            }
            // https://cyclonedx.org/docs/1.6/json/: the length of a digest follows its algorithm.
            let lengths = ["MD5": 32, "SHA-1": 40, "SHA-256": 64, "SHA-384": 96, "SHA-512": 128, "BLAKE2b-512": 128]
            for component in components {
                for hash in component["hashes"]?.array ?? [] {
                    let algorithm = hash.string("alg") ?? ""
                    #expect(hash.string("content")?.utf8.count == lengths[algorithm])
                    #expect(hash.string("content")?.utf8.allSatisfy { $0.hexDigitValue != nil } == true)
                }
            }
        }
    }

    private static let unknown: [[String]] = [
        ["check", careless, "--format", "xml"], ["inspect", Demo.lock, "--format", "sarif"],
        ["diff", Demo.image, Demo.image, "--format", "junit"],
        ["verify", Demo.model, Demo.image, "--format", "gitlab"],
        ["rules", "--format", "html"], ["check", careless, "--format", ""], ["check", careless, "--format"],
    ]

    @Test("a format that a command does not have is wrong usage", arguments: unknown)
    func unknownFormats(words: [String]) async {
        let run = await Program.run(words)
        #expect(run.status == 64)
        #expect(run.output.isEmpty)
        #expect(run.diagnostics.contains("--format"))
    }

    @Test("a report that cannot be written ends with 2", arguments: ["/nonexistent/report", "/dev/full/report", "/"])
    func unwritable(path: String) async {
        let run = await pinproof("inspect", Demo.lock, "--format", "json", "-o", path)
        #expect(run.status == 2)
        #expect(run.output.isEmpty)
        #expect(run.diagnostics.contains(path == "/" ? "/" : path))
    }
}
