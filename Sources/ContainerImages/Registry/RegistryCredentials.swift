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
        /// Why credentials may be missing: helpers that do not answer, files that cannot be read.
        private(set) var problems: [String] = []

        /// The problems in one text; nil where there are none.
        var problem: String? { problems.isEmpty ? nil : problems.joined(separator: "; ") }

        mutating func add(_ problem: String) {
            if !problems.contains(problem) { problems.append(problem) }
        }
    }

    /// Finds the credentials of a repository in the first of the ``sources(_:user:)`` that has some.
    ///
    /// `credHelpers` and `credsStore` name a program `docker-credential-NAME`, which is started as its protocol says
    /// (https://github.com/docker/docker-credential-helpers); nothing else ever is.
    ///
    /// - Parameters:
    ///   - deadline: when helpers that did not answer are stopped.
    ///   - variables: the environment.
    static func find(
        _ registry: String, repository: String, before deadline: ContinuousClock.Instant,
        variables: (String) -> String? = RegistryCredentials.variable
    ) throws(DocumentError) -> Search {
        var search = Search()
        for source in sources(variables) {
            let bytes: [UInt8]
            do throws(ArchiveReadingError) {
                guard let read = try source.read() else { continue }
                bytes = read
            } catch {
                search.add("\(error)")
                continue
            }
            if source.isLegacy {
                // It may have the form of before JSON, which podman does not read either.
                do throws(DocumentError) {
                    search.credentials = try credentials(
                        of: registry, repository: "", in: JSONTable(bytes, name: source.name))
                } catch { search.add(error.description) }
                if search.credentials != nil { return search }
                continue
            }
            // Docker and podman read it with Go, which takes keys in any case.
            let table = try JSONTable(bytes, name: source.name, otherCase: .isTaken)
            let found = try find(registry, repository: repository, in: table, before: deadline)
            for problem in found.problems { search.add(problem) }
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
        _ registry: String, repository: String = "", in table: JSONTable,
        before deadline: ContinuousClock.Instant = .now + .seconds(60)
    ) throws(DocumentError) -> Search {
        let keys = names(registry)
        var search = Search()
        let helpers = try table.strings("credHelpers")
        let store = try table.string("credsStore")
        var asked: [(helper: String, key: String)] = keys.compactMap { key in helpers[key].map { ($0, key) } }
        if let store, !store.isEmpty { asked += keys.map { (store, $0) } }
        var useless: Set<String> = []
        for (helper, key) in asked where !useless.contains(helper) {
            switch try CredentialHelper.ask(helper, key, before: deadline) {
            case .found(let credentials):
                search.credentials = credentials
                return search
            case .none: continue
            case .failed(let problem, let isFinal):
                if isFinal { useless.insert(helper) }
                search.add(problem)
            }
        }
        // The keys of this one are names, which Go compares as they are.
        guard let auths = try table.table("auths", otherCase: .differs) else { return search }
        search.credentials = try credentials(of: registry, repository: repository, in: auths)
        return search
    }

    /// The credentials that a table of registries has of a repository; nil where it has none.
    private static func credentials(
        of registry: String, repository: String, in auths: JSONTable
    ) throws(DocumentError) -> RegistryCredentials? {
        let parts = repository.split(separator: "/")
        let prefixes = (0..<parts.count).map { "\(registry)/" + parts.dropLast($0).joined(separator: "/") }
        // Addresses count by their hosts, after the keys that are the name itself.
        let hosts = hosts(of: registry)
        let addresses = auths.members.map(\.key).filter { key in host(ofAddress: key).map { hosts.contains($0) } == true
        }
        for key in prefixes + names(registry) + addresses {
            guard let entry = try auths.table(key, otherCase: .isTaken) else { continue }
            if let found = try credentials(entry, key) { return found }
        }
        return nil
    }

    /// The host of a key that is an address; nil for every other key, `host/team` among them, which podman takes for a path.
    ///
    /// Docker drops the scheme and everything after the host
    /// (https://pkg.go.dev/github.com/docker/cli/cli/config/credentials#ConvertToHostname), and podman does so too.
    private static func host(ofAddress key: String) -> Substring? {
        for scheme in ["https://", "http://"] where key.hasPrefix(scheme) {
            return key.dropFirst(scheme.count).prefix { $0 != "/" }
        }
        return nil
    }

    /// The names of the host of a registry.
    private static func hosts(of registry: String) -> [Substring] {
        registry == "docker.io" ? ["docker.io", "index.docker.io", "registry-1.docker.io"] : [registry[...]]
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

    /// The keys under which tools write a registry, and under which helpers keep it.
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

    /// A place where tools keep credentials.
    struct Source: Sendable, Hashable {
        let name: String
        /// The configuration itself; nil where the name is that of a file.
        var text: String?
        /// Whether the user names the file, so that it has to be there.
        var isNamed = false
        /// Whether it is the table of registries itself, as Docker wrote it before 1.7.
        var isLegacy = false

        /// The bytes; nil where there is no such file.
        func read() throws(ArchiveReadingError) -> [UInt8]? {
            if let text { return Array(text.utf8) }
            if !isNamed, access(name, F_OK) != 0, errno == ENOENT || errno == ENOTDIR { return nil }
            return try readFile(path: name, limit: 1 << 20)
        }
    }

    /// A variable of this process.
    static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// The places where credentials are looked for, in this order: `DOCKER_AUTH_CONFIG`, the configuration itself; what
    /// podman writes, `REGISTRY_AUTH_FILE` or `XDG_RUNTIME_DIR/containers/auth.json`, `/run/containers/UID/auth.json`
    /// without that variable; `XDG_CONFIG_HOME/containers/auth.json`, most often in `~/.config`; `DOCKER_CONFIG/config.json` or
    /// `~/.docker/config.json`; `~/.dockercfg`.
    ///
    /// It is the order of containers-auth.json(5)
    /// (https://github.com/containers/image/blob/main/docs/containers-auth.json.5.md), with `DOCKER_CONFIG` as in
    /// https://github.com/containers/image/blob/main/pkg/docker/config/config.go.
    static func sources(_ variables: (String) -> String?, user: UInt32 = getuid()) -> [Source] {
        func value(_ name: String) -> String? { variables(name).flatMap { $0.isEmpty ? nil : $0 } }
        let home = value("HOME")
        var sources: [Source] = []
        if let text = value("DOCKER_AUTH_CONFIG") { sources.append(Source(name: "DOCKER_AUTH_CONFIG", text: text)) }
        if let path = value("REGISTRY_AUTH_FILE") {
            sources.append(Source(name: path, isNamed: true))
        } else {
            let folder = value("XDG_RUNTIME_DIR").map { "\($0)/containers" } ?? "/run/containers/\(user)"
            sources.append(Source(name: "\(folder)/auth.json"))
        }
        if let folder = value("XDG_CONFIG_HOME") ?? home.map({ "\($0)/.config" }) {
            sources.append(Source(name: "\(folder)/containers/auth.json"))
        }
        if let folder = value("DOCKER_CONFIG") ?? home.map({ "\($0)/.docker" }) {
            sources.append(Source(name: "\(folder)/config.json"))
        }
        if let home { sources.append(Source(name: "\(home)/.dockercfg", isLegacy: true)) }
        return sources
    }
}
