import ContainerImages
import EnvironmentInventory
import ProgramStart

/// Modules that win over a package's module because that one lies in a namespace package, a folder without `__init__`.
///
/// Python takes the first package or module of a name, wherever it stands on the path, and only where there is none all folders
/// of that name, in the order of the path
/// (https://github.com/python/cpython/blob/v3.11.0/Lib/importlib/_bootstrap_external.py, `PathFinder._get_spec`).
struct NamespacePortions {
    /// A folder in which the modules of one level are looked for.
    private struct Folder {
        let path: String
        /// The directory of the import path that it belongs to.
        let directory: ImportPath.Directory
    }

    /// A module that is imported, and the owned one that is not.
    struct Hiding {
        let name: String
        let module: ImportScene.Module
        let hidden: ImportScene.Module
    }

    /// The most folders that lie in each other, as in a layer.
    private static let maximumDepth = ReadingLimits().depth
    private let scene: ImportScene
    /// Whether a directory's modules are nobody's under the names that they are imported by.
    private let isForeign: (ImportPath.Directory) -> Bool
    private(set) var found: [Hiding] = []
    /// The folders that were searched together: links can lead to them again, under ever longer names.
    private var searched: Set<[String]> = []
    /// The most sets of folders that are searched.
    private static let maximumSets = 100_000
    /// A package, and a folder of it, whose modules were not searched because there are too many of its kind.
    private(set) var unsearched: (name: String, folder: String)?

    /// Searches the whole import path.
    ///
    /// - Parameter isImportedBefore: whether a directory is never asked for a name.
    init(
        _ scene: ImportScene, isForeign: @escaping (ImportPath.Directory) -> Bool,
        isImportedBefore: (String, ImportPath.Directory) -> Bool
    ) {
        self.scene = scene
        self.isForeign = isForeign
        for (name, places) in listed(scene.directories.map { Folder(path: $0.path, directory: $0) }) {
            search(name, places.filter { !isImportedBefore(name, $0.directory) }, prefix: "", depth: 0)
        }
    }

    /// The names of a level that more than one file or folder can stand for, each with the folders that have it.
    private func listed(_ folders: [Folder]) -> [(name: String, folders: [Folder])] {
        var places: [String: [Folder]] = [:]
        // Modules of which a folder has the name as well.
        var doubled: Set<String> = []
        for folder in folders {
            var modules: Set<String> = []
            var plain: Set<String> = []
            for entry in scene.files.names(in: folder.path) ?? [] where entry != "__pycache__" {
                if let module = ModuleName(ImportPath.join(folder.path, entry)) {
                    modules.insert(module.name)
                } else if !entry.contains(".") {
                    plain.insert(entry)
                }
            }
            doubled.formUnion(modules.intersection(plain))
            for name in modules.union(plain) { places[name, default: []].append(folder) }
        }
        return places.filter { $0.value.count > 1 || doubled.contains($0.key) }.sorted { $0.key < $1.key }
            .map { ($0.key, $0.value) }
    }

    private mutating func search(_ name: String, _ folders: [Folder], prefix: String, depth: Int) {
        var portions: [Folder] = []
        var providers: [(module: ImportScene.Module, directory: ImportPath.Directory)] = []
        for folder in folders {
            let path = ImportPath.join(folder.path, name)
            let provider = scene.provider(name, in: folder.path)
            if let provider { providers.append((provider, folder.directory)) }
            guard let entry = scene.files.lookup(path), entry.kind == .directory,
                provider == nil || !scene.isPackage(path), !portions.contains(where: { $0.path == entry.path })
            else { continue }
            portions.append(Folder(path: entry.path, directory: folder.directory))
        }
        guard let first = providers.first else {
            guard portions.count > 1, searched.insert(portions.map(\.path)).inserted else { return }
            guard depth < Self.maximumDepth, searched.count <= Self.maximumSets else {
                if unsearched == nil { unsearched = (prefix + name, portions[0].path) }
                return
            }
            for (inner, places) in listed(portions) {
                search(inner, places, prefix: prefix + name + ".", depth: depth + 1)
            }
            return
        }
        guard first.module.owner == nil || isForeign(first.directory) else { return }
        // The standard library's own modules have no owner where nothing has installed it.
        if depth == 0, first.directory.origin == .standardLibrary { return }
        // At the top two packages or modules of one name are compared by the rule itself.
        let others = depth == 0 ? [] : providers.dropFirst().map(\.module)
        let scene = scene
        let hidden =
            others.first { $0.owner != nil && $0.entry.path != first.module.entry.path }
            ?? portions.lazy.compactMap { Self.owned(below: $0.path, scene) }.first
        if let hidden { found.append(Hiding(name: prefix + name, module: first.module, hidden: hidden)) }
    }

    /// Returns a module below a folder that a package owns; nil when there is none.
    static func owned(below folder: String, _ scene: ImportScene, depth: Int = 0) -> ImportScene.Module? {
        guard depth < maximumDepth else { return nil }
        let names = scene.files.names(in: folder) ?? []
        for name in names where ModuleName(ImportPath.join(folder, name)) != nil {
            if let module = scene.module(ImportPath.join(folder, name)), module.owner != nil { return module }
        }
        for name in names where !name.contains(".") && name != "__pycache__" {
            let path = ImportPath.join(folder, name)
            guard scene.files.lookup(path, followingLast: false)?.kind == .directory else { continue }
            if let module = owned(below: path, scene, depth: depth + 1) { return module }
        }
        return nil
    }
}
