/// What ADD fetches from elsewhere (https://docs.docker.com/reference/dockerfile/#add).
enum RemoteSource {
    /// Whether a source is a URL or a git address.
    static func isRemote(_ text: String) -> Bool {
        text.hasPrefix("http://") || text.hasPrefix("https://") || isGit(text)
    }

    /// Whether a source is a git repository: `git@host:path`, `git://`, `ssh://`, or a URL whose path ends with `.git`.
    static func isGit(_ text: String) -> Bool {
        if text.hasPrefix("git@") || text.hasPrefix("git://") || text.hasPrefix("ssh://") { return true }
        let address = text.split(separator: "#", maxSplits: 1).first ?? ""
        return (text.hasPrefix("http://") || text.hasPrefix("https://")) && address.hasSuffix(".git")
    }
}
