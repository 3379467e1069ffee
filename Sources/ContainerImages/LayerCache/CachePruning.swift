import EnvironmentInventory
internal import Glibc

/// Which files of a layer cache are removed.
package struct CachePruning: Sendable {
    /// What was removed, and what is left.
    package struct Result: Sendable, Hashable {
        /// The number of files that were removed.
        package var removed = 0
        /// Their bytes.
        package var removedBytes = 0
        /// The number of files that are left.
        package var kept = 0
        /// Their bytes.
        package var keptBytes = 0
        /// Files that could not be removed, with the reason.
        package var problems: [String] = []
    }

    /// The age in seconds from which on a file is removed; nil for any age. What a run uses counts as new.
    package var maximumAge: Int?
    /// The most bytes that stay, the newest files first; nil for all.
    package var maximumBytes: Int?

    /// Creates a pruning.
    package init(maximumAge: Int?, maximumBytes: Int?) {
        self.maximumAge = maximumAge
        self.maximumBytes = maximumBytes
    }

    private struct File {
        let path: String
        let size: Int
        let time: Int
        /// Whether a run that was ended left it before it had its name.
        let isTemporary: Bool
    }

    /// Files without their name are removed after so many seconds: their writer is gone.
    private static let temporaryAge = 3600

    /// Removes files of a cache; anything else that lies there stays.
    package func run(_ directory: String) -> Result? {
        guard let folders = Self.names(directory) else { return nil }
        var files: [File] = []
        for folder in folders where folder.utf8.count == 2 && folder.utf8.allSatisfy(\.isLowercaseHexDigit) {
            for name in Self.names("\(directory)/\(folder)") ?? [] {
                let path = "\(directory)/\(folder)/\(name)"
                var status = stat()
                guard let isTemporary = Self.isTemporary(name, folder), lstat(path, &status) == 0,
                    status.st_mode & S_IFMT == S_IFREG
                else { continue }
                files.append(
                    File(
                        path: path, size: Int(status.st_size), time: max(status.st_mtim.tv_sec, status.st_atim.tv_sec),
                        isTemporary: isTemporary))
            }
        }
        let now = time(nil)
        var result = Result()
        for file in files.sorted(by: { ($0.time, $1.path) > ($1.time, $0.path) }) {
            let age = now - file.time
            let isOld = file.isTemporary ? age > Self.temporaryAge : maximumAge.map { age > $0 } ?? false
            let isTooMuch = maximumBytes.map { result.keptBytes + file.size > $0 } ?? false
            guard isOld || (isTooMuch && !file.isTemporary) else {
                result.kept += 1
                result.keptBytes += file.size
                continue
            }
            if unlink(file.path) == 0 || errno == ENOENT {
                result.removed += 1
                result.removedBytes += file.size
            } else {
                result.problems.append("\(file.path): \(String(cString: strerror(errno)))")
            }
        }
        return result
    }

    /// Whether a file of a cache is one that has no name yet; nil for a file that is none of a cache.
    private static func isTemporary(_ name: String, _ folder: String) -> Bool? {
        let isTemporary = name.hasPrefix(".")
        let rest = isTemporary ? name.dropFirst() : name[...]
        guard rest.hasPrefix(folder), rest.utf8.prefix(64).filter(\.isLowercaseHexDigit).count == 64 else { return nil }
        if isTemporary { return true }
        return [".lse", ".json", ".seen"].contains(rest.dropFirst(64)) ? false : nil
    }

    private static func names(_ path: String) -> [String]? {
        guard let directory = opendir(path) else { return nil }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
