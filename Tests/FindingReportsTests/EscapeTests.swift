import EnvironmentInventory
import SourceDocuments
import Testing

@testable import FindingReports

/// What a subject brings in is shown as escapes, in every format and everywhere.
struct EscapeTests {
    /// C0 and C1 controls, separators of lines, and what turns the direction of writing.
    private static let controls: [UInt32] = [0x01, 0x07, 0x0D, 0x1B, 0x7F, 0x85, 0x9B]
    private static let directions: [UInt32] = [
        0x061C, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A, 0x202E, 0x2066, 0x2069,
    ]
    private static let hostile =
        "x"
        + (controls + directions).compactMap { Unicode.Scalar($0).map { String(Character($0)) + "y" } }.joined()

    /// The characters of a text that should have been escaped; JSON is for programs, where directions may stand.
    private static func raw(_ text: String, isForPeople: Bool) -> Set<UInt32> {
        let wanted = Set(controls + (isForPeople ? directions : []))
        return Set(text.unicodeScalars.map(\.value)).intersection(wanted)
    }

    private static let programs = ["json", "cyclonedx", "sarif", "gitlab"]

    private static let source = FileLocation(file: hostile, line: 3)
    private static let gap = Gap(hostile, reason: hostile, source: source)

    private static var package: Package {
        var package = Package(ecosystem: .pypi, name: hostile, version: hostile)
        package.location = hostile
        package.source = source
        package.installer = hostile
        package.recordCheck = .uncheckable(hostile)
        return package
    }

    @Test("check", arguments: CheckReportFormats.all.map { $0.name })
    func check(name: String) throws {
        let format = try #require(CheckReportFormats.named(name))
        let finding = Finding(
            rule: "floating-image", severity: .error, file: Self.hostile,
            range: SourceRange(start: SourcePosition(line: 1, column: 1), end: SourcePosition(line: 1, column: 3)),
            message: Self.hostile, help: Self.hostile, ecosystem: .image, subject: Self.hostile, strength: .floating)
        let result = CheckResult(
            require: .exact, findings: [finding], files: [.init(path: Self.hostile, kind: "dockerfile")],
            suppressed: 1, rules: [Rule(name: "floating-image", summary: "S", why: "W", help: "H")],
            texts: [Self.hostile: SourceText(name: Self.hostile, text: Self.hostile)])
        let text = format.render(result, style: .plain)
        #expect(Self.raw(text, isForPeople: !Self.programs.contains(name)) == [])
    }

    @Test("inspect", arguments: EnvironmentReportFormats.all.map { $0.name })
    func inspect(name: String) throws {
        let format = try #require(EnvironmentReportFormats.named(name))
        let report = EnvironmentReport(
            subject: SubjectDescription(
                kind: .lock, format: "requirements", name: Self.hostile, identity: Self.hostile),
            environment: Environment(
                python: Interpreter(version: Self.hostile), packages: [Self.package], gaps: [Self.gap]),
            additions: [.init(Self.hostile, .string(Self.hostile))], remarks: [Self.hostile])
        let text = format.render(report, style: .plain)
        #expect(Self.raw(text, isForPeople: !Self.programs.contains(name)) == [])
    }

    @Test("diff", arguments: DifferenceReportFormats.all.map { $0.name })
    func diff(name: String) throws {
        let format = try #require(DifferenceReportFormats.named(name))
        let file = ImageDifference.File(
            type: "link", size: 0, mode: 0o777, uid: 0, gid: 0, sha256: nil, target: Self.hostile,
            attributes: [Self.hostile: [1]])
        let other = ImageDifference.File(
            type: "link", size: 0, mode: 0o777, uid: 0, gid: 0, sha256: nil, target: Self.hostile)
        let report = DifferenceReport(
            left: Self.hostile, right: Self.hostile,
            difference: EnvironmentDifference(
                changes: [
                    .init(kind: .changed, left: Self.package, right: Self.package),
                    .init(kind: .added, left: nil, right: Self.package),
                ],
                sames: [.init(package: Self.package, basis: .files)],
                facts: [.init(name: Self.hostile, left: Self.hostile, right: Self.hostile)]),
            image: ImageDifference(
                files: [.init(path: Self.hostile, owner: Self.hostile, left: other, right: file)], bytecode: 1,
                configuration: [.init(field: Self.hostile, name: Self.hostile, left: Self.hostile, right: nil)]),
            gaps: GapPair(left: [Self.gap], right: [Self.gap]))
        let text = format.render(report, style: .plain)
        #expect(Self.raw(text, isForPeople: !Self.programs.contains(name)) == [])
    }

