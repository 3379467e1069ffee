/// A reference to a container image: registry, repository, tag, digest.
///
/// Grammar: https://github.com/distribution/reference/blob/main/reference.go. A repository is lower case; a first
/// component with a dot, a colon or the name `localhost` is a registry. Docker's shorthand is kept as written and expanded
/// only where a name is compared: ``canonicalRepository``.
public struct ImageReference: Sendable, Hashable, CustomStringConvertible {
    /// The repository as written, with its registry: `python`, `ghcr.io/astral-sh/uv`, `localhost:5000/x`.
    public let repository: String
    /// The tag; nil when none is written.
    public let tag: String?
    /// The digest; nil when none is written.
    public let digest: Digest?

    /// Creates a reference from validated parts.
    package init(repository: String, tag: String?, digest: Digest?) {
        self.repository = repository
        self.tag = tag
        self.digest = digest
    }

    /// Reads `[HOST[:PORT]/]PATH[:TAG][@DIGEST]`; nil when the text is not of the grammar.
    public init?(_ text: String) {
        var rest = text[...]
        var digest: Digest?
        if let at = rest.firstIndex(of: "@") {
            guard let parsed = Digest(rest[rest.index(after: at)...]) else { return nil }
            digest = parsed
            rest = rest[..<at]
        }
        var tag: String?
        if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("/"), !rest[colon...].contains("]") {
            let written = rest[rest.index(after: colon)...]
            guard Self.isTag(written.utf8) else { return nil }
            tag = String(written)
            rest = rest[..<colon]
        }
        let components = rest.split(separator: "/", omittingEmptySubsequences: false)
        guard let first = components.first, rest.utf8.count <= 255 else { return nil }
        let hasRegistry =
            components.count > 1
            && (first.contains(".") || first.contains(":") || first == "localhost" || first.contains { $0.isUppercase })
        if hasRegistry, !Self.isRegistry(first) { return nil }
        let path = hasRegistry ? components.dropFirst() : components[...]
        guard !path.isEmpty, path.allSatisfy({ Self.isPathComponent(Array($0.utf8)) }) else { return nil }
        self.init(repository: String(rest), tag: tag, digest: digest)
    }

    /// `repository[:tag][@digest]`.
    public var description: String {
        repository + (tag.map { ":\($0)" } ?? "") + (digest.map { "@\($0)" } ?? "")
    }

    /// The registry's host with its port, `docker.io` where none is written.
    package var registry: String {
        let components = repository.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard components.count == 2, let first = components.first,
            first.contains(".") || first.contains(":") || first == "localhost" || first.contains(where: \.isUppercase)
        else { return "docker.io" }
        return first == "index.docker.io" ? "docker.io" : String(first)
    }

    /// The repository with its registry and Docker Hub's `library/` written out: `docker.io/library/python`.
    package var canonicalRepository: String {
        let host = registry
        var path = repository
        if repository.hasPrefix(host + "/") || repository.hasPrefix("index.docker.io/") {
            path = String(repository.split(separator: "/", maxSplits: 1)[1])
        }
        if host == "docker.io", !path.contains("/") { path = "library/" + path }
        return host + "/" + path
    }

    /// Returns a name with everything written out that Docker lets one leave away; what is no reference as it is.
    package static func canonical(_ name: String) -> String {
        guard let reference = ImageReference(name) else { return name }
        if let digest = reference.digest, reference.tag == nil { return "\(reference.canonicalRepository)@\(digest)" }
        return "\(reference.canonicalRepository):\(reference.tag ?? "latest")"
    }

    /// Hashed with a digest, exact with a tag that is not `latest`, else floating. `latest-gpu` is a `latest` too.
    package var strength: PinStrength {
        if digest != nil { return .hashed }
        guard let tag, !tag.split(whereSeparator: { "-_.".contains($0) }).contains("latest") else { return .floating }
        return .exact
    }

    private static func isTag(_ bytes: Substring.UTF8View) -> Bool {
        guard let first = bytes.first, first != UInt8(ascii: "-"), first != UInt8(ascii: "."), bytes.count <= 128 else {
            return false
        }
        return bytes.allSatisfy { isWord($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        byte.isLowercaseHexDigit || (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(byte)
    }

    private static func isRegistry(_ text: Substring) -> Bool {
        if text.first == "[", let close = text.firstIndex(of: "]") {
            // An address of IPv6 in brackets (RFC 3986, section 3.2.2).
            let address = text[text.index(after: text.startIndex)..<close]
            let port = text[text.index(after: close)...]
            return address.utf8.count(where: { $0 == UInt8(ascii: ":") }) >= 2
                && address.utf8.allSatisfy({ isHexDigit($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") })
                && (port.isEmpty
                    || (port.first == ":" && port.utf8.count > 1 && port.utf8.dropFirst().allSatisfy(\.isASCIIDigit)))
        }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let host = parts.first, !host.isEmpty else { return false }
        if parts.count == 2, parts[1].isEmpty || !parts[1].utf8.allSatisfy({ $0.isASCIIDigit }) {
            return false
        }
        return host.utf8.allSatisfy {
            (isWord($0) && $0 != UInt8(ascii: "_")) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
        }
    }

    /// Lower-case letters and digits, joined by `.`, `_`, `__` or any number of `-`.
    private static func isPathComponent(_ bytes: [UInt8]) -> Bool {
        func isAlphanumeric(_ byte: UInt8) -> Bool { byte.isASCIIDigit || byte.isASCIILowercase }
        guard let first = bytes.first, let last = bytes.last, isAlphanumeric(first), isAlphanumeric(last) else {
            return false
        }
        var index = 0
        while index < bytes.count {
            if isAlphanumeric(bytes[index]) {
                index += 1
                continue
            }
            let start = index
            while index < bytes.count, !isAlphanumeric(bytes[index]) { index += 1 }
            let separator = bytes[start..<index]
            let allowed =
                separator == [UInt8(ascii: ".")] || separator == [UInt8(ascii: "_")]
                || separator == [UInt8(ascii: "_"), UInt8(ascii: "_")]
                || separator.allSatisfy { $0 == UInt8(ascii: "-") }
            if !allowed { return false }
        }
        return true
    }
}
