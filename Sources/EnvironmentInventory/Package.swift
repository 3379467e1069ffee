import SourceDocuments

/// One package of an environment: installed, or required by a lock.
///
/// An environment has thousands of them, and most of what a package can have is missing from most: a copy shares everything
/// with its original until one of them is changed.
public struct Package: Sendable, Hashable {
    private var box: PackageBox

    /// The ecosystem it comes from.
    public var ecosystem: Ecosystem { box.facts.ecosystem }
    /// The name, normalised as its ecosystem does (PEP 503 for Python).
    public package(set) var name: String {
        get { box.facts.name }
        set { change { $0.name = newValue } }
    }
    /// The exact version; nil if there is none.
    public var version: String? { box.facts.version }
    /// The version constraint if there is no exact version, such as `>=2`; nil if there is none.
    public var versionRequirement: String? {
        get { box.facts.versionRequirement }
        set { change { $0.versionRequirement = newValue } }
    }
    /// The artifacts that a lock allows, in the lock's order.
    public var artifacts: [Artifact] {
        get { box.facts.artifacts }
        set { change { $0.artifacts = newValue } }
    }
    /// The digest over the installed files or over the wheel's members (design section 5), when bytes were at hand.
    public var contentDigest: Digest? {
        get { box.facts.contentDigest }
        set { change { $0.contentDigest = newValue } }
    }
    /// The digest over everything that the record names and that is there, but for what each installer writes in its own way:
    /// scripts count, which the content digest leaves out. Nil where the installed files are not known or lie elsewhere.
    package var installedDigest: Digest? {
        get { box.facts.installedDigest }
        set { change { $0.installedDigest = newValue } }
    }
    /// Where it is installed: the directory that holds it, or the path of the record.
    public var location: String? {
        get { box.facts.location }
        set { change { $0.location = newValue } }
    }
    /// What installed it, according to its record: `pip`, `uv`, `conda`, `dpkg`.
    package var installer: String? {
        get { box.facts.installer }
        set { change { $0.installer = newValue } }
    }
    /// The environment marker as written, or nil.
    package var marker: String? {
        get { box.facts.marker }
        set { change { $0.marker = newValue } }
    }
    /// The architecture as the package database names it, `amd64`, `all`.
    package var architecture: String? {
        get { box.facts.architecture }
        set { change { $0.architecture = newValue } }
    }
    /// Where the fact was read.
    public var source: FileLocation? {
        get { box.facts.source }
        set { change { $0.source = newValue } }
    }
    /// The layer that brought it, as `sha256:...` of its diff_id; nil outside of images or if unknown.
    package var layer: String? {
        get { box.facts.layer }
        set { change { $0.layer = newValue } }
    }
    /// The distribution whose package it is, the `ID` of os-release (`debian`, `ubuntu`, `fedora`); nil where it is not known.
    package var distribution: String? {
        get { box.facts.distribution }
        set { change { $0.distribution = newValue } }
    }
    /// How the installed files agree with the package's record; nil for a package that is not installed.
    package var recordCheck: RecordCheck? {
        get { box.facts.recordCheck }
        set { change { $0.recordCheck = newValue } }
    }
    /// Artifact hashes that the installer itself noted (direct_url.json, conda-meta); a claim, not a proof.
    package var claimedHashes: [Digest] {
        get { box.facts.claimedHashes }
        set { change { $0.claimedHashes = newValue } }
    }
    /// The VCS commit that the package is pinned to, or nil.
    package var commit: String? {
        get { box.facts.commit }
        set { change { $0.commit = newValue } }
    }
    /// What differs from the record and is allowed to, a sentence each: a configuration file that was edited, documentation
    /// that was left out.
    package var recordNotes: [String] {
        get { box.facts.recordNotes }
        set { change { $0.recordNotes = newValue } }
    }
    /// Scripts of entry points that are not what installers make from them, a sentence each.
    package var foreignLaunchers: [String] {
        get { box.facts.foreignLaunchers }
        set { change { $0.foreignLaunchers = newValue } }
    }
    /// The top-level modules that an installed Python package provides, sorted: `PIL` of pillow.
    package var modules: [String] {
        get { box.facts.modules }
        set { change { $0.modules = newValue } }
    }
    /// The tags of the wheel that was installed, as its WHEEL file lists them.
    package var wheelTags: [String] {
        get { box.facts.wheelTags }
        set { change { $0.wheelTags = newValue } }
    }
    /// Where it came from if not from an index; nil for a package of an index, or if unknown.
    package var origin: DirectOrigin? {
        get { box.facts.origin }
        set { change { $0.origin = newValue } }
    }
    /// Whether a lock has it built from its source archive where there are wheels too: no hash says what that gives.
    package var isBuilt: Bool {
        get { box.facts.isBuilt }
        set { change { $0.isBuilt = newValue } }
    }
    /// The URL of the index that a lock names for the package; nil where it names none.
    package var index: String? {
        get { box.facts.index }
        set { change { $0.index = newValue } }
    }
    /// What a lock or requirement names in place of an index, without credentials: a repository with its commit and
    /// subdirectory, a URL, a path. Nil for a package of an index.
    package var reference: String? {
        get { box.facts.reference }
        set { change { $0.reference = newValue } }
    }
    /// What an installed Python package depends on, its `Requires-Dist` as written.
    package var requirements: [String] {
        get { box.facts.requirements }
        set { change { $0.requirements = newValue } }
    }
    /// The names of the packages that a lock says it depends on, under any condition; nil where the lock says none.
    package var dependencies: [String]? {
        get { box.facts.dependencies }
        set { change { $0.dependencies = newValue } }
    }

