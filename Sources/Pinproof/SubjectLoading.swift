import ContainerImages
import EnvironmentInventory
import EnvironmentVerification
import ProgramStart

extension SubjectContent {
    /// Returns whether everything that is installed can be loaded, what it needs, and where its libraries are; nil for what has
    /// no files, or is read without binaries.
    func loading(_ options: LoadingOptions = LoadingOptions()) -> LoadingAssessment? {
        switch self {
        case .image(let image):
            return LoadingAssessor.assess(
                LoadingScene(
                    files: image.fileSystem, configuration: image.configuration, start: ProgramStart(image),
                    environment: image.environment, layers: image.layers.map(\.diffID.description), options: options))
        case .installed(let installed):
            let version = installed.environment.python?.version
            let start = ProgramStart(
                installed.configuration, installed.fileSystem,
                fallback: version.map { $0.split(separator: ".").prefix(2).joined(separator: ".") })
            return LoadingAssessor.assess(
                LoadingScene(
                    files: installed.fileSystem, configuration: installed.configuration, start: start,
                    environment: installed.environment, options: options))
        case .dockerfile, .lock, .model: return nil
        }
    }

    /// Where libraries are taken from, as the files say it, or a capture; nil where nothing does.
    var librarySources: [LibrarySource]? {
        if let sources = loading()?.sources { return sources.isEmpty ? nil : sources }
        return environment.libraries
    }
}
