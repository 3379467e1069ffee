import SourceDocuments

/// `skaffold.yaml` (https://skaffold.dev/docs/references/yaml/): the images that it builds with Docker.
enum SkaffoldFile: Manifest {
    static let kind = "skaffold"

    static func matches(path: String) -> Bool {
        let name = ManifestPath.name(of: path)
        return ManifestPath.isYAML(name) && name.hasPrefix("skaffold")
    }

    static func recognizes(_ source: ManifestSource) -> Bool { source.hasLine(startingWith: "apiVersion: skaffold/") }

    static func read(_ reader: inout ManifestReader) throws(DocumentError) {
        for document in try YAMLStream.read(reader.text) {
            for artifact in document[keys: "build", "artifacts"]?.array ?? [] {
                let context = artifact[keys: "context"]?.text ?? "."
                let docker = artifact[keys: "docker"]
                guard docker != nil || artifact.members.allSatisfy({ ["image", "context", "sync"].contains($0.key) })
                else {
                    continue
                }
                var arguments: [String: String] = [:]
                for member in docker?[keys: "buildArgs"]?.members ?? [] {
                    if let value = member.value.text, !value.contains("{{") { arguments[member.key] = value }
                }
                let dockerfile = docker?[keys: "dockerfile"]?.text
                reader.addBuild(
                    context: context, dockerfile: dockerfile.map { ManifestReader.joined(context, $0) },
                    arguments: arguments, at: artifact.place)
            }
        }
    }
}
