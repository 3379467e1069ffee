import EnvironmentInventory
import SourceDocuments
import Testing

@testable import FindingReports

struct VerificationReportTests {
    private typealias Samples = VerificationSamples

    @Test("a refused deployment as the contract writes it")
    func text() {
        #expect(
            TextVerificationReport.render(Samples.refused, style: .plain) == """
                refused: this image would serve numpy 2.3.5 and scikit-learn 1.7.2; the model was trained with 2.4.6 and 1.9.1

                  numpy         2.4.6 -> 2.3.5   extensions that were built for a newer numpy need not load under an older one
                                                 layer 2: COPY --from=environment /opt/environment /opt/environment
                  scikit-learn  1.9.1 -> 1.7.2   does not support loading what another version of it pickled
                                                 layer 2: the same

                differs, does not decide: python 3.11.7 -> 3.11.2; mlflow, narwhals missing
                47 of 51 packages match at trained; 3 notes about the base image (--verbose)
                to fix: pinproof freeze model --base python:3.11.7-slim -o serving

                """)
        let verbose = TextVerificationReport.render(
            Samples.refused, style: TerminalStyle(isColored: false, isVerbose: true))
        for piece in [
            "note 1", "note 3", "training has 1.9.1, the serving side has 1.7.2", "help: scikit-learn does not support",
            "p47", "manifest  sha256:cccc", "model     sha256:0f49",
            "again     pinproof verify model registry.example/churn:bad --evidence trained",
        ] { #expect(verbose.contains(piece), "\(piece)") }
        #expect(!verbose.contains("(--verbose)"))
    }

    private static let missing = Samples.row("attrs", "26.1.0", nil, .mismatch)
    private static let altered = Samples.row(
        "waitress", "3.0.2", "3.0.2", .mismatch,
        reasons: ["w/adjustments.py has sha256:1, the record has sha256:2 (layer \(Samples.layer))"])
    private static let weak = Samples.row(
        "six", "1", "1", .notProvable, evidence: .intact, reasons: ["the evidence is intact, trained is required"])
    private static let minor = Verification.FactVerdict(
        name: "python", training: "cpython 3.11.7", serving: "cpython 3.12.1", verdict: .mismatch, counts: true,
        reasons: ["training ran on cpython 3.11.7"], help: "pickled code belongs to one minor version")

    @Test(
        "the first line is true by itself",
        arguments: [
            ([missing], [], "refused: this image lacks attrs 26.1.0, which loading the model needs"),
            ([altered], [], "refused: this image would serve waitress 3.0.2 with other files than training had"),
            (
                [missing, altered], [minor],
                "refused: this image would serve waitress 3.0.2 with other files than training had; this image lacks attrs "
                    + "26.1.0, which loading the model needs; this image would run cpython 3.12.1; training ran on cpython 3.11.7"
            ),
            (
                [weak], [],
                "not-provable: whether this image serves what training had cannot be determined: nothing proves six at trained"
            ),
            (
                [Samples.row("six", "1", "1", .match, evidence: .locked)], [],
                "match: this image serves what loading the model needs: 1 package at locked or above"
            ),
        ] as [([Verification.PackageVerdict], [Verification.FactVerdict], String)])
    func sentence(
        _ packages: [Verification.PackageVerdict], _ facts: [Verification.FactVerdict], _ expected: String
    ) {
        let verification = Samples.described(Samples.verification(packages, facts: facts))
        let text = TextVerificationReport.render(verification, style: .plain)
        #expect(text.split(separator: "\n").first.map(String.init) == expected)
        #expect(HTMLVerificationReport.render(verification, style: .plain).contains("<h1>"))
    }

    @Test("an image without the model, and an index, are said in every report for people")
    func absenceAndPlatforms() throws {
        var verification = Samples.described(
            Samples.verification(
                [Samples.row("six", "1", "1", .match, evidence: .locked)],
                baked: .init(path: "", isGiven: false, same: 0, files: [], verdict: .match, state: .absent)))
        verification.platforms = [
            .init(platform: "linux/amd64", manifest: nil, verdict: .match),
            .init(platform: "linux/arm64", manifest: nil, verdict: .mismatch),
        ]
        let text = TextVerificationReport.render(verification, style: .plain)
        #expect(text.contains("; the image holds no model: it is mounted at run time\n"))
        #expect(text.contains("\nplatforms: linux/amd64 match, linux/arm64 mismatch\n"))
        for name in ["html", "markdown"] {
            let report = try #require(VerificationReportFormats.named(name)).render(verification, style: .plain)
            #expect(report.contains("The image holds no model: it is mounted at run time."))
            #expect(report.contains("linux/amd64 match, linux/arm64 mismatch"))
        }
        #expect(JUnitVerificationReport.render(verification, style: .plain).contains("<testcase name=\"linux/arm64\""))
    }

