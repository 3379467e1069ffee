import SourceDocuments
import Testing

@testable import EnvironmentInventory

/// The verdict of a verification from its parts, its counts, its account, and the layers that its sentences name.
struct VerificationTests {
    private static func row(_ verdict: Verdict, counts: Bool = true, evidence: Evidence? = nil, reasons: [String] = [])
        -> Verification.PackageVerdict
    {
        let package = Package(ecosystem: .pypi, name: "a", version: "1")
        return .init(
            training: package, serving: package, evidence: evidence, verdict: verdict, reasons: reasons,
            isNeeded: counts,
            counts: counts)
    }

    private static func fact(_ verdict: Verdict, counts: Bool) -> Verification.FactVerdict {
        .init(name: "python", training: "cpython 3.11", serving: nil, verdict: verdict, counts: counts)
    }

    private static func verify(
        _ packages: [Verification.PackageVerdict] = [], facts: [Verification.FactVerdict] = [],
        baked: Verification.BakedModel? = nil, gaps: [Gap] = [], floor: Verdict = .match, findings: [Finding] = []
    ) -> Verification {
        Verification(
            required: .intact, identity: .init(compared: "c", model: nil, image: nil), packages: packages, facts: facts,
            bakedModel: baked, findings: findings, trainingGaps: gaps, floor: floor)
    }

    private static func model(_ verdict: Verdict) -> Verification.BakedModel {
        .init(
            path: "m", isGiven: false, same: 1, files: [], verdict: verdict, state: verdict == .match ? .same : .other)
    }

    @Test("the verdict is the worst of what counts")
    func verdict() {
        #expect(Self.verify().verdict == .match)
        #expect(Self.verify([Self.row(.match)]).verdict == .match)
        #expect(Self.verify([Self.row(.match), Self.row(.notProvable)]).verdict == .notProvable)
        #expect(Self.verify([Self.row(.notProvable), Self.row(.mismatch)]).verdict == .mismatch)
        #expect(Self.verify([Self.row(.mismatch, counts: false)]).verdict == .match)
        #expect(Self.verify(facts: [Self.fact(.mismatch, counts: true)]).verdict == .mismatch)
        #expect(Self.verify(facts: [Self.fact(.mismatch, counts: false)]).verdict == .match)
        #expect(Self.verify(baked: Self.model(.mismatch)).verdict == .mismatch)
        #expect(Self.verify(floor: .notProvable).verdict == .notProvable)
        #expect(Self.verify([Self.row(.match)], floor: .mismatch).verdict == .mismatch)
    }

    @Test("a gap of training is never a match, and never hides a mismatch")
    func gaps() {
        let gap = Gap("-e .", reason: "it has no name")
        #expect(Self.verify([Self.row(.match)], gaps: [gap]).verdict == .notProvable)
        #expect(Self.verify([Self.row(.mismatch)], gaps: [gap]).verdict == .mismatch)
    }

