import EnvironmentInventory
import Testing

@testable import EnvironmentVerification
@testable import ModelArchives

/// What counts in a verdict: what loading the model needs, the interpreter, the platform, the libraries' generations.
struct NeededAndFactsTests {
    private static func package(
        _ name: String, _ version: String, modules: [String] = [], requires: [String] = [],
        record: RecordCheck? = .intact
    ) -> Package {
        var package = Package(ecosystem: .pypi, name: name, version: version)
        package.modules = modules
        package.requirements = requires
        package.recordCheck = record
        package.location = "site"
        return package
    }

    private static let served = [
        package("joblib", "1.4", modules: ["joblib"]),
        package("numpy", "2.1.0", modules: ["numpy"]),
        package("pandas", "2.0", modules: ["pandas"]),
        package(
            "scikit-learn", "1.5.2", modules: ["sklearn"],
            requires: [
                "numpy>=1.19.5", "joblib>=1.2", "old; python_version < '3'", "matplotlib; extra == 'plots'",
            ]),
    ]

    private static func verify(
        _ training: [Package], needs: [String]?, serving: [Package] = served, isStrict: Bool = false,
        generations: [TrainingSide.Generation] = [], trainedOn: Platform? = nil, servedOn: Platform? = nil,
        scope: Verification.Scope = .closed, files: [ModelFile] = []
    ) -> Verification {
        var side = TrainingSide(
            name: "m", identity: nil, environment: Environment(platform: trainedOn, packages: training))
        side.needs = needs
        side.generations = generations
        side.files = files
        return EnvironmentVerifier.verify(
            side,
            against: ServingSide(
                name: "i", identity: nil,
                environment: Environment(
                    python: Interpreter(version: "3.11.2"),
                    platform: servedOn ?? Platform(os: "linux", architecture: "amd64"), packages: serving)),
            required: .intact, wheels: WheelMap([]), isStrict: isStrict, scope: scope)
    }

    @Test("what loading does not need is a warning, unless everything counts")
    func around() {
        let training = Self.served.map { Self.package($0.name, $0.name == "pandas" ? "1.5" : $0.version ?? "") }
        let result = Self.verify(training, needs: ["sklearn"])
        #expect(result.verdict == .match)
        let pandas = result.packages.first { $0.training.name == "pandas" }
        #expect(pandas?.verdict == .mismatch && pandas?.isNeeded == false && pandas?.counts == false)
        #expect(result.findings.contains { $0.rule == "unneeded-package-differs" && $0.severity == .warning })
        #expect(Self.verify(training, needs: ["sklearn"], isStrict: true).verdict == .mismatch)
        #expect(Self.verify(training, needs: nil).verdict == .mismatch)
        #expect(Self.verify(training, needs: []).verdict == .mismatch)
    }

    @Test("what a needed package depends on is needed, by the serving side's markers")
    func dependencies() {
        for (name, isNeeded) in [("joblib", true), ("numpy", true), ("pandas", false), ("old", false)] {
            let training = [Self.package("scikit-learn", "1.5.2"), Self.package(name, "0.1")]
            let result = Self.verify(training, needs: ["sklearn"], scope: .named)
            #expect(result.verdict == (isNeeded ? .mismatch : .match), "\(name)")
        }
    }

    @Test("a model that imports files of its own may need everything that training names")
    func ownFiles() throws {
        let digest = try #require(SHA256Value(bytes: [UInt8](repeating: 0, count: 32)))
        let files = [ModelFile(path: "code/scorer.py", sha256: digest, size: 1)]
        let trained = Self.served.map { Self.package($0.name, $0.name == "pandas" ? "1.5" : $0.version ?? "") }
        let differs = Self.verify(trained, needs: ["scorer"], files: files)
        #expect(differs.verdict == .mismatch)
        #expect(differs.packages.allSatisfy { $0.isNeeded && $0.counts })
        let same = Self.served.map { Self.package($0.name, $0.version ?? "") }
        #expect(Self.verify(same, needs: ["scorer"], files: files).verdict == .match)
    }

    @Test("files that were changed count whoever needs them")
    func tampered() {
        var serving = Self.served
        serving[2].recordCheck = .altered([RecordDisagreement(path: "pandas/x.py", kind: .missing)])
        let result = Self.verify(
            Self.served.map { Self.package($0.name, $0.version ?? "") }, needs: ["sklearn"], serving: serving)
        #expect(result.verdict == .mismatch)
        #expect(result.packages.filter(\.counts).contains { $0.training.name == "pandas" && !$0.isNeeded })
    }

