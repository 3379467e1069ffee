import SourceDocuments

/// `{registry, repository, tag, digest}`, an image in parts; some charts call them `name` and `version`.
enum ImageTriple {
    /// Reads an image in parts.
    static func read(_ node: DocumentNode, _ reader: inout ManifestReader) {
        guard let repository = node[keys: "repository"] ?? node[keys: "name"], let name = repository.text, !name.isEmpty
        else { return }
        let registry = node[keys: "registry"]?.text.flatMap { $0.isEmpty ? nil : $0 + "/" } ?? ""
        if let digest = (node[keys: "digest"] ?? node[keys: "sha"])?.text, !digest.isEmpty {
            let written = digest.hasPrefix("sha256:") ? digest : "sha256:" + digest
            return reader.addImage("\(registry)\(name)@\(written)", at: repository.range, requestedBy: "image")
        }
        guard let tag = node[keys: "tag"] ?? node[keys: "version"] else {
            // A name that holds its tag itself, or nothing that says one.
            return reader.addImage(registry + name, at: repository.range, requestedBy: "image")
        }
        guard let text = tag.text, !text.isEmpty else {
            return reader.addImage(
                "\(registry)\(name):${appVersion}", isKnown: false, at: repository.range, requestedBy: "image")
        }
        let isKnown = !text.contains("{{") && !text.contains("$")
        reader.addImage("\(registry)\(name):\(text)", isKnown: isKnown, at: tag.range, requestedBy: "image")
    }
}
