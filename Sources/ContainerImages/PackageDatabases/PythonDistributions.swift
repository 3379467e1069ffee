import ArchiveReading
import ContentHashing
import EnvironmentInventory
import ParallelWork
import PythonPackaging
import SourceDocuments

/// Python distributions, wherever a `*.dist-info`, `*.egg-info` or `*.egg` is: every interpreter, venv, `--target`,
/// Debian's dist-packages, a conda prefix
/// (https://packaging.python.org/en/latest/specifications/recording-installed-packages/,
/// https://setuptools.pypa.io/en/latest/deprecated/python_eggs.html).
///
/// A vendored distribution (its dist-info is named by another RECORD, or is in a `_vendor` directory) is part of the other
/// distribution and not a package of its own. Directories that pip did not finish removing (`~ame`) are not packages either. A
/// distribution without a name or version, an egg that is a zip file, and an `.egg-link` whose package is not there, are gaps.
/// A link with such a name to a directory or file with another one is read where its metadata were kept, and else a gap.
enum PythonDistributions: PackageDatabase {
    static let name = "python"
    static let wanted: [PathPattern] =
        [
            "METADATA", "PKG-INFO", "RECORD", "WHEEL", "INSTALLER", "REQUESTED", "direct_url.json", "entry_points.txt",
            "installed-files.txt", "SOURCES.txt", "top_level.txt", "uv_cache.json", "uv_build.json",
            "provenance_url.json", "namespace_packages.txt",
        ].flatMap { name in
            ["*.dist-info", "*.egg-info", "EGG-INFO"].map { PathPattern(stringLiteral: "**/\($0)/\(name)") }
        } + ["**/*.egg-info"] + inOtherCases

    /// Folders whose names are not in lower case: `importlib.metadata` lists them too. Of two spellings the files are read, of
    /// others there is a gap.
    private static let inOtherCases: [PathPattern] =
        [
            "METADATA", "PKG-INFO", "RECORD", "WHEEL", "INSTALLER", "direct_url.json", "entry_points.txt",
            "top_level.txt",
        ]
        .flatMap { name in
            ["*.DIST-INFO", "*.EGG-INFO", "*.Dist-Info", "*.Egg-Info", "egg-info", "Egg-Info"].map {
                PathPattern(stringLiteral: "**/\($0)/\(name)")
            }
        } + ["**/*.EGG-INFO", "**/*.Egg-Info"]

    static func packages(in system: InstalledSystem) -> Reading<[Package]> {
        let records = Records(system.files)
        var gaps: [Gap] = []
        func leaveOut(_ path: String, _ reason: String) {
            let name = path.split(separator: "/").last.map(String.init) ?? path
            gaps.append(Gap(name, reason: reason, source: FileLocation(file: path, line: nil), scope: .packages(.pypi)))
        }
        for path in records.zippedEggs {
            leaveOut(
                path, LinkedRecords.unread(path, in: system.files) ?? "an egg that is a zip file is not read")
        }
        for path in records.eggLinks where !leadsToPackage(path, records, system.files) {
            leaveOut(path, "an editable installation whose directory has no metadata of the package")
        }
        var found: [(path: String, distribution: InstalledDistribution)] = []
        let links = SiteLinks(system.files)
        // Each is looked up file by file; they know nothing of each other.
        let results = mapInParallel(records.distInfo) { path in
            Result { () throws(HashingError) in
                var finder = NodeFinder(system.files)
                return try InstalledDistribution(
                    distInfo: links.installed(path), contents: { system.files.contents(of: $0) },
                    lookup: { file($0, &finder, system) })
            }
        }
        for (path, result) in zip(records.distInfo, results) {
            switch result {
            case .success(let distribution?): found.append((path, distribution))
            case .success(nil):
                leaveOut(
                    path,
                    LinkedRecords.unread(path + "/METADATA", in: system.files)
                        ?? "it has no METADATA with a name and a version")
            case .failure(let error): leaveOut(path, error.description)
            }
        }
        var vendored: Set<String> = []
        for (path, distribution) in found {
            for file in distribution.metadataFiles {
                let folder = links.physical(String(file.dropLast("/METADATA".count)))
                if folder != path { vendored.insert(folder) }
            }
        }
        for link in records.links where vendored.contains(link.target) {
            leaveOut(link.path, "the link leads to a distribution that another one contains")
        }
        var packages: [Package] = []
        for (path, distribution) in found where !vendored.contains(path) {
            var package = distribution.package
            package.source = FileLocation(file: path + "/METADATA", line: 1)
            package.location = links.physical(distribution.folder)
            // Debian writes launchers of another form.
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
        var infos: [(path: String, info: String)] = []
        for path in records.eggInfo { infos.append((path: path, info: path)) }
        for egg in records.eggs {
            for info in egg.infos { infos.append((path: egg.path, info: info)) }
        }
        for (path, info) in infos {
            let file = metadataFile(of: info, system)
            if let package = egg(path, metadata: file, system) {
                packages.append(package)
            } else {
                leaveOut(
                    path,
                    LinkedRecords.unread(file, in: system.files) ?? "it has no PKG-INFO with a name and a version")
            }
        }
        return Reading(packages, gaps: gaps)
    }

    /// Whether an `.egg-link` (`setup.py develop`), whose first line is the directory of a project, leads to metadata that are
    /// read as a package.
    private static func leadsToPackage(_ path: String, _ records: Records, _ files: FileSystemIndex) -> Bool {
        let line = (files.contents(of: path) ?? []).prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        let name = NormalizedName.of(PosixPath.lastComponent(path).dropLast(".egg-link".count))
        guard let folder = files.lookup(String(decoding: line.drop { $0 == UInt8(ascii: "/") }, as: UTF8.self)),
            folder.kind == .directory
        else {
            return false
        }
        return records.eggInfo.contains { info in
            PosixPath.directory(info) == folder.path
                && NormalizedName.of(PosixPath.lastComponent(info).dropLast(".egg-info".count)) == name
        }
    }

    /// A conda package's RECORD was made before conda wrote the prefix into scripts; conda's own record has their digests.
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
        guard package.ecosystem == .pypi, let file = package.source?.file, file.hasSuffix("/METADATA"),
            MetadataName(Array(PosixPath.directory(file).utf8)) == .distInfo
        else { return nil }
        var finder = NodeFinder(system.files)
        let distribution = try? InstalledDistribution(
            distInfo: SiteLinks(system.files).installed(String(file.dropLast("/METADATA".count))),
            contents: { system.files.contents(of: $0) },
            lookup: { Self.file($0, &finder, system) }, keepsContents: true)
        return distribution?.contents
    }

