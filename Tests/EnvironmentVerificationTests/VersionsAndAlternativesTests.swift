import EnvironmentInventory
import Testing

@testable import EnvironmentVerification
@testable import ModelArchives

/// Versions that are the same build under two texts, and distributions that provide a module in place of another one.
struct VersionsAndAlternativesTests {
    private static func package(
        _ name: String, _ version: String?, requirement: String? = nil, hash: Character? = nil, modules: [String] = []
    ) -> Package {
        var package = Package(ecosystem: .pypi, name: name, version: version)
        package.versionRequirement = requirement
        package.modules = modules
        package.recordCheck = .intact
        let digest = hash.flatMap { Digest("sha256:" + String(repeating: $0, count: 64)) }
        if let digest { package.artifacts = [Artifact(name: nil, url: nil, hashes: [digest])] }
        return package
    }

    private static func verify(
        _ training: [Package], _ serving: [Package], isModel: Bool = true, needs: [String]? = nil, gaps: [Gap] = [],
        required: Evidence = .intact
    ) throws -> Verification {
        var side = TrainingSide(name: "m", identity: nil, environment: Environment(packages: training))
        if isModel {
            let digest = try #require(SHA256Value(bytes: [UInt8](repeating: 0, count: 32)))
            side.files = [ModelFile(path: "model.pkl", sha256: digest, size: 1)]
        }
        side.needs = needs
        return EnvironmentVerifier.verify(
            side,
            against: ServingSide(
                name: "i", identity: nil,
                environment: Environment(
                    python: Interpreter(version: "3.11.2"),
                    platform: Platform(os: "linux", architecture: "amd64", cLibrary: CLibrary("glibc-2.36")),
                    packages: serving, gaps: gaps)), required: required, wheels: WheelMap([]))
    }

    struct Build: Sendable {
        let trained: String?
        var requirement: String?
        var isModel = true
        let served: String
        let verdict: Verdict
    }

    @Test(
        "a local version counts when training recorded it, and === compares the whole text",
        arguments: [
            // The dist-info of PyPI's torch leaves out what torch.__version__ says.
            Build(trained: "2.15.0+cu132", served: "2.15.0", verdict: .match),
            Build(trained: "2.15.0+cu132", served: "2.15.0+cu132", verdict: .match),
            Build(trained: "2.15.0+cu132", served: "2.15.0+cpu", verdict: .mismatch),
            Build(trained: "2.15.0+cu132", served: "2.15.1", verdict: .mismatch),
            // What a lock says is what an installer was told.
            Build(trained: "2.15.0+cu132", isModel: false, served: "2.15.0", verdict: .mismatch),
            Build(trained: "2.1.0", served: "2.1.0+cu121", verdict: .match),
            Build(trained: "2.1", served: "2.1.0", verdict: .match),
            Build(trained: "2.1.0", requirement: "===2.1.0", served: "2.1.0+cu121", verdict: .mismatch),
            Build(trained: "2.1.0", requirement: "===2.1.0", served: "2.1.0", verdict: .match),
            Build(trained: "2.1", requirement: "===2.1", served: "2.1.0", verdict: .mismatch),
            Build(trained: nil, requirement: "===2.1.0", served: "2.1.0+cu121", verdict: .mismatch),
            Build(trained: nil, requirement: ">=2", served: "2.1.0", verdict: .notProvable),
            Build(trained: nil, requirement: ">=3", served: "2.1.0", verdict: .mismatch),
            Build(trained: nil, served: "2.1.0", verdict: .notProvable),
        ])
    func builds(_ build: Build) throws {
        let result = try Self.verify(
            [Self.package("torch", build.trained, requirement: build.requirement)],
            [Self.package("torch", build.served)], isModel: build.isModel)
        #expect(result.verdict == build.verdict, "\(result.packages.first?.reasons ?? [])")
    }

    @Test("what a match of two texts leaves open is said")
    func remarks() throws {
        let local = try Self.verify([Self.package("torch", "2.1.0")], [Self.package("torch", "2.1.0+cu121")])
        #expect(local.packages.first?.reasons.contains { $0.contains("+cu121") } ?? false)
        let recorded = try Self.verify([Self.package("torch", "2.1.0+cu121")], [Self.package("torch", "2.1.0")])
        #expect(recorded.packages.first?.reasons.contains { $0.contains("leaves the local part out") } ?? false)
    }

    struct Stand: Sendable {
        let trained: String
        let served: [String]
        let verdict: Verdict
        var scope: Set<String> = []
    }

