import ContainerImages
import EnvironmentInventory
import ModelArchives
import ProgramStart

/// The training side of a verification: what a model, a lock or a capture says was installed.
package struct TrainingSide: Sendable {
    /// The major version of a library that the names in a pickle give away.
    package struct Generation: Sendable, Hashable {
        /// The library, `numpy`.
        package let name: String
        /// The major version, `1`.
        package let value: String
        /// Where it was read.
        package let source: FileLocation?

        /// Creates a generation.
        package init(name: String, value: String, source: FileLocation?) {
            self.name = name
            self.value = value
            self.source = source
        }
    }

    /// The name as given.
    package let name: String
    /// The tree digest of the model, or the sha256 of the lock.
    package let identity: String?
    /// The environment.
    package private(set) var environment: Environment
    /// What the readers of the model and of its lock could not settle, besides the gaps of ``environment``.
    package private(set) var gaps: [Gap]
    /// What was found while it was read.
    package let findings: [Finding]
    /// The top-level modules that loading the model imports; nil when everything has to be taken as needed: a lock says
    /// nothing of it, and a model that was not understood whole neither.
    package var needs: [String]?
    /// The modules that it imports, with their dots, as far as it names them.
    package var modules: [String] = []
    /// What the names in the model's pickles say of libraries.
    package var generations: [Generation] = []
    /// The packages as the model itself has them, where a lock gives the environment.
    package var recorded: [Package] = []
    /// Every artifact that the lock allows on any platform, by package; empty where there is no lock.
    package var releases: [Package] = []
    /// The payload that the model's capture was made for and the payload of the model, where they differ.
    package var foreignPayload: (recorded: Digest, actual: Digest)?
    /// The model's files; empty for a lock.
    package var files: [ModelFile] = []
    /// The digest of the archive that holds the model; nil for a directory.
    package var archive: Digest?
    /// Whether it is a lock: it names what has to be installed, and nothing that is known to have been imported.
    package var isLock = false

    /// Creates a training side.
    package init(
        name: String, identity: String?, environment: Environment, gaps: [Gap] = [], findings: [Finding] = []
    ) {
        self.name = name
        self.identity = identity
        self.environment = environment
        self.gaps = gaps
        self.findings = findings
    }

    /// The note about a second copy of a package, which training's interpreter does not import and which is not compared.
    package static func uncompared(_ copy: Package, of name: String) -> Finding {
        let rule = EnvironmentVerifier.unneededPackageDiffers
        let place = copy.location.map { " in \($0)" } ?? ""
        return Finding(
            rule: rule.name, severity: .note, file: name, range: nil,
            message:
                "\(copy.name) \(copy.version ?? "without a version")\(place) is not compared: the interpreter imports"
                + " another copy of it",
            help: rule.help, ecosystem: copy.ecosystem, subject: copy.name)
    }

    /// Returns the side with names for the packages that it gives without one, where the serving side has exactly one package
    /// from the same place.
    func named(by serving: ServingSide) -> TrainingSide {
        let named = environment.named(by: serving.environment)
        guard named.gaps.count < environment.gaps.count else { return self }
        var side = self
        let closed = Set(environment.gaps).subtracting(named.gaps)
        side.environment = named
        side.gaps = gaps.filter { !closed.contains($0) }
        return side
    }
}

/// The serving side of a verification: an image, or an environment installed on disk.
package struct ServingSide: Sendable {
    /// The name as given.
    package let name: String
    /// The identities of an image; nil for an environment on disk.
    package let identity: ImageIdentity?
    /// The environment.
    package let environment: Environment
    /// The directories that the serving interpreter imports from, first one first; nil when they are not known.
    package let importPath: [String]?
    /// What was found while it was read.
    package let findings: [Finding]
    /// Its files, to name those that differ; nil when only the environment is known.
    package var fileSystem: FileSystemIndex?
    /// What is started in it and with which variables; nil when that is not known.
    package var configuration: ImageConfiguration?
    /// What the image starts, where it was followed already; nil to follow it.
    package var start: ProgramStart?
    /// How many of the lowest layers are those of the base image that was given.
    package var baseLayerCount = 0
    /// The digest of the base image that was given; nil where none was.
    package var baseDigest: Digest?
    /// The directories and files that are declared to be the application's own, without a leading slash.
    package var applications: [String] = []
    /// The layers' diff_ids by number; empty outside of images.
    package var layers: [String] = []
    /// What the place has where it runs; nil where loading is not judged.
    package var loading: LoadingOptions?
    /// The absolute path of the directory of an environment on disk; empty for an image.
    package var root = ""

    /// Creates a serving side.
    package init(
        name: String, identity: ImageIdentity?, environment: Environment, importPath: [String]? = nil,
        findings: [Finding] = []
    ) {
        self.name = name
        self.identity = identity
        self.environment = environment
        self.importPath = importPath
        self.findings = findings
    }

    func layerName(_ entry: FileSystemIndex.Entry) -> String? {
        entry.layer.flatMap { layers.indices.contains($0) ? layers[$0] : nil }
    }
}
