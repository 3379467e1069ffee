import ArchiveReading
import ContentHashing
import EnvironmentInventory
import PythonPackaging

/// How closely the packages of the operating system are looked at.
///
/// dpkg and apk record md5 and sha1 sums, which nothing else needs. md5 runs at a quarter of the speed of sha256, so that it
/// is only computed where somebody asks (docs/evidence.md has the numbers). rpm records sha256, which is there anyway.
package enum SystemRecords: Sendable, Hashable {
    /// Names and versions only.
    case named
    /// Names and versions, and the sums of the system's own Python: interpreter, standard library, packages.
    case python
    /// The content digest of each package's files too, from the sha256 of the files that is there anyway.
    case contents
    /// The files are held against dpkg's and apk's sums too.
    case checksums

    /// Whether nothing of the packages but their names and versions is looked at.
    var isNamesOnly: Bool { self == .named || self == .python }

    /// Whether the sums of dpkg and apk are computed for a file.
    func computesChecksums(_ path: [UInt8]) -> Bool {
        switch self {
        case .named, .contents: false
        // No package of a system is believed about compiled files.
        case .python: Self.isPython(path) && !PathBytes.ends(path, ".pyc")
        case .checksums: Self.canOwn(path)
        }
    }

    private static func isPython(_ path: [UInt8]) -> Bool {
        ["usr/lib/python3", "usr/bin/python3", "lib/python3", "bin/python3", "etc/python3"].contains {
            path.starts(with: $0.utf8)
        }
    }

    /// Files that no dpkg or apk package owns: what Python's installers put where the system's do not.
    static func canOwn(_ path: [UInt8]) -> Bool {
        if path.starts(with: "usr/lib/".utf8) || path.starts(with: "lib/".utf8) { return true }
        return !PathBytes.contains(path[...], "/site-packages/") && !path.starts(with: "usr/local/lib/python".utf8)
    }
}

/// Holds the files of one package of the operating system against its record.
struct SystemFileCheck {
    let system: InstalledSystem
    private var disagreements: [RecordDisagreement] = []
    private var unchecked: String?
    private var content: [(path: String, sha256: Digest)] = []
    private var leftOut = 0
    /// Whether a file has a digest of the kind that was not computed.
    private var isUncomputed = false
    private var hasStrongDigest = false
    /// The layer of the first file that is there.
    private var layer: String?
    private(set) var changedConfiguration: [String] = []
    private(set) var missingConfiguration: [String] = []

    init(_ system: InstalledSystem) { self.system = system }

    /// Documentation, which images leave out (path-exclude, `rm -rf /usr/share/doc`): its absence is said and no sign of
    /// anything, and it has no part in the content digest.
    private static let documentation = [
        "usr/share/doc/", "usr/share/man/", "usr/share/info/", "usr/share/locale/", "usr/share/lintian/",
        "usr/share/linda/", "usr/share/groff/", "usr/share/help/", "usr/share/gnome/help/", "usr/share/omf/",
    ]

    static func isDocumentation(_ path: String) -> Bool { documentation.contains { path.hasPrefix($0) } }

    /// One recorded file.
    ///
    /// - Parameters:
    ///   - path: as recorded, without a leading slash.
    ///   - place: where it lies, which a diversion changes.
    ///   - isExcluded: whether the system was told not to install it.
    mutating func check(_ path: String, at place: String, _ recorded: Digest, isExcluded: Bool) {
        let isDocumentation = Self.isDocumentation(path)
        guard let entry = system.files.lookup(place), entry.kind == .file else {
            if isDocumentation || isExcluded {
                leftOut += 1
            } else {
                disagreements.append(RecordDisagreement(path: place, kind: .missing))
            }
            return
        }
        layer = layer ?? system.layerName(entry)
        if !isDocumentation, let digest = entry.sha256?.digest { content.append((path, digest)) }
        guard system.systemRecords == .checksums || recorded.algorithm == .sha256 else {
            isUncomputed = true
            return
        }
        hasStrongDigest = hasStrongDigest || recorded.algorithm == .sha256
        guard let found = system.files.checksum(of: entry, recorded.algorithm) else {
            if system.files.isDpkgRecorded(entry.node), let sha256 = entry.sha256?.digest {
                // dpkg claims this package's file: what was copied from there is not what this record vouches for.
                disagreements.append(
                    RecordDisagreement(
                        path: place, kind: .changed(recorded: recorded, found: sha256), layer: system.layerName(entry)))
                return
            }
            unchecked = unchecked ?? "\(place) has no \(recorded.algorithm.rawValue) to compare"
            return
        }
        if found != recorded {
            disagreements.append(
                RecordDisagreement(
                    path: place, kind: .changed(recorded: recorded, found: found), layer: system.layerName(entry)))
        }
    }

