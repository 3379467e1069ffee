import EnvironmentInventory
import SourceDocuments
import TestSupport
import Testing

@testable import ContainerImages

/// What `registries.conf` and `certs.d` say of a registry.
struct RegistriesConfigurationTests {
    private static let file = """
        unqualified-search-registries = ["docker.io"]
        [[registry]]
        location = "docker.io"
        [[registry.mirror]]
        location = "mirror.example/hub/"
        [[registry.mirror]]
        location = "digests.example"
        pull-from-mirror = "digest-only"
        insecure = true
        [[registry]]
        prefix = "docker.io/team"
        location = "own.example:5000/team2"
        insecure = true
        mirror-by-digest-only = true
        [[registry.mirror]]
        location = "[::1]:5000/m"
        [[registry]]
        prefix = "*.corp.example"
        location = "all.example/corp"
        [[registry]]
        prefix = "bad.corp.example"
        blocked = true
        [aliases]
        "python" = "docker.io/library/python"
        """

    private static func read(_ text: String) throws(DocumentError) -> RegistriesConfiguration {
        var configuration = RegistriesConfiguration()
        try configuration.add(SourceText(name: "registries.conf", bytes: Array(text.utf8)))
        return configuration
    }

    private static let digest = "sha256:" + String(repeating: "a", count: 64)

    @Test(
        "mirrors come first, then the location; the longest prefix counts",
        arguments: [
            ("python", ["mirror.example/hub/library/python", "docker.io/library/python"]),
            ("docker.io/a/b:1", ["mirror.example/hub/a/b:1", "docker.io/a/b:1"]),
            (
                "python@\(digest)",
                [
                    "mirror.example/hub/library/python@\(digest)", "digests.example/library/python@\(digest) insecure",
                    "docker.io/library/python@\(digest)",
                ]
            ),
            ("team/app:1", ["own.example:5000/team2/app:1 insecure"]),
            (
                "team/app@\(digest)",
                ["[::1]:5000/m/app@\(digest)", "own.example:5000/team2/app@\(digest) insecure"]
            ),
            ("teamwork/app:1", ["mirror.example/hub/teamwork/app:1", "docker.io/teamwork/app:1"]),
            ("a.b.corp.example/x:1", ["all.example/corp/x:1"]),
            ("corp.example/x:1", ["corp.example/x:1"]), ("xcorp.example/x:1", ["xcorp.example/x:1"]),
            ("other.example/x:1", ["other.example/x:1"]),
        ])
    func places(_ name: String, _ expected: [String]) throws {
        let reference = try #require(ImageReference(name))
        let places = try Self.read(Self.file).places(of: reference)
        #expect(places.map { "\($0.reference)" + ($0.isInsecure ? " insecure" : "") } == expected)
    }

