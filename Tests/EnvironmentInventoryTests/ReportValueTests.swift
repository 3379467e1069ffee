import SourceDocuments
import Testing

@testable import EnvironmentInventory

/// Values that reports are made of: loading, fleets, ladders, references and rules.
@Suite("Values of reports")
struct ReportValueTests {
    private static func problem(_ reach: LoadingAssessment.Reach) -> LoadingAssessment.Problem {
        .init(rule: "missing-library", reach: reach, root: "numpy", needs: "libGL.so.1", file: "a.so")
    }

    @Test("what is reached decides; what is not known decides nothing")
    func loading() {
        func conclude(_ reaches: LoadingAssessment.Reach...) -> LoadingAssessment {
            var assessment = LoadingAssessment()
            assessment.problems = reaches.map(Self.problem)
            assessment.conclude()
            return assessment
        }
        #expect(LoadingAssessment().verdict == .notJudged)
        #expect(conclude().verdict == .loads)
        #expect(conclude(.unread).verdict == .loads)
        #expect(conclude(.mayFail, .unread).verdict == .mayFail)
        let fails = conclude(.mayFail, .fails, .fails)
        #expect(fails.verdict == .fails && fails.counts.fails == 2 && fails.counts.mayFail == 1)
    }

    @Test("a library without a voucher has none, and an earlier one is taken away")
    func vouchers() {
        var assessment = LoadingAssessment()
        assessment.libraries = ["a", "b"].map {
            LoadingAssessment.Library(path: $0, sha256: nil, layer: nil, voucher: .record, neededBy: 0)
        }
        let vouched = assessment.vouched(["a": .package, "c": .base])
        #expect(vouched.libraries.map(\.voucher) == [.package, nil])
        #expect(assessment.libraries.map(\.voucher) == [.record, .record])
    }

    private static func row(_ name: String, _ verdict: Verdict?, pair: String = "") -> FleetReport.Row {
        .init(
            pair: pair + name, name: name, model: "m", image: "i", pinned: "p", verdict: verdict,
            reasons: ["one", "two"])
    }

