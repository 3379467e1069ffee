import ContainerImages
import EnvironmentInventory

/// Where the libraries of a survey are taken from, by the names that ask for them.
enum LoadingSources {
    /// Returns the sources in their order; what the NVIDIA toolkit brings is not a file of any image.
    static func sources(_ scene: LoadingScene, _ survey: LoadingSurvey) -> [LibrarySource] {
        var versions: [String: String] = [:]
        for package in scene.environment.packages {
            versions["\(package.ecosystem.rawValue) \(package.name)"] = package.version
        }
        func owner(_ entry: FileSystemIndex.Entry) -> String? {
            guard let owner = scene.owners.owner(of: entry)?.owner else { return nil }
            let name = "\(owner.ecosystem.rawValue) \(owner.name)"
            return versions[name].map { "\(name) \($0)" } ?? name
        }
        var sources: [LibrarySource] = []
        for (name, paths) in survey.places {
            for path in paths {
                guard let entry = scene.files.lookup(path) else { continue }
                sources.append(
                    LibrarySource(
                        name: name,
                        place: .file(path: entry.path, sha256: entry.sha256?.digest, owner: owner(entry))))
            }
        }
        for name in survey.missing where !LibraryNames.isInjected(name) && survey.places[name] == nil {
            sources.append(LibrarySource(name: name, place: survey.isAlone ? .outside : .missing))
        }
        return sources.sorted()
    }
}
