import Testing

@testable import EnvironmentInventory

@Suite struct PackageOriginTests {
    private static let commit = String(repeating: "c", count: 40)
    private static let other = String(repeating: "d", count: 40)

    private static func package(
        _ name: String, _ kind: DirectOrigin.Kind, _ url: String, subdirectory: String? = nil
    ) -> Package {
        var package = Package(ecosystem: .pypi, name: name, version: nil)
        package.origin = DirectOrigin(url: url, kind: kind, subdirectory: subdirectory)
        return package
    }

    private static func repository(_ name: String, _ url: String, _ commit: String, in directory: String? = nil)
        -> Package
    {
        package(name, .repository(type: "git", commit: commit, revision: nil), url, subdirectory: directory)
    }

    @Test(arguments: [
        ("https://git.example/r.git", "https://git.example/r"), ("git+https://git.example/r/", "https://git.example/r"),
        ("https://user:secret@git.example/r", "https://git.example/r"),
        ("https://user@git.example/r@2", "https://git.example/r@2"),
        ("ssh://git@git.example/r.git", "ssh://git@git.example/r"), ("git@git.example:o/r.git", "git@git.example:o/r"),
        ("./libs/a/", "./libs/a"), ("", ""), ("https://", "https:"),
    ])
    func locations(url: String, location: String) {
        #expect(DirectOrigin(url: url, kind: .directory(isEditable: false)).location == location)
    }

    @Test(arguments: [
        (
            DirectOrigin.Kind.repository(type: "git", commit: "c0", revision: "main"),
            "git+https://h.example/r@c0#subdirectory=a"
        ),
        (.repository(type: "hg", commit: nil, revision: "main"), "hg+https://h.example/r@main#subdirectory=a"),
        (.repository(type: "git", commit: nil, revision: nil), "git+https://h.example/r#subdirectory=a"),
        (.archive([]), "https://h.example/r#subdirectory=a"),
        (.directory(isEditable: false), "https://h.example/r#subdirectory=a"),
        (.directory(isEditable: true), "-e https://h.example/r#subdirectory=a"),
    ])
    func references(kind: DirectOrigin.Kind, text: String) {
        #expect(DirectOrigin(url: "https://h.example/r", kind: kind, subdirectory: "a").reference == text)
        let secret = DirectOrigin(url: "https://user:secret@h.example/r", kind: kind)
        #expect(!secret.reference.contains("secret") && secret.reference.contains("***"))
    }

    /// A package without a name has that of the one package that came from the same place.
    @Test func namesOfTheSamePlace() throws {
        let hash = try #require(Digest("sha256:" + String(repeating: "0", count: 64)))
        var claimed = Package(ecosystem: .pypi, name: "claimed", version: "1")
        claimed.claimedHashes = [hash]
        let installed = Environment(packages: [
            Self.repository("root", "https://git.example/r", Self.commit),
            Self.repository("inner", "https://git.example/r", Self.commit, in: "a"),
            Self.repository("twin-a", "https://git.example/twin", Self.commit),
            Self.repository("twin-b", "https://git.example/twin", Self.other),
            Self.package("local", .directory(isEditable: true), "/srv/local"), claimed,
        ])
        func name(_ package: Package) -> String? {
            let gap = Gap("x", reason: "it has no name", package: package)
            let named = Environment(gaps: [gap]).named(by: installed)
            #expect(named.packages.count + named.gaps.count == 1)
            return named.packages.first?.name
        }
        #expect(name(Self.repository("", "git+https://git.example/r.git", Self.commit)) == "root")
        // Another commit of the same repository is the same package, which differs.
        #expect(name(Self.repository("", "https://token@git.example/r.git", Self.other)) == "root")
        #expect(name(Self.repository("", "https://git.example/r", Self.commit, in: "a")) == "inner")
        #expect(name(Self.repository("", "https://git.example/r", Self.commit, in: "b")) == nil)
        #expect(name(Self.repository("", "https://git.example/twin", Self.commit)) == nil)
        #expect(name(Self.package("", .directory(isEditable: true), "/srv/local")) == "local")
        #expect(name(Self.package("", .directory(isEditable: true), "./local")) == nil)
        var archive = Self.package("", .archive([hash]), "https://index.example/x.zip")
        #expect(name(archive) == "claimed")
        archive.origin = DirectOrigin(url: "https://index.example/x.zip", kind: .archive([]))
        #expect(name(archive) == nil)
        var conda = Package(ecosystem: .conda, name: "", version: nil)
        conda.origin = DirectOrigin(url: "/srv/local", kind: .directory(isEditable: true))
        #expect(name(conda) == nil)
    }

    /// Other gaps, and environments without a gap, stay as they are.
    @Test func otherGapsStay() {
        let environment = Environment(
            packages: [Package(ecosystem: .pypi, name: "a", version: "1")], gaps: [Gap("x", reason: "unknown")])
        #expect(environment.named(by: Environment()) == environment)
        #expect(environment.named(by: environment) == environment)
    }
}