    @Test("more names than a sentence holds are counted")
    func manyNames() {
        let rows = (1...9).map { Samples.row("p\($0)", "2.0", "1.0", .mismatch) }
        let text = VerificationSummary(Samples.described(Samples.verification(rows))).text
        #expect(
            text
                == "this image would serve p1 1.0, p2 1.0, p3 1.0 and 6 more in other versions; the model was trained with "
                + "2.0, 2.0, 2.0, ...")
    }

    @Test("what cannot be told names each cause")
    func undecided() {
        let named = Samples.described(
            Samples.verification(
                [Samples.row("six", "1", "1", .match, evidence: .intact)], floor: .notProvable, unnamed: 2,
                gaps: [Gap("-e .", reason: "a path has no name")]))
        let text = TextVerificationReport.render(named, style: .plain)
        #expect(
            text.hasPrefix(
                "not-provable: whether this image serves what training had cannot be determined: 1 entry of training could not be "
                    + "read; loading needs 2 packages that training does not name\n"))
        #expect(text.contains("\ngap  training  -e .: a path has no name\n"))
        #expect(text.hasSuffix("to prove it: pinproof capture .venv --into model\n"))
        let rule = Samples.described(
            Samples.verification(
                [Samples.row("six", "1", "1", .match, evidence: .locked)],
                findings: [
                    Finding(
                        rule: "foreign-bytecode", severity: .error, file: "a.pyc", range: nil,
                        message: "a.pyc is foreign",
                        help: "delete it")
                ], floor: .notProvable))
        let lines = TextVerificationReport.render(rule, style: .plain)
        #expect(
            lines.hasPrefix(
                "not-provable: whether this image serves what training had cannot be determined: 1 error of foreign-bytecode\n"
            ))
        #expect(lines.contains("\nerror: a.pyc is foreign [foreign-bytecode]\n  help: delete it\n"))
        #expect(lines.hasSuffix("to prove it: delete it\n"))
    }

    @Test("a verdict about named packages says so")
    func named() {
        let text = TextVerificationReport.render(
            Samples.described(
                Samples.verification(
                    [Samples.row("six", "1", "1", .match, evidence: .intact)], required: .intact, scope: .named,
                    unnamed: 4)), style: .plain)
        #expect(
            text.hasPrefix(
                "match: this image serves the same, of the 1 package that the model names at intact or above; 4 more that "
                    + "loading needs were not compared\n"))
    }

    @Test("a fix without hashes names the versions; another lock and a lock in place of the model are frozen")
    func remedies() {
        func remedy(_ change: (inout Verification) -> Void, hash: Bool = true) -> String? {
            var verification = Samples.described(
                Samples.verification([Samples.row("numpy", "2", "1", .mismatch, hash: hash)]), name: "my model")
            change(&verification)
            return VerificationRemedy(verification).map { $0.command ?? $0.words }
        }
        #expect(remedy { _ in } == "pinproof freeze 'my model' --base python:3.11.7-slim -o serving")
        #expect(
            remedy { $0.context.lock = "uv.lock" }
                == "pinproof freeze uv.lock --model 'my model' --base python:3.11.7-slim -o serving")
        #expect(
            remedy({ _ in }, hash: false) == "install numpy==2 into the image, or train again on what the image has")
        #expect(
            remedy { verification in
                verification.context.serving = .init(
                    about: SubjectDescription(kind: .environment, format: "venv", name: "v"))
            } == "install numpy==2 into the image, or train again on what the image has")
        let match = Samples.described(Samples.verification([Samples.row("six", "1", "1", .match, evidence: .locked)]))
        #expect(VerificationRemedy(match) == nil)
    }

    @Test("JSON has the layer and the instruction of each package and finding")
    func json() throws {
        let text = JSONVerificationReport.render(Samples.refused, style: .plain)
        let root = try JSONReader.read(SourceText(name: "json", text: text))
        let packages = try #require(root.table?["packages"]?.array)
        #expect(packages[0].table?["layer"]?.string == Samples.layer)
        #expect(
            packages[0].table?["instruction"]?.string == "COPY --from=environment /opt/environment /opt/environment")
        let mlflow = try #require(packages.first { $0.table?["name"]?.string == "mlflow" })
        #expect(mlflow.table?["layer"]?.string == nil && mlflow.table?.members.contains { $0.key == "layer" } == true)
        let finding = try #require(root.table?["findings"]?.array?.first)
        #expect(finding.table?["instruction"]?.string == "ADD base.tar /")
    }

    @Test("the layer of a changed file counts, not that of the package's record")
    func layers() {
        let context = Samples.refused.context
        let cause = VerificationCause(Self.altered, in: context)
        #expect(cause.layer?.number == 2)
        #expect(cause.reasons == ["w/adjustments.py has sha256:1, the record has sha256:2"])
        let first = "sha256:" + String(repeating: "a", count: 64)
        #expect(context.layer(namedIn: "x (layer \(first)) is run by y (layer \(Samples.layer)), no")?.number == 2)
        #expect(context.layer(namedIn: "x (layer sha256:0)") == nil)
        #expect(context.layer(nil) == nil)
    }

    @Test(
        "versions are compared by the numbers that all ecosystems share",
        arguments: [
            ("1.9.1", "1.7.2", "downgrade"), ("1.26.4", "2.0.0", "major upgrade"),
            ("2!1.0", "1!9.0", "major downgrade"),
            ("1:1.2-3", "1:1.10-1", "upgrade"), ("1.0", "1.0.0", nil), ("1.0rc1", "1.0", nil),
            ("v2", "v3", "major upgrade"),
            ("abc", "1", nil), ("", "", nil), ("99999999999999999999", "1", nil), ("2.5.1+cu121", "2.5.1+cpu", nil),
        ] as [(String, String, String?)])
    func steps(_ old: String, _ new: String, _ words: String?) {
        #expect(VersionStep(from: old, to: new)?.words == words)
    }

    // MARK: - Formats

    @Test("JUnit: the verdict, each package and each finding is a case; only what decides fails")
    func junit() {
        let text = JUnitVerificationReport.render(Samples.refused, style: .plain)
        #expect(text.contains("<testsuites name=\"pinproof verify\" tests=\"56\" failures=\"3\">"))
        #expect(
            text.contains(
                "<testcase name=\"scikit-learn\" classname=\"pinproof.verify.packages\">\n      <failure type=\"mismatch\""
            ))
        #expect(text.contains("<testcase name=\"p47\" classname=\"pinproof.verify.packages\"/>"))
        #expect(text.contains("<testcase name=\"mlflow\" classname=\"pinproof.verify.packages\">\n      <system-out>"))
        let match = JUnitVerificationReport.render(
            Samples.described(Samples.verification([Samples.row("six", "1", "1", .match, evidence: .locked)])),
            style: .plain)
        #expect(match.contains("tests=\"2\" failures=\"0\""))
    }

    @Test(
        "every format that CI reads fails for every verdict but a match", arguments: [Verdict.mismatch, .notProvable])
    func neverSilent(_ verdict: Verdict) {
        let verification = Samples.described(
            Samples.verification([Samples.row("six", "1", "1", .match, evidence: .locked)], floor: verdict))
        #expect(GitHubVerificationReport.render(verification, style: .plain).hasPrefix("::error title="))
        #expect(SARIFVerificationReport.render(verification, style: .plain).contains("\"level\": \"error\""))
        #expect(JUnitVerificationReport.render(verification, style: .plain).contains("failures=\"1\""))
        #expect(
            MarkdownVerificationReport.render(verification, style: .plain).hasPrefix(
                verdict == .mismatch ? "### ❌" : "### ❔"))
    }

    @Test("annotations: one for the verdict, with what to do, and one a difference")
    func github() {
        let lines = GitHubVerificationReport.render(Samples.refused, style: .plain).split(separator: "\n")
        #expect(lines.count == 8)
        #expect(lines[0].hasPrefix("::error title=refused::this image would serve numpy 2.3.5"))
        #expect(lines[0].hasSuffix("%0Apinproof freeze model --base python:3.11.7-slim -o serving"))
        #expect(lines.count { $0.hasPrefix("::notice") } == 3)
        #expect(lines.count { $0.hasPrefix("::warning") } == 2)
        let match = Samples.described(Samples.verification([Samples.row("six", "1", "1", .match, evidence: .locked)]))
        #expect(
            GitHubVerificationReport.render(match, style: .plain).hasPrefix("::notice title=match::this image serves"))
    }

    // MARK: - Hostile values

    /// A subject's text that tries to leave its place.
    private static let hostile =
        "<script>alert(1)</script>\"'`|a\\|@user#1 [x](http://y) &lt;b&gt;\u{202E}\u{1B}[2J\r\n| x\n::error::x"

    private static let attack: Verification = {
        var finding = Finding(
            rule: "shadowing-module", severity: .error, file: hostile, range: nil, message: hostile, help: hostile,
            subject: hostile)
        finding.layer = Samples.layer
        return Samples.described(
            Samples.verification(
                [
                    Samples.row(hostile, hostile, hostile + "1", .mismatch, reasons: [hostile], help: hostile),
                    Samples.row("a" + hostile, hostile, nil, .mismatch, counts: false),
                    Samples.row("b" + hostile, hostile, hostile, .match, evidence: .intact, reasons: [hostile]),
                ],
                facts: [
                    .init(
                        name: "python", training: hostile, serving: hostile + "x", verdict: .mismatch, counts: true,
                        reasons: [hostile])
                ], findings: [finding],
                baked: .init(path: hostile, isGiven: false, same: 0, files: [], verdict: .mismatch, state: .other),
                account: .init(
                    counts: [.none: 1],
                    files: [.init(path: hostile, sha256: nil, layer: nil, voucher: .none, reason: hostile)]),
                gaps: [Gap(hostile, reason: hostile, source: FileLocation(file: hostile, line: 1))]),
            instruction: hostile, name: hostile, image: hostile)
    }()

    @Test("the page runs nothing, loads nothing, and keeps text as text")
    func page() {
        for verification in [Samples.refused, Self.attack] {
            let page = HTMLVerificationReport.render(verification, style: .plain)
            for piece in ["<script", " src=", " href=", "@import", "url(", "<form", "onerror=", "\u{202E}", "\u{1B}"] {
                #expect(!page.contains(piece), "\(piece)")
            }
            #expect(page.contains("default-src 'none'"))
        }
        let page = HTMLVerificationReport.render(Samples.refused, style: .plain)
        for piece in [
            "<h1>✕ Refused: mismatch</h1>", "<b>scikit-learn 1.7.2</b>", "Why (2 of 51 packages decide)",
            "<span class=\"tag\">downgrade</span>", "Brought by layer 2: <code>COPY --from=environment",
            "pinproof freeze model --base python:3.11.7-slim -o serving",

            "3 notes about the base image", "linux/amd64",
        ] { #expect(page.contains(piece), "\(piece)") }
        #expect(page.components(separatedBy: "<i class=\"match\"").count == 48)
    }

    @Test("text and annotations: no name starts a line, a command or an escape sequence")
    func lines() {
        let text = TextVerificationReport.render(Self.attack, style: TerminalStyle(isColored: false, isVerbose: true))
        #expect(!text.contains("\u{1B}") && !text.contains("\r") && !text.contains("\u{202E}"))
        #expect(!text.contains("\n::error"))
        let commands = GitHubVerificationReport.render(Self.attack, style: .plain)
        for line in commands.split(separator: "\n") { #expect(line.hasPrefix("::")) }
        #expect(!commands.contains("\r"))
        #expect(commands.split(separator: "\n").count { $0.hasPrefix("::error title=shadowing-module::") } == 1)
    }

    @Test("Markdown: what a subject brought stays in its cell and calls no one")
    func markdown() {
        let text = MarkdownVerificationReport.render(Self.attack, style: .plain)
        // What a backslash escapes is text.
        let bare = text.split(separator: "\\", omittingEmptySubsequences: false).map { $0.dropFirst() }.joined()
        for piece in ["<script", "@user", "](", "\r", "\u{202E}"] { #expect(!bare.contains(piece), "\(piece)") }
        let refused = MarkdownVerificationReport.render(Samples.refused, style: .plain)
        #expect(
            refused.contains(
                "### ❌ Pinproof verify: refused, mismatch\n\nThis image would serve **numpy 2.3.5** and **scikit-learn 1.7.2**"
            ))
        #expect(refused.contains("🟥🟥🟨🟨🟩"))
        let many = Samples.described(
            Samples.verification(
                (1...5000).map { Samples.row("<\($0)", "1", "2", .mismatch, help: String(repeating: "<", count: 600)) })
        )
        #expect(MarkdownVerificationReport.render(many, style: .plain).utf8.count <= 65_536)
    }

    @Test("XML and JSON stay well formed")
    func documents() throws {
        let xml = JUnitVerificationReport.render(Self.attack, style: .plain)
        #expect(!xml.contains("<script") && !xml.contains("\u{1B}"))
        for name in ["json", "sarif"] {
            let format = try #require(VerificationReportFormats.named(name))
            _ = try JSONReader.read(SourceText(name: name, text: format.render(Self.attack, style: .plain)))
        }
    }
}

extension String {
    fileprivate func components(separatedBy piece: String) -> [Substring] {
        var pieces: [Substring] = []
        var rest = self[...]
        while let range = rest.firstRange(of: piece) {
            pieces.append(rest[..<range.lowerBound])
            rest = rest[range.upperBound...]
        }
        return pieces + [rest]
    }
}