    @Test("verify", arguments: VerificationReportFormats.all.map { $0.name })
    func verify(name: String) throws {
        let format = try #require(VerificationReportFormats.named(name))
        let finding = Finding(
            rule: "unvouched-file", severity: .error, file: Self.hostile, range: nil, message: Self.hostile,
            help: Self.hostile, ecosystem: .pypi, subject: Self.hostile)
        let verification = Verification(
            required: .intact, identity: .init(compared: Self.hostile, model: Self.hostile, image: nil),
            packages: [
                .init(
                    training: Self.package, serving: Self.package, evidence: nil, verdict: .mismatch,
                    reasons: [Self.hostile], isNeeded: true, counts: true, help: Self.hostile)
            ], findings: [finding], trainingGaps: [Self.gap], servingGaps: [Self.gap], floor: .notProvable)
        let text = format.render(verification, style: .plain)
        #expect(Self.raw(text, isForPeople: !Self.programs.contains(name)) == [])
    }

    @Test("the escapes name the character, and lines stay where they are wanted")
    func escapes() {
        #expect(shown("a\u{1B}[2J\u{202E}\u{2028}\u{85}\tb") == "a\\u{1b}[2J\\u{202e}\\u{2028}\\u{85}\tb")
        #expect(shown("a\nb") == "a\\u{a}b")
        #expect(shown("a\nb\r", keepsLines: true) == "a\nb\\u{d}")
        #expect(shown("caf\u{e9} \u{1F600} \u{a0}") == "caf\u{e9} \u{1F600} \u{a0}")
    }

    @Test(
        "what is not seen is an escape where people read, in every place",
        arguments: [
            0xAD, 0x34F, 0x115F, 0x180E, 0x200B, 0x200C, 0x200D, 0x2060, 0x2064, 0x206A, 0x3164, 0xFE0F, 0xFEFF, 0xFFA0,
            0xFFF9, 0x1D173, 0xE0001, 0xE0041, 0xE007F, 0xE0100,
        ] as [UInt32])
    func unseen(value: UInt32) throws {
        let scalar = try #require(Unicode.Scalar(value))
        let text = "a\(Character(scalar))b"
        let escape = "\\u{\(String(value, radix: 16))}"
        #expect(shown(text) == "a\(escape)b")
        #expect(HTMLPage.text(text) == "a\(escape)b")
        #expect(JUnitReport.escaped(text) == "a\(escape)b")
        for part in [MarkdownText.cell(text), MarkdownText.code(text), GitHubReport.command(.note, title: "x", text)] {
            #expect(!part.unicodeScalars.contains(scalar), "\(part)")
        }
        #expect(scalar.isUnseen && !scalar.isControlOrBidirectional)
    }

    @Test("an escape that a text holds is not taken for a character")
    func writtenEscapes() {
        #expect(shown("\\u{1b}") == "\\u{5c}u{1b}")
        #expect(shown("\u{1B}") == "\\u{1b}")
        #expect(shown("\\\\u{1b}") == "\\\\u{5c}u{1b}")
        #expect(HTMLPage.text("\\u{1b}\u{1B}\n") == "\\u{5c}u{1b}\\u{1b}\\u{a}")
        #expect(JUnitReport.escaped("\\u{1b}\u{1B}") == "\\u{5c}u{1b}\\u{1b}")
        for text in ["C:\\users\\x", "\\", "a\\u", "\\n \\U{1b}", "caf\u{E9} \u{1F600} \u{661} \u{4E2D}"] {
            #expect(shown(text) == text)
        }
    }

    @Test("the word joiners that keep addresses apart stay in Markdown, and those that were read do not")
    func joiners() {
        #expect(MarkdownText.cell("www.a\u{2060}") == "www\u{2060}.a\\\\u{2060}")
    }

    @Test("JSON escapes the C1 controls and leaves their neighbours alone")
    func json() throws {
        let text = JSONValue.string("\u{80}\u{9F}\u{A0}\u{C2}\u{7F}\u{FF}").text()
        #expect(text == "\"\\u0080\\u009f\u{A0}\u{C2}\\u007f\u{FF}\"")
        let node = try JSONReader.read(SourceText(name: "x", text: text))
        #expect(node.string == "\u{80}\u{9F}\u{A0}\u{C2}\u{7F}\u{FF}")
    }
}
