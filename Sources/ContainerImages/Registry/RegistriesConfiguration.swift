import ArchiveReading
import EnvironmentInventory
import SourceDocuments
internal import Glibc

/// Where an image is asked for: at its own registry, or at a mirror of it.
struct RegistryPlace: Sendable, Hashable {
    /// The reference there.
    let reference: ImageReference
    /// Whether plain http, or a certificate that nobody vouches for, is good enough.
    let isInsecure: Bool
}

/// What podman, buildah and skopeo are told of registries: mirrors, other locations, insecure and blocked registries
/// (https://github.com/containers/image/blob/main/docs/containers-registries.conf.5.md).
///
/// Read are the file that `CONTAINERS_REGISTRIES_CONF` names, else `~/.config/containers/registries.conf`, else
/// `/etc/containers/registries.conf`, and the files of the `registries.conf.d` of system and user, in this order. A table of
/// a later file takes the place of an earlier one with the same prefix; in one file the first one counts, and tables of one
/// location have to agree. Keys are taken in any case, as Go's TOML does.
struct RegistriesConfiguration: Sendable, Hashable {
    private struct Mirror: Sendable, Hashable {
        let location: String
        let isInsecure: Bool
        let takesTags: Bool
        let takesDigests: Bool
    }

    private struct Rule: Sendable, Hashable {
        let prefix: String
        let location: String?
        let isInsecure: Bool
        let isBlocked: Bool
        let mirrors: [Mirror]
    }

    private var rules: [String: Rule] = [:]

    /// Creates a configuration that knows no registry.
    init() {}

    /// Returns the configuration of this user; an unreadable or invalid file is an error, because it may name a mirror.
    static func ofSystem() throws(DocumentError) -> RegistriesConfiguration {
        let home = variable("HOME").map { "\($0)/.config/containers" }
        let files =
            variable("CONTAINERS_REGISTRIES_CONF").map { [$0] }
            ?? [home.map { "\($0)/registries.conf" }, "/etc/containers/registries.conf"].compactMap { $0 }
        var configuration = RegistriesConfiguration()
        if let file = files.first(where: { access($0, F_OK) == 0 }) { try configuration.add(file: file) }
        for directory in ["/etc/containers", home].compactMap({ $0.map { "\($0)/registries.conf.d" } }) {
            if access(directory, R_OK | X_OK) != 0, errno != ENOENT, errno != ENOTDIR {
                throw DocumentError(file: directory, place: nil, reason: "the directory cannot be read")
            }
            for file in names(of: directory, endingIn: ".conf") { try configuration.add(file: file, isDropIn: true) }
        }
        return configuration
    }

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    private mutating func add(file: String, isDropIn: Bool = false) throws(DocumentError) {
        let bytes: [UInt8]
        do throws(ArchiveReadingError) { bytes = try readFile(path: file, limit: 1 << 20) } catch {
            throw DocumentError(file: file, place: nil, reason: String(error.description.dropFirst(file.count + 2)))
        }
        try add(SourceText(name: file, bytes: bytes), isDropIn: isDropIn)
    }

    /// Adds the tables of a file, of version 2 or 1; a file of `registries.conf.d` has to be of version 2.
    mutating func add(_ text: SourceText, isDropIn: Bool = false) throws(DocumentError) {
        let root = try JSONTable(TOMLReader.read(text), name: text.name, otherCase: .isTaken)
        var own: [String: Rule] = [:]
        var first: [String: Rule] = [:]
        for table in try root.has("registry") ? root.tables("registry") : [] {
            let rule = try Self.rule(table)
            let place = rule.location ?? rule.prefix
            if let other = first[place] {
                for (setting, agrees) in [
                    ("blocked", other.isBlocked == rule.isBlocked), ("insecure", other.isInsecure == rule.isInsecure),
                ] where !agrees {
                    throw table.error("'\(place)' has several tables with different values of '\(setting)'")
                }
            }
            first[place] = first[place] ?? rule
            own[rule.prefix] = own[rule.prefix] ?? rule
        }
        let old = try root.table("registries")
        // The later list counts: what is in both is blocked.
        for (kind, isBlocked) in [("insecure", false), ("block", true)] {
            for written in try old?.table(kind)?.stringList("registries") ?? [] {
                guard !isDropIn, first.isEmpty else {
                    throw root.error(
                        isDropIn
                            ? "lists of version 1 do not count in registries.conf.d"
                            : "tables of version 2 and lists of version 1 are in one file")
                }
                let prefix = try Self.prefix(written, root)
                own[prefix] = Rule(
                    prefix: prefix, location: nil, isInsecure: !isBlocked, isBlocked: isBlocked, mirrors: [])
            }
        }
        rules.merge(own) { $1 }
    }

    private static func rule(_ table: JSONTable) throws(DocumentError) -> Rule {
        let location = try location(table)
        let written = try table.string("prefix").flatMap { $0.isEmpty ? nil : $0 }
        guard let prefix = try written.map({ text throws(DocumentError) in try Self.prefix(text, table) }) ?? location
        else { throw table.error("a registry needs a prefix or a location") }
        let isByDigestOnly = try table.boolean("mirror-by-digest-only") ?? false
        var mirrors: [Mirror] = []
        for mirror in try table.has("mirror") ? table.tables("mirror") : [] {
            guard let place = try self.location(mirror) else { throw mirror.error("a mirror needs a location") }
            let written = try mirror.string("pull-from-mirror") ?? ""
            let pull = written.isEmpty ? "all" : written
            guard ["all", "digest-only", "tag-only"].contains(pull) else {
                throw mirror.error("pull-from-mirror is all, digest-only or tag-only, not \(pull)")
            }
            mirrors.append(
                Mirror(
                    location: place, isInsecure: try mirror.boolean("insecure") ?? false,
                    takesTags: pull != "digest-only" && !isByDigestOnly, takesDigests: pull != "tag-only"))
        }
        return Rule(
            prefix: prefix, location: location, isInsecure: try table.boolean("insecure") ?? false,
            isBlocked: try table.boolean("blocked") ?? false, mirrors: mirrors)
    }

