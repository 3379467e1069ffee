import ContainerImages
import DockerfileSyntax

/// An image's files and user as the shell sees them.
struct StartHost: ShellHost {
    let files: FileSystemIndex
    let user: StartUser
    private let access: UserAccess

    init(files: FileSystemIndex, user: StartUser) {
        self.files = files
        self.user = user
        access = UserAccess(user, files)
    }

    var userID: Int? { user.id }

    func contents(of path: String) -> [UInt8]? { files.contents(of: path) }

    func kind(of path: String) -> ShellHostEntry? {
        guard let entry = files.lookup(path) else { return nil }
        return ShellHostEntry(
            isDirectory: entry.kind == .directory,
            isExecutable: user.id == nil ? entry.mode & 0o111 != 0 : access.mayRun(path), size: entry.size,
            isReadable: entry.mode & 0o004 != 0, isSearchable: entry.mode & 0o001 != 0)
    }

    func realPath(of path: String) -> String? { files.lookup(path).map { "/" + $0.path } }

    func names(in directory: String) -> [String]? { files.names(in: directory) }
}
