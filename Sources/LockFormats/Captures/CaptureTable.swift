import EnvironmentInventory

/// What `pinproof capture` adds to a `pylock.toml` beside the packages that installers see: the interpreter, the platform,
/// and the packages that no installer of Python packages could install.
package struct CaptureTable: Sendable {
    /// The version of the table's format.
    package static let version = "1"

    /// The version of Pinproof that wrote it.
    package let writer: String
    /// What was captured: `venv`, `conda-prefix`, `oci-archive`.
    package let kind: String
    /// The interpreter; nil when the environment had none.
    package let python: Interpreter?
    /// The platform; nil when nothing said it.
    package let platform: Platform?
    /// Packages of other ecosystems, and Python packages whose artifact is not known.
    package let packages: [Package]
    /// The loadable files of a system, a digest for each directory.
    package let directories: [CapturedDirectory]
    /// The variables that change how numbers come out; nil where the capture has none of them on record.
    package let numericVariables: [String: String]?
    /// Where the loader took each shared library from; nil where the capture has none of them on record.
    package let libraries: [LibrarySource]?
    /// What the packages need of the place where they run; nil where the capture does not say it.
    package let needs: LoadingAssessment.Needs?
}

/// What a capture records of one installed package.
struct CapturedFacts: Sendable {
    /// What installed the package.
    var installer: String?
    /// The digest over the installed files.
    var contentDigest: Digest?
}

/// Reads the `tool.pinproof` tables of a capture. PEP 751 leaves their content to the tool
/// (https://packaging.python.org/en/latest/specifications/pylock-toml/#tool); docs/capture.md has it.
enum CaptureTables {
    /// The `[tool.pinproof]` table of a lock; nil when the lock is not a capture.
    static func environment(_ root: DocumentFields) throws(LockReadingError) -> CaptureTable? {
        guard let fields = try root.fields("tool")?.fields("pinproof"),
            let version = try fields.string("capture-version")
        else { return nil }
        guard version == CaptureTable.version else {
            throw fields.error(
                "is a capture of version \(version); \(CaptureTable.version) can be read",
                at: fields.table["capture-version"]?.place)
        }
        var packages: [Package] = []
        for entry in try fields.list("packages") { packages.append(try package(entry)) }
        return CaptureTable(
            writer: try fields.requiredString("pinproof-version"), kind: try fields.requiredString("environment"),
            python: try fields.fields("python").map { (table) throws(LockReadingError) in try python(table) },
            platform: try fields.fields("platform").map { (table) throws(LockReadingError) in try platform(table) },
            packages: packages, directories: try directories(fields), numericVariables: try variables(fields),
            libraries: try CapturedLoading.libraries(fields), needs: try CapturedLoading.needs(fields))
    }

    private static func directories(_ fields: DocumentFields) throws(LockReadingError) -> [CapturedDirectory] {
        var directories: [CapturedDirectory] = []
        for entry in try fields.list("directories") {
            let text = try entry.requiredString("digest")
            guard let digest = Digest(text), digest.algorithm == .sha256 else {
                throw entry.error("\"\(text)\" is not a digest", at: entry.table["digest"]?.place)
            }
            let count = entry.table["files"]?.integer.flatMap { Int(exactly: $0) } ?? 0
            directories.append(
                CapturedDirectory(path: try entry.requiredString("path"), count: count, digest: digest))
        }
        return directories
    }

    private static func variables(_ fields: DocumentFields) throws(LockReadingError) -> [String: String]? {
        guard let table = try fields.fields("variables")?.table else { return nil }
        var variables: [String: String] = [:]
        for member in table.members { variables[member.key] = member.value.string }
        return variables
    }

    private static func python(_ fields: DocumentFields) throws(LockReadingError) -> Interpreter {
        Interpreter(
            implementation: try fields.requiredString("implementation"),
            version: try fields.requiredString("version"),
            source: FileLocation(file: fields.file, line: fields.table["version"]?.place.line))
    }

    private static func platform(_ fields: DocumentFields) throws(LockReadingError) -> Platform {
        var platform = Platform(
            os: try fields.requiredString("os"), architecture: try fields.requiredString("arch"),
            variant: try fields.string("variant"))
        if let text = try fields.string("libc") {
            guard let library = CLibrary(text) else {
                throw fields.error("\"\(text)\" is not a C library", at: fields.table["libc"]?.place)
            }
            platform.cLibrary = library
        }
        return platform
    }

    private static func package(_ fields: DocumentFields) throws(LockReadingError) -> Package {
        let name = try fields.requiredName("name")
        let written = try fields.requiredString("ecosystem")
        guard let ecosystem = Ecosystem(rawValue: written) else {
            throw fields.error("\"\(written)\" is not an ecosystem", at: fields.table["ecosystem"]?.place)
        }
        var package = Package(ecosystem: ecosystem, name: name, version: try fields.string("version"))
        package.architecture = try fields.string("architecture")
        package.source = FileLocation(file: fields.file, line: fields.range.start.line)
        for artifact in try fields.list("artifacts") {
            package.artifacts.append(try PyLockReader.artifact(artifact, isAddressed: false))
        }
        let facts = try facts(fields)
        package.installer = facts.installer
        package.contentDigest = facts.contentDigest
        return package
    }

    /// Reads the `[packages.tool.pinproof]` table of an entry; nil when it has none.
    static func facts(ofEntry entry: DocumentFields) throws(LockReadingError) -> CapturedFacts? {
        guard let fields = try entry.fields("tool")?.fields("pinproof") else { return nil }
        return try facts(fields)
    }

    private static func facts(_ fields: DocumentFields) throws(LockReadingError) -> CapturedFacts {
        var facts = CapturedFacts(installer: try fields.string("installer"))
        if let text = try fields.string("content-digest") {
            guard let digest = Digest(text), digest.algorithm == .sha256 else {
                throw fields.error("\"\(text)\" is not a content digest", at: fields.table["content-digest"]?.place)
            }
            facts.contentDigest = digest
        }
        return facts
    }
}