    @Test("what was altered at training already is the same at serving")
    func alteredAtTraining() throws {
        let content = try #require(Digest("sha256:" + String(repeating: "c", count: 64)))
        let altered = RecordCheck.altered([RecordDisagreement(path: "x", kind: .missing, layer: "a")])
        var serving = Package(ecosystem: .apt, name: "x", version: "1")
        serving.contentDigest = content
        serving.recordCheck = altered
        var training = Package(ecosystem: .apt, name: "x", version: "1")
        training.contentDigest = content
        let same = Self.verify([training], needs: nil, serving: [serving])
        #expect(same.verdict == .match && same.packages.first?.evidence == .trained)
        training.contentDigest = nil
        #expect(Self.verify([training], needs: nil, serving: [serving]).verdict == .mismatch)
        // A record of hashes counts unless training's said the same.
        var module = Self.package("y", "1", record: altered)
        module.contentDigest = content
        var trained = module
        trained.recordCheck = nil
        #expect(Self.verify([trained], needs: nil, serving: [module]).verdict == .mismatch)
        trained.recordCheck = .altered([RecordDisagreement(path: "x", kind: .missing, layer: "b")])
        #expect(Self.verify([trained], needs: nil, serving: [module]).verdict == .match)
    }

    @Test("a module that nothing provides makes every missing package needed")
    func missingModules() {
        let training = [Self.package("scikit-learn", "1.5.2"), Self.package("gone", "1.0")]
        let known = Self.verify(training, needs: ["sklearn"], scope: .named)
        #expect(known.verdict == .match)
        let unknown = Self.verify(training, needs: ["sklearn", "own_code"])
        #expect(unknown.verdict == .mismatch)
        #expect(unknown.findings.contains { $0.rule == "missing-module" })
        // What is known to provide it is none of the missing ones.
        #expect(Self.verify(training, needs: ["sklearn", "mlflow"], scope: .named).verdict == .match)
        let cv2 = [Self.package("opencv-python", "4.0"), Self.package("scikit-learn", "1.5.2")]
        #expect(Self.verify(cv2, needs: ["sklearn", "cv2"]).verdict == .mismatch)
        // A missing package that is called like the module is the one that is needed.
        #expect(Self.verify(training, needs: ["sklearn", "gone"]).verdict == .mismatch)
    }

    @Test("a needed package that training does not name is said")
    func unnamed() {
        let result = Self.verify([Self.package("scikit-learn", "1.5.2")], needs: ["sklearn"])
        #expect(result.verdict == .notProvable)
        #expect(result.unnamedCount == 2 && result.scope == .closed)
        let finding = result.findings.first { $0.rule == "unnamed-package" }
        #expect(finding?.severity == .error && finding?.message.contains("joblib, numpy") ?? false)
        let named = Self.verify([Self.package("scikit-learn", "1.5.2")], needs: ["sklearn"], scope: .named)
        #expect(named.verdict == .match && named.unnamedCount == 2 && named.scope == .named)
        #expect(named.findings.contains { $0.rule == "unnamed-package" && $0.severity == .note })
    }

    @Test func generations() {
        let training = [Self.package("scikit-learn", "1.5.2")]
        let one = TrainingSide.Generation(name: "numpy", value: "1", source: nil)
        let result = Self.verify(training, needs: ["sklearn"], generations: [one])
        #expect(result.verdict == .mismatch)
        #expect(result.facts.first { $0.name == "numpy-generation" }?.help?.contains("numpy._core") ?? false)
        let two = TrainingSide.Generation(name: "numpy", value: "2", source: nil)
        #expect(Self.verify(training, needs: ["sklearn"], generations: [two], scope: .named).verdict == .match)
    }

