import DockerfileSyntax
import EnvironmentInventory
import SourceDocuments

/// Composite and container actions, `action.yml`
/// (https://docs.github.com/actions/reference/metadata-syntax-for-github-actions).
enum GitHubAction: Manifest {
    static let kind = "github action"

    static func matches(path: String) -> Bool {
        ["action.yml", "action.yaml"].contains(ManifestPath.name(of: path))
    }

    static func recognizes(_ source: ManifestSource) -> Bool {
        source.hasDocument(with: "runs") || YAMLRootKeys.isBroken(source.text)
    }

    static func read(_ reader: inout ManifestReader) throws(DocumentError) {
        let root = try YAMLReader.read(reader.text)
        reader.startJob()
        if let image = root[keys: "runs", "image"], let text = image.string {
            if text.hasPrefix("docker://") {
                reader.addImage(text, at: image.range, requestedBy: "image")
            } else {
                reader.addBuild(context: ".", dockerfile: text, at: image.place)
            }
        }
        var defaults = GitHubSteps.Defaults(environment: [:])
        let directory = reader.source.directoryInCheckout
        defaults.actionDirectory = directory
        GitHubSteps.read(root[keys: "runs", "steps"]?.array ?? [], &reader, defaults)
    }
}
