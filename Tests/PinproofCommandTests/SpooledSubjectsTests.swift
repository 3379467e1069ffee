import ArgumentParser
import FoundationEssentials
import Glibc
import Synchronization
import Testing

@testable import PinproofCommand

/// Subjects that are not files: an engine's images, and standard input (which the acceptance run covers).
struct SpooledSubjectsTests {
    /// An engine that answers one request on a socket.
    private final class Engine: Sendable {
        let path: String
        let request = Mutex("")
        private let pending = Mutex<[[UInt8]]>([])
        private let descriptor: Int32

        init(_ directory: Directory) throws {
            path = directory("engine.sock")
            descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            let bytes = Array(path.utf8)
            try #require(bytes.count < 100)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
            let result = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            try #require(result == 0 && listen(descriptor, 1) == 0)
        }

        deinit { close(descriptor) }

        /// Answers the next request in pieces, on a thread of its own: to wait for one must not take a thread of the pool that
        /// runs the tests. The request is in ``request`` then.
        func answerNext(_ pieces: [[UInt8]]) {
            pending.withLock { $0 = pieces }
            var thread = pthread_t()
            _ = pthread_create(
                &thread, nil,
                { context in
                    guard let context else { return nil }
                    let engine = Unmanaged<Engine>.fromOpaque(context).takeRetainedValue()
                    engine.answer(engine.pending.withLock { $0 })
                    return nil
                }, Unmanaged.passRetained(self).toOpaque())
            pthread_detach(thread)
        }

        private func answer(_ pieces: [[UInt8]]) {
            let connection = accept(descriptor, nil, nil)
            defer { close(connection) }
            var received: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 4096)
            while !received.suffix(4).elementsEqual("\r\n\r\n".utf8) {
                let count = read(connection, &buffer, buffer.count)
                if count <= 0 { break }
                received += buffer[..<count]
            }
            request.withLock { $0 = String(decoding: received, as: UTF8.self) }
            for piece in pieces {
                _ = piece.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            }
        }
    }

    private static func save(_ name: String, _ pieces: [[UInt8]], limit: Int = 1 << 20) throws -> (
        String, [UInt8]
    ) {
        let directory = try Directory()
        let engine = try Engine(directory)
        let image = try #require(
            DaemonImage(name) { $0 == "DOCKER_HOST" || $0 == "CONTAINER_HOST" ? "unix://\(engine.path)" : nil })
        engine.answerNext(pieces)
        let file = open(directory("image"), O_WRONLY | O_CREAT, 0o600)
        defer { close(file) }
        var sink = SpoolFile(descriptor: file, limit: limit, name: name)
        try image.save(to: &sink)
        return (engine.request.withLock { $0 }, Array(try directory.read("image").utf8))
    }

    private static let ok = Array("HTTP/1.0 200 OK\r\nContent-Type: application/x-tar\r\n\r\n".utf8)

    @Test("the archive is what the engine sends after its head, however it is cut")
    func saves() throws {
        let archive = Array("an archive".utf8)
        let (request, bytes) = try Self.save("docker-daemon:registry.example/a b:1", [Self.ok + archive])
        #expect(request.hasPrefix("GET /images/registry.example/a%20b:1/get HTTP/1.0\r\n"))
        #expect(bytes == archive)
        let cut = (Self.ok + archive).map { [$0] }
        #expect(try Self.save("containers-storage:a", cut).1 == archive)
    }

    @Test(
        "what is not an archive is an error that says what the engine says",
        arguments: [
            (
                "HTTP/1.0 404 Not Found\r\n\r\n{\"message\":\"No such image: a\"}",
                "the engine answers 404: No such image: a"
            ),
            ("HTTP/1.1 500 X\r\n\r\n", "the engine answers 500"),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde", "in chunks"),
            ("hello\r\n\r\n", "is not HTTP"), ("HTTP/1.1 200 OK\r\n", "ends in its head"), ("", "ends in its head"),
            ("HTTP/1.0 200 OK\r\n\r\n", "sent nothing"), ("HTTP/1.0 xyz\r\n\r\n", "is not HTTP"),
        ])
    func refuses(_ answer: String, _ message: String) throws {
        do {
            _ = try Self.save("docker-daemon:a", [Array(answer.utf8)])
            Issue.record("no error")
        } catch let error as OutputError {
            #expect(error.description.hasPrefix("docker-daemon:a: ") && error.description.contains(message), "\(error)")
        }
    }

    @Test("a subject is limited")
    func limit() throws {
        #expect(throws: OutputError.self) {
            try Self.save("docker-daemon:a", [Self.ok + Array("12345".utf8)], limit: 4)
        }
    }

    @Test("names and sockets of the engines")
    func names() {
        let docker = DaemonImage("docker-daemon:a:1") { _ in nil }
        #expect(docker?.name == "a:1" && docker?.sockets == ["/var/run/docker.sock"])
        let podman = DaemonImage("containers-storage:a") { $0 == "XDG_RUNTIME_DIR" ? "/run/user/1" : nil }
        #expect(podman?.sockets.first == "/run/user/1/podman/podman.sock")
        let remote = DaemonImage("docker-daemon:a") { $0 == "DOCKER_HOST" ? "tcp://host:1" : nil }
        #expect(remote?.sockets == ["/var/run/docker.sock"])
        for name in ["docker-daemon:", "containers-storage:", "docker://a", "oci:a", "a", ""] {
            #expect(DaemonImage(name) { _ in nil } == nil)
        }
    }

    @Test("without an engine: status 2, and the command that gives the same")
    func noEngine() async {
        let run = await pinproof("inspect", "containers-storage:app:1")
        #expect(run.status == 2)
        #expect(run.diagnostics.contains("podman save app:1 | pinproof inspect -"))
    }

    @Test("results and errors speak of what was given, not of the temporary file")
    func plainNames() throws {
        let subjects = try SpooledSubjects([Demo.lock], limit: 1)
        #expect(subjects.names == [Demo.lock])
        #expect(throws: ValidationError.self) { try SpooledSubjects(["-", "-"], limit: 1) }
    }
}
