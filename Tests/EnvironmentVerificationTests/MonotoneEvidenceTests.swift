import EnvironmentInventory
import TestSupport
import Testing

@testable import ContainerImages
@testable import EnvironmentVerification

/// More evidence never makes a verdict worse for what is honest, and never makes a mismatch a match.
struct MonotoneEvidenceTests {
    /// One package as it was published: the digests of its wheel, and those of the wheel of another platform.
    private struct Release {
        let name: String
        let version: String
        let wheel: WheelMap.Entry
        let other: WheelMap.Entry
    }

    /// What was done to a package of the serving side.
    private enum Change: CaseIterable {
        case honest, unrecorded, forged, altered, drifted, missing, twice
    }

    /// What is known of the training side.
    private struct Evidences {
        var hasHashes = false
        var hasOtherHashes = false
        var hasCapture = false
        var hasWheels = false
        var hasOtherWheels = false
        var isStrict = false

        static let steps: [@Sendable (inout Evidences) -> Void] = [
            { $0.hasHashes = true }, { $0.hasOtherHashes = true }, { $0.hasCapture = true }, { $0.hasWheels = true },
            { $0.hasOtherWheels = true },
        ]
    }

    private static func digest(_ generator: inout SeededGenerator) throws -> Digest {
        let hex = (0..<64).map { _ in String(UInt8.random(in: 0..<16, using: &generator), radix: 16) }.joined()
        return try #require(Digest("sha256:" + hex))
    }

    private static func release(_ number: Int, _ generator: inout SeededGenerator) throws -> Release {
        let version = "\(Int.random(in: 0..<3, using: &generator)).\(Int.random(in: 0..<9, using: &generator))"
        let name = "p\(number)"
        func entry(_ tag: String) throws -> WheelMap.Entry {
            .init(
                fileName: "\(name)-\(version)-\(tag).whl", name: name, version: version,
                sha256: try digest(&generator), contentDigest: try digest(&generator))
        }
        let tag = Bool.random(using: &generator) ? "py3-none-any" : "cp311-cp311-manylinux_2_17_x86_64"
        return Release(
            name: name, version: version, wheel: try entry(tag), other: try entry("cp311-cp311-macosx_11_0_arm64"))
    }

    private static func training(_ releases: [Release], _ evidences: Evidences) -> TrainingSide {
        let packages = releases.map { release in
            var package = Package(ecosystem: .pypi, name: release.name, version: release.version)
            var artifacts: [Artifact] = []
            if evidences.hasHashes {
                artifacts.append(
                    Artifact(name: release.wheel.fileName, url: nil, hashes: [release.wheel.sha256]))
                if evidences.hasOtherHashes {
                    artifacts.append(
                        Artifact(name: release.other.fileName, url: nil, hashes: [release.other.sha256]))
                }
            }
            package.artifacts = artifacts
            if evidences.hasCapture { package.contentDigest = release.wheel.contentDigest }
            return package
        }
        return TrainingSide(name: "m", identity: nil, environment: Environment(packages: packages))
    }

    private static func wheels(_ releases: [Release], _ evidences: Evidences) -> WheelMap {
        WheelMap(
            releases.flatMap { release in
                (evidences.hasWheels ? [release.wheel] : []) + (evidences.hasOtherWheels ? [release.other] : [])
            })
    }

    private static func serving(
        _ releases: [Release], _ changes: [Change], _ interpreter: Interpreter?, _ generator: inout SeededGenerator
    ) throws -> ServingSide {
        var packages: [Package] = []
        for (release, change) in zip(releases, changes) where change != .missing {
            let version = change == .drifted ? "99" : release.version
            var package = Package(ecosystem: .pypi, name: release.name, version: version)
            package.location = "site"
            package.contentDigest = release.wheel.contentDigest
            package.recordCheck = .intact
            if Bool.random(using: &generator) { package.claimedHashes = [release.wheel.sha256] }
            switch change {
            case .honest, .missing, .drifted: break
            case .unrecorded: package.recordCheck = .uncheckable("no RECORD")
            case .forged: package.contentDigest = try digest(&generator)
            case .altered:
                package.contentDigest = try digest(&generator)
                package.recordCheck = .altered([.init(path: "x.py", kind: .missing)])
            case .twice:
                var other = package
                other.location = "elsewhere"
                other.contentDigest = try digest(&generator)
                packages.append(other)
            }
            packages.append(package)
        }
        return ServingSide(
            name: "i", identity: nil,
            environment: Environment(
                python: interpreter,
                platform: Platform(os: "linux", architecture: "amd64", cLibrary: CLibrary("glibc-2.36")),
                packages: packages))
    }