    @Test(
        "another distribution of a module is another build; a reduced one of the same version is the same code",
        arguments: [
            Stand(trained: "xgboost 3.2.0", served: ["xgboost-cpu 2.1.4"], verdict: .mismatch),
            Stand(trained: "xgboost 3.2.0", served: ["xgboost-cpu 3.2.0"], verdict: .notProvable),
            Stand(trained: "xgboost-cpu 3.2.0", served: ["xgboost 3.2.0"], verdict: .notProvable),
            Stand(trained: "xgboost 3.2.0", served: ["xgboost 3.2.0"], verdict: .match),
            // Both write one directory: which one was last is not known.
            Stand(trained: "xgboost 3.2.0", served: ["xgboost 3.2.0", "xgboost-cpu 3.2.0"], verdict: .notProvable),
            Stand(trained: "tensorflow 2.21.0", served: ["tensorflow-cpu 2.18.0"], verdict: .mismatch),
            Stand(trained: "mlflow 3.1.0", served: ["mlflow-skinny 3.1.0"], verdict: .match),
            Stand(trained: "mlflow 3.1.0", served: ["mlflow-skinny 3.0.0"], verdict: .mismatch),
            Stand(trained: "mlflow-skinny 3.1.0", served: ["mlflow-skinny 3.1.0"], verdict: .match),
            Stand(trained: "onnxruntime 1.20.0", served: ["onnxruntime-gpu 1.20.0"], verdict: .notProvable),
            Stand(trained: "opencv-python 4.10.0", served: ["opencv-python-headless 4.9.0"], verdict: .mismatch),
            Stand(trained: "faiss-cpu 1.8.0", served: [], verdict: .mismatch),
        ])
    func alternatives(_ stand: Stand) throws {
        func package(_ text: String) -> Package {
            let words = text.split(separator: " ").map(String.init)
            return Self.package(words[0], words[1], modules: ["module"])
        }
        let result = try Self.verify(
            [package(stand.trained)], stand.served.map(package), needs: stand.served.isEmpty ? nil : ["module"])
        #expect(result.verdict == stand.verdict, "\(result.packages) \(result.findings.map(\.message))")
    }

    @Test("a package whose metadata cannot be read is there, and cannot be proved")
    func unread() throws {
        let gap = Gap(
            "numpy-1.26.4.dist-info", reason: "it has no METADATA with a name and a version", scope: .packages(.pypi))
        let hidden = try Self.verify([Self.package("numpy", "1.26.4")], [], gaps: [gap])
        #expect(hidden.verdict == .notProvable && hidden.packages.first?.verdict == .notProvable)
        let other = try Self.verify([Self.package("scipy", "1.26.4")], [], gaps: [gap])
        #expect(other.packages.first?.verdict == .mismatch)
    }

    @Test(
        "without an interpreter the only artifact of a release refutes, and so does one for every platform",
        arguments: [
            ("x-1.0-py3-none-any.whl", 1, Verdict.mismatch), ("x-1.0-py3-none-any.whl", 2, .mismatch),
            ("x-1.0-cp311-cp311-manylinux_2_17_x86_64.whl", 1, .mismatch),
            ("x-1.0-cp311-cp311-manylinux_2_17_x86_64.whl", 2, .match),
        ])
    func withoutInterpreter(file: String, artifacts: Int, verdict: Verdict) throws {
        func digest(_ character: Character) throws -> Digest {
            try #require(Digest("sha256:" + String(repeating: character, count: 64)))
        }
        var training = Self.package("x", "1.0")
        training.artifacts = [Artifact(name: file, url: nil, hashes: [try digest("a")])]
        if artifacts == 2 {
            training.artifacts.append(Artifact(name: "x-1.0.tar.gz", url: nil, hashes: [try digest("b")]))
        }
        var serving = Self.package("x", "1.0")
        serving.contentDigest = try digest("d")
        let map = WheelMap([
            .init(
                fileName: file, name: "x", version: "1.0", sha256: try digest("a"), contentDigest: try digest("c"))
        ])
        let result = EnvironmentVerifier.verify(
            TrainingSide(name: "m", identity: nil, environment: Environment(packages: [training])),
            against: ServingSide(name: "i", identity: nil, environment: Environment(packages: [serving])),
            required: .intact, wheels: map)
        #expect(result.packages.first?.verdict == verdict, "\(result.packages.first?.reasons ?? [])")
    }

    @Test("what a capture proves stays proved when a lock has other bytes")
    func captureBesideLock() throws {
        func digest(_ character: Character) throws -> Digest {
            try #require(Digest("sha256:" + String(repeating: character, count: 64)))
        }
        var training = Self.package("x", "1.0", hash: "a")
        training.contentDigest = try digest("d")
        var serving = Self.package("x", "1.0")
        serving.contentDigest = try digest("d")
        let map = WheelMap([
            .init(
                fileName: "x-1.0-py3-none-any.whl", name: "x", version: "1.0", sha256: try digest("a"),
                contentDigest: try digest("c"))
        ])
        for (required, verdict) in [(Evidence.trained, Verdict.match), (.locked, .notProvable)] {
            let result = EnvironmentVerifier.verify(
                TrainingSide(name: "m", identity: nil, environment: Environment(packages: [training])),
                against: ServingSide(name: "i", identity: nil, environment: Environment(packages: [serving])),
                required: required, wheels: map)
            #expect(result.verdict == verdict)
        }
    }
}
