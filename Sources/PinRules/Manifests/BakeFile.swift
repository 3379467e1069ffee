import EnvironmentInventory
import SourceDocuments

/// Bake files, `docker-bake.hcl` and `docker-bake.json` (https://docs.docker.com/build/bake/reference/): the builds of their
/// targets. Left out: functions, matrices and `inherits`; a value that they give is not known.
enum BakeFile: Manifest {
    static let kind = "bake"

    static func matches(path: String) -> Bool {
        let name = ManifestPath.name(of: path)
        return name.hasPrefix("docker-bake") && (name.hasSuffix(".hcl") || name.hasSuffix(".json"))
    }

    static func read(_ reader: inout ManifestReader) throws(DocumentError) {
        let root =
            ManifestPath.name(of: reader.text.name).hasSuffix(".json")
            ? try JSONReader.read(reader.text) : try HCLReader.read(reader.text)
        var variables: [String: String] = [:]
        for variable in root[keys: "variable"]?.members ?? [] {
            if let value = variable.value[keys: "default"]?.text { variables[variable.key] = value }
        }
        func known(_ node: DocumentNode?) -> String? {
            guard let text = node?.text else { return nil }
            let (expanded, isKnown) = Interpolation.expand(text, variables)
            return isKnown ? expanded : nil
        }
        for target in root[keys: "target"]?.members ?? [] {
            let node = target.value
            let context = node[keys: "context"] == nil ? "." : known(node[keys: "context"])
            var arguments: [String: String] = [:]
            for member in node[keys: "args"]?.members ?? [] {
                if let value = known(member.value) { arguments[member.key] = value }
            }
            var contexts: [String: String] = [:]
            for member in node[keys: "contexts"]?.members ?? [] {
                if let value = known(member.value) { contexts[member.key] = value }
            }
            if let inline = node[keys: "dockerfile-inline"] {
                if inline.string == nil {
                    reader.add(
                        Pin(
                            kind: .unreadCommand, subject: "dockerfile-inline", strength: .unknown,
                            file: reader.text.name, range: inline.range, requestedBy: "",
                            reason: "its text is known in the build only"))
                }
                reader.addInlineDockerfile(inline, context: context ?? ".", arguments: arguments, contexts: contexts)
                continue
            }
            let dockerfile = node[keys: "dockerfile"]
            guard let context, dockerfile == nil || known(dockerfile) != nil else { continue }
            // A target that only other targets inherit from names neither.
            if dockerfile == nil, node[keys: "context"] == nil { continue }
            reader.addBuild(
                context: context, dockerfile: known(dockerfile).map { ManifestReader.joined(context, $0) },
                arguments: arguments, contexts: contexts, at: target.keyPlace)
        }
    }
}