    /// A recorded link, by the target that it should have.
    mutating func checkLink(_ path: String, _ recorded: Digest) {
        guard let entry = system.files.lookup(path, followingLast: false) else {
            if !Self.isDocumentation(path) { disagreements.append(RecordDisagreement(path: path, kind: .missing)) }
            return
        }
        guard case .symbolicLink(let target) = entry.kind,
            let found = try? ContentHash.digest(recorded.algorithm, of: Array(target.utf8))
        else { return }
        if found != recorded {
            disagreements.append(
                RecordDisagreement(
                    path: path, kind: .changed(recorded: recorded, found: found), layer: system.layerName(entry)))
        }
    }

    /// A recorded link, by the target itself.
    mutating func checkLink(_ path: String, target: String, mayBeMissing: Bool) {
        guard let entry = system.files.lookup(path, followingLast: false) else {
            if mayBeMissing || Self.isDocumentation(path) {
                leftOut += 1
            } else {
                disagreements.append(RecordDisagreement(path: path, kind: .missing))
            }
            return
        }
        // A folder in place of a link is what the merge of /usr leaves, a file is not.
        let found: String
        switch entry.kind {
        case .directory: return
        case .symbolicLink(let link): found = link
        case .file, .other: found = ""
        }
        guard found != target, let recorded = try? ContentHash.sha256(of: Array(target.utf8)),
            let digest = try? ContentHash.sha256(of: Array(found.utf8))
        else { return }
        disagreements.append(
            RecordDisagreement(
                path: path, kind: .changed(recorded: recorded, found: digest), layer: system.layerName(entry)))
    }

    /// A configuration file, which its owner may edit and remove.
    mutating func checkConfiguration(_ path: String, at place: String, _ recorded: Digest) {
        guard let entry = system.files.lookup(place), entry.kind == .file else {
            missingConfiguration.append(place)
            return
        }
        let found = system.files.checksum(of: entry, recorded.algorithm)
        if found.map({ $0 != recorded }) ?? system.files.isDpkgRecorded(entry.node) {
            changedConfiguration.append(place)
        }
    }

    /// What came of it.
    ///
    /// - Parameter unrecorded: why the package has no record at all, or nil.
    func finish(into package: inout Package, unrecorded: String?) {
        if !disagreements.isEmpty {
            package.recordCheck = .altered(disagreements)
        } else if let reason = unrecorded ?? unchecked {
            package.recordCheck = .uncheckable(reason)
        } else if system.systemRecords == .checksums || (hasStrongDigest && !isUncomputed) {
            package.recordCheck = .intact
        } else {
            package.recordCheck = .uncheckable("its sums were not computed")
        }
        package.layer = package.layer ?? layer
        // A missing file makes another digest, which is what it should do.
        if unrecorded == nil, !system.systemRecords.isNamesOnly {
            package.contentDigest = try? ContentDigest.compute(content)
        }
        func note(_ paths: [String], _ what: String) {
            guard !paths.isEmpty else { return }
            let names =
                paths.prefix(3).joined(separator: ", ") + (paths.count > 3 ? " and \(paths.count - 3) more" : "")
            package.recordNotes.append("\(what), which is allowed: \(names)")
        }
        note(changedConfiguration, "a configuration file was edited")
        note(missingConfiguration, "a configuration file was removed")
        if leftOut > 0 { package.recordNotes.append("\(leftOut) of its files were left out of the image") }
    }
}
