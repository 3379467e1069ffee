import SourceDocuments

/// `bentofile.yaml` (https://docs.bentoml.com/en/latest/reference/bentoml/bento-build-options.html): packages, environment
/// files and the base image.
enum BentoFile: Manifest {
    static let kind = "bentofile"

    static func matches(path: String) -> Bool {
        ["bentofile.yaml", "bentofile.yml"].contains(ManifestPath.name(of: path))
    }

    static func read(_ reader: inout ManifestReader) throws(DocumentError) {
        let root = try YAMLReader.read(reader.text)
        for node in root[keys: "python", "packages"]?.array ?? [] {
            reader.addPackage(node, requestedBy: "python.packages") {
                PythonArgument.pin($0, requestedBy: "python.packages", in: $1)
            }
        }
        if let file = root[keys: "python", "requirements_txt"] { reader.addFile(file, .requirements) }
        if let file = root[keys: "conda", "environment_yml"] { reader.addFile(file, .condaEnvironment) }
        for node in root[keys: "conda", "dependencies"]?.array ?? [] {
            reader.addPackage(node, requestedBy: "conda.dependencies") {
                CondaInstaller.pin($0, requestedBy: "conda.dependencies", in: $1)
            }
        }
        for node in root[keys: "conda", "pip"]?.array ?? [] {
            reader.addPackage(node, requestedBy: "conda.pip") {
                PythonArgument.pin($0, requestedBy: "conda.pip", in: $1)
            }
        }
        for node in root[keys: "docker", "system_packages"]?.array ?? [] {
            reader.addPackage(node, requestedBy: "docker.system_packages") {
                AptInstaller.pin($0, requestedBy: "docker.system_packages", in: $1)
            }
        }
        for key in ["setup_script", "dockerfile_template"] {
            guard let node = root[keys: "docker", key], let path = node.text else { continue }
            reader.addUnread(
                path, requestedBy: "docker.\(key)", "what it adds to the image is not read", at: node.range)
        }
        if let image = root[keys: "docker", "base_image"], let text = image.text {
            reader.addImage(text, at: image.range, requestedBy: "docker.base_image")
        }
    }
}
