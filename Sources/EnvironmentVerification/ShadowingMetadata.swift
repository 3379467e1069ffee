import EnvironmentInventory
import ProgramStart
import PythonPackaging

/// Metadata of a package in a directory of the program: `importlib.metadata` takes the first of the path, and with it the
/// version and the entry points (https://docs.python.org/3/library/importlib.metadata.html#extending-the-search-algorithm).
///
/// Of two in directories of packages ``EnvironmentVerifier`` tells; packages are not looked for beside programs.
enum ShadowingMetadata {
    static func findings(_ scene: ImportScene) -> [Finding] {
        let own: [ImportPath.Origin] = [.script, .workingDirectory, .server]
        let known = Set(scene.packages.map(\.name))
        var findings: [Finding] = []
        for folder in scene.directories where own.contains(folder.origin) {
            for name in scene.files.names(in: folder.path) ?? [] {
                let path = ImportPath.join(folder.path, name)
                guard let project = project(name), known.contains(project), !scene.isVouched(path) else { continue }
                let packages = scene.packages.filter { $0.name == project }
                guard !packages.contains(where: { $0.location == nil || $0.location == folder.path }) else { continue }
                // What an editable installation leaves beside its source says the same as the package.
                let isSame = packages.contains { isMetadata(path, of: $0, scene) }
                findings.append(
                    ShadowingModule.finding(
                        isSame ? .note : .error, path,
                        "\(path) is found before the metadata of \(project): its version and entry points are those of this file",
                        subject: project))
            }
        }
        return findings
    }

    /// Whether metadata has the version of a package, and no entry points of its own.
    private static func isMetadata(_ path: String, of package: Package, _ scene: ImportScene) -> Bool {
        guard let version = package.version, scene.files.lookup(path + "/entry_points.txt") == nil else { return false }
        let text = ["/METADATA", "/PKG-INFO", ""].lazy.compactMap { scene.files.contents(of: path + $0) }.first
        let lines = (text ?? []).split(separator: UInt8(ascii: "\n"))
        return lines.contains { $0.elementsEqual("Version: \(version)".utf8) }
    }

    /// The normalized name of the project that metadata is of: `NAME-VERSION.dist-info`, `NAME-VERSION-pyX.egg-info`.
    private static func project(_ name: String) -> String? {
        for ending in [".dist-info", ".egg-info", ".egg"] where name.lowercased().hasSuffix(ending) {
            let stem = name.dropLast(ending.count)
            return NormalizedName.of(String(stem.prefix { $0 != "-" }))
        }
        return nil
    }
}
