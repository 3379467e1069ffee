import ArchiveReading
import SourceDocuments

/// Links called `site-packages` or `dist-packages` that lead to a directory of another name.
///
/// Installers write the paths of scripts as text, `../../../bin/flask`, from the directory that they were told of, which is
/// the link; from what it leads to these paths mean nothing.
struct SiteLinks: Sendable {
    /// The paths of the links by those of the directories.
    private let links: [String: String]

    /// Finds the links.
    init(_ files: FileSystemIndex) {
        var links: [String: String] = [:]
        files.forEachEntry(where: {
            $0.isLink && (PathBytes.ends($0.path, "/site-packages") || PathBytes.ends($0.path, "/dist-packages"))
        }) { link in
            guard let target = files.lookup(link.path), target.kind == .directory, target.path != link.path else {
                return
            }
            // A directory that is itself one of packages has been installed into under its own name.
            let name = target.path.split(separator: "/").last ?? ""
            if name == "site-packages" || name == "dist-packages" { return }
            if links[target.path] == nil { links[target.path] = link.path }
        }
        self.links = links
    }

    /// Returns the path of a dist-info directory as an installer wrote to it.
    func installed(_ path: String) -> String {
        guard !links.isEmpty, let slash = path.lastIndex(ofByte: UInt8(ascii: "/")),
            let link = links[String(path[..<slash])]
        else {
            return path
        }
        return link + path[slash...]
    }

    /// Returns the path of a directory, or of one in it, without the link.
    func physical(_ path: String) -> String {
        for (directory, link) in links {
            if path == link { return directory }
            if path.hasPrefix(link + "/") { return directory + path.dropFirst(link.count) }
        }
        return path
    }

    /// Returns the file of a row of RECORD that leads out of the directory of packages; nil when there is none.
    func node(_ row: String, from directory: ArraySlice<Substring>, _ files: FileSystemIndex) -> Int32? {
        guard row.hasPrefix("../"), let link = links[directory.joined(separator: "/")] else { return nil }
        var parts = link.split(separator: "/")
        for part in row.split(separator: "/") {
            if part == ".." { _ = parts.popLast() } else if part != "." { parts.append(part) }
        }
        guard let node = files.node(at: parts.joined(separator: "/").utf8), !files.isDirectory(node) else { return nil }
        return node
    }
}