    /// The location of a table, without slashes at its end; nil when it has none.
    private static func location(_ table: JSONTable) throws(DocumentError) -> String? {
        guard var location = try table.string("location"), !location.isEmpty else { return nil }
        while location.hasSuffix("/") { location.removeLast() }
        // A location is where a reference can begin, with a registry that is written out.
        guard let probe = ImageReference("\(location)/x"),
            probe.registry != "docker.io" || location == "docker.io" || location.hasPrefix("docker.io/")
        else { throw table.error("'\(location)' is not a location of a registry") }
        return location
    }

    /// A prefix without slashes at its end; one that no image can begin with is refused, as it would block nothing.
    private static func prefix(_ written: String, _ table: JSONTable) throws(DocumentError) -> String {
        var prefix = written
        while prefix.hasSuffix("/") { prefix.removeLast() }
        let host = prefix.hasPrefix("*.") ? prefix.dropFirst(2) : prefix[...]
        let isHost = ImageReference("\(host)/x") != nil
        guard prefix.hasPrefix("*.") ? isHost && !host.contains("/") : isHost || ImageReference(prefix) != nil else {
            throw table.error("'\(written)' is not a prefix of images")
        }
        return prefix
    }

    /// The places of an image in the order in which they are asked: its mirrors, then its own registry.
    ///
    /// - Throws: the sentence that says why the image may not be read.
    func places(of reference: ImageReference) throws(BlockedRegistry) -> [RegistryPlace] {
        let canonical = reference.canonicalRepository
        // podman looks for the name without tag and digest; what its manual lets block by one is blocked all the same.
        let tag = reference.tag ?? (reference.digest == nil ? "latest" : nil)
        let exact = [tag.map { "\(canonical):\($0)" }, reference.digest.map { "\(canonical)@\($0)" }].compactMap { $0 }
        if let rule = exact.compactMap({ rules[$0] }).first(where: \.isBlocked) {
            throw BlockedRegistry(prefix: rule.prefix)
        }
        guard let rule = rule(of: canonical) else { return [RegistryPlace(reference: reference, isInsecure: false)] }
        if rule.isBlocked { throw BlockedRegistry(prefix: rule.prefix) }
        let matched = Self.matched(rule.prefix, reference.registry)
        let rest = canonical.dropFirst(matched.count)
        func place(_ location: String, _ isInsecure: Bool) throws(BlockedRegistry) -> RegistryPlace {
            let repository = location + rest
            // The prefix of a host matches the host with a port, which not every location can be followed by.
            guard ImageReference(repository) != nil else {
                throw BlockedRegistry(prefix: rule.prefix, destination: repository)
            }
            return RegistryPlace(
                reference: ImageReference(repository: repository, tag: reference.tag, digest: reference.digest),
                isInsecure: isInsecure)
        }
        let own = try place(rule.location ?? matched, rule.isInsecure)
        if let other = self.rule(of: own.reference.canonicalRepository), other.isBlocked {
            throw BlockedRegistry(prefix: other.prefix)
        }
        let isPinned = reference.digest != nil
        var places: [RegistryPlace] = []
        for mirror in rule.mirrors where isPinned ? mirror.takesDigests : mirror.takesTags {
            let place = try place(mirror.location, mirror.isInsecure)
            if self.rule(of: place.reference.canonicalRepository)?.isBlocked != true { places.append(place) }
        }
        places.append(own)
        return places
    }

    /// The part of a reference that a prefix matches: a location takes the place of it alone, and a port behind it stays.
    private static func matched(_ prefix: String, _ registry: String) -> String {
        guard prefix.hasPrefix("*.") else { return prefix }
        let host = String(registry.prefix { $0 != ":" })
        return host.hasSuffix(prefix.dropFirst()) ? host : registry
    }

    /// The rule of the longest prefix: `host`, `host/path`, or `*.domain` for every host below a domain; a host without a port
    /// stands for all of its ports.
    private func rule(of repository: String) -> Rule? {
        let host = repository.prefix { $0 != "/" }
        return rules.values.filter { rule in
            if rule.prefix.hasPrefix("*.") {
                return host.prefix { $0 != ":" }.hasSuffix(rule.prefix.dropFirst())
                    || host.hasSuffix(rule.prefix.dropFirst())
            }
            return repository == rule.prefix || repository.hasPrefix(rule.prefix + "/")
                || repository.hasPrefix(rule.prefix + ":")
        }.max { $0.prefix.utf8.count < $1.prefix.utf8.count }
    }
}

/// A registry that the configuration blocks, or leads to nowhere.
struct BlockedRegistry: Error, Sendable, Hashable, CustomStringConvertible {
    let prefix: String
    /// Where an image is led that is no name of an image; nil where the registry is blocked.
    var destination: String?

    var description: String {
        guard let destination else { return "registries.conf blocks \(prefix)" }
        return "registries.conf leads images of \(prefix) to '\(destination)', which is no name of an image"
    }
}

/// Returns the paths of the files of a directory whose names end in something, sorted; none when it cannot be read.
func names(of directory: String, endingIn suffix: String) -> [String] {
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name.hasSuffix(suffix) { names.append("\(directory)/\(name)") }
    }
    return names.sorted()
}
