import ContainerImages
import EnvironmentInventory
import ProgramStart

/// Files of the standard library that a layer above took away: what imports them takes another module or another way.
enum RemovedFiles {
    /// Directories that images are often made smaller by, and that nothing which serves imports.
    private static let spared: Set<String> = [
        "test", "tests", "idlelib", "idle_test", "turtledemo", "ensurepip", "lib2to3", "tkinter", "distutils", "venv",
        "pydoc_data", "site-packages", "dist-packages", "__phello__", "unittest",
    ]

    /// Returns what is gone, by path. What the base image itself took away is its own affair.
    static func removals(_ scene: ImportScene) -> [FileSystemIndex.Removal] {
        let places = scene.directories.filter { $0.origin == .standardLibrary }.map { $0.path + "/" }
        var seen: Set<String> = []
        return scene.files.removals.filter { removal in
            guard removal.remover >= scene.baseLayerCount,
                let place = places.first(where: { removal.path.hasPrefix($0) }),
                scene.files.lookup(removal.path, followingLast: false) == nil, seen.insert(removal.path).inserted
            else { return false }
            let parts = removal.path.dropFirst(place.count).split(separator: "/")
            return !parts.dropLast().contains { spared.contains(String($0)) || $0.contains("-") }
        }.sorted { $0.path < $1.path }
    }
}