    @Test("a fleet: the worst first, then by name")
    func fleetOrder() {
        let report = FleetReport(
            rows: [
                Self.row("a", .match), Self.row("d", .mismatch), Self.row("b", .notProvable), Self.row("c", nil),
                Self.row("a", .mismatch),
            ], notes: ["z", "y"], problems: ["q", "p"])
        #expect(
            report.rows.map { "\($0.name) \($0.word)" } == [
                "a mismatch", "d mismatch", "c not-recorded", "b not-provable", "a match",
            ])
        #expect(report.notes == ["y", "z"] && report.problems == ["p", "q"])
        #expect(report.rows[0].reason == "one; two")
        #expect(
            report.summary
                == "5 pairs: 1 match, 2 mismatch, 1 not-provable, 1 not-recorded; 2 could not be read")
    }

    @Test("a fleet matches where every pair does and everything was read")
    func fleetVerdict() {
        func verdict(_ rows: [Verdict?], problems: [String] = []) -> Verdict {
            FleetReport(rows: rows.map { Self.row("a", $0) }, notes: [], problems: problems).verdict
        }
        #expect(verdict([.match, .match]) == .match)
        // A gate that nothing reached has proved nothing.
        #expect(verdict([]) == .notProvable)
        #expect(verdict([.match, nil]) == .notProvable && verdict([.match], problems: ["p"]) == .notProvable)
        #expect(verdict([.mismatch, nil]) == .mismatch && verdict([.mismatch], problems: ["p"]) == .mismatch)
        #expect(FleetReport(rows: [], notes: [], problems: []).summary == "0 pairs: none")
        #expect(FleetReport(rows: [Self.row("a", .match)], notes: [], problems: []).summary == "1 pair: 1 match")
    }

    @Test("a strength is enough for itself and for what is weaker; what is hidden is neither")
    func strengths() {
        let ladder: [PinStrength] = [.floating, .exact, .hashed]
        for (index, strength) in ladder.enumerated() {
            for (other, required) in ladder.enumerated() {
                #expect(strength.satisfies(required) == (index >= other), "\(strength) for \(required)")
            }
            #expect(PinStrength.unknown.satisfies(strength) == nil)
        }
    }

    @Test(
        "types with parts as a person reads them",
        arguments: [
            (ContractStructure.scalar(.int64), "int64", ContractType.int64),
            (.array(.scalar(.string)), "array<string>", .array),
            (.map(.array(.scalar(.float64))), "map<array<float64>>", .object), (.object([]), "{}", .object),
            (
                .object([
                    .init(name: "a", structure: .scalar(.int64), isRequired: true),
                    .init(name: "b", structure: .object([]), isRequired: false),
                ]), "{a: int64, b?: {}}", .object
            ),
        ])
    func structures(_ structure: ContractStructure, _ description: String, _ type: ContractType) {
        #expect(structure.description == description && structure.type == type)
    }

    @Test("the marks of an example are not a part of its text")
    func examples() {
        #expect(Rule.Example("RUN pip install «numpy»\n").plainText == "RUN pip install numpy\n")
        #expect(Rule.Example("«»x").plainText == "x" && Rule.Example("é").plainText == "é")
    }

    @Test(
        "credentials are taken out of the whole finding",
        arguments: [
            ("https://user:secret@index.example/x is fetched", "secret"),
            ("https://index.example/x?token=secret is fetched", "secret"),
            ("https://index.example/t/secret/conda is a channel", "secret"),
        ])
    func credentials(_ text: String, _ secret: String) {
        var finding = Finding(
            rule: "r", severity: .error, file: "f", range: nil, message: text, help: text, subject: text)
        finding.layer = "sha256:x"
        finding.replacement = "y"
        let clean = finding.withoutCredentials
        for part in [clean.message, clean.help, clean.subject] {
            #expect(part?.contains(secret) == false, "\(part ?? "")")
        }
        // Everything else stays as it was.
        #expect(clean.layer == "sha256:x" && clean.replacement == "y" && clean.rule == "r" && clean.file == "f")
        let plain = Finding(rule: "r", severity: .note, file: "f", range: nil, message: "a mail to nobody")
        #expect(plain.withoutCredentials == plain)
    }

    @Test(
        "references of registries in every form",
        arguments: [
            ("[::1]:5000/a", "[::1]:5000", nil), ("[fe80::1]/a/b:1", "[fe80::1]", "1"),
            ("a.example/b", "a.example", nil),
            ("a:5000/b:c", "a:5000", "c"), ("localhost/a", "localhost", nil), ("a/b", "docker.io", nil),
            ("A/b", "A", nil), ("index.docker.io/a/b", "docker.io", nil),
        ] as [(String, String, String?)])
    func registries(_ text: String, _ registry: String, _ tag: String?) throws {
        let reference = try #require(ImageReference(text))
        #expect(reference.registry == registry && reference.tag == tag && reference.description == text)
    }

    @Test(
        "hostile references",
        arguments: [
            "[::1", "[]/a", "[1]/a", "[::g]/a", "[::1]x/a", "[::1]:/a", "[::1]:x/a", ":5000/a", "a.example:/b",
            "a_b.example/c", "a@sha256:", "a@@sha256:00", "@sha256:\(String(repeating: "0", count: 64))", "a:b/",
            "a:", ":a", "/", "a/b@x", "\(String(repeating: "a", count: 256))", "a\u{0}b", "a:\u{E9}",
        ])
    func hostileReferences(_ text: String) { #expect(ImageReference(text) == nil, "\(text)") }

    @Test(
        "latest in any of its forms floats",
        arguments: [
            ("a:latest", PinStrength.floating), ("a:latest-gpu", .floating), ("a:gpu-latest", .floating),
            ("a:1.latest", .floating), ("a:x_latest", .floating), ("a:latests", .exact), ("a:stable", .exact),
            ("a", .floating),
        ])
    func floatingTags(_ text: String, _ strength: PinStrength) {
        #expect(ImageReference(text)?.strength == strength)
    }
}
