import TestSupport
import Testing

@testable import EnvironmentInventory

/// Packages: their strength, hashes, package URLs, order; gaps and readings beside them.
struct PackageTests {
    private static func digest(_ character: Character) -> [Digest] {
        [Digest("sha256:" + String(repeating: character, count: 64))].compactMap { $0 }
    }

    @Test("strength: a hash or a commit, a version, nothing")
    func strength() {
        var package = Package(ecosystem: .pypi, name: "a", version: nil)
        #expect(package.strength == .floating)
        package.versionRequirement = ">=1"
        #expect(package.strength == .floating)
        package.artifacts = [Artifact(name: "a.whl", url: nil, hashes: [])]
        #expect(package.strength == .floating)
        package.commit = String(repeating: "a", count: 40)
        #expect(package.strength == .hashed)
        var exact = Package(ecosystem: .pypi, name: "a", version: "1")
        #expect(exact.strength == .exact)
        exact.artifacts = [Artifact(name: nil, url: nil, hashes: Self.digest("a"))]
        #expect(exact.strength == .hashed)
    }

    @Test("a copy that is changed leaves its original alone, and equal facts are equal packages")
    func copies() {
        var original = Package(ecosystem: .pypi, name: "a", version: "1")
        original.requirements = ["b"]
        var copy = original
        #expect(copy == original && copy.hashValue == original.hashValue)
        copy.requirements.append("c")
        copy.name = "d"
        #expect(original.requirements == ["b"] && original.name == "a")
        #expect(copy.requirements == ["b", "c"] && copy.name == "d" && copy != original)
        copy.name = "a"
        copy.requirements.removeLast()
        #expect(copy == original && copy.hashValue == original.hashValue)
    }

    @Test("the hashes of all artifacts, once each, sorted")
    func hashes() {
        var package = Package(ecosystem: .pypi, name: "a", version: "1")
        #expect(package.hashes.isEmpty)
        package.artifacts = [
            Artifact(name: "b", url: nil, hashes: Self.digest("b") + Self.digest("a")),
            Artifact(name: "a", url: nil, hashes: Self.digest("a")), Artifact(name: "c", url: nil, hashes: []),
        ]
        #expect(package.hashes == Self.digest("a") + Self.digest("b"))
        #expect(package.artifacts[0].hashes == Self.digest("a") + Self.digest("b"))
    }

    @Test(
        "package URLs",
        arguments: [
            (Ecosystem.pypi, "numpy", "1.26.4", nil, nil, "pkg:pypi/numpy@1.26.4"),
            (.pypi, "a", "1!2.0", nil, nil, "pkg:pypi/a@1%212.0"), (.pypi, "a", nil, nil, nil, "pkg:pypi/a"),
            (.apt, "libc6", "2.36-9+deb12u4", "ubuntu", "amd64", "pkg:deb/ubuntu/libc6@2.36-9%2Bdeb12u4?arch=amd64"),
            (.apt, "x", "1:2", nil, nil, "pkg:deb/debian/x@1:2"),
            (.apk, "musl", "1.2.4-r2", nil, "x86_64", "pkg:apk/alpine/musl@1.2.4-r2?arch=x86_64"),
            (.apk, "musl", "1", "wolfi", nil, "pkg:apk/wolfi/musl@1"),
            (.rpm, "bash", "0:5.1-1", "fedora", "x86_64", "pkg:rpm/fedora/bash@5.1-1?arch=x86_64&epoch=0"),
            (.rpm, "bash", "5.1", nil, nil, "pkg:rpm/bash@5.1"),
            (.npm, "@a/b", "1", nil, nil, "pkg:npm/%40a/b@1"),
            (.go, "github.com/a/b", "v1", nil, nil, "pkg:golang/github.com/a/b@v1"),
            (.gem, "rails", "7", nil, nil, "pkg:gem/rails@7"), (.cargo, "a b", "1", nil, nil, "pkg:cargo/a%20b@1"),
            (.cran, "MASS", "7", nil, nil, "pkg:cran/MASS@7"), (.conda, "numpy", "1", nil, nil, "pkg:conda/numpy@1"),
            (.image, "python", "3", nil, nil, "pkg:oci/python@3"),
            (.pypi, "a?b#c", "1&2", nil, nil, "pkg:pypi/a%3Fb%23c@1%262"),
            (.pypi, "é", "1", nil, nil, "pkg:pypi/%C3%A9@1"),
        ] as [(Ecosystem, String, String?, String?, String?, String)])
    func packageURLs(
        _ ecosystem: Ecosystem, _ name: String, _ version: String?, _ distribution: String?, _ architecture: String?,
        _ expected: String
    ) {
        var package = Package(ecosystem: ecosystem, name: name, version: version)
        package.distribution = distribution
        package.architecture = architecture
        #expect(package.packageURL == expected)
    }

    @Test("what is not a package has no URL", arguments: [Ecosystem.download, .git, .model])
    func noURL(_ ecosystem: Ecosystem) {
        #expect(Package(ecosystem: ecosystem, name: "a", version: "1").packageURL == nil)
        #expect(ecosystem.packageURLType == nil)
    }

