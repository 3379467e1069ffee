import ArchiveReading
import ContentHashing
import EnvironmentInventory
import ParallelWork
import PythonPackaging
import SourceDocuments

/// Python distributions, wherever a `*.dist-info` or `*.egg-info` lies: every interpreter, venv, `--target`, Debian's
/// dist-packages, a conda prefix
/// (https://packaging.python.org/en/latest/specifications/recording-installed-packages/).
///
/// What a distribution vendors, its own RECORD naming the other's dist-info or a `_vendor` folder holding it, is part of that
/// distribution and no package; what pip left half removed, `~ame`, is none either.
enum PythonDistributions: PackageDatabase {
    static let name = "python"

    static func packages(in system: InstalledSystem) throws(DocumentError) -> [Package] {
        let records = find(system.files)
        var found: [(path: String, distribution: InstalledDistribution)] = []
        // Each is looked up file by file; they know nothing of each other.
        let results = mapInParallel(records.distInfo) { path in
            Result { () throws(HashingError) in
                try InstalledDistribution(
                    distInfo: path, contents: { system.files.contents(of: $0) }, lookup: { file($0, system) })
            }
        }
        for (path, result) in zip(records.distInfo, results) {
            do throws(HashingError) {
                if let distribution = try result.get() { found.append((path, distribution)) }
            } catch { throw DocumentError(file: path, place: nil, reason: error.description) }
        }
        var vendored: Set<String> = []
        for (path, distribution) in found {
            for file in distribution.files where file.hasSuffix(".dist-info/METADATA") {
                let folder = String(file.dropLast("/METADATA".count))
                if folder != path { vendored.insert(folder) }
            }
        }
        var packages: [Package] = []
        for (path, distribution) in found where !vendored.contains(path) {
            var package = distribution.package
            package.source = FileLocation(file: path + "/METADATA", line: 1)
            // Debian writes launchers in its own words.
            let isDebian = package.location == "usr/lib/python3/dist-packages"
            if isDebian { package.foreignLaunchers = [] }
            if isDebian || package.installer == "debian", case .altered(let differences) = package.recordCheck,
                differences.allSatisfy({ $0.kind == .missing })
            {
                // Debian moves scripts and leaves RECORD as it was; only a changed file would mean something.
                package.recordCheck = .uncheckable("Debian's package has moved files that its RECORD names")
            }
            if package.installer == "conda", case .altered(let differences) = package.recordCheck {
                package.recordCheck = withoutRelocated(differences, package, system)
            }
            packages.append(package)
        }
        for path in records.eggInfo { if let package = egg(path, system) { packages.append(package) } }
        return packages
    }

    /// A conda package's RECORD was made before conda wrote the prefix into scripts; conda's own record speaks of these.
    private static func withoutRelocated(
        _ differences: [RecordDisagreement], _ package: Package, _ system: InstalledSystem
    ) -> RecordCheck {
        let parts = (package.location ?? "").split(separator: "/")
        guard let library = parts.lastIndex(of: "lib") else { return .altered(differences) }
        let relocated = CondaPackages.relocated(in: parts[..<library].joined(separator: "/"), system)
        let rest = differences.filter { difference in
            if case .missing = difference.kind { return true }
            return !relocated.contains(difference.path)
        }
        return rest.isEmpty ? .intact : .altered(rest)
    }

    /// The files of an installed package, one by one; nil when it has no dist-info.
    static func contents(of package: Package, _ system: InstalledSystem) -> DistributionContents? {
        guard package.ecosystem == .pypi, let file = package.source?.file, file.hasSuffix(".dist-info/METADATA") else {
            return nil
        }
        let distribution = try? InstalledDistribution(
            distInfo: String(file.dropLast("/METADATA".count)), contents: { system.files.contents(of: $0) },
            lookup: { Self.file($0, system) }, keepsContents: true)
        return distribution?.contents
    }

    private static func find(_ files: FileSystemIndex) -> (distInfo: [String], eggInfo: [String]) {
        var distInfo: [String] = []
        var eggInfo: [String] = []
        files.forEachEntry(where: { PathBytes.ends($0.path, "-info") && $0.path.count > 10 }) { entry in
            guard isMetadata(entry.path) else { return }
            if entry.kind == .directory, entry.path.hasSuffix(".dist-info") { distInfo.append(entry.path) }
            if entry.path.hasSuffix(".egg-info"), entry.kind == .directory || entry.kind == .file {
                eggInfo.append(entry.path)
            }
        }
        return (distInfo, eggInfo)
    }

    private static func isMetadata(_ path: String) -> Bool {
        let parts = path.utf8.split(separator: UInt8(ascii: "/"))
        guard let last = parts.last, last.first != UInt8(ascii: "~") else { return false }
        return parts.count < 2 || !parts[parts.count - 2].elementsEqual("_vendor".utf8)
    }

    private static func file(_ path: String, _ system: InstalledSystem) -> InstalledFile? {
        guard let entry = system.files.lookup(path), let digest = entry.sha256 else { return nil }
        return InstalledFile(sha256: digest, size: entry.size, head: entry.head, layer: system.layerName(entry))
    }

    /// An installation of old: a folder or a single file with the metadata, and no record of hashes.
    private static func egg(_ path: String, _ system: InstalledSystem) -> Package? {
        let file = system.files.lookup(path)?.kind == .directory ? path + "/PKG-INFO" : path
        guard let metadata = system.files.contents(of: file).flatMap({ DistributionMetadata($0) }) else { return nil }
        var package = Package(
            ecosystem: .pypi, name: NormalizedName.of(metadata.name),
            version: PythonVersion(metadata.version)?.description ?? metadata.version)
        package.location = path.split(separator: "/").dropLast().joined(separator: "/")
        package.source = FileLocation(file: file, line: 1)
        package.requirements = metadata.requirements
        package.recordCheck = .uncheckable("it was installed without a RECORD")
        return package
    }
}
