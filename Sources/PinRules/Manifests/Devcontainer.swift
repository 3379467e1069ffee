import SourceDocuments

/// `devcontainer.json` (https://containers.dev/implementors/json_reference/): JSON with comments.
enum Devcontainer: Manifest {
    static let kind = "devcontainer"

    static func matches(path: String) -> Bool {
        ["devcontainer.json", ".devcontainer.json"].contains(ManifestPath.name(of: path))
    }

    static func read(_ reader: inout ManifestReader) throws(DocumentError) {
        let root = try JSONReader.read(JSONWithComments.plain(reader.text))
        if let image = root[keys: "image"], let text = image.string {
            reader.addImage(text, isKnown: !text.contains("${"), at: image.range, requestedBy: "image")
        }
        let build = root[keys: "build"]
        if let dockerfile = (build?[keys: "dockerfile"] ?? root[keys: "dockerFile"]), let path = dockerfile.string {
            var arguments: [String: String] = [:]
            for member in build?[keys: "args"]?.members ?? [] {
                if let value = member.value.text, !value.contains("${") { arguments[member.key] = value }
            }
            let context = (build?[keys: "context"] ?? root[keys: "context"])?.string ?? "."
            reader.addBuild(context: context, dockerfile: path, arguments: arguments, at: dockerfile.place)
        }
        for file in root[keys: "dockerComposeFile"]?.items ?? [] {
            guard let path = file.string else { continue }
            reader.addUse(path, as: .compose, named: path, requestedBy: "dockerComposeFile", at: file.range)
        }
        for feature in root[keys: "features"]?.members ?? [] { readFeature(feature, &reader) }
        var place = ManifestReader.Place()
        place.directory = "/"
        for key in [
            "initializeCommand", "onCreateCommand", "updateContentCommand", "postCreateCommand", "postStartCommand",
            "postAttachCommand",
        ] {
            guard let node = root[keys: key] else { continue }
            reader.startJob()
            if node.table != nil {
                for member in node.members { reader.addCommandLine(member.value, place) }
            } else {
                reader.addCommandLine(node, place)
            }
        }
    }

    /// A feature is an artifact of a registry; one without a tag is the newest.
    private static func readFeature(_ feature: DocumentTable.Member, _ reader: inout ManifestReader) {
        let name = feature.key
        let end = SourcePosition(line: feature.keyPlace.line, column: feature.keyPlace.column + name.utf8.count + 2)
        let range = SourceRange(start: feature.keyPlace, end: end)
        // A feature of the repository is a directory with a script
        // (https://containers.dev/implementors/features/#referencing-a-feature).
        if name.hasPrefix("./") || name.hasPrefix("../") {
            var place = ManifestReader.Place()
            place.isCheckout = false
            reader.startJob()
            let script = "sh \(PosixPath.simplified(name))/install.sh"
            return reader.addCommands(DocumentNode(.string(script), range: range), place)
        }
        if name.hasPrefix("https://") {
            return reader.add(
                Pin(
                    kind: .download, subject: name, strength: .floating, file: reader.text.name, range: range,
                    requestedBy: "features", reason: "nothing checks its bytes"))
        }
        reader.addImage(name, at: range, requestedBy: "features")
    }
}