    @Test("packages have one order: ecosystem, name, version, location, line")
    func order() {
        func package(
            _ ecosystem: Ecosystem, _ name: String, _ version: String?, _ location: String? = nil, _ line: Int? = nil
        )
            -> Package
        {
            var package = Package(ecosystem: ecosystem, name: name, version: version)
            package.location = location
            package.source = FileLocation(file: "f", line: line)
            return package
        }
        let sorted = [
            package(.apt, "z", "1"), package(.pypi, "a", nil), package(.pypi, "a", "1", "x", 1),
            package(.pypi, "a", "1", "x", 2),
            package(.pypi, "a", "1", "y"), package(.pypi, "a", "2"), package(.pypi, "b", "0"),
        ]
        var random = SeededGenerator(seed: 21)
        for _ in 0..<20 {
            var environment = Environment(packages: sorted.shuffled(using: &random))
            environment.sortPackages()
            #expect(environment.packages == sorted)
        }
        var empty = Environment()
        empty.sortPackages()
        #expect(empty.packages.isEmpty)
    }

    @Test("record disagreements are sentences with the layer")
    func disagreements() throws {
        let one = try #require(Self.digest("1").first)
        let two = try #require(Self.digest("2").first)
        let layer = one.description
        #expect(RecordDisagreement(path: "a.py", kind: .missing).message == "a.py is recorded but missing")
        #expect(
            RecordDisagreement(path: "a.py", kind: .changed(recorded: one, found: two), layer: layer).message
                == "a.py has \(two), the record has \(one) (layer \(layer))")
        #expect(
            RecordDisagreement(path: "a.py", kind: .size(recorded: 1, found: 2)).message
                == "a.py has 2 bytes, the record has 1")
    }
}

/// Gaps, and readings that carry them.
struct GapTests {
    @Test(
        "a gap as one line",
        arguments: [
            (
                Gap("-e .", reason: "it has no name", source: FileLocation(file: "r.txt", line: 3)),
                "r.txt:3: -e .: it has no name"
            ),
            (Gap("", reason: "it is cut", source: FileLocation(file: "r.txt", line: nil)), "r.txt: it is cut"),
            (Gap("db", reason: "not read"), "db: not read"), (Gap("", reason: "not read"), "not read"),
        ])
    func description(_ gap: Gap, _ expected: String) {
        #expect(gap.description == expected)
    }

    @Test("an entry is a gap once; gaps without a line are told apart by what they say")
    func deduplicated() {
        let place = FileLocation(file: "r.txt", line: 3)
        let first = Gap("a", reason: "one", source: place)
        let again = Gap("b", reason: "two", source: place)
        let other = Gap("a", reason: "one", source: FileLocation(file: "r.txt", line: 4))
        let whole = Gap("a", reason: "one", source: FileLocation(file: "r.txt", line: nil))
        let whole2 = Gap("a", reason: "two", source: FileLocation(file: "r.txt", line: nil))
        #expect(Gap.deduplicated([first, again, other, whole, whole2, whole, first]) == [first, other, whole, whole2])
        #expect(Gap.deduplicated([]).isEmpty)
    }

    @Test("a reading keeps its gaps through a transformation, and gives them to who collects them")
    func reading() {
        let reading = Reading(2, gaps: [Gap("a", reason: "one")])
        let mapped = reading.map { "\($0)" }
        #expect(mapped == Reading("2", gaps: [Gap("a", reason: "one")]))
        var others = [Gap("b", reason: "two")]
        #expect(mapped.collect(into: &others) == "2")
        #expect(others.map(\.subject) == ["b", "a"])
        #expect(Reading([Int]()).gaps.isEmpty)
    }
}

/// Platforms and C libraries as options and images write them.
struct PlatformTests {
    @Test(
        "platforms",
        arguments: [
            ("linux/amd64", "linux", "amd64", nil), ("linux/arm/v7", "linux", "arm", "v7"),
            ("windows/amd64", "windows", "amd64", nil),
        ] as [(String, String, String, String?)])
    func platform(_ text: String, _ os: String, _ architecture: String, _ variant: String?) throws {
        let platform = try #require(Platform(text))
        #expect(platform.os == os && platform.architecture == architecture && platform.variant == variant)
        #expect(platform.description == text)
    }

    @Test(
        "text that is not a platform",
        arguments: ["", "linux", "linux/", "/amd64", "linux//v7", "linux/arm/", "a/b/c/d", "/"])
    func refusedPlatform(_ text: String) {
        #expect(Platform(text) == nil)
    }

    @Test("C libraries", arguments: [("glibc-2.36", 2, 36), ("musl-1.2", 1, 2), ("glibc-10.0", 10, 0)])
    func cLibrary(_ text: String, _ major: Int, _ minor: Int) throws {
        let library = try #require(CLibrary(text))
        #expect(library.major == major && library.minor == minor && library.description == text)
    }

    @Test(
        "text that is not a C library",
        arguments: [
            "", "glibc", "glibc-", "glibc-2", "glibc-2.", "glibc-.36", "glibc-2.36.1", "glibc-2-36", "bionic-1.0",
            "glibc--1.2",
            "glibc-2.-1", "glibc-99999999999999999999.1", "GLIBC-2.36", "glibc-2.x",
        ])
    func refusedLibrary(_ text: String) {
        #expect(CLibrary(text) == nil)
    }
}
