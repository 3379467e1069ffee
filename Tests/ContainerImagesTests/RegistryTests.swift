import ContentHashing
import Glibc
import SourceDocuments
import TestSupport
import Testing

@testable import ContainerImages

private func options(timeout: Duration = .seconds(5)) -> RegistryOptions {
    var options = RegistryOptions()
    options.firstPause = .milliseconds(10)
    options.retries = 2
    options.timeout = timeout
    return options
}

private func smallLayout(_ folder: TemporaryFolder) throws {
    var tar = TarBytes()
    tar.file("etc/os-release", "ID=debian\n")
    tar.add("usr/noise", content: (0..<900_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 9) })
    try writeLayout(folder, "oci", layers: [tar.archive])
}

/// These set variables of the environment, so that one runs after the other; the longest stands first, as each later one waits for
/// the tests of all other suites.
@Suite(.serialized) struct RegistryTests {
    /// A server of our own that does one thing wrong for each repository; what fails for a moment is asked for again as often as
    /// the options say, and nothing else.
    @Test(.enabled(if: hasProgram("python3")), .timeLimit(.minutes(2)))
    func survivesServers() throws {
        let cases: [(behaviour: String, failure: String?)] = [
            // Silence on a connection that was kept is asked about once more: this one is new.
            ("silentmanifest", "sent nothing for"),
            ("good", nil), ("token", nil), ("redirect", nil), ("busy", nil), ("broken", nil), ("norange", nil),
            ("nochallenge", "HTTP 401"), ("missing", "HTTP 404"), ("alwaysbusy", "HTTP 429"), ("failing", "HTTP 500"),
            ("wrongdigest", "damaged: expected sha256:"), ("wrongblob", "damaged: expected sha256:"),
            ("short", "sent too few bytes"), ("long", "damaged: expected"), ("silent", "sent nothing for"),
            ("loop", "redirects"),
            ("huge", "more than"), ("lyingheader", "damaged: expected sha256:"), ("evilrealm", "without https"),
            ("drip", "fewer than 1024 bytes"), ("dripheaders", "fewer than 1024 bytes"), ("endlessheaders", "header"),
            ("slow", nil), ("nan", "HTTP 429"), ("inf", "HTTP 429"), ("hour", "asks to wait 3600 s"),
            ("negative", "HTTP 429"), ("accesstoken", nil), ("basicfirst", nil),
            // A byte on each connection is no progress, whatever else comes with it.
            ("onebyte", "fewer than 1024 bytes"), ("onebytemore", "partial file"), ("onebytemanifest", "partial file"),
        ]
        let requests = [
            "alwaysbusy": 3, "failing": 3, "busy": 2, "nan": 3, "negative": 3, "hour": 1, "missing": 1,
            "nochallenge": 1, "good": 1, "token": 2, "silentmanifest": 1, "evilrealm": 1,
        ]
        let folder = TemporaryFolder()
        try smallLayout(folder)
        folder.write("server.py", Array(serverProgram.utf8))
        let port = freePort()
        setenv("DOCKER_AUTH_CONFIG", #"{"auths":{"127.0.0.1:\#(port)":{"auth":"bWU6c2VjcmV0"}}}"#, 1)
        let server = Server(
            ["python3", "\(folder.path)/server.py", "\(port)", "\(folder.path)/oci"], log: "\(folder.path)/log")
        defer { withExtendedLifetime(server) {} }
        Server.waitForPort(port)
        for (behaviour, failure) in cases {
            let name = try #require(ImageName("docker://127.0.0.1:\(port)/\(behaviour)/app:1"))
            // Only a server that sends too little is waited for.
            let stalls = ["silent", "silentmanifest", "drip", "dripheaders", "onebyte"].contains(behaviour)
            let options = options(timeout: stalls ? .milliseconds(400) : .seconds(5))
            switch Result(catching: { try ImageReader.read(name, registry: options) }) {
            case .success(let image):
                #expect(failure == nil, "\(behaviour) was read")
                #expect(image.fileSystem.lookup("usr/noise")?.size == 900_000)
            case .failure(let error):
                guard let wanted = failure else {
                    Issue.record("\(behaviour): \(error)")
                    continue
                }
                #expect("\(error)".contains(wanted), "\(behaviour): \(error)")
            }
        }
        let asked = String(decoding: (folder.bytes(of: "log") ?? []), as: UTF8.self).split(separator: "\n").filter {
            $0.contains("/manifests/")
        }
        for (behaviour, count) in requests {
            let own = asked.filter { $0.contains("/\(behaviour)/app/") }
            #expect(own.count == count, "\(own)")
        }
    }

    @Test(
        .enabled(if: hasProgram("docker-registry") && hasProgram("skopeo") && hasProgram("openssl")),
        arguments: [false, true])
    func readsFromARealRegistry(isSecured: Bool) throws {
        let folder = TemporaryFolder()
        try smallLayout(folder)
        let port = freePort()
        let certificates = getenv("SSL_CERT_FILE").map { String(cString: $0) }
        defer { if let certificates { setenv("SSL_CERT_FILE", certificates, 1) } else { unsetenv("SSL_CERT_FILE") } }
        var http = "http:\n  addr: 127.0.0.1:\(port)\n"
        if isSecured {
            shell(
                """
                cd '\(folder.path)' && openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 \
                -addext subjectAltName=IP:127.0.0.1 -keyout key.pem -out cert.pem 2>/dev/null \
                && python3 -W ignore -c 'import crypt; print("me:" + crypt.crypt("se:cret", crypt.mksalt(crypt.METHOD_BLOWFISH, rounds=16)))' > passwords
                """)
            http += "  tls:\n    certificate: \(folder.path)/cert.pem\n    key: \(folder.path)/key.pem\n"
            http += "auth:\n  htpasswd:\n    realm: test\n    path: \(folder.path)/passwords\n"
            setenv("SSL_CERT_FILE", "\(folder.path)/cert.pem", 1)
        }
        folder.write(
            "config.yml",
            Array("version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: \(folder.path)/data\n\(http)".utf8))
        let server = Server(["docker-registry", "serve", "\(folder.path)/config.yml"], log: "\(folder.path)/log")
        defer { withExtendedLifetime(server) {} }
        Server.waitForPort(port)
        let login = isSecured ? "--dest-creds me:se:cret" : ""
        let status = shell(
            "cd '\(folder.path)' && skopeo copy -q --dest-tls-verify=false \(login) oci:oci docker://127.0.0.1:\(port)/team/app:1"
        )
        try #require(status == 0)
        let name = try #require(ImageName("docker://127.0.0.1:\(port)/team/app:1"))
        setenv("DOCKER_AUTH_CONFIG", "{}", 1)
        if isSecured {
            let error = #expect(throws: ImageReadingError.self) { try ImageReader.read(name, registry: options()) }
            #expect(error?.description.contains("asks for a password") == true, "\(String(describing: error))")
            let auth = Base64.encode(Array("me:se:cret".utf8))
            setenv("DOCKER_AUTH_CONFIG", #"{"auths":{"127.0.0.1:\#(port)":{"auth":"\#(auth)"}}}"#, 1)
        }
        let image = try ImageReader.read(name, registry: options())
        let local = try readImage("oci:\(folder.path)/oci")
        #expect(image.identity.diffIDs == local.identity.diffIDs)
        #expect(lines(image.fileSystem) == lines(local.fileSystem))
        let resolved = try ImageDigestSource.resolve(name, registry: options())
        #expect(resolved.digest == image.identity.manifest)
        #expect(resolved.pinned == "127.0.0.1:\(port)/team/app:1@\(resolved.digest)")
        let pinned = try #require(ImageName("docker://127.0.0.1:\(port)/team/app@\(resolved.digest)"))
        #expect(try ImageReader.read(pinned, registry: options()).identity == image.identity)
        let absent = try #require(ImageName("docker://127.0.0.1:\(port)/team/app:2"))
        let error = #expect(throws: ImageReadingError.self) { try ImageReader.read(absent, registry: options()) }
        #expect(error?.description.contains("HTTP 404") == true)
    }

    /// A second image of one registry takes the connections of the first one, and does not ask for TLS again.
    @Test(.enabled(if: hasProgram("python3")), .timeLimit(.minutes(2)))
    func connectionsAreKept() throws {
        let folder = TemporaryFolder()
        try smallLayout(folder)
        folder.write("server.py", Array(serverProgram.utf8))
        let port = freePort()
        let server = Server(
            ["python3", "\(folder.path)/server.py", "\(port)", "\(folder.path)/oci"], log: "\(folder.path)/log")
        defer { withExtendedLifetime(server) {} }
        Server.waitForPort(port)
        func asked() throws -> [Substring] {
            let name = try #require(ImageName("docker://127.0.0.1:\(port)/good/app:1"))
            let before = (folder.bytes(of: "log") ?? []).count
            _ = try ImageReader.read(name, registry: options())
            return String(decoding: (folder.bytes(of: "log") ?? []).dropFirst(before), as: UTF8.self).split(
                separator: "\n")
        }
        #expect(try asked().contains("tls"))
        let again = try asked()
        #expect(!again.contains("tls"))
        // The manifest comes over a kept connection; what is asked for side by side may need more.
        #expect(again.first?.contains("/manifests/") == true, "\(again)")
    }

    /// `registries.conf` sends to a mirror, and back to the registry where the mirror has nothing; wrong bytes end it.
    @Test(
        .enabled(if: hasProgram("python3")), .timeLimit(.minutes(2)),
        arguments: [
            ("good", nil), ("missing", "HTTP 404"), ("wrongdigest", "damaged: expected sha256:"), ("blocked", "blocks"),
        ] as [(String, String?)])
    func asksMirrors(behaviour: String, failure: String?) throws {
        let folder = TemporaryFolder()
        try smallLayout(folder)
        folder.write("server.py", Array(serverProgram.utf8))
        let port = freePort()
        let server = Server(
            ["python3", "\(folder.path)/server.py", "\(port)", "\(folder.path)/oci"], log: "\(folder.path)/log")
        defer { withExtendedLifetime(server) {} }
        Server.waitForPort(port)
        folder.write(
            "registries.conf",
            Array(
                """
                [[registry]]
                prefix = "registry.example/team"
                location = "127.0.0.1:\(port)/missing"
                blocked = \(behaviour == "blocked")
                [[registry.mirror]]
                location = "127.0.0.1:\(port)/\(behaviour)"
                """.utf8))
        setenv("CONTAINERS_REGISTRIES_CONF", "\(folder.path)/registries.conf", 1)
        defer { unsetenv("CONTAINERS_REGISTRIES_CONF") }
        let name = try #require(ImageName("docker://registry.example/team/app:1"))
        switch Result(catching: { try ImageReader.read(name, registry: options()) }) {
        case .success(let image):
            #expect(failure == nil)
            #expect(image.reference == "registry.example/team/app:1")
        case .failure(let error):
            let wanted = try #require(failure, "\(error)")
            #expect("\(error)".contains(wanted))
            let asked = String(decoding: (folder.bytes(of: "log") ?? []), as: UTF8.self).split(separator: "\n")
            // Wrong bytes of the mirror are not made good by the registry behind it.
            #expect(asked.contains { $0.contains("/missing/") } == (behaviour == "missing"), "\(asked)")
        }
    }
}

/// What needs no server and changes nothing of the process, so that it runs beside all other tests.
struct RegistryTextTests {
    @Test func readsChallenges() {
        #expect(
            Challenge.read([
                #"Bearer realm="https://auth.example/token",service="registry \"x\"", scope="repository:a/b:pull""#
            ])
                == .bearer(realm: "https://auth.example/token", service: #"registry "x""#, scope: "repository:a/b:pull")
        )
        #expect(Challenge.read(["Basic realm=x"]) == .basic)
        #expect(
            Challenge.read(["Basic realm=x", "bearer realm=https://a"])
                == .bearer(realm: "https://a", service: nil, scope: nil))
        #expect(
            Challenge.read([#"Basic realm="a, b=c", Bearer scope = "x y" , realm="https://a",service=s"#])
                == .bearer(realm: "https://a", service: "s", scope: "x y"))
        #expect(
            Challenge.read([#"Bearer realm="https://a", Basic realm="r""#])
                == .bearer(realm: "https://a", service: nil, scope: nil))
        #expect(Challenge.read(["Negotiate dG9rZW4=, Basic"]) == .basic)
        #expect(Challenge.read([#"realm="no scheme""#, #"Digest realm="Bearer""#]) == nil)
        #expect(Challenge.read([]) == nil)
        #expect(Challenge.read(["Negotiate", "Bearer", #"Bearer realm=""#]) == nil)
    }

    @Test(arguments: [
        ("0", 0), ("7", 7), ("3600", 3600), ("999999999", 999_999_999), ("", nil), ("nan", nil), ("inf", nil),
        ("-1", nil), ("1.5", nil), ("1e9", nil), ("99999999999999999999", nil), ("Wed, 21 Oct 2026 07:28:00 GMT", nil),
    ])
    func readsRetryAfter(text: String, seconds: Int?) {
        #expect(RegistryClient.retryAfter(text) == seconds.map { .seconds($0) })
    }

    @Test(arguments: [
        ("team/sub/app", "four"), ("team/sub/other", "three"), ("team/app", "two"), ("teamwork/app", "one"),
        ("", "one"),
    ])
    func theLongestPathOfAKeyCounts(repository: String, user: String) throws {
        let entries = [
            ("r.example", "one"), ("r.example/team", "two"), ("r.example/team/sub", "three"),
            ("r.example/team/sub/app", "four"),
        ].map { "\"\($0)\":{\"username\":\"\($1)\",\"password\":\"p\"}" }.joined(separator: ",")
        let table = try JSONTable(Array("{\"auths\":{\(entries)}}".utf8), name: "auth.json")
        let found = try RegistryCredentials.find("r.example", repository: repository, in: table)
        #expect(found.credentials == .password(user: user, password: "p"))
    }

    @Test(arguments: [
        ("127.0.0.1:5000", true), ("localhost", true), ("127.evil.example", false), ("128.0.0.1", false),
        ("[::1]:80", true), ("localhost.evil.example", false),
    ])
    func knowsThisMachine(host: String, isLoopback: Bool) {
        #expect(RegistryClient.isLoopback(host) == isLoopback)
    }
}
