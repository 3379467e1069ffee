import ContainerImages
import DockerfileSyntax

/// An image's files and user as the shell sees them.
struct StartHost: ShellHost {
    let files: FileSystemIndex
    let user: StartUser

    var userID: Int? { user.id }

    func contents(of path: String) -> [UInt8]? { files.contents(of: path) }

    func kind(of path: String) -> ShellHostEntry? {
        guard let entry = files.lookup(path) else { return nil }
        return ShellHostEntry(
            isDirectory: entry.kind == .directory, isExecutable: entry.mode & 0o111 != 0, size: entry.size,
            isReadable: entry.mode & 0o004 != 0, isSearchable: entry.mode & 0o001 != 0)
    }

    func realPath(of path: String) -> String? { files.lookup(path).map { "/" + $0.path } }

    func names(in directory: String) -> [String]? { files.names(in: directory) }
}

/// The user that an image's configuration names, as `/etc/passwd` has it
/// (https://github.com/opencontainers/image-spec/blob/main/config.md#properties, `User`).
package struct StartUser: Sendable, Hashable {
    /// The number; nil when the name is not in `/etc/passwd`.
    package let id: Int?
    /// The home directory, `/` where nothing says one.
    package let home: String

    /// Looks up a user by name or number; an empty text is root.
    package init(_ text: String, _ files: FileSystemIndex) {
        let name = text.split(separator: ":").first.map(String.init) ?? "0"
        let lines = (files.contents(of: "etc/passwd") ?? []).split(separator: UInt8(ascii: "\n"))
        for line in lines {
            let fields = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map {
                String(decoding: $0, as: UTF8.self)
            }
            guard fields.count >= 6, let number = Int(fields[2]), fields[0] == name || fields[2] == name else {
                continue
            }
            id = number
            home = fields[5].isEmpty ? "/" : fields[5]
            return
        }
        id = Int(name) ?? (name == "root" ? 0 : nil)
        home = id == 0 ? "/root" : "/"
    }
}
