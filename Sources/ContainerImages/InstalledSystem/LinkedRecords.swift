import EnvironmentInventory
import SourceDocuments

/// Records of what is installed whose bytes were not kept, as they lie under another name: a layer keeps the bytes of files by
/// their names, before it is known which links of later layers lead to them.
///
/// Package managers follow such links, so what is not read behind one is named.
enum LinkedRecords {
    /// Returns the gap for a record that is there and that cannot be read; nil when it is read, or when there is none.
    ///
    /// - Parameters:
    ///   - path: where the package manager looks for the record.
    ///   - folder: a folder that systems share; a link that stands for it, or above it, may lead to nothing, as `/lib` does in
    ///     an image without libraries.
    static func gap(
        _ path: String, below folder: String, _ subject: String, scope: Gap.Scope, in files: FileSystemIndex
    ) -> Gap? {
        if files.contents(of: path) != nil { return nil }
        let source = link(on: path, in: files) ?? path
        let reason: String
        if let found = files.lookup(path) {
            // A name of a record that is a folder's records nothing.
            if found.kind == .directory { return nil }
            let other = found.kind == .file ? "a layer has its bytes under another name" : "it is no regular file"
            reason = unread(path, in: files) ?? "\(other), and it is not read"
        } else {
            var place = path
            while place.utf8.count > folder.utf8.count, !files.isDangling(place) { place = PosixPath.directory(place) }
            guard place.utf8.count > folder.utf8.count, let known = unread(path, in: files) else { return nil }
            reason = known
        }
        return Gap(
            subject, reason: "\(reason), so its packages are not listed",
            source: FileLocation(file: source, line: nil), scope: scope)
    }

    /// Returns what keeps a file behind a link from being read, as a sentence; nil when it is read, or when no link is on the way.
    static func unread(_ path: String, in files: FileSystemIndex) -> String? {
        guard files.contents(of: path) == nil, let link = Self.link(on: path, in: files) else { return nil }
        guard let found = files.lookup(path) else {
            return files.lookup(link) == nil ? "the link /\(link) leads to nothing" : nil
        }
        return "the link /\(link) leads to /\(found.path), which is not read under that name"
    }

    /// The path of the last link that a path itself names.
    private static func link(on path: String, in files: FileSystemIndex) -> String? {
        var place = path
        while !place.isEmpty {
            if let entry = files.lookup(place, followingLast: false), case .symbolicLink = entry.kind {
                return entry.path
            }
            place = PosixPath.directory(place)
        }
        return nil
    }
}
