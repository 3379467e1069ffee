import SourceDocuments

/// The effective ignore file of a build: `NAME.dockerignore` beside the Dockerfile, else `.dockerignore` of the context
/// (https://docs.docker.com/build/concepts/context/#dockerignore-files).
struct IgnoreFile: Sendable {
    /// The path of the file.
    let path: String
    /// The text.
    let text: String

    /// The ignore file of a build; nil when there is none.
    static func effective(dockerfile: String, context: String) throws(InputError) -> IgnoreFile? {
        for path in [dockerfile + ".dockerignore", join(context, ".dockerignore")] where isRegularFile(path) {
            let text = try readText(path)
            return IgnoreFile(path: path, text: text.string(0..<text.bytes.count))
        }
        return nil
    }

    /// Whether a path of the context is left out: of the patterns that fit, the last one decides.
    func leavesOut(_ path: String) -> Bool {
        var isIgnored = false
        for line in text.split(whereSeparator: \.isNewline) {
            var pattern = line.drop { $0 == " " || $0 == "\t" }
            while pattern.last == " " || pattern.last == "\t" { pattern = pattern.dropLast() }
            if pattern.isEmpty || pattern.hasPrefix("#") { continue }
            let isException = pattern.hasPrefix("!")
            if isException { pattern = pattern.dropFirst() }
            let parts = pattern.split(separator: "/").filter { $0 != "." }
            let glob = Array(parts.joined(separator: "/").utf8)
            if !glob.isEmpty, Self.fits(glob, path) { isIgnored = !isException }
        }
        return isIgnored
    }

    /// Whether a pattern fits a path or a directory above it.
    private static func fits(_ glob: [UInt8], _ path: String) -> Bool {
        let parts = path.split(separator: "/")
        return parts.indices.contains { index in
            Glob.matches(glob, Array(parts[...index].joined(separator: "/").utf8))
        }
    }

    /// The file with exceptions for what it leaves out; nil when it leaves out none of the files.
    func lettingThrough(_ files: [String]) -> IgnoreFile? {
        let hidden = files.filter { leavesOut($0) }
        guard !hidden.isEmpty else { return nil }
        let end = text.isEmpty || text.utf8.last == UInt8(ascii: "\n") ? "" : "\n"
        return IgnoreFile(path: path, text: text + end + hidden.map { "!\($0)\n" }.joined())
    }
}
