import DockerfileSyntax
import Glibc
import PinRules
import SourceDocuments
import Synchronization

/// What was read of the files that several others use, kept for the run.
final class FollowedFiles: Sendable {
    /// What their scripts did when they were called.
    let scripts = ScriptEvaluations()
    private let store = Mutex<(files: [String: ContextFile], bytes: Int)>(([:], 0))
    private static let maximumBytes = 8 << 20
    private static let maximumFile = 1 << 20

    /// Returns the file at a path, from an earlier look if there was one.
    func file(_ path: String, _ read: () -> ContextFile) -> ContextFile {
        if let known = store.withLock({ $0.files[path] }) { return known }
        let file = read()
        guard case .text(let text) = file, text.bytes.count <= Self.maximumFile else { return file }
        store.withLock { store in
            guard store.bytes + text.bytes.count <= Self.maximumBytes, store.files[path] == nil else { return }
            store.bytes += text.bytes.count
            store.files[path] = file
        }
        return file
    }
}

/// The files of a directory as a build context.
enum DirectoryContext {
    /// The context of a directory: nothing outside of it can be reached.
    ///
    /// - Parameter followed: what was read of files before; nil where files change between two looks.
    static func context(_ directory: String, _ followed: FollowedFiles? = nil) -> BuildContext {
        BuildContext(scripts: followed?.scripts ?? ScriptEvaluations(), holds: { holds(directory, $0) }) { path in
            let parts = path.split(separator: "/")
            if parts.contains("..") { return .missing }
            let path = join(directory, CheckoutPaths.normalized(parts.filter { $0 != "." }.joined(separator: "/")))
            return followed?.file(path) { CheckedFileReader.contextFile(path) } ?? CheckedFileReader.contextFile(path)
        }
    }

    /// The regular files below a directory whose path is one, or fits a pattern in its last component.
    static func files(matching path: String, in directory: String) -> [String] {
        guard path.contains(where: { "*?[".contains($0) }) else {
            return isRegularFile(join(directory, path)) ? [path] : []
        }
        let parent = folder(of: path)
        if parent.contains(where: { "*?[".contains($0) }) { return [] }
        return names(matching: fileName(path), in: join(directory, parent))
            .map { parent == "." ? $0 : parent + "/" + $0 }
            .filter { isRegularFile(join(directory, $0)) }
    }

    /// Whether a directory holds a file, a directory or something that fits a pattern.
    private static func holds(_ directory: String, _ path: String) -> Bool {
        let path = CheckoutPaths.normalized(String(path.drop { $0 == "/" }))
        if path == "." { return true }
        if path.hasPrefix("..") { return false }
        guard path.contains(where: { "*?[".contains($0) }) else { return exists(join(directory, path)) }
        let parent = folder(of: path)
        // A pattern in a directory's name is looked at no closer.
        if parent.contains(where: { "*?[".contains($0) }) { return true }
        return !names(matching: fileName(path), in: join(directory, parent)).isEmpty
    }

    /// The names in a directory that fit a pattern, in their order.
    private static func names(matching pattern: String, in directory: String) -> [String] {
        names(in: directory).filter { GlobPattern.matches(pattern, $0) }
    }

    /// The names in a directory, in their order.
    private static func names(in directory: String) -> [String] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(validatingCString: $0) }
            }
            guard let name, name != ".", name != ".." else { continue }
            names.append(name)
        }
        return names.sorted()
    }

    /// More directories than this are not looked at for one pattern.
    private static let maximumDirectories = 10_000

    /// The directories whose paths relative to a directory fit a pattern of `*`, `?`, `[...]` in names and `**` for any number
    /// of directories; nil where there are too many to look at.
    static func directories(matching pattern: String, in directory: String) -> [String]? {
        var found = [""]
        for part in pattern.split(separator: "/").map(String.init) where part != "." {
            if part == "**" {
                var index = 0
                while index < found.count {
                    found += folders(in: found[index], of: directory, pattern: "*")
                    index += 1
                    if found.count > maximumDirectories { return nil }
                }
            } else if part.contains(where: { "*?[".contains($0) }) {
                found = found.flatMap { folders(in: $0, of: directory, pattern: part) }
            } else {
                found = found.map { $0.isEmpty ? part : $0 + "/" + part }.filter { isFolder(join(directory, $0)) }
            }
            if found.count > maximumDirectories { return nil }
        }
        return Set(found).sorted()
    }

    /// The directories in one, by their paths relative to another, whose names fit a pattern.
    private static func folders(in parent: String, of directory: String, pattern: String) -> [String] {
        let place = parent.isEmpty ? directory : join(directory, parent)
        return names(in: place).filter { fnmatch(pattern, $0, 0) == 0 }
            .map { parent.isEmpty ? $0 : parent + "/" + $0 }
            .filter { isFolder(join(directory, $0)) }
    }
}