    @Test(
        "another platform or C library is a warning, unless everything counts",
        arguments: [
            ("linux/arm64", nil, "platform", Verdict.mismatch), ("linux/amd64", "glibc-2.36", "libc", .match),
            ("linux/amd64", "glibc-2.35", "libc", .match), ("linux/amd64", "glibc-2.39", "libc", .mismatch),
            ("linux/amd64", "musl-1.2", "libc", .mismatch),
        ] as [(String, String?, String, Verdict)])
    func platforms(platform: String, library: String?, fact: String, verdict: Verdict) {
        var trained = Platform(platform)
        trained?.cLibrary = library.flatMap { CLibrary($0) }
        let served = Platform(os: "linux", architecture: "amd64", cLibrary: CLibrary("glibc-2.36"))
        let training = Self.served.map { Self.package($0.name, $0.version ?? "") }
        let result = Self.verify(training, needs: nil, trainedOn: trained, servedOn: served)
        #expect(result.facts.first { $0.name == fact }?.verdict == verdict)
        #expect(result.verdict == .match)
        let strict = Self.verify(training, needs: nil, isStrict: true, trainedOn: trained, servedOn: served)
        #expect(strict.verdict == verdict)
    }

    @Test("two builds of one locked release are said to be so")
    func otherBuilds() throws {
        let mac = try #require(Digest("sha256:" + String(repeating: "a", count: 64)))
        let linux = try #require(Digest("sha256:" + String(repeating: "b", count: 64)))
        var locked = Self.package("numpy", "2.1.0", record: nil)
        var release = locked
        var recorded = locked
        locked.artifacts = [Artifact(name: "numpy-linux.whl", url: nil, hashes: [linux])]
        recorded.artifacts = [Artifact(name: "numpy-mac.whl", url: nil, hashes: [mac])]
        release.artifacts = recorded.artifacts + locked.artifacts
        var side = TrainingSide(
            name: "m", identity: nil,
            environment: Environment(platform: Platform(os: "darwin", architecture: "arm64"), packages: [locked]))
        side.recorded = [recorded]
        side.releases = [release]
        let serving = ServingSide(
            name: "i", identity: nil,
            environment: Environment(platform: Platform(os: "linux", architecture: "amd64"), packages: Self.served))
        let result = EnvironmentVerifier.verify(side, against: serving, required: .intact, wheels: WheelMap([]))
        #expect(result.verdict == .match)
        let reasons = try #require(result.packages.first?.reasons)
        #expect(reasons.contains { $0.contains("numpy-mac.whl") && $0.contains("two builds of one locked release") })
    }

    @Test(
        "what breaks is said with its source",
        arguments: [
            ("scikit-learn", "1.5.2", "1.9.1", "scikit-learn.org"), ("numpy", "1.26.4", "2.4.0", "_core"),
            ("numpy", "2.4.0", "1.26.4", "_core"), ("torch", "2.5.1+cu121", "2.5.1+cpu", "CUDA"),
            ("torch", "2.5.1", "2.6.0", "weights_only"), ("pandas", "2.2.0", "1.5.3", "read_pickle"),
            ("xgboost", "2.1.0", "3.0.0", "snapshot"), ("cloudpickle", "3.0.0", "3.1.0", "storage"),
        ])
    func breakages(name: String, training: String, serving: String, words: String) {
        let help = KnownBreakages.help(name, ecosystem: .pypi, training: training, serving: serving)
        #expect(help?.contains(words) ?? false)
        #expect(help?.contains("https://") ?? false)
    }

    @Test func noBreakageKnown() {
        #expect(KnownBreakages.help("requests", ecosystem: .pypi, training: "1", serving: "2") == nil)
        #expect(KnownBreakages.help("numpy", ecosystem: .apt, training: "1", serving: "2") == nil)
        #expect(KnownBreakages.help("numpy", ecosystem: .pypi, training: "2.0", serving: "2.0.0") == nil)
        #expect(KnownBreakages.sources.allSatisfy { $0.hasPrefix("https://") })
    }

    @Test("the installer's note of another artifact than the lock's is another build")
    func otherArtifact() throws {
        let locked = try #require(Digest("sha256:" + String(repeating: "a", count: 64)))
        let noted = try #require(Digest("sha256:" + String(repeating: "b", count: 64)))
        var training = Self.package("numpy", "2.1.0", record: nil)
        training.artifacts = [Artifact(name: nil, url: nil, hashes: [locked])]
        var serving = Self.served[1]
        serving.claimedHashes = [noted]
        #expect(Self.verify([training], needs: nil, serving: [serving]).verdict == .mismatch)
        serving.claimedHashes = [locked]
        #expect(Self.verify([training], needs: nil, serving: [serving]).packages.first?.evidence == .claimed)
    }
}
