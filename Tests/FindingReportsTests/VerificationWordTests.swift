import EnvironmentInventory
import Testing

@testable import FindingReports

/// The words of the reports of `verify`: steps of versions, causes, counts, and what to do.
@Suite("Words of a verification")
struct VerificationWordTests {
    private typealias Samples = VerificationSamples

    @Test(
        "how one version leads to another",
        arguments: [
            ("1.0", "2.0", "major upgrade"), ("2.0", "1.9", "major downgrade"), ("1.2", "1.10", "upgrade"),
            ("1.10.3", "1.10.2", "downgrade"), ("1.0", "1", nil), ("1", "1.0.1", "upgrade"), ("1.2rc1", "1.2", nil),
            ("1.2rc1", "1.3a", "upgrade"), ("v1.2", "1.1", "downgrade"), ("1!1.0", "2.0", "major downgrade"),
            ("2:1.0-1", "1:9.0-1", "major downgrade"), ("1:1.0", "1.0", "major downgrade"), ("abc", "1", nil),
            ("1", "latest", nil), ("", "", nil), ("2024.1.2", "2024.1.10", "upgrade"),
            ("9223372036854775808", "1", nil), ("1.99999999999999999999", "1.1", "upgrade"), ("1..2", "1.1", "upgrade"),
            ("٣.1", "1", nil),
        ] as [(String, String, String?)])
    func steps(_ old: String, _ new: String, _ words: String?) {
        #expect(VersionStep(from: old, to: new)?.words == words)
    }

    @Test("the arrow and the comparison point to the serving side")
    func arrows() {
        let (up, down) = (VersionStep.up(isMajor: true), VersionStep.down(isMajor: false))
        #expect(up.arrow == "↑" && up.comparison == "newer" && up.isMajor)
        #expect(down.arrow == "↓" && down.comparison == "older" && !down.isMajor)
    }

    @Test(
        "the first clause of an explanation",
        arguments: [
            ("numpy cannot load it: build it again. Then", "numpy", "cannot load it"),
            ("it is older (https://index.example/a)", "", "it is older"), ("a; b", "", "a"), ("a. b", "", "a"),
            ("a.b", "", "a.b"), ("numpy", "numpy", "numpy"), ("numpyx is", "numpy", "numpyx is"), ("", "a", ""),
            ("a (b) c", "", "a (b) c"),
        ])
    func briefs(_ help: String, _ name: String, _ expected: String) {
        #expect(VerificationCause.brief(help, of: name) == expected)
    }

