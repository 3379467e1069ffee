import SourceDocuments

/// `cog.yaml` (https://cog.run/yaml): packages of Python and of the system, and commands of the build.
enum CogFile: Manifest {
    static let kind = "cog"

    static func matches(path: String) -> Bool { ["cog.yaml", "cog.yml"].contains(ManifestPath.name(of: path)) }

    static func read(_ reader: inout ManifestReader) throws(DocumentError) {
        let root = try YAMLReader.read(reader.text)
        guard let build = root[keys: "build"] else { return }
        for node in build[keys: "python_packages"]?.array ?? [] {
            reader.addPackage(node, requestedBy: "python_packages") {
                PythonArgument.pin($0, requestedBy: "python_packages", in: $1)
            }
        }
        if let file = build[keys: "python_requirements"] { reader.addFile(file, .requirements) }
        for node in build[keys: "system_packages"]?.array ?? [] {
            reader.addPackage(node, requestedBy: "system_packages") {
                AptInstaller.pin($0, requestedBy: "system_packages", in: $1)
            }
        }
        var place = ManifestReader.Place()
        place.isCheckout = false
        reader.startJob()
        for key in ["pre_install", "run"] {
            for item in build[keys: key]?.items ?? [] { reader.addCommands(item[keys: "command"] ?? item, place) }
        }
    }
}
