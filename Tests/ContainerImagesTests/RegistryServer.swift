import Glibc

/// A program that is stopped when the test is over.
final class Server {
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
func freePort() -> Int {
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

/// A registry of our own that does one thing wrong for each repository: `server.py PORT LAYOUT`.
let serverProgram = #"""
    import base64, hashlib, json, os, socket, sys, threading, time
    socket.getfqdn = lambda *names: "localhost"
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
    port, layout = int(sys.argv[1]), sys.argv[2]
    def blob(hex): return open(os.path.join(layout, "blobs/sha256", hex), "rb").read()
    root = json.load(open(os.path.join(layout, "index.json")))["manifests"][0]["digest"].split(":")[1]
    layer = json.loads(blob(root))["layers"][0]["digest"].split(":")[1]
    asked = {}
    def note(line):
        # One write: print writes the end of a line apart, and another thread's line may come between.
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        def log_message(self, *a): pass
        def handle(self):
            # A TLS greeting may have no line end: http.server would wait for one until the client gives up.
            greeting = self.connection.recv(1, socket.MSG_PEEK)
            note("tls" if greeting == b"\x16" else "connection")
            if greeting == b"\x16": return
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
            note(path)
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
            if mode == "onebytemanifest":
                self.close_connection = True
                return self.answer(200, b"{", Content_Length="1000")
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
                if mode in ("onebyte", "onebytemore"):
                    start = int(self.headers["Range"][6:-1]) if "Range" in self.headers and mode == "onebyte" else 0
                    self.answer(206 if start else 200, body[start:start + (1 if mode == "onebyte" else asked[path])], Content_Length=str(len(body) - start), Content_Range="bytes %d-%d/%d" % (start, len(body) - 1, len(body)), X_Padding="x" * 2000)
                    self.wfile.flush()
                    if mode == "onebyte": time.sleep(0.3)
                    self.close_connection = True
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
