import ArchiveReading

/// An image that was found at a path by its content, with what was opened to find it.
package struct DetectedImage: Sendable {
    /// The path as it was given.
    package let path: String
    /// How the image is stored.
    package let transport: ImageTransportName
    let members: Members

    /// What was opened to find it.
    enum Members: Sendable {
        case directory(FolderMembers)
        case archive(ArchiveMembers)
        /// The archive of a flat file system, whose members nobody asks for.
        case file(RegularFile)
    }
}

/// By what an archive is told to be an image.
enum ArchiveSigns {
    private static let directories: Set<Substring> = [
        "blobs", "bin", "boot", "dev", "etc", "home", "lib", "lib64", "opt", "proc", "root", "run", "sbin", "srv",
        "sys",
        "tmp", "usr", "var",
    ]
    private static let files: Set<Substring> = [
        "oci-layout", "index.json", "manifest.json", "repositories", ".dockerenv",
    ]
    private static let roots = [
        "etc/os-release", "usr/lib/os-release", ".dockerenv", "lib/apk/db/installed", "var/lib/dpkg/status",
    ]
    /// One of so many first entries has to look like an image's.
    private static let entries = 32

    /// Whether an archive whose first paths these are may be an image: a compressed model of many gigabytes is not
    /// decompressed whole to find out that it is none. Nil while that is open.
    static func isImage(_ path: String, number: Int) -> Bool? {
        let parts = path.split(separator: "/")
        if let first = parts.first {
            if directories.contains(first) || (parts.count == 1 && files.contains(first)) { return true }
            // HEX.tar, HEX.json, HEX/layer.tar
            if first.utf8.prefix(64).filter({ $0.isLowercaseHexDigit }).count == 64 { return true }
            if parts.count == 2, parts[1] == "layer.tar" || parts[1] == "VERSION" { return true }
        }
        return number < entries ? nil : false
    }

    /// The transport of an archive by its members; nil when it is not an image.
    static func transport(of archive: ArchiveMembers) -> ImageTransportName? {
        // Docker 25 and later write both: the archive's own manifest names the tags.
        if archive.contains("manifest.json"), !archive.contains("index.json") || archive.contains("repositories") {
            return .dockerArchive
        }
        if archive.contains("index.json"), archive.contains("oci-layout") {
            return archive.contains("manifest.json") ? .dockerArchive : .ociArchive
        }
        return roots.contains(where: { archive.contains($0) }) ? .exported : nil
    }
}
