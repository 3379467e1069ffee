import ArchiveReading
import ContentHashing
import EnvironmentInventory
import PythonPackaging

/// Python distributions that the operating system's packages bring: Debian's `python3-numpy` has no RECORD, that of its
/// `python3-pip` names files that Debian moved, and Fedora removes RECORD. The record of the system's package stands in for it.
struct SystemDistributions {
    /// What the system's package records of the files of a distribution.
    private struct Holdings {
        /// Paths relative to the directory of the distribution.
        var content: [(path: String, sha256: SHA256Value)] = []
        var disagreements: [RecordDisagreement] = []
        /// Why a file that is there could not be compared.
        var unchecked: String?
    }

    private let system: InstalledSystem
    /// The packages of the operating system by ecosystem and name.
    private let owners: [FileOwners.Owner: Package]

    private init(_ system: InstalledSystem, _ packages: [Package]) {
        self.system = system
        owners = Dictionary(
            packages.filter { [.apk, .rpm].contains($0.ecosystem) }.map {
                (FileOwners.Owner(ecosystem: $0.ecosystem, name: $0.name), $0)
            }, uniquingKeysWith: { first, _ in first })
    }

    /// Completes the distributions whose own record says nothing and that a package of the system owns.
    static func complete(_ packages: inout [Package], _ system: InstalledSystem) {
        let open = packages.indices.filter { isOpen(packages[$0]) }
        guard !open.isEmpty else { return }
        let reader = SystemDistributions(system, packages)
        let sums = reader.debianSums()
        let claims = reader.claims()
        for index in open {
            guard let file = packages[index].source?.file, let location = packages[index].location else { continue }
            let holdings: Holdings?
            if let sums = sums[file] {
                holdings = reader.holdings(sums: sums, location)
            } else {
                holdings = reader.holdings(claims, file, location)
            }
            guard let holdings, !holdings.content.isEmpty else { continue }
            reader.apply(holdings, to: &packages[index])
        }
    }

    private static func isOpen(_ package: Package) -> Bool {
        guard package.ecosystem == .pypi, package.contentDigest == nil, case .uncheckable? = package.recordCheck else {
            return false
        }
        return package.claimedHashes.isEmpty && package.origin == nil
    }

    private func apply(_ holdings: Holdings, to package: inout Package) {
        if package.modules.isEmpty { package.modules = TopLevelModules.found(in: holdings.content.lazy.map(\.path)) }
        // A missing file makes another digest, which is what it should do.
        package.contentDigest = try? ContentDigest.compute(holdings.content)
        if !holdings.disagreements.isEmpty {
            package.recordCheck = .altered(holdings.disagreements)
        } else if let reason = holdings.unchecked {
            package.recordCheck = .uncheckable(reason)
        } else {
            package.recordCheck = .intact
        }
        package.recordNotes.append("the record is that of the operating system's package")
    }

    /// The md5 sums of the packages of dpkg by the metadata files of distributions in them.
    private func debianSums() -> [String: [UInt8]] {
        var found: [String: [UInt8]] = [:]
        for folder in ["var/lib/dpkg/info", "var/lib/dpkg/status.d"] {
            for name in system.files.names(in: folder) ?? [] where name.hasSuffix(".md5sums") {
                guard let bytes = system.files.contents(of: "\(folder)/\(name)"),
                    PathBytes.contains(bytes[...], "-info")
                else { continue }
                for line in bytes.split(separator: UInt8(ascii: "\n"))
                where line.count > 34 && PathBytes.contains(line, "-info") {
                    found[String(decoding: line.dropFirst(34), as: UTF8.self)] = bytes
                }
            }
        }
        return found
    }

    private func holdings(sums: [UInt8], _ location: String) -> Holdings {
        var holdings = Holdings()
        let start = Array("\(location)/".utf8)
        for line in sums.split(separator: UInt8(ascii: "\n"))
        where line.count > 34 && line.dropFirst(34).starts(with: start) {
            let path = String(decoding: line.dropFirst(34), as: UTF8.self)
            guard let entry = system.files.lookup(path), entry.kind == .file, let sha256 = entry.sha256 else {
                holdings.disagreements.append(RecordDisagreement(path: path, kind: .missing))
                continue
            }
            holdings.content.append((String(path.dropFirst(location.utf8.count + 1)), sha256))
            guard let recorded = Digest(.md5, hex: String(decoding: line.prefix(32), as: UTF8.self)) else {
                holdings.unchecked = "its md5 sums cannot be read"
                continue
            }
            guard let found = system.files.checksum(of: entry, .md5) else {
                holdings.unchecked = "dpkg's md5 sums were not computed"
                continue
            }
            if found != recorded {
                holdings.disagreements.append(
                    RecordDisagreement(
                        path: path, kind: .changed(recorded: recorded, found: found), layer: system.layerName(entry)))
            }
        }
        return holdings
    }

    private func claims() -> [PackageFiles] {
        owners.isEmpty ? [] : AlpinePackages.ownership(in: system.files) + RPMPackages.ownership(in: system.files)
    }

    private func holdings(_ claims: [PackageFiles], _ file: String, _ location: String) -> Holdings? {
        guard let node = system.files.node(at: file.utf8),
            let owner = claims.first(where: { $0.claims.contains { $0.node == node } }),
            let package = owners[owner.owner]
        else { return nil }
        var holdings = Holdings()
        let owned = Set(owner.claims.map(\.node))
        system.files.forEachEntry(below: location, where: { owned.contains($0.node) }) { entry in
            guard let sha256 = entry.sha256, !entry.path.hasSuffix(".pyc") else { return }
            holdings.content.append((String(entry.path.dropFirst(location.utf8.count + 1)), sha256))
        }
        switch package.recordCheck {
        case .altered(let differences)?:
            holdings.disagreements = differences.filter { $0.path.hasPrefix(location + "/") }
        case .uncheckable(let reason)?: holdings.unchecked = reason
        case .intact?: break
        case nil: holdings.unchecked = "the files of \(package.name) were not compared"
        }
        return holdings
    }
}