    /// Creates a package; everything that is not name and version is set afterwards.
    package init(ecosystem: Ecosystem, name: String, version: String?) {
        box = PackageBox(PackageFacts(ecosystem: ecosystem, name: name, version: version))
    }

    private mutating func change(_ body: (inout PackageFacts) -> Void) {
        if !isKnownUniquelyReferenced(&box) { box = PackageBox(box.facts) }
        body(&box.facts)
    }

    /// The hashes of all artifacts, without repetition, sorted.
    public var hashes: [Digest] {
        var all = artifacts.flatMap(\.hashes)
        if all.count < 2 { return all }
        all.sort()
        var unique: [Digest] = []
        unique.reserveCapacity(all.count)
        for digest in all where unique.last != digest { unique.append(digest) }
        return unique
    }

    /// How firmly the package is pinned: hashed, exact or floating.
    public var strength: PinStrength {
        if commit != nil || artifacts.contains(where: { !$0.hashes.isEmpty }) { return .hashed }
        return version == nil ? .floating : .exact
    }

    /// The package URL, `pkg:pypi/numpy@1.26.4`; nil where the ecosystem has none
    /// (https://github.com/package-url/purl-spec).
    public var packageURL: String? {
        guard let type = ecosystem.packageURLType else { return nil }
        // The epoch of an rpm is not a part of the version (https://github.com/package-url/purl-spec, rpm).
        let parts =
            ecosystem == .rpm
            ? version?.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false) ?? [] : []
        let epoch = parts.count == 2 ? String(parts[0]) : nil
        let version = (epoch == nil ? version : String(parts[1])).map { "@" + Self.percentEncoded($0) } ?? ""
        let qualifiers = [("arch", architecture), ("epoch", epoch)].compactMap { name, value in
            value.map { "\(name)=\(Self.percentEncoded($0))" }
        }
        let qualifier = qualifiers.isEmpty ? "" : "?" + qualifiers.joined(separator: "&")
        let path =
            name.utf8.contains(UInt8(ascii: "/"))
            ? name.split(separator: "/").map { Self.percentEncoded(String($0)) }.joined(separator: "/")
            : Self.percentEncoded(name)
        let namespace: String? =
            switch ecosystem {
            case .apt: distribution ?? "debian"
            case .apk: distribution ?? "alpine"
            case .rpm: distribution
            default: nil
            }
        return "pkg:\(type)/\(namespace.map { Self.percentEncoded($0) + "/" } ?? "")\(path)\(version)\(qualifier)"
    }

    /// A package URL leaves colons as they are.
    private static func percentEncoded(_ text: String) -> String { PercentEncoding.encode(text, keeping: ":") }
}

/// What a ``Package`` says, each fact as it is described there.
private struct PackageFacts: Sendable, Hashable {
    let ecosystem: Ecosystem
    var name: String
    let version: String?
    var versionRequirement: String?
    var artifacts: [Artifact] = []
    var contentDigest: Digest?
    var installedDigest: Digest?
    var location: String?
    var installer: String?
    var marker: String?
    var architecture: String?
    var source: FileLocation?
    var layer: String?
    var distribution: String?
    var recordCheck: RecordCheck?
    var claimedHashes: [Digest] = []
    var commit: String?
    var recordNotes: [String] = []
    var foreignLaunchers: [String] = []
    var modules: [String] = []
    var wheelTags: [String] = []
    var origin: DirectOrigin?
    var isBuilt = false
    var index: String?
    var reference: String?
    var requirements: [String] = []
    var dependencies: [String]?

    init(ecosystem: Ecosystem, name: String, version: String?) {
        self.ecosystem = ecosystem
        self.name = name
        self.version = version
    }
}

/// Shares the facts of copies. Sendable, because a package changes them only where no other package has them.
private final class PackageBox: @unchecked Sendable, Hashable {
    var facts: PackageFacts

    init(_ facts: PackageFacts) { self.facts = facts }

    static func == (left: PackageBox, right: PackageBox) -> Bool { left === right || left.facts == right.facts }

    func hash(into hasher: inout Hasher) { hasher.combine(facts) }
}
