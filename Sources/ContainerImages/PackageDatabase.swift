import EnvironmentInventory
import SourceDocuments

/// One kind of database that says what is installed.
protocol PackageDatabase: Sendable {
    /// Its name, for errors and tests.
    static var name: String { get }
    /// The packages that it says are installed, with how their files agree with its record.
    static func packages(in system: InstalledSystem) throws(DocumentError) -> [Package]
}

/// All databases, one file each in this folder.
let packageDatabases: [any PackageDatabase.Type] = [
    DebianPackages.self,
    AlpinePackages.self,
    RPMPackages.self,
    CondaPackages.self,
    PythonDistributions.self,
]

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
    /// Databases whose packages are missing from the environment, a sentence each.
    let unread: [String]

    init(
        _ files: FileSystemIndex, configuration: ImageConfiguration, layers: [String], name: String,
        systemRecords: SystemRecords
    ) throws(ImageReadingError) {
        let system = InstalledSystem(
            files: files, configuration: configuration, layers: layers, systemRecords: systemRecords)
        var packages: [Package] = []
        do throws(DocumentError) {
            for database in packageDatabases { packages += try database.packages(in: system) }
        } catch { throw ImageReadingError(image: name, reason: .document(error)) }
        let distribution = DistributionFacts.find(system)?.id
        for index in packages.indices { Self.place(&packages[index], system, distribution) }
        let interpreters = Interpreters(system, packages)
        var environment = Environment(python: interpreters.main, packages: packages)
        environment.sortPackages()
        environment.platform = configuration.platform
        environment.platform?.cLibrary = CLibraryFacts.find(system, packages)
        self.environment = environment
        unread = Self.unread(files)
        notes = interpreters.notes + unread
    }

    /// The layer of a package's record, and the distribution that it belongs to.
    private static func place(_ package: inout Package, _ system: InstalledSystem, _ distribution: String?) {
        switch package.ecosystem {
        case .apt, .apk, .rpm: package.distribution = distribution
        default:
            guard package.layer == nil, let file = package.source?.file else { return }
            package.layer = system.files.lookup(file).flatMap { system.layerName($0) }
        }
    }

    /// Databases that are there and that nobody here can read.
    private static func unread(_ files: FileSystemIndex) -> [String] {
        var unread: [String] = []
        for folder in RPMPackages.folders where files.lookup("\(folder)/rpmdb.sqlite") == nil {
            for (name, what) in [("Packages", "Berkeley DB"), ("Packages.db", "ndb")] {
                guard let entry = files.lookup("\(folder)/\(name)"), entry.kind == .file else { continue }
                let note =
                    "\(entry.path) is an rpm database in \(what), which Pinproof does not read: its packages are not listed"
                if !unread.contains(note) { unread.append(note) }
            }
        }
        return unread
    }
}
