import EnvironmentInventory
import SourceDocuments

@testable import FindingReports

/// One result of each command, in which a text comes from a subject.
enum ReportSamples {
    /// Texts that mean something to one of the formats.
    static let meaningful = [
        "plain", "a b", "", "<b>&amp;</b>", "]]>", "\"quoted\" 'twice'", "a,b:c;d=e", "100%0A::error::x",
        "::set-output::x",
        "line\nbreak", "line\r\nbreak", "tab\tstop", "caf\u{e9} \u{1F600}", "\u{FFFE}\u{FFFF}", "\u{0}\u{1}\u{1F}",
        "*a* _b_ ~~c~~ `d` [e](f) ![g](h)", "| a | b |", "# heading", "- item", "1. item", "> quote", "@someone #1",
        "https://example.com www.example.com", "\\", "\\u{1b}", "-->", "<!--", "javascript:alert(1)",
        "../../etc/passwd",
        "</script><script>alert(1)</script>", "' onclick='x", "{\"a\": 1}", "$(id) `id`",
    ]

    static func finding(
        _ text: String, severity: Severity = .error, file: String? = nil, line: Int = 2, replacement: String? = nil
    ) -> Finding {
        var finding = Finding(
            rule: "floating-image", severity: severity, file: file ?? text,
            range: SourceRange(
                start: SourcePosition(line: line, column: 6), end: SourcePosition(line: line, column: 12)),
            message: text, help: text, ecosystem: .image, subject: text, strength: .floating,
            usedBy: [FileLocation(file: text, line: 1)])
        finding.replacement = replacement
        return finding
    }

    static func check(_ text: String) -> CheckResult {
        CheckResult(
            require: .exact,
            findings: [
                finding(text), finding(text, severity: .warning, line: 3), finding(text, severity: .note, line: 4),
            ],
            files: [.init(path: text, kind: "dockerfile"), .init(path: "clean", kind: "dockerfile")], suppressed: 1,
            rules: [Rule(name: "floating-image", summary: "S", why: "W", help: "H")],
            texts: [text: SourceText(name: text, text: "# x\nFROM python\nFROM python\nFROM python\n")])
    }

    static func verification(_ text: String, verdict: Verdict = .mismatch) -> Verification {
        let rows = [
            VerificationSamples.row(text, text, text, verdict, reasons: [text], help: text),
            VerificationSamples.row("numpy", "1", "1", .match, evidence: .trained),
        ]
        let found = Finding(
            rule: "unvouched-file", severity: .error, file: text, range: nil, message: text, help: text,
            ecosystem: .pypi, subject: text)
        return VerificationSamples.described(
            VerificationSamples.verification(
                rows,
                facts: [
                    .init(
                        name: text, training: text, serving: text, verdict: verdict, counts: true, reasons: [text])
                ], findings: verdict == .match ? [] : [found],
                gaps: verdict == .match ? [] : [Gap(text, reason: text, source: FileLocation(file: text, line: 3))]),
            instruction: text, name: text, image: text)
    }

    static func fleet(_ text: String) -> FleetReport {
        func row(_ number: Int, _ verdict: Verdict?) -> FleetReport.Row {
            .init(
                pair: "\(number)", name: text, model: text, image: text, pinned: text, verdict: verdict,
                reasons: [text],
                sameModels: [text], sameImages: [text])
        }
        return FleetReport(
            rows: [row(1, .match), row(2, .mismatch), row(3, .notProvable), row(4, nil)], notes: [text],
            problems: [text])
    }

    static func environment(_ text: String) -> EnvironmentReport {
        var package = Package(ecosystem: .pypi, name: text, version: text)
        package.location = text
        package.installer = text
        package.recordCheck = .uncheckable(text)
        return EnvironmentReport(
            subject: SubjectDescription(kind: .lock, format: "requirements", name: text, identity: text),
            environment: Environment(
                python: Interpreter(version: text), packages: [package],
                gaps: [Gap(text, reason: text, source: FileLocation(file: text, line: 3))]),
            additions: [.init(text, .string(text))], remarks: [text])
    }

    static func difference(_ text: String) -> DifferenceReport {
        let left = Package(ecosystem: .pypi, name: text, version: text)
        let right = Package(ecosystem: .pypi, name: text, version: text + "1")
        return DifferenceReport(
            left: text, right: text,
            difference: EnvironmentDifference(
                changes: [
                    .init(kind: .changed, left: left, right: right), .init(kind: .added, left: nil, right: right),
                    .init(kind: .removed, left: left, right: nil),
                ], sames: [.init(package: left, basis: .files)], facts: [.init(name: text, left: text, right: text)]),
            image: ImageDifference(
                files: [], bytecode: 1, configuration: [.init(field: text, name: text, left: text, right: nil)]),
            gaps: GapPair(left: [Gap(text, reason: text)], right: []))
    }

    /// Every report in a format, of subjects that bring in a text: the command's name and what is written.
    static func reports(_ format: String, _ text: String) -> [(command: String, text: String)] {
        let style = TerminalStyle.plain
        let result = PreflightSamples.result { result in
            result.questions = result.questions.map { answer in
                var answer = answer
                answer.summary = text
                answer.remedy = text
                answer.findings = [finding(text)]
                return answer
            }
        }
        return [
            ("check", CheckReportFormats.named(format)?.render(check(text), style: style)),
            ("verify", VerificationReportFormats.named(format)?.render(verification(text), style: style)),
            (
                "match",
                VerificationReportFormats.named(format)?.render(verification(text, verdict: .match), style: style)
            ),
            ("fleet", FleetReportFormats.all.first { $0.name == format }?.render(fleet(text), style: style)),
            ("inspect", EnvironmentReportFormats.named(format)?.render(environment(text), style: style)),
            ("diff", DifferenceReportFormats.named(format)?.render(difference(text), style: style)),
            ("preflight", result.flatMap { PreflightReportFormats.named(format)?.render($0, style: style) }),
        ].compactMap { command, written in written.map { (command, $0) } }
    }
}
