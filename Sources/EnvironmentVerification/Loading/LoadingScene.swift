import BinaryLoading
import ContainerImages
import EnvironmentInventory
import ProgramStart
import PythonPackaging
import SourceDocuments

/// The input of the loading check: the files of the serving side, what it starts, and what is installed.
package struct LoadingScene {
    let files: FileSystemIndex
    let configuration: ImageConfiguration
    let start: ProgramStart
    let environment: Environment
    let owners: FileOwners
    private let layers: [String]
    /// The Python packages by name: the places of their copies among the packages of the environment.
    private let copies: [String: [Int]]
    /// Whether the loading of a package is checked.
    let isNeeded: (String) -> Bool
    /// Which packages the model names.
    let naming: Naming
    /// The modules that the model imports, `sklearn.ensemble._forest`; empty where only packages are known.
    let modules: [String]
    var options: LoadingOptions

    /// Which packages the model imports itself, as far as that is known.
    package enum Naming: Sendable {
        /// The model names these.
        case packages(Set<String>)
        /// A lock names these packages, but no modules. A package none of whose files can be loaded counts as imported.
        case whole(Set<String>)
        /// It is not known what is imported.
        case unknown
    }

    /// Whether the model names a package.
    func isNamed(_ name: String) -> Bool {
        switch naming {
        case .packages(let names): names.contains(name)
        case .whole(let names): names.contains(name)
        case .unknown: false
        }
    }

    /// Returns how certain it is that loading the model reaches a file of a needed package that cannot be loaded.
    func reach(ofNeeded name: String) -> LoadingAssessment.Reach {
        switch naming {
        case .packages: isNeeded(name) ? .fails : .mayFail
        case .whole(let names): names.contains(name) ? .fails : .mayFail
        case .unknown: .mayFail
        }
    }

    /// Whether the files are those of an image.
    var isImage: Bool { !layers.isEmpty }

    /// Creates a scene.
    ///
    /// - Parameters:
    ///   - layers: the layers' diff_ids by number; empty outside of images.
    ///   - isNeeded: whether loading the model needs a package.
    ///   - naming: which packages the model imports itself.
    ///   - modules: the modules that it imports, as far as it names them.
    package init(
        files: FileSystemIndex, configuration: ImageConfiguration, start: ProgramStart, environment: Environment,
        owners: FileOwners? = nil, layers: [String] = [], isNeeded: @escaping (String) -> Bool = { _ in true },
        naming: Naming = .unknown, modules: [String] = [], options: LoadingOptions = LoadingOptions()
    ) {
        self.files = files
        self.configuration = configuration
        self.start = start
        self.environment = environment
        self.owners = owners ?? FileOwners(files)
        self.layers = layers
        let packages = environment.packages
        copies = Dictionary(grouping: packages.indices.filter { packages[$0].ecosystem == .pypi }) { packages[$0].name }
        self.isNeeded = isNeeded
        self.naming = naming
        self.modules = modules
        self.options = options
    }

    /// The diff_id of the layer of a file.
    func layer(_ path: String) -> String? {
        files.lookup(path)?.layer.flatMap { layers.indices.contains($0) ? layers[$0] : nil }
    }

    /// The copy of a package that the interpreter imports: the first one on its path.
    func imported(_ name: String) -> Package? {
        let copies = (copies[name] ?? []).map { environment.packages[$0] }
        guard copies.count > 1, let path = start.importPath else { return copies.first }
        for directory in path.directories {
            let place = files.lookup(directory.path)?.path
            if let copy = copies.first(where: { $0.location == place || $0.location == directory.path }) { return copy }
        }
        return nil
    }

    /// Whether a Python or conda package brings a file, and not the operating system.
    func isPackaged(_ path: String) -> Bool {
        guard let entry = files.lookup(path) else { return false }
        let owners = owners.allOwners(of: entry).map(\.owner.ecosystem)
        return !owners.contains { [.apt, .apk, .rpm].contains($0) } && owners.contains { [.pypi, .conda].contains($0) }
    }

    /// The interpreter's release without a full stop, `311`.
    var pythonTag: String? { start.importPath.map { $0.python.filter { $0 != "." } } }

    /// Whether the interpreter is CPython: others name extension modules otherwise.
    var isCPython: Bool {
        let name = PosixPath.lastComponent(start.interpreter ?? "python")
        return !name.hasPrefix("pypy") && environment.python.map { $0.implementation == "cpython" } ?? true
    }
}

/// A path as the result writes it: without a leading slash.
func shownPath(_ path: String) -> String { path.hasPrefix("/") ? String(path.dropFirst()) : path }
