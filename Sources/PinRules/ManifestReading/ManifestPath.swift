import SourceDocuments

/// Names of manifests.
enum ManifestPath {
    /// The last component, in lower case.
    static func name(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path.lowercased() }
        return path[path.utf8.index(after: slash)...].lowercased()
    }

    static func isYAML(_ name: String) -> Bool { name.hasSuffix(".yml") || name.hasSuffix(".yaml") }

    /// Whether a name is certainly that of no manifest; most names of a tree are done with here, without a copy of them.
    static func isOther(_ path: String) -> Bool {
        var path = path
        return path.withUTF8 { bytes in
            let start = bytes.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
            let name = bytes[start...]
            func ends(_ ending: StaticString) -> Bool {
                ending.withUTF8Buffer { ending in
                    name.count >= ending.count
                        && name.suffix(ending.count).elementsEqual(ending) { $0 == $1 || $0 | 0x20 == $1 }
                }
            }
            if ends(".yml") || ends(".yaml") || ends(".json") || ends(".hcl") || ends("mlproject") { return false }
            // `_helpers.tpl`
            if name.first == UInt8(ascii: "_"), ends(".tpl") { return false }
            // `Jenkinsfile`, `Jenkinsfile.gpu`, `build.jenkinsfile`
            return !name.contains { $0 | 0x20 == UInt8(ascii: "j") } || name.count < "jenkinsfile".utf8.count
        }
    }

    /// The names of the directories above a file, from the outermost.
    static func directories(of path: String) -> [Substring] { path.split(separator: "/").dropLast() }
}

extension Manifests {
    /// Whether a file is a pipeline whose commands run at the root of its repository, wherever it stands.
    package static func runsAtRoot(_ text: SourceText) -> Bool {
        JenkinsPipeline.matches(path: text.name) || AzurePipeline.isPipeline(text)
    }
}
