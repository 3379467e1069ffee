import ContentHashing
import Glibc
import SourceDocuments
import TestSupport
import Testing

@testable import ContainerImages

/// A program that is stopped when the test is over.
private final class Server {
    let pid: pid_t

    init(_ words: [String], log: String) {
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var pid: pid_t = 0
        posix_spawnp(&pid, words[0], &actions, nil, &arguments, environ)
        posix_spawn_file_actions_destroy(&actions)
        for argument in arguments { free(argument) }
        self.pid = pid
    }

    deinit {
        kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
    }

    static func waitForPort(_ port: Int) {
        for _ in 0..<1000 {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            var address = loopback(port)
            let status = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            if status == 0 { return }
            usleep(10_000)
        }
    }
}

private func loopback(_ port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
    return address
}

/// A port that was free a moment ago.
private func freePort() -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = loopback(0)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            _ = bind(descriptor, $0, size)
            getsockname(descriptor, $0, &size)
        }
    }
    return Int(UInt16(bigEndian: address.sin_port))
}

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

@Suite(.serialized) struct RegistryTests {
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

    /// A server of our own that does one thing wrong for each repository.
    @Test(.enabled(if: hasProgram("python3")), .timeLimit(.minutes(2)))
    func survivesServers() throws {
        let cases: [(behaviour: String, failure: String?)] = [
            ("good", nil), ("token", nil), ("redirect", nil), ("busy", nil), ("broken", nil), ("norange", nil),
            ("nochallenge", "HTTP 401"), ("missing", "HTTP 404"), ("alwaysbusy", "HTTP 429"), ("failing", "HTTP 500"),
            ("wrongdigest", "damaged: expected sha256:"), ("wrongblob", "damaged: expected sha256:"),
            ("short", "sent too little"), ("long", "damaged: expected"), ("silent", "silent"), ("loop", "redirects"),
            ("huge", "more than"), ("lyingheader", "damaged: expected sha256:"), ("evilrealm", "without https"),
            ("drip", "fewer than 1024 bytes"), ("dripheaders", "fewer than 1024 bytes"), ("endlessheaders", "header"),
            ("slow", nil), ("nan", "HTTP 429"), ("inf", "HTTP 429"), ("hour", "asks to wait 3600 s"),
            ("negative", "HTTP 429"), ("accesstoken", nil), ("basicfirst", nil),
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
            let stalls = ["silent", "drip", "dripheaders"].contains(behaviour)
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
    }

    @Test(
        "what fails for a moment is asked for again as often as the options say, and nothing else",
        .enabled(if: hasProgram("python3")), .timeLimit(.minutes(2)),
        arguments: [
            ("alwaysbusy", 3), ("failing", 3), ("busy", 2), ("nan", 3), ("negative", 3), ("hour", 1), ("missing", 1),
            ("nochallenge", 1), ("good", 1), ("token", 2), ("silentmanifest", 1), ("evilrealm", 1),
        ])
    func countsRequests(behaviour: String, count: Int) throws {
        let folder = TemporaryFolder()
        try smallLayout(folder)
        folder.write("server.py", Array(serverProgram.utf8))
        let port = freePort()
        let server = Server(
            ["python3", "\(folder.path)/server.py", "\(port)", "\(folder.path)/oci"], log: "\(folder.path)/log")
        defer { withExtendedLifetime(server) {} }
        Server.waitForPort(port)
        setenv("DOCKER_AUTH_CONFIG", #"{"auths":{"127.0.0.1:\#(port)":{"auth":"bWU6c2VjcmV0"}}}"#, 1)
        let name = try #require(ImageName("docker://127.0.0.1:\(port)/\(behaviour)/app:1"))
        let stalls = behaviour == "silentmanifest"
        _ = try? ImageReader.read(name, registry: options(timeout: stalls ? .milliseconds(400) : .seconds(5)))
        let asked = String(decoding: try folder.read("log"), as: UTF8.self).split(separator: "\n").filter {
            $0.contains("/manifests/")
        }
        #expect(asked.count == count, "\(asked)")
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
            let asked = String(decoding: try folder.read("log"), as: UTF8.self).split(separator: "\n")
            // Wrong bytes of the mirror are not made good by the registry behind it.
            #expect(asked.contains { $0.contains("/missing/") } == (behaviour == "missing"), "\(asked)")
        }
    }

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

    @Test func findsCredentials() throws {
        let text =
            #"{"auths":{"a.example":{"auth":"bWU6c2U6Y3JldA=="},"b.example":{"identitytoken":"t"},"https://index.docker.io/v1/":{"username":"u","password":"p"},"c.example":{}}}"#
        let table = try JSONTable(Array(text.utf8), name: "config.json")
        #expect(
            try RegistryCredentials.find("a.example", in: table).credentials
                == .password(user: "me", password: "se:cret"))
        #expect(try RegistryCredentials.find("b.example", in: table).credentials == .identityToken("t"))
        #expect(try RegistryCredentials.find("docker.io", in: table).credentials == .password(user: "u", password: "p"))
        #expect(try RegistryCredentials.find("c.example", in: table).credentials == nil)
        let folder = TemporaryFolder()
        folder.write(
            "docker-credential-test",
            Array("#!/bin/sh\nread host\necho \"{\\\"Username\\\":\\\"$1\\\",\\\"Secret\\\":\\\"$host\\\"}\"\n".utf8))
        shell("chmod 755 '\(folder.path)/docker-credential-test'")
        setenv("PATH", "\(folder.path):" + String(cString: getenv("PATH")), 1)
        let helper = try JSONTable(
            Array(#"{"credHelpers":{"h.example":"test"},"credsStore":"absent"}"#.utf8), name: "config.json")
        #expect(
            try RegistryCredentials.find("h.example", in: helper).credentials
                == .password(user: "get", password: "h.example"))
        let absent = try RegistryCredentials.find("a.example", in: helper)
        #expect(absent.credentials == nil)
        #expect(absent.problem?.contains("docker-credential-absent cannot be started") == true)
        let evil = try JSONTable(Array(#"{"credsStore":"x/../../bin/sh"}"#.utf8), name: "config.json")
        #expect(throws: DocumentError.self) { try RegistryCredentials.find("h.example", in: evil) }
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

private let serverProgram = #"""
    import base64, hashlib, json, os, socket, sys, threading, time
    socket.getfqdn = lambda *names: "localhost"
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
    port, layout = int(sys.argv[1]), sys.argv[2]
    def blob(hex): return open(os.path.join(layout, "blobs/sha256", hex), "rb").read()
    root = json.load(open(os.path.join(layout, "index.json")))["manifests"][0]["digest"].split(":")[1]
    layer = json.loads(blob(root))["layers"][0]["digest"].split(":")[1]
    asked = {}
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        def log_message(self, *a): pass
        def handle(self):
            # A TLS greeting may have no line end: http.server would wait for one until the client gives up.
            if self.connection.recv(1, socket.MSG_PEEK) == b"\x16": return
            super().handle()
        def answer(self, status, body=b"", **headers):
            self.send_response(status)
            for k, v in headers.items(): self.send_header(k.replace("_", "-"), v)
            if "Content_Length" not in headers: self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        def do_GET(self):
            path = self.path
            mode = path.split("repository%3A")[1].split("%2F")[0] if path.startswith("/token") else path.split("/")[2]
            asked[path] = asked.get(path, 0) + 1
            print(path, flush=True)
            here = "http://127.0.0.1:%d" % port
            if path.startswith("/token"):
                good = self.headers.get("Authorization") == "Basic " + base64.b64encode(b"me:secret").decode()
                return self.answer(200 if good and "%2Fapp%3Apull" in path else 403, b'{"token":"","access_token":"abc"}' if mode == "accesstoken" else b'{"token":"abc"}')
            if path.startswith("/storage/"):
                if self.headers.get("Authorization"): return self.answer(400)
                return self.answer(200, blob(path.split("/")[-1]))
            if mode == "nochallenge": return self.answer(401)
            if mode == "evilrealm": return self.answer(401, WWW_Authenticate='Bearer realm="http://203.0.113.9/token"')
            if mode in ("token", "redirect", "accesstoken", "basicfirst") and self.headers.get("Authorization") != "Bearer abc":
                start = 'Basic realm="x", ' if mode == "basicfirst" else ""
                return self.answer(401, WWW_Authenticate=start + 'Bearer realm="%s/token",service="s"' % here)
            if mode == "missing": return self.answer(404)
            if mode == "silentmanifest": return time.sleep(10)
            if mode == "alwaysbusy" or (mode == "busy" and asked[path] < 2): return self.answer(429, Retry_After="0")
            after = {"nan": "nan", "inf": "inf", "hour": "3600", "negative": "-5"}.get(mode)
            if after: return self.answer(429, Retry_After=after)
            if mode == "failing": return self.answer(500)
            if mode in ("dripheaders", "endlessheaders"):
                self.wfile.write(b"HTTP/1.1 200 OK\r\n")
                for i in range(10**6 if mode == "endlessheaders" else 60):
                    self.wfile.write(b"X-%d: y\r\n" % i)
                    self.wfile.flush()
                    if mode == "dripheaders": time.sleep(0.05)
                return
            if mode == "loop": return self.answer(307, Location=here + path)
            if "/manifests/" in path:
                body = blob(root)
                if mode == "huge": return self.answer(200, b" " * 100_000_000)
                if mode == "lyingheader": return self.answer(200, body, Docker_Content_Digest="sha256:" + "0" * 64)
                return self.answer(200, body, Docker_Content_Digest="sha256:" + root)
            hex = path.split(":")[-1]
            body = blob(hex)
            if mode == "wrongdigest" and hex != layer: body = body.replace(b"linux", b"Linux")
            if hex == layer:
                if mode == "redirect": return self.answer(307, Location="http://localhost:%d/storage/%s" % (port, hex))
                if mode == "wrongblob": body = body[:-1] + b"x"
                if mode == "long": body = body + b"x" * 10
                if mode == "short": return self.answer(200, body[:1000])
                if mode in ("drip", "slow"):
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    step = 5 if mode == "drip" else len(body) // 40
                    for i in range(0, len(body), step):
                        self.wfile.write(body[i:i + step])
                        self.wfile.flush()
                        time.sleep(0.05)
                    return
                if mode == "silent":
                    self.answer(200, body[:500000], Content_Length=str(len(body)))
                    self.wfile.flush()
                    return time.sleep(10)
                if mode in ("broken", "norange"):
                    start = 0
                    if mode == "broken" and "Range" in self.headers:
                        start = int(self.headers["Range"][6:-1])
                    if asked[path] < 3:
                        self.answer(206 if start else 200, body[start:start + 300000], Content_Length=str(len(body) - start), Content_Range="bytes %d-%d/%d" % (start, len(body) - 1, len(body)))
                        self.close_connection = True
                        return
                    if start: return self.answer(206, body[start:], Content_Range="bytes %d-%d/%d" % (start, len(body) - 1, len(body)))
            self.answer(200, body)
    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
    """#
