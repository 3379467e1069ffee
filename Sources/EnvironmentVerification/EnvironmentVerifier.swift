/// The training side of a verification: what a model, a lock or a capture says was installed.
public struct TrainingSide: Sendable {
    /// The name as given.
    public let name: String
    /// The tree digest of the model, or the sha256 of the lock.
    public let identity: String?
    /// The environment.
    public let environment: Environment
    /// Why the environment is not the whole truth; empty when it is.
    public let gaps: [String]
    /// What was found while it was read.
    public let findings: [Finding]

    /// Makes a training side.
    public init(
        name: String, identity: String?, environment: Environment, gaps: [String] = [], findings: [Finding] = []
    ) {
        self.name = name
        self.identity = identity
        self.environment = environment
        self.gaps = gaps
        self.findings = findings
    }
}

/// The serving side of a verification: an image, or an environment installed on disk.
public struct ServingSide: Sendable {
    /// The name as given.
    public let name: String
    /// The identities of an image; nil for an environment on disk.
    public let identity: ImageIdentity?
    /// The environment.
    public let environment: Environment
    /// The folders that the serving interpreter imports from, first one first; nil when they are not known.
    public let importPath: [String]?
    /// What was found while it was read.
    public let findings: [Finding]

    /// Makes a serving side.
    public init(
        name: String, identity: ImageIdentity?, environment: Environment, importPath: [String]? = nil,
        findings: [Finding] = []
    ) {
        self.name = name
        self.identity = identity
        self.environment = environment
        self.importPath = importPath
        self.findings = findings
    }
}

/// Holds a training environment against a serving one, hash by hash.
public enum EnvironmentVerifier {
    /// The rules of the findings that a verification adds.
    public static let rules = [otherInterpreter, otherPlatform, extraPackage, incompleteTraining, forgeableRecord]

    /// Judges every package of training, the interpreter and the platform.
    ///
    /// - Parameters:
    ///   - required: the evidence below which a package counts as not provable.
    ///   - wheels: the artifacts of the lock that were at hand.
    public static func verify(
        _ training: TrainingSide, against serving: ServingSide, required: Evidence, wheels: WheelMap
    ) -> Verification {
        var findings = training.findings + serving.findings
        var floor = Verdict.match
        for gap in training.gaps {
            findings.append(finding(incompleteTraining, .error, training.name, gap))
            floor = floor.combined(with: .notProvable)
        }
        floor = floor.combined(with: judgeInterpreter(training, serving, &findings))
        floor = floor.combined(with: judgePlatform(training, serving, &findings))

        let judge = PackageJudge(
            required: required, wheels: wheels, isSamePlatform: isSamePlatform(training, serving),
            fits: wheelFit(serving.environment))
        let groups = Dictionary(grouping: serving.environment.packages) { Name($0) }
        var verdicts: [Verification.PackageVerdict] = []
        for package in training.environment.packages {
            let copies = inImportOrder(groups[Name(package)] ?? [], serving.importPath)
            verdicts.append(self.verdict(package, copies, judge))
        }
        if verdicts.isEmpty {
            findings.append(
                finding(incompleteTraining, .error, training.name, "\(training.name) names no package at all"))
            floor = floor.combined(with: .notProvable)
        }
        if verdicts.contains(where: { $0.verdict == .match && $0.evidence == .intact }) {
            findings.append(
                finding(
                    forgeableRecord, .note, serving.name,
                    "the verdict rests on records inside of the image, which a forger would have rewritten too",
                    help: forgeableRecord.help))
        }
        findings += extraPackages(training, serving)
        return Verification(
            required: required,
            identity: .init(
                compared: "the content of each package", model: training.identity, image: serving.identity),
            packages: verdicts, findings: findings, floor: floor)
    }

    private struct Name: Hashable {
        let ecosystem: Ecosystem
        let name: String
        init(_ package: Package) {
            ecosystem = package.ecosystem
            name = package.name
        }
    }

