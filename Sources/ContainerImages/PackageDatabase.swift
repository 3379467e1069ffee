import EnvironmentInventory
import SourceDocuments

/// One kind of database that records what is installed.
protocol PackageDatabase: Sendable {
    /// Its name, for messages and tests.
    static var name: String { get }
    /// The files whose bytes it needs: a layer keeps the bytes of these and of few others.
    static var wanted: [PathPattern] { get }
    /// Reads the packages that it records, with how their files agree with its record. What cannot be read is a gap.
    static func packages(in system: InstalledSystem) -> Reading<[Package]>
    /// Returns which package owns which file, as it records it.
    static func ownership(in files: FileSystemIndex) -> [PackageFiles]
}

/// All databases, one file each in this directory. Of two that claim a file the later one is its owner.
let packageDatabases: [any PackageDatabase.Type] = [
    DebianPackages.self,
    AlpinePackages.self,
    RPMPackages.self,
    UnreadDatabases.self,
    CondaPackages.self,
    PythonDistributions.self,
]

/// The files of one package, as a database records them.
struct PackageFiles: Sendable {
    /// A file and how it agrees with the record.
    struct Claim: Sendable {
        let node: Int32
        let agreement: FileOwners.Agreement
    }

    let owner: FileOwners.Owner
    var claims: [Claim]
}

extension PackageFiles {
    /// Claims paths whose record has no digest that proves anything; directories and absent files are left out.
    init(
        _ ecosystem: Ecosystem, _ name: String, paths: [some Collection<UInt8>], in files: FileSystemIndex,
        record: String = ""
    ) {
        owner = FileOwners.Owner(ecosystem: ecosystem, name: name, record: record)
        claims = paths.compactMap { Self.claim($0, in: files) }
    }

    /// Claims a path of a system's package, held against the recorded sum where that of the file was computed.
    ///
    /// - Parameter layer: the layer of the record, which is written whenever the package is.
    static func claim(
        _ path: some Collection<UInt8>, sum: Digest?, layer: Int?, in files: FileSystemIndex
    ) -> Claim? {
        guard let found = claim(path, in: files) else { return nil }
        if let sum {
            let computed = files.checksum(found.node, sum.algorithm)
            if computed != nil || files.isDpkgRecorded(found.node) {
                return Claim(node: found.node, agreement: computed == sum ? .agrees : .disagrees)
            }
        }
        return Claim(found.node, md5: nil, nil, layer: layer, in: files)
    }

    static func claim(_ path: some Collection<UInt8>, in files: FileSystemIndex) -> Claim? {
        guard let node = files.node(at: path), !files.isDirectory(node) else { return nil }
        return Claim(node: node, agreement: .unknown)
    }
}

extension PackageFiles.Claim {
    /// Claims a file of a system's package, held against the recorded md5 where that of the file was computed.
    ///
    /// - Parameter layer: the layer of the record, which is written whenever the package is.
    init(_ node: Int32, md5: [UInt8]?, _ recorded: [UInt8]?, layer: Int?, in files: FileSystemIndex) {
        self.node = node
        if let md5, let recorded {
            agreement = md5 == recorded ? .agrees : .disagrees
        } else {
            let isLater = layer.map { files.layer(node) > $0 } ?? false
            agreement = isLater && (files.sha256(node) != nil || files.isLink(node)) ? .later : .unknown
        }
    }
}

/// What the databases look at: the files, and the image's configuration where there is one.
struct InstalledSystem: Sendable {
    let files: FileSystemIndex
    let configuration: ImageConfiguration
    /// The layers' names by number.
    let layers: [String]
    /// How closely the packages of the operating system are looked at.
    var systemRecords = SystemRecords.named

    func layerName(_ entry: FileSystemIndex.Entry) -> String? {
        entry.layer.flatMap { layers.indices.contains($0) ? layers[$0] : nil }
    }

    /// The bytes of a metadata file with its name for places in it.
    func text(_ path: String) -> SourceText? {
        files.contents(of: path).map { SourceText(name: path, bytes: $0) }
    }
}

/// What all databases together say.
struct InstalledPackages {
    let environment: Environment
    let notes: [String]

    init(
        _ files: FileSystemIndex, configuration: ImageConfiguration, layers: [String], systemRecords: SystemRecords,
        databases: [any PackageDatabase.Type] = packageDatabases
    ) {
        let system = InstalledSystem(
            files: files, configuration: configuration, layers: layers, systemRecords: systemRecords)
        var packages: [Package] = []
        var gaps: [Gap] = []
        for database in databases { packages += database.packages(in: system).collect(into: &gaps) }
        SystemDistributions.complete(&packages, system)
        let distribution = DistributionFacts.find(system)?.id
        for index in packages.indices { Self.addOrigin(to: &packages[index], system, distribution) }
        let interpreters = Interpreters(system, packages)
        var environment = Environment(python: interpreters.main, packages: packages, gaps: gaps)
        environment.sortPackages()
        environment.platform = configuration.platform
        environment.platform?.cLibrary = CLibraryFacts.find(system, packages)
        self.environment = environment
        notes = interpreters.notes
    }

    /// Sets the layer of a package's record, and the distribution that it belongs to.
    private static func addOrigin(to package: inout Package, _ system: InstalledSystem, _ distribution: String?) {
        switch package.ecosystem {
        case .apt, .apk, .rpm: package.distribution = distribution
        default:
            guard package.layer == nil, let file = package.source?.file else { return }
            package.layer = system.files.lookup(file).flatMap { system.layerName($0) }
        }
    }
}
