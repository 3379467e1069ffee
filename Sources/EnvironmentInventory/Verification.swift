/// What `verify` came to: the verdict, and for each package of training on which evidence.
public struct Verification: Sendable, Hashable {
    /// The verdict on one package of the training environment.
    public struct PackageVerdict: Sendable, Hashable {
        /// The package as training, or the lock, has it.
        public let training: Package
        /// The package in the serving image; nil when it is missing.
        public let serving: Package?
        /// The strongest evidence that holds; nil when none does.
        public let evidence: Evidence?
        /// The verdict.
        public let verdict: Verdict
        /// Why: whole sentences without a full stop, with file and line or path and layer.
        public let reasons: [String]

        /// Makes a verdict.
        public init(training: Package, serving: Package?, evidence: Evidence?, verdict: Verdict, reasons: [String]) {
            self.training = training
            self.serving = serving
            self.evidence = evidence
            self.verdict = verdict
            self.reasons = reasons
        }
    }

    /// Which identity was compared, and what the two sides are.
    public struct Identity: Sendable, Hashable {
        /// What was held against what: `content` when package contents were compared.
        public let compared: String
        /// The tree digest of the model, or the sha256 of the lock that stood in its place.
        public let model: String?
        /// The identities of the image; nil when an installed environment stood in its place.
        public let image: ImageIdentity?

        /// Makes an identity.
        public init(compared: String, model: String?, image: ImageIdentity?) {
            self.compared = compared
            self.model = model
            self.image = image
        }
    }

    /// The evidence that was required.
    public let required: Evidence
    /// What was compared.
    public let identity: Identity
    /// The verdicts by package, in the order of ecosystem and name.
    public let packages: [PackageVerdict]
    /// What was seen besides: other interpreters, foreign bytecode, extra packages.
    public let findings: [Finding]
    /// The verdict on the whole.
    public let verdict: Verdict

    /// Makes a verification; the verdict is that of the packages together with `floor`, which holds what the packages do
    /// not show (a wrong interpreter, an environment that could not be read whole).
    public init(
        required: Evidence, identity: Identity, packages: [PackageVerdict], findings: [Finding], floor: Verdict = .match
    ) {
        self.required = required
        self.identity = identity
        self.packages = packages
        self.findings = findings.sorted(by: Finding.inOrder)
        self.verdict = packages.reduce(floor) { $0.combined(with: $1.verdict) }
    }

    /// How many packages have a verdict.
    public func count(_ verdict: Verdict) -> Int { packages.count { $0.verdict == verdict } }
    /// How many matching packages rest on an evidence.
    public func count(_ evidence: Evidence) -> Int {
        packages.count { $0.verdict == .match && $0.evidence == evidence }
    }
}
