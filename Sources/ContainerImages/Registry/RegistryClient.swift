import ContentHashing
import EnvironmentInventory
import SourceDocuments
internal import Glibc
internal import Synchronization

/// Speaks the OCI distribution protocol with one repository
/// (https://github.com/opencontainers/distribution-spec/blob/main/spec.md).
///
/// The token goes to the registry's own host alone: redirects to a storage get none. What fails for a moment (429, 5xx, no
/// connection) is tried again, with a pause that doubles or that the server names.
final class RegistryClient: Sendable {
    let host: String
    let repository: String
    let options: RegistryOptions
    /// Whether this registry may be asked over http, or with a certificate that nobody vouches for.
    private let isInsecure: Bool

    private struct State {
        var authorization: String?
        var scheme: String?
        /// Why there may be no credentials, or not the right ones.
        var credentialProblem: String?
    }
    private let state = Mutex(State())
    /// What the registries of this machine speak, as far as this process has found out.
    private static let schemes = Mutex<[String: String]>([:])

    static let manifestTypes = [
        "application/vnd.oci.image.index.v1+json", "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    ]
    private static let redirectLimit = 8

    init(_ place: RegistryPlace, _ options: RegistryOptions) {
        let reference = place.reference
        isInsecure = place.isInsecure
        let registry = reference.registry
        host = registry == "docker.io" ? "registry-1.docker.io" : registry
        repository = String(reference.canonicalRepository.dropFirst(registry.count + 1))
        self.options = options
    }

    /// An answer whose body has yet to be read.
    struct Answer {
        let transfer: HTTPTransfer
        var status: Int { transfer.status }
    }

    /// Requests a path of the repository and returns the final answer, after redirects, when its status is 200 or 206.
    ///
    /// - Parameter deadline: when the request fails, whatever it is doing; the transfer keeps it.
    func get(
        _ path: String, headers: [(name: String, value: String)] = [], before deadline: ContinuousClock.Instant
    ) throws(RegistryFailure) -> Answer {
        var attempt = 0
        while true {
            do throws(RegistryFailure) { return try attemptGet(path, headers, deadline) } catch {
                guard error.isTransient, attempt < options.retries else { throw error }
                let wait = error.retryAfter ?? options.firstPause * (1 << min(attempt, 6))
                // To wait is no progress either.
                guard wait < options.timeout, ContinuousClock.now + wait < deadline else {
                    throw RegistryFailure("\(error.message), and the time limit ends before the next attempt")
                }
                pause(wait)
                attempt += 1
            }
        }
    }

    private func attemptGet(
        _ path: String, _ headers: [(name: String, value: String)], _ deadline: ContinuousClock.Instant
    ) throws(RegistryFailure) -> Answer {
        let transfer = try authenticated("/v2/\(repository)/\(path)", headers: headers, content: nil, before: deadline)
        return try follow(transfer, headers, deadline)
    }

    /// Sends a request, and once more with a token when the registry asks for one.
    private func authenticated(
        _ path: String, headers: [(name: String, value: String)], content: Content?,
        before deadline: ContinuousClock.Instant
    ) throws(RegistryFailure) -> HTTPTransfer {
        let transfer = try send(path, headers: headers, content: content, before: deadline)
        guard transfer.status == 401 else { return transfer }
        try authenticate(transfer, isWriting: content != nil, deadline)
        return try send(path, headers: headers, content: content, before: deadline)
    }

    /// What a request writes: its method and its bytes.
    struct Content: Sendable {
        let method: String
        var bytes: [UInt8] = []
    }

    /// Sends a request that writes and returns its answer, whatever its status is: nothing is sent again after a failure.
    ///
    /// - Parameter path: below the repository, or what the registry gave as a location: a path or an address of its own host.
    func write(
        _ path: String, _ content: Content, headers: [(name: String, value: String)] = []
    ) throws(RegistryFailure) -> Answer {
        var path = path
        if let target = Self.host(of: path) {
            guard target == host, let slash = path.dropFirst(8).firstIndex(of: "/") else {
                throw RegistryFailure("\(host): it redirects the upload to \(target), which is not given its token")
            }
            path = String(path[slash...])
        } else if !path.hasPrefix("/") {
            path = "/v2/\(repository)/\(path)"
        }
        return Answer(
            transfer: try authenticated(
                path, headers: headers, content: content, before: ContinuousClock.now + options.totalTimeout))
    }

    /// The error of an answer that refuses.
    func refusal(_ answer: Answer) -> RegistryFailure { failure(answer.transfer) }

    /// Asks the registry itself: over https, and on this machine over http when it does not speak TLS.
    private func send(
        _ path: String, headers: [(name: String, value: String)], content: Content?,
        before deadline: ContinuousClock.Instant
    ) throws(RegistryFailure) -> HTTPTransfer {
        let (authorization, own) = state.withLock { ($0.authorization, $0.scheme) }
        let heard = own == nil ? Self.schemes.withLock { $0[host] } : nil
        let known = own ?? heard
        var all = headers
        if let authorization { all.append(("Authorization", authorization)) }
        for scheme in known.map({ [$0] }) ?? (allowsPlainHTTP(host) ? ["https", "http"] : ["https"]) {
            do throws(TransferFailure) {
                // Whether a server speaks TLS at all is found out in half of the time.
                let isProbe = scheme == "https" && known == nil && allowsPlainHTTP(host)
                let transfer = try start(
                    "\(scheme)://\(host)\(path)", all, method: content?.method, body: content?.bytes, before: deadline,
                    timeout: isProbe ? options.timeout / 2 : options.timeout)
                state.withLock { $0.scheme = scheme }
                if allowsPlainHTTP(host) { Self.schemes.withLock { $0[host] = scheme } }
                return transfer
            } catch {
                // A server that does not speak TLS answers with nonsense, or waits for more of it.
                if error.isNotTLS || error.isTransient || error.isStalled, scheme == "https", known == nil,
                    allowsPlainHTTP(host)
                {
                    continue
                }
                if heard != nil {
                    // Another server may have taken the port since: ask it what it speaks.
                    Self.schemes.withLock { $0[host] = nil }
                    return try send(path, headers: headers, content: content, before: deadline)
                }
                throw RegistryFailure("\(host): \(error.message)", isTransient: error.isTransient)
            }
        }
        throw RegistryFailure("\(host): it answers neither https nor http")
    }

    private func start(
        _ url: String, _ headers: [(name: String, value: String)], method: String? = nil, body: [UInt8]? = nil,
        before deadline: ContinuousClock.Instant, timeout: Duration? = nil
    ) throws(TransferFailure) -> HTTPTransfer {
        var request = HTTPRequest(url: url)
        request.headers = headers
        request.body = body
        if let method { request.method = method }
        request.timeout = timeout ?? options.timeout
        request.deadline = deadline
        let target = Self.host(of: url) ?? ""
        request.allowsPlainHTTP = allowsPlainHTTP(target)
        request.verifiesCertificate = !(isInsecure && target == host)
        do throws(DocumentError) { request.certificates = try certificates(for: target) } catch {
            throw TransferFailure(message: error.description, isTransient: false, isNotTLS: false)
        }
        let transfer = try HTTPTransfer(request)
        try transfer.start()
        return transfer
    }

    /// The certificates for a host: what the user keeps for the registry counts for its token server and for the storages that
    /// it redirects to as well, as podman's client has one setting for all of them
    /// (https://github.com/containers/image/blob/main/docker/docker_client.go).
    private func certificates(for target: String) throws(DocumentError) -> HostCertificates? {
        let own = try HostCertificates.find(target)
        if target == host { return own }
        let registry = try HostCertificates.find(host)
        return own.map { own in registry.map { own.adding($0) } ?? own } ?? registry
    }

    private func follow(
        _ first: HTTPTransfer, _ headers: [(name: String, value: String)], _ deadline: ContinuousClock.Instant
    ) throws(RegistryFailure) -> Answer {
        var transfer = first
        for _ in 0..<Self.redirectLimit {
            switch transfer.status {
            case 200, 206: return Answer(transfer: transfer)
            case 301, 302, 303, 307, 308:
                guard let target = transfer.redirect, let targetHost = Self.host(of: target) else {
                    throw RegistryFailure("\(host): a redirect to nowhere")
                }
                // No token: the address itself is what opens a storage.
                var kept = headers
                if targetHost == host, let authorization = state.withLock({ $0.authorization }),
                    target.hasPrefix("\(state.withLock { $0.scheme } ?? "https")://")
                {
                    kept.append(("Authorization", authorization))
                }
                do throws(TransferFailure) { transfer = try start(target, kept, before: deadline) } catch {
                    throw RegistryFailure("\(targetHost): \(error.message)", isTransient: error.isTransient)
                }
            default: throw failure(transfer)
            }
        }
        throw RegistryFailure("\(host): more than \(Self.redirectLimit) redirects")
    }

    private func failure(_ transfer: HTTPTransfer) -> RegistryFailure {
        let status = transfer.status
        let after = transfer.header("retry-after").first.flatMap { Self.retryAfter($0) }
        var text =
            switch status {
            case 401, 403: "the registry refuses access (HTTP \(status))"
            case 404: "the registry does not have it (HTTP 404)"
            case 429: "the registry limits the rate of requests (HTTP 429)"
            default: "the registry answers with HTTP \(status)"
            }
        if let after, after >= options.timeout { text += " and asks to wait \(after.components.seconds) s" }
        // Registries say of what a user may not see that they do not have it.
        if [401, 403, 404].contains(status), let problem = state.withLock({ $0.credentialProblem }) {
            text += "; \(problem)"
        }
        var failure = RegistryFailure(
            "\(host): \(text)", isTransient: status == 429 || status >= 500, retryAfter: after)
        failure.isMissing = status == 404
        return failure
    }

    /// The pause that a `Retry-After` header asks for, in whole seconds (RFC 9110, section 10.2.3); nil for a date and for
    /// everything else, which leave the pause to the client.
    static func retryAfter(_ text: String) -> Duration? {
        guard !text.isEmpty, text.utf8.count <= 9, text.utf8.allSatisfy({ $0.isASCIIDigit }), let seconds = Int(text)
        else { return nil }
        return .seconds(seconds)
    }

    private func authenticate(
        _ refused: HTTPTransfer, isWriting: Bool, _ deadline: ContinuousClock.Instant
    ) throws(RegistryFailure) {
        guard let challenge = Challenge.read(refused.header("www-authenticate")) else {
            throw RegistryFailure("\(host): the registry refuses access (HTTP 401) and names no authentication method")
        }
        let search: RegistryCredentials.Search
        do throws(DocumentError) {
            search = try RegistryCredentials.find(
                host == "registry-1.docker.io" ? "docker.io" : host, repository: repository,
                before: min(deadline, ContinuousClock.now + options.timeout))
        } catch { throw RegistryFailure(error.description) }
        let credentials = search.credentials
        state.withLock { $0.credentialProblem = search.problem }
        switch challenge {
        case .basic:
            guard case .password(let user, let password) = credentials else {
                throw RegistryFailure(
                    "\(host): the registry asks for a password, and "
                        + (search.problem ?? "Docker and podman have \(credentials == nil ? "none" : "a token") for it")
                )
            }
            state.withLock { $0.authorization = Self.basic(user, password) }
        case .bearer(let realm, let service, let scope):
            let own = "repository:\(repository):pull"
            let token = try token(
                from: realm, service: service, scope: isWriting ? own + ",push" : scope ?? own,
                credentials: credentials, before: deadline)
            state.withLock { $0.authorization = "Bearer \(token)" }
        }
    }

    /// Asks the token server (https://distribution.github.io/distribution/spec/auth/token/, and oauth for identity tokens).
    private func token(
        from realm: String, service: String?, scope: String, credentials: RegistryCredentials?,
        before deadline: ContinuousClock.Instant
    ) throws(RegistryFailure) -> String {
        guard let realmHost = Self.host(of: realm), realm.hasPrefix("https://") || allowsPlainHTTP(realmHost) else {
            throw RegistryFailure("\(host): it refers to a token server without https, \(realm.prefix(200))")
        }
        var query = "scope=\(PercentEncoding.encode(scope))"
        if let service { query = "service=\(PercentEncoding.encode(service))&" + query }
        var headers: [(name: String, value: String)] = []
        var body: [UInt8]?
        var url = realm
        switch credentials {
        case .identityToken(let token):
            query += "&grant_type=refresh_token&client_id=pinproof&refresh_token=\(PercentEncoding.encode(token))"
            body = Array(query.utf8)
        case .password(let user, let password):
            headers.append(("Authorization", Self.basic(user, password)))
            url += (realm.contains("?") ? "&" : "?") + query
        case nil: url += (realm.contains("?") ? "&" : "?") + query
        }
        do throws(TransferFailure) {
            let transfer = try start(url, headers, body: body, before: deadline)
            guard transfer.status == 200 else {
                let problem = state.withLock { $0.credentialProblem }.map { "; \($0)" } ?? ""
                throw TransferFailure(
                    message: "the token server answers with HTTP \(transfer.status)\(problem)",
                    isTransient: transfer.status == 429 || transfer.status >= 500, isNotTLS: false)
            }
            let bytes = try HTTPBody(transfer, limit: 1 << 20).bytes
            guard let token = TokenAnswer.token(bytes, name: realm) else {
                throw TransferFailure(message: "the token server sent no token", isTransient: false, isNotTLS: false)
            }
            return token
        } catch { throw RegistryFailure("\(realmHost): \(error.message)", isTransient: error.isTransient) }
    }

    private func allowsPlainHTTP(_ host: String) -> Bool {
        options.allowsPlainHTTP || Self.isLoopback(host) || (isInsecure && host == self.host)
    }

    private func pause(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        var wanted = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        var left = timespec()
        while nanosleep(&wanted, &left) != 0, errno == EINTR { wanted = left }
    }

    private static func basic(_ user: String, _ password: String) -> String {
        "Basic " + Base64.encode(Array("\(user):\(password)".utf8))
    }

    /// `host:port` of an address.
    static func host(of url: String) -> String? {
        for scheme in ["https://", "http://"] where url.lowercased().hasPrefix(scheme) {
            let rest = url.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
            let host = rest.split(separator: "@").last.map(String.init) ?? ""
            return host.isEmpty ? nil : host.lowercased()
        }
        return nil
    }

    /// Whether a host is this machine.
    static func isLoopback(_ host: String) -> Bool {
        if host == "[::1]" || host.hasPrefix("[::1]:") { return true }
        let name = host.prefix { $0 != ":" }
        if name == "localhost" || name.hasSuffix(".localhost") { return true }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}

/// Why a registry did not give what was asked for.
struct RegistryFailure: Error, Sendable, Hashable {
    let message: String
    let isTransient: Bool
    let retryAfter: Duration?
    /// Whether the registry says that it does not have it.
    var isMissing = false

    init(_ message: String, isTransient: Bool = false, retryAfter: Duration? = nil) {
        self.message = message
        self.isTransient = isTransient
        self.retryAfter = retryAfter
    }
}

/// A small body, read whole.
struct HTTPBody {
    let bytes: [UInt8]

    init(_ transfer: HTTPTransfer, limit: Int) throws(TransferFailure) {
        var bytes: [UInt8] = []
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = try transfer.read(into: buffer)
            if count == 0 { break }
            guard bytes.count + count <= limit else {
                throw TransferFailure(
                    message: "the answer has more than \(limit) bytes", isTransient: false, isNotTLS: false)
            }
            bytes.append(contentsOf: buffer[..<count])
        }
        self.bytes = bytes
    }
}
