import ContainerImages
import EnvironmentInventory
import ProgramStart

/// Files of the standard library that a layer above took away: what imports them takes another module or another way.
enum RemovedFiles {
    /// Directories that hold no module which a program imports, and those of packages, which their own records cover.
    private static let passedOver: Set<String> = [
        "test", "tests", "idlelib", "idle_test", "turtledemo", "site-packages", "dist-packages",
    ]
    /// Directories that images are often made smaller by: the account lists what is gone, and no finding is made of it.
    private static let quiet: Set<String> = [
        "ensurepip", "lib2to3", "tkinter", "distutils", "venv", "pydoc_data", "__phello__", "unittest",
    ]

    /// A file that is gone.
    struct RemovedFile {
        let removal: FileSystemIndex.Removal
        /// Whether a server may well do without it.
        let isQuiet: Bool
    }

    /// Returns what is gone, by path. What the base image itself took away is its own affair.
    static func removals(_ scene: ImportScene) -> [RemovedFile] {
        // `lib-dynload` lies in the directory of the modules: the longest path tells what a file is in.
        // A directory that gave way to a link has lost what was in it.
        let places = Set(
            (scene.directories + (scene.path?.directories ?? [])).filter { $0.origin == .standardLibrary }.map {
                $0.path + "/"
            }
        ).sorted { $0.utf8.count > $1.utf8.count }
        var seen: Set<String> = []
        return scene.files.removals.compactMap { removal in
            guard removal.remover >= scene.baseLayerCount,
                let place = places.first(where: { removal.path.hasPrefix($0) }),
                scene.files.lookup(removal.path, followingLast: false) == nil, seen.insert(removal.path).inserted
            else { return nil }
            let directories = removal.path.dropFirst(place.count).split(separator: "/").dropLast().map(String.init)
            guard !directories.contains(where: { passedOver.contains($0) || $0.contains("-") }) else { return nil }
            return RemovedFile(removal: removal, isQuiet: directories.contains { quiet.contains($0) })
        }.sorted { $0.removal.path < $1.removal.path }
    }
}
