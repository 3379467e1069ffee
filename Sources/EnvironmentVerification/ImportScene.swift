import ArchiveReading
import ContainerImages
import EnvironmentInventory
import ProgramStart
import SourceDocuments

/// What decides which code Python runs on the serving side: its files, who owns them, and where Python looks.
struct ImportScene {
    /// A file with the owner that its package's record names.
    struct Module {
        let entry: FileSystemIndex.Entry
        let owner: (owner: FileOwners.Owner, agreement: FileOwners.Agreement)?
        /// The link that gives the file the module's name, where no package made that link.
        var link: FileSystemIndex.Entry?
        /// What stands under the module's name.
        var named: FileSystemIndex.Entry { link ?? entry }
    }

    /// The serving side as it was named.
    let name: String
    let files: FileSystemIndex
    let configuration: ImageConfiguration
    let owners: FileOwners
    /// What the image starts.
    let start: ProgramStart
    /// Where the interpreter that starts looks for modules; nil when there is none.
    var path: ImportPath? { start.importPath }
    /// The Python packages of training.
    let trained: Set<String>
    /// Those of the serving side that training has too.
    let packages: [Package]
    /// Whether it is an image, of which it is known what it starts.
    let isImage: Bool
    /// The scripts of `bin` directories that a Python package owns, or nobody.
    let scripts: [FileSystemIndex.Entry]
    /// The files of `site-packages` and `dist-packages` that extend the import path, and those that are read elsewhere.
    let pathConfigurations: [FileSystemIndex.Entry]
    /// Files that can be imported and that no package owns, in the directories of ``ImportPath``.
    let unowned: EntryList
    /// The directories of ``ImportPath`` that are there, links resolved, each once.
    let directories: [ImportPath.Directory]
    /// What becomes of each compiled file; it is asked for by several rules.
    let surveys: BytecodeSurveys
    /// The ecosystems of training's packages.
    let trainedEcosystems: Set<Ecosystem>
    /// How many of the lowest layers are the base image's.
    let baseLayerCount: Int
    /// How the files agree with the capture of training, where it has any on record.
    var captured = CaptureAgreement()
    /// Whether the serving side has the release of Python that training had, as far as both are known.
    var isTrainedPython = false
    private let layers: [String]

    init(
        _ files: FileSystemIndex, _ configuration: ImageConfiguration, layers: [String] = [], name: String,
        environment: Environment, trained: Set<String>, isImage: Bool = true, start: ProgramStart? = nil,
        trainedEcosystems: Set<Ecosystem> = [.pypi], baseLayerCount: Int = 0
    ) {
        self.trainedEcosystems = trainedEcosystems
        self.baseLayerCount = baseLayerCount
        self.name = name
        self.trained = trained
        self.isImage = isImage
        packages = environment.packages.filter { $0.ecosystem == .pypi && trained.contains($0.name) }
        self.files = files
        self.configuration = configuration
        self.layers = layers
        let owners = FileOwners(files)
        self.owners = owners
        let start =
            start
            ?? ProgramStart(
                configuration, files,
                fallback: environment.python.map { $0.version.split(separator: ".").prefix(2).joined(separator: ".") })
        self.start = start
        let directories = start.importPath?.existing(files) ?? []
        self.directories = directories
        let libraries = directories.filter { ![.script, .workingDirectory, .server].contains($0.origin) }.map {
            $0.path + "/"
        }
        let read = Set(start.importPath?.configurations ?? [])
        var bytecode = BytecodeSurveys(files, start)
        var pathConfigurations: [FileSystemIndex.Entry] = []
        var unowned = EntryList(files)
        var scripts: [FileSystemIndex.Entry] = []
        let searched = libraries.map { Array($0.utf8) }
        func isWanted(_ place: FileSystemIndex.Place) -> Bool {
            if place.isDirectory { return false }
            let path = place.path
            if PathBytes.ends(path, ".py") || PathBytes.ends(path, ".so") {
                let isSearched = searched.contains { path.starts(with: $0) }
                if isSearched, !owners.owns(place) { return true }
            }
            let folder = PathBytes.folder(path)
            return PathBytes.ends(path, ".pyc") || PathBytes.ends(path, ".pth") || PathBytes.ends(folder, "/bin")
                || PathBytes.equals(folder, "bin")
        }
        files.forEachEntry(where: isWanted) { entry in
            if entry.path.hasSuffix(".pyc") { bytecode.append(entry) }
            if entry.head.starts(with: [UInt8(ascii: "#"), UInt8(ascii: "!")]), Self.isInBin(entry.path),
                owners.owner(of: entry).map({ $0.owner.ecosystem == .pypi }) ?? true
            {
                scripts.append(entry)
            }
            if entry.path.hasSuffix(".pth") {
                let folder = ImportPath.parent(entry.path)
                if folder.hasSuffix("site-packages") || folder.hasSuffix("dist-packages") || read.contains(entry.path) {
                    pathConfigurations.append(entry)
                }
            }
            if ModuleName(entry.path) != nil, libraries.contains(where: { entry.path.hasPrefix($0) }),
                owners.owner(of: entry) == nil
            {
                unowned.append(entry.node)
            }
        }
        self.pathConfigurations = pathConfigurations
        self.unowned = unowned
        self.scripts = scripts
        surveys = bytecode
    }

