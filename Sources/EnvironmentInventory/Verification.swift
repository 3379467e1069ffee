/// The result of `verify`: the verdict, and the evidence for each package of training.
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
        /// Why: full sentences without a full stop, with file and line or path and layer.
        public let reasons: [String]
        /// Whether loading the model needs the package; true if what it needs is unknown.
        public let isNeeded: Bool
        /// Whether the package counts towards the overall verdict. A package that is not needed counts only if its files were
        /// changed.
        package let counts: Bool
        /// What the difference means and how to fix it, with the source; nil if unknown.
        public let help: String?

        /// Creates a verdict.
        package init(
            training: Package, serving: Package?, evidence: Evidence?, verdict: Verdict, reasons: [String],
            isNeeded: Bool = true, counts: Bool = true, help: String? = nil
        ) {
            self.training = training
            self.serving = serving
            self.evidence = evidence
            self.verdict = verdict
            self.reasons = reasons
            self.isNeeded = isNeeded
            self.counts = counts
            self.help = help
        }
    }

    /// The verdict on something that is not a package: the interpreter, the platform, the C library, a library's generation.
    public struct FactVerdict: Sendable, Hashable {
        /// What it is about: `python`, `platform`, `libc`, `numpy-generation`.
        public let name: String
        /// What training says.
        public let training: String
        /// What the serving side has; nil when it does not say.
        public let serving: String?
        /// The verdict.
        public let verdict: Verdict
        /// Whether it counts towards the overall verdict.
        package let counts: Bool
        /// Why: full sentences without a full stop.
        public let reasons: [String]
        /// What the difference means and how to fix it; nil if unknown.
        public let help: String?

        /// Creates a verdict.
        package init(
            name: String, training: String, serving: String?, verdict: Verdict, counts: Bool, reasons: [String] = [],
            help: String? = nil
        ) {
            self.name = name
            self.training = training
            self.serving = serving
            self.verdict = verdict
            self.counts = counts
            self.reasons = reasons
            self.help = help
        }
    }

    /// The model that lies in the image, held file by file against the model that was given.
    public struct BakedModel: Sendable, Hashable {
        /// One file that differs.
        package struct File: Sendable, Hashable {
            /// How it differs.
            package enum Kind: String, Sendable, Hashable {
                case changed
                case missing
                /// The image has it, the model does not.
                case added
            }
            /// The path inside of the model.
            package let path: String
            /// How it differs.
            package let kind: Kind
            /// The model's digest; nil for a file that it does not have.
            package let training: Digest?
            /// The image's digest; nil for a file that it does not have.
            package let serving: Digest?
            /// The layer of the image's file; nil where none is known.
            package let layer: String?

            /// Creates a file.
            package init(path: String, kind: Kind, training: Digest?, serving: Digest?, layer: String? = nil) {
                self.path = path
                self.kind = kind
                self.training = training
                self.serving = serving
                self.layer = layer
            }
        }

        /// Where it lies in the image.
        public let path: String
        /// Whether the place was given, not found.
        package let isGiven: Bool
        /// How many files are the same.
        public let same: Int
        /// The files that differ, by path.
        package let files: [File]
        /// The verdict: a mismatch when a file is changed or missing; an added file is one only when everything counts.
        public let verdict: Verdict

        /// What the image has of the model.
        public enum State: String, Sendable, Hashable, CaseIterable {
            /// The model, and no other one.
            case same
            /// Another model where this one is looked for.
            case other
            /// No model: it is mounted at run time.
            case absent
            /// The model and another one, of which nothing says which is served.
            case several
        }
        /// What the image has of the model.
        public let state: State

        /// Creates a verdict.
        package init(path: String, isGiven: Bool, same: Int, files: [File], verdict: Verdict, state: State) {
            self.state = state
            self.path = path
            self.isGiven = isGiven
            self.same = same
            self.files = files
            self.verdict = verdict
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

        /// Creates an identity.
        package init(compared: String, model: String?, image: ImageIdentity?) {
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
    /// The verdicts on interpreter, platform and the like.
    public let facts: [FactVerdict]
    /// The model in the image; nil when none was given or found.
    public let bakedModel: BakedModel?
    /// Which packages the verdict speaks of.
    public let scope: Scope
    /// How many packages and modules loading the model needs that the training side does not name.
    package let unnamedCount: Int
    /// Who vouches for each file that the process could load; nil where the serving side's files are not known.
    public let account: Account?
    /// What the image starts; nil for an environment on disk.
    package let start: Start?
    /// Whether what is needed can be loaded; nil where it was not judged.
    public let loading: LoadingAssessment?
    /// The findings: other interpreters, foreign bytecode, extra packages.
    public package(set) var findings: [Finding]
    /// What training names and its reader could not turn into a package.
    public let trainingGaps: [Gap]
    /// What was met on the serving side and could not be turned into a package.
    public let servingGaps: [Gap]
    /// The overall verdict.
    public let verdict: Verdict
    /// What is wrong with the wheels that were given, a sentence each; it changes no verdict.
    public var notes: [String] = []
    /// The names of the training side and of the serving side as they were given, for sentences; empty where nobody said.
    package var names: (training: String, serving: String) {
        get { (trainingName, servingName) }
        set { (trainingName, servingName) = newValue }
    }
    private var trainingName = ""
    private var servingName = ""
    /// What else was given, by its digests.
    package var inputs = Inputs()
    /// The verdicts on every image of an index; empty where one image was asked about.
    package var platforms: [PlatformVerdict] = []

    /// The digests of what was given besides the two sides.
    package struct Inputs: Sendable, Hashable {
        /// The sha256 of the lock; nil where none was given.
        package var lock: Digest?
        /// The digest over the sha256 of every artifact that was at hand; nil where there was none.
        package var wheels: Digest?
        /// The manifest of the base image, or what a frozen lock pins; nil where none was given.
        package var base: Digest?

        /// Creates inputs of which nothing was given.
        package init() {}
    }

    /// The verdict on the image of one platform.
    package struct PlatformVerdict: Sendable, Hashable {
        /// `linux/amd64`.
        package let platform: String
        /// The digest of its manifest.
        package let manifest: Digest?
        /// The verdict.
        package let verdict: Verdict

        /// Creates a verdict.
        package init(platform: String, manifest: Digest?, verdict: Verdict) {
            self.platform = platform
            self.manifest = manifest
            self.verdict = verdict
        }
    }
    /// What reports say of the two sides besides the verdict.
    package var context = Context()

    /// Creates a verification; the verdict is that of everything that counts together with `floor`, which holds what neither
    /// packages nor facts show (an environment that could not be read whole).
    package init(
        required: Evidence, identity: Identity, packages: [PackageVerdict], facts: [FactVerdict] = [],
        bakedModel: BakedModel? = nil, scope: Scope = .closed, unnamedCount: Int = 0, account: Account? = nil,
        start: Start? = nil, loading: LoadingAssessment? = nil, findings: [Finding], trainingGaps: [Gap] = [],
        servingGaps: [Gap] = [],
        floor: Verdict = .match
    ) {
        self.scope = scope
        self.unnamedCount = unnamedCount
        self.account = account
        self.start = start
        self.loading = loading
        self.trainingGaps = trainingGaps
        self.servingGaps = servingGaps
        self.required = required
        self.identity = identity
        self.packages = packages
        self.facts = facts
        self.bakedModel = bakedModel
        self.findings = findings.sorted(by: Finding.inOrder)
        var verdict = trainingGaps.isEmpty ? floor : floor.combined(with: .notProvable)
        if let bakedModel { verdict = verdict.combined(with: bakedModel.verdict) }
        for package in packages where package.counts { verdict = verdict.combined(with: package.verdict) }
        for fact in facts where fact.counts { verdict = verdict.combined(with: fact.verdict) }
        self.verdict = verdict
    }

    /// The type of the predicate of an attestation; docs/attestation.md describes it.
    package static let predicateType = "https://pinproof.dev/verification/v1"

    /// The name in an attestation's digests of what `inspect` calls treeDigest.
    package static let treeAlgorithm = "pinproofTree"

    /// How many packages have a verdict.
    package func count(_ verdict: Verdict) -> Int { packages.count { $0.verdict == verdict } }
    /// How many matching packages rest on an evidence.
    package func count(_ evidence: Evidence) -> Int {
        packages.count { $0.verdict == .match && $0.evidence == evidence }
    }
}
