import SourceDocuments

/// `skaffold.yaml` (https://skaffold.dev/docs/references/yaml/): the images that it builds with Docker.
enum SkaffoldFile: Manifest {
    static let kind = "skaffold"

    static func matches(path: String) -> Bool {
        let name = ManifestPath.name(of: path)
        return ManifestPath.isYAML(name) && name.hasPrefix("skaffold")
    }

    static func recognizes(_ source: ManifestSource) -> Bool {
        source.hasLine(startingWith: "apiVersion: skaffold/")
            || source.contains("skaffold/") && source.hasDocument(with: "apiVersion")
            || ["skaffold.yaml", "skaffold.yml"].contains(ManifestPath.name(of: source.text.name))
                && YAMLRootKeys.isBroken(source.text)
    }

    /// The keys of an artifact that do not say what builds it (https://skaffold.dev/docs/references/yaml/#build-artifacts).
    private static let settings: Set<String> = [
        "image", "context", "sync", "requires", "hooks", "platforms", "runtimeType", "dependencies",
    ]

    static func read(_ reader: inout ManifestReader) throws(DocumentError) {
        for document in try YAMLStream.read(reader.text) {
            for artifact in document[keys: "build", "artifacts"]?.array ?? [] {
                let context = artifact[keys: "context"]?.text ?? "."
                let docker = artifact[keys: "docker"]
                let builders = artifact.members.filter { !Self.settings.contains($0.key) }
                if docker == nil, let builder = builders.first {
                    // Kaniko builds a Dockerfile too.
                    guard builder.key == "kaniko" else {
                        reader.addUnread(
                            artifact[keys: "image"]?.text ?? builder.key, requestedBy: builder.key,
                            "how \(builder.key) builds it is not read",
                            at: SourceRange(start: builder.keyPlace, end: builder.keyPlace))
                        continue
                    }
                }
                var arguments: [String: String] = [:]
                let build = docker ?? artifact[keys: "kaniko"]
                for member in build?[keys: "buildArgs"]?.members ?? [] {
                    if let value = member.value.text, !value.contains("{{") { arguments[member.key] = value }
                }
                let dockerfile = build?[keys: "dockerfile"]?.text
                reader.addBuild(
                    context: context, dockerfile: dockerfile.map { ManifestReader.joined(context, $0) },
                    arguments: arguments, at: artifact.place)
            }
        }
    }
}