    /// https://pubs.opengroup.org/onlinepubs/9699919799/utilities/V3_chap02.html#tag_18_02_02
    @Test(
        "words for a shell",
        arguments: [
            ("a", "a"), ("", "''"), ("a b", "'a b'"), ("it's", "'it'\\''s'"), ("'", "''\\'''"), ("$HOME", "'$HOME'"),
            ("a/b:c@d=e+f,g%h_i-j.k", "a/b:c@d=e+f,g%h_i-j.k"), ("*", "'*'"), ("~", "'~'"), ("a\nb", "'a\nb'"),
            ("é", "'é'"), ("-x", "-x"), ("a;b", "'a;b'"), ("`x`", "'`x`'"), ("\\", "'\\'"), ("\"", "'\"'"),
        ])
    func quoting(_ word: String, _ expected: String) { #expect(ShellQuoting.quoted(word) == expected) }

    private static func cause(_ row: Verification.PackageVerdict) -> VerificationCause {
        VerificationCause(row, in: Samples.described(Samples.verification([])).context)
    }

    @Test("the cause of a package: what both sides have, a mark, and what it means")
    func packages() {
        func shown(_ row: Verification.PackageVerdict) -> String {
            let cause = Self.cause(row)
            return
                "\(cause.versions?.training ?? "") -> \(cause.versions?.serving ?? "") [\(cause.mark ?? "-")] \(cause.meaning ?? "-")"
        }
        #expect(
            shown(Samples.row("a", "1.0", nil, .mismatch))
                == "1.0 -> missing [missing] is not installed, and loading the model needs it")
        #expect(
            shown(Samples.row("a", "1.0", nil, .mismatch, counts: false))
                == "1.0 -> missing [missing] is not installed")
        #expect(
            shown(Samples.row("a", "1.0", "1.0", .mismatch))
                == "1.0 -> 1.0 [other files] has other files than training had")
        #expect(
            shown(Samples.row("a", "1.2", "1.1", .mismatch))
                == "1.2 -> 1.1 [downgrade] is older than training had")
        #expect(
            shown(Samples.row("a", "x", "y", .mismatch))
                == "x -> y [other version] is another version than training had")
        #expect(
            shown(Samples.row("a", "1", "2", .mismatch, help: "a breaks: build it again"))
                == "1 -> 2 [major upgrade] breaks")
        #expect(
            shown(Samples.row("a", "1", "1", .notProvable, reasons: ["no record: it was removed"]))
                == "1 -> 1 [not proved] no record")
        #expect(shown(Samples.row("a", nil, "1", .mismatch)).hasPrefix("any version -> 1 [other version]"))
    }

    @Test("the cause of a fact leaves out the word that both sides have")
    func facts() {
        func shown(_ training: String, _ serving: String?, _ verdict: Verdict) -> String {
            let fact = Verification.FactVerdict(
                name: "python", training: training, serving: serving, verdict: verdict, counts: true)
            let cause = VerificationCause(fact, in: Verification.Context())
            return "\(cause.versions?.training ?? "") -> \(cause.versions?.serving ?? "") [\(cause.mark ?? "-")]"
        }
        #expect(shown("cpython 3.11.7", "cpython 3.11.2", .mismatch) == "3.11.7 -> 3.11.2 [downgrade]")
        #expect(shown("cpython 3.11.7", "pypy 3.11.2", .mismatch) == "cpython 3.11.7 -> pypy 3.11.2 [other]")
        #expect(shown("linux/amd64", "linux/arm64", .mismatch) == "linux/amd64 -> linux/arm64 [other]")
        #expect(shown("cpython 3.11.7", nil, .notProvable) == "cpython 3.11.7 -> unknown [unknown]")
    }

    @Test("the cause of a finding has its rule, file and layer, and no digest in its words")
    func findings() {
        let verification = Samples.described(Samples.verification([]))
        var finding = Finding(
            rule: "unvouched-file", severity: .error, file: "a.py", range: nil,
            message: "a.py is of nobody (layer \(Samples.layer))", help: "h")
        finding.layer = Samples.layer
        let cause = VerificationCause(finding, in: verification.context)
        #expect(cause.name == "unvouched-file" && cause.rule == cause.name && cause.file == "a.py" && cause.help == "h")
        #expect(cause.meaning == "a.py is of nobody" && cause.layer?.number == 2 && cause.kind == .finding(.error))
        #expect(cause.isOfSameLayer(as: cause) && !cause.isOfSameLayer(as: nil))
    }

    @Test("how many packages match, and at which levels")
    func counts() {
        func counts(_ rows: [Verification.PackageVerdict], _ required: Evidence = .trained) -> String {
            VerificationSummary(Samples.verification(rows, required: required)).counts
        }
        let trained = Samples.row("a", "1", "1", .match, evidence: .trained)
        let locked = Samples.row("b", "1", "1", .match, evidence: .locked)
        #expect(counts([trained]) == "1 of 1 package matches at trained")
        #expect(counts([trained, trained]) == "2 of 2 packages match at trained")
        #expect(counts([trained, locked]) == "2 of 2 packages match: 1 at locked, 1 at trained")
        #expect(counts([locked]) == "1 of 1 package matches at locked (required: trained)")
        #expect(counts([trained], .locked) == "1 of 1 package matches at trained (required: locked)")
        #expect(counts([]) == "0 of 0 packages match (required: trained)")
        #expect(
            counts([Samples.row("a", "1", nil, .mismatch)]) == "0 of 1 package matches (required: trained)")
    }

    @Test("what decides comes first, known consequences before others")
    func order() {
        let summary = VerificationSummary(
            Samples.described(
                Samples.verification(
                    [
                        Samples.row("unproved", "1", "1", .notProvable), Samples.row("files", "1", "1", .mismatch),
                        Samples.row("version", "1", "2", .mismatch),
                        Samples.row("known", "1", "2", .mismatch, help: "it breaks"),
                        Samples.row("gone", "1", nil, .mismatch),
                        Samples.row("aside", "1", "2", .mismatch, counts: false),
                    ],
                    facts: [
                        .init(name: "libc", training: "2.36", serving: "2.31", verdict: .mismatch, counts: false),
                        .init(name: "python", training: "3.11", serving: "3.12", verdict: .mismatch, counts: true),
                    ],
                    findings: [
                        Finding(rule: "w", severity: .warning, file: "f", range: nil, message: "m"),
                        Finding(rule: "e", severity: .error, file: "f", range: nil, message: "m"),
                        Finding(
                            rule: "unneeded-package-differs", severity: .error, file: "f", range: nil, message: "x"),
                    ])))
        #expect(summary.deciding.map(\.name) == ["known", "version", "files", "gone", "unproved", "python", "e"])
        #expect(summary.aside.map(\.name) == ["libc", "aside", "w"])
        #expect(summary.word == "refused")
    }

    @Test("remarks are counted, those about the base image by that name")
    func notes() {
        func count(_ notes: [Finding]) -> String? {
            VerificationSummary(Samples.described(Samples.verification([], findings: notes))).noteCount
        }
        let base = "sha256:" + String(repeating: "a", count: 64)
        #expect(count([]) == nil)
        #expect(count([Samples.note("m", layer: base)]) == "1 note about the base image")
        #expect(count([Samples.note("m", layer: base), Samples.note("n", layer: Samples.layer)]) == "2 notes")
        #expect(count([Samples.note("m", layer: nil)]) == "1 note")
        #expect(
            count([Finding(rule: "forgeable-record", severity: .note, file: "f", range: nil, message: "m")]) == nil)
    }

    @Test("the account names the vouchers that there are")
    func account() {
        func account(_ counts: [Verification.Account.Voucher: Int]) -> String? {
            VerificationSummary(Samples.verification([], account: .init(counts: counts, files: []))).account
        }
        #expect(account([:]) == "none in reach" && account([.package: 0]) == "none in reach")
        #expect(account([.none: 1, .package: 90, .base: 3]) == "90 package, 3 base, 1 none")
        #expect(VerificationSummary(Samples.verification([])).account == nil)
    }

    // MARK: What to do

    private static func remedy(_ verification: Verification) -> String? {
        VerificationRemedy(verification).map { ($0.command.map { $0 + " | " } ?? "") + $0.words }
    }

    @Test("a match needs nothing")
    func noRemedy() { #expect(Self.remedy(Samples.verification([])) == nil) }

    @Test("a mismatch names the versions, the model, or the help of what decides")
    func mismatchRemedies() {
        let row = Samples.row("a", "1.0", "2.0", .mismatch, hash: false)
        #expect(
            Self.remedy(Samples.verification([row]))
                == "install a==1.0 into the image, or train again on what the image has")
        #expect(
            Self.remedy(Samples.verification([Samples.row("a", nil, "2.0", .mismatch, hash: false)]))
                == "install what training had into the image, or train again on what the image has")
        let model = Verification.BakedModel(
            path: "m", isGiven: false, same: 0, files: [], verdict: .mismatch, state: .other)
        #expect(
            Self.remedy(Samples.verification([], baked: model))
                == "build the image again with this model, or verify the model that is in it")
        let fact = Verification.FactVerdict(
            name: "libc", training: "2.36", serving: "2.31", verdict: .mismatch, counts: true, help: "take a newer base"
        )
        #expect(Self.remedy(Samples.verification([], facts: [fact])) == "take a newer base")
        let error = Finding(rule: "r", severity: .error, file: "f", range: nil, message: "m", help: "remove it")
        #expect(Self.remedy(Samples.verification([], findings: [error], floor: .mismatch)) == "remove it")
        #expect(
            Self.remedy(Samples.verification([], floor: .mismatch)) == "build the image from the lock of training")
    }

    @Test("with hashes the image is frozen anew, for the Python of training")
    func freezing() {
        let row = Samples.row("a", "1.0", "2.0", .mismatch)
        #expect(
            Self.remedy(Samples.described(Samples.verification([row]), name: "my model"))
                == "pinproof freeze 'my model' --base python:3.11.7-slim -o serving | builds the image from what trained the model; or train again on what the image has"
        )
        // Of PyPy there is no such base image, and without the words of the command no path.
        var other = Samples.described(Samples.verification([row]))
        other.context.training = .init(
            about: SubjectDescription(kind: .model, format: "mlflow", name: "m"),
            python: Interpreter(implementation: "pypy", version: "3.11.7"))
        #expect(Self.remedy(other)?.hasPrefix("install a==1.0") == true)
        var unknown = Samples.described(Samples.verification([row]))
        unknown.context.command = []
        #expect(Self.remedy(unknown)?.hasPrefix("install a==1.0") == true)
    }

    @Test("what cannot be proved is captured at training, or given as artifacts")
    func notProvableRemedies() {
        func remedy(
            _ evidence: Evidence?, _ required: Evidence, hash: Bool = true, gaps: [Gap] = [], unnamed: Int = 0
        ) -> String? {
            Self.remedy(
                Samples.described(
                    Samples.verification(
                        [Samples.row("a", "1", "1", .notProvable, evidence: evidence, hash: hash)],
                        required: required, unnamed: unnamed, gaps: gaps)))
        }
        let whole = "pinproof capture .venv --into model | records the whole environment at training"
        #expect(remedy(.named, .trained, unnamed: 1) == whole)
        #expect(remedy(.named, .trained, gaps: [Gap("x", reason: "y")]) == whole)
        #expect(
            remedy(.named, .locked) == "give the locked artifacts: --wheels DIR, or a map of pinproof wheels")
        #expect(
            remedy(.named, .trained)
                == "pinproof capture .venv --into model | records at training the content that serving is compared with"
        )
        #expect(
            remedy(nil, .intact)
                == "record the whole environment at training: pinproof capture ENV --into MODEL")
    }
}
