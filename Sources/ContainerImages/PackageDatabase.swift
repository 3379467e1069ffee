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
        let interpreters = Interpreters(system, packages)
        var environment = Environment(python: interpreters.main, packages: packages)
        environment.sortPackages()
        environment.platform = configuration.platform
        environment.platform?.cLibrary = CLibraryFacts.find(system, packages)
        self.environment = environment
        var notes = interpreters.notes
        for path in ["var/lib/rpm/rpmdb.sqlite", "usr/lib/sysimage/rpm/rpmdb.sqlite", "var/lib/rpm/Packages"]
        where files.lookup(path) != nil {
            notes.append("\(path) is an rpm database, which Lockstep does not read: its packages are not listed")
        }
        self.notes = notes
    }
}
