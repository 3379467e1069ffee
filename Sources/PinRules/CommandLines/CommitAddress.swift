/// URLs that hold a commit id, of hosts that serve that commit under it.
enum CommitAddress {
    /// Hosts of code and of models, and the hosts of their raw files and archives.
    private static let hosts: Set<String> = [
        "github.com", "raw.githubusercontent.com", "codeload.github.com", "api.github.com",
        "gist.githubusercontent.com",
        "gitlab.com", "bitbucket.org", "codeberg.org", "huggingface.co", "hf.co",
    ]

    /// Whether a URL names a whole commit of a known code host; elsewhere forty digits mean nothing.
    static func namesCommit(_ url: String) -> Bool {
        guard let scheme = url.range(ofText: "://") else { return false }
        let rest = url[scheme.upperBound...]
        let host = rest.prefix { !"/?#:".contains($0) }.lowercased()
        // A user name in front of the host makes it another host to a reader.
        guard hosts.contains(host) else { return false }
        let path = rest.dropFirst(host.count).prefix { $0 != "?" && $0 != "#" }
        return path.split(separator: "/").contains { component in
            let name = component.split(separator: ".", maxSplits: 1).first ?? ""
            return name.utf8.count == 40 && GitReference.isCommit(name)
        }
    }
}
