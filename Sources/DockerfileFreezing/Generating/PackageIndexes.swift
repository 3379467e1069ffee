import EnvironmentInventory
import LockFormats
import SourceDocuments

/// What an installation needs besides the default index: lines of options for the requirements file, and the secrets that the
/// indexes' servers ask for.
///
/// No secret is written: credentials in a URL are left out, and the server's are taken from a netrc file
/// (https://pip.pypa.io/en/stable/topics/authentication/#netrc-support); variables (`${TOKEN}`) stay, and their values come
/// from secrets of the same names (https://docs.docker.com/build/building/secrets/).
package struct PackageIndexes: Sendable, Hashable {
    /// Lines of a requirements file: `--index-url URL`.
    package private(set) var options: [String] = []
    /// The variables in ``options``, sorted.
    package private(set) var variables: [String] = []
    /// The hosts other than those of the default index, sorted: each may ask for a password.
    package private(set) var hosts: [String] = []
    /// The hosts of which a lock holds credentials, sorted: these ask for a password.
    package private(set) var closedHosts: [String] = []

    /// The default index, and nothing else.
    package init() {}

    /// Adds the options that a file states.
    ///
    /// - Returns: why one of them cannot be kept, a line each.
    mutating func add(_ indexes: [LockIndex]) -> [String] {
        var refused: [String] = []
        for index in indexes {
            let option: String
            switch index.kind {
            case .primary:
                if Self.isDefault(index.url) { continue }
                option = "--index-url"
            case .extra: option = "--extra-index-url"
            case .findLinks: option = "--find-links"
            case .channel: continue
            }
            let place = "\(index.file):\(index.range.start.line): "
            guard index.url.contains("://"), !index.url.lowercased().hasPrefix("file:") else {
                refused.append(
                    "\(place)\(option) \(index.url) is a directory that the build does not have: lock the packages by their URLs"
                )
                continue
            }
            if let reason = add(option, index.url) {
                refused.append(place + reason)
            } else if index.isTrusted, let host = Self.host(index.url), !options.contains("--trusted-host \(host)") {
                // The hashes say what may come from there.
                options.append("--trusted-host \(host)")
            }
        }
        return refused
    }

    /// Adds one option; returns why it cannot be kept.
    mutating func add(_ option: String, _ url: String) -> String? {
        let plain = Self.withoutCredentials(url)
        var rest = plain[...]
        var names: [String] = []
        while let open = rest.firstRange(of: "${") {
            guard let close = rest[open.upperBound...].firstIndex(of: "}") else { break }
            let name = String(rest[open.upperBound..<close])
            guard Self.isVariable(name) else { break }
            names.append(name)
            rest = rest[..<open.lowerBound] + rest[rest.index(after: close)...]
        }
        guard FreezeText.isURL(String(rest)) else {
            return "\(option) \(URLCredentials.redacted(url)) cannot be written into a requirements file"
        }
        let line = "\(option) \(plain)"
        if !options.contains(line) { options.append(line) }
        variables = Set(variables).union(names).sorted()
        addHost(of: url)
        return nil
    }

    /// Notes the host of a URL from which something is downloaded.
    mutating func addHost(of url: String) {
        guard let host = Self.host(url), !Self.isDefault(url) else { return }
        if !hosts.contains(host) { hosts = (hosts + [host]).sorted() }
        if Self.withoutCredentials(url) != url, !closedHosts.contains(host) {
            closedHosts = (closedHosts + [host]).sorted()
        }
    }

    /// Adds what another installation in the same stage needs.
    mutating func formUnion(_ other: PackageIndexes) {
        variables = Set(variables).union(other.variables).sorted()
        hosts = Set(hosts).union(other.hosts).sorted()
        closedHosts = Set(closedHosts).union(other.closedHosts).sorted()
    }

    /// Returns the options of RUN that mount the secrets, with a blank after each; empty where none is needed.
    var mounts: String { secrets.map { "--mount=type=secret,id=\($0) " }.joined() }

    /// Returns the assignments before a command that reads the secrets, with a blank after each.
    var assignments: String {
        (hosts.isEmpty ? "" : "NETRC=/run/secrets/netrc ")
            + variables.map { "\($0)=\"$(cat /run/secrets/\($0))\" " }.joined()
    }

    /// The ids of the secrets that the build may take.
    package var secrets: [String] { (hosts.isEmpty ? [] : ["netrc"]) + variables }

    /// The ids of the secrets without which the build fails.
    package var requiredSecrets: [String] { (closedHosts.isEmpty ? [] : ["netrc"]) + variables }

    /// What to do where a server asks for a password; nil where only the default index is used.
    package var note: String? {
        if hosts.isEmpty { return nil }
        if closedHosts.isEmpty {
            return
                "packages come from \(hosts.joined(separator: ", ")): where it asks for a password, build with --secret "
                + "id=netrc,src=FILE, a netrc file"
        }
        return
            "the credentials of \(closedHosts.joined(separator: ", ")) are not written: the build takes them from the netrc file of "
            + "--secret id=netrc,src=FILE"
    }

    private static func isVariable(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy { $0.isASCIIUppercase || $0.isASCIIDigit || $0 == UInt8(ascii: "_") }
    }

    /// The second-level names of the default index and of the host of its files.
    private static let defaultDomains = ["pypi", "pythonhosted"].map { $0 + ".org" }

    /// Whether a URL is the default index's, or that of one of its files.
    package static func isDefault(_ url: String) -> Bool {
        guard let host = host(url) else { return false }
        return defaultDomains.contains { host == $0 || host.hasSuffix("." + $0) }
    }

    /// The host of a URL with its port, in lower case; nil for a path.
    static func host(_ url: String) -> String? {
        guard let scheme = url.firstRange(of: "://") else { return nil }
        let authority = url[scheme.upperBound...].prefix { !"/?#".contains($0) }
        let host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        return host.isEmpty ? nil : host.lowercased()
    }

    /// A URL without the user and password that it holds; variables stay.
    static func withoutCredentials(_ url: String) -> String {
        guard let scheme = url.firstRange(of: "://") else { return url }
        let authority = url[scheme.upperBound...].prefix { !"/?#".contains($0) }
        guard let at = authority.lastIndex(of: "@") else { return url }
        let user = authority[..<at]
        // A user that is not secret beside a variable: `user:${TOKEN}`.
        let secret = user.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).last ?? user
        if secret.hasPrefix("${"), secret.hasSuffix("}"), !user.hasPrefix(":") { return url }
        return String(url[..<scheme.upperBound] + url[authority.index(after: at)...])
    }
}
