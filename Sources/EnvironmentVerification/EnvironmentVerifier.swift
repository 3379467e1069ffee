import EnvironmentInventory
import PythonPackaging

/// Compares a training environment with a serving environment, hash by hash.
package enum EnvironmentVerifier {
    /// The rules of the findings that a verification adds.
    package static let rules =
        [
            otherInterpreter, otherPlatform, otherCLibrary, otherGeneration, unneededPackageDiffers, missingModule,
            unnamedPackage, otherModelFile, foreignModel, extraPackage, incompleteTraining, incompleteServing,
            forgeableRecord,
        ] + ImportHazards.rules + [LoadingAccount.rule, StartFindings.rule, NumericVariableFindings.rule]
        + LoadingRules.all

    /// Verifies every package of training, the interpreter, the platform, and the model that lies in the image.
    ///
    /// What loading the model needs has a part in the verdict. What was only around has none, save that a file of it was
    /// changed: an environment that somebody has tampered with is never a match.
    ///
    /// - Parameters:
    ///   - required: the evidence below which a package counts as not provable.
    ///   - wheels: the artifacts of the lock that were given.
    ///   - modelPath: where the image has the model; nil to look for it.
    ///   - scope: whether a needed package that training does not name decides; only-named verdicts say so.
    ///   - isStrict: whether everything counts, what loading does not need and what is only a warning too.
    package static func verify(
        _ training: TrainingSide, against serving: ServingSide, required: Evidence, wheels: WheelMap,
        modelPath: String? = nil, isStrict: Bool = false, scope: Verification.Scope = .closed
    ) -> Verification {
        let training = training.named(by: serving)
        var findings = training.findings + serving.findings
        var floor = Verdict.match
        let gaps = EnvironmentGaps(training, serving)
        findings += gaps.findings
        if !gaps.isEmpty { floor = .notProvable }
        let facts = PlatformFactVerifier(training: training, serving: serving, isStrict: isStrict).verify()
        findings += facts.compactMap(\.finding)

        let needed = NeededPackages(training, serving)
        let packages = packageVerdicts(
            training, serving, required: required, wheels: wheels, needed: needed, isStrict: isStrict)
        if packages.isEmpty {
            findings.append(
                finding(incompleteTraining, .error, in: training.name, "\(training.name) names no package at all"))
            floor = floor.combined(with: .notProvable)
        }
        let unnamed = UnnamedNeeds(needed: needed, training: training, serving: serving, scope: scope)
        findings += unnamed.findings
        if unnamed.count > 0, scope == .closed { floor = floor.combined(with: .notProvable) }
        findings += around(packages, serving)
        let scene = ImportScene(serving, trained: training.environment)
        let baked = BakedModelSearch(
            training: training, serving: serving, isStrict: isStrict, owners: scene?.owners
        ).compare(at: modelPath)
        if let baked { findings += modelFindings(baked, training, serving) }
        if packages.contains(where: { $0.counts && $0.verdict == .match && $0.evidence == .intact }) {
            findings.append(
                finding(
                    forgeableRecord, .note, in: serving.name,
                    "the verdict relies on records inside the image, which an attacker could have rewritten too",
                    help: forgeableRecord.help))
        }
        let binaries = LoadingFindings(
            training: training, serving: serving, scene: scene, needed: needed, isStrict: isStrict)
        findings += binaries.findings
        floor = floor.combined(with: binaries.verdict)
        let loading = LoadingVerdict(
            training, serving, scene, packages: packages, needed: { needed.needs($0) },
            loading: binaries.assessment, isStrict: isStrict)
        findings += loading.findings
        floor = floor.combined(with: loading.verdict)
        return Verification(
            required: required,
            identity: .init(
                compared: "the content of each package", model: training.identity, image: serving.identity),
            packages: packages, facts: facts.map(\.fact), bakedModel: baked, scope: scope, unnamedCount: unnamed.count,
            account: loading.account, start: loading.start, loading: binaries.assessment?.vouched(loading.vouchers),
            findings: findings,
            trainingGaps: gaps.training, servingGaps: serving.environment.gaps, floor: floor)
    }

    private struct Name: Hashable {
        let ecosystem: Ecosystem
        let name: String
        init(_ package: Package) {
            ecosystem = package.ecosystem
            name = package.name
        }
        init(ecosystem: Ecosystem, name: String) {
            self.ecosystem = ecosystem
            self.name = name
        }
    }

    /// Whether a gap of the serving side is the record of a package: `numpy-1.26.4.dist-info`.
    private static func names(_ gap: Gap, _ package: Package) -> Bool {
        guard package.ecosystem == .pypi, let hyphen = gap.subject.firstIndex(of: "-") else { return false }
        guard [".dist-info", ".egg-info", ".egg"].contains(where: { gap.subject.hasSuffix($0) }) else { return false }
        return NormalizedName.of(String(gap.subject[..<hyphen])) == package.name
    }

    private static func packageVerdicts(
        _ training: TrainingSide, _ serving: ServingSide, required: Evidence, wheels: WheelMap,
        needed: NeededPackages, isStrict: Bool
    ) -> [Verification.PackageVerdict] {
        var verifier = PackageVerifier(
            required: required, wheels: wheels, isSamePlatform: isSamePlatform(training, serving),
            fits: wheelFit(serving.environment))
        verifier.isModelsOwn = !training.files.isEmpty
        if let comparison = InstalledFilesComparison(serving) {
            verifier.explain = comparison.differences
            verifier.checkRewritten = comparison.rewritten
        }
        let builds = OtherBuilds(training)
        let groups = Dictionary(grouping: serving.environment.packages) { Name($0) }
        let ecosystems = Set(serving.environment.packages.map(\.ecosystem))
        let trained = Set(training.environment.packages.map(\.name))
        let unread = serving.environment.gaps.filter { $0.scope != .systemPackages }
        return training.environment.packages.map { package in
            var copies = inImportOrder(groups[Name(package)] ?? [], serving.importPath)
            var judgement: PackageVerifier.Judgement
            let others = { (name: String) in
                trained.contains(name) ? [] : groups[Name(ecosystem: package.ecosystem, name: name)] ?? []
            }
            if copies.isEmpty, let other = AlternativeDistributions.judge(package, others, verifier) {
                judgement = other.judgement
                copies = [other.serving]
            } else if copies.isEmpty, let gap = unread.first(where: { Self.names($0, package) }) {
                judgement = .init(
                    verdict: .notProvable, evidence: nil,
                    reasons: ["it is on the serving side and could not be read: \(gap.reason)"])
            } else {
                judgement = judged(package, copies, verifier, hasOthers: ecosystems.contains(package.ecosystem))
            }
            if judgement.verdict == .match, let reason = builds.reason(package) {
                judgement = .init(
                    verdict: .match, evidence: judgement.evidence, reasons: judgement.reasons + [reason])
            }
            let isNeeded = needed.contains(package)
            return .init(
                training: package, serving: copies.first, evidence: judgement.evidence, verdict: judgement.verdict,
                reasons: judgement.reasons, isNeeded: isNeeded,
                counts: isNeeded || isStrict || judgement.isChanged, help: judgement.help)
        }
    }

    private static func judged(
        _ training: Package, _ copies: [Package], _ verifier: PackageVerifier, hasOthers: Bool
    ) -> PackageVerifier.Judgement {
        guard !copies.isEmpty else {
            let place = hasOthers ? "" : ", where no package of its kind was found at all"
            return .init(
                verdict: .mismatch, evidence: nil, reasons: ["it is not installed on the serving side\(place)"])
        }
        let judgements = copies.map { verifier.verify(training, against: $0) }
        let worst = judgements.dropFirst().reduce(judgements[0]) { worst, next in
            worst.verdict.combined(with: next.verdict) == worst.verdict ? worst : next
        }
        guard copies.count > 1, Set(judgements.map(\.verdict)).count > 1 else { return worst }
        // One copy matches and another does not: which of them is imported is not for a verifier to guess.
        let places = copies.map { "\($0.version ?? "no version") in \($0.location ?? "?")" }.joined(separator: ", ")
        return .init(
            verdict: .notProvable, evidence: nil,
            reasons: ["it is installed more than once and the copies differ: \(places)"] + worst.reasons,
            isChanged: worst.isChanged)
    }

    /// The copies that the serving interpreter could import: with a known import path the first one only.
    private static func inImportOrder(_ copies: [Package], _ importPath: [String]?) -> [Package] {
        guard let importPath, copies.count > 1 else { return copies }
        for folder in importPath {
            let here = copies.filter { $0.location == folder }
            if !here.isEmpty { return here }
        }
        return copies
    }

    private static func isSamePlatform(_ training: TrainingSide, _ serving: ServingSide) -> Bool {
        guard let trained = training.environment.platform, let served = serving.environment.platform else {
            return true
        }
        return trained.os == served.os && trained.architecture == served.architecture
    }

    private static func wheelFit(_ environment: Environment) -> @Sendable (String) -> Bool? {
        guard let platform = environment.platform else { return { _ in nil } }
        let tags = ServingTags(python: environment.python, platform: platform)
        return { tags.accept($0) }
    }
}
