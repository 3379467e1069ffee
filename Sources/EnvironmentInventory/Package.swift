import SourceDocuments

/// The file that an installer downloads: a wheel, an sdist, a conda package, a .deb.
public struct Artifact: Sendable, Hashable {
    /// The file name, percent-decoded; nil where a lock names none.
    public let name: String?
    /// The URL that the lock records; nil if it records none.
    public let url: String?
    /// The artifact's hashes, sorted.
    public let hashes: [Digest]
    /// The size in bytes; nil if the lock does not record it.
    package let size: Int?

    /// Creates an artifact.
    package init(name: String?, url: String?, hashes: [Digest], size: Int? = nil) {
        self.name = name
        self.url = url
        self.hashes = hashes.sorted()
        self.size = size
    }
}

/// Where a fact was read: a file and the line on which the entry starts.
public struct FileLocation: Sendable, Hashable {
    /// The file as it was given, or its path inside of the archive or image.
    public let file: String
    /// The first line of the entry; nil where lines mean nothing.
    public let line: Int?

    /// Creates a location.
    package init(file: String, line: Int?) {
        self.file = file
        self.line = line
    }
}

/// How the files of an installed package agree with the package's own record.
package enum RecordCheck: Sendable, Hashable {
    /// Every recorded file was read and agrees.
    case intact
    /// At least one recorded file is missing or has other bytes.
    case altered([RecordDisagreement])
    /// The record cannot be checked, and why: it is missing, cannot be read, or names no hashes.
    case uncheckable(String)
}

/// One file that does not agree with the record that names it.
package struct RecordDisagreement: Sendable, Hashable {
    /// What is wrong with the file.
    package enum Kind: Sendable, Hashable {
        case missing
        case changed(recorded: Digest, found: Digest)
        case size(recorded: Int, found: Int)
    }
    /// The path of the file in the image or on disk.
    package let path: String
    /// What is wrong.
    package let kind: Kind
    /// The layer that holds the file, as `sha256:...` of its diff_id; nil outside of images or where the file is missing.
    package let layer: String?

    /// Creates a disagreement.
    package init(path: String, kind: Kind, layer: String? = nil) {
        self.path = path
        self.kind = kind
        self.layer = layer
    }

    /// One sentence, without a full stop at the end.
    package var message: String {
        let place = layer.map { " (layer \($0))" } ?? ""
        return switch kind {
        case .missing: "\(path) is recorded but missing"
        case .changed(let recorded, let found): "\(path) has \(found), the record has \(recorded)\(place)"
        case .size(let recorded, let found): "\(path) has \(found) bytes, the record has \(recorded)\(place)"
        }
    }
}

/// Where an installed package came from when it was not an index, as its installer noted it
/// (https://packaging.python.org/en/latest/specifications/direct-url/).
package struct DirectOrigin: Sendable, Hashable {
    /// What kind of place it is.
    package enum Kind: Sendable, Hashable {
        /// A wheel or a source archive, with its hashes as the installer claims them.
        case archive([Digest])
        /// A repository: `git`, the commit, and the revision that was asked for. A lock may give no commit; an installer
        /// always notes one.
        case repository(type: String, commit: String?, revision: String?)
        /// A directory.
        case directory(isEditable: Bool)
    }
    /// The URL.
    package let url: String
    /// What kind of place it is.
    package let kind: Kind
    /// The subdirectory that holds the project; nil for the root.
    package let subdirectory: String?

    /// Creates an origin.
    package init(url: String, kind: Kind, subdirectory: String? = nil) {
        self.url = url
        self.kind = kind
        self.subdirectory = subdirectory
    }
}

/// One package of an environment: installed, or required by a lock.
public struct Package: Sendable, Hashable {
    /// The ecosystem it comes from.
    public let ecosystem: Ecosystem
    /// The name, normalised as its ecosystem does (PEP 503 for Python).
    public package(set) var name: String
    /// The exact version; nil if there is none.
    public let version: String?
    /// The version constraint if there is no exact version, such as `>=2`; nil if there is none.
    public var versionRequirement: String?
    /// The artifacts that a lock allows, in the lock's order.
    public var artifacts: [Artifact] = []
    /// The digest over the installed files or over the wheel's members (design section 5), when bytes were at hand.
    public var contentDigest: Digest?
    /// Where it is installed: the directory that holds it, or the path of the record.
    public var location: String?
    /// What installed it, according to its record: `pip`, `uv`, `conda`, `dpkg`.
    package var installer: String?
    /// The environment marker as written, or nil.
    package var marker: String?
    /// The architecture as the package database names it, `amd64`, `all`.
    package var architecture: String?
    /// Where the fact was read.
    public var source: FileLocation?
    /// The layer that brought it, as `sha256:...` of its diff_id; nil outside of images or if unknown.
    package var layer: String?
    /// The distribution whose package it is, the `ID` of os-release (`debian`, `ubuntu`, `fedora`); nil where it is not known.
    package var distribution: String?
    /// How the installed files agree with the package's record; nil for a package that is not installed.
    package var recordCheck: RecordCheck?
    /// Artifact hashes that the installer itself noted (direct_url.json, conda-meta); a claim, not a proof.
    package var claimedHashes: [Digest] = []
    /// The VCS commit that the package is pinned to, or nil.
    package var commit: String?
    /// What differs from the record and is allowed to, a sentence each: a configuration file that was edited, documentation
    /// that was left out.
    package var recordNotes: [String] = []
    /// Scripts of entry points that are not what installers make from them, a sentence each.
    package var foreignLaunchers: [String] = []
    /// The top-level modules that an installed Python package provides, sorted: `PIL` of pillow.
    package var modules: [String] = []
    /// The tags of the wheel that was installed, as its WHEEL file lists them.
    package var wheelTags: [String] = []
    /// Where it came from if not from an index; nil for a package of an index, or if unknown.
    package var origin: DirectOrigin?
    /// The URL of the index that a lock names for the package; nil where it names none.
    package var index: String?
    /// What a lock or requirement names in place of an index, without credentials: a repository with its commit and
    /// subdirectory, a URL, a path. Nil for a package of an index.
    package var reference: String?
    /// What an installed Python package depends on, its `Requires-Dist` as written.
    package var requirements: [String] = []
    /// The names of the packages that a lock says it depends on, under any condition; nil where the lock says none.
    package var dependencies: [String]?

    /// Creates a package; everything that is not name and version is set afterwards.
    package init(ecosystem: Ecosystem, name: String, version: String?) {
        self.ecosystem = ecosystem
        self.name = name
        self.version = version
    }

    /// The hashes of all artifacts, without repetition, sorted.
    public var hashes: [Digest] {
        let all = artifacts.flatMap(\.hashes)
        return all.count < 2 ? all : Set(all).sorted()
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
