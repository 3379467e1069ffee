import ArchiveReading
import ContentHashing
import SourceDocuments
internal import Glibc

/// What opens a registry: a name with a password, or an identity token.
enum RegistryCredentials: Sendable, Hashable {
    case password(user: String, password: String)
    case identityToken(String)

    /// What the configurations say of a repository.
    struct Search: Sendable, Hashable {
        var credentials: RegistryCredentials?
        /// Why credentials may be missing: a helper that cannot be started.
        var problem: String?
    }

    /// Finds the credentials of a repository: in `DOCKER_AUTH_CONFIG` (the configuration itself), `REGISTRY_AUTH_FILE`,
    /// `DOCKER_CONFIG/config.json` or `~/.docker/config.json`, and podman's `auth.json`.
    ///
    /// `credHelpers` and `credsStore` name a program `docker-credential-NAME`, which is started as its protocol says
    /// (https://github.com/docker/docker-credential-helpers); nothing else ever is.
    static func find(_ registry: String, repository: String) throws(DocumentError) -> Search {
        var search = Search()
        for (name, bytes) in configurations() {
            let found = try find(registry, repository: repository, in: JSONTable(bytes, name: name))
            search.problem = search.problem ?? found.problem
            if found.credentials != nil {
                search.credentials = found.credentials
                return search
            }
        }
        return search
    }

    /// - Parameter repository: the path below the registry, `team/app`; of the keys with a path the longest one counts
    ///   (containers-auth.json(5)).
    static func find(
        _ registry: String, repository: String = "", in table: JSONTable
    ) throws(DocumentError) -> Search {
        let keys = names(registry)
        var search = Search()
        let helpers = try table.strings("credHelpers")
        let store = try table.string("credsStore")
        var asked: [(helper: String, key: String)] = keys.compactMap { key in helpers[key].map { ($0, key) } }
        if let store, !store.isEmpty { asked += keys.map { (store, $0) } }
        var missing: Set<String> = []
        for (helper, key) in asked where !missing.contains(helper) {
            switch try ask(helper, key) {
            case .found(let credentials): return Search(credentials: credentials)
            case .none: continue
            case .missing(let problem):
                missing.insert(helper)
                search.problem = search.problem ?? problem
            }
        }
        guard let auths = try table.table("auths") else { return search }
        let parts = repository.split(separator: "/")
        let prefixes = (0..<parts.count).map { "\(registry)/" + parts.dropLast($0).joined(separator: "/") }
        for key in prefixes + keys {
            guard let entry = try auths.table(key), let found = try credentials(entry, key) else { continue }
            search.credentials = found
            return search
        }
        return search
    }

    private static func credentials(
        _ entry: JSONTable, _ key: String
    ) throws(DocumentError) -> RegistryCredentials? {
        if let token = try entry.string("identitytoken"), !token.isEmpty { return .identityToken(token) }
        if let user = try entry.string("username"), let password = try entry.string("password"), !user.isEmpty {
            return .password(user: user, password: password)
        }
        guard let encoded = try entry.string("auth"), !encoded.isEmpty else { return nil }
        guard let decoded = Base64.decode(encoded), let colon = decoded.firstIndex(of: UInt8(ascii: ":")) else {
            throw entry.error("the credentials of \(key) are not base64 of 'name:password'")
        }
        let password = decoded[(colon + 1)...].filter { $0 != 0 }
        return .password(
            user: String(decoding: decoded[..<colon], as: UTF8.self),
            password: String(decoding: password, as: UTF8.self))
    }

    /// The keys under which tools write a registry.
    private static func names(_ registry: String) -> [String] {
        var names = [
            registry, "https://\(registry)", "https://\(registry)/", "https://\(registry)/v1/",
            "https://\(registry)/v2/",
        ]
        if registry == "docker.io" {
            names += [
                "https://index.docker.io/v1/", "index.docker.io", "registry-1.docker.io", "https://index.docker.io/v2/",
            ]
        }
        return names + ["http://\(registry)"]
    }