    /// Where distributions are recorded.
    private struct Records {
        var distInfo: [String] = []
        var eggInfo: [String] = []
        /// Directories `NAME.egg`, which contain the modules and an `EGG-INFO`.
        var eggs: [(path: String, infos: [String])] = []
        /// Links to what is recorded itself.
        var links: [(path: String, target: String)] = []
        /// Files `NAME.egg`.
        var zippedEggs: [String] = []
        /// Files `NAME.egg-link`, in a directory of packages.
        var eggLinks: [String] = []

        init(_ files: FileSystemIndex) {
            // Many links may lead to one large folder.
            var known: [Int32: [String]] = [:]
            files.forEachEntry(where: { MetadataName($0.path) != nil }) { entry in
                guard let name = MetadataName(Array(entry.path.utf8)), Self.isRecord(entry.path) else { return }
                if case .other = entry.kind { return }
                let end = entry.kind == .file || entry.kind == .directory ? entry : files.lookup(entry.path)
                if let end, end.node != entry.node, Self.isRecorded(end) {
                    links.append((entry.path, end.path))
                    return
                }
                let isDirectory = end?.kind == .directory
                switch name {
                case .distInfo: distInfo.append(entry.path)
                case .eggInfo: eggInfo.append(entry.path)
                case .eggLink: if !isDirectory, !Self.isData(entry.path) { eggLinks.append(entry.path) }
                case .egg:
                    if Self.isData(entry.path) { return }
                    guard let end, isDirectory else {
                        zippedEggs.append(entry.path)
                        return
                    }
                    let infos =
                        known[end.node]
                        ?? (files.names(in: entry.path) ?? []).filter { $0.lowercased() == "egg-info" }
                    known[end.node] = infos
                    if !infos.isEmpty { eggs.append((entry.path, infos.map { "\(entry.path)/\($0)" })) }
                }
            }
        }

        /// Whether what a link leads to is recorded under its own name.
        private static func isRecorded(_ entry: FileSystemIndex.Entry) -> Bool {
            guard let name = MetadataName(Array(entry.path.utf8)), isRecord(entry.path) else { return false }
            switch name {
            case .distInfo, .eggInfo: return entry.kind == .directory || entry.kind == .file
            case .eggLink: return entry.kind == .file && !isData(entry.path)
            case .egg: return !isData(entry.path)
            }
        }

        /// Whether an egg is a file of another package, or of the standard library, that its tests use
        /// (`pkg_resources/tests/data`, `test/test_importlib/data`): installers put eggs directly into a directory of packages.
        private static func isData(_ path: String) -> Bool {
            let directories = path.split(separator: "/").dropLast()
            guard let last = directories.last, last != "site-packages", last != "dist-packages" else { return false }
            if directories.contains("site-packages") || directories.contains("dist-packages") { return true }
            return zip(directories, directories.dropFirst()).contains {
                $0 == "lib" && $1.hasPrefix("python") && $1.contains(".")
            }
        }

