import SourceDocuments

/// Names of manifests.
enum ManifestPath {
    /// The last component, in lower case.
    static func name(of path: String) -> String {
        (path.split(separator: "/").last.map(String.init) ?? path).lowercased()
    }

    static func isYAML(_ name: String) -> Bool { name.hasSuffix(".yml") || name.hasSuffix(".yaml") }

    /// The names of the directories above a file, from the outermost.
    static func directories(of path: String) -> [Substring] { path.split(separator: "/").dropLast() }
}
