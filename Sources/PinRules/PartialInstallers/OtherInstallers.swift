/// Readers of programs whose command lines are understood in part only: what they take, no other reader has taken.
enum OtherInstallers {
    static let all: [any InstallerCommandReader.Type] = [
        EnvironmentInstaller.self,
        GitBranchFetcher.self,
        ImageBuildFetcher.self,
        ImageCopyInstaller.self,
        RemoteCopyInstaller.self,
        UnreadFetcher.self,
    ]

    /// Whether one of the readers knows a program; most commands of a script are done with here.
    static func knows(_ program: String) -> Bool {
        EnvironmentInstaller.programs.contains(program) || ImageCopyInstaller.programs.contains(program)
            || ImageBuildFetcher.programs.contains(program) || RemoteCopyInstaller.programs.contains(program)
            || UnreadFetcher.knows(program)
    }

    /// What a command asks for; nil when no reader takes it.
    static func read(_ command: InstallerCommand) -> InstallRequest? {
        for installer in all {
            if let request = installer.read(command) { return request }
        }
        return nil
    }
}