    /// Each seed makes 25 environments, and goes from nothing to all evidence in a random order.
    @Test("evidence that is added changes verdicts in one direction only", arguments: 0..<fuzzRounds(10))
    func adding(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        for _ in 0..<fuzzRounds(8) {
            let count = Int.random(in: 1...5, using: &generator)
            let releases = try (0..<count).map { try Self.release($0, &generator) }
            let isHonest = Bool.random(using: &generator)
            let changes = releases.map { _ in
                isHonest
                    ? [Change.honest, .unrecorded].randomElement(using: &generator) ?? Change.honest
                    : Change.allCases.randomElement(using: &generator) ?? Change.honest
            }
            let interpreter = Bool.random(using: &generator) ? Interpreter(version: "3.11.2") : nil
            let serving = try Self.serving(releases, changes, interpreter, &generator)
            var evidences = Evidences()
            var before: [Evidence: Verdict] = [:]
            let first: @Sendable (inout Evidences) -> Void = { _ in }
            for step in [first] + Evidences.steps.shuffled(using: &generator) {
                step(&evidences)
                let training = Self.training(releases, evidences)
                let wheels = Self.wheels(releases, evidences)
                var verdicts: [Evidence: Verdict] = [:]
                for level in Evidence.allCases {
                    let verdict = EnvironmentVerifier.verify(
                        training, against: serving, required: level, wheels: wheels
                    ).verdict
                    verdicts[level] = verdict
                    let said = "seed \(seed): \(changes) \(evidences) at \(level)"
                    if isHonest {
                        #expect(verdict != .mismatch, "\(said)")
                        if before[level] == .match { #expect(verdict == .match, "\(said)") }
                    }
                    if before[level] == .mismatch { #expect(verdict != .match, "\(said)") }
                }
                // A level that is asked for beyond another one never helps.
                for (low, high) in zip(Evidence.allCases, Evidence.allCases.dropFirst()) where low < high {
                    if verdicts[high] == .match { #expect(verdicts[low] == .match, "seed \(seed): \(changes)") }
                }
                before = verdicts
            }
        }
    }

    /// Forged files are those of no wheel that could be installed, whatever else a lock lists.
    @Test("a wheel of another system in the lock hides nothing", arguments: [0, 5, 11])
    func foreignWheel(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let release = try Self.release(0, &generator)
        for hasOther in [false, true] {
            for interpreter in [nil, Interpreter(version: "3.11.2")] {
                let evidences = Evidences(hasHashes: true, hasOtherHashes: hasOther, hasWheels: true)
                let verdict = EnvironmentVerifier.verify(
                    Self.training([release], evidences),
                    against: try Self.serving([release], [.forged], interpreter, &generator), required: .intact,
                    wheels: Self.wheels([release], evidences)
                ).verdict
                #expect(verdict == .mismatch, "\(release.wheel.fileName), other \(hasOther)")
            }
        }
    }

    /// Lines of a listing, of which each image has some.
    private static let lines = [
        "\(ImageListing.site)numpy/__init__.py = numpy", "\(ImageListing.site)joblib/__init__.py = joblib",
        "\(ImageListing.site)joblib/pool.py = joblib", "\(ImageListing.site)lz4.py",
        "\(ImageListing.site)hook.pth : text import os",
        "usr/local/lib/python3.11/random.py", "usr/local/lib/python3.11/psutil.py", "srv/app/serve.py",
        "srv/app/numpy.py",
        "CMD python /srv/app/serve.py", "ENV PYTHONPATH=/srv/app", "usr/local/lib/python3.11/sitecustomize.py",
        "\(ImageListing.site)joblib/__pycache__/pool.cpython-311.pyc : pyc timestamp 0",
        "usr/local/lib/python3.11/__pycache__/os.cpython-311.pyc : pyc timestamp 0",
        "\(ImageListing.site)numpy-1.0.dist-info/METADATA : text Name: numpy",
        "\(ImageListing.site)joblib-1.0.dist-info/METADATA : text Name: joblib",
    ]

    @Test(
        "a base, a capture of the image, and directories of the application only ever help",
        arguments: 0..<fuzzRounds(16))
    func vouching(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let chosen = Self.lines.filter { _ in Bool.random(using: &generator) }
        let listing = try ImageListing(chosen.joined(separator: "\n"))
        var before: [Bool: Verdict] = [:]
        var (hasBase, hasCapture, hasApplication) = (false, false, false)
        let steps: [(inout (Bool, Bool, Bool)) -> Void] = [{ $0.0 = true }, { $0.1 = true }, { $0.2 = true }]
        let first: (inout (Bool, Bool, Bool)) -> Void = { _ in }
        for step in [first] + steps.shuffled(using: &generator) {
            var state = (hasBase, hasCapture, hasApplication)
            step(&state)
            (hasBase, hasCapture, hasApplication) = state
            let (training, serving) = try listing.sides(
                base: hasBase ? 1 : 0, isCaptured: hasCapture, applications: hasApplication ? ["srv/app"] : [])
            for isStrict in [false, true] {
                let verdict = EnvironmentVerifier.verify(
                    training, against: serving, required: .named, wheels: WheelMap([]), isStrict: isStrict
                ).verdict
                let said =
                    "seed \(seed), strict \(isStrict), base \(hasBase), capture \(hasCapture), app \(hasApplication): \(chosen)"
                if before[isStrict] == .match { #expect(verdict == .match, "\(said)") }
                if before[isStrict] == .mismatch { #expect(verdict == .mismatch, "\(said)") }
                before[isStrict] = verdict
            }
        }
    }
}