        private static func isRecord(_ path: String) -> Bool {
            let parts = path.utf8.split(separator: UInt8(ascii: "/"))
            guard let last = parts.last, last.first != UInt8(ascii: "~") else { return false }
            return parts.count < 2 || !parts[parts.count - 2].elementsEqual("_vendor".utf8)
        }
    }

    private static func file(
        _ path: String, _ finder: inout NodeFinder, _ system: InstalledSystem
    ) -> InstalledFile? {
        guard let (content, layer) = finder.file(at: path) else { return nil }
        let name = layer.flatMap { system.layers.indices.contains($0) ? system.layers[$0] : nil }
        return InstalledFile(sha256: content.sha256, size: content.size, head: content.head, layer: name)
    }

    /// The file of an `egg-info` that has the metadata: itself, or one in it.
    private static func metadataFile(of info: String, _ system: InstalledSystem) -> String {
        system.files.lookup(info)?.kind == .directory ? info + "/PKG-INFO" : info
    }

    /// A distribution of an old installer: a file or directory with the metadata, or a directory that holds the modules too,
    /// and no record of hashes.
    private static func egg(_ path: String, metadata file: String, _ system: InstalledSystem) -> Package? {
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

    static func ownership(in files: FileSystemIndex) -> [PackageFiles] {
        let records = files.keptEntries(matching: [
            "**/*.dist-info/RECORD", "**/*.DIST-INFO/RECORD", "**/*.Dist-Info/RECORD",
            "**/*.egg-info/installed-files.txt",
        ])
        let links = SiteLinks(files)
        let listed = mapInParallel(records) { entry in
            entry.path.hasSuffix("/RECORD") ? recorded(entry.path, links, files) : installedFiles(entry.path, files)
        }
        return listed.compactMap { $0 } + Records(files).eggs.map { eggFiles($0.path, files) }
    }

    private static func recorded(_ path: String, _ links: SiteLinks, _ files: FileSystemIndex) -> PackageFiles? {
        guard let bytes = files.contents(of: path), let record = try? InstallationRecord.read(bytes) else { return nil }
        let info = path.split(separator: "/").dropLast()
        guard let root = files.node(at: info.dropLast().joined(separator: "/").utf8) else { return nil }
        var claims = [PackageFiles.claim(path.utf8, in: files)].compactMap { $0 }
        for row in record.rows {
            guard let node = recordedFile(row.path, root, files) ?? links.node(row.path, from: info.dropLast(), files)
            else { continue }
            var agreement = FileOwners.Agreement.unknown
            if let digest = row.sha256 { agreement = files.linkedSHA256(node) == digest ? .agrees : .disagrees }
            claims.append(PackageFiles.Claim(node: node, agreement: agreement))
        }
        return PackageFiles(
            owner: FileOwners.Owner(ecosystem: .pypi, name: name(ofRecord: info.last), record: path), claims: claims)
    }

    /// The file of a row; `pip install --target` moves files after it has written their paths.
    private static func recordedFile(_ path: String, _ directory: Int32, _ files: FileSystemIndex) -> Int32? {
        let start = path.utf8.first == UInt8(ascii: "/") ? 0 : directory
        if let node = files.node(at: path.utf8, from: start), !files.isDirectory(node) { return node }
        guard path.hasPrefix("../") else { return nil }
        var below = path[...]
        while below.hasPrefix("../") { below = below.dropFirst(3) }
        guard let node = files.node(at: below.utf8, from: directory), !files.isDirectory(node) else { return nil }
        return node
    }

    private static func installedFiles(_ path: String, _ files: FileSystemIndex) -> PackageFiles {
        let info = path.split(separator: "/").dropLast()
        let directory = info.joined(separator: "/")
        let paths = files.lines(of: path).map { Array("\(directory)/".utf8) + $0 }
        return PackageFiles(.pypi, name(ofRecord: info.last), paths: paths, in: files, record: path)
    }

    private static func eggFiles(_ path: String, _ files: FileSystemIndex) -> PackageFiles {
        var claims: [PackageFiles.Claim] = []
        files.forEachEntry(below: path, where: { !$0.isDirectory }) {
            claims.append(PackageFiles.Claim(node: $0.node, agreement: .unknown))
        }
        let name = name(ofRecord: path.split(separator: "/").last)
        return PackageFiles(owner: FileOwners.Owner(ecosystem: .pypi, name: name, record: path), claims: claims)
    }

    /// `NAME` of `NAME-VERSION.dist-info`, normalised.
    private static func name(ofRecord directory: Substring?) -> String {
        let stem = (directory ?? "").split(separator: ".").dropLast().joined(separator: ".")
        return NormalizedName.of(String(stem.split(separator: "-").first ?? ""))
    }
}