    private static func configurations() -> [(String, [UInt8])] {
        func variable(_ name: String) -> String? {
            getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
        }
        var found: [(String, [UInt8])] = []
        if let text = variable("DOCKER_AUTH_CONFIG") { found.append(("DOCKER_AUTH_CONFIG", Array(text.utf8))) }
        var paths: [String] = []
        if let path = variable("REGISTRY_AUTH_FILE") { paths.append(path) }
        if let folder = variable("DOCKER_CONFIG") {
            paths.append("\(folder)/config.json")
        } else if let home = variable("HOME") {
            paths.append("\(home)/.docker/config.json")
        }
        if let folder = variable("XDG_RUNTIME_DIR") { paths.append("\(folder)/containers/auth.json") }
        for path in paths {
            if let bytes = try? readFile(path: path, limit: 1 << 20) { found.append((path, bytes)) }
        }
        return found
    }

    private enum Answer {
        case found(RegistryCredentials)
        case none
        /// The helper cannot be started, and why.
        case missing(String)
    }

    /// Asks a credential helper: the registry on its standard input, JSON on its standard output.
    private static func ask(_ helper: String, _ key: String) throws(DocumentError) -> Answer {
        // A name with a slash would start any program.
        guard
            helper.utf8.allSatisfy({
                $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".") || isAlphanumeric($0)
            }), !helper.isEmpty
        else {
            throw DocumentError(
                file: "docker-credential-\(helper)", place: nil, reason: "not a name of a credential helper")
        }
        let program = "docker-credential-\(helper)"
        let answer: [UInt8]
        switch ChildProcess.run(program, ["get"], input: Array(key.utf8), limit: 1 << 16) {
        case .output(let bytes): answer = bytes
        case .failed: return .none
        case .notStarted(let reason):
            return .missing("the credential helper \(program) cannot be started (\(reason))")
        }
        let table = try JSONTable(answer, name: program)
        guard let user = try table.string("Username"), let secret = try table.string("Secret") else { return .none }
        return .found(user == "<token>" ? .identityToken(secret) : .password(user: user, password: secret))
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        byte.isASCIIDigit || byte.isASCIILetter
    }
}

/// Starts a credential helper and reads its answer.
private enum ChildProcess {
    enum Ending {
        case output([UInt8])
        /// It did not end with status 0 within 20 seconds.
        case failed
        case notStarted(String)
    }

    /// Runs a program and returns its standard output.
    static func run(_ program: String, _ arguments: [String], input: [UInt8], limit: Int) -> Ending {
        var toChild: [Int32] = [0, 0]
        var fromChild: [Int32] = [0, 0]
        guard pipe(&toChild) == 0 else { return .notStarted("no pipe") }
        guard pipe(&fromChild) == 0 else {
            close(toChild[0])
            close(toChild[1])
            return .notStarted("no pipe")
        }
        // The helper gets its two ends as standard streams and none of the others.
        for descriptor in toChild + fromChild { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
        posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var child: pid_t = 0
        let status = posix_spawnp(&child, program, &actions, nil, &words, environ)
        close(toChild[0])
        close(fromChild[1])
        guard status == 0 else {
            close(toChild[1])
            close(fromChild[0])
            return .notStarted(status == ENOENT ? "no such program" : "error \(status)")
        }
        // A registry's name fits into a pipe; a helper that does not read it gets a signal, not we.
        let before = signal(SIGPIPE, SIG_IGN)
        _ = input.withUnsafeBytes { write(toChild[1], $0.baseAddress, $0.count) }
        signal(SIGPIPE, before)
        close(toChild[1])
        let output = collect(fromChild[0], limit: limit)
        close(fromChild[0])
        if output == nil { kill(child, SIGKILL) }
        var ending: Int32 = 0
        while waitpid(child, &ending, 0) < 0, errno == EINTR {}
        // A shell that was started in place of the program ends so when there is none.
        if ending >> 8 & 0xFF == 127 { return .notStarted("no such program") }
        guard ending == 0, let output else { return .failed }
        return .output(output)
    }

    private static func collect(_ descriptor: Int32, limit: Int) -> [UInt8]? {
        var output: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        let deadline = time(nil) + 20
        while output.count < limit {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let left = deadline - time(nil)
            guard left > 0, poll(&waiting, 1, Int32(left) * 1000) > 0 else { return nil }
            let count = Glibc.read(descriptor, &piece, piece.count)
            if count == 0 { return output }
            if count < 0 {
                if errno == EINTR { continue }
                return nil
            }
            output += piece[..<count]
        }
        return nil
    }
}
