import EnvironmentInventory
import ProgramStart

/// What the files, the start and the packages that are there besides mean for the verdict.
struct LoadingVerdict {
    /// What was found.
    let findings: [Finding]
    /// ``Verdict/match`` when nothing stands against one.
    let verdict: Verdict
    let account: Verification.Account?
    /// Who vouches for each shared library, by its path.
    let vouchers: [String: Verification.Account.Voucher]
    let start: Verification.Start?

    init(
        _ training: TrainingSide, _ serving: ServingSide, _ scene: ImportScene?,
        packages: [Verification.PackageVerdict], needed: (String) -> Bool, loading: LoadingAssessment? = nil,
        isStrict: Bool
    ) {
        guard var scene else {
            findings = ExtraPackages.findings(training, serving, nil, needed: needed, account: nil)
            verdict = isStrict && !findings.isEmpty ? .notProvable : .match
            account = nil
            vouchers = [:]
            start = nil
            return
        }
        let loadable = LoadableFiles(
            scene, libraries: loading?.libraries.map(\.path) ?? [], openedAs: loading?.linkedPaths ?? [])
        let captured = CaptureAgreement(training.environment.directories, scene, loadable)
        scene.captured = captured
        if let trained = training.environment.python, let served = serving.environment.python {
            scene.isTrainedPython = trained.version == served.version && trained.implementation == served.implementation
        }
        let vouchers = Vouchers(
            scene, packages: packages, applications: serving.applications,
            captured: captured)
        let loadingAccount = LoadingAccount(scene, vouchers, loadable)
        var findings = ImportHazards.findings(scene) + loadingAccount.findings
        findings += ExtraPackages.findings(training, serving, scene, needed: needed, account: loadingAccount)
        if let options = serving.loading, !options.isJudged {
            findings.append(
                EnvironmentVerifier.finding(
                    LoadingAccount.rule, isStrict ? .warning : .note, in: serving.name,
                    "the shared libraries that are loaded were not accounted for: loading was not checked"))
        }
        if scene.isImage { findings += StartFindings.findings(scene.start, name: serving.name) }
        findings += NumericVariableFindings.findings(training, scene)
        // An error is something that stands in the way of a match; a warning is one when everything counts.
        let decides: Severity = isStrict ? .warning : .error
        var verdict: Verdict = findings.contains { $0.severity >= decides } ? .notProvable : .match
        // A needed package that the started Python does not find is as good as missing.
        if findings.contains(where: { $0.rule == UnreachedPackage.rule.name && $0.severity == .error }) {
            verdict = .mismatch
        }
        if isStrict, !loadingAccount.account.isProved {
            verdict = verdict.combined(with: .notProvable)
            findings += Self.unproved(loadingAccount.account, serving)
        }
        self.findings = findings
        self.verdict = verdict
        account = loadingAccount.account
        self.vouchers = loadingAccount.libraryVouchers
        start = scene.isImage ? StartFindings.start(scene.start) : nil
    }

    /// Says what `--strict` is not content with.
    private static func unproved(_ account: Verification.Account, _ serving: ServingSide) -> [Finding] {
        let weak = [Verification.Account.Voucher.record, .system, .none].filter { account.count($0) > 0 }
        let parts = weak.map { "\(account.count($0)) by \($0 == .none ? "nobody" : $0.rawValue)" }
        return [
            EnvironmentVerifier.finding(
                LoadingAccount.rule, .error, in: serving.name,
                "files that can be loaded are vouched for only by records: \(parts.joined(separator: ", "))",
                help: LoadingAccount.rule.help)
        ]
    }
}
