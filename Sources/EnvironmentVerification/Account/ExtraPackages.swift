import ContainerImages
import EnvironmentInventory
import ProgramStart
import PythonPackaging

/// Distributions that the serving side has and training does not name.
///
/// That a distribution has a RECORD vouches for nothing: whoever adds one writes its RECORD too. It is an error when it can
/// take the place of something that is needed, else a warning.
enum ExtraPackages {
    /// Returns the findings, the packages of the base image left out.
    ///
    /// - Parameters:
    ///   - needed: the packages that loading the model needs; nil when everything is needed.
    ///   - account: the files that can be loaded; nil where the scene is.
    static func findings(
        _ training: TrainingSide, _ serving: ServingSide, _ scene: ImportScene?, needed: (String) -> Bool,
        account: LoadingAccount?
    ) -> [Finding] {
        func key(_ package: Package) -> [String] { [package.ecosystem.rawValue, package.name] }
        let known = Set(training.environment.packages.map(key))
        let ecosystems = Set(training.environment.packages.map(\.ecosystem))
        let extra = serving.environment.packages.filter { package in
            guard ecosystems.contains(package.ecosystem), !known.contains(key(package)) else { return false }
            guard let scene, let file = package.source?.file, let entry = scene.files.lookup(file) else { return true }
            return !scene.isBase(entry)
        }
        var findings: [Finding] = []
        var takenOver: Set<String> = []
        if let scene, let account {
            for name in Set(extra.filter { $0.ecosystem == .pypi }.map(\.name)).sorted() {
                guard
                    let reason = takeover(
                        of: name, files: account.claimed(by: name), scene: scene, needed: needed, serving: serving)
                else { continue }
                takenOver.insert(name)
                findings.append(
                    EnvironmentVerifier.finding(
                        EnvironmentVerifier.extraPackage, .error, in: serving.name,
                        "training does not name \(name), which \(reason)", help: EnvironmentVerifier.extraPackage.help))
            }
        }
        let names = Set(extra.map(\.name)).subtracting(takenOver).sorted()
        if !names.isEmpty {
            let count = "\(names.count) package\(names.count == 1 ? "" : "s")"
            findings.append(
                EnvironmentVerifier.finding(
                    EnvironmentVerifier.extraPackage, .warning, in: serving.name,
                    "the serving side has \(count) that training does not name: \(EnvironmentVerifier.listed(names))",
                    help: EnvironmentVerifier.extraPackage.help))
        }
        return findings
    }

    /// Returns what an extra package takes the place of; nil when it is only there.
    private static func takeover(
        of name: String, files: some Sequence<LoadableFiles.File>, scene: ImportScene, needed: (String) -> Bool,
        serving: ServingSide
    ) -> String? {
        var looked: Set<String> = []
        for file in files where !scene.isBase(file.entry) {
            let rest = file.entry.path.dropFirst(file.directory.isEmpty ? 0 : file.directory.count + 1)
            let parts = rest.split(separator: "/")
            guard let first = parts.first else { continue }
            let top = String(first.prefix { $0 != "." })
            guard looked.insert(file.directory + "\n" + top).inserted else { continue }
            if top == "sitecustomize" || (top == "usercustomize" && scene.path?.seesUserSite ?? false) {
                return "has \(file.entry.path), which Python runs at every start"
            }
            if parts.count > 1, let owner = scene.module("\(file.directory)/\(first)/__init__.py")?.owner?.owner,
                owner.name != name, owner.ecosystem != .pypi || scene.isKnown(owner) || needed(owner.name)
            {
                return "has \(file.entry.path) in the directory of \(owner.name)"
            }
            let places = scene.directories.map(\.path)
            let rank = places.firstIndex(of: file.directory) ?? 0
            let hidden = serving.environment.packages.first { other in
                guard other.ecosystem == .pypi, other.name != name, other.modules.contains(top),
                    scene.isTrained(other.name) || needed(other.name)
                else { return false }
                let otherRank = other.location.flatMap { places.firstIndex(of: $0) } ?? places.count
                // Namespace packages share a name and no file.
                return rank <= otherRank && !isNamespace(top, in: other, scene)
            }
            if let hidden { return "has \(file.entry.path), a module that \(hidden.name) provides" }
            if [.script, .workingDirectory, .server, .pythonPath].contains(file.origin),
                StandardLibrary.modules.contains(top)
            {
                return "has \(file.entry.path) in place of the standard library's \(top)"
            }
        }
        return nil
    }

    /// Whether a top-level name of a package is a directory without an `__init__`.
    private static func isNamespace(_ top: String, in package: Package, _ scene: ImportScene) -> Bool {
        guard let location = package.location else { return false }
        let directory = ImportPath.join(location, top)
        return scene.files.lookup(directory)?.kind == .directory && scene.provider(top, in: location) == nil
    }
}