    @Test("verdicts combine in any order", arguments: Verdict.allCases)
    func combination(_ left: Verdict) {
        for right in Verdict.allCases {
            #expect(left.combined(with: right) == right.combined(with: left))
            #expect(left.combined(with: .match) == left)
            for third in Verdict.allCases {
                #expect(
                    left.combined(with: right).combined(with: third) == left.combined(with: right.combined(with: third))
                )
            }
        }
    }

    @Test("counts by verdict and by evidence; evidence counts where the package matches")
    func counts() {
        let verification = Self.verify([
            Self.row(.match, evidence: .locked), Self.row(.match, evidence: .intact),
            Self.row(.notProvable, evidence: .intact),
            Self.row(.mismatch, counts: false),
        ])
        #expect(verification.count(.match) == 2 && verification.count(.mismatch) == 1)
        #expect(verification.count(Evidence.intact) == 1 && verification.count(Evidence.locked) == 1)
        #expect(verification.count(Evidence.trained) == 0)
    }

    @Test("findings are put into their order")
    func findings() {
        let findings = ["b", "a"].map { Finding(rule: "r", severity: .note, file: $0, range: nil, message: "m") }
        #expect(Self.verify(findings: findings).findings.map(\.file) == ["a", "b"])
    }

    @Test("an account is proved where nothing rests on a record, a database or nobody")
    func account() {
        func account(_ counts: [Verification.Account.Voucher: Int]) -> Verification.Account {
            .init(counts: counts, files: [])
        }
        #expect(account([.package: 3, .base: 1, .capture: 1, .app: 1]).isProved)
        for voucher in [Verification.Account.Voucher.record, .system, .none] {
            #expect(!account([.package: 3, voucher: 1]).isProved)
            #expect(account([.package: 3, voucher: 0]).isProved)
            #expect(!voucher.isProof)
        }
        #expect(account([:]).isProved && account([:]).count(.base) == 0)
    }

    /// Every file comes back as it was, in the byte order of the paths.
    @Test("files of an account")
    func accountFiles() {
        let sums = (0..<3).map { SHA256Value(bytes: [UInt8](repeating: $0, count: 32)) } + [nil]
        var files = (0..<200).map { number in
            Verification.Account.File(
                path: ["", "a", "a/b", "a!b", "\u{e9}", "e\u{301}", "z\u{1F600}"][number % 7] + "\(number)",
                sha256: sums[number % 4], layer: number % 5 == 0 ? nil : "sha256:\(number % 5)",
                voucher: number % 2 == 0 ? .none : .app, reason: "because \(number % 3)")
        }
        var list = Verification.Account.FileList()
        for file in files { list.append(file) }
        #expect(list.elementsEqual(files))
        files.sort { ByteText($0.path) < ByteText($1.path) }
        let sorted = Verification.Account(counts: [:], files: list).files
        #expect(sorted.elementsEqual(files) && sorted != list)
        var copy = Verification.Account.FileList()
        for file in files { copy.append(file) }
        #expect(copy == sorted && copy.hashValue == sorted.hashValue)
        #expect(Verification.Account.FileList().isEmpty)
    }

    // MARK: - Layers

    private static let first = "sha256:" + String(repeating: "a", count: 64)
    private static let second = "sha256:" + String(repeating: "b", count: 64)
    private static let context: Verification.Context = {
        var context = Verification.Context()
        context.layers = [
            ImageLayer(number: 1, diffID: first, instruction: "ADD base /"),
            ImageLayer(number: 2, diffID: second, instruction: nil),
        ]
        return context
    }()

    @Test("a layer is found by its digest, and by the sentence that names it last")
    func layers() {
        let context = Self.context
        #expect(context.layer(Self.first)?.number == 1)
        #expect(context.layer("sha256:0") == nil && context.layer(nil) == nil)
        #expect(context.layer(namedIn: "a.py is changed (layer \(Self.second))")?.number == 2)
        #expect(context.layer(namedIn: "a (layer \(Self.second)) is run by b (layer \(Self.first))")?.number == 1)
        #expect(context.layer(namedIn: "a (layer \(Self.first)") == nil)
        #expect(context.layer(namedIn: "a \(Self.first)") == nil)
        #expect(context.layer(namedIn: "") == nil)
    }

    @Test("a sentence is shown without the digests of layers, and else as it is")
    func withoutLayers() {
        let context = Self.context
        #expect(
            context.withoutLayers("a (layer \(Self.first)) b (layer \(Self.second)) c (layer \(Self.first))") == "a b c"
        )
        #expect(context.withoutLayers("a (layer sha256:0) b") == "a (layer sha256:0) b")
        #expect(context.withoutLayers("") == "")
        #expect(Verification.Context().withoutLayers("a (layer \(Self.first))") == "a (layer \(Self.first))")
    }

    @Test("a package's layer is that of the changed file, then of a reason, then its own")
    func packageLayer() throws {
        func row(_ check: RecordCheck?, layer: String?, reasons: [String] = []) -> Verification.PackageVerdict {
            var package = Package(ecosystem: .pypi, name: "a", version: "1")
            package.recordCheck = check
            package.layer = layer
            return .init(training: package, serving: package, evidence: nil, verdict: .mismatch, reasons: reasons)
        }
        let altered = RecordCheck.altered([
            RecordDisagreement(path: "x", kind: .missing),
            RecordDisagreement(path: "y", kind: .missing, layer: Self.second),
        ])
        #expect(row(altered, layer: Self.first).layer(in: Self.context)?.number == 2)
        #expect(
            row(.intact, layer: Self.first, reasons: ["x (layer \(Self.second))"]).layer(in: Self.context)?.number == 2)
        #expect(row(.intact, layer: Self.first).layer(in: Self.context)?.number == 1)
        #expect(row(nil, layer: nil).layer(in: Self.context) == nil)
        let missing = Verification.PackageVerdict(
            training: Package(ecosystem: .pypi, name: "a", version: "1"), serving: nil, evidence: nil,
            verdict: .mismatch,
            reasons: [])
        #expect(missing.layer(in: Self.context) == nil)
    }
}
