import SourceDocuments

/// MLflow's `MLproject` (https://mlflow.org/docs/latest/ml/projects/): the environment and the image that a run uses.
enum MLProject: Manifest {
    static let kind = "mlproject"

    static func matches(path: String) -> Bool { ManifestPath.name(of: path) == "mlproject" }

    static func read(_ reader: inout ManifestReader) throws(DocumentError) {
        let root = try YAMLReader.read(reader.text)
        if let file = root[keys: "conda_env"] { reader.addFile(file, .condaEnvironment) }
        if let file = root[keys: "python_env"], let path = file.text {
            reader.addUnread(path, requestedBy: "python_env", "its requirements are not read", at: file.range)
        }
        if let image = root[keys: "docker_env", "image"], let text = image.text {
            reader.addImage(text, at: image.range, requestedBy: "docker_env.image")
        }
        var place = ManifestReader.Place()
        place.isCheckout = false
        for entry in root[keys: "entry_points"]?.members ?? [] {
            reader.startJob()
            reader.addCommands(entry.value[keys: "command"], place, rewriting: nil)
        }
    }
}
