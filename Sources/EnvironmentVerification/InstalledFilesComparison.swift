import ContainerImages
import EnvironmentInventory
import PythonPackaging

/// Compares the files of an installed package with those of an artifact.
struct InstalledFilesComparison: Sendable {
    private let files: FileSystemIndex
    private let layers: [String]
    private let root: String

    /// Nil when the serving side's files are not known.
    init?(_ serving: ServingSide) {
        guard let files = serving.fileSystem else { return nil }
        self.files = files
        layers = serving.layers
        root = serving.root
    }

    /// Names the files that are not those of the artifact; empty when the map does not list files.
    func differences(_ package: Package, _ artifact: WheelMap.Entry) -> [String] {
        guard !artifact.files.isEmpty, let contents = files.contents(of: package, layers: layers) else { return [] }
        return contents.differences(from: artifact.files, name: artifact.fileName)
    }

    /// Compares the files that the installer rewrote with the artifact.
    func rewritten(_ package: Package, _ artifact: WheelMap.Entry) -> PackageVerifier.RewrittenFiles {
        artifact.ecosystem == .conda ? relocated(package, artifact) : scripts(package, artifact)
    }

    private func scripts(_ package: Package, _ artifact: WheelMap.Entry) -> PackageVerifier.RewrittenFiles {
        guard !artifact.scripts.isEmpty, let contents = files.contents(of: package, layers: layers) else {
            return .differ([])
        }
        return .differ(contents.scriptDifferences(from: artifact.scripts, name: artifact.fileName))
    }

    /// Writes the prefix into the artifact's files again, and looks at the scripts that conda makes.
    private func relocated(_ package: Package, _ artifact: WheelMap.Entry) -> PackageVerifier.RewrittenFiles {
        let location = package.location ?? ""
        let prefix = root.isEmpty ? "/" + location : location.isEmpty ? root : "\(root)/\(location)"
        guard let contents = files.contents(of: package, layers: layers) else {
            return .unknown("the installed files are not known one by one")
        }
        var sentences: [String] = []
        for (name, target) in artifact.launchers.sorted(by: { $0.key < $1.key }) {
            let path = location.isEmpty ? "bin/\(name)" : "\(location)/bin/\(name)"
            guard files.lookup(path) != nil else { continue }
            if let problem = LauncherScript.problem(files.contents(of: path), target: target) {
                sentences.append("\(path) \(problem)")
            }
        }
        var wanted: [String: Digest] = [:]
        if artifact.isRelocated {
            if let known = artifact.prefixes[prefix] {
                wanted = known
            } else if let path = artifact.location {
                let read = try? CondaPackageFile.read(path: path, prefixes: [prefix])
                guard let known = read?.entry.prefixes[prefix] else {
                    return .unknown("the prefix \(prefix) cannot be written into the files of \(artifact.fileName)")
                }
                wanted = known
            } else {
                return .unknown(
                    "the map has no digests for the prefix \(prefix): pinproof wheels --prefix \(prefix)")
            }
        }
        return .differ(
            sentences
                + contents.scriptDifferences(
                    from: wanted, name: artifact.fileName, what: "with the prefix \(prefix) written into it"))
    }
}
