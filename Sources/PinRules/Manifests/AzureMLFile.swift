import SourceDocuments

/// Environments, jobs and deployments of Azure Machine Learning
/// (https://learn.microsoft.com/azure/machine-learning/reference-yaml-overview), recognised by their schema, or by what only
/// they hold: a `conda_file`, a reference that begins with `azureml:`, one of Azure's images.
enum AzureMLFile: Manifest {
    static let kind = "azureml"

    static func matches(path: String) -> Bool { ManifestPath.isYAML(ManifestPath.name(of: path)) }

    static func recognizes(_ source: ManifestSource) -> Bool {
        if source.contains("azuremlschemas.azureedge.net") { return true }
        let isMarked =
            source.names(key: "conda_file")
            || [" azureml:", "\"azureml:", "'azureml:", "mcr.microsoft.com/azureml/"].contains { source.contains($0) }
        return isMarked && !source.hasDocument(with: "apiVersion", "kind")
    }

    static func read(_ reader: inout ManifestReader) throws(DocumentError) {
        visit(try YAMLReader.read(reader.text), &reader, depth: 0)
    }

    private static func visit(_ node: DocumentNode, _ reader: inout ManifestReader, depth: Int) {
        guard depth < 32 else {
            return reader.addUnread("an object", requestedBy: "", "it is nested too deeply", at: node.range)
        }
        if let image = node[keys: "image"], let text = image.string {
            reader.addImage(text, isKnown: !text.contains("${"), at: image.range, requestedBy: "image")
        }
        if let file = node[keys: "conda_file"], file.string != nil { reader.addFile(file, .condaEnvironment) }
        if let build = node[keys: "build"], let path = build[keys: "path"]?.text {
            let dockerfile = build[keys: "dockerfile_path"]?.text ?? "Dockerfile"
            reader.addBuild(context: path, dockerfile: ManifestReader.joined(path, dockerfile), at: build.place)
        }
        if let command = node[keys: "command"], command.string != nil {
            var place = ManifestReader.Place()
            place.isCheckout = false
            if let code = node[keys: "code"]?.text, !code.contains("://") { place.directory = "/" + code }
            reader.startJob()
            reader.addCommands(command, place, rewriting: Expressions.rewritten)
        }
        for member in node.members where member.key != "image" { visit(member.value, &reader, depth: depth + 1) }
        for item in node.array ?? [] { visit(item, &reader, depth: depth + 1) }
    }
}
