import Glibc
import Pinproof
import SourceDocuments

/// An image that a running engine has: `docker-daemon:NAME` of Docker, `containers-storage:NAME` of Podman.
///
/// Both engines answer `GET /images/NAME/get` on a local socket with what `docker save` writes
/// (https://docs.docker.com/reference/api/engine/, https://docs.podman.io/en/latest/_static/api.html). The request is HTTP/1.0,
/// so that the answer is the archive itself, up to the end of the connection; the digests in it tell whether it is whole.
struct DaemonImage {
    /// The name as it was given.
    let description: String
    /// The image in the engine.
    let name: String
    /// The sockets to try, in this order.
    let sockets: [String]
    /// The command that gives the same archive where there is no socket.
    private let alternative: String

    /// Reads a name; nil when it is of neither engine.
    init?(_ text: String, variable: (String) -> String? = { name in getenv(name).map { String(cString: $0) } }) {
        func rest(_ prefix: String) -> String? {
            text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : nil
        }
        let scheme = "unix://"
        let user = variable("XDG_RUNTIME_DIR").map { $0 + "/podman/podman.sock" }
        func socket(_ name: String) -> String? {
            variable(name).flatMap { $0.hasPrefix(scheme) ? String($0.dropFirst(scheme.count)) : nil }
        }
        if let name = rest("docker-daemon:"), !name.isEmpty {
            self.name = name
            sockets = socket("DOCKER_HOST").map { [$0] } ?? ["/var/run/docker.sock"]
            alternative = "docker save \(name) | pinproof inspect -"
        } else if let name = rest("containers-storage:"), !name.isEmpty {
            self.name = name
            sockets =
                socket("CONTAINER_HOST").map { [$0] }
                ?? ([user].compactMap { $0 } + ["/run/podman/podman.sock", "/var/run/podman/podman.sock"])
            alternative = "podman save \(name) | pinproof inspect -"
        } else {
            return nil
        }
        description = text
    }

    /// Writes the archive of the image.
    func save(to sink: inout SpoolFile) throws {
        guard let connection = connected() else {
            throw OutputError(
                "\(description): no engine answers at \(sockets.joined(separator: ", ")); without one: \(alternative)")
        }
        defer { close(connection) }
        let path = PercentEncoding.encode(name, keeping: "/:@")
        let request = "GET /images/\(path)/get HTTP/1.0\r\nHost: localhost\r\n\r\n"
        var bytes = Array(request.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes {
                Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw OutputError("\(description): \(systemMessage(errno))")
            }
            bytes = bytes.dropFirst(count)
        }
        var answer = EngineAnswer()
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = read(connection, &buffer, buffer.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw OutputError("\(description): \(systemMessage(errno))")
            }
            if count == 0 { break }
            let body = try answer.take(buffer[..<count], description)
            if answer.isSuccess { try sink.write(body) }
        }
        if let problem = answer.problem { throw OutputError("\(description): \(problem)") }
        if sink.count == 0 { throw OutputError("\(description): the engine sent nothing") }
    }

    /// The first socket that answers.
    private func connected() -> Int32? {
        for path in sockets { if let connection = Self.connected(path) { return connection } }
        return nil
    }

    private static func connected(_ path: String) -> Int32? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else {
            close(descriptor)
            return nil
        }
        return descriptor
    }
}

/// The answer of an engine: the head up to an empty line, then the body (RFC 9112, 2.1).
struct EngineAnswer {
    private var head: [UInt8] = []
    private var isInBody = false
    private var status = 0
    private var message: [UInt8] = []

    private static let maximumHead = 1 << 16
    private static let maximumMessage = 1 << 12

    /// Whether the body is an archive.
    var isSuccess: Bool { isInBody && status == 200 }

    /// Takes bytes, and returns those of the body.
    mutating func take(_ bytes: ArraySlice<UInt8>, _ name: String) throws(OutputError) -> ArraySlice<UInt8> {
        var body = bytes
        if !isInBody {
            head += bytes
            guard let end = Self.end(of: head) else {
                if head.count > Self.maximumHead { throw OutputError("\(name): the engine's answer is not HTTP") }
                return []
            }
            body = head[end...]
            head.removeSubrange(end...)
            isInBody = true
            try readHead(name)
        }
        if status != 200 { message += body.prefix(max(0, Self.maximumMessage - message.count)) }
        return body
    }

    /// What the engine says in place of an archive; nil for an archive.
    var problem: String? {
        guard isInBody else { return "the engine's answer ends in its head" }
        if status == 200 { return nil }
        let document = try? JSONReader.read(SourceText(name: "answer", bytes: message))
        let said = document?.table?["message"]?.string ?? document?.table?["cause"]?.string
        return "the engine answers \(status)" + (said.map { ": \($0)" } ?? "")
    }

    private mutating func readHead(_ name: String) throws(OutputError) {
        let lines = String(decoding: head, as: UTF8.self).split(whereSeparator: \.isNewline)
        let words = (lines.first ?? "").split(separator: " ")
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
            throw OutputError("\(name): the engine's answer is not HTTP")
        }
        self.status = status
        let isChunked = lines.dropFirst().contains { line in
            let line = line.lowercased()
            return line.hasPrefix("transfer-encoding:") && line.contains("chunked")
        }
        // A chunk's head inside of the archive would be read as part of it.
        if isChunked { throw OutputError("\(name): the engine answers HTTP/1.0 in chunks") }
    }

    private static func end(of head: [UInt8]) -> Int? {
        let mark = Array("\r\n\r\n".utf8)
        guard head.count >= mark.count else { return nil }
        return (mark.count...head.count).first { head[($0 - mark.count)..<$0].elementsEqual(mark) }
    }
}
