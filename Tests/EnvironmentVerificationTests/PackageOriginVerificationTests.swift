import EnvironmentInventory
import Testing

@testable import EnvironmentVerification

/// Packages from repositories and archives: compared by commit and hash, with a name or without.
@Suite struct PackageOriginVerificationTests {
    private static let commit = String(repeating: "c", count: 40)
    private static let other = String(repeating: "d", count: 40)
    private static let url = "https://git.example/r"

    private static func digest(_ digit: Character) throws -> Digest {
        try #require(Digest("sha256:" + String(repeating: digit, count: 64)))
    }

    /// An entry of a lock.
    private static func locked(
        _ name: String, _ version: String?, _ commit: String?, in directory: String? = nil
    ) -> Package {
        var package = Package(ecosystem: .pypi, name: name, version: version)
        package.commit = commit
        package.origin = DirectOrigin(
            url: url, kind: .repository(type: "git", commit: commit, revision: commit ?? "main"),
            subdirectory: directory)
        package.reference = package.origin?.reference
        if version == nil { package.versionRequirement = "@ \(package.reference ?? "")" }
        return package
    }

    /// An installed package with the record of pip.
    private static func installed(
        _ name: String, _ commit: String?, in directory: String? = nil, url: String = url
    ) -> Package {
        var package = Package(ecosystem: .pypi, name: name, version: "1.0")
        package.recordCheck = .intact
        package.location = "site"
        if let commit {
            package.origin = DirectOrigin(
                url: url, kind: .repository(type: "git", commit: commit, revision: nil), subdirectory: directory)
        }
        return package
    }

    private static func verify(_ training: Environment, _ serving: [Package]) -> Verification {
        EnvironmentVerifier.verify(
            TrainingSide(name: "t", identity: nil, environment: training, gaps: training.gaps),
            against: ServingSide(
                name: "s", identity: nil,
                environment: Environment(
                    python: Interpreter(version: "3.11.2"),
                    platform: Platform(os: "linux", architecture: "amd64", cLibrary: CLibrary("glibc-2.36")),
                    packages: serving)),
            required: .claimed, wheels: WheelMap([]), scope: .named)
    }

    private static func unnamed(_ package: Package) -> Environment {
        Environment(
            gaps: [
                Gap(
                    package.reference ?? "", reason: "only its contents give the name",
                    source: FileLocation(file: "requirements.txt", line: 2), package: package)
            ])
    }

    private static let commitCases: [(training: Package, serving: Package, verdict: Verdict, evidence: Evidence?)] = [
        (locked("x", nil, commit), installed("x", commit), .match, .claimed),
        (locked("x", "1.0", commit), installed("x", commit), .match, .claimed),
        (locked("x", nil, commit), installed("x", commit, url: "https://token@git.example/r.git"), .match, .claimed),
        (locked("x", nil, commit), installed("x", other), .mismatch, nil),
        (locked("x", "1.0", commit), installed("x", other), .mismatch, nil),
        (locked("x", nil, commit, in: "a"), installed("x", commit, in: "b"), .mismatch, nil),
        (locked("x", nil, commit, in: "a"), installed("x", commit), .mismatch, nil),
        // Without a record of the commit the version is all there is.
        (locked("x", nil, commit), installed("x", nil), .notProvable, .named),
        (locked("x", "1.0", commit), installed("x", nil), .notProvable, .intact),
        (locked("x", nil, nil), installed("x", commit), .notProvable, .named),
    ]

    @Test(arguments: commitCases)
    func commits(training: Package, serving: Package, verdict: Verdict, evidence: Evidence?) throws {
        let package = try #require(Self.verify(Environment(packages: [training]), [serving]).packages.first)
        #expect(package.verdict == verdict, "\(package.reasons)")
        #expect(package.evidence == evidence)
    }

