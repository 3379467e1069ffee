internal import Glibc

/// A snapshot in the cache of the Hugging Face hub: a directory of links into `blobs`, where files are named by digest.
///
/// Layout: https://huggingface.co/docs/huggingface_hub/guides/manage-cache. Only links of a directory
/// `models--NAME/snapshots/REVISION` into `models--NAME/blobs` are followed; every other link out of a model is refused.
struct HuggingFaceCache {
    private let snapshot: String

    /// Returns nil for a directory whose path is not that of a snapshot.
    init?(_ path: String) {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        guard let resolved = Self.resolved(path) else { return nil }
        let parts = resolved.split(separator: "/")
        guard parts.count >= 3, parts[parts.count - 2] == "snapshots", parts[parts.count - 3].contains("--") else {
            return nil
        }
        snapshot = resolved
    }

    /// The file that a link leads to, and the sha256 that its name promises; nil for a link to anywhere else.
    func blob(_ target: String, of path: String) -> (path: String, sha256: String?)? {
        let depth = path.utf8.count(where: { $0 == UInt8(ascii: "/") })
        let start = String(repeating: "../", count: depth + 2) + "blobs/"
        guard target.hasPrefix(start) else { return nil }
        let name = String(target.dropFirst(start.count))
        // Git names its files by sha1, large files have their sha256.
        guard name.utf8.count == 40 || name.utf8.count == 64,
            name.utf8.allSatisfy({ $0.isLowercaseHexDigit })
        else { return nil }
        let repository = snapshot.split(separator: "/").dropLast(2).joined(separator: "/")
        let path = "/\(repository)/blobs/\(name)"
        var status = stat()
        // A blob that is a link itself would lead anywhere.
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return (path, name.utf8.count == 64 ? name : nil)
    }

    private static func resolved(_ path: String) -> String? {
        guard let buffer = realpath(path, nil) else { return nil }
        defer { free(buffer) }
        return String(cString: buffer)
    }
}
