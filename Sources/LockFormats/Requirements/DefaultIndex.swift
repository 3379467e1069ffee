/// The package index that tools ask where nothing else is said.
package enum DefaultIndex {
    private static let domain = "org"

    /// That of pip, uv, Poetry, PDM and Pipenv (https://packaging.python.org/en/latest/glossary/).
    package static let url = "https://pypi.\(domain)/simple"
    /// That of Pipenv before 2018.
    static let oldURL = "https://pypi.python.\(domain)/simple"
}
