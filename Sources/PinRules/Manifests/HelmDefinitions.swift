import SourceDocuments

/// The definitions of a Helm chart, `templates/_helpers.tpl`, as far as they write images out
/// (https://helm.sh/docs/chart_template_guide/named_templates/).
enum HelmDefinitions: Manifest {
    static let kind = "helm template"

    static func matches(path: String) -> Bool {
        let name = ManifestPath.name(of: path)
        return name.hasPrefix("_") && name.hasSuffix(".tpl")
    }

    static func recognizes(_ source: ManifestSource) -> Bool { !TemplateImages.inDefinitions(source.text).isEmpty }

    static func read(_ reader: inout ManifestReader) throws(DocumentError) {
        reader.add(TemplateImages.inDefinitions(reader.text))
    }
}
