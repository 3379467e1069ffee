import SourceDocuments

/// The values of a Helm chart: `values*.yaml` beside a `Chart.yaml` (https://helm.sh/docs/chart_template_guide/values_files/),
/// or in a directory of its own below it, as chart-testing has them (`ci/`).
///
/// An image is a string below a key that ends with `image`, or a mapping with `repository`. An empty tag means the chart's
/// appVersion, which templates choose: unknown. A text that is YAML itself is read as one.
enum HelmValues: Manifest {
    static let kind = "helm values"

    static func matches(path: String) -> Bool {
        let name = ManifestPath.name(of: path)
        return ManifestPath.isYAML(name) && (name.hasPrefix("values") || name.contains("values."))
    }

    static func recognizes(_ source: ManifestSource) -> Bool {
        source.isBelowChart
            || ["Chart.yaml", "Chart.yml"].contains { name in
                if case .missing = source.neighbours.file(name) { return false }
                return true
            }
    }

    static func read(_ reader: inout ManifestReader) throws(DocumentError) {
        for document in try YAMLStream.read(reader.text) { visit(document, &reader, depth: 0) }
    }

    private static let maximumDepth = 64

    private static func visit(_ node: DocumentNode, _ reader: inout ManifestReader, depth: Int) {
        guard depth < maximumDepth else {
            return reader.addUnread("an object", requestedBy: "", "it is nested too deeply", at: node.range)
        }
        for item in node.array ?? [] { visit(item, &reader, depth: depth + 1) }
        if let repository = node[keys: "repository"], repository.string != nil,
            node[keys: "tag"] != nil || node[keys: "digest"] != nil || node[keys: "pullPolicy"] != nil
        {
            ImageTriple.read(node, &reader)
        }
        for member in node.members {
            let key = member.key.lowercased()
            if key.hasSuffix("image"), !key.contains(" "), let text = member.value.string, isReference(text) {
                reader.addImage(
                    text, isKnown: !text.contains("{{") && !text.contains("$"), at: member.value.range,
                    requestedBy: member.key)
            } else if key.hasSuffix("image"), member.value[keys: "name"]?.string != nil,
                member.value[keys: "repository"] == nil,
                ["tag", "digest", "version"].contains(where: { member.value.table?[$0] != nil })
            {
                ImageTriple.read(member.value, &reader)
            } else if let text = member.value.string, text.contains("\n"),
                Array(text.utf8)[...].namesKey(Array("image".utf8)),
                let inner = EmbeddedText.document(of: member.value, in: reader.text)
            {
                visit(inner, &reader, depth: depth + 1)
            } else {
                visit(member.value, &reader, depth: depth + 1)
            }
        }
    }

    private static func isReference(_ text: String) -> Bool {
        !text.isEmpty && !text.contains("://") && !text.contains(" ") && !text.hasPrefix("{{")
    }
}