    /// Creates the scene of a serving side; nil when its files or its configuration are not known.
    init?(_ serving: ServingSide, trained: Environment) {
        guard let files = serving.fileSystem, let configuration = serving.configuration else { return nil }
        let names = Set(trained.packages.filter { $0.ecosystem == .pypi }.map(\.name))
        self.init(
            files, configuration, layers: serving.layers, name: serving.name, environment: serving.environment,
            trained: names, isImage: serving.identity != nil, start: serving.start,
            trainedEcosystems: Set(trained.packages.map(\.ecosystem)), baseLayerCount: serving.baseLayerCount)
    }

    private static func isInBin(_ path: String) -> Bool {
        let folder = ImportPath.parent(path)
        return folder == "bin" || folder.hasSuffix("/bin")
    }

    /// A file that is imported by its path, with its owner, links followed; nil when there is none.
    ///
    /// Who owns a file does not answer for a link of another name to it: of such a link the one counts who made it.
    func module(_ path: String) -> Module? {
        guard let entry = files.lookup(path), entry.kind == .file else { return nil }
        guard let named = files.lookup(path, followingLast: false), named.node != entry.node,
            !ModuleName.isSame(named.path, entry.path)
        else { return Module(entry: entry, owner: owners.owner(of: entry)) }
        guard let maker = owners.owner(of: named) else { return Module(entry: entry, owner: nil, link: named) }
        return Module(entry: entry, owner: maker.agreement == .disagrees ? maker : owners.owner(of: entry) ?? maker)
    }

    /// A file at a path with its owner, links followed, for one whose name does not matter; nil when there is none.
    func file(_ path: String) -> Module? {
        guard let entry = files.lookup(path), entry.kind == .file else { return nil }
        let named = files.lookup(path, followingLast: false) ?? entry
        return Module(entry: entry, owner: owners.owner(of: entry) ?? owners.owner(of: named))
    }

    /// Whether the bytes of a file are those that the base image has there.
    func isBase(_ entry: FileSystemIndex.Entry) -> Bool {
        baseLayerCount > 0 && files.contentLayer(of: entry).map { $0 < baseLayerCount } ?? false
    }

    /// Whether the base image or the capture of training vouches for a file that no content digest of a package covers.
    func isVouched(_ entry: FileSystemIndex.Entry) -> Bool {
        isBase(entry) || captured.same.contains(PosixPath.directory(entry.path)) || captured.same.contains(entry.path)
    }

    /// Whether the base image or the capture of training vouches for what stands at a path, and for what it leads to.
    func isVouched(_ path: String) -> Bool {
        guard let entry = files.lookup(path), isVouched(entry) else { return false }
        return files.lookup(path, followingLast: false).map { isVouched($0) } ?? true
    }

    /// Whether training names a Python package.
    func isTrained(_ name: String) -> Bool { trained.contains(name) }

    /// Whether the operating system's package manager brought a Python package.
    func isSystems(_ package: Package) -> Bool {
        guard let file = package.source?.file, let entry = files.lookup(file) else { return false }
        return owners.allOwners(of: entry).contains { [.apt, .apk, .rpm].contains($0.owner.ecosystem) }
    }

