import EnvironmentInventory
import DockerfileSyntax
import SourceDocuments

/// Workflows of GitHub Actions (https://docs.github.com/actions/reference/workflow-syntax-for-github-actions).
enum GitHubWorkflow: Manifest {
    static let kind = "github workflow"

    static func matches(path: String) -> Bool {
        let directories = ManifestPath.directories(of: path).suffix(2)
        return ManifestPath.isYAML(ManifestPath.name(of: path))
            && (directories.elementsEqual([".github", "workflows"])
                || directories.elementsEqual([".gitea", "workflows"])
                || directories.elementsEqual([".forgejo", "workflows"]))
    }

    static func read(_ reader: inout ManifestReader) throws(DocumentError) {
        let root = try YAMLReader.read(reader.text)
        let environment = ScriptVariables(GitHubSteps.variables(root[keys: "env"]))
        for job in root[keys: "jobs"]?.members ?? [] {
            reader.startJob()
            if let uses = job.value[keys: "uses"] { GitHubSteps.readUses(uses, &reader) }
            let matrix = JobMatrix(job.value[keys: "strategy", "matrix"])
            if let container = job.value[keys: "container"] {
                readImage(container, of: matrix, &reader, key: "container")
            }
            for service in job.value[keys: "services"]?.members ?? [] {
                readImage(service.value, of: matrix, &reader, key: "services")
            }
            var defaults = GitHubSteps.Defaults(environment: environment)
            defaults.add(root[keys: "defaults", "run"])
            defaults.add(job.value[keys: "defaults", "run"])
            defaults.environment.merge(GitHubSteps.variables(job.value[keys: "env"]))
            defaults.isWindows = job.value[keys: "runs-on"]?.text?.contains("windows") ?? false
            GitHubSteps.read(job.value[keys: "steps"]?.array ?? [], &reader, defaults)
        }
    }

    private static func readImage(
        _ node: DocumentNode, of matrix: JobMatrix, _ reader: inout ManifestReader, key: String
    ) {
        guard let image = node[keys: "image"] ?? (node.string == nil ? nil : node), let text = image.string else {
            return
        }
        for text in matrix.texts(text) {
            reader.addImage(text, isKnown: !text.contains("${{"), at: image.range, requestedBy: key)
        }
    }
}
