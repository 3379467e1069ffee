import LockFormats
import SourceDocuments

/// Where requirements come from, as a project and its lock write it, so that one place is told from another.
enum RepeatedSources {
    /// The kind of a source, in words that a project and its lock share; empty for any index.
    static func kind(_ origin: LockedPackage.Origin, index: String?) -> String {
        switch origin {
        case .index: return index == nil ? "" : "index"
        case .archive(let url, _): return isFile(url) ? "path" : "url"
        case .repository(let repository):
            return "git \(repository.revision ?? "") \(repository.subdirectory ?? "")"
        case .path: return "path"
        case .unknown: return "unknown"
        }
    }

    /// Whether the kind is that of an index.
    static func isIndex(_ kind: String) -> Bool { kind.isEmpty || kind == "index" }

    /// The place of a source in one spelling; nil where it cannot be known from the text.
    ///
    /// - Parameter directory: the directory of the project, relative to that of the lock.
    static func place(_ origin: LockedPackage.Origin, index: String?, in directory: String) -> String? {
        switch origin {
        case .index:
            guard let index else { return "" }
            return self.index(index, in: directory)
        case .archive(let url, _):
            if isFile(url) { return path(url, in: directory) }
            return url.contains("${") ? nil : String(withoutUser(url).prefix { $0 != "#" })
        case .repository(let repository): return self.repository(repository)
        case .path(let path, let isEditable, _):
            // A source of a workspace is written so: its place is that of the member.
            if path == "." { return nil }
            return self.path(path, in: directory).map { $0 + (isEditable ? " editable" : "") }
        case .unknown: return nil
        }
    }

    /// The place of an index or of a list of files; nil where it cannot be known from the text.
    static func index(_ text: String, in directory: String) -> String? {
        if text.contains("${") { return nil }
        // uv tells one with a slash at its end from one without.
        return text.contains("://") && !isFile(text) ? withoutUser(text) : path(text, in: directory)
    }

    /// The kind of the reference, which uv tells apart, and the URL of the repository.
    private static func repository(_ repository: LockedPackage.Repository) -> String? {
        var url = repository.url
        if url.hasPrefix("git+") { url.removeFirst(4) }
        guard !url.contains("${"), url.contains("://") else { return nil }
        url = PercentEncoding.decode(String(withoutUser(url).prefix { $0 != "#" }))
        // GitHub alone is known to take names in any case
        // (https://github.com/astral-sh/uv/blob/main/crates/uv-cache-key/src/canonical_url.rs).
        let lower = url.lowercased()
        if lower.containsText("://github.com/") { url = lower }
        while url.hasSuffix("/") { url.removeLast() }
        if url.hasSuffix(".git") { url.removeLast(4) }
        let kind = repository.isBranch ? "branch" : repository.isTag ? "tag" : "rev"
        return (repository.revision == nil ? "" : kind) + " " + url
    }

    private static func isFile(_ url: String) -> Bool { url.lowercased().hasPrefix("file:") }

    /// A path without `..`, relative to the lock where it is relative.
    private static func path(_ text: String, in directory: String) -> String? {
        var path = text
        if isFile(path) {
            path = PercentEncoding.decode(String(path.dropFirst(5).prefix { $0 != "#" }))
            if path.hasPrefix("//localhost/") { path.removeFirst(11) }
            while path.hasPrefix("//") { path.removeFirst() }
        }
        path = path.replacing("\\", with: "/")
        // Variables, homes and drives are not followed.
        if path.contains("${") || path.hasPrefix("~") || path.dropFirst().hasPrefix(":") { return nil }
        if !path.hasPrefix("/"), !directory.isEmpty { path = directory + "/" + path }
        return PosixPath.simplified(path)
    }

    /// Returns the requirements of both sides with their places in their keys, where the places can be held against each
    /// other: an absolute path may be the same as a relative one.
    static func placed(
        _ now: [RepeatedDeclarations.Part], _ then: [RepeatedDeclarations.Part]
    ) -> (now: [RepeatedDeclarations.Part], then: [RepeatedDeclarations.Part]) {
        var unknown: Set<RepeatedDeclarations.Key> = []
        var absolute: Set<RepeatedDeclarations.Key> = []
        var relative: Set<RepeatedDeclarations.Key> = []
        for part in now + then {
            guard let place = part.place else {
                unknown.insert(part.key)
                continue
            }
            if place.hasPrefix("/") {
                absolute.insert(part.key)
            } else if !place.contains("://") {
                relative.insert(part.key)
            }
        }
        unknown.formUnion(absolute.intersection(relative))
        func withPlace(_ part: RepeatedDeclarations.Part) -> RepeatedDeclarations.Part {
            guard let place = part.place, !unknown.contains(part.key) else { return part }
            var part = part
            part.key.place = place
            return part
        }
        return (now.map(withPlace), then.map(withPlace))
    }

    /// A URL without user and password, which uv does not write into its lock.
    static func withoutUser(_ url: String) -> String {
        guard let scheme = url.range(ofText: "://") else { return url }
        let rest = url[scheme.upperBound...]
        guard let at = rest.firstIndex(of: "@"), !rest[..<at].contains("/") else { return url }
        return String(url[..<scheme.upperBound] + rest[rest.index(after: at)...])
    }
}