    /// The diff_id of the layer that holds a file; nil outside of images.
    func layerName(_ entry: FileSystemIndex.Entry) -> String? {
        entry.layer.flatMap { layers.indices.contains($0) ? layers[$0] : nil }
    }

    /// The diff_id of a layer; nil outside of images.
    func layerName(_ number: Int) -> String? { layers.indices.contains(number) ? layers[number] : nil }

    /// ` (layer sha256:...)`, or nothing outside of images.
    func layer(_ entry: FileSystemIndex.Entry) -> String {
        guard let number = entry.layer, layers.indices.contains(number) else { return "" }
        return " (layer \(layers[number]))"
    }

    /// `numpy's`, `the system package bash's`.
    func possessive(_ owner: FileOwners.Owner) -> String {
        switch owner.ecosystem {
        case .pypi, .conda: "\(owner.name)'s"
        default: "the system package \(owner.name)'s"
        }
    }

    /// Whether training or the operating system knows the owner; another Python package may be there for this file alone.
    func isKnown(_ owner: FileOwners.Owner) -> Bool {
        owner.ecosystem != .pypi || trained.contains(owner.name)
    }

    /// The file that Python imports for a module of a directory; nil when there is none.
    ///
    /// A package goes before a module, compiled code before a source, a source before bytecode next to it
    /// (https://docs.python.org/3/library/importlib.html#importlib.machinery.FileFinder).
    func provider(_ name: String, in folder: String) -> Module? { providers(name, in: folder).first }

    /// All files that could provide a module of a directory, the one that wins first.
    func providers(_ name: String, in folder: String) -> [Module] {
        let path = ImportPath.join(folder, name)
        var found: [Module] = []
        for stem in [path + "/__init__", path] {
            for suffix in suffixes {
                if let module = module(stem + suffix) { found.append(module) }
            }
        }
        return found
    }

    /// Whether a folder has an `__init__` that makes it a package.
    func isPackage(_ folder: String) -> Bool { suffixes.contains { module(folder + "/__init__" + $0) != nil } }

    private var suffixes: [String] {
        var compiled: [String] = []
        let threads = path?.threads ?? ""
        let tag = "cpython-" + (path?.python ?? "").filter { $0 != "." } + threads
        let machine = configuration.platform?.architecture == "arm64" ? "aarch64" : "x86_64"
        for library in ["linux-gnu", "linux-musl"] { compiled.append(".\(tag)-\(machine)-\(library).so") }
        // The stable interface is that of builds with the global lock
        // (https://docs.python.org/3/howto/free-threading-extensions.html).
        return compiled + (threads.isEmpty ? [".abi3.so"] : []) + [".so", ".py", ".pyc"]
    }
}

/// The module that a file provides in its directory.
struct ModuleName {
    /// The directory in which the module is looked for.
    let folder: String
    /// The name.
    let name: String

    /// Whether two paths are the same module of two directories of packages, as in environments that are made of links.
    static func isSame(_ one: String, _ other: String) -> Bool {
        guard let left = installed(one), let right = installed(other) else { return false }
        return left.elementsEqual(right)
    }

    /// The path below the last directory of packages; nil outside of these.
    private static func installed(_ path: String) -> ArraySlice<Substring>? {
        let parts = path.split(separator: "/")
        let place = parts.lastIndex { $0 == "site-packages" || $0 == "dist-packages" }
        return place.map { parts[($0 + 1)...] }
    }

    /// Reads a path; nil when no interpreter would import it.
    init?(_ path: String) {
        guard path.hasSuffix(".py") || path.hasSuffix(".so") || path.hasSuffix(".pyc") else { return nil }
        // What has no slash lies in the root.
        let slash = path.lastIndex(ofByte: UInt8(ascii: "/"))
        let parent = slash.map { path[..<$0] } ?? ""
        guard !parent.hasSuffix("__pycache__"),
            let stem = (slash.map { path[path.index(after: $0)...] } ?? path[...]).split(separator: ".").first
        else { return nil }
        if stem == "__init__" {
            folder = ImportPath.parent(String(parent))
            name = String(parent.split(separator: "/").last ?? "")
        } else {
            folder = String(parent)
            name = String(stem)
        }
        if name.isEmpty { return nil }
    }
}
