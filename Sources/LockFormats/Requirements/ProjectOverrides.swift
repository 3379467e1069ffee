import SourceDocuments

/// The packages whose versions a project sets whatever it declares, by uv's `override-dependencies`
/// (https://docs.astral.sh/uv/reference/settings/#override-dependencies) and pdm's `overrides`
/// (https://pdm-project.org/en/latest/usage/dependency/#dependency-overrides).
package enum ProjectOverrides {
    /// Their normalised names.
    ///
    /// - Throws: when the project's file is not TOML.
    package static func names(_ project: SourceText) throws(LockReadingError) -> Set<String> {
        let tool = try LockText.toml(project).table["tool"]?.table
        var names: Set<String> = []
        for node in tool?["uv"]?.table?["override-dependencies"]?.array ?? [] {
            // uv takes a table with a name and more in the place of a text too.
            guard let text = node.string ?? node.table?["name"]?.string else { continue }
            if let name = PythonRules.leadingName(text) { names.insert(name) }
        }
        let pdm = tool?["pdm"]?.table
        for overrides in [pdm?["resolution"]?.table?["overrides"], pdm?["overrides"]] {
            for member in overrides?.table?.members ?? [] { names.insert(PythonRules.normalizedName(member.key)) }
        }
        return names
    }
}