    private static func verdict(
        _ training: Package, _ copies: [Package], _ judge: PackageJudge
    ) -> Verification.PackageVerdict {
        guard let first = copies.first else {
            return .init(
                training: training, serving: nil, evidence: nil, verdict: .mismatch,
                reasons: ["it is not installed on the serving side"])
        }
        let verdicts = copies.map { judge.judge(training, $0) }
        let worst = verdicts.dropFirst().reduce(verdicts[0]) { worst, next in
            worst.verdict.combined(with: next.verdict) == worst.verdict ? worst : next
        }
        guard copies.count > 1, Set(verdicts.map(\.verdict)).count > 1 else { return worst }
        // One copy matches and another does not: which of them is imported is not for a verifier to guess.
        let places = copies.map { "\($0.version ?? "no version") in \($0.location ?? "?")" }.joined(separator: ", ")
        return .init(
            training: training, serving: first, evidence: nil, verdict: .notProvable,
            reasons: ["it is installed more than once and the copies differ: \(places)"] + worst.reasons)
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

    private static func judgeInterpreter(
        _ training: TrainingSide, _ serving: ServingSide, _ findings: inout [Finding]
    ) -> Verdict {
        guard let trained = training.environment.python else { return .match }
        let place = trained.source.map { " (\($0.file)\($0.line.map { ":\($0)" } ?? ""))" } ?? ""
        guard let served = serving.environment.python else {
            findings.append(
                finding(
                    otherInterpreter, .error, serving.name,
                    "training ran on Python \(trained.version)\(place), no interpreter was found on the serving side"))
            return .notProvable
        }
        if trained.implementation == served.implementation,
            EnvironmentComparison.agree(trained.version, served.version)
        {
            return .match
        }
        let isOtherMinor =
            trained.implementation != served.implementation
            || trained.version.split(separator: ".").prefix(2) != served.version.split(separator: ".").prefix(2)
        findings.append(
            finding(
                otherInterpreter, isOtherMinor ? .error : .warning, serving.name,
                "training ran on \(trained.implementation) \(trained.version)\(place), "
                    + "serving runs on \(served.implementation) \(served.version)"))
        return isOtherMinor ? .mismatch : .match
    }

    private static func judgePlatform(
        _ training: TrainingSide, _ serving: ServingSide, _ findings: inout [Finding]
    ) -> Verdict {
        guard let trained = training.environment.platform, let served = serving.environment.platform,
            !isSamePlatform(training, serving)
        else { return .match }
        findings.append(
            finding(
                otherPlatform, .warning, serving.name, "training ran on \(trained), serving runs on \(served)"))
        return .match
    }

    private static func isSamePlatform(_ training: TrainingSide, _ serving: ServingSide) -> Bool {
        guard let trained = training.environment.platform, let served = serving.environment.platform else {
            return true
        }
        return trained.os == served.os && trained.architecture == served.architecture
    }

    private static func extraPackages(_ training: TrainingSide, _ serving: ServingSide) -> [Finding] {
        let known = Set(training.environment.packages.map { Name($0) })
        let ecosystems = Set(training.environment.packages.map(\.ecosystem))
        let extra = serving.environment.packages.filter {
            ecosystems.contains($0.ecosystem) && !known.contains(Name($0))
        }
        guard !extra.isEmpty else { return [] }
        let names = Set(extra.map(\.name)).sorted()
        let shownNames =
            names.prefix(8).joined(separator: ", ") + (names.count > 8 ? " and \(names.count - 8) more" : "")
        return [
            finding(
                extraPackage, .note, serving.name,
                "the serving side has \(names.count) package\(names.count == 1 ? "" : "s") that training does not name: \(shownNames)"
            )
        ]
    }

    private static func finding(
        _ rule: Rule, _ severity: Severity, _ file: String, _ message: String, help: String? = nil
    ) -> Finding {
        Finding(rule: rule.name, severity: severity, file: file, range: nil, message: message, help: help)
    }

    private static func wheelFit(_ environment: Environment) -> @Sendable (String) -> Bool? {
        guard let python = environment.python, let platform = environment.platform else { return { _ in nil } }
        let tags = ServingTags(python: python, platform: platform)
        return { tags.accept($0) }
    }
}