    /// The entry gets the name of what came from the same place; then its commit decides.
    @Test(arguments: [
        (locked("", nil, commit), installed("x", commit), Verdict.match, 0),
        (locked("", nil, commit), installed("x", other), .mismatch, 0),
        (locked("", nil, commit, in: "a"), installed("x", commit), .notProvable, 1),
        (locked("", nil, commit), installed("x", nil), .notProvable, 1),
        (locked("", nil, nil), installed("x", commit), .notProvable, 0),
    ])
    func withoutAName(training: Package, serving: Package, verdict: Verdict, gaps: Int) {
        let verification = Self.verify(Self.unnamed(training), [serving])
        #expect(verification.verdict == verdict, "\(verification.findings.map(\.message))")
        #expect(verification.trainingGaps.count == gaps)
        if gaps == 0 { #expect(verification.packages.map(\.training.name) == ["x"]) }
    }

    @Test("an archive is proved by the hash that the installer noted")
    func archives() throws {
        var training = Package(ecosystem: .pypi, name: "", version: nil)
        training.artifacts = [
            Artifact(name: "x.zip", url: "https://index.example/x.zip", hashes: [try Self.digest("a")])
        ]
        training.origin = DirectOrigin(url: "https://index.example/x.zip", kind: .archive(training.hashes))
        training.reference = "https://index.example/x.zip"
        var serving = Self.installed("x", nil)
        serving.origin = DirectOrigin(url: "https://index.example/x.zip", kind: .archive([]))
        for (digit, verdict) in [("a", Verdict.match), ("b", .notProvable)] as [(Character, Verdict)] {
            serving.claimedHashes = [try Self.digest(digit)]
            #expect(Self.verify(Self.unnamed(training), [serving]).verdict == verdict)
        }
        serving.claimedHashes = []
        #expect(Self.verify(Self.unnamed(training), [serving]).verdict == .notProvable)
    }

    // MARK: diff

    private static func changes(_ left: Environment, _ right: Environment) -> [EnvironmentDifference.Change] {
        EnvironmentComparison.compare(left, right).difference.changes
    }

    @Test("two locks differ in commits, subdirectories, directories and archives")
    func differences() throws {
        func kinds(_ left: Package, _ right: Package) -> [EnvironmentDifference.Kind] {
            Self.changes(Environment(packages: [left]), Environment(packages: [right])).map(\.kind)
        }
        let one = Self.locked("x", "1.0", Self.commit)
        #expect(kinds(one, one).isEmpty)
        #expect(kinds(one, Self.locked("x", "1.0", Self.other)) == [.changed])
        #expect(kinds(one, Self.locked("x", "1.0", Self.commit, in: "a")) == [.changed])
        #expect(kinds(Self.locked("x", nil, Self.commit), Self.installed("x", Self.commit)).isEmpty)
        #expect(kinds(Self.locked("x", nil, Self.commit), Self.installed("x", Self.other)) == [.changed])
        func directory(_ path: String, isLocked: Bool = true) -> Package {
            var package = Package(ecosystem: .pypi, name: "x", version: "1.0")
            package.origin = DirectOrigin(url: path, kind: .directory(isEditable: false))
            package.reference = isLocked ? path : nil
            return package
        }
        #expect(kinds(directory("libs/x"), directory("libs/x/")).isEmpty)
        #expect(kinds(directory("libs/x"), directory("other/x")) == [.changed])
        // An installer notes the absolute path.
        #expect(kinds(directory("libs/x"), directory("file:///srv/libs/x", isLocked: false)).isEmpty)
        func archive(_ url: String, _ digit: Character?) throws -> Package {
            var package = Package(ecosystem: .pypi, name: "x", version: "1.0")
            package.artifacts = [Artifact(name: nil, url: url, hashes: try digit.map { [try Self.digest($0)] } ?? [])]
            package.origin = DirectOrigin(url: url, kind: .archive(package.hashes))
            package.reference = url
            return package
        }
        #expect(kinds(try archive("https://a.example/x.zip", "a"), try archive("https://b.example/x.zip", "a")).isEmpty)
        #expect(
            kinds(try archive("https://a.example/x.zip", nil), try archive("https://b.example/x.zip", nil)) == [
                .changed
            ])
    }

    @Test("entries without a name are compared, with each other and with what came from the same place")
    func differencesWithoutAName() {
        let one = Self.unnamed(Self.locked("", nil, Self.commit))
        let two = Self.unnamed(Self.locked("", nil, Self.other))
        #expect(Self.changes(one, one).isEmpty)
        #expect(Self.changes(one, two).map(\.kind) == [.changed])
        #expect(Self.changes(one, two).map(\.label) == ["git+https://git.example/r@\(Self.commit)"])
        #expect(Self.changes(one, Environment()).map(\.kind) == [.removed])
        #expect(Self.changes(Environment(), two).map(\.kind) == [.added])
        let installed = Environment(packages: [Self.installed("x", Self.commit)])
        #expect(Self.changes(one, installed).isEmpty && Self.changes(installed, one).isEmpty)
        #expect(Self.changes(two, installed).map(\.name) == ["x"])
        let named = Environment(packages: [Self.locked("x", "1.0", Self.commit)])
        #expect(Self.changes(one, named).isEmpty)
    }
}