    @Test("a blocked registry is not asked")
    func blocked() throws {
        let reference = try #require(ImageReference("bad.corp.example/x:1"))
        #expect(throws: BlockedRegistry(prefix: "bad.corp.example")) {
            try Self.read(Self.file).places(of: reference)
        }
    }

    @Test("version 1 of the file")
    func versionOne() throws {
        let configuration = try Self.read(
            """
            [registries.search]
            registries = ["docker.io"]
            [registries.insecure]
            registries = ["i.example"]
            [registries.block]
            registries = ["b.example"]
            """)
        let insecure = try #require(ImageReference("i.example/x:1"))
        #expect(try configuration.places(of: insecure).map(\.isInsecure) == [true])
        let blocked = try #require(ImageReference("b.example/x:1"))
        #expect(throws: BlockedRegistry.self) { try configuration.places(of: blocked) }
    }

    @Test("a later file takes the place of an earlier one")
    func laterFile() throws {
        var configuration = try Self.read("[[registry]]\nlocation = \"a.example\"\ninsecure = true\n")
        try configuration.add(
            SourceText(
                name: "b.conf", bytes: Array("[[registry]]\nprefix = \"a.example\"\nlocation = \"c.example\"\n".utf8)))
        let reference = try #require(ImageReference("a.example/x:1"))
        #expect(
            try configuration.places(of: reference) == [
                RegistryPlace(
                    reference: ImageReference(repository: "c.example/x", tag: "1", digest: nil), isInsecure: false)
            ])
    }

    private static func outcome(_ text: String, _ image: String = "r.example/team/app:1") -> String {
        do {
            let reference = try #require(ImageReference(image))
            return try read(text).places(of: reference).map { "\($0.reference)" }.joined(separator: " ")
        } catch { return "\(error)" }
    }

    /// The location takes the place of the host, and a port stays, as skopeo has it.
    @Test(
        "a port behind a domain",
        arguments: [
            ("*.r.example", "127.0.0.1", "a.r.example:5000/x:1", "127.0.0.1:5000/x:1"),
            ("*.r.example", "o.example/p", "a.r.example/x:1", "o.example/p/x:1"),
            ("*.r.example:5000", "o.example:6000", "a.r.example:5000/x:1", "o.example:6000/x:1"),
            (
                "*.r.example", "o.example/p", "a.r.example:5000/x:1",
                "registries.conf leads images of *.r.example to 'o.example/p:5000/x', which is no name of an image"
            ),
        ])
    func ports(_ prefix: String, _ location: String, _ image: String, _ expected: String) {
        let text = "[[registry]]\nprefix = '\(prefix)'\nlocation = '\(location)'\n"
        #expect(Self.outcome(text, image) == expected)
    }

    @Test("certificates of a registry count for its token server, whose own come first")
    func addedCertificates() {
        let registry = HostCertificates(authorities: ["a.crt", "b.crt"], certificate: "r.cert", key: "r.key")
        let own = HostCertificates(authorities: ["b.crt"], certificate: "o.cert", key: "o.key")
        #expect(
            own.adding(registry)
                == HostCertificates(authorities: ["b.crt", "a.crt"], certificate: "o.cert", key: "o.key"))
        #expect(
            HostCertificates(authorities: ["c.crt"]).adding(registry)
                == HostCertificates(authorities: ["c.crt", "a.crt", "b.crt"], certificate: "r.cert", key: "r.key"))
        #expect(registry.adding(HostCertificates()) == registry)
    }

    @Test(
        "a blocked registry is blocked however it is written",
        arguments: [
            "[[registry]]\nprefix = 'r.example/'\nlocation = 'r.example'\nblocked = true",
            "[[registry]]\nprefix = 'r.example/team//'\nblocked = true",
            "[[registry]]\nlocation = 'r.example'\nBlocked = true",
            "[[registry]]\nLOCATION = 'r.example/'\n\"bloc\\u212Aed\" = true",
            "[[Registry]]\nPrefix = 'r.example'\nblocked = true",
            "[registries.block]\nregistries = ['r.example/']", "[Registries.Block]\nRegistries = ['r.example']",
            "[registries.block]\nregistries = ['r.example']\n[registries.insecure]\nregistries = ['r.example']",
            "[[registry]]\nlocation = 'r.example'\nblocked = true\n[[registry]]\nprefix = 'r.example'\nlocation = 'o.example'",
            "[[registry]]\nprefix = 'r.example'\nlocation = 'o.example/x'\n[[registry]]\nlocation = 'o.example'\nblocked = true",
            "[[registry]]\nprefix = 'r.example/team/app:1'\nblocked = true",
        ])
    func blockedSpellings(_ text: String) {
        #expect(Self.outcome(text).contains("registries.conf blocks"))
    }

    @Test(
        "what is blocked by tag or digest",
        arguments: [
            (":1", ":1", true), (":1", ":1@\(digest)", true), (":1", ":11", false), (":latest", "", true),
            ("@\(digest)", "@\(digest)", true), ("@\(digest)", ":1@\(digest)", true), ("@\(digest)", ":1", false),
        ])
    func blockedTags(_ prefix: String, _ image: String, _ isBlocked: Bool) {
        let text = "[[registry]]\nprefix = 'r.example/a\(prefix)'\nblocked = true"
        #expect(Self.outcome(text, "r.example/a\(image)").contains("blocks") == isBlocked)
    }

    @Test("a host stands for all of its ports")
    func ports() {
        let image = "r.example:5000/app:1"
        let blocked = "[[registry]]\nlocation = 'r.example'\nblocked = true"
        #expect(Self.outcome(blocked, image).contains("blocks r.example"))
        let moved = "[[registry]]\nprefix = 'r.example'\nlocation = 'o.example"
        #expect(Self.outcome(moved + "'", image) == "o.example:5000/app:1")
        #expect(Self.outcome(moved + "/x'", image).contains("leads images of r.example to 'o.example/x:5000/app'"))
    }

    @Test(
        "mirrors are asked however they are written, and none that is blocked",
        arguments: [
            ("[[registry]]\nprefix = 'r.example/'\n[[registry.mirror]]\nlocation = 'm.example'", true),
            ("[[registry]]\nlocation = 'r.example'\n[[registry.Mirror]]\nLocation = 'm.example/'", true),
            (
                "[[registry]]\nlocation = 'r.example'\nMirror-by-digest-only = true\n[[registry.mirror]]\nlocation = 'm.example'",
                false
            ),
            (
                "[[registry]]\nlocation = 'r.example'\n[[registry.mirror]]\nlocation = 'm.example'\npull-from-mirror = ''",
                true
            ),
            (
                "[[registry]]\nlocation = 'r.example'\n[[registry.mirror]]\nlocation = 'm.example'\nPull-From-Mirror = 'digest-only'",
                false
            ),
            (
                "[[registry]]\nlocation = 'r.example'\n[[registry.mirror]]\nlocation = 'm.example'\n[[registry]]\nlocation = 'm.example'\nblocked = true",
                false
            ),
            // The first table of a prefix counts.
            (
                "[[registry]]\nlocation = 'r.example'\n[[registry]]\nlocation = 'r.example'\n[[registry.mirror]]\nlocation = 'm.example'",
                false
            ),
        ])
    func mirrorSpellings(_ text: String, _ isAsked: Bool) {
        #expect(Self.outcome(text) == (isAsked ? "m.example/team/app:1 " : "") + "r.example/team/app:1")
    }

    @Test("a file of registries.conf.d has to be of version 2")
    func dropIns() {
        var configuration = RegistriesConfiguration()
        let text = SourceText(name: "a.conf", bytes: Array("[registries.insecure]\nregistries = ['r.example']".utf8))
        #expect(throws: DocumentError.self) { try configuration.add(text, isDropIn: true) }
    }

    @Test(
        "what is not a configuration is refused with its place",
        arguments: [
            ("[[registry]]\n", "needs a prefix or a location"),
            ("[[registry]]\nlocation = \"not a host\"\n", "is not a location"),
            ("[[registry]]\nlocation = \"host-without-a-dot\"\n", "is not a location"),
            ("[[registry]]\nlocation = \"a.example\"\n[[registry.mirror]]\n", "a mirror needs a location"),
            (
                "[[registry]]\nlocation = \"a.example\"\n[[registry.mirror]]\nlocation = \"b.example\"\npull-from-mirror = \"never\"\n",
                "pull-from-mirror"
            ),
            ("[[registry]]\nlocation = 5\n", "has to be a string"),
            ("[[registry]]\nlocation = \"a.example\"\nblocked = \"yes\"\n", "has to be a boolean"),
            ("[[registry]]\nlocation = 'a.example'\nblocked = true\nBlocked = false\n", "in two spellings"),
            ("[[registry]]\nlocation = 'a.example'\n[[Registry]]\nlocation = 'b.example'\n", "in two spellings"),
            (
                "[[registry]]\nlocation = 'a.example'\n[[registry]]\nlocation = 'a.example/'\nblocked = true\n",
                "different values of 'blocked'"
            ),
            (
                "[[registry]]\nprefix = 'b.example'\nlocation = 'a.example'\ninsecure = true\n[[registry]]\nlocation = 'a.example'\n",
                "different values of 'insecure'"
            ),
            ("[[registry]]\nprefix = 'https://a.example'\nblocked = true\n", "is not a prefix"),
            ("[[registry]]\nprefix = '/'\nblocked = true\n", "is not a prefix"),
            ("[[registry]]\nprefix = ' a.example'\nblocked = true\n", "is not a prefix"),
            ("[[registry]]\nprefix = 'a.example//x'\nblocked = true\n", "is not a prefix"),
            ("[[registry]]\nprefix = '*.example/x'\nblocked = true\n", "is not a prefix"),
            ("[[registry]]\nprefix = 'a.*.example'\nblocked = true\n", "is not a prefix"),
            ("[[registry]]\nlocation = 'a.example'\n[registries.block]\nregistries = ['b.example']\n", "version 2"),
            ("registry = \"a\"\n", "has to be a list"), ("[[registry\n", "registries.conf:1"),
        ])
    func invalid(_ text: String, _ reason: String) {
        let error = #expect(throws: DocumentError.self) { try Self.read(text) }
        #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
    }

    @Test("a directory of the host's name holds its certificates")
    func certificates() throws {
        let folder = TemporaryDirectory()
        for name in ["a/h:5000/ca.crt", "b/h:5000/other.crt", "b/p/x.cert", "b/p/x.key", "b/c/x.cert", "b/k/x.key"] {
            folder.write(name, Array("\(name)\n".utf8))
        }
        let directories = ["\(folder.path)/a", "\(folder.path)/b"]
        let first = try #require(try HostCertificates.find("h:5000", in: directories))
        #expect(first.authorities == ["\(folder.path)/a/h:5000/ca.crt"])
        #expect(first.certificate == nil)
        #expect(try first.bundle(with: folder.path + "/b/p/x.key") == Array("a/h:5000/ca.crt\n\nb/p/x.key\n\n".utf8))
        let pair = try #require(try HostCertificates.find("p", in: directories))
        #expect(pair.certificate == "\(folder.path)/b/p/x.cert")
        #expect(pair.key == "\(folder.path)/b/p/x.key")
        #expect(try pair.bundle(with: nil) == nil)
        for host in ["c", "k"] {
            #expect(throws: DocumentError.self) { try HostCertificates.find(host, in: directories) }
        }
        for host in ["absent", "", "..", "../a"] { #expect(try HostCertificates.find(host, in: directories) == nil) }
        let lost = HostCertificates(authorities: ["\(folder.path)/gone.crt"])
        #expect(throws: DocumentError.self) { try lost.bundle(with: nil) }
    }
}
